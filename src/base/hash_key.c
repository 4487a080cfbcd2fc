#include "kh/hash_key.h"

#include <string.h>

#include "base/md5.h"

_Static_assert(sizeof((struct kh_shard_hash *)0)->bytes == KH_MD5_SIZE, "a hash key is an MD5");

void kh_shard_hash_of_key(struct kh_str partition_key, struct kh_shard_hash *out)
{
    kh_md5_of(partition_key, out->bytes);
}

/* number = number * 10 + digit; false when that is too large. */
static bool append_digit(struct kh_shard_hash *number, unsigned digit)
{
    unsigned carry = digit;

    for (size_t i = sizeof number->bytes; i-- > 0;) {
        carry += number->bytes[i] * 10U;
        number->bytes[i] = (unsigned char)(carry & 0xff);
        carry >>= 8;
    }
    return carry == 0;
}

enum kh_status kh_shard_hash_parse(struct kh_str decimal, struct kh_shard_hash *out)
{
    *out = (struct kh_shard_hash){ { 0 } };
    if (decimal.length == 0 || decimal.length > KH_SHARD_HASH_DIGITS) {
        return KH_INVALID;
    }
    for (size_t i = 0; i < decimal.length; i++) {
        char digit = decimal.data[i];

        if (digit < '0' || digit > '9' || !append_digit(out, (unsigned)(digit - '0'))) {
            return KH_INVALID;
        }
    }
    return KH_OK;
}

enum kh_status kh_shard_hash_find(struct kh_str partition_key, struct kh_str explicit_hash_key,
                                  struct kh_shard_hash *out)
{
    if (explicit_hash_key.length > 0) {
        return kh_shard_hash_parse(explicit_hash_key, out);
    }
    kh_shard_hash_of_key(partition_key, out);
    return KH_OK;
}

/* number = number / 10; returns what is left over. */
static unsigned take_digit(struct kh_shard_hash *number)
{
    unsigned rest = 0;

    for (size_t i = 0; i < sizeof number->bytes; i++) {
        rest = rest << 8 | number->bytes[i];
        number->bytes[i] = (unsigned char)(rest / 10);
        rest %= 10;
    }
    return rest;
}

size_t kh_shard_hash_text(const struct kh_shard_hash *hash, char text[KH_SHARD_HASH_DIGITS + 1])
{
    static const struct kh_shard_hash zero = { { 0 } };
    struct kh_shard_hash left = *hash;
    char digits[KH_SHARD_HASH_DIGITS];
    size_t begin = sizeof digits;
    size_t length;

    do {
        digits[--begin] = (char)('0' + take_digit(&left));
    } while (kh_shard_hash_compare(&left, &zero) != 0);
    length = sizeof digits - begin;
    memcpy(text, digits + begin, length);
    text[length] = '\0';
    return length;
}

int kh_shard_hash_compare(const struct kh_shard_hash *a, const struct kh_shard_hash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}
