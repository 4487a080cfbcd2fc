/*
 * For x86-64 with AVX2: 32 bytes at once. The functions are compiled for such a machine, whatever the
 * rest is compiled for, so none may run before kh__vector has chosen this table.
 */
#if defined(__x86_64__)

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "text/vector_tables.h"

/* What kh__vector asks the processor for. */
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2"))), apply_to = function)
#else
#pragma GCC target("avx2,bmi,bmi2")
#endif

/* Of a vector: characters, and bytes they make. */
#define WIDTH ((size_t)32)
#define BYTES ((size_t)24)

static inline __m256i load(const char *at)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)at);
}

static inline void store(char *at, __m256i bytes)
{
    _mm256_storeu_si256((__m256i *)(void *)at, bytes);
}

/*
 * The alphabet in two lookups, one by each half of the character, whose bits meet where the character
 * is none of it; and what to add to a character to get its six bits, by its upper half ('/' by
 * itself). After Wojciech Muła and Daniel Lemire, Faster Base64 Encoding and Decoding using AVX2
 * Instructions, 2018.
 */
static inline __m256i six_bits(__m256i text, __m256i *foreign)
{
    const __m256i by_low =
        _mm256_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A,
                         0x1B, 0x1B, 0x1B, 0x1A, 0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
                         0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A);
    const __m256i by_high =
        _mm256_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10,
                         0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08,
                         0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
    const __m256i offsets =
        _mm256_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 19, 4,
                         -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i slash = _mm256_set1_epi8('/');
    /* '/' happens to have all bits of a half, so it serves as their mask as well. */
    __m256i high = _mm256_and_si256(_mm256_srli_epi32(text, 4), _mm256_set1_epi8(0x0F));
    __m256i low = _mm256_and_si256(text, _mm256_set1_epi8(0x0F));
    __m256i met =
        _mm256_and_si256(_mm256_shuffle_epi8(by_low, low), _mm256_shuffle_epi8(by_high, high));
    __m256i offset =
        _mm256_shuffle_epi8(offsets, _mm256_add_epi8(_mm256_cmpeq_epi8(text, slash), high));

    *foreign = met;
    return _mm256_add_epi8(text, offset);
}

/* 32 times six bits to 24 bytes, and 8 bytes of zeros. */
static inline __m256i pack(__m256i sixes)
{
    const __m256i order = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1,
                                           2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
    __m256i twelves = _mm256_maddubs_epi16(sixes, _mm256_set1_epi32(0x01400140));
    __m256i words = _mm256_madd_epi16(twelves, _mm256_set1_epi32(0x00011000));

    return _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(words, order), lanes);
}

/* The first `count` bytes, zeros for the others. */
static inline __m256i first_bytes(__m256i bytes, size_t count)
{
    static const char mask[2 * WIDTH] = { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                          -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                          -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 };

    return _mm256_and_si256(bytes, load(mask + WIDTH - count));
}

/* A bit for each of the characters that is not of the alphabet. */
static inline uint32_t foreign_bits(__m256i foreign)
{
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi8(foreign, _mm256_setzero_si256()));
}

/*
 * Two vectors at once, and what is left in the same way: how often the loop runs is mostly the same
 * for payloads of one kind, so that processors foresee it.
 */
static size_t base64(struct kh_str text, char *out)
{
    const char *at = text.data;
    const char *end = text.data + text.length;
    __m256i foreign[2];
    __m256i sixes[2];
    uint64_t stops;
    size_t count;

    for (;; at += 2 * WIDTH, out += 2 * BYTES) {
        __m256i any;

        sixes[0] = six_bits(load(at), &foreign[0]);
        sixes[1] = six_bits(load(at + WIDTH), &foreign[1]);
        any = _mm256_or_si256(foreign[0], foreign[1]);
        if ((size_t)(end - at) < 2 * WIDTH || !_mm256_testz_si256(any, any)) {
            break;
        }
        store(out, pack(sixes[0]));
        store(out + BYTES, pack(sixes[1]));
    }
    /* What is left of the text, or what is before a character that is not of the alphabet. */
    stops = foreign_bits(foreign[0]) | (uint64_t)foreign_bits(foreign[1]) << WIDTH;
    count = stops == 0 ? 2 * WIDTH : (size_t)__builtin_ctzll(stops);
    count = count < (size_t)(end - at) ? count : (size_t)(end - at);
    store(out, pack(first_bytes(sixes[0], count < WIDTH ? count : WIDTH)));
    store(out + BYTES, pack(first_bytes(sixes[1], count < WIDTH ? 0 : count - WIDTH)));
    return (size_t)(at - text.data) + count;
}

#if defined(__clang__)
#pragma clang attribute pop
#endif

const struct kh__vector kh__vector_avx2 = { "avx2", base64 };

#endif
