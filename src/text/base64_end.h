/* The end of a base64 text, for all who decode it. */
#ifndef KH_TEXT_BASE64_END_H
#define KH_TEXT_BASE64_END_H

#include "kh/status.h"
#include "kh/str.h"

/*
 * After struct kh__vector's base64 has taken `characters`: whether what stands behind them, from `rest`
 * to `end`, is the padding they need, and no bit is left over. Sets *length to that of the result.
 */
enum kh_status kh__base64_end(size_t characters, const char *rest, const char *end, const char *out,
                              size_t *length) KH_MUST_USE;

#endif
