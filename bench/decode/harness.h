/*
 * What the C and C++ programs of this benchmark share: reading the file, repeating and timing the
 * work, the checksum over what was decoded, and the report. A program is its `struct bench_decoder`
 * and a main that hands it to bench_main.
 */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "envelope.h"
#include "events/user_limit_created.h"
#include "events/user_limit_progress_changed.h"
#include "events/user_limit_reset.h"

enum bench_kind { BENCH_CREATED, BENCH_PROGRESS_CHANGED, BENCH_RESET };

/* One record, decoded. Everything is borrowed for the time of the call it is given to. */
struct bench_event {
    struct kh_str partition_key;
    struct kh_str sequence_number;
    const struct envelope *envelope; /* `context` and `data` need not be set */
    enum bench_kind kind;
    const void *payload; /* the struct of this kind */
};

/* Given each event in turn. */
typedef void bench_visit(void *context, const struct bench_event *event);

struct bench_decoder {
    const char *name;
    bool validates; /* every rule of the schemas is checked */
    /*
     * Decodes all records of the Lambda event `text`, which has 64 readable bytes behind it and must
     * not be changed. False if anything is wrong with it.
     */
    bool (*decode)(struct kh_str text, bench_visit *visit, void *context);
};

/* program FILE [--json] [--seconds N]; returns the exit code. */
int bench_main(int argc, char **argv, const struct bench_decoder *decoder);

#ifdef __cplusplus
}
#endif

#endif
