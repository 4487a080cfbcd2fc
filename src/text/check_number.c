/* The keywords that apply to numbers: integers by their value, all others by their digits. */
#include "kh/check.h"

#include <inttypes.h>

#include "text/json_internal.h"
#include "text/number.h"

enum kh_status kh__check_minimum_int64_failed(struct kh_json *in, int64_t bound)
{
    return kh_json_violation(in, in->value, "minimum", "must be at least %" PRId64, bound);
}

enum kh_status kh__check_maximum_int64_failed(struct kh_json *in, int64_t bound)
{
    return kh_json_violation(in, in->value, "maximum", "must be at most %" PRId64, bound);
}

enum kh_status kh__check_minimum_uint64_failed(struct kh_json *in, uint64_t bound)
{
    return kh_json_violation(in, in->value, "minimum", "must be at least %" PRIu64, bound);
}

enum kh_status kh__check_maximum_uint64_failed(struct kh_json *in, uint64_t bound)
{
    return kh_json_violation(in, in->value, "maximum", "must be at most %" PRIu64, bound);
}

enum kh_status kh_check_multiple_of_int64(struct kh_json *in, int64_t value, int64_t divisor)
{
    /* INT64_MIN % -1 is not defined, and everything is a multiple of -1. */
    if (divisor == -1 || value % divisor == 0) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "multipleOf", "must be a multiple of %" PRId64,
                             divisor);
}

enum kh_status kh_check_multiple_of_uint64(struct kh_json *in, uint64_t value, uint64_t divisor)
{
    if (value % divisor == 0) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "multipleOf", "must be a multiple of %" PRIu64,
                             divisor);
}

/* -1, 0, 1: the number read last against a text of the schema. */
static int compare(const struct kh_json *in, const char *text)
{
    return kh__number_compare(kh__json_number_token(in, in->value), kh_str_from(text));
}

enum kh_status kh_check_minimum(struct kh_json *in, const char *bound)
{
    if (in->wrong_type || compare(in, bound) >= 0) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "minimum", "must be at least %s", bound);
}

enum kh_status kh_check_exclusive_minimum(struct kh_json *in, const char *bound)
{
    if (in->wrong_type || compare(in, bound) > 0) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "exclusiveMinimum", "must be greater than %s", bound);
}

enum kh_status kh_check_maximum(struct kh_json *in, const char *bound)
{
    if (in->wrong_type || compare(in, bound) <= 0) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "maximum", "must be at most %s", bound);
}

enum kh_status kh_check_exclusive_maximum(struct kh_json *in, const char *bound)
{
    if (in->wrong_type || compare(in, bound) < 0) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "exclusiveMaximum", "must be less than %s", bound);
}

enum kh_status kh_check_multiple_of(struct kh_json *in, const char *divisor)
{
    if (in->wrong_type ||
        kh__number_is_multiple(kh__json_number_token(in, in->value), kh_str_from(divisor))) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "multipleOf", "must be a multiple of %s", divisor);
}

enum kh_status kh_check_const_number(struct kh_json *in, const char *expected)
{
    if (in->wrong_type || compare(in, expected) == 0) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "const", "must be %s", expected);
}

enum kh_status kh_check_enum_number(struct kh_json *in, const char *const *allowed, size_t count)
{
    if (in->wrong_type) {
        return KH_OK;
    }
    for (size_t i = 0; i < count; i++) {
        if (compare(in, allowed[i]) == 0) {
            return KH_OK;
        }
    }
    return kh_check_enum_failed(in);
}
