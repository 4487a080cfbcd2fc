/*
 * UTF-8 as RFC 3629 section 4 has it. Eight bytes of ASCII are taken at once; nothing behind the
 * end of the text is read.
 */
#include "kh/utf8.h"

#include <stdint.h>

#include "text/utf8_sequence.h"

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

/* Is there a byte at `at`, and is it within the bounds? */
static bool byte_within(const char *at, const char *end, unsigned low, unsigned high)
{
    return at < end && (unsigned char)*at >= low && (unsigned char)*at <= high;
}

size_t kh__utf8_sequence(const char *at, const char *end)
{
    unsigned lead = (unsigned char)*at;
    unsigned low = 0x80; /* bounds of the second byte: Unicode 15.0, table 3-7 */
    unsigned high = 0xBF;
    size_t length;

    if (lead < 0x80) {
        return 1;
    }
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
    if (!byte_within(at + 1, end, low, high)) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if (!byte_within(at + i, end, 0x80, 0xBF)) {
            return 0;
        }
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
        length = kh__utf8_sequence(text.data + at, text.data + text.length);
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
