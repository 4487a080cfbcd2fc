/* The keywords that apply to strings. */
#include "kh/check.h"

#include "kh/utf8.h"
#include "text/json_internal.h"

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

enum kh_status kh__check_min_length_slow(struct kh_json *in, struct kh_str value, size_t minimum)
{
    if (kh_utf8_count(value) >= minimum) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "minLength", "must be at least %zu character%s long",
                             minimum, plural(minimum));
}

enum kh_status kh__check_max_length_slow(struct kh_json *in, struct kh_str value, size_t maximum)
{
    if (kh_utf8_count(value) <= maximum) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "maxLength", "must be at most %zu character%s long",
                             maximum, plural(maximum));
}

enum kh_status kh__check_pattern_failed(struct kh_json *in, const struct kh_pattern *pattern)
{
    return kh_json_violation(in, in->value, "pattern", "must match %s", pattern->source);
}

enum kh_status kh_check_regex(struct kh_json *in, struct kh_str value, struct kh_regex *regex)
{
    enum kh_status status;
    bool matched;

    if (in->wrong_type) {
        return KH_OK;
    }
    status = kh_regex_match(regex, value, &matched);
    if (status != KH_OK) {
        return kh__json_fail(in, status, in->value, kh_status_text(status));
    }
    if (matched) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "pattern", "must match %s", regex->source);
}

enum kh_status kh_check_format(struct kh_json *in, bool holds, const char *format)
{
    if (holds) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "format", "must be of format %s", format);
}

enum kh_status kh_check_const_str(struct kh_json *in, struct kh_str value, struct kh_str expected)
{
    if (kh_str_equal(value, expected)) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "const", "must be \"%.*s\"", KH_STR_ARG(expected));
}
