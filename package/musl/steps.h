/* Many bytes at a time, for the functions in this folder: 16 with SSE2, eight elsewhere. */
#ifndef STEPS_H
#define STEPS_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t load64(const unsigned char *at)
{
    uint64_t word;

    __builtin_memcpy(&word, at, sizeof word);
    return word;
}

/*
 * STEP bytes are looked at. In the masks every one of them has BITS bits, the first byte in memory the
 * lowest ones; of a byte that is meant at least the highest is set, of others none.
 */
#if defined(__SSE2__)

#define STEP 16
#define BITS 1

typedef char block __attribute__((vector_size(STEP)));

static inline block load_block(const unsigned char *at)
{
    block bytes;

    __builtin_memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

static inline uint64_t mask_of_equal(const unsigned char *at, unsigned char byte)
{
    return (uint64_t)__builtin_ia32_pmovmskb128(load_block(at) == (char)byte);
}

static inline uint64_t mask_of_different(const unsigned char *a, const unsigned char *b)
{
    return (uint64_t)__builtin_ia32_pmovmskb128(load_block(a) != load_block(b));
}

#else

#define STEP 8
#define BITS 8
#define BYTES(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The highest bit of exactly those bytes that are not 0. */
static inline uint64_t mask_of_others(uint64_t word)
{
    return (((word & BYTES(0x7F)) + BYTES(0x7F)) | word) & BYTES(0x80);
}

static inline uint64_t mask_of_equal(const unsigned char *at, unsigned char byte)
{
    return mask_of_others(load64(at) ^ BYTES(byte)) ^ BYTES(0x80);
}

static inline uint64_t mask_of_different(const unsigned char *a, const unsigned char *b)
{
    return mask_of_others(load64(a) ^ load64(b));
}

#endif

static inline size_t first_of(uint64_t mask)
{
    return (size_t)__builtin_ctzll(mask) / BITS;
}

static inline size_t last_of(uint64_t mask)
{
    return (size_t)(63 - __builtin_clzll(mask)) / BITS;
}

#endif
