/* UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef KH_UTF8_H
#define KH_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "kh/str.h"

/* The length of the longest valid beginning; equals text.length if all of it is UTF-8. */
size_t kh_utf8_valid_prefix(struct kh_str text);

static inline bool kh_utf8_is_valid(struct kh_str text)
{
    return kh_utf8_valid_prefix(text) == text.length;
}

/* Code points of valid UTF-8. */
size_t kh_utf8_count(struct kh_str text);

#endif
