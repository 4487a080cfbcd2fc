#include "model/order_key.h"

#include <string.h>

#define SIGN_BIT (UINT64_C(1) << 63)
#define DIGITS_OF_64_BITS 20
#define DIGITS_OF_NANOSECONDS 10

/* Powers of ten go from -130 to 38. */
#define POWER_BIAS 500
#define DIGITS_OF_POWER 3

#define READ(type, name, field, value)                                                             \
    type name;                                                                                     \
    memcpy(&(name), kh__field_at(field, value), sizeof(name))

static char *put_digits(char *at, int digits, uint64_t number)
{
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = (char)('0' + number % 10);
        number /= 10;
    }
    return at + digits;
}

static char *put_signed(char *at, int64_t number)
{
    return put_digits(at, DIGITS_OF_64_BITS, (uint64_t)number ^ SIGN_BIT);
}

static char *put_double(char *at, double number)
{
    uint64_t bits = 0;

    if (number < 0 || number > 0) {
        memcpy(&bits, &number, sizeof bits);
    }
    return put_digits(at, DIGITS_OF_64_BITS, (bits & SIGN_BIT) != 0 ? ~bits : bits | SIGN_BIT);
}

/* 0.ddd times ten to the power. */
static char *put_decimal(char *at, struct kh_decimal number)
{
    char text[KH_DECIMAL_TEXT_SIZE];
    struct kh_decimal whole = { .coefficient = number.coefficient };
    size_t digits = kh_decimal_format(whole, text);
    int power = (int)digits - number.scale + POWER_BIAS;
    char *begin = at;

    if (number.coefficient == 0) {
        *at = '0';
        return at + 1;
    }
    while (text[digits - 1] == '0') {
        digits--;
    }
    at = put_digits(at + 1, DIGITS_OF_POWER, (uint64_t)power);
    memcpy(at, text, digits);
    at += digits;
    *begin = number.negative ? '-' : '1';
    for (char *digit = begin + 1; number.negative && digit < at; digit++) {
        *digit = (char)('0' + '9' - *digit);
    }
    *at = number.negative ? '~' : '.';
    return at + 1;
}

static char *put_instant(char *at, struct kh_instant instant)
{
    at = put_signed(at, instant.seconds);
    return put_digits(at, DIGITS_OF_NANOSECONDS, (uint64_t)instant.nanoseconds);
}

static char *put_scalar(char *at, const struct kh_field *field, const void *value)
{
    switch (field->kind) {
    case KH_FIELD_BOOL: {
        READ(bool, truth, field, value);
        return put_digits(at, 1, truth);
    }
    case KH_FIELD_INT32: {
        READ(int32_t, number, field, value);
        return put_signed(at, number);
    }
    case KH_FIELD_INT64: {
        READ(int64_t, number, field, value);
        return put_signed(at, number);
    }
    case KH_FIELD_UINT64: {
        READ(uint64_t, number, field, value);
        return put_digits(at, DIGITS_OF_64_BITS, number);
    }
    case KH_FIELD_DOUBLE: {
        READ(double, number, field, value);
        return put_double(at, number);
    }
    case KH_FIELD_DECIMAL: {
        READ(struct kh_decimal, number, field, value);
        return put_decimal(at, number);
    }
    case KH_FIELD_INSTANT: {
        READ(struct kh_instant, instant, field, value);
        return put_instant(at, instant);
    }
    case KH_FIELD_STR:
    case KH_FIELD_ENUM:
    case KH_FIELD_JSON:
        break;
    }
    return at;
}

struct kh_str kh__order_key(const struct kh_field *field, const void *value,
                            char buffer[KH_ORDER_KEY_SIZE])
{
    if (field->kind == KH_FIELD_STR) {
        READ(struct kh_str, text, field, value);
        return text;
    }
    if (field->kind == KH_FIELD_ENUM) {
        return kh__field_enum_name(field, value);
    }
    return (struct kh_str){ buffer, (size_t)(put_scalar(buffer, field, value) - buffer) };
}
