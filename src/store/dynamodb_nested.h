/*
 * Any JSON value as an attribute of DynamoDB, and back: objects are M, arrays L, the rest S, N, BOOL and
 * NULL. Sets and bytes, which others may write, are read as arrays and base64 strings.
 */
#ifndef KH_STORE_DYNAMODB_NESTED_H
#define KH_STORE_DYNAMODB_NESTED_H

#include "kh/arena.h"
#include "kh/json.h"
#include "kh/json_writer.h"

/*
 * Objects and arrays inside each other. DynamoDB allows 32, which are twice as many in the JSON of its
 * protocol, and an answer has a few of its own around them.
 */
#define KH__DYNAMODB_MAX_DEPTH 24

/*
 * Writes the JSON text as an attribute. KH_OUT_OF_RANGE: a number that DynamoDB can't keep; KH_TOO_DEEP;
 * KH_NOT_JSON etc.; KH_NO_MEMORY.
 */
enum kh_status kh__dynamodb_write_nested(struct kh_str json, struct kh_arena *arena,
                                         struct kh_json_writer *out) KH_MUST_USE;

/* The attribute at the cursor as JSON text. KH_INVALID: it is none that DynamoDB has. */
enum kh_status kh__dynamodb_read_nested(struct kh_json *in, struct kh_json_writer *out) KH_MUST_USE;

#endif
