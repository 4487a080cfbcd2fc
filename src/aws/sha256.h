/* SHA-256 (FIPS 180-4) and HMAC (RFC 2104) with it, by the library that does TLS. */
#ifndef KH_AWS_SHA256_H
#define KH_AWS_SHA256_H

#include "kh/status.h"
#include "kh/str.h"

#define KH_SHA256_SIZE 32

/* Both: KH_NO_MEMORY when the library can't. */
enum kh_status kh_sha256(struct kh_str bytes, unsigned char out[KH_SHA256_SIZE]) KH_MUST_USE;
enum kh_status kh_hmac_sha256(struct kh_str key, struct kh_str bytes,
                              unsigned char out[KH_SHA256_SIZE]) KH_MUST_USE;

#endif
