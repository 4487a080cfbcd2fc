/* The keywords that apply to strings of format decimal. */
#include "kh/check.h"

#include "text/number.h"

/* -1, 0, 1: a decimal against a number of the schema. */
static int compare(const struct kh_decimal *value, const char *bound)
{
    char text[KH_DECIMAL_TEXT_SIZE];
    struct kh_decimal parsed;

    if (kh_decimal_parse(kh_str_from(bound), &parsed) == KH_OK) {
        return kh_decimal_compare(*value, parsed);
    }
    /* A schema may say 1e3, or have more digits than a decimal. */
    return kh__number_compare((struct kh_str){ text, kh_decimal_format(*value, text) },
                              kh_str_from(bound));
}

enum kh_status kh__check_decimal_minimum_slow(struct kh_json *in, const struct kh_decimal *value,
                                              const char *bound)
{
    if (compare(value, bound) >= 0) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "x-minimum", "must be at least %s", bound);
}

enum kh_status kh_check_decimal_exclusive_minimum(struct kh_json *in,
                                                  const struct kh_decimal *value, const char *bound)
{
    if (compare(value, bound) > 0) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "x-exclusiveMinimum", "must be greater than %s", bound);
}

enum kh_status kh_check_decimal_maximum(struct kh_json *in, const struct kh_decimal *value,
                                        const char *bound)
{
    if (compare(value, bound) <= 0) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "x-maximum", "must be at most %s", bound);
}

enum kh_status kh_check_decimal_exclusive_maximum(struct kh_json *in,
                                                  const struct kh_decimal *value, const char *bound)
{
    if (compare(value, bound) < 0) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "x-exclusiveMaximum", "must be less than %s", bound);
}

enum kh_status kh_check_decimal_scale(struct kh_json *in, const struct kh_decimal *value, int scale)
{
    if (value->scale <= scale) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "x-scale",
                             "must have at most %d digit%s after the point", scale,
                             scale == 1 ? "" : "s");
}
