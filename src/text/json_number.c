/*
 * Numbers: the token by the grammar, and integers and doubles made of it. Integers as producers
 * write them are converted while they are scanned; other spellings (1.0, 1e2) and those near the
 * limits of their type take the exact way.
 */
#include "text/json_internal.h"

#include "text/number.h"

/* So many digits always fit. */
#define INT64_SAFE_DIGITS 18
#define UINT64_SAFE_DIGITS 19

static const char *digits_end(const char *at, const char *end)
{
    while (at < end && kh__is_digit(*at)) {
        at++;
    }
    return at;
}

const char *kh__json_number_end(const char *at, const char *end, const char **wrong)
{
    const char *begin = *at == '-' ? at + 1 : at;

    at = digits_end(begin, end);
    *wrong = at;
    if (at == begin) {
        return NULL;
    }
    if (*begin == '0' && at - begin > 1) {
        *wrong = begin + 1;
        return NULL;
    }
    if (at < end && *at == '.') {
        begin = at + 1;
        at = digits_end(begin, end);
        *wrong = at;
        if (at == begin) {
            return NULL;
        }
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        begin = at + 1;
        if (begin < end && (*begin == '+' || *begin == '-')) {
            begin++;
        }
        at = digits_end(begin, end);
        *wrong = at;
        if (at == begin) {
            return NULL;
        }
    }
    return at;
}

enum kh_status kh__json_number(struct kh_json *in, struct kh_str *token)
{
    const char *begin = in->at;
    const char *wrong;
    const char *end = kh__json_number_end(begin, in->end, &wrong);

    if (end == NULL) {
        in->at = wrong;
        if (wrong < in->end && kh__is_digit(*wrong)) {
            return kh__json_fail(in, KH_NOT_JSON, begin, "a number must not begin with a spare 0");
        }
        return kh__json_unexpected(in, "a digit");
    }
    in->at = end;
    *token = (struct kh_str){ begin, (size_t)(end - begin) };
    return KH_OK;
}

struct kh_str kh__json_number_token(const struct kh_json *in, const char *at)
{
    const char *wrong;
    const char *end = kh__json_number_end(at, in->end, &wrong);

    return (struct kh_str){ at, (size_t)(end - at) };
}

static bool is_number_byte(char byte)
{
    return kh__is_digit(byte) || byte == '.' || byte == 'e' || byte == 'E';
}

/* Is the value at the cursor (blanks skipped) a number? Begins reading it. */
static inline bool begin_number(struct kh_json *in)
{
    char byte = kh__json_byte(in);

    kh__json_begin_value(in);
    return byte == '-' || kh__is_digit(byte);
}

/*
 * Goes past the plain digits at `at` if there are at most `most`, and nothing else of a number
 * behind them; otherwise returns false and the cursor stays.
 */
static inline bool plain_digits(struct kh_json *in, const char *at, int most, uint64_t *out)
{
    const char *begin = at;
    const char *end = in->end - at > most ? at + most : in->end;
    uint64_t value = 0;

    while (at < end && kh__is_digit(*at)) {
        value = value * 10 + (uint64_t)(*at - '0');
        at++;
    }
    if (at == begin || (*begin == '0' && at - begin > 1) || (at < in->end && is_number_byte(*at))) {
        return false;
    }
    in->at = at;
    *out = value;
    return true;
}

/* Reads an integer; sets *fits to whether there is one that fits. */
static enum kh_status read_integer(struct kh_json *in, int64_t *out, bool *fits)
{
    struct kh_str token;
    uint64_t magnitude;

    if (*in->at == '-') {
        if (plain_digits(in, in->at + 1, INT64_SAFE_DIGITS, &magnitude)) {
            *out = -(int64_t)magnitude;
            *fits = true;
            return KH_OK;
        }
    } else if (plain_digits(in, in->at, INT64_SAFE_DIGITS, &magnitude)) {
        *out = (int64_t)magnitude;
        *fits = true;
        return KH_OK;
    }
    KH_TRY(kh__json_number(in, &token));
    *fits = kh__number_to_int64(token, out);
    return KH_OK;
}

enum kh_status kh__json_read_int64_slow(struct kh_json *in, int64_t *out)
{
    static const char reason[] =
        "must be an integer from -9223372036854775808 to 9223372036854775807";
    bool fits;

    if (!begin_number(in)) {
        *out = 0;
        return kh__json_wrong_type(in, reason);
    }
    KH_TRY(read_integer(in, out, &fits));
    if (!fits) {
        *out = 0;
        return kh__json_refuse_value(in, "type", reason);
    }
    return KH_OK;
}

enum kh_status kh__json_read_int32_slow(struct kh_json *in, int32_t *out)
{
    static const char reason[] = "must be an integer from -2147483648 to 2147483647";
    int64_t value;
    bool fits;

    if (!begin_number(in)) {
        *out = 0;
        return kh__json_wrong_type(in, reason);
    }
    KH_TRY(read_integer(in, &value, &fits));
    if (!fits || value < INT32_MIN || value > INT32_MAX) {
        *out = 0;
        return kh__json_refuse_value(in, "type", reason);
    }
    *out = (int32_t)value;
    return KH_OK;
}

enum kh_status kh__json_read_uint64_slow(struct kh_json *in, uint64_t *out)
{
    static const char reason[] = "must be an integer from 0 to 18446744073709551615";
    struct kh_str token;

    if (!begin_number(in)) {
        *out = 0;
        return kh__json_wrong_type(in, reason);
    }
    if (plain_digits(in, in->at, UINT64_SAFE_DIGITS, out)) {
        return KH_OK;
    }
    KH_TRY(kh__json_number(in, &token));
    if (!kh__number_to_uint64(token, out)) {
        *out = 0;
        return kh__json_refuse_value(in, "type", reason);
    }
    return KH_OK;
}

enum kh_status kh_json_read_double(struct kh_json *in, double *out)
{
    struct kh_str token;

    if (!begin_number(in)) {
        *out = 0;
        return kh__json_wrong_type(in, "must be a number");
    }
    KH_TRY(kh__json_number(in, &token));
    if (!kh__number_to_double(token, out)) {
        *out = 0;
        return kh__json_refuse_value(in, "type", "must be a number of at most about 1.8e308");
    }
    return KH_OK;
}
