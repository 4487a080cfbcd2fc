#include "base/md5.h"

#include <endian.h>
#include <string.h>

/* The whole part of 2^32 * |sin(i + 1)|. */
static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

/* By round, and by step of four. */
static const unsigned char shifts[4][4] = {
    { 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 }
};

static inline uint32_t rotate(uint32_t word, unsigned bits)
{
    return word << bits | word >> (32 - bits);
}

/* What a round makes of three words, and which word of the block its step takes. */
static inline uint32_t mix(unsigned round, uint32_t x, uint32_t y, uint32_t z)
{
    switch (round) {
    case 0:
        return (x & y) | (~x & z);
    case 1:
        return (x & z) | (y & ~z);
    case 2:
        return x ^ y ^ z;
    default:
        return y ^ (x | ~z);
    }
}

static inline unsigned word_of(unsigned round, unsigned step)
{
    static const unsigned char factor[4] = { 1, 5, 3, 7 };
    static const unsigned char offset[4] = { 0, 1, 5, 0 };

    return (factor[round] * step + offset[round]) % 16;
}

static void add_block(struct kh_md5 *md5, const unsigned char *block)
{
    uint32_t words[16];
    uint32_t a = md5->state[0];
    uint32_t b = md5->state[1];
    uint32_t c = md5->state[2];
    uint32_t d = md5->state[3];

    memcpy(words, block, sizeof words);
    for (unsigned round = 0; round < 4; round++) {
        for (unsigned step = 0; step < 16; step++) {
            uint32_t sum = a + mix(round, b, c, d) + le32toh(words[word_of(round, step)]) +
                           sines[16 * round + step];

            a = d;
            d = c;
            c = b;
            b += rotate(sum, shifts[round][step % 4]);
        }
    }
    md5->state[0] += a;
    md5->state[1] += b;
    md5->state[2] += c;
    md5->state[3] += d;
}

void kh_md5_init(struct kh_md5 *md5)
{
    *md5 = (struct kh_md5){ .state = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 } };
}

void kh_md5_add(struct kh_md5 *md5, struct kh_str bytes)
{
    const unsigned char *at = (const unsigned char *)bytes.data;
    size_t left = bytes.length;
    size_t kept = md5->length % sizeof md5->block;

    md5->length += left;
    if (kept > 0 && kept + left >= sizeof md5->block) {
        size_t room = sizeof md5->block - kept;

        memcpy(md5->block + kept, at, room);
        add_block(md5, md5->block);
        at += room;
        left -= room;
        kept = 0;
    }
    if (kept == 0) {
        for (; left >= sizeof md5->block; at += sizeof md5->block, left -= sizeof md5->block) {
            add_block(md5, at);
        }
    }
    if (left > 0) {
        memcpy(md5->block + kept, at, left);
    }
}

void kh_md5_finish(struct kh_md5 *md5, unsigned char digest[KH_MD5_SIZE])
{
    static const char padding[64] = { (char)0x80 };
    uint64_t bits = htole64(md5->length * 8);
    size_t kept = md5->length % sizeof md5->block;

    kh_md5_add(md5, (struct kh_str){ padding, kept < 56 ? 56 - kept : 120 - kept });
    kh_md5_add(md5, (struct kh_str){ (const char *)&bits, sizeof bits });
    for (size_t i = 0; i < 4; i++) {
        uint32_t word = htole32(md5->state[i]);

        memcpy(digest + 4 * i, &word, sizeof word);
    }
}

void kh_md5_of(struct kh_str bytes, unsigned char digest[KH_MD5_SIZE])
{
    struct kh_md5 md5;

    kh_md5_init(&md5);
    kh_md5_add(&md5, bytes);
    kh_md5_finish(&md5, digest);
}
