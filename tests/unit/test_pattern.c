/* The `pattern` automaton; that its tables are right is proved in tests/codegen/test_pattern.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "kh/pattern.h"

/* Class 1 is 'a', class 2 the bytes of "é", class 0 any other byte. */
static const uint8_t CLASSES[256] = { ['a'] = 1, [0xC3] = 2, [0xA9] = 2 };

/* ^a+$; no row for state 2, the absorbing one: to look it up would be to read past the end. */
static const uint16_t ONLY_A_NEXT[] = { 2, 1, 2, 2, 1, 2 };
static const uint8_t ONLY_A_ACCEPTING[] = { 0, 1, 0 };
static const struct kh_pattern ONLY_A = {
    .source = "^a+$",
    .classes = CLASSES,
    .next = ONLY_A_NEXT,
    .accepting = ONLY_A_ACCEPTING,
    .class_count = 3,
    .start = 0,
    .absorbing_from = 2,
};

/* Contains an a or an é; the start is not state 0. */
static const uint16_t SEARCH_NEXT[] = { 1, 2, 2, 1, 2, 0 };
static const uint8_t SEARCH_ACCEPTING[] = { 0, 0, 1 };
static const struct kh_pattern SEARCH = {
    .source = "a|\xC3\xA9",
    .classes = CLASSES,
    .next = SEARCH_NEXT,
    .accepting = SEARCH_ACCEPTING,
    .class_count = 3,
    .start = 1,
    .absorbing_from = 2,
};

static const uint8_t ALWAYS[] = { 1 };
static const struct kh_pattern ANYTHING = {
    .source = "",
    .classes = CLASSES,
    .next = NULL,
    .accepting = ALWAYS,
    .class_count = 3,
    .start = 0,
    .absorbing_from = 0,
};

static bool matches(const struct kh_pattern *pattern, struct kh_str text)
{
    return kh_pattern_matches(pattern, text);
}

static void a_text_matches_when_it_ends_in_an_accepting_state(void **state)
{
    (void)state;
    assert_true(matches(&ONLY_A, KH_STR("a")));
    assert_true(matches(&ONLY_A, KH_STR("aaaa")));
    assert_false(matches(&ONLY_A, KH_STR("")));
    assert_false(matches(&ONLY_A, KH_STR("ab")));
    assert_false(matches(&ONLY_A, KH_STR("ba")));
}

static void nothing_is_looked_up_after_an_absorbing_state(void **state)
{
    (void)state;
    assert_false(matches(&ONLY_A, KH_STR("baaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
    assert_true(matches(&ANYTHING, KH_STR("anything")));
}

static void an_empty_text_needs_no_bytes(void **state)
{
    (void)state;
    assert_true(matches(&ANYTHING, (struct kh_str){ NULL, 0 }));
    assert_false(matches(&ONLY_A, (struct kh_str){ NULL, 0 }));
}

static void bytes_are_unsigned_and_nul_is_one_of_them(void **state)
{
    (void)state;
    assert_true(matches(&SEARCH, KH_STR("xyz \xC3\xA9")));
    assert_true(matches(&SEARCH, KH_STR("\0\0a")));
    assert_false(matches(&SEARCH, KH_STR("\0\xFF\x80")));
    assert_false(matches(&ONLY_A, KH_STR("a\0")));
}

static void a_long_text_is_read_to_its_end(void **state)
{
    size_t length = 10u * 1000 * 1000;
    char *text = malloc(length);

    (void)state;
    assert_non_null(text);
    memset(text, 'a', length);
    assert_true(matches(&ONLY_A, (struct kh_str){ text, length }));
    text[length - 1] = '!';
    assert_false(matches(&ONLY_A, (struct kh_str){ text, length }));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_matches_when_it_ends_in_an_accepting_state),
        cmocka_unit_test(nothing_is_looked_up_after_an_absorbing_state),
        cmocka_unit_test(an_empty_text_needs_no_bytes),
        cmocka_unit_test(bytes_are_unsigned_and_nul_is_one_of_them),
        cmocka_unit_test(a_long_text_is_read_to_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
