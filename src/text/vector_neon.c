/* For arm64, which always has NEON: 64 characters at once. */
#if defined(__aarch64__)

#include <arm_neon.h>

#include "text/vector_tables.h"

#define WIDTH 64

/* What is none of the alphabet. It has a bit above the six. */
#define X 0xFF

static const uint8_t six_bits_of[128] = {
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  62,
    X,  X,  X,  63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, X,  X,  X,  X,  X,  X,  X,  0,
    1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
    23, 24, 25, X,  X,  X,  X,  X,  X,  26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
    39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, X,  X,  X,  X,  X,
};

static inline uint8x16x4_t load_table(const uint8_t *at)
{
    return (
        uint8x16x4_t){ { vld1q_u8(at), vld1q_u8(at + 16), vld1q_u8(at + 32), vld1q_u8(at + 48) } };
}

/* Six bits for each character; a higher bit for those that are not of the alphabet. */
static inline uint8x16_t six_bits(uint8x16_t text, uint8x16x4_t low, uint8x16x4_t high)
{
    /* A lookup beyond a table of 64 gives 0. */
    uint8x16_t found =
        vorrq_u8(vqtbl4q_u8(low, text), vqtbl4q_u8(high, veorq_u8(text, vdupq_n_u8(0x40))));

    return vorrq_u8(found, vandq_u8(text, vdupq_n_u8(0x80)));
}

static size_t base64(struct kh_str text, char *out)
{
    const uint8_t *in = (const uint8_t *)text.data;
    const uint8x16x4_t low = load_table(six_bits_of);
    const uint8x16x4_t high = load_table(six_bits_of + 64);
    struct kh_str rest;
    size_t at = 0;

    for (; text.length - at >= WIDTH; at += WIDTH, out += WIDTH / 4 * 3) {
        uint8x16x4_t places = vld4q_u8(in + at);
        uint8x16x3_t bytes;
        uint8x16_t all;

        for (int i = 0; i < 4; i++) {
            places.val[i] = six_bits(places.val[i], low, high);
        }
        all = vorrq_u8(vorrq_u8(places.val[0], places.val[1]),
                       vorrq_u8(places.val[2], places.val[3]));
        if (vmaxvq_u8(all) > 63) {
            break;
        }
        bytes.val[0] = vorrq_u8(vshlq_n_u8(places.val[0], 2), vshrq_n_u8(places.val[1], 4));
        bytes.val[1] = vorrq_u8(vshlq_n_u8(places.val[1], 4), vshrq_n_u8(places.val[2], 2));
        bytes.val[2] = vorrq_u8(vshlq_n_u8(places.val[2], 6), places.val[3]);
        vst3q_u8((uint8_t *)out, bytes);
    }
    rest = (struct kh_str){ text.data + at, text.length - at };
    return at + kh__vector_portable.base64(rest, out);
}

const struct kh__vector kh__vector_neon = { "neon", base64 };

#endif
