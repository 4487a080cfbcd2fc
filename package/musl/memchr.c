/*
 * Many bytes a step; musl's own goes byte by byte to the first aligned address, which most searches
 * never leave. The caller may name a length beyond its memory if the byte comes before: steps are
 * aligned, so that each is within one page.
 */
#include <string.h>

#include "steps.h"

void *memchr(const void *text, int character, size_t length)
{
    const unsigned char byte = (unsigned char)character;
    const size_t before = (uintptr_t)text % STEP;
    const unsigned char *at = (const unsigned char *)text - before;
    size_t left = length > SIZE_MAX - before ? SIZE_MAX : length + before;
    uint64_t found;

    if (length == 0) {
        return NULL;
    }
    found = mask_of_equal(at, byte) & UINT64_MAX << before * BITS;
    while (found == 0 && left > STEP) {
        at += STEP;
        left -= STEP;
        found = mask_of_equal(at, byte);
    }
    return found == 0 || first_of(found) >= left ? NULL : (void *)(at + first_of(found));
}
