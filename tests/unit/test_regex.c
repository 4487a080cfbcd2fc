/* The PCRE2 fallback: its answers, its limits, its memory, and threads that meet in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kh/alloc.h"
#include "kh/regex.h"

static enum kh_status match(const char *pcre, struct kh_str text, bool *matched)
{
    struct kh_regex regex = { .source = pcre, .pcre = pcre, .code = NULL };
    enum kh_status status = kh_regex_match(&regex, text, matched);

    kh_regex_clean_up(&regex);
    return status;
}

static void assert_answer(const char *pcre, struct kh_str text, bool expected)
{
    bool matched = !expected;

    assert_int_equal(match(pcre, text, &matched), KH_OK);
    assert_int_equal(matched, expected);
}

static void look_around_and_back_references_are_answered(void **state)
{
    (void)state;
    assert_answer("^(?=[a-z]{0,}[0-9])[a-z0-9]{4,}\\z", KH_STR("abc1"), true);
    assert_answer("^(?=[a-z]{0,}[0-9])[a-z0-9]{4,}\\z", KH_STR("abcd"), false);
    assert_answer("^(a|b)\\g{1}\\z", KH_STR("bb"), true);
    assert_answer("^(a|b)\\g{1}\\z", KH_STR("ab"), false);
    assert_answer("(?<!a)b", KH_STR("ab"), false);
    assert_answer("(?<!a)b", KH_STR("ab cb"), true);
}

static void a_group_that_is_not_set_refers_to_nothing(void **state)
{
    (void)state;
    assert_answer("^(?:(a)|b)\\g{1}\\z", KH_STR("b"), true);
}

static void many_groups_are_no_obstacle(void **state)
{
    (void)state;
    assert_answer("^(a)(b)(c)(d)\\g{4}\\z", KH_STR("abcdd"), true);
}

static void the_end_is_the_end_and_not_before_a_final_line_feed(void **state)
{
    (void)state;
    assert_answer("^(?!b)a$", KH_STR("a\n"), false);
    assert_answer("^(?!b)a\\z", KH_STR("a\n"), false);
}

static void a_text_is_code_points_of_any_value(void **state)
{
    (void)state;
    assert_answer("^(?!x)[\\x{1f600}-\\x{1f64f}]\\z", KH_STR("\xF0\x9F\x98\x80"), true);
    assert_answer("^(?!x)[\\x{0}-\\x{10ffff}]{1,1}\\z", KH_STR("\xF0\x9F\x98\x80"), true);
    assert_answer("^(?!x)a\\x{0}b\\z", KH_STR("a\0b"), true);
    assert_answer("^(?!x)\\z", (struct kh_str){ NULL, 0 }, true);
    /* \b is about ASCII, as in ECMA-262 */
    assert_answer("^(?!x)[\\x{e9}]\\b", KH_STR("\xC3\xA9"), false);
}

static void a_text_that_is_not_utf8_is_refused(void **state)
{
    bool matched = true;

    (void)state;
    assert_int_equal(match("(?!x)", KH_STR("a\xFF"), &matched), KH_NOT_UTF8);
    assert_false(matched);
    assert_int_equal(match("(?!x)", KH_STR("\xED\xA0\x80"), &matched), KH_NOT_UTF8);
    assert_int_equal(match("(?!x)", KH_STR("\xC3"), &matched), KH_NOT_UTF8);
}

static void a_pattern_that_pcre2_does_not_take_is_an_error_each_time(void **state)
{
    struct kh_regex regex = { .source = "(", .pcre = "(", .code = NULL };
    bool matched = true;

    (void)state;
    assert_int_equal(kh_regex_match(&regex, KH_STR("a"), &matched), KH_BAD_PATTERN);
    assert_false(matched);
    assert_int_equal(kh_regex_match(&regex, KH_STR("a"), &matched), KH_BAD_PATTERN);
    assert_null(atomic_load(&regex.code));
    /* \C would split a character */
    assert_int_equal(match("\\C", KH_STR("a"), &matched), KH_BAD_PATTERN);
}

static double seconds(void)
{
    struct timespec now;

    (void)timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void catastrophic_backtracking_ends_quickly_and_is_not_a_no_match(void **state)
{
    static const char *const patterns[] = {
        "^(a{1,}){1,}\\g{1}[bc]\\z",
        "^(?=(?:a{1,}){1,}[bc])a",
        "^(?!(?:a|a){1,}[bc])a",
        "^(?!z)(?:[a-z]{1,}[a-z]{0,}){1,}[!?]\\z",
    };
    char text[5000];

    (void)state;
    memset(text, 'a', sizeof(text));
    for (size_t length = 40; length <= sizeof(text); length *= 5) {
        for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
            bool matched = true;
            double start = seconds();
            enum kh_status status = match(patterns[i], (struct kh_str){ text, length }, &matched);

            assert_int_equal(status, KH_PATTERN_LIMIT);
            assert_false(matched);
            /* a few milliseconds; more only under sanitizers and on busy machines */
            assert_true(seconds() - start < 2.0);
        }
    }
}

static void a_long_honest_text_stays_under_the_limits(void **state)
{
    char text[20000];

    (void)state;
    memset(text, 'a', sizeof(text));
    text[sizeof(text) - 1] = '1';
    assert_answer("^(?=[a-z]{0,}[0-9])[a-z0-9]{8,}\\z", (struct kh_str){ text, sizeof(text) },
                  true);
}

/* Counts what is allocated and fails allocation number `fail_at` (from 1; 0 fails none). */
struct counter {
    atomic_long count;
    atomic_long live;
    long fail_at;
};

static void *counted_allocate(void *context, size_t size)
{
    struct counter *counter = context;
    void *memory;

    if (atomic_fetch_add(&counter->count, 1) + 1 == counter->fail_at) {
        return NULL;
    }
    memory = malloc(size);
    if (memory != NULL) {
        atomic_fetch_add(&counter->live, 1);
    }
    return memory;
}

static void *counted_resize(void *context, void *memory, size_t size)
{
    (void)context;
    return realloc(memory, size);
}

static void counted_release(void *context, void *memory)
{
    struct counter *counter = context;

    if (memory != NULL) {
        atomic_fetch_sub(&counter->live, 1);
    }
    free(memory);
}

static void use_counter(struct counter *counter)
{
    struct kh_allocator allocator = { counted_allocate, counted_resize, counted_release, counter };

    kh_allocator_set(&allocator);
}

static int restore_allocator(void **state)
{
    (void)state;
    kh_allocator_set(NULL);
    return 0;
}

/* Deep enough that matching asks for memory of its own. */
#define HUNGRY "^(?:(a)|b){0,}\\z"

static void each_failed_allocation_is_reported_and_leaks_nothing(void **state)
{
    char text[2000];
    enum kh_status status = KH_NO_MEMORY;
    long attempts = 0;

    (void)state;
    memset(text, 'a', sizeof(text));
    while (status == KH_NO_MEMORY) {
        struct counter counter = { .fail_at = ++attempts };
        bool matched = true;

        use_counter(&counter);
        status = match(HUNGRY, (struct kh_str){ text, sizeof(text) }, &matched);
        assert_int_equal(matched, status == KH_OK);
        assert_int_equal(atomic_load(&counter.live), 0);
    }
    assert_int_equal(status, KH_OK);
    assert_true(attempts > 5);
}

static void a_regex_recovers_from_a_failed_allocation(void **state)
{
    struct kh_regex regex = { .source = HUNGRY, .pcre = HUNGRY, .code = NULL };
    struct counter counter = { .fail_at = 3 };
    bool matched = false;

    (void)state;
    use_counter(&counter);
    assert_int_equal(kh_regex_match(&regex, KH_STR("a"), &matched), KH_NO_MEMORY);
    assert_int_equal(kh_regex_match(&regex, KH_STR("a"), &matched), KH_OK);
    assert_true(matched);
    kh_regex_clean_up(&regex);
    kh_regex_clean_up(&regex);
    assert_int_equal(atomic_load(&counter.live), 0);
}

#define THREADS 8

struct race {
    pthread_barrier_t start;
    struct kh_regex regex;
    atomic_int right;
};

static void *match_in_thread(void *argument)
{
    struct race *race = argument;
    bool yes = false;
    bool no = true;

    (void)pthread_barrier_wait(&race->start);
    if (kh_regex_match(&race->regex, KH_STR("bb"), &yes) == KH_OK && yes &&
        kh_regex_match(&race->regex, KH_STR("ab"), &no) == KH_OK && !no) {
        atomic_fetch_add(&race->right, 1);
    }
    return NULL;
}

static void threads_that_compile_at_once_share_one_program(void **state)
{
    struct counter counter = { .fail_at = 0 };

    (void)state;
    use_counter(&counter);
    for (int round = 0; round < 100; round++) {
        struct race race = { .regex = { .source = "^(a|b)\\1$", .pcre = "^(a|b)\\g{1}\\z" } };
        pthread_t threads[THREADS];

        assert_int_equal(pthread_barrier_init(&race.start, NULL, THREADS), 0);
        for (size_t i = 0; i < THREADS; i++) {
            assert_int_equal(pthread_create(&threads[i], NULL, match_in_thread, &race), 0);
        }
        for (size_t i = 0; i < THREADS; i++) {
            assert_int_equal(pthread_join(threads[i], NULL), 0);
        }
        (void)pthread_barrier_destroy(&race.start);
        assert_int_equal(atomic_load(&race.right), THREADS);
        kh_regex_clean_up(&race.regex);
        assert_int_equal(atomic_load(&counter.live), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(look_around_and_back_references_are_answered),
        cmocka_unit_test(a_group_that_is_not_set_refers_to_nothing),
        cmocka_unit_test(many_groups_are_no_obstacle),
        cmocka_unit_test(the_end_is_the_end_and_not_before_a_final_line_feed),
        cmocka_unit_test(a_text_is_code_points_of_any_value),
        cmocka_unit_test(a_text_that_is_not_utf8_is_refused),
        cmocka_unit_test(a_pattern_that_pcre2_does_not_take_is_an_error_each_time),
        cmocka_unit_test(catastrophic_backtracking_ends_quickly_and_is_not_a_no_match),
        cmocka_unit_test(a_long_honest_text_stays_under_the_limits),
        cmocka_unit_test_teardown(each_failed_allocation_is_reported_and_leaks_nothing,
                                  restore_allocator),
        cmocka_unit_test_teardown(a_regex_recovers_from_a_failed_allocation, restore_allocator),
        cmocka_unit_test_teardown(threads_that_compile_at_once_share_one_program,
                                  restore_allocator),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
