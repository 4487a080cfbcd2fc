/*
 * SipHash-1-3 (Aumasson, Bernstein): one round for each 8 bytes, three at the end. Without the key
 * nobody can make up names that collide, so tables keep their speed whatever is in the events.
 */
#include "kh/hash.h"

#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/random.h>
#include <time.h>

struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void sip_round(struct sip *sip)
{
    sip->v0 += sip->v1;
    sip->v1 = rotate(sip->v1, 13) ^ sip->v0;
    sip->v0 = rotate(sip->v0, 32);
    sip->v2 += sip->v3;
    sip->v3 = rotate(sip->v3, 16) ^ sip->v2;
    sip->v0 += sip->v3;
    sip->v3 = rotate(sip->v3, 21) ^ sip->v0;
    sip->v2 += sip->v1;
    sip->v1 = rotate(sip->v1, 17) ^ sip->v2;
    sip->v2 = rotate(sip->v2, 32);
}

static inline void sip_add(struct sip *sip, uint64_t word)
{
    sip->v3 ^= word;
    sip_round(sip);
    sip->v0 ^= word;
}

static inline uint64_t load64(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

/* The last `left` (< 8) bytes that end at `end`, `length` in all, the first of them lowest. */
static inline uint64_t last_bytes(const char *end, size_t left, size_t length)
{
    uint64_t word = 0;

    if (left == 0) {
        return 0;
    }
    if (length >= sizeof word) {
        /* With some that were taken before, which go out at the bottom. */
        return load64(end - sizeof word) >> (8 * (sizeof word - left));
    }
    for (size_t i = 0; i < left; i++) {
        word |= (uint64_t)(unsigned char)end[(ptrdiff_t)i - (ptrdiff_t)left] << 8 * i;
    }
    return word;
}

uint64_t kh_hash_keyed(struct kh_hash_key key, struct kh_str bytes)
{
    struct sip sip = {
        key.words[0] ^ 0x736f6d6570736575U,
        key.words[1] ^ 0x646f72616e646f6dU,
        key.words[0] ^ 0x6c7967656e657261U,
        key.words[1] ^ 0x7465646279746573U,
    };
    const char *at = bytes.data;
    size_t left = bytes.length;

    for (; left >= sizeof(uint64_t); at += sizeof(uint64_t), left -= sizeof(uint64_t)) {
        sip_add(&sip, load64(at));
    }
    sip_add(&sip, last_bytes(at + left, left, bytes.length) | (uint64_t)bytes.length << 56);
    sip.v2 ^= 0xff;
    sip_round(&sip);
    sip_round(&sip);
    sip_round(&sip);
    return sip.v0 ^ sip.v1 ^ sip.v2 ^ sip.v3;
}

/* ---- The secret ----------------------------------------------------------------------------- */

static struct kh_hash_key secret;

static void draw_secret(void)
{
    struct timespec now = { 0, 0 };
    ssize_t length;

    do {
        length = getrandom(&secret, sizeof secret, 0);
    } while (length < 0 && errno == EINTR);
    if (length == (ssize_t)sizeof secret) {
        return;
    }
    /* A sandbox without the system call: the time to the nanosecond and where the stack was put
     * are the best there is. */
    clock_gettime(CLOCK_REALTIME, &now);
    secret.words[0] = (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30;
    secret.words[1] = (uint64_t)(uintptr_t)&now;
    secret.words[0] =
        kh_hash_keyed(secret, (struct kh_str){ (const char *)&secret, sizeof secret });
}

uint64_t kh_hash(struct kh_str bytes)
{
    static pthread_once_t drawn = PTHREAD_ONCE_INIT;

    (void)pthread_once(&drawn, draw_secret);
    return kh_hash_keyed(secret, bytes);
}
