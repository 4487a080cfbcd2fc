/* A number is taken apart into its digits and the power of ten of the first of them, and put together anew. */
#include "store/dynamodb_number.h"

#include <stdbool.h>

#define MAX_DIGITS 38
#define MIN_POWER (-130)
#define MAX_POWER 125

struct parts {
    bool negative;
    struct kh_str digits; /* those before and behind the point, with the point among them */
    long exponent;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(struct kh_str text, size_t from)
{
    size_t at = from;

    while (at < text.length && is_digit(text.data[at])) {
        at++;
    }
    return at - from;
}

/* Behind the E. What is far out of range need not be exact. */
static bool read_exponent(struct kh_str text, size_t at, long *exponent)
{
    bool negative = at < text.length && text.data[at] == '-';
    long value = 0;

    if (at < text.length && (text.data[at] == '-' || text.data[at] == '+')) {
        at++;
    }
    if (at == text.length || count_digits(text, at) != text.length - at) {
        return false;
    }
    for (; at < text.length; at++) {
        value = value > 1000000 ? value : value * 10 + (text.data[at] - '0');
    }
    *exponent = negative ? -value : value;
    return true;
}

static bool take_apart(struct kh_str text, struct parts *out)
{
    size_t begin = text.length > 0 && text.data[0] == '-' ? 1 : 0;
    size_t whole = count_digits(text, begin);
    size_t at = begin + whole;

    if (whole == 0) {
        return false;
    }
    if (at < text.length && text.data[at] == '.') {
        size_t fraction = count_digits(text, at + 1);

        if (fraction == 0) {
            return false;
        }
        at += 1 + fraction;
    }
    *out = (struct parts){ .negative = begin == 1, .digits = { text.data + begin, at - begin } };
    if (at == text.length) {
        return true;
    }
    return (text.data[at] == 'e' || text.data[at] == 'E') &&
           read_exponent(text, at + 1, &out->exponent);
}

/* The digits from the first to the last that is not 0; *power is that of the first. */
static enum kh_status significant(const struct parts *parts, char digits[MAX_DIGITS], size_t *count,
                                  long *power)
{
    long place = 0; /* of the point, counted in digits */
    long first = -1;
    long seen = 0;
    size_t kept = 0;
    size_t zeros = 0;

    for (size_t i = 0; i < parts->digits.length; i++) {
        char c = parts->digits.data[i];

        if (c == '.') {
            place = seen;
            continue;
        }
        if (c == '0') {
            zeros += first < 0 ? 0 : 1;
        } else {
            first = first < 0 ? seen : first;
            if (kept + zeros >= MAX_DIGITS) {
                return KH_OUT_OF_RANGE;
            }
            for (; zeros > 0; zeros--) {
                digits[kept++] = '0';
            }
            digits[kept++] = c;
        }
        seen++;
    }
    if (memchr(parts->digits.data, '.', parts->digits.length) == NULL) {
        place = seen;
    }
    *count = kept;
    *power = kept == 0 ? 0 : place - first - 1 + parts->exponent;
    return kept > 0 && (*power < MIN_POWER || *power > MAX_POWER) ? KH_OUT_OF_RANGE : KH_OK;
}

enum kh_status kh__dynamodb_number(struct kh_str text, struct kh_arena *arena, struct kh_str *out)
{
    char digits[MAX_DIGITS];
    struct parts parts;
    size_t count;
    size_t length = 0;
    long power;
    char *made;

    if (!take_apart(text, &parts)) {
        return KH_INVALID;
    }
    KH_TRY(significant(&parts, digits, &count, &power));
    made = kh_arena_alloc(arena, MAX_POWER - MIN_POWER + MAX_DIGITS + 4);
    if (made == NULL) {
        return KH_NO_MEMORY;
    }
    if (parts.negative && count > 0) {
        made[length++] = '-';
    }
    if (power < 0 || count == 0) {
        made[length++] = '0';
    }
    for (long at = power < 0 ? -1 : power; at >= 0 || (count > 0 && at > power - (long)count);
         at--) {
        long digit = power - at;

        if (at == -1) {
            made[length++] = '.';
        }
        made[length++] = digit >= 0 && digit < (long)count ? digits[digit] : '0';
    }
    if (count == 0) {
        length = 1;
        made[0] = '0';
    }
    *out = (struct kh_str){ made, length };
    return KH_OK;
}

size_t kh__dynamodb_number_size(struct kh_str text)
{
    size_t digits = text.length < MAX_DIGITS ? text.length : MAX_DIGITS;

    return digits / 2 + 3;
}
