/* The keywords that apply to values of any type. */
#include "kh/check.h"

#include "text/json_internal.h"

enum kh_status kh_check_const_bool(struct kh_json *in, bool value, bool expected)
{
    if (value == expected) {
        return KH_OK;
    }
    return kh_json_violation(in, in->value, "const", "must be %s", expected ? "true" : "false");
}

enum kh_status kh_check_enum_failed(struct kh_json *in)
{
    return kh_json_violation(in, in->value, "enum", "must be one of the values the schema lists");
}

enum kh_status kh_check_union_failed(struct kh_json *in, struct kh_str discriminator)
{
    /* The value is skipped first: text that is not JSON is that, whatever the schema asks for. */
    KH_TRY(kh_json_skip(in));
    return kh_json_violation(in, in->value, "oneOf",
                             "must have a member \"%.*s\" that names one of the known variants",
                             KH_STR_ARG(discriminator));
}
