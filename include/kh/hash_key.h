/*
 * The hash keys of Kinesis: numbers of 128 bits, of which each shard has a range. A record goes to the shard
 * whose range holds its hash key: the explicit one if it has one, else the MD5 of its partition key.
 */
#ifndef KH_HASH_KEY_H
#define KH_HASH_KEY_H

#include <stdbool.h>

#include "kh/status.h"
#include "kh/str.h"

struct kh_shard_hash {
    unsigned char bytes[16]; /* big-endian, so that memcmp is the order of the numbers */
};

/* The digits of 2^128 - 1, which is the largest. */
#define KH_SHARD_HASH_DIGITS 39

void kh_shard_hash_of_key(struct kh_str partition_key, struct kh_shard_hash *out);

/* Decimal digits, 1 to 39 of them, up to 2^128 - 1; else KH_INVALID. */
enum kh_status kh_shard_hash_parse(struct kh_str decimal, struct kh_shard_hash *out) KH_MUST_USE;

/* Where a record goes: `explicit_hash_key` (decimal) unless it is empty, else the partition key's. KH_INVALID. */
enum kh_status kh_shard_hash_find(struct kh_str partition_key, struct kh_str explicit_hash_key,
                                  struct kh_shard_hash *out) KH_MUST_USE;

/* As decimal digits, with a NUL behind them; returns their number. */
size_t kh_shard_hash_text(const struct kh_shard_hash *hash, char text[KH_SHARD_HASH_DIGITS + 1]);

/* < 0, 0 or > 0. */
int kh_shard_hash_compare(const struct kh_shard_hash *a, const struct kh_shard_hash *b);

/* Whether a shard that has the range from `begin` to `end`, both of them included, is where it goes. */
static inline bool kh_shard_hash_is_in(const struct kh_shard_hash *hash,
                                       const struct kh_shard_hash *begin,
                                       const struct kh_shard_hash *end)
{
    return kh_shard_hash_compare(begin, hash) <= 0 && kh_shard_hash_compare(hash, end) <= 0;
}

#endif
