/*
 * Base64, strictly. Decoding looks up each character in a table of its own for its place in the
 * group, whose entries have the bits where the result needs them and a flag for "in the alphabet":
 * four loads and three ORs make three bytes. All groups are ANDed, so that one test at the end
 * finds a foreign character and the loop has no branch on the data.
 */
#include "kh/base64.h"

#include <endian.h>
#include <stdint.h>

/* E(character, its six bits) */
#define ALPHABET(E)                                                                                \
    E('A', 0), E('B', 1), E('C', 2), E('D', 3), E('E', 4), E('F', 5), E('G', 6), E('H', 7),        \
        E('I', 8), E('J', 9), E('K', 10), E('L', 11), E('M', 12), E('N', 13), E('O', 14),          \
        E('P', 15), E('Q', 16), E('R', 17), E('S', 18), E('T', 19), E('U', 20), E('V', 21),        \
        E('W', 22), E('X', 23), E('Y', 24), E('Z', 25), E('a', 26), E('b', 27), E('c', 28),        \
        E('d', 29), E('e', 30), E('f', 31), E('g', 32), E('h', 33), E('i', 34), E('j', 35),        \
        E('k', 36), E('l', 37), E('m', 38), E('n', 39), E('o', 40), E('p', 41), E('q', 42),        \
        E('r', 43), E('s', 44), E('t', 45), E('u', 46), E('v', 47), E('w', 48), E('x', 49),        \
        E('y', 50), E('z', 51), E('0', 52), E('1', 53), E('2', 54), E('3', 55), E('4', 56),        \
        E('5', 57), E('6', 58), E('7', 59), E('8', 60), E('9', 61), E('+', 62), E('/', 63)

/* Where the six bits of each place belong, the first byte of the result being the lowest. */
#define PLACE_0(c, v) [c] = 1U << 24 | (v) << 2
#define PLACE_1(c, v) [c] = 1U << 25 | (v) >> 4 | ((v)&15) << 12
#define PLACE_2(c, v) [c] = 1U << 26 | (v) >> 2 << 8 | ((v)&3) << 22
#define PLACE_3(c, v) [c] = 1U << 27 | (v) << 16

static const uint32_t FIRST[256] = { ALPHABET(PLACE_0) };
static const uint32_t SECOND[256] = { ALPHABET(PLACE_1) };
static const uint32_t THIRD[256] = { ALPHABET(PLACE_2) };
static const uint32_t FOURTH[256] = { ALPHABET(PLACE_3) };

#define RESULT_BITS UINT32_C(0xFFFFFF)
#define ALL_KNOWN UINT32_C(0xF000000)

static inline uint32_t decode_group(const unsigned char *in)
{
    return FIRST[in[0]] | SECOND[in[1]] | THIRD[in[2]] | FOURTH[in[3]];
}

enum kh_status kh_base64_decode(struct kh_str text, char *out, size_t *length)
{
    const unsigned char *in = (const unsigned char *)text.data;
    const unsigned char *last; /* the last group, the only one that may have padding */
    const char *begin = out;
    uint32_t known = ALL_KNOWN;
    uint32_t group;
    size_t padding;

    *length = 0;
    if (text.length == 0) {
        return KH_OK;
    }
    if (text.length % 4 != 0) {
        return KH_NOT_BASE64;
    }
    last = in + text.length - 4;

    /*
     * Two groups at once. The store writes two bytes too many, the flags among them; what follows
     * overwrites them, as there are two groups more, which make at least four bytes.
     */
    for (; last - in >= 12; in += 8) {
        uint32_t low = decode_group(in);
        uint32_t high = decode_group(in + 4);
        uint64_t word = htole64((uint64_t)(low & RESULT_BITS) | (uint64_t)high << 24);

        known &= low & high;
        memcpy(out, &word, sizeof word);
        out += 6;
    }
    for (; in < last; in += 4) {
        group = decode_group(in);
        known &= group;
        *out++ = (char)(group & 0xFF);
        *out++ = (char)(group >> 8 & 0xFF);
        *out++ = (char)(group >> 16 & 0xFF);
    }

    /* Padding stands for zero bits, so it is looked up as an 'A' is. */
    padding = last[3] != '=' ? 0 : last[2] != '=' ? 1 : 2;
    group = FIRST[last[0]] | SECOND[last[1]];
    group |= THIRD[padding < 2 ? last[2] : 'A'];
    group |= FOURTH[padding < 1 ? last[3] : 'A'];
    known &= group;
    group &= RESULT_BITS;
    /* Behind the bytes that a padded group holds there must be no stray bits. */
    if ((known & ALL_KNOWN) != ALL_KNOWN || (padding > 0 && group >> (24 - 8 * padding) != 0)) {
        return KH_NOT_BASE64;
    }
    for (size_t i = 0; i < 3 - padding; i++) {
        *out++ = (char)(group >> 8 * i & 0xFF);
    }
    *length = (size_t)(out - begin);
    return KH_OK;
}

#define CHARACTER(c, v) [v] = c

size_t kh_base64_encode(struct kh_str bytes, char *out)
{
    static const char CHARACTERS[64] = { ALPHABET(CHARACTER) };
    const unsigned char *in = (const unsigned char *)bytes.data;
    const char *begin = out;
    size_t left = bytes.length;
    uint32_t group;

    for (; left >= 3; left -= 3) {
        group = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        *out++ = CHARACTERS[group >> 18];
        *out++ = CHARACTERS[group >> 12 & 63];
        *out++ = CHARACTERS[group >> 6 & 63];
        *out++ = CHARACTERS[group & 63];
        in += 3;
    }
    if (left > 0) {
        group = (uint32_t)in[0] << 16 | (left == 2 ? (uint32_t)in[1] << 8 : 0);
        *out++ = CHARACTERS[group >> 18];
        *out++ = CHARACTERS[group >> 12 & 63];
        *out++ = left == 2 ? CHARACTERS[group >> 6 & 63] : '=';
        *out++ = '=';
    }
    return (size_t)(out - begin);
}
