/* What the fuzz targets share. */
#ifndef FUZZ_SUPPORT_H
#define FUZZ_SUPPORT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kh/json.h"

/* A broken promise ends the run; libFuzzer keeps the input. */
#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);          \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* A copy with exactly KH_PADDING bytes behind it, so that reading further is noticed. */
static inline struct kh_str fuzz_text(const uint8_t *data, size_t size)
{
    char *copy = malloc(size + KH_PADDING);

    FUZZ_CHECK(copy != NULL);
    if (size > 0) {
        memcpy(copy, data, size);
    }
    memset(copy + size, '"', KH_PADDING);
    return (struct kh_str){ copy, size };
}

static inline void fuzz_text_free(struct kh_str text)
{
    free((void *)(uintptr_t)text.data);
}

#endif
