/*
 * Exact arithmetic on JSON number tokens as they stand in the text: of any length, with exponents
 * of any size, in time linear in the text and in constant memory.
 *
 * Every token must be a valid JSON number (RFC 8259 section 6): readers check it before, the
 * generator checks the texts of a schema. Nothing here looks for other bytes.
 */
#ifndef KH_TEXT_NUMBER_H
#define KH_TEXT_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/str.h"

/* -1, 0 or 1, by value: 1.0 equals 1, 1e2 equals 100, -0 equals 0. */
int kh__number_compare(struct kh_str a, struct kh_str b);

/* Digits of a divisor, not counting zeros before the first and behind the last other digit. */
#define KH__NUMBER_DIVISOR_DIGITS 37

/*
 * Is value / divisor an integer? Divisors come from schemas and are greater than 0; the generator
 * refuses one of more than KH__NUMBER_DIVISOR_DIGITS digits (the answer would be false but for 0).
 */
bool kh__number_is_multiple(struct kh_str value, struct kh_str divisor);

/* False if the value is not an integer or does not fit; 1.0 and 1e2 are integers. */
bool kh__number_to_int64(struct kh_str token, int64_t *out);
bool kh__number_to_uint64(struct kh_str token, uint64_t *out);

/* The nearest double, ties to even; a value too small becomes 0, one too large gives false. */
bool kh__number_to_double(struct kh_str token, double *out);

/* Longest text of a double, with NUL: -2.2250738585072014e-308 */
#define KH__NUMBER_TEXT_SIZE 32

/* A finite number as a token of as few digits as read back as the same double; returns the length. */
size_t kh__number_from_double(double value, char text[KH__NUMBER_TEXT_SIZE]);

#endif
