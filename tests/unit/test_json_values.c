/* The readers of scalars: limits of the integers, spellings, strings, decimals, date-times. */
#include "json_text.h"

#include <float.h>
#include <math.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Opens a NUL-terminated text. */
static void open_value(struct json_text *t, const char *text)
{
    json_text_open(t, kh_str_from(text));
}

static void assert_read(struct json_text *t, enum kh_status status, bool valid)
{
    if (valid) {
        assert_int_equal(status, KH_OK);
        assert_int_equal(t->error.status, KH_OK);
        assert_int_equal(kh_json_end(&t->in), KH_OK);
    } else {
        assert_int_equal(status, KH_INVALID);
        assert_int_equal(t->error.status, KH_INVALID);
        assert_string_equal(t->error.keyword, "type");
        assert_true(t->error.reason[0] != '\0');
    }
}

struct int64_row {
    const char *text;
    bool valid;
    int64_t value;
};

static void int64_is_read_up_to_its_limits(void **state)
{
    static const struct int64_row rows[] = {
        { "0", true, 0 },
        { "-0", true, 0 },
        { "7", true, 7 },
        { "-7", true, -7 },
        { "1.0", true, 1 },
        { "1e2", true, 100 },
        { "10E-1", true, 1 },
        { "-1.50e+1", true, -15 },
        { "0e400", true, 0 },
        { "100000000000000000", true, 100000000000000000 },
        { "999999999999999999", true, 999999999999999999 },
        { "-999999999999999999", true, -999999999999999999 },
        { "1000000000000000000", true, 1000000000000000000 },
        { "9223372036854775806", true, INT64_MAX - 1 },
        { "9223372036854775807", true, INT64_MAX },
        { "9223372036854775807.0", true, INT64_MAX },
        { "9223372036854775808", false, 0 },
        { "-9223372036854775807", true, -INT64_MAX },
        { "-9223372036854775808", true, INT64_MIN },
        { "-9223372036854775809", false, 0 },
        { "18446744073709551616", false, 0 },
        { "100000000000000000000", false, 0 },
        { "1.5", false, 0 },
        { "1e-1", false, 0 },
        { "1e400", false, 0 },
        { "1e99999999999999999999", false, 0 },
        { "\"1\"", false, 0 },
        { "true", false, 0 },
        { "null", false, 0 },
        { "[1]", false, 0 },
        { "{\"a\":1}", false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_text t;
        int64_t value = 99;

        open_value(&t, rows[i].text);
        assert_read(&t, kh_json_read_int64(&t.in, &value), rows[i].valid);
        assert_true(value == rows[i].value);
        json_text_close(&t);
    }
}

static void int32_is_read_up_to_its_limits(void **state)
{
    static const struct int64_row rows[] = {
        { "2147483646", true, INT32_MAX - 1 },
        { "2147483647", true, INT32_MAX },
        { "2147483648", false, 0 },
        { "-2147483647", true, -INT32_MAX },
        { "-2147483648", true, INT32_MIN },
        { "-2147483649", false, 0 },
        { "4294967296", false, 0 },
        { "4294967297", false, 0 },
        { "9223372036854775807", false, 0 },
        { "9223372036854775808", false, 0 },
        { "2147483647.000", true, INT32_MAX },
        { "2.147483647e9", true, INT32_MAX },
        { "21474836470E-1", true, INT32_MAX },
        { "-0", true, 0 },
        { "-0.0", true, 0 },
        { "1.5", false, 0 },
        { "1e400", false, 0 },
        { "\"\"", false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_text t;
        int32_t value = 99;

        open_value(&t, rows[i].text);
        assert_read(&t, kh_json_read_int32(&t.in, &value), rows[i].valid);
        assert_true(value == rows[i].value);
        json_text_close(&t);
    }
}

static void uint64_is_read_up_to_its_limits(void **state)
{
    static const struct {
        const char *text;
        bool valid;
        uint64_t value;
    } rows[] = {
        { "0", true, 0 },
        { "-0", true, 0 },
        { "-1", false, 0 },
        { "-1e-400", false, 0 },
        { "1.0", true, 1 },
        { "1e2", true, 100 },
        { "10E-1", true, 1 },
        { "9223372036854775808", true, UINT64_C(9223372036854775808) },
        { "9999999999999999999", true, UINT64_C(9999999999999999999) },
        { "10000000000000000000", true, UINT64_C(10000000000000000000) },
        { "18446744073709551614", true, UINT64_MAX - 1 },
        { "18446744073709551615", true, UINT64_MAX },
        { "18446744073709551615.0", true, UINT64_MAX },
        { "18446744073709551616", false, 0 },
        { "184467440737095516150", false, 0 },
        { "1e400", false, 0 },
        { "0.5", false, 0 },
        { "false", false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_text t;
        uint64_t value = 99;

        open_value(&t, rows[i].text);
        assert_read(&t, kh_json_read_uint64(&t.in, &value), rows[i].valid);
        assert_true(value == rows[i].value);
        json_text_close(&t);
    }
}

static void double_is_read_exactly_or_refused(void **state)
{
    static const struct {
        const char *text;
        bool valid;
        double value;
    } rows[] = {
        { "0", true, 0 },
        { "0.1", true, 0.1 },
        { "-2.5e-3", true, -2.5e-3 },
        { "9007199254740993", true, 9007199254740992.0 },
        { "1.7976931348623157e308", true, DBL_MAX },
        { "1.7976931348623159e308", false, 0 },
        { "1e400", false, 0 },
        { "-1e400", false, 0 },
        { "1e-400", true, 0 },
        { "5e-324", true, 4.9406564584124654e-324 },
        { "2.2250738585072011e-308", true, 2.2250738585072011e-308 },
        { "\"0.1\"", false, 0 },
        { "[]", false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_text t;
        double value = 99;

        open_value(&t, rows[i].text);
        assert_read(&t, kh_json_read_double(&t.in, &value), rows[i].valid);
        assert_memory_equal(&value, &rows[i].value, sizeof value);
        json_text_close(&t);
    }
}

static void negative_zero_stays_negative_as_a_double(void **state)
{
    struct json_text t;
    double value = 1;

    (void)state;
    open_value(&t, "-0");
    assert_read(&t, kh_json_read_double(&t.in, &value), true);
    assert_true(value == 0 && signbit(value) != 0);
    json_text_close(&t);
}

/* Broken numbers are not JSON, whatever they are read as, and whatever the padding goes on with. */
static void broken_numbers_are_not_json(void **state)
{
    static const char *const texts[] = { "-",   "01", "-01", "1.",   "1.e5", "1e",
                                         "1e+", ".5", "+1",  "0x10", "-a",   "1.5e-" };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        for (int type = 0; type < 4; type++) {
            struct json_text t;
            enum kh_status status;
            int32_t int32;
            int64_t int64;
            uint64_t uint64;
            double number;

            json_text_open_padded(&t, kh_str_from(texts[i]), '1');
            status = type == 0   ? kh_json_read_int32(&t.in, &int32)
                     : type == 1 ? kh_json_read_int64(&t.in, &int64)
                     : type == 2 ? kh_json_read_uint64(&t.in, &uint64)
                                 : kh_json_read_double(&t.in, &number);
            if (status == KH_OK) {
                status = kh_json_end(&t.in);
            }
            assert_int_equal(status, KH_NOT_JSON);
            json_text_close(&t);
        }
    }
}

static void strings_without_escapes_are_slices_of_the_text(void **state)
{
    struct json_text t;
    struct kh_str value;

    (void)state;
    open_value(&t, "  \"h\xC3\xA9llo, world\"  ");
    assert_int_equal(kh_json_read_str(&t.in, &value), KH_OK);
    assert_str_equal(value, KH_STR("h\xC3\xA9llo, world"));
    assert_ptr_equal(value.data, t.text.data + 3);
    assert_ptr_equal(t.in.value, t.text.data + 2);
    assert_null(t.arena.first);
    assert_int_equal(kh_json_end(&t.in), KH_OK);
    json_text_close(&t);
}

static void escapes_are_resolved(void **state)
{
    static const struct {
        const char *text;
        struct kh_str value;
    } rows[] = {
        { "\"\"", KH_STR_INIT("") },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", KH_STR_INIT("\"\\/\b\f\n\r\t") },
        { "\"\\u0041\"", KH_STR_INIT("A") },
        { "\"a\\u0000b\"", KH_STR_INIT("a\0b") },
        { "\"\\u007f\\u0080\\u07ff\\u0800\"", KH_STR_INIT("\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80") },
        { "\"\\ud7ff\\ue000\\uFFFF\"", KH_STR_INIT("\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF") },
        { "\"\\uD800\\uDC00\"", KH_STR_INIT("\xF0\x90\x80\x80") },
        { "\"\\uDBFF\\udfff\"", KH_STR_INIT("\xF4\x8F\xBF\xBF") },
        { "\"\\uD83D\\uDE00!\"", KH_STR_INIT("\xF0\x9F\x98\x80!") },
        { "\"before \\t after\"", KH_STR_INIT("before \t after") },
        { "\"\xE2\x82\xAC\\u20AC\xE2\x82\xAC\"",
          KH_STR_INIT("\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC") },
        { "\"\\\\u0041\"", KH_STR_INIT("\\u0041") },
        { "\"\\\\\\\"\"", KH_STR_INIT("\\\"") },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_text t;
        struct kh_str value;

        open_value(&t, rows[i].text);
        assert_int_equal(kh_json_read_str(&t.in, &value), KH_OK);
        assert_str_equal(value, rows[i].value);
        assert_int_equal(kh_json_end(&t.in), KH_OK);
        json_text_close(&t);
    }
}

static void lone_surrogates_and_bad_utf8_are_refused_in_what_is_read(void **state)
{
    static const struct {
        const char *text;
        enum kh_status status;
        size_t offset;
    } rows[] = {
        { "\"ab\\uD800\"", KH_NOT_JSON, 3 },      { "\"ab\\uDC00\"", KH_NOT_JSON, 3 },
        { "\"\\uD800\\uD800\"", KH_NOT_JSON, 1 }, { "\"\\uD800x\"", KH_NOT_JSON, 1 },
        { "\"ab\xFF\"", KH_NOT_UTF8, 3 },         { "\"\xC3\xA9\xC3\"", KH_NOT_UTF8, 3 },
        { "\"a\nb\"", KH_NOT_JSON, 2 },           { "\"ab", KH_NOT_JSON, 3 },
        { "\"a\\x\"", KH_NOT_JSON, 2 },           { "\"a\\", KH_NOT_JSON, 3 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_text t;
        struct kh_str value;

        open_value(&t, rows[i].text);
        assert_int_equal(kh_json_read_str(&t.in, &value), rows[i].status);
        assert_int_equal(t.error.status, rows[i].status);
        assert_int_equal(t.error.offset, rows[i].offset);
        json_text_close(&t);
    }
}

static void a_long_string_with_escapes_is_copied_whole(void **state)
{
    size_t length = 1U << 20;
    char *text = malloc(length + 2);
    struct json_text t;
    struct kh_str value;

    (void)state;
    assert_non_null(text);
    text[0] = '"';
    for (size_t i = 0; i < length; i += 4) {
        memcpy(text + 1 + i, "ab\\n", 4);
    }
    text[length + 1] = '"';
    json_text_open(&t, (struct kh_str){ text, length + 2 });
    assert_int_equal(kh_json_read_str(&t.in, &value), KH_OK);
    assert_int_equal(value.length, length / 4 * 3);
    for (size_t i = 0; i < value.length; i++) {
        assert_int_equal(value.data[i], "ab\n"[i % 3]);
    }
    json_text_close(&t);
    free(text);
}

static void booleans_and_null_are_read(void **state)
{
    struct json_text t;
    bool value = false;

    (void)state;
    open_value(&t, " true");
    assert_int_equal(kh_json_read_bool(&t.in, &value), KH_OK);
    assert_true(value);
    json_text_close(&t);
    open_value(&t, "false ");
    assert_int_equal(kh_json_read_bool(&t.in, &value), KH_OK);
    assert_false(value);
    json_text_close(&t);
    open_value(&t, "null");
    assert_int_equal(kh_json_read_bool(&t.in, &value), KH_INVALID);
    json_text_close(&t);
    open_value(&t, "trve");
    assert_int_equal(kh_json_read_bool(&t.in, &value), KH_NOT_JSON);
    json_text_close(&t);
    open_value(&t, "null");
    assert_int_equal(kh_json_read_null(&t.in), KH_OK);
    assert_int_equal(kh_json_end(&t.in), KH_OK);
    json_text_close(&t);
    open_value(&t, "0");
    assert_int_equal(kh_json_read_null(&t.in), KH_INVALID);
    json_text_close(&t);
}

static void null_is_taken_only_where_it_is(void **state)
{
    struct json_text t;

    (void)state;
    open_value(&t, " null,");
    assert_true(kh_json_take_null(&t.in));
    assert_int_equal(kh_json_peek(&t.in), ',');
    json_text_close(&t);
    json_text_open_padded(&t, KH_STR("nul"), 'l');
    assert_false(kh_json_take_null(&t.in));
    assert_int_equal(kh_json_peek(&t.in), 'n');
    json_text_close(&t);
    open_value(&t, "\"null\"");
    assert_false(kh_json_take_null(&t.in));
    assert_int_equal(kh_json_peek(&t.in), '"');
    json_text_close(&t);
    open_value(&t, "  ");
    assert_int_equal(kh_json_peek(&t.in), 0);
    json_text_close(&t);
}

static void decimals_are_read_from_strings_only(void **state)
{
    static const struct {
        const char *text;
        const char *keyword; /* NULL: valid */
    } rows[] = {
        { "\"9800.00\"", NULL },
        { "\"-0.5\"", NULL },
        { "\"\\u0031.5\"", NULL },
        { "\"99999999999999999999999999999999999999\"", NULL },
        { "\"999999999999999999999999999999999999999\"", "format" },
        { "\"1e5\"", "format" },
        { "\"\"", "format" },
        { "\"abc\"", "format" },
        { "12.5", "type" },
        { "null", "type" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_text t;
        struct kh_decimal value;
        enum kh_status status;

        open_value(&t, rows[i].text);
        status = kh_json_read_decimal(&t.in, &value);
        if (rows[i].keyword == NULL) {
            assert_int_equal(status, KH_OK);
        } else {
            assert_int_equal(status, KH_INVALID);
            assert_string_equal(t.error.keyword, rows[i].keyword);
        }
        json_text_close(&t);
    }
}

static void a_decimal_keeps_its_digits(void **state)
{
    struct json_text t;
    struct kh_decimal value;
    char text[KH_DECIMAL_TEXT_SIZE];

    (void)state;
    open_value(&t, "\"-9800.00\"");
    assert_int_equal(kh_json_read_decimal(&t.in, &value), KH_OK);
    (void)kh_decimal_format(value, text);
    assert_string_equal(text, "-9800.00");
    json_text_close(&t);
}

static void too_many_digits_have_a_reason_of_their_own(void **state)
{
    struct json_text long_one;
    struct json_text wrong_one;
    struct kh_decimal value;

    (void)state;
    open_value(&long_one, "\"1234567890123456789012345678901234567890\"");
    open_value(&wrong_one, "\"12a\"");
    assert_int_equal(kh_json_read_decimal(&long_one.in, &value), KH_INVALID);
    assert_int_equal(kh_json_read_decimal(&wrong_one.in, &value), KH_INVALID);
    assert_non_null(strstr(long_one.error.reason, "38"));
    assert_string_not_equal(long_one.error.reason, wrong_one.error.reason);
    json_text_close(&long_one);
    json_text_close(&wrong_one);
}

static void instants_are_read_from_strings_only(void **state)
{
    struct json_text t;
    struct kh_instant value;

    (void)state;
    open_value(&t, "\"1970-01-02T00:00:00.5Z\"");
    assert_int_equal(kh_json_read_instant(&t.in, &value), KH_OK);
    assert_int_equal(value.seconds, 86400);
    assert_int_equal(value.nanoseconds, 500000000);
    json_text_close(&t);
    open_value(&t, "\"1970-13-02T00:00:00Z\"");
    assert_int_equal(kh_json_read_instant(&t.in, &value), KH_INVALID);
    assert_string_equal(t.error.keyword, "format");
    json_text_close(&t);
    open_value(&t, "86400");
    assert_int_equal(kh_json_read_instant(&t.in, &value), KH_INVALID);
    assert_string_equal(t.error.keyword, "type");
    json_text_close(&t);
}

static void raw_values_are_the_text_between_the_blanks(void **state)
{
    struct json_text t;
    struct kh_raw raw;

    (void)state;
    open_value(&t, " {\"a\" : [1, {}] } ");
    assert_int_equal(kh_json_read_raw(&t.in, &raw), KH_OK);
    assert_str_equal(raw.text, KH_STR("{\"a\" : [1, {}] }"));
    assert_ptr_equal(raw.text.data, t.text.data + 1);
    assert_ptr_equal(t.in.value, t.text.data + 1);
    json_text_close(&t);
}

static void raw_objects_and_arrays_are_of_their_type(void **state)
{
    struct json_text t;
    struct kh_raw raw;

    (void)state;
    open_value(&t, "{\"a\":1}");
    assert_int_equal(kh_json_read_raw_object(&t.in, &raw), KH_OK);
    assert_str_equal(raw.text, KH_STR("{\"a\":1}"));
    json_text_close(&t);
    open_value(&t, "[1]");
    assert_int_equal(kh_json_read_raw_object(&t.in, &raw), KH_INVALID);
    assert_string_equal(t.error.keyword, "type");
    json_text_close(&t);
    open_value(&t, "[1]");
    assert_int_equal(kh_json_read_raw_array(&t.in, &raw), KH_OK);
    assert_str_equal(raw.text, KH_STR("[1]"));
    json_text_close(&t);
    open_value(&t, "{}");
    assert_int_equal(kh_json_read_raw_array(&t.in, &raw), KH_INVALID);
    json_text_close(&t);
}

static void what_is_not_json_is_never_called_a_wrong_type(void **state)
{
    static const char *const texts[] = { "", " ", "tru", "[1,", "{\"a\"}", "\"abc", "nope", "}" };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct json_text t;
        struct kh_decimal value;

        open_value(&t, texts[i]);
        assert_int_equal(kh_json_read_decimal(&t.in, &value), KH_NOT_JSON);
        assert_string_equal(t.error.keyword, "");
        json_text_close(&t);
    }
}

static void the_end_is_only_reached_behind_blanks(void **state)
{
    struct json_text t;

    (void)state;
    open_value(&t, " \n\t\r ");
    assert_int_equal(kh_json_end(&t.in), KH_OK);
    json_text_close(&t);
    open_value(&t, "  x");
    assert_int_equal(kh_json_end(&t.in), KH_NOT_JSON);
    assert_int_equal(t.error.offset, 2);
    json_text_close(&t);
}

static void reasons_never_repeat_the_payload(void **state)
{
    static const char *const texts[] = { "\"SECRET\"",    "{\"SECRET\":1}",
                                         "[SECRET]",      "SECRET",
                                         "\"SECRET",      "{\"SECRET\":1,\"SECRET\":2}",
                                         "\"SECRET\\x\"", "\"SECRET\xFF\"" };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct json_text t;
        int64_t value;

        open_value(&t, texts[i]);
        assert_int_not_equal(kh_json_read_int64(&t.in, &value), KH_OK);
        assert_null(strstr(t.error.reason, "SECRET"));
        json_text_close(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(int64_is_read_up_to_its_limits),
        cmocka_unit_test(int32_is_read_up_to_its_limits),
        cmocka_unit_test(uint64_is_read_up_to_its_limits),
        cmocka_unit_test(double_is_read_exactly_or_refused),
        cmocka_unit_test(negative_zero_stays_negative_as_a_double),
        cmocka_unit_test(broken_numbers_are_not_json),
        cmocka_unit_test(strings_without_escapes_are_slices_of_the_text),
        cmocka_unit_test(escapes_are_resolved),
        cmocka_unit_test(lone_surrogates_and_bad_utf8_are_refused_in_what_is_read),
        cmocka_unit_test(a_long_string_with_escapes_is_copied_whole),
        cmocka_unit_test(booleans_and_null_are_read),
        cmocka_unit_test(null_is_taken_only_where_it_is),
        cmocka_unit_test(decimals_are_read_from_strings_only),
        cmocka_unit_test(a_decimal_keeps_its_digits),
        cmocka_unit_test(too_many_digits_have_a_reason_of_their_own),
        cmocka_unit_test(instants_are_read_from_strings_only),
        cmocka_unit_test(raw_values_are_the_text_between_the_blanks),
        cmocka_unit_test(raw_objects_and_arrays_are_of_their_type),
        cmocka_unit_test(what_is_not_json_is_never_called_a_wrong_type),
        cmocka_unit_test(the_end_is_only_reached_behind_blanks),
        cmocka_unit_test(reasons_never_repeat_the_payload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
