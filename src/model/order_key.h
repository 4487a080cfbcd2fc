/*
 * Members as bytes that stand in the order of their values: memcmp of two such keys (the shorter first
 * where one begins with the other) is kh__field_compare of the members. For databases that compare nothing
 * but text.
 *
 * Strings and enums are their own keys. All other keys are ASCII without NUL, and none is the beginning of
 * another of the same kind:
 *
 *   boolean   0 or 1
 *   integer   20 digits: the number, and for signed ones 2^63 more
 *   double    20 digits: the bits, turned so that they count upwards; -0 is 0
 *   decimal   0, or a sign (1, or - which comes before 0), the power of ten in three digits, the digits without zeros
 *             at either end, and a full stop: 98.5 is "1502985." Of negative numbers all digits are
 *             replaced by what they lack to 9, and the end is ~, so that the greater comes first
 *   instant   20 digits of seconds as of an integer, and 10 of nanoseconds
 *
 * What is stored in this form must stay readable: a change of it needs a migration.
 */
#ifndef KH_MODEL_ORDER_KEY_H
#define KH_MODEL_ORDER_KEY_H

#include "model/field.h"

/* Room for the key of any scalar that is not a string. */
#define KH_ORDER_KEY_SIZE 48

/*
 * Of a member that is there; not for KH_FIELD_JSON. `buffer` is used where the key is not in the value
 * itself or in the enum's names.
 */
struct kh_str kh__order_key(const struct kh_field *field, const void *value,
                            char buffer[KH_ORDER_KEY_SIZE]);

#endif
