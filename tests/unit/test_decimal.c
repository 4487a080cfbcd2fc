/* Exact decimals: texts, order, sums and their limits, against arithmetic on digits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kh/decimal.h"
#include "text/number.h"

#include "random_bits.h"

#define NINES_38 "99999999999999999999999999999999999999"
#define ZEROS_38 "00000000000000000000000000000000000000"
#define ZEROS_129 ZEROS_38 ZEROS_38 ZEROS_38 "000000000000000"

static struct kh_decimal decimal(const char *text)
{
    struct kh_decimal value = { 0 };

    if (kh_decimal_parse(kh_str_from(text), &value) != KH_OK) {
        fail_msg("%s", text);
    }
    return value;
}

static void assert_text(struct kh_decimal value, const char *expected)
{
    char text[KH_DECIMAL_TEXT_SIZE];

    assert_int_equal(kh_decimal_format(value, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void texts_round_trip(void **state)
{
    static const char *const texts[] = {
        "0",
        "0.0",
        "0.00",
        "1",
        "-1",
        "9800.00",
        "0.5",
        "-0.5",
        "10",
        "100.10",
        "0.001",
        "-12.340",
        "9223372036854775807",
        "9999999999999999999",
        "10000000000000000000",
        "99999999999999999999",
        "12345678901234567890.123456789012345678",
        NINES_38,
        "-" NINES_38,
        "0." NINES_38,
        "9.9999999999999999999999999999999999999",
        "1"
        "0000000000000000000000000000000000000",
        "0." ZEROS_129 "1",
        "-0." ZEROS_129 "7",
        "0." ZEROS_129 "0",
        "0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "00000000" NINES_38,
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_text(decimal(texts[i]), texts[i]);
    }
}

static void every_digit_count_round_trips_at_every_scale(void **state)
{
    (void)state;
    for (int digits = 1; digits <= KH_DECIMAL_DIGITS; digits++) {
        for (int16_t scale = 0; scale <= KH_DECIMAL_MAX_SCALE; scale++) {
            struct kh_decimal value = { .scale = scale, .negative = random_u64() % 2 == 0 };
            struct kh_decimal again = { 0 };
            char text[KH_DECIMAL_TEXT_SIZE];
            size_t length;

            value.coefficient = 1 + random_u64() % 9;
            for (int i = 1; i < digits; i++) {
                value.coefficient = value.coefficient * 10 + random_u64() % 10;
            }
            length = kh_decimal_format(value, text);
            assert_int_equal(length, strlen(text));
            assert_int_equal(kh_decimal_parse((struct kh_str){ text, length }, &again), KH_OK);
            assert_true(again.coefficient == value.coefficient);
            assert_int_equal(again.scale, scale);
            assert_int_equal(again.negative, value.negative);
        }
    }
}

static void other_forms_are_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "-",
        ".",
        "-.",
        ".5",
        "-.5",
        "5.",
        "00",
        "01",
        "00.5",
        "-01",
        "+1",
        "1e2",
        "1E2",
        "1.2.3",
        "1..2",
        " 1",
        "1 ",
        "1,5",
        "--1",
        "0x10",
        "NaN",
        "inf",
        "1-",
        "1.-5",
        "1_000",
        "-",
        "\xD9\xA1",
        "1\n",
        "0.5.",
        "1" ZEROS_38 ZEROS_38 ".",
        "0" NINES_38 NINES_38,
    };
    struct kh_decimal value;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (kh_decimal_parse(kh_str_from(texts[i]), &value) != KH_INVALID) {
            fail_msg("%s", texts[i]);
        }
    }
    assert_int_equal(kh_decimal_parse((struct kh_str){ "1\0", 2 }, &value), KH_INVALID);
    assert_int_equal(kh_decimal_parse((struct kh_str){ "12", 1 }, &value), KH_OK);
    assert_text(value, "1");
}

static void too_many_digits_are_out_of_range(void **state)
{
    static const char *const texts[] = {
        NINES_38 "9",        "1" ZEROS_38,
        "1" ZEROS_38 ".0",   "1." ZEROS_38,
        "-" NINES_38 ".1",   "0.1" NINES_38,
        "0." ZEROS_129 "00", "0." ZEROS_129 "11",
        "1." ZEROS_129,      "1" ZEROS_38 ZEROS_38 ZEROS_38 ZEROS_38 ZEROS_38 ZEROS_38 ZEROS_38,
    };
    struct kh_decimal value;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (kh_decimal_parse(kh_str_from(texts[i]), &value) != KH_OUT_OF_RANGE) {
            fail_msg("%s", texts[i]);
        }
    }
}

static void zero_has_no_sign(void **state)
{
    (void)state;
    assert_false(decimal("-0").negative);
    assert_text(decimal("-0"), "0");
    assert_text(decimal("-0.00"), "0.00");
    assert_int_equal(kh_decimal_compare(decimal("-0.0"), decimal("0")), 0);
    assert_text((struct kh_decimal){ 0 }, "0");
    assert_text((struct kh_decimal){ .negative = true, .scale = 1 }, "0.0");
    assert_int_equal(kh_decimal_compare((struct kh_decimal){ .negative = true }, decimal("0")), 0);
}

static void compares_by_value(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        int order;
    } rows[] = {
        { "0.1", "0.10", 0 },
        { "2.50", "2.5", 0 },
        { "1", "1.0000000000000000000000000000000000000", 0 },
        { "0", "0." ZEROS_129 "0", 0 },
        { "0", "0." ZEROS_129 "1", -1 },
        { "-0." ZEROS_129 "1", "0", -1 },
        { "10000000000000000000000000000000000000", "0." ZEROS_129 "1", 1 },
        { "-10000000000000000000000000000000000000", "0." ZEROS_129 "1", -1 },
        { "-10000000000000000000000000000000000000", "-0." ZEROS_129 "1", -1 },
        { NINES_38, "9999999999999999999999999999999999999.9", 1 },
        { NINES_38, "1.0", 1 },
        { "9.9999999999999999999999999999999999999", "10", -1 },
        { "9.9999999999999999999999999999999999999", "9", 1 },
        { "-1", "1", -1 },
        { "-1", "-2", 1 },
        { "-1.5", "-1.50", 0 },
        { "0.09", "0.1", -1 },
        { "123.456", "123.4559", 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kh_decimal a = decimal(rows[i].a);
        struct kh_decimal b = decimal(rows[i].b);

        if (kh_decimal_compare(a, b) != rows[i].order ||
            kh_decimal_compare(b, a) != -rows[i].order) {
            fail_msg("%s against %s", rows[i].a, rows[i].b);
        }
    }
}

/* NULL for `sum` or `difference`: more than 38 digits. */
static void sums_are_exact_or_refused(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        const char *sum;
        const char *difference;
    } rows[] = {
        { "1", "2", "3", "-1" },
        { "0.1", "0.2", "0.3", "-0.1" },
        { "9800.00", "199.5", "9999.50", "9600.50" },
        { "5", "5.000", "10.000", "0.000" },
        { "-5", "5.000", "0.000", "-10.000" },
        { "-1.5", "-1.5", "-3.0", "0.0" },
        { "0", "-7", "-7", "7" },
        { NINES_38, "0", NINES_38, NINES_38 },
        { NINES_38, "1", NULL, "99999999999999999999999999999999999998" },
        { "-" NINES_38, "1", "-99999999999999999999999999999999999998", NULL },
        { NINES_38, NINES_38, NULL, "0" },
        { NINES_38, "0.1", NULL, NULL },
        /* Zeros at the end make way. */
        { NINES_38, "0.0", NINES_38, NINES_38 },
        { NINES_38, "0." ZEROS_129 "0", NINES_38, NINES_38 },
        { "99999999999999999999999999999999999990", "1.00",
          "99999999999999999999999999999999999991", "99999999999999999999999999999999999989" },
        { "9999999999999999999999999999999999999.5", "0.5",
          "10000000000000000000000000000000000000", "9999999999999999999999999999999999999.0" },
        { "0.99999999999999999999999999999999999999", "0.00000000000000000000000000000000000001",
          "1.0000000000000000000000000000000000000", "0.99999999999999999999999999999999999998" },
        { "10000000000000000000000000000000000000", "0.1", NULL,
          "9999999999999999999999999999999999999.9" },
        { "10000000000000000000000000000000000000", "0." ZEROS_129 "1", NULL, NULL },
        { "0." ZEROS_129 "1", "0." ZEROS_129 "1", "0." ZEROS_129 "2", "0." ZEROS_129 "0" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kh_decimal a = decimal(rows[i].a);
        struct kh_decimal b = decimal(rows[i].b);
        struct kh_decimal result;

        assert_int_equal(kh_decimal_add(a, b, &result),
                         rows[i].sum == NULL ? KH_OUT_OF_RANGE : KH_OK);
        if (rows[i].sum != NULL) {
            assert_text(result, rows[i].sum);
        }
        assert_int_equal(kh_decimal_subtract(a, b, &result),
                         rows[i].difference == NULL ? KH_OUT_OF_RANGE : KH_OK);
        if (rows[i].difference != NULL) {
            assert_text(result, rows[i].difference);
        }
    }
}

/* The model: a fixed point number, digit by digit, the last of the 130 decimals first. */
#define MODEL_DIGITS (KH_DECIMAL_MAX_SCALE + KH_DECIMAL_DIGITS + 2)

struct model {
    int digits[MODEL_DIGITS]; /* all of them not above 0, or not below */
};

static struct model model_from(struct kh_decimal value)
{
    struct model model = { { 0 } };

    for (int i = KH_DECIMAL_MAX_SCALE - value.scale; value.coefficient > 0; i++) {
        model.digits[i] = (int)(value.coefficient % 10) * (value.negative ? -1 : 1);
        value.coefficient /= 10;
    }
    return model;
}

/* That of the highest digit that is not 0. */
static int model_sign(const struct model *model)
{
    int first = MODEL_DIGITS - 1;

    while (first > 0 && model->digits[first] == 0) {
        first--;
    }
    return (model->digits[first] > 0) - (model->digits[first] < 0);
}

static struct model model_sum(struct model a, struct model b)
{
    int sign;

    for (int i = 0; i < MODEL_DIGITS; i++) {
        a.digits[i] += b.digits[i];
    }
    /* Not on the way: gcc 12 gets that wrong when it makes vector code of it. */
    sign = model_sign(&a);
    for (int i = 0; i < MODEL_DIGITS - 1; i++) {
        while (a.digits[i] * sign < 0) {
            a.digits[i] += 10 * sign;
            a.digits[i + 1] -= sign;
        }
        while (a.digits[i] * sign > 9) {
            a.digits[i] -= 10 * sign;
            a.digits[i + 1] += sign;
        }
    }
    return a;
}

/* Has it at most 38 digits, down to the last decimal that is not 0? */
static bool model_fits(const struct model *model)
{
    int last = 0;
    int first = MODEL_DIGITS - 1;

    while (last < KH_DECIMAL_MAX_SCALE && model->digits[last] == 0) {
        last++;
    }
    while (first >= 0 && model->digits[first] == 0) {
        first--;
    }
    return first - last < KH_DECIMAL_DIGITS;
}

static struct kh_decimal random_decimal(uint64_t most_digits, uint64_t most_scale)
{
    struct kh_decimal value = {
        .scale = (int16_t)(random_u64() % (most_scale + 1)),
        .negative = random_u64() % 2 == 0,
    };
    uint64_t kind = random_u64() % 4;
    uint64_t digits = 1 + random_u64() % most_digits;

    for (uint64_t i = 0; i < digits; i++) {
        /* Nines carry and zeros give way: both more often than chance has it. */
        unsigned digit = kind == 0 ? 9 : kind == 1 && i > 0 ? 0 : (unsigned)(random_u64() % 10);

        value.coefficient = value.coefficient * 10 + digit;
    }
    value.negative = value.negative && value.coefficient != 0;
    return value;
}

static void random_decimals_agree_with_arithmetic_on_digits(void **state)
{
    (void)state;
    for (int i = 0; i < 60000; i++) {
        uint64_t most_scale = i % 3 == 0 ? 130 : i % 3 == 1 ? 38 : 3;
        struct kh_decimal a = random_decimal(i % 2 == 0 ? 38 : 10, most_scale);
        struct kh_decimal b = random_decimal(i % 2 == 0 ? 38 : 10, most_scale);
        struct kh_decimal opposite = b;
        struct kh_decimal sum;
        struct model expected = model_sum(model_from(a), model_from(b));
        enum kh_status status = kh_decimal_add(a, b, &sum);
        char text_a[KH_DECIMAL_TEXT_SIZE];
        char text_b[KH_DECIMAL_TEXT_SIZE];
        size_t length_a = kh_decimal_format(a, text_a);
        size_t length_b = kh_decimal_format(b, text_b);

        if (status != (model_fits(&expected) ? KH_OK : KH_OUT_OF_RANGE)) {
            fail_msg("%s + %s", text_a, text_b);
        }
        if (status == KH_OK) {
            struct model result = model_from(sum);
            struct kh_decimal difference;

            if (memcmp(&result, &expected, sizeof result) != 0) {
                fail_msg("%s + %s", text_a, text_b);
            }
            assert_true(sum.scale <= (a.scale > b.scale ? a.scale : b.scale));
            opposite.negative = !b.negative;
            assert_int_equal(kh_decimal_subtract(a, opposite, &difference), KH_OK);
            assert_int_equal(kh_decimal_compare(sum, difference), 0);
            assert_int_equal(difference.scale, sum.scale);
        }
        assert_int_equal(kh_decimal_compare(a, b),
                         kh__number_compare((struct kh_str){ text_a, length_a },
                                            (struct kh_str){ text_b, length_b }));
    }
}

static void integers_become_decimals(void **state)
{
    (void)state;
    assert_text(kh_decimal_from_int64(0), "0");
    assert_text(kh_decimal_from_int64(-1), "-1");
    assert_text(kh_decimal_from_int64(INT64_MAX), "9223372036854775807");
    assert_text(kh_decimal_from_int64(INT64_MIN), "-9223372036854775808");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_round_trip),
        cmocka_unit_test(every_digit_count_round_trips_at_every_scale),
        cmocka_unit_test(other_forms_are_refused),
        cmocka_unit_test(too_many_digits_are_out_of_range),
        cmocka_unit_test(zero_has_no_sign),
        cmocka_unit_test(compares_by_value),
        cmocka_unit_test(sums_are_exact_or_refused),
        cmocka_unit_test(random_decimals_agree_with_arithmetic_on_digits),
        cmocka_unit_test(integers_become_decimals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
