/*
 * Generated from schema/types/currency_code.schema.json.
 * To change this file, edit the schema and build.
 */
#include "types/currency_code.h"

/* An automaton for ^[A-Z]{3}$ */
static const uint8_t currency_code_pattern_classes[256] = {
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

static const uint16_t currency_code_pattern_next[] = {
    4, 1,
    4, 2,
    4, 3,
    4, 4,
    4, 4,
};

static const uint8_t currency_code_pattern_accepting[] = {
    0, 0, 0, 1, 0,
};

const struct kh_pattern currency_code_pattern = {
    .source = "^[A-Z]{3}$",
    .classes = currency_code_pattern_classes,
    .next = currency_code_pattern_next,
    .accepting = currency_code_pattern_accepting,
    .class_count = 2,
    .start = 0,
    .absorbing_from = 4,
};

enum kh_status currency_code_write(struct kh_json_writer *out, const struct kh_str *value)
{
    return kh_json_write_str(out, *value);
}
