/*
 * What decoders in C and C++ share: the struct that they fill, and the checksum over what they decoded.
 * A program is its `struct bench_decoder` and a main that hands it to bench_main.
 */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#ifdef __cplusplus
#include <stdatomic.h> /* what C++23 makes of _Atomic in our headers */
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

/* The value of a generated enum whose name this is; 0: none. */
static inline int bench_find_name(const struct kh_enum *names, struct kh_str name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (kh_str_equal(names->names[i], name)) {
            return (int)i + 1;
        }
    }
    return 0;
}

/* Given each event in turn. */
typedef void bench_visit(void *context, const struct bench_event *event);

struct bench_decoder {
    const char *name;
    bool validates;    /* every rule of the schemas is checked */
    bool changes_text; /* decode writes into the text it is given */
    /*
     * Decodes all records of the Lambda event `text`, which has 64 readable bytes behind it. It is
     * the decoder's to change if it said so, and is made whole again while no time is taken. False if
     * anything is wrong with it.
     */
    bool (*decode)(struct kh_str text, bench_visit *visit, void *context);
    /*
     * What is timed ends with a library's own structs: `visit` is NULL then. For the checksum they are put
     * into ours.
     */
    bool unpacks_only;
};

/* program FILE [--json] [--seconds N]; returns the exit code. */
int bench_main(int argc, char **argv, const struct bench_decoder *decoder);

#ifdef __cplusplus
}
#endif

#endif
