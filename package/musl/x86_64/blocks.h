/* Copies of up to two blocks: all is loaded, from both ends, before anything is stored. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include <stddef.h>
#include <stdint.h>

typedef uint64_t block __attribute__((vector_size(16)));

typedef struct {
    block low;
    block high;
} pair;

/* What copy_short can do. */
#define SHORT sizeof(pair)

static inline pair load_pair(const char *at)
{
    pair value;

    __builtin_memcpy(&value.low, at, sizeof(block));
    __builtin_memcpy(&value.high, at + sizeof(block), sizeof(block));
    return value;
}

static inline void store_pair(char *at, pair value)
{
    __builtin_memcpy(at, &value.low, sizeof(block));
    __builtin_memcpy(at + sizeof(block), &value.high, sizeof(block));
}

#define COPY_ENDS(type)                                                                            \
    do {                                                                                           \
        type first;                                                                                \
        type last;                                                                                 \
                                                                                                   \
        __builtin_memcpy(&first, in, sizeof(type));                                                \
        __builtin_memcpy(&last, in + length - sizeof(type), sizeof(type));                         \
        __builtin_memcpy(out, &first, sizeof(type));                                               \
        __builtin_memcpy(out + length - sizeof(type), &last, sizeof(type));                        \
    } while (0)

static inline void copy_short(char *out, const char *in, size_t length)
{
    if (length >= sizeof(block)) {
        COPY_ENDS(block);
    } else if (length >= sizeof(uint64_t)) {
        COPY_ENDS(uint64_t);
    } else if (length >= sizeof(uint32_t)) {
        COPY_ENDS(uint32_t);
    } else if (length >= sizeof(uint16_t)) {
        COPY_ENDS(uint16_t);
    } else if (length > 0) {
        *out = *in;
    }
}

#endif
