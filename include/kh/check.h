/*
 * The rules of a schema, one function per keyword. Each looks at the value read last (in->value)
 * and returns KH_OK or what kh_json_violation says. The quick answer is inline, the rest is not.
 */
#ifndef KH_CHECK_H
#define KH_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/decimal.h"
#include "kh/json.h"
#include "kh/pattern.h"
#include "kh/regex.h"

/* What the inline functions below call when the quick test does not settle it. */
enum kh_status kh__check_min_length_slow(struct kh_json *in, struct kh_str value,
                                         size_t minimum) KH__COLD;
enum kh_status kh__check_max_length_slow(struct kh_json *in, struct kh_str value,
                                         size_t maximum) KH__COLD;
enum kh_status kh__check_minimum_int64_failed(struct kh_json *in, int64_t bound) KH__COLD;
enum kh_status kh__check_maximum_int64_failed(struct kh_json *in, int64_t bound) KH__COLD;
enum kh_status kh__check_minimum_uint64_failed(struct kh_json *in, uint64_t bound) KH__COLD;
enum kh_status kh__check_maximum_uint64_failed(struct kh_json *in, uint64_t bound) KH__COLD;
enum kh_status kh__check_decimal_minimum_slow(struct kh_json *in, const struct kh_decimal *value,
                                              const char *bound);

/* Lengths count code points. */
KH_MUST_USE static inline enum kh_status kh_check_min_length(struct kh_json *in,
                                                             struct kh_str value, size_t minimum)
{
    /* A code point takes at most four bytes. */
    return value.length > (minimum - 1) * 4 ? KH_OK : kh__check_min_length_slow(in, value, minimum);
}

KH_MUST_USE static inline enum kh_status kh_check_max_length(struct kh_json *in,
                                                             struct kh_str value, size_t maximum)
{
    return value.length <= maximum ? KH_OK : kh__check_max_length_slow(in, value, maximum);
}

/* `pattern`; a limit that was hit is KH_PATTERN_LIMIT, never "no match". */
enum kh_status kh__check_pattern_failed(struct kh_json *in,
                                        const struct kh_pattern *pattern) KH__COLD;

KH_MUST_USE static inline enum kh_status kh_check_pattern(struct kh_json *in, struct kh_str value,
                                                          const struct kh_pattern *pattern)
{
    return kh_pattern_matches(pattern, value) ? KH_OK : kh__check_pattern_failed(in, pattern);
}

enum kh_status kh_check_regex(struct kh_json *in, struct kh_str value,
                              struct kh_regex *regex) KH_MUST_USE;

/* `format`: `holds` is the answer of one of the predicates of kh/format.h. */
enum kh_status kh_check_format(struct kh_json *in, bool holds, const char *format) KH_MUST_USE;

/* Integers: bounds are constants of the schema. */
KH_MUST_USE static inline enum kh_status kh_check_minimum_int64(struct kh_json *in, int64_t value,
                                                                int64_t bound)
{
    return value >= bound ? KH_OK : kh__check_minimum_int64_failed(in, bound);
}

KH_MUST_USE static inline enum kh_status kh_check_maximum_int64(struct kh_json *in, int64_t value,
                                                                int64_t bound)
{
    return value <= bound ? KH_OK : kh__check_maximum_int64_failed(in, bound);
}

KH_MUST_USE static inline enum kh_status kh_check_minimum_uint64(struct kh_json *in, uint64_t value,
                                                                 uint64_t bound)
{
    return value >= bound ? KH_OK : kh__check_minimum_uint64_failed(in, bound);
}

KH_MUST_USE static inline enum kh_status kh_check_maximum_uint64(struct kh_json *in, uint64_t value,
                                                                 uint64_t bound)
{
    return value <= bound ? KH_OK : kh__check_maximum_uint64_failed(in, bound);
}

enum kh_status kh_check_multiple_of_int64(struct kh_json *in, int64_t value,
                                          int64_t divisor) KH_MUST_USE;
enum kh_status kh_check_multiple_of_uint64(struct kh_json *in, uint64_t value,
                                           uint64_t divisor) KH_MUST_USE;

/*
 * Numbers: the bound is the schema's own text ("0.1"), compared exactly with the digits as sent
 * (in->value), not with the double.
 */
enum kh_status kh_check_minimum(struct kh_json *in, const char *bound) KH_MUST_USE;
enum kh_status kh_check_exclusive_minimum(struct kh_json *in, const char *bound) KH_MUST_USE;
enum kh_status kh_check_maximum(struct kh_json *in, const char *bound) KH_MUST_USE;
enum kh_status kh_check_exclusive_maximum(struct kh_json *in, const char *bound) KH_MUST_USE;
enum kh_status kh_check_multiple_of(struct kh_json *in, const char *divisor) KH_MUST_USE;

/* `x-minimum` and so on: strings of format decimal. Bounds are the schema's text. */
KH_MUST_USE static inline enum kh_status kh_check_decimal_minimum(struct kh_json *in,
                                                                  const struct kh_decimal *value,
                                                                  const char *bound)
{
    /* Known when it is compiled, as bounds are literals. */
    bool not_negative = bound[0] == '0' && bound[1] == '\0';

    return not_negative && !value->negative ? KH_OK
                                            : kh__check_decimal_minimum_slow(in, value, bound);
}

enum kh_status kh_check_decimal_exclusive_minimum(struct kh_json *in,
                                                  const struct kh_decimal *value,
                                                  const char *bound) KH_MUST_USE;
enum kh_status kh_check_decimal_maximum(struct kh_json *in, const struct kh_decimal *value,
                                        const char *bound) KH_MUST_USE;
enum kh_status kh_check_decimal_exclusive_maximum(struct kh_json *in,
                                                  const struct kh_decimal *value,
                                                  const char *bound) KH_MUST_USE;
/* At most `scale` digits after the point. */
enum kh_status kh_check_decimal_scale(struct kh_json *in, const struct kh_decimal *value,
                                      int scale) KH_MUST_USE;

/* `const`, and `enum` where it does not become a C enum. */
enum kh_status kh_check_const_str(struct kh_json *in, struct kh_str value,
                                  struct kh_str expected) KH_MUST_USE;
enum kh_status kh_check_const_bool(struct kh_json *in, bool value, bool expected) KH_MUST_USE;
/* Numbers (integers too) are compared exactly by value with the schema's texts. */
enum kh_status kh_check_const_number(struct kh_json *in, const char *expected) KH_MUST_USE;
enum kh_status kh_check_enum_number(struct kh_json *in, const char *const *allowed,
                                    size_t count) KH_MUST_USE;

/* Arrays, to be called after kh_json_array_end. */
enum kh_status kh_check_min_items(struct kh_json *in, const struct kh_json_array *array,
                                  size_t minimum) KH_MUST_USE;
enum kh_status kh_check_max_items(struct kh_json *in, const struct kh_json_array *array,
                                  size_t maximum) KH_MUST_USE;
/* Scalar items, compared by value (1 equals 1.0, "A" equals "\u0041"); reads the text again. */
enum kh_status kh_check_unique_items(struct kh_json *in,
                                     const struct kh_json_array *array) KH_MUST_USE;

/* An enum's reader found no such name. */
enum kh_status kh_check_enum_failed(struct kh_json *in) KH_MUST_USE;

/* A union's discriminator is missing or names no arm: violation of `oneOf` at the cursor; skips the
 * value when collecting. */
enum kh_status kh_check_union_failed(struct kh_json *in, struct kh_str discriminator) KH_MUST_USE;

#endif
