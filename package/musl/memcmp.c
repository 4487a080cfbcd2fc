/* Many bytes a step; musl's own goes byte by byte. */
#include <string.h>

#include "steps.h"

static inline int compare_step(const unsigned char *a, const unsigned char *b)
{
    uint64_t different = mask_of_different(a, b);

    return different == 0 ? 0 : a[first_of(different)] - b[first_of(different)];
}

/* In the order of memory: the first byte counts most. */
static inline int compare_words(uint64_t a, uint64_t b)
{
    a = __builtin_bswap64(a);
    b = __builtin_bswap64(b);
    return (a > b) - (a < b);
}

int memcmp(const void *left, const void *right, size_t length)
{
    const unsigned char *a = left;
    const unsigned char *b = right;
    int order = 0;

    if (length >= STEP) {
        for (size_t at = 0; at + STEP <= length && order == 0; at += STEP) {
            order = compare_step(a + at, b + at);
        }
        /* The last step looks at some bytes again. */
        return order != 0 ? order : compare_step(a + length - STEP, b + length - STEP);
    }
    if (length >= sizeof(uint64_t)) {
        const size_t last = length - sizeof(uint64_t);

        order = compare_words(load64(a), load64(b));
        return order != 0 ? order : compare_words(load64(a + last), load64(b + last));
    }
    for (size_t at = 0; at < length && order == 0; at++) {
        order = a[at] - b[at];
    }
    return order;
}
