/*
 * MD5 (RFC 1321). Kinesis finds the shard of a record with it, and aggregates end with it: it is a checksum
 * here, no protection. TLS libraries may refuse it (FIPS), so it is our own.
 */
#ifndef KH_MD5_H
#define KH_MD5_H

#include <stddef.h>
#include <stdint.h>

#include "kh/str.h"

#define KH_MD5_SIZE 16

struct kh_md5 {
    uint32_t state[4];
    uint64_t length; /* bytes so far */
    unsigned char block[64];
};

void kh_md5_init(struct kh_md5 *md5);
void kh_md5_add(struct kh_md5 *md5, struct kh_str bytes);
void kh_md5_finish(struct kh_md5 *md5, unsigned char digest[KH_MD5_SIZE]);

/* The digest of bytes that are there at once. */
void kh_md5_of(struct kh_str bytes, unsigned char digest[KH_MD5_SIZE]);

#endif
