/* Free-form values as cJSON trees, for handlers that want to look inside. */
#ifndef KH_VALUE_H
#define KH_VALUE_H

#include <cjson/cJSON.h>

#include "kh/json.h"

/*
 * Parses on demand; the tree is the caller's: cJSON_Delete. cJSON's limits apply: numbers are doubles,
 * a string ends at U+0000. For exact values declare the member in the schema instead.
 * An empty text (an absent member) becomes null. KH_OUT_OF_RANGE for a number of more than 63
 * characters, KH_NO_MEMORY.
 */
enum kh_status kh_raw_parse(struct kh_raw raw, cJSON **out) KH_MUST_USE;

#endif
