/* The end of a base64 text, for all who decode it. */
#ifndef KH_TEXT_BASE64_END_H
#define KH_TEXT_BASE64_END_H

#include <stdbool.h>
#include <stddef.h>

/* How many '=' stand at `at`, two at most. Without branches: it is as good as random. */
static inline size_t kh__base64_padding(const char *at)
{
    size_t first = at[0] == '=';

    return first + (first & (at[1] == '='));
}

/*
 * After struct kh__vector's base64 has made `out` of `characters`: whether `padding`, 0 to 2, is what
 * they need, and no bit is left over. Sets *length to that of the result.
 */
static inline bool kh__base64_end(size_t characters, size_t padding, const char *out,
                                  size_t *length)
{
    *length = characters * 3 / 4;
    /* One character alone is less than a byte, and no padding makes up for that. The byte behind the
     * last whole one is always set. */
    return (((characters + padding) % 4 == 0) & (out[*length] == 0)) != 0;
}

#endif
