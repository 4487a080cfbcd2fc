/* Towards higher addresses 32 bytes a step; musl's own goes byte by byte. */
#include <string.h>

#include "blocks.h"

static inline void copy_backwards(char *out, const char *in, size_t length)
{
    const pair first = load_pair(in);

    for (size_t end = length; end > SHORT; end -= SHORT) {
        store_pair(out + end - SHORT, load_pair(in + end - SHORT));
    }
    store_pair(out, first);
}

void *memmove(void *to, const void *from, size_t length)
{
    if ((uintptr_t)to - (uintptr_t)from >= length) {
        return memcpy(to, from, length);
    }
    if (length <= SHORT) {
        copy_short(to, from, length);
    } else {
        copy_backwards(to, from, length);
    }
    return to;
}
