/* The first error wins, and a reason is always whole characters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "kh/error.h"
#include "kh/utf8.h"

static void fail_records_status_and_reason_and_returns_the_status(void **state)
{
    struct kh_error error;

    (void)state;
    kh_error_clear(&error);
    assert_int_equal(error.status, KH_OK);
    assert_int_equal(kh_fail(&error, KH_STORE, "table %s is %d short", "limits", 3), KH_STORE);
    assert_int_equal(error.status, KH_STORE);
    assert_string_equal(error.reason, "table limits is 3 short");
    assert_string_equal(error.keyword, "");
    assert_int_equal(error.offset, 0);
}

static void the_first_error_wins(void **state)
{
    struct kh_error error;

    (void)state;
    kh_error_clear(&error);
    assert_int_equal(kh_fail(&error, KH_IO, "deepest cause"), KH_IO);
    assert_int_equal(kh_fail(&error, KH_STORE, "what came of it"), KH_STORE);
    assert_int_equal(error.status, KH_IO);
    assert_string_equal(error.reason, "deepest cause");
}

static void a_cleared_error_takes_the_next_one(void **state)
{
    struct kh_error error;

    (void)state;
    kh_error_clear(&error);
    (void)kh_fail(&error, KH_IO, "one");
    error.keyword = "type";
    error.offset = 7;
    kh_error_clear(&error);
    assert_int_equal(error.status, KH_OK);
    assert_string_equal(error.reason, "");
    (void)kh_fail(&error, KH_INVALID, "two");
    assert_string_equal(error.reason, "two");
    assert_string_equal(error.keyword, "");
}

/* For every place the cut can fall on, with characters of one to four bytes. */
static void a_long_reason_is_cut_between_characters(void **state)
{
    static const char *const characters[] = { "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80" };
    struct kh_error error;
    char text[600];

    (void)state;
    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
        size_t size = strlen(characters[i]);

        for (size_t shift = 0; shift < 4; shift++) {
            size_t length = 0;

            memset(text, '.', shift);
            for (length = shift; length + size < sizeof text; length += size) {
                memcpy(text + length, characters[i], size);
            }
            text[length] = '\0';
            kh_error_clear(&error);
            (void)kh_fail(&error, KH_INVALID, "%s", text);
            assert_true(strlen(error.reason) >= sizeof error.reason - 4);
            assert_true(kh_utf8_is_valid(kh_str_from(error.reason)));
            assert_memory_equal(error.reason, text, strlen(error.reason));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail_records_status_and_reason_and_returns_the_status),
        cmocka_unit_test(the_first_error_wins),
        cmocka_unit_test(a_cleared_error_takes_the_next_one),
        cmocka_unit_test(a_long_reason_is_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
