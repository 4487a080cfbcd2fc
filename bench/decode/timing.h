/*
 * What every program of this benchmark in C or C++ does: it reads the file, looks at what comes out of it
 * once, repeats the work while taking the time, and reports.
 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kh/str.h"

/* FNV-1a, 32 bits: where it begins, and each byte's step. */
#define BENCH_HASH_BEGIN UINT32_C(2166136261)

static inline uint32_t bench_hash(uint32_t hash, struct kh_str text)
{
    for (size_t i = 0; i < text.length; i++) {
        hash = (hash ^ (unsigned char)text.data[i]) * UINT32_C(16777619);
    }
    return hash;
}

struct bench_facts {
    size_t bytes; /* what speed is measured by */
    size_t events;
    uint32_t checksum;
};

/*
 * The text that both functions get has 64 readable bytes behind it. It is theirs to change if
 * `changes_text` says so, and is made whole again while no time is taken. They return false if anything
 * is wrong with it.
 */
struct bench_work {
    const char *name;
    bool validates; /* every rule of the schemas is checked */
    bool changes_text;
    bool (*examine)(void *context, struct kh_str text, struct bench_facts *facts); /* once, first */
    bool (*run)(void *context, struct kh_str text);
    void *context;
};

/* program FILE [--json] [--seconds N]; returns the exit code. */
int bench_run(int argc, char **argv, const struct bench_work *work);

#endif
