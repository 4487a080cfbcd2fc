/* Base64 (RFC 4648 section 4), standard alphabet, padding required, nothing else accepted. */
#ifndef KH_BASE64_H
#define KH_BASE64_H

#include "kh/status.h"
#include "kh/str.h"

/* Upper bounds of the result's size. */
#define KH_BASE64_DECODED_SIZE(length) ((length) / 4 * 3)
#define KH_BASE64_ENCODED_SIZE(length) (((length) + 2) / 3 * 4)

/*
 * Decodes into `out`, sets *length. KH_NOT_BASE64 for a foreign byte, a wrong length or padding, or
 * stray bits in the last group. KH_PADDING bytes behind `text` must be readable, and `out` must have
 * room for KH_BASE64_DECODED_SIZE(text.length) + KH_PADDING bytes.
 */
enum kh_status kh_base64_decode(struct kh_str text, char *out, size_t *length) KH_MUST_USE;

/* Encodes into `out` (KH_BASE64_ENCODED_SIZE(bytes.length) bytes, no NUL); returns the length. */
size_t kh_base64_encode(struct kh_str bytes, char *out);

#endif
