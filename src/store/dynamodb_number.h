/* Numbers as DynamoDB has them: up to 38 digits, as text, from 1E-130 to 9.99...E+125. */
#ifndef KH_STORE_DYNAMODB_NUMBER_H
#define KH_STORE_DYNAMODB_NUMBER_H

#include "kh/arena.h"
#include "kh/status.h"
#include "kh/str.h"

/*
 * The number of a JSON number or of an attribute of type N, without an exponent and needless zeros: "1.50E+3"
 * is "1500". In the arena. KH_INVALID: not a number; KH_OUT_OF_RANGE: none that DynamoDB can keep.
 */
enum kh_status kh__dynamodb_number(struct kh_str text, struct kh_arena *arena,
                                   struct kh_str *out) KH_MUST_USE;

/* Bytes that DynamoDB counts for it, at most. */
size_t kh__dynamodb_number_size(struct kh_str text);

#endif
