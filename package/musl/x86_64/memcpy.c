/*
 * Short copies by a few wide loads and stores; musl's own starts a string instruction, which costs more
 * than the copy. Right for memory that overlaps too, if it goes towards lower addresses: memmove
 * relies on that.
 */
#include <string.h>

#include "blocks.h"

/* Above this the string instruction pays. */
#define LONG 2048

static inline void copy_medium(char *out, const char *in, size_t length)
{
    char *end = out + length - SHORT;
    const pair last = load_pair(in + length - SHORT);

    for (; length > SHORT; length -= SHORT, in += SHORT, out += SHORT) {
        store_pair(out, load_pair(in));
    }
    store_pair(end, last);
}

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    void *out = to;

    if (length <= SHORT) {
        copy_short(to, from, length);
    } else if (length <= LONG) {
        copy_medium(to, from, length);
    } else {
        __asm__ volatile("rep movsb" : "+D"(out), "+S"(from), "+c"(length) : : "memory");
    }
    return to;
}
