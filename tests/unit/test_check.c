/* Every keyword at its bounds: what passes, what does not, and how it is told. */
#include "json_text.h"

#include "kh/check.h"

#include <stdio.h>
#include <time.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A cursor behind the value `text`, as a check finds it. */
static void open_behind(struct json_text *t, const char *text)
{
    json_text_open(t, kh_str_from(text));
    assert_int_equal(kh_json_skip(&t->in), KH_OK);
}

/* The last result: OK, or a violation of `keyword` at the value. */
static void assert_result(struct json_text *t, enum kh_status status, bool holds,
                          const char *keyword)
{
    if (holds) {
        assert_int_equal(status, KH_OK);
        assert_int_equal(t->error.status, KH_OK);
    } else {
        assert_int_equal(status, KH_INVALID);
        assert_int_equal(t->error.status, KH_INVALID);
        assert_string_equal(t->error.keyword, keyword);
        assert_int_equal(t->error.offset, 0);
        assert_true(strncmp(t->error.reason, "must ", 5) == 0);
    }
}

static void lengths_count_code_points(void **state)
{
    static const struct {
        struct kh_str text;
        size_t count;
    } rows[] = {
        { KH_STR_INIT(""), 0 },
        { KH_STR_INIT("a"), 1 },
        { KH_STR_INIT("abcdefgh"), 8 },
        { KH_STR_INIT("\xC3\xA9"), 1 },
        { KH_STR_INIT("\xE2\x82\xAC\xE2\x82\xAC"), 2 },
        { KH_STR_INIT("\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80"), 3 },
        { KH_STR_INIT("e\xCC\x81"), 2 },
        { KH_STR_INIT("a\0b"), 3 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t bound = 0; bound < 12; bound++) {
            struct json_text t;

            open_behind(&t, "\"\"");
            assert_result(&t, kh_check_min_length(&t.in, rows[i].text, bound),
                          rows[i].count >= bound, "minLength");
            json_text_close(&t);
            open_behind(&t, "\"\"");
            assert_result(&t, kh_check_max_length(&t.in, rows[i].text, bound),
                          rows[i].count <= bound, "maxLength");
            json_text_close(&t);
        }
    }
}

static void reasons_tell_the_bound(void **state)
{
    struct json_text t;

    (void)state;
    open_behind(&t, "\"ab\"");
    assert_int_equal(kh_check_max_length(&t.in, KH_STR("ab"), 1), KH_INVALID);
    assert_string_equal(t.error.reason, "must be at most 1 character long");
    json_text_close(&t);
    open_behind(&t, "\"ab\"");
    assert_int_equal(kh_check_min_length(&t.in, KH_STR("ab"), 64), KH_INVALID);
    assert_string_equal(t.error.reason, "must be at least 64 characters long");
    json_text_close(&t);
    open_behind(&t, "5");
    assert_int_equal(kh_check_minimum_int64(&t.in, 5, INT64_MAX), KH_INVALID);
    assert_string_equal(t.error.reason, "must be at least 9223372036854775807");
    json_text_close(&t);
}

static void integers_are_compared_with_their_bounds(void **state)
{
    static const int64_t values[] = {
        INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX
    };

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        for (size_t j = 0; j < COUNT(values); j++) {
            struct json_text t;
            uint64_t value = (uint64_t)values[i];
            uint64_t bound = (uint64_t)values[j];

            open_behind(&t, "0");
            assert_result(&t, kh_check_minimum_int64(&t.in, values[i], values[j]), i >= j,
                          "minimum");
            json_text_close(&t);
            open_behind(&t, "0");
            assert_result(&t, kh_check_maximum_int64(&t.in, values[i], values[j]), i <= j,
                          "maximum");
            json_text_close(&t);
            open_behind(&t, "0");
            assert_result(&t, kh_check_minimum_uint64(&t.in, value, bound), value >= bound,
                          "minimum");
            json_text_close(&t);
            open_behind(&t, "0");
            assert_result(&t, kh_check_maximum_uint64(&t.in, value, bound), value <= bound,
                          "maximum");
            json_text_close(&t);
        }
    }
}

static void multiples_of_integers_are_exact(void **state)
{
    struct json_text t;

    (void)state;
    open_behind(&t, "0");
    assert_result(&t, kh_check_multiple_of_int64(&t.in, 0, 7), true, "");
    assert_result(&t, kh_check_multiple_of_int64(&t.in, -14, 7), true, "");
    assert_result(&t, kh_check_multiple_of_int64(&t.in, INT64_MIN, 2), true, "");
    assert_result(&t, kh_check_multiple_of_int64(&t.in, INT64_MIN, -1), true, "");
    assert_result(&t, kh_check_multiple_of_uint64(&t.in, UINT64_MAX, 5), true, "");
    assert_result(&t, kh_check_multiple_of_int64(&t.in, -13, 7), false, "multipleOf");
    json_text_close(&t);
    open_behind(&t, "0");
    assert_result(&t, kh_check_multiple_of_uint64(&t.in, UINT64_MAX, 2), false, "multipleOf");
    json_text_close(&t);
}

typedef enum kh_status number_check(struct kh_json *in, const char *text);

/* What a keyword says of a number below, at and above its bound, in spellings of each. */
static void assert_bound(number_check *check, const char *keyword, bool below, bool at, bool above)
{
    static const char *const texts[3][3] = {
        { "0.0999999999999999999999999", "-1", "1e-2" },
        { "0.1", "0.100", "1E-1" },
        { "0.1000000000000000000000001", "1e400", "2" },
    };
    bool holds[3] = { below, at, above };

    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            struct json_text t;

            open_behind(&t, texts[i][j]);
            assert_result(&t, check(&t.in, "0.1"), holds[i], keyword);
            json_text_close(&t);
        }
    }
}

static void numbers_are_compared_by_their_digits(void **state)
{
    (void)state;
    assert_bound(kh_check_minimum, "minimum", false, true, true);
    assert_bound(kh_check_exclusive_minimum, "exclusiveMinimum", false, false, true);
    assert_bound(kh_check_maximum, "maximum", true, true, false);
    assert_bound(kh_check_exclusive_maximum, "exclusiveMaximum", true, false, false);
    assert_bound(kh_check_const_number, "const", false, true, false);
}

static void multiples_of_numbers_are_exact(void **state)
{
    static const struct {
        const char *text;
        bool holds;
    } rows[] = {
        { "0.3", true },   { "1.1", true },   { "-7e2", true },  { "0", true },
        { "1e300", true }, { "0.35", false }, { "1e-2", false }, { "0.30000000000000004", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_text t;

        open_behind(&t, rows[i].text);
        assert_result(&t, kh_check_multiple_of(&t.in, "0.1"), rows[i].holds, "multipleOf");
        json_text_close(&t);
    }
}

/* The text goes on behind the number in a way that only looks like it. */
static void a_number_ends_where_its_grammar_ends(void **state)
{
    struct json_text t;
    double value;

    (void)state;
    json_text_open_padded(&t, KH_STR("5-4"), '0');
    assert_int_equal(kh_json_read_double(&t.in, &value), KH_OK);
    assert_int_equal(kh_check_const_number(&t.in, "5"), KH_OK);
    json_text_close(&t);
    json_text_open_padded(&t, KH_STR("5"), '0');
    assert_int_equal(kh_json_read_double(&t.in, &value), KH_OK);
    assert_int_equal(kh_check_const_number(&t.in, "5"), KH_OK);
    json_text_close(&t);
}

static void numbers_of_an_enum_are_compared_by_value(void **state)
{
    static const char *const allowed[] = { "1", "2.50", "1e3" };
    static const struct {
        const char *text;
        bool holds;
    } rows[] = {
        { "1.0", true },   { "2.5", true }, { "1000", true },
        { "10E-1", true }, { "2", false },  { "2.50000000000000000000001", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_text t;

        open_behind(&t, rows[i].text);
        assert_result(&t, kh_check_enum_number(&t.in, allowed, COUNT(allowed)), rows[i].holds,
                      "enum");
        json_text_close(&t);
    }
}

static struct kh_decimal decimal(const char *text)
{
    struct kh_decimal value;

    assert_int_equal(kh_decimal_parse(kh_str_from(text), &value), KH_OK);
    return value;
}

static void decimals_are_compared_exactly(void **state)
{
    /* The bound 1000 in spellings a schema may have, those that are no decimals included. */
    static const char *const bounds[] = { "1000", "1000.00", "1e3",
                                          "1000.0000000000000000000000000000000000000000" };
    static const char *const values[] = { "999.9999999999", "1000.000", "1000.0000000001" };

    (void)state;
    for (size_t i = 0; i < COUNT(bounds); i++) {
        for (size_t j = 0; j < COUNT(values); j++) {
            struct kh_decimal value = decimal(values[j]);
            struct json_text t;

            open_behind(&t, "\"\"");
            assert_result(&t, kh_check_decimal_minimum(&t.in, &value, bounds[i]), j >= 1,
                          "x-minimum");
            json_text_close(&t);
            open_behind(&t, "\"\"");
            assert_result(&t, kh_check_decimal_exclusive_minimum(&t.in, &value, bounds[i]), j > 1,
                          "x-exclusiveMinimum");
            json_text_close(&t);
            open_behind(&t, "\"\"");
            assert_result(&t, kh_check_decimal_maximum(&t.in, &value, bounds[i]), j <= 1,
                          "x-maximum");
            json_text_close(&t);
            open_behind(&t, "\"\"");
            assert_result(&t, kh_check_decimal_exclusive_maximum(&t.in, &value, bounds[i]), j < 1,
                          "x-exclusiveMaximum");
            json_text_close(&t);
        }
    }
}

/* A bound of 0 is settled by the sign alone. */
static void a_decimal_is_not_below_zero_unless_it_is_negative(void **state)
{
    static const struct {
        const char *text;
        bool holds;
    } rows[] = {
        { "0", true }, { "-0.00", true }, { "0.01", true }, { "-0.01", false }, { "-5", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct kh_decimal value = decimal(rows[i].text);
        struct json_text t;

        open_behind(&t, "\"\"");
        assert_result(&t, kh_check_decimal_minimum(&t.in, &value, "0"), rows[i].holds, "x-minimum");
        json_text_close(&t);
    }
}

static void the_scale_is_as_written(void **state)
{
    static const struct {
        const char *text;
        int scale;
        bool holds;
    } rows[] = { { "9800.00", 2, true }, { "9800", 0, true }, { "9800.000", 2, false } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct kh_decimal value = decimal(rows[i].text);
        struct json_text t;

        open_behind(&t, "\"\"");
        assert_result(&t, kh_check_decimal_scale(&t.in, &value, rows[i].scale), rows[i].holds,
                      "x-scale");
        json_text_close(&t);
    }
}

static void constants_are_compared_whole(void **state)
{
    struct json_text t;

    (void)state;
    open_behind(&t, "\"\"");
    assert_result(&t, kh_check_const_str(&t.in, KH_STR("a\0b"), KH_STR("a\0b")), true, "");
    assert_result(&t, kh_check_const_str(&t.in, KH_STR(""), KH_STR("")), true, "");
    assert_result(&t, kh_check_const_str(&t.in, KH_STR("a\0b"), KH_STR("a\0c")), false, "const");
    json_text_close(&t);
    open_behind(&t, "\"\"");
    assert_result(&t, kh_check_const_str(&t.in, KH_STR("ab"), KH_STR("a")), false, "const");
    json_text_close(&t);
    open_behind(&t, "true");
    assert_result(&t, kh_check_const_bool(&t.in, true, true), true, "");
    assert_result(&t, kh_check_const_bool(&t.in, true, false), false, "const");
    json_text_close(&t);
}

/* There is no number to look at, and no text; the reader has told why. */
static void nothing_is_checked_of_a_value_of_the_wrong_type(void **state)
{
    static const char *const allowed[] = { "1" };
    struct kh_regex regex = { .source = "a", .pcre = "a" };
    struct json_text t;
    struct kh_str text;
    double number;

    (void)state;
    json_text_collect(&t, KH_STR("[{}]"));
    assert_int_equal(kh_json_read_double(&t.in, &number), KH_OK);
    assert_int_equal(kh_check_minimum(&t.in, "1"), KH_OK);
    assert_int_equal(kh_check_exclusive_minimum(&t.in, "1"), KH_OK);
    assert_int_equal(kh_check_maximum(&t.in, "-1"), KH_OK);
    assert_int_equal(kh_check_exclusive_maximum(&t.in, "-1"), KH_OK);
    assert_int_equal(kh_check_multiple_of(&t.in, "2"), KH_OK);
    assert_int_equal(kh_check_const_number(&t.in, "2"), KH_OK);
    assert_int_equal(kh_check_enum_number(&t.in, allowed, 1), KH_OK);
    assert_int_equal(t.violations.count, 1);
    json_text_close(&t);
    json_text_collect(&t, KH_STR("7"));
    assert_int_equal(kh_json_read_str(&t.in, &text), KH_OK);
    assert_int_equal(kh_check_min_length(&t.in, text, 1), KH_OK);
    assert_int_equal(kh_check_regex(&t.in, text, &regex), KH_OK);
    assert_int_equal(kh_check_const_str(&t.in, text, KH_STR("x")), KH_OK);
    assert_int_equal(kh_check_enum_failed(&t.in), KH_OK);
    assert_int_equal(t.violations.count, 1);
    json_text_close(&t);
    kh_regex_clean_up(&regex);
}

static void formats_and_enums_are_told_by_their_keyword(void **state)
{
    struct json_text t;

    (void)state;
    open_behind(&t, "\"\"");
    assert_result(&t, kh_check_format(&t.in, true, "uuid"), true, "");
    assert_result(&t, kh_check_format(&t.in, false, "uuid"), false, "format");
    assert_non_null(strstr(t.error.reason, "uuid"));
    json_text_close(&t);
    open_behind(&t, "\"\"");
    assert_result(&t, kh_check_enum_failed(&t.in), false, "enum");
    json_text_close(&t);
}

static void a_pattern_is_told_by_its_source(void **state)
{
    /* ^a*$ : another byte leads to state 1 for good. */
    static const uint8_t classes[256] = { ['a'] = 1 };
    static const uint16_t next[] = { 1, 0 };
    static const uint8_t accepting[] = { 1, 0 };
    static const struct kh_pattern pattern = { "^a*$", classes, next, accepting, 2, 0, 1 };
    struct json_text t;

    (void)state;
    open_behind(&t, "\"\"");
    assert_result(&t, kh_check_pattern(&t.in, KH_STR("aaa"), &pattern), true, "");
    assert_result(&t, kh_check_pattern(&t.in, KH_STR("aab"), &pattern), false, "pattern");
    assert_string_equal(t.error.reason, "must match ^a*$");
    json_text_close(&t);
}

static void a_regex_that_gives_up_is_no_violation(void **state)
{
    struct kh_regex regex = { .source = "^(a+)\\1$", .pcre = "^(a+)\\1$" };
    struct kh_regex endless = { .source = "^(a+)+\\1$", .pcre = "^(a+)+\\1$" };
    char text[4000];
    struct json_text t;

    (void)state;
    open_behind(&t, "\"\"");
    assert_result(&t, kh_check_regex(&t.in, KH_STR("aaaa"), &regex), true, "");
    assert_result(&t, kh_check_regex(&t.in, KH_STR("aaa"), &regex), false, "pattern");
    json_text_close(&t);
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = 'c';
    for (int collecting = 0; collecting < 2; collecting++) {
        json_text_collect(&t, KH_STR("\"\""));
        if (collecting == 0) {
            t.in.violations = NULL;
        }
        assert_int_equal(kh_json_skip(&t.in), KH_OK);
        assert_int_equal(kh_check_regex(&t.in, (struct kh_str){ text, sizeof text }, &endless),
                         KH_PATTERN_LIMIT);
        assert_int_equal(t.error.status, KH_PATTERN_LIMIT);
        assert_int_equal(t.violations.count, 0);
        json_text_close(&t);
    }
    kh_regex_clean_up(&regex);
    kh_regex_clean_up(&endless);
}

/* Goes through the array at the cursor. */
static struct kh_json_array go_through(struct kh_json *in)
{
    struct kh_json_array array;

    assert_int_equal(kh_json_array_begin(in, &array), KH_OK);
    while (kh_json_array_next(in, &array)) {
        assert_int_equal(kh_json_skip(in), KH_OK);
    }
    assert_int_equal(kh_json_array_end(in, &array), KH_OK);
    return array;
}

static void items_are_counted(void **state)
{
    static const char *const texts[] = { "[]", "[0]", "[0,[1,2,3]]", "[0,\"\",{}]" };

    (void)state;
    for (size_t count = 0; count < COUNT(texts); count++) {
        for (size_t bound = 0; bound < 6; bound++) {
            struct json_text t;
            struct kh_json_array array;

            json_text_open(&t, kh_str_from(texts[count]));
            array = go_through(&t.in);
            assert_result(&t, kh_check_min_items(&t.in, &array, bound), count >= bound, "minItems");
            json_text_close(&t);
            json_text_open(&t, kh_str_from(texts[count]));
            array = go_through(&t.in);
            assert_result(&t, kh_check_max_items(&t.in, &array, bound), count <= bound, "maxItems");
            json_text_close(&t);
        }
    }
}

static void equal_items_are_found_by_value(void **state)
{
    static const struct {
        const char *text;
        bool unique;
    } rows[] = {
        { "[]", true },
        { "[1]", true },
        { "[ 1 , 2 , 3 ]", true },
        { "[1,2,1]", false },
        { "[1,1.0]", false },
        { "[100,1e2]", false },
        { "[0,-0]", false },
        { "[9007199254740993,9007199254740992]", true },
        { "[1e400,1e401]", true },
        { "[1e400,10e399]", false },
        { "[\"A\",\"\\u0041\"]", false },
        { "[\"A\",\"a\"]", true },
        { "[\"a\\u0000b\",\"a\\u0000c\"]", true },
        { "[\"a\",\"a\\u0000\"]", true },
        { "[\"\",\"\"]", false },
        { "[1,\"1\",true,\"true\",null,\"null\",false]", true },
        { "[true,false,true]", false },
        { "[null,1,null]", false },
        { "[0,false]", true },
        { "[[1],[1]]", true }, /* scalars only */
        { "[[1],2,{\"a\":2},2]", false },
        { "[\"b\",\"c\",\"a\",\"d\",\"e\",\"b\"]", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_text t;
        struct kh_json_array array;
        const char *at;

        json_text_open(&t, kh_str_from(rows[i].text));
        array = go_through(&t.in);
        at = t.in.at;
        assert_result(&t, kh_check_unique_items(&t.in, &array), rows[i].unique, "uniqueItems");
        assert_ptr_equal(t.in.at, at);
        assert_int_equal(t.in.depth, 0);
        json_text_close(&t);
    }
}

/* Every pair of equal items in arrays of each length. */
static void equal_items_are_found_at_any_two_places(void **state)
{
    (void)state;
    for (size_t count = 2; count < 24; count++) {
        for (size_t first = 0; first < count; first++) {
            for (size_t second = first; second < count; second++) {
                char text[400];
                size_t length = 0;
                struct json_text t;
                struct kh_json_array array;

                for (size_t i = 0; i < count; i++) {
                    size_t item = i == second ? first : i;

                    length += (size_t)snprintf(text + length, sizeof text - length, "%c%zu",
                                               i == 0 ? '[' : ',', item * 7919 % 31);
                }
                text[length++] = ']';
                json_text_open(&t, (struct kh_str){ text, length });
                array = go_through(&t.in);
                assert_result(&t, kh_check_unique_items(&t.in, &array), first == second,
                              "uniqueItems");
                json_text_close(&t);
            }
        }
    }
}

static void many_items_are_compared_in_little_time_and_memory(void **state)
{
    size_t count = 100000;
    char *text = malloc(count * 20 + 20);
    size_t length = 0;
    struct json_text t;
    struct kh_json_array array;
    struct kh_arena_mark before;
    struct kh_arena_mark after;
    clock_t begin = clock();

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < count; i++) {
        length += (size_t)sprintf(text + length, "%c\"\\u0061aaaaa%zu\"", i == 0 ? '[' : ',', i);
    }
    text[length++] = ']';
    json_text_open(&t, (struct kh_str){ text, length });
    array = go_through(&t.in);
    assert_non_null(kh_arena_alloc(&t.arena, 8));
    before = kh_arena_mark(&t.arena);
    assert_int_equal(kh_check_unique_items(&t.in, &array), KH_OK);
    after = kh_arena_mark(&t.arena);
    assert_ptr_equal(after.at, before.at);
    assert_true(clock() - begin < 20 * CLOCKS_PER_SEC);
    json_text_close(&t);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_count_code_points),
        cmocka_unit_test(reasons_tell_the_bound),
        cmocka_unit_test(integers_are_compared_with_their_bounds),
        cmocka_unit_test(multiples_of_integers_are_exact),
        cmocka_unit_test(numbers_are_compared_by_their_digits),
        cmocka_unit_test(multiples_of_numbers_are_exact),
        cmocka_unit_test(a_number_ends_where_its_grammar_ends),
        cmocka_unit_test(numbers_of_an_enum_are_compared_by_value),
        cmocka_unit_test(decimals_are_compared_exactly),
        cmocka_unit_test(a_decimal_is_not_below_zero_unless_it_is_negative),
        cmocka_unit_test(the_scale_is_as_written),
        cmocka_unit_test(constants_are_compared_whole),
        cmocka_unit_test(nothing_is_checked_of_a_value_of_the_wrong_type),
        cmocka_unit_test(formats_and_enums_are_told_by_their_keyword),
        cmocka_unit_test(a_pattern_is_told_by_its_source),
        cmocka_unit_test(a_regex_that_gives_up_is_no_violation),
        cmocka_unit_test(items_are_counted),
        cmocka_unit_test(equal_items_are_found_by_value),
        cmocka_unit_test(equal_items_are_found_at_any_two_places),
        cmocka_unit_test(many_items_are_compared_in_little_time_and_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
