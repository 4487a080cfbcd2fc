/*
 * Exact arithmetic on JSON number tokens.
 *
 * A token is split once into sign, significant digits (a slice of the text without the zeros around
 * it) and the power of ten of the leading digit. The exponent stays text, so that exponents too
 * long for any integer are compared exactly as well. Nothing is allocated; the locale does not
 * matter.
 */
#include "text/number.h"

#include <float.h>
#include <stdlib.h>

#include "kh/decimal.h"

struct exponent {
    const char *digits;
    size_t length;
    bool negative;
};

/* The value is 0.DIGITS * 10^(leading + exponent), negated if `negative`. */
struct number {
    const char *first; /* first significant digit; a point may stand between it and `last` */
    const char *last;  /* behind the last significant digit */
    size_t digits;     /* 0: the value is zero */
    int64_t leading;
    struct exponent exponent;
    bool negative;
};

/* Beyond every difference that the length of a text could make up for. */
#define HUGE_EXPONENT (INT64_MAX / 4)

/* Digit `place` counted from the right; a zero where there is none. */
static int exponent_digit(struct exponent exponent, size_t place)
{
    int digit = place < exponent.length ? exponent.digits[exponent.length - 1 - place] - '0' : 0;

    return exponent.negative ? -digit : digit;
}

/* a - b; differences beyond HUGE_EXPONENT become it. */
static int64_t exponent_difference(struct exponent a, struct exponent b)
{
    int64_t difference = 0;
    size_t place = a.length > b.length ? a.length : b.length;

    while (place > 0) {
        /* Each step adds at most 18: from here on the sign is settled and the size only grows. */
        if (difference > HUGE_EXPONENT / 10) {
            return HUGE_EXPONENT;
        }
        if (difference < -HUGE_EXPONENT / 10) {
            return -HUGE_EXPONENT;
        }
        place--;
        difference = difference * 10 + exponent_digit(a, place) - exponent_digit(b, place);
    }
    return difference;
}

static struct number number_split(struct kh_str token)
{
    struct number number = { 0 };
    const char *at = token.data;
    const char *end = token.data + token.length;
    const char *point = NULL;
    const char *mantissa_end;

    if (at < end && *at == '-') {
        number.negative = true;
        at++;
    }
    while (at < end && (*at == '0' || *at == '.')) {
        point = *at == '.' ? at : point;
        at++;
    }
    number.first = at;
    number.last = at;
    for (; at < end && *at != 'e' && *at != 'E'; at++) {
        if (*at == '.') {
            point = at;
        } else if (*at != '0') {
            number.last = at + 1;
        }
    }
    mantissa_end = at;
    if (at < end) {
        at++;
        number.exponent.negative = *at == '-';
        if (*at == '-' || *at == '+') {
            at++;
        }
        number.exponent.digits = at;
        number.exponent.length = (size_t)(end - at);
    }

    number.digits = (size_t)(number.last - number.first);
    if (point == NULL) {
        number.leading = mantissa_end - number.first;
    } else if (point < number.first) {
        number.leading = point + 1 - number.first;
    } else {
        number.leading = point - number.first;
        number.digits -= point < number.last ? 1 : 0;
    }
    return number;
}

/* The power of ten of the first significant digit, plus one. */
static int64_t number_magnitude(const struct number *number)
{
    return number->leading + exponent_difference(number->exponent, (struct exponent){ 0 });
}

static int number_sign(const struct number *number)
{
    if (number->digits == 0) {
        return 0;
    }
    return number->negative ? -1 : 1;
}

/* The digits as an integer; there must be at most 38. */
static kh_uint128 number_coefficient(const struct number *number)
{
    kh_uint128 coefficient = 0;

    for (const char *at = number->first; at < number->last; at++) {
        if (*at != '.') {
            coefficient = coefficient * 10 + (unsigned)(*at - '0');
        }
    }
    return coefficient;
}

static int compare_digits(const struct number *a, const struct number *b)
{
    const char *in_a = a->first;
    const char *in_b = b->first;

    for (;;) {
        in_a += in_a < a->last && *in_a == '.';
        in_b += in_b < b->last && *in_b == '.';
        if (in_a == a->last || in_b == b->last) {
            /* The last significant digit is not 0, so the longer one is greater. */
            return (in_a < a->last) - (in_b < b->last);
        }
        if (*in_a != *in_b) {
            return *in_a < *in_b ? -1 : 1;
        }
        in_a++;
        in_b++;
    }
}

int kh__number_compare(struct kh_str left, struct kh_str right)
{
    struct number a = number_split(left);
    struct number b = number_split(right);
    int sign = number_sign(&a);
    int64_t difference;

    if (sign != number_sign(&b)) {
        return sign < number_sign(&b) ? -1 : 1;
    }
    if (sign == 0) {
        return 0;
    }
    difference = a.leading - b.leading + exponent_difference(a.exponent, b.exponent);
    if (difference != 0) {
        return difference < 0 ? -sign : sign;
    }
    return sign * compare_digits(&a, &b);
}

/* Division on paper, so many digits at a time that remainder and pending digits together fit. */
struct division {
    kh_uint128 divisor;
    kh_uint128 remainder;
    kh_uint128 pending;
    kh_uint128 shift; /* 10^pending_digits */
    size_t pending_digits;
    size_t room;
};

static void divide_pending(struct division *division)
{
    division->remainder =
        (division->remainder * division->shift + division->pending) % division->divisor;
    division->pending = 0;
    division->shift = 1;
    division->pending_digits = 0;
}

static void divide_digit(struct division *division, unsigned digit)
{
    division->pending = division->pending * 10 + digit;
    division->shift *= 10;
    division->pending_digits++;
    if (division->pending_digits == division->room) {
        divide_pending(division);
    }
}

bool kh__number_is_multiple(struct kh_str value, struct kh_str divisor)
{
    struct number v = number_split(value);
    struct number d = number_split(divisor);
    struct division division = { .shift = 1 };
    int64_t zeros;

    if (v.digits == 0) {
        return true;
    }
    if (d.digits > KH__NUMBER_DIVISOR_DIGITS) {
        return false;
    }
    /*
     * As integers without zeros at the end, is V * 10^zeros a multiple of D? If `zeros` is negative
     * it is not, because V is no multiple of 10.
     */
    zeros = v.leading - (int64_t)v.digits - (d.leading - (int64_t)d.digits) +
            exponent_difference(v.exponent, d.exponent);
    if (zeros < 0) {
        return false;
    }
    /*
     * A power of ten helps only against the factors 2 and 5 of D, of which a number of 37 digits
     * has fewer than 124: more zeros change nothing.
     */
    if (zeros > 124) {
        zeros = 124;
    }

    division.divisor = number_coefficient(&d);
    division.room = KH_DECIMAL_DIGITS - d.digits;
    for (const char *at = v.first; at < v.last; at++) {
        if (*at != '.') {
            divide_digit(&division, (unsigned)(*at - '0'));
        }
    }
    for (; zeros > 0; zeros--) {
        divide_digit(&division, 0);
    }
    divide_pending(&division);
    return division.remainder == 0;
}

/* The value without its sign, if it is an integer that fits. */
static bool number_to_integer(const struct number *number, uint64_t *out)
{
    int64_t magnitude;
    kh_uint128 value;

    if (number->digits == 0) {
        *out = 0;
        return true;
    }
    magnitude = number_magnitude(number);
    /* UINT64_MAX has 20 digits. */
    if (number->digits > 20 || magnitude > 20 || magnitude < (int64_t)number->digits) {
        return false;
    }
    value = number_coefficient(number);
    for (size_t digits = number->digits; digits < (size_t)magnitude; digits++) {
        value *= 10;
    }
    *out = (uint64_t)value;
    return value <= UINT64_MAX;
}

bool kh__number_to_int64(struct kh_str token, int64_t *out)
{
    struct number number = number_split(token);
    uint64_t value;

    if (!number_to_integer(&number, &value) ||
        value > (uint64_t)INT64_MAX + (number.negative ? 1 : 0)) {
        return false;
    }
    /* Through the complement, because -INT64_MIN is no int64_t. */
    *out = number.negative && value > 0 ? -(int64_t)(value - 1) - 1 : (int64_t)value;
    return true;
}

bool kh__number_to_uint64(struct kh_str token, uint64_t *out)
{
    struct number number = number_split(token);

    return number_to_integer(&number, out) && (!number.negative || *out == 0);
}

/*
 * Two doubles and the point half way between them differ in at most 767 digits; of what follows it
 * matters only that it is not zero, which one more digit says as well.
 */
#define DOUBLE_DIGITS 768

/*
 * Any number through strtod. It is given digits and an exponent but never a point, the only byte
 * that depends on the locale. Copying bounds the length, whatever the token's.
 */
static double number_to_double_slow(const struct number *number, int64_t magnitude)
{
    char text[DOUBLE_DIGITS + 16];
    size_t length = 0;
    int64_t exponent;
    unsigned size;

    for (const char *at = number->first; at < number->last && length < DOUBLE_DIGITS; at++) {
        if (*at != '.') {
            text[length++] = *at;
        }
    }
    if (length < number->digits) {
        text[length++] = '1';
    }
    exponent = magnitude - (int64_t)length;
    text[length++] = 'e';
    if (exponent < 0) {
        text[length++] = '-';
    }
    size = (unsigned)(exponent < 0 ? -exponent : exponent);
    for (unsigned power = 1000; power > 0; power /= 10) {
        text[length++] = (char)('0' + size / power % 10);
    }
    text[length] = '\0';
    return strtod(text, NULL);
}

/* DBL_MAX has 309 digits; below 10^-324 everything is nearer to 0 than to the smallest double. */
#define DOUBLE_MAX_MAGNITUDE 309
#define DOUBLE_MIN_MAGNITUDE (-324)

/* Powers of ten that are doubles without rounding. */
static const double EXACT_POWERS[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                       1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
#define EXACT_POWER_MAX 22

bool kh__number_to_double(struct kh_str token, double *out)
{
    struct number number = number_split(token);
    int64_t magnitude = number_magnitude(&number);
    double value = 0.0;

    if (number.digits > 0 && magnitude > DOUBLE_MAX_MAGNITUDE) {
        return false;
    }
    if (number.digits > 0 && magnitude > DOUBLE_MIN_MAGNITUDE) {
        int64_t exponent = magnitude - (int64_t)number.digits;
        uint64_t coefficient =
            number.digits <= 19 ? (uint64_t)number_coefficient(&number) : UINT64_MAX;

        /*
         * When both operands are exact the one operation rounds correctly (Clinger). That needs
         * arithmetic in double, not in a wider format.
         */
        if (FLT_EVAL_METHOD == 0 && coefficient <= UINT64_C(1) << DBL_MANT_DIG &&
            exponent <= EXACT_POWER_MAX && exponent >= -EXACT_POWER_MAX) {
            value = exponent < 0 ? (double)coefficient / EXACT_POWERS[-exponent]
                                 : (double)coefficient * EXACT_POWERS[exponent];
        } else {
            value = number_to_double_slow(&number, magnitude);
        }
        if (value > DBL_MAX) {
            return false;
        }
    }
    *out = number.negative ? -value : value;
    return true;
}
