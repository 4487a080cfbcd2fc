/*
 * UTF-8 as RFC 3629 section 4 has it. Eight bytes of ASCII are taken at once; nothing behind the
 * end of the text is read.
 */
#include "kh/utf8.h"

#include <stdint.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)

static inline uint64_t load64(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

static inline bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The length of the sequence of several bytes that `at` begins with, or 0 if it is none. */
static size_t sequence_length(const unsigned char *at, size_t left)
{
    unsigned char lead = at[0];
    /* The second byte's range is narrower where it keeps out overlong forms, surrogates and what is
     * above U+10FFFF. */
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    size_t length;

    if (lead >= 0xC2 && lead <= 0xDF) {
        length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        length = 3;
        low = lead == 0xE0 ? 0xA0 : low;
        high = lead == 0xED ? 0x9F : high;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        length = 4;
        low = lead == 0xF0 ? 0x90 : low;
        high = lead == 0xF4 ? 0x8F : high;
    } else {
        return 0;
    }
    if (length > left || at[1] < low || at[1] > high || (length > 2 && !is_continuation(at[2])) ||
        (length > 3 && !is_continuation(at[3]))) {
        return 0;
    }
    return length;
}

size_t kh_utf8_valid_prefix(struct kh_str text)
{
    size_t at = 0;

    while (at < text.length) {
        size_t length;

        if ((text.data[at] & 0x80) == 0) {
            while (text.length - at >= 8 && (load64(text.data + at) & HIGH_BITS) == 0) {
                at += 8;
            }
            while (at < text.length && (text.data[at] & 0x80) == 0) {
                at++;
            }
            continue;
        }
        length = sequence_length((const unsigned char *)text.data + at, text.length - at);
        if (length == 0) {
            break;
        }
        at += length;
    }
    return at;
}

size_t kh_utf8_count(struct kh_str text)
{
    size_t continuations = 0;
    size_t at = 0;

    for (; text.length - at >= 8; at += 8) {
        uint64_t word = load64(text.data + at);
        /* The high bit of each byte that has its highest bit set and the next one clear. */
        uint64_t marks = word & ~(word << 1) & HIGH_BITS;

        /* The multiplication adds up the eight bytes in the highest one. */
        continuations += (size_t)((marks >> 7) * UINT64_C(0x0101010101010101) >> 56);
    }
    for (; at < text.length; at++) {
        continuations += is_continuation((unsigned char)text.data[at]);
    }
    return text.length - continuations;
}
