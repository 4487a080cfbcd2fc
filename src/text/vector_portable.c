/* For every machine, and the measure of the other tables. */
#include <endian.h>
#include <stdint.h>

#include "text/vector_tables.h"

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

/* The last characters, fewer than 8; their number. */
static size_t base64_rest(const unsigned char *in, size_t length, char *out)
{
    static const uint32_t *const places[] = { FIRST, SECOND, THIRD, FOURTH };
    uint64_t bits = 0;
    size_t count = 0;

    for (; count < length && FIRST[in[count]] != 0; count++) {
        bits |= (uint64_t)(places[count % 4][in[count]] & RESULT_BITS) << count / 4 * 24;
    }
    bits = htole64(bits);
    memcpy(out, &bits, sizeof bits);
    return count;
}

static size_t base64(struct kh_str text, char *out)
{
    const unsigned char *in = (const unsigned char *)text.data;
    size_t at = 0;

    for (; text.length - at >= 8; at += 8) {
        uint32_t low = decode_group(in + at);
        uint32_t high = decode_group(in + at + 4);
        uint64_t word =
            htole64((uint64_t)(low & RESULT_BITS) | (uint64_t)(high & RESULT_BITS) << 24);

        if ((low & high & ALL_KNOWN) != ALL_KNOWN) {
            return at + base64_rest(in + at, 8, out);
        }
        memcpy(out, &word, sizeof word);
        out += 6;
    }
    return at + base64_rest(in + at, text.length - at, out);
}

const struct kh__vector kh__vector_portable = { "portable", base64 };
