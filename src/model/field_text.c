/*
 * Scalar members as text, for keys and cursors: one spelling for each value, so that equal values have
 * equal texts (2.50 is "2.5"), and a way back that accepts no other spelling.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/field.h"

static struct kh_str printed(const char *buffer, int length)
{
    return (struct kh_str){ buffer, length < 0 ? 0 : (size_t)length };
}

static struct kh_str decimal_text(struct kh_decimal value, char buffer[KH_FIELD_TEXT_SIZE])
{
    size_t length = kh_decimal_format(value, buffer);

    if (value.scale > 0) {
        while (buffer[length - 1] == '0') {
            length--;
        }
        if (buffer[length - 1] == '.') {
            length--;
        }
    }
    return (struct kh_str){ buffer, length };
}

/* The bits in hexadecimal: no digits are lost, and -0 is 0. */
static struct kh_str double_text(double value, char buffer[KH_FIELD_TEXT_SIZE])
{
    uint64_t bits = 0;

    if (value < 0 || value > 0) {
        memcpy(&bits, &value, sizeof bits);
    }
    return printed(buffer, snprintf(buffer, KH_FIELD_TEXT_SIZE, "%016" PRIx64, bits));
}

#define READ(type, name, field, value)                                                             \
    type name;                                                                                     \
    memcpy(&(name), kh__field_at(field, value), sizeof(name))

struct kh_str kh__field_text(const struct kh_field *field, const void *value,
                             char buffer[KH_FIELD_TEXT_SIZE])
{
    switch (field->kind) {
    case KH_FIELD_STR: {
        READ(struct kh_str, text, field, value);
        return text;
    }
    case KH_FIELD_BOOL: {
        READ(bool, truth, field, value);
        return kh_str_from(truth ? "true" : "false");
    }
    case KH_FIELD_INT32: {
        READ(int32_t, number, field, value);
        return printed(buffer, snprintf(buffer, KH_FIELD_TEXT_SIZE, "%" PRId32, number));
    }
    case KH_FIELD_INT64: {
        READ(int64_t, number, field, value);
        return printed(buffer, snprintf(buffer, KH_FIELD_TEXT_SIZE, "%" PRId64, number));
    }
    case KH_FIELD_UINT64: {
        READ(uint64_t, number, field, value);
        return printed(buffer, snprintf(buffer, KH_FIELD_TEXT_SIZE, "%" PRIu64, number));
    }
    case KH_FIELD_DOUBLE: {
        READ(double, number, field, value);
        return double_text(number, buffer);
    }
    case KH_FIELD_DECIMAL: {
        READ(struct kh_decimal, decimal, field, value);
        return decimal_text(decimal, buffer);
    }
    case KH_FIELD_INSTANT: {
        READ(struct kh_instant, instant, field, value);
        return printed(buffer, snprintf(buffer, KH_FIELD_TEXT_SIZE, "%" PRId64 ".%09" PRId32,
                                        instant.seconds, instant.nanoseconds));
    }
    case KH_FIELD_ENUM:
        return kh__field_enum_name(field, value);
    case KH_FIELD_JSON:
        break;
    }
    return KH_STR("");
}

#define WRITE(field, value, variable)                                                              \
    memcpy(kh__field_slot(field, value), &(variable), sizeof(variable))

/* The numbers below are checked by spelling them again: kh__field_parse compares the texts. */
static void parse_number(const struct kh_field *field, const char *text, void *value)
{
    if (field->kind == KH_FIELD_INT32) {
        int32_t number = (int32_t)strtol(text, NULL, 10);
        WRITE(field, value, number);
    } else if (field->kind == KH_FIELD_INT64) {
        int64_t number = strtoll(text, NULL, 10);
        WRITE(field, value, number);
    } else if (field->kind == KH_FIELD_UINT64) {
        uint64_t number = strtoull(text, NULL, 10);
        WRITE(field, value, number);
    } else if (field->kind == KH_FIELD_DOUBLE) {
        uint64_t bits = strtoull(text, NULL, 16);
        double number;

        memcpy(&number, &bits, sizeof number);
        WRITE(field, value, number);
    } else if (field->kind == KH_FIELD_INSTANT) {
        struct kh_instant instant = { 0 };
        char *end;

        instant.seconds = strtoll(text, &end, 10);
        instant.nanoseconds = *end == '.' ? (int32_t)strtol(end + 1, NULL, 10) : -1;
        instant.fraction_digits = 9;
        WRITE(field, value, instant);
    }
}

enum kh_status kh__field_parse(const struct kh_field *field, struct kh_str text, void *value)
{
    char copy[KH_FIELD_TEXT_SIZE];
    char buffer[KH_FIELD_TEXT_SIZE];
    struct kh_decimal decimal;
    bool truth;

    kh__field_set_present(field, value);
    if (field->kind == KH_FIELD_STR) {
        WRITE(field, value, text);
        return KH_OK;
    }
    if (field->kind == KH_FIELD_ENUM) {
        return kh__field_set_enum(field, text, value) ? KH_OK : KH_INVALID;
    }
    if (text.length >= sizeof copy || field->kind == KH_FIELD_JSON) {
        return KH_INVALID;
    }
    if (field->kind == KH_FIELD_DECIMAL) {
        if (kh_decimal_parse(text, &decimal) != KH_OK) {
            return KH_INVALID;
        }
        WRITE(field, value, decimal);
    } else if (field->kind == KH_FIELD_BOOL) {
        truth = kh_str_equal(text, KH_STR("true"));
        WRITE(field, value, truth);
    } else {
        memcpy(copy, text.data, text.length);
        copy[text.length] = '\0';
        parse_number(field, copy, value);
    }
    return kh_str_equal(kh__field_text(field, value, buffer), text) ? KH_OK : KH_INVALID;
}
