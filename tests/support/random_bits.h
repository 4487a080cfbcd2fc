/* Numbers for property tests: the same ones in every run (SplitMix64). */
#ifndef RANDOM_BITS_H
#define RANDOM_BITS_H

#include <stdint.h>

static uint64_t random_state = 1;

static inline uint64_t random_u64(void)
{
    uint64_t z = random_state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

#endif
