/*
 * Exact decimal numbers in 128 bits. 10^38 < 2^127, so the sum of any two coefficients fits too.
 * Nothing is rounded: what needs more digits than there are is refused.
 */
#include "kh/decimal.h"

#define POWER_19 UINT64_C(10000000000000000000)
#define LIMIT ((kh_uint128)POWER_19 * POWER_19)

enum kh_status kh_decimal_parse(struct kh_str text, struct kh_decimal *out)
{
    const char *at = text.data;
    const char *end = text.data + text.length;
    const char *begin;
    const char *point = NULL;
    bool negative = false;
    /* The first 19 significant digits, and the 19 behind them. */
    uint64_t high = 0;
    uint64_t low = 0;
    uint64_t low_power = 1;
    size_t digits = 0;
    size_t scale;
    kh_uint128 coefficient;

    if (at < end && *at == '-') {
        negative = true;
        at++;
    }
    for (begin = at; at < end; at++) {
        unsigned digit = (unsigned)(unsigned char)*at - '0';

        if (digit > 9) {
            if (*at != '.' || point != NULL) {
                return KH_INVALID;
            }
            point = at;
            continue;
        }
        if (digits == 0 && digit == 0) {
            continue;
        }
        digits++;
        if (digits <= 19) {
            high = high * 10 + digit;
        } else if (digits <= KH_DECIMAL_DIGITS) {
            low = low * 10 + digit;
            low_power *= 10;
        }
    }
    if (begin == end || point == begin || (point != NULL && point + 1 == end) ||
        (*begin == '0' && begin + 1 != end && begin + 1 != point)) {
        return KH_INVALID;
    }
    scale = point == NULL ? 0 : (size_t)(end - point - 1);
    if (digits > KH_DECIMAL_DIGITS || scale > KH_DECIMAL_MAX_SCALE) {
        return KH_OUT_OF_RANGE;
    }
    coefficient = (kh_uint128)high * low_power + low;
    *out = (struct kh_decimal){
        .coefficient = coefficient,
        .scale = (int16_t)scale,
        .negative = negative && coefficient != 0,
    };
    return KH_OK;
}

size_t kh_decimal_format(struct kh_decimal value, char out[KH_DECIMAL_TEXT_SIZE])
{
    char reversed[KH_DECIMAL_TEXT_SIZE];
    uint64_t halves[2] = { (uint64_t)(value.coefficient % POWER_19),
                           (uint64_t)(value.coefficient / POWER_19) };
    int digits = 0;
    size_t length = 0;

    /* At least one digit before the point. */
    while (digits <= value.scale || halves[0] > 0 || halves[1] > 0) {
        uint64_t *half = digits < 19 ? &halves[0] : &halves[1];

        reversed[digits++] = (char)('0' + *half % 10);
        *half /= 10;
    }
    if (value.negative && value.coefficient != 0) {
        out[length++] = '-';
    }
    while (digits > 0) {
        digits--;
        out[length++] = reversed[digits];
        if (digits == value.scale && digits > 0) {
            out[length++] = '.';
        }
    }
    out[length] = '\0';
    return length;
}

/*
 * The same number with `scale` decimals, a scale not below its own. False if the coefficient would
 * be greater than 2 * LIMIT.
 */
static bool scale_up(struct kh_decimal *value, int16_t scale)
{
    if (value->coefficient == 0) {
        value->scale = scale;
    }
    while (value->scale < scale) {
        if (value->coefficient > LIMIT / 5) {
            return false;
        }
        value->coefficient *= 10;
        value->scale++;
    }
    return true;
}

static bool align(struct kh_decimal *a, struct kh_decimal *b)
{
    return scale_up(a, b->scale) && scale_up(b, a->scale);
}

/* Takes one zero off the end of the decimals; false if there is none. */
static bool strip_zero(struct kh_decimal *value)
{
    if (value->scale == 0 || value->coefficient % 10 != 0) {
        return false;
    }
    value->coefficient /= 10;
    value->scale--;
    return true;
}

int kh_decimal_compare(struct kh_decimal a, struct kh_decimal b)
{
    int sign_a = a.coefficient == 0 ? 0 : a.negative ? -1 : 1;
    int sign_b = b.coefficient == 0 ? 0 : b.negative ? -1 : 1;

    if (sign_a != sign_b) {
        return sign_a < sign_b ? -1 : 1;
    }
    /* A coefficient that cannot be scaled up so far is greater than any that is there already. */
    if (!scale_up(&a, b.scale)) {
        return sign_a;
    }
    if (!scale_up(&b, a.scale)) {
        return -sign_a;
    }
    if (a.coefficient == b.coefficient) {
        return 0;
    }
    return a.coefficient < b.coefficient ? -sign_a : sign_a;
}

enum kh_status kh_decimal_add(struct kh_decimal a, struct kh_decimal b, struct kh_decimal *out)
{
    struct kh_decimal sum;

    if (!align(&a, &b)) {
        /* Zeros at the end must not cost digits that are needed. */
        while (strip_zero(&a)) {
        }
        while (strip_zero(&b)) {
        }
        /* If this fails too, the sum has more than 38 digits and does not end in a zero. */
        if (!align(&a, &b)) {
            return KH_OUT_OF_RANGE;
        }
    }
    sum = a;
    if (a.negative == b.negative) {
        sum.coefficient += b.coefficient;
    } else if (a.coefficient >= b.coefficient) {
        sum.coefficient -= b.coefficient;
    } else {
        sum.coefficient = b.coefficient - a.coefficient;
        sum.negative = b.negative;
    }
    while (sum.coefficient >= LIMIT) {
        if (!strip_zero(&sum)) {
            return KH_OUT_OF_RANGE;
        }
    }
    sum.negative = sum.negative && sum.coefficient != 0;
    *out = sum;
    return KH_OK;
}

enum kh_status kh_decimal_subtract(struct kh_decimal a, struct kh_decimal b, struct kh_decimal *out)
{
    b.negative = !b.negative;
    return kh_decimal_add(a, b, out);
}

struct kh_decimal kh_decimal_from_int64(int64_t value)
{
    return (struct kh_decimal){
        .coefficient = value < 0 ? -(kh_uint128)value : (kh_uint128)value,
        .negative = value < 0,
    };
}
