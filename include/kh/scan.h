/*
 * The wide steps that are taken at every value, inline, with what every machine of the architecture
 * has: SSE2 on x86-64, NEON on arm64, elsewhere eight bytes at a time. What only some machines have
 * is behind the table of text/vector.h. All loads are within KH_PADDING of where the text may end.
 */
#ifndef KH_SCAN_H
#define KH_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/* A byte in all places of a word. */
#define KH__BYTES(byte) (UINT64_C(0x0101010101010101) * (byte))
#define KH__HIGH_BITS KH__BYTES(0x80)

/* Eight bytes, the first one lowest. */
static inline uint64_t kh__load64(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(word) : word;
}

/* The highest bit of every byte that is 0; above the first one bits may be set wrongly. */
static inline uint64_t kh__zero_bytes(uint64_t word)
{
    return (word - KH__BYTES(1)) & ~word & KH__HIGH_BITS;
}

/* ---- Strings ---- */

/* Bytes that kh__scan_plain looks at. */
#define KH__SCAN_SIZE 64

/*
 * A quote, a backslash, a control character, a byte beyond ASCII: where plain text of a JSON string
 * ends. Both of these look at KH__SCAN_STEP bytes. The mask has KH__SCAN_BITS bits for each.
 */
#if defined(__SSE2__)

#define KH__SCAN_STEP 16
#define KH__SCAN_BITS 1

static inline uint64_t kh__scan_special(const char *at)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    /* Negative as signed numbers: those below 0x20, and those above 0x7F. */
    __m128i odd = _mm_subs_epi8(bytes, _mm_set1_epi8(0x20));
    __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));

    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(odd, quote), backslash));
}

static inline uint64_t kh__scan_beyond_ascii(const char *at)
{
    return (unsigned)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)at));
}

#elif defined(__aarch64__)

#define KH__SCAN_STEP 16
#define KH__SCAN_BITS 4

static inline uint64_t kh__scan_special(const char *at)
{
    uint8x16_t bytes = vld1q_u8((const uint8_t *)at);
    /* Printable ASCII is less than 0x60 above 0x20. */
    uint8x16_t odd = vcgeq_u8(vsubq_u8(bytes, vdupq_n_u8(0x20)), vdupq_n_u8(0x60));
    uint8x16_t quote = vceqq_u8(bytes, vdupq_n_u8('"'));
    uint8x16_t backslash = vceqq_u8(bytes, vdupq_n_u8('\\'));
    uint16x8_t found = vreinterpretq_u16_u8(vorrq_u8(vorrq_u8(odd, quote), backslash));

    /* Four bits of each byte. */
    return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(found, 4)), 0);
}

static inline uint64_t kh__scan_beyond_ascii(const char *at)
{
    uint8x16_t beyond = vcgeq_u8(vld1q_u8((const uint8_t *)at), vdupq_n_u8(0x80));

    return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(beyond), 4)), 0);
}

#else

#define KH__SCAN_STEP 8
#define KH__SCAN_BITS 8

static inline uint64_t kh__scan_special(const char *at)
{
    uint64_t word = kh__load64(at);

    return kh__zero_bytes(word ^ KH__BYTES('"')) | kh__zero_bytes(word ^ KH__BYTES('\\')) |
           ((word - KH__BYTES(0x20)) & ~word & KH__HIGH_BITS) | (word & KH__HIGH_BITS);
}

static inline uint64_t kh__scan_beyond_ascii(const char *at)
{
    return kh__load64(at) & KH__HIGH_BITS;
}

#endif

/* Where the first of KH__SCAN_SIZE bytes is that is not plain; KH__SCAN_SIZE if there is none. */
static inline size_t kh__scan_plain(const char *at)
{
    size_t plain = 0;

    do {
        uint64_t special = kh__scan_special(at + plain);

        if (special != 0) {
            return plain + (size_t)__builtin_ctzll(special) / KH__SCAN_BITS;
        }
        plain += KH__SCAN_STEP;
    } while (plain < KH__SCAN_SIZE);
    return plain;
}

/*
 * Copies KH__SCAN_STEP bytes from `at` to `to`; returns how many there are before the first backslash,
 * KH__SCAN_STEP if there is none.
 */
static inline size_t kh__copy_to_backslash(char *to, const char *at)
{
#if defined(__SSE2__)
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));

    _mm_storeu_si128((__m128i *)(void *)to, bytes);
    return (size_t)__builtin_ctz((unsigned)_mm_movemask_epi8(backslash) | 1U << KH__SCAN_STEP);
#else
    size_t count = 0;

    memcpy(to, at, KH__SCAN_STEP);
    while (count < KH__SCAN_STEP && at[count] != '\\') {
        count++;
    }
    return count;
#endif
}

/* ---- Equality ---- */

#if defined(__SSE2__)

static inline __m128i kh__same_bytes(const char *a, const char *b)
{
    return _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)a),
                          _mm_loadu_si128((const __m128i *)(const void *)b));
}

#endif

/* As memcmp(a, b, length) == 0, for stretches of text. */
static inline bool kh__scan_equal(const char *a, const char *b, size_t length)
{
#if defined(__SSE2__)
    __m128i same = _mm_set1_epi8(-1);
    unsigned last;
    size_t at = 0;

    for (; at + 32 <= length; at += 32) {
        same = _mm_and_si128(same, kh__same_bytes(a + at, b + at));
        same = _mm_and_si128(same, kh__same_bytes(a + at + 16, b + at + 16));
    }
    if (at + 16 <= length) {
        same = _mm_and_si128(same, kh__same_bytes(a + at, b + at));
        at += 16;
    }
    /* Of the last ones only those before the end count. */
    last = (unsigned)_mm_movemask_epi8(kh__same_bytes(a + at, b + at)) | 0xFFFFU << (length - at);
    return (last & (unsigned)_mm_movemask_epi8(same) & 0xFFFFU) == 0xFFFFU;
#else
    return memcmp(a, b, length) == 0;
#endif
}

/* ---- Digits ---- */

/* Digits that kh__scan_digits looks at. */
#define KH__SCAN_DIGITS 16

/* The highest bit of every byte of `values`, digits less '0', that is no digit. */
static inline uint64_t kh__no_digits(uint64_t values)
{
    return ((values + KH__BYTES(0x80 - 10)) | values) & KH__HIGH_BITS;
}

/* How many of KH__SCAN_DIGITS bytes are digits before the first that is none. */
static inline unsigned kh__scan_digits(const char *at)
{
#if defined(__SSE2__)
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i values = _mm_xor_si128(bytes, _mm_set1_epi8('0'));
    /* Everything above 9 gets its highest bit. */
    unsigned other = (unsigned)_mm_movemask_epi8(_mm_adds_epu8(values, _mm_set1_epi8(0x80 - 10)));

    return (unsigned)__builtin_ctzll(other | UINT64_C(1) << KH__SCAN_DIGITS);
#else
    uint64_t first = kh__no_digits(kh__load64(at) ^ KH__BYTES('0'));
    uint64_t second = kh__no_digits(kh__load64(at + 8) ^ KH__BYTES('0'));

    if (first != 0) {
        return (unsigned)__builtin_ctzll(first) / 8;
    }
    return second != 0 ? 8 + (unsigned)__builtin_ctzll(second) / 8 : KH__SCAN_DIGITS;
#endif
}

/* Eight digits less '0', the first one lowest: what they say together. */
static inline uint64_t kh__digits_sum(uint64_t values)
{
    /* Pairs of digits, of pairs, of fours. */
    values = (values * 10 + (values >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
    values = (values * 100 + (values >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
    return (uint32_t)(values * 10000 + (values >> 32));
}

/* The value of `count` digits, 1 to 8. Reads 8 bytes. */
static inline uint64_t kh__digits_value8(const char *at, unsigned count)
{
    /* The last digit in the highest byte; zeros before the first. */
    return kh__digits_sum((kh__load64(at) ^ KH__BYTES('0')) << (64 - 8 * count));
}

/* The value of `count` digits, 1 to 16. Reads 16 bytes. */
static inline uint64_t kh__digits_value(const char *at, unsigned count)
{
    static const uint64_t powers[] = {
        1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000
    };

    if (count <= 8) {
        return kh__digits_value8(at, count);
    }
    return kh__digits_value8(at, 8) * powers[count - 8] + kh__digits_value8(at + 8, count - 8);
}

#endif
