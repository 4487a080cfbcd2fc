/*
 * Exact decimal numbers of up to 38 digits (DynamoDB's precision), for money and the like.
 * Never goes through binary floating point.
 */
#ifndef KH_DECIMAL_H
#define KH_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/status.h"
#include "kh/str.h"

__extension__ typedef unsigned __int128 kh_uint128;

/* The value is coefficient / 10^scale, negated if `negative`. All zero bytes is 0. */
struct kh_decimal {
    kh_uint128 coefficient; /* < 10^38 */
    int16_t scale;          /* digits after the point, 0..130; kept as written: 9800.00 has 2 */
    bool negative;          /* false for zero */
};

#define KH_DECIMAL_DIGITS 38
#define KH_DECIMAL_MAX_SCALE 130
/* Longest text of a decimal, with sign, point and NUL. */
#define KH_DECIMAL_TEXT_SIZE 140

/*
 * Parses -?digits[.digits] without needless leading zeros ("0.5", not ".5" or "00.5").
 * "-0" is read as 0. KH_INVALID: not of that form. KH_OUT_OF_RANGE: more than 38 digits, zeros in
 * front not counted, or more than 130 decimals.
 */
enum kh_status kh_decimal_parse(struct kh_str text, struct kh_decimal *out) KH_MUST_USE;

/*
 * Writes the number as it was parsed ("-0" as "0"), with a NUL; returns the length. Round trips
 * exactly, the scale included.
 */
size_t kh_decimal_format(struct kh_decimal value, char out[KH_DECIMAL_TEXT_SIZE]);

/* -1, 0 or 1, by value: 2.50 equals 2.5. */
int kh_decimal_compare(struct kh_decimal a, struct kh_decimal b);

/*
 * Exact; KH_OUT_OF_RANGE when the result needs more than 38 digits. Scale: the larger of the two,
 * or less where only zeros at the end must go for the digits to suffice.
 */
enum kh_status kh_decimal_add(struct kh_decimal a, struct kh_decimal b,
                              struct kh_decimal *out) KH_MUST_USE;
enum kh_status kh_decimal_subtract(struct kh_decimal a, struct kh_decimal b,
                                   struct kh_decimal *out) KH_MUST_USE;

struct kh_decimal kh_decimal_from_int64(int64_t value);

#endif
