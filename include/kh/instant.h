/* A point in time as RFC 3339 writes it (`format: date-time`). */
#ifndef KH_INSTANT_H
#define KH_INSTANT_H

#include <stdint.h>

#include "kh/status.h"
#include "kh/str.h"

struct kh_instant {
    int64_t seconds;        /* since 1970-01-01T00:00:00Z, without leap seconds */
    int32_t nanoseconds;    /* 0..999,999,999; 1,000,000,000 more inside a leap second (23:59:60) */
    int16_t offset_minutes; /* of the local time it was written in; kept for writing it back */
    uint8_t fraction_digits; /* digits after the second's point, 0..9; further ones are cut off */
};

/* Longest text, with NUL: 9999-12-31T23:59:60.123456789+23:59 */
#define KH_INSTANT_TEXT_SIZE 40

/*
 * RFC 3339 section 5.6, `T` and `Z` in either case; second 60 only at 23:59 UTC, on any date.
 * KH_INVALID: not a date-time.
 */
enum kh_status kh_instant_parse(struct kh_str text, struct kh_instant *out) KH_MUST_USE;

/*
 * Writes it as parsed, with a NUL, but with upper case T and Z, and Z for an offset of 0; returns
 * the length. RFC 3339 has the years 0000 to 9999: an instant outside of them, which only
 * kh_instant_from_ms can make, is written as the nearest one inside.
 */
size_t kh_instant_format(struct kh_instant instant, char out[KH_INSTANT_TEXT_SIZE]);

/* -1, 0 or 1, by the moment meant, whatever the offsets. */
int kh_instant_compare(struct kh_instant a, struct kh_instant b);

/* In UTC, with three digits behind the second's point; and back, what is finer cut off. */
struct kh_instant kh_instant_from_ms(int64_t milliseconds_since_1970);
int64_t kh_instant_to_ms(struct kh_instant instant);

#endif
