/* Number tokens: exact comparison, multiples, conversion to integers and doubles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kh/decimal.h"
#include "text/number.h"

#include "random_bits.h"

__extension__ typedef __int128 int128;

static int compare(const char *a, const char *b)
{
    return kh__number_compare(kh_str_from(a), kh_str_from(b));
}

static bool is_multiple(const char *value, const char *divisor)
{
    return kh__number_is_multiple(kh_str_from(value), kh_str_from(divisor));
}

static void compares_by_value(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        int order;
    } rows[] = {
        { "1.0", "1", 0 },
        { "1e2", "100", 0 },
        { "1E+2", "100.00", 0 },
        { "-0", "0", 0 },
        { "-0.0e5", "0E-9", 0 },
        { "0.00e999999999999999999999", "0", 0 },
        { "100e-2", "1", 0 },
        { "0.001e3", "1", 0 },
        { "0.1", "0.10", 0 },
        { "12.50", "1250e-2", 0 },
        { "1.2e1", "12", 0 },
        { "1e0000000000000000000000000000002", "100", 0 },
        { "1e-0", "1", 0 },
        { "9007199254740992", "9007199254740991", 1 },
        { "9007199254740992.0", "9007199254740991.0", 1 },
        { "972783798187987123879878123.188781371", "972783798187987123879878123.18878137", 1 },
        { "1", "2", -1 },
        { "-1", "-2", 1 },
        { "-1", "1", -1 },
        { "-1", "0", -1 },
        { "0", "0.000000001", -1 },
        { "0", "-0.000000001", 1 },
        { "10", "9", 1 },
        { "0.09", "0.1", -1 },
        { "0.1", "0.11", -1 },
        { "-0.1", "-0.11", 1 },
        { "12.345", "12.3449999999999999999999999999999999999999", 1 },
        { "1e37", "1e-130", 1 },
        { "1e400", "1e399", 1 },
        { "1e999999999999", "1e999999999998", 1 },
        { "1e99999999999999999999999999999", "1e99999999999999999999999999998", 1 },
        { "1e99999999999999999999999999999", "0.1e100000000000000000000000000000", 0 },
        { "10e-99999999999999999999999999999", "1e-99999999999999999999999999998", 0 },
        { "1e-99999999999999999999999999999", "1e-99999999999999999999999999998", -1 },
        { "1e99999999999999999999999999999", "1e-99999999999999999999999999999", 1 },
        { "-1e99999999999999999999999999999", "1e-99999999999999999999999999999", -1 },
        { "1e-99999999999999999999999999999", "0", 1 },
        { "1e9223372036854775807", "1e9223372036854775808", -1 },
        { "1e-9223372036854775809", "1e-9223372036854775808", -1 },
        { "123456789e4611686018427387904", "1e4611686018427387913", -1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (compare(rows[i].a, rows[i].b) != rows[i].order ||
            compare(rows[i].b, rows[i].a) != -rows[i].order) {
            fail_msg("%s against %s", rows[i].a, rows[i].b);
        }
    }
}

static void finds_multiples_in_decimal(void **state)
{
    static const struct {
        const char *value;
        const char *divisor;
        bool multiple;
    } rows[] = {
        { "0.0075", "0.0001", true },
        { "0.00751", "0.0001", false },
        { "1e308", "0.123456789", false },
        { "12391239123", "1e-8", true },
        { "0", "0.3", true },
        { "-0", "7", true },
        { "4.5", "1.5", true },
        { "35", "1.5", false },
        { "-9", "3", true },
        { "-10", "3", false },
        { "1e308", "0.5", true },
        { "1e308", "3", false },
        { "3e308", "3", true },
        { "1e999999999999999999999", "1024", true },
        { "1e999999999999999999999", "1023", false },
        { "1e122", "5316911983139663491615228241121378304", true }, /* 2^122 */
        { "1e121", "5316911983139663491615228241121378304", false },
        { "5e-999999999999999999999", "5e-999999999999999999999", true },
        { "5e-999999999999999999999", "5e-999999999999999999998", false },
        { "1e-300", "1", false },
        { "1", "1e300", false },
        { "0.30", "0.1", true },
        { "100", "1e2", true },
        { "150", "1e2", false },
        { "1.00", "0.01", true },
        { "19.99", "0.01", true },
        { "19.999", "0.01", false },
        { "9999999999999999999999999999999999999", "9999999999999999999999999999999999999", true },
        { "99999999999999999999999999999999999990", "9999999999999999999999999999999999999", true },
        { "99999999999999999999999999999999999991", "9999999999999999999999999999999999999",
          false },
        { "18446744073709551616", "18446744073709551615", false },
        { "36893488147419103230", "18446744073709551615", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (is_multiple(rows[i].value, rows[i].divisor) != rows[i].multiple) {
            fail_msg("%s by %s", rows[i].value, rows[i].divisor);
        }
    }
}

/* mantissa * 10^exponent (exponent -12..6), spelled in one of several ways. */
static void spell(char *out, size_t size, int64_t mantissa, int exponent)
{
    const char *sign = mantissa < 0 ? "-" : "";
    long long number = mantissa < 0 ? -mantissa : mantissa;
    int places = exponent < 0 && exponent >= -12 ? -exponent : 0;
    long long power = 1;

    for (int i = 0; i < places; i++) {
        power *= 10;
    }
    switch (random_u64() % 4) {
    case 0:
        if (places > 0) {
            snprintf(out, size, "%s%lld.%0*lld", sign, number / power, places, number % power);
            return;
        }
        break;
    case 1:
        if (number > 0) {
            snprintf(out, size, "%s%lld000E%d", sign, number, exponent - 3);
            return;
        }
        break;
    case 2:
        snprintf(out, size, "%s0.%012llde%+d", sign, number, exponent + 12);
        return;
    default:
        break;
    }
    snprintf(out, size, "%s%llde%d", sign, number, exponent);
}

static int128 scaled(int64_t mantissa, int exponent)
{
    int128 value = mantissa;

    for (int i = -12; i < exponent; i++) {
        value *= 10;
    }
    return value;
}

static void agrees_with_128_bit_integers(void **state)
{
    (void)state;
    for (int i = 0; i < 300000; i++) {
        char text_a[80];
        char text_b[80];
        int64_t range = i % 2 == 0 ? 50 : 200000000000;
        int64_t a = (int64_t)(random_u64() % (uint64_t)range) - range / 2;
        int64_t b = (int64_t)(random_u64() % (uint64_t)range) - range / 2;
        int exponent_a = (int)(random_u64() % 19) - 12;
        int exponent_b = i % 3 == 0 ? exponent_a : (int)(random_u64() % 19) - 12;
        int128 value_a = scaled(a, exponent_a);
        int128 value_b = scaled(b, exponent_b);

        spell(text_a, sizeof text_a, a, exponent_a);
        spell(text_b, sizeof text_b, b, exponent_b);
        if (compare(text_a, text_b) != (value_a > value_b) - (value_a < value_b)) {
            fail_msg("%s against %s", text_a, text_b);
        }
        if (value_b > 0 && is_multiple(text_a, text_b) != (value_a % value_b == 0)) {
            fail_msg("%s by %s", text_a, text_b);
        }
        {
            int128 one = scaled(1, 0);
            int128 whole = value_a / one;
            bool fits = value_a % one == 0 && whole >= INT64_MIN && whole <= INT64_MAX;
            int64_t integer;

            if (kh__number_to_int64(kh_str_from(text_a), &integer) != fits ||
                (fits && integer != (int64_t)whole)) {
                fail_msg("%s as an integer", text_a);
            }
        }
    }
}

static void integers_fit_or_are_refused(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t value;
    } rows[] = {
        { "0", true, 0 },
        { "-0", true, 0 },
        { "-0.0", true, 0 },
        { "0e999999999999999999999", true, 0 },
        { "1.0", true, 1 },
        { "1e2", true, 100 },
        { "10E-1", true, 1 },
        { "-1.5e1", true, -15 },
        { "0.00012e5", true, 12 },
        { "9223372036854775807", true, INT64_MAX },
        { "9223372036854775807.000", true, INT64_MAX },
        { "9223372036854775808", false, 0 },
        { "-9223372036854775808", true, INT64_MIN },
        { "-9223372036854775809", false, 0 },
        { "-922337203685477580.8e1", true, INT64_MIN },
        { "99999999999999999999", false, 0 },
        { "1e18", true, INT64_C(1000000000000000000) },
        { "1e19", false, 0 },
        { "1e999999999999999999999", false, 0 },
        { "1e-1", false, 0 },
        { "1.5", false, 0 },
        { "1e-999999999999999999999", false, 0 },
        { "9007199254740993", true, INT64_C(9007199254740993) },
    };
    uint64_t big;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = 77;

        if (kh__number_to_int64(kh_str_from(rows[i].text), &value) != rows[i].ok ||
            (rows[i].ok && value != rows[i].value)) {
            fail_msg("%s", rows[i].text);
        }
    }
    assert_true(kh__number_to_uint64(KH_STR("18446744073709551615"), &big));
    assert_true(big == UINT64_MAX);
    assert_true(kh__number_to_uint64(KH_STR("1844674407370955161.5e1"), &big));
    assert_true(big == UINT64_MAX);
    assert_false(kh__number_to_uint64(KH_STR("18446744073709551616"), &big));
    assert_false(kh__number_to_uint64(KH_STR("99999999999999999999"), &big));
    assert_false(kh__number_to_uint64(KH_STR("-1"), &big));
    assert_true(kh__number_to_uint64(KH_STR("-0"), &big));
    assert_true(big == 0);
}

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void assert_as_strtod(const char *text)
{
    double expected = strtod(text, NULL);
    double value = 77.0;
    bool ok = kh__number_to_double(kh_str_from(text), &value);

    if (isinf(expected) ? ok : !ok || !same_bits(value, expected)) {
        fail_msg("%s: %a, not %a", text, value, expected);
    }
}

static void doubles_are_correctly_rounded(void **state)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "-0.0",
        "0e400",
        "1",
        "-1.5",
        "0.1",
        "0.3",
        "1e22",
        "1e23",
        "123456789e-22",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "9007199254740993.00000000001",
        "9007199254740995",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.797693134862315807e308",
        "1.7976931348623159e308",
        "1e309",
        "0.1e310",
        "1e308",
        "-1e309",
        "4.9e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1e-323",
        "1e-324",
        "3e-324",
        "9e-325",
        "1e-400",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "6929495644600919.5",
        "3.518437208883201171875e13",
        "62.5364939768271845828",
        "8.10109172351e-10",
        "1.50000000000000011102230246251565",
        "7.2057594037927933e16",
        "1e-999999999999999999999",
        "1e999999999999999999999",
        "1000000000000000000000e-21",
        "0.000000000000000000000000000001e30",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_as_strtod(texts[i]);
    }
    for (int i = 0; i < 200000; i++) {
        char text[64];
        uint64_t bits = random_u64();
        double value;

        memcpy(&value, &bits, sizeof value);
        if (isfinite(value)) {
            snprintf(text, sizeof text, "%.*e", (int)(random_u64() % 25), value);
            assert_as_strtod(text);
        }
        snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)(random_u64() % 100000000),
                 (unsigned long long)(random_u64() >> (random_u64() % 64)),
                 (int)(random_u64() % 60) - 30);
        assert_as_strtod(text);
    }
}

/* The exact middle of two doubles, and the same with a last digit that tips it, far out. */
static void ties_of_doubles_are_settled_by_the_last_digit(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        static char text[4096];
        uint64_t bits = i % 2 == 0 ? random_u64() % 5000 : random_u64() >> 1;
        double low;
        double high;
        double value;
        long double middle;
        size_t length;

        memcpy(&low, &bits, sizeof low);
        high = nextafter(low, INFINITY);
        if (!isfinite(low) || !isfinite(high)) {
            continue;
        }
        middle = ((long double)low + (long double)high) / 2;
        length = (size_t)snprintf(text, sizeof text, "%.1100Lf", middle);
        assert_true(kh__number_to_double(kh_str_from(text), &value));
        assert_true(same_bits(value, (bits & 1) == 0 ? low : high));
        memset(text + length, '0', 1500);
        snprintf(text + length + 1500, 3, "1");
        assert_true(kh__number_to_double(kh_str_from(text), &value));
        assert_true(same_bits(value, high));
    }
}

static void locale_does_not_matter(void **state)
{
    double value;

    (void)state;
    /* Where no such locale is installed this proves less; the text given to strtod has no point. */
    (void)setlocale(LC_ALL, "de_DE.UTF-8");
    assert_true(kh__number_to_double(KH_STR("1.00000000000000000001e-30"), &value));
    assert_true(same_bits(value, 1e-30));
    (void)setlocale(LC_ALL, "C");
}

static void hostile_tokens_finish_quickly(void **state)
{
    enum { SIZE = 1000000 };
    char *digits = malloc(SIZE);
    char *exponent = malloc(SIZE);
    clock_t start = clock();
    struct kh_str long_digits = { digits, SIZE };
    struct kh_str long_exponent = { exponent, SIZE };
    double value;
    int64_t integer;

    (void)state;
    assert_non_null(digits);
    assert_non_null(exponent);
    memset(digits, '9', SIZE);
    memset(exponent, '9', SIZE);
    memcpy(exponent, "1e-", 3);

    assert_int_equal(kh__number_compare(long_digits, long_digits), 0);
    assert_int_equal(kh__number_compare(long_digits, long_exponent), 1);
    assert_int_equal(kh__number_compare(long_exponent, long_exponent), 0);
    assert_true(kh__number_is_multiple(long_digits, KH_STR("9")));
    assert_false(
        kh__number_is_multiple(long_digits, KH_STR("7000000000000000000000000000000000003")));
    assert_true(kh__number_is_multiple(long_exponent, long_exponent));
    assert_false(kh__number_is_multiple(long_exponent, KH_STR("0.1")));
    assert_false(kh__number_is_multiple(KH_STR("3"), long_digits));
    assert_false(kh__number_to_double(long_digits, &value));
    assert_true(kh__number_to_double(long_exponent, &value));
    assert_true(same_bits(value, 0.0));
    assert_false(kh__number_to_int64(long_digits, &integer));
    assert_false(kh__number_to_int64(long_exponent, &integer));

    /* A million digits that cancel against the exponent. */
    memset(digits, '0', SIZE);
    digits[1] = '.';
    memcpy(digits + SIZE - 8, "1e999991", 8);
    assert_int_equal(kh__number_compare(long_digits, KH_STR("1")), 0);
    assert_true(kh__number_to_int64(long_digits, &integer));
    assert_int_equal(integer, 1);
    assert_true(kh__number_to_double(long_digits, &value));
    assert_true(same_bits(value, 1.0));
    assert_true(kh__number_is_multiple(long_digits, KH_STR("0.25")));

    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 2.0);
    free(digits);
    free(exponent);
}

/* Up to the limit where it changes, and behind it. */
static void integers_as_doubles_have_all_their_digits(void **state)
{
    static const double odd[] = {
        0, 999999999999999, 1e15, 1000000000000001, 1e14, 0.5, 1e15 - 0.5
    };

    (void)state;
    for (size_t i = 0; i < 100000; i++) {
        char text[KH__NUMBER_TEXT_SIZE];
        char expected[64];
        double value = (double)((int64_t)random_u64() >> random_u64() % 64);
        double again;
        size_t length;

        if (i < 2 * sizeof odd / sizeof odd[0]) {
            value = i % 2 == 0 ? odd[i / 2] : -odd[i / 2];
        }
        length = kh__number_from_double(value, text);
        assert_int_equal(length, strlen(text));
        assert_true(kh__number_to_double((struct kh_str){ text, length }, &again));
        assert_true(same_bits(value, again));
        if (fabs(value) < 1e15 && value == trunc(value)) {
            (void)snprintf(expected, sizeof expected, "%.15g", value);
            assert_string_equal(text, expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_by_value),
        cmocka_unit_test(finds_multiples_in_decimal),
        cmocka_unit_test(agrees_with_128_bit_integers),
        cmocka_unit_test(integers_fit_or_are_refused),
        cmocka_unit_test(doubles_are_correctly_rounded),
        cmocka_unit_test(ties_of_doubles_are_settled_by_the_last_digit),
        cmocka_unit_test(integers_as_doubles_have_all_their_digits),
        cmocka_unit_test(locale_does_not_matter),
        cmocka_unit_test(hostile_tokens_finish_quickly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
