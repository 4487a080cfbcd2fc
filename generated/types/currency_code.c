/*
 * Generated from schema/types/currency_code.schema.json.
 * To change this file, edit the schema and build.
 */
#include "types/currency_code.h"

#include "kh/check.h"

/* An automaton for ^[A-Z]{3}$ */
static const uint8_t pattern_currency_code_classes[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

static const uint16_t pattern_currency_code_next[] = {
    4, 1,
    4, 2,
    4, 3,
    4, 4,
    4, 4,
};

static const uint8_t pattern_currency_code_accepting[] = {
    0, 0, 0, 1, 0,
};

static const struct kh_pattern pattern_currency_code = {
    .source = "^[A-Z]{3}$",
    .classes = pattern_currency_code_classes,
    .next = pattern_currency_code_next,
    .accepting = pattern_currency_code_accepting,
    .class_count = 2,
    .start = 0,
    .absorbing_from = 4,
};

enum kh_status currency_code_read(struct kh_json *in, struct kh_str *out)
{
    KH_TRY(kh_json_read_str(in, out));
    KH_TRY(kh_check_pattern(in, *out, &pattern_currency_code));
    return KH_OK;
}

enum kh_status currency_code_write(struct kh_json_writer *out, const struct kh_str *value)
{
    return kh_json_write_str(out, *value);
}
