/* The rows of KH_STATUS_MAP reach their functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kh/status.h"

static void success_is_zero_and_done(void **state)
{
    (void)state;
    assert_int_equal(KH_OK, 0);
    assert_string_equal(kh_status_name(KH_OK), "OK");
    assert_int_equal(kh_status_verdict(KH_OK), KH_VERDICT_DONE);
}

static void every_status_has_a_name_a_text_and_a_verdict(void **state)
{
    (void)state;
    for (int status = 0; status < KH_STATUS_COUNT; status++) {
        assert_true(kh_status_name((enum kh_status)status)[0] != '\0');
        assert_true(kh_status_text((enum kh_status)status)[0] != '\0');
        assert_in_range(kh_status_verdict((enum kh_status)status), 0, KH_VERDICT_COUNT - 1);
    }
}

static void rows_keep_name_text_and_verdict_together(void **state)
{
    (void)state;
    assert_string_equal(kh_status_name(KH_NOT_JSON), "NOT_JSON");
    assert_string_equal(kh_status_text(KH_NOT_JSON), "not valid JSON");
    assert_int_equal(kh_status_verdict(KH_NOT_JSON), KH_VERDICT_DEAD_LETTERED);
    assert_int_equal(kh_status_verdict(KH_NO_ROUTE), KH_VERDICT_SKIPPED);
    assert_int_equal(kh_status_verdict(KH_DUPLICATE), KH_VERDICT_DONE);
    assert_int_equal(kh_status_verdict(KH_NO_MEMORY), KH_VERDICT_RETRY);
}

static void a_number_that_is_no_status_never_loses_a_record(void **state)
{
    (void)state;
    assert_string_equal(kh_status_name(KH_STATUS_COUNT), "UNKNOWN");
    assert_int_equal(kh_status_verdict(KH_STATUS_COUNT), KH_VERDICT_RETRY);
    assert_non_null(kh_status_text(KH_STATUS_COUNT));
}

static void verdicts_have_the_names_of_the_reports(void **state)
{
    (void)state;
    assert_string_equal(kh_verdict_name(KH_VERDICT_DONE), "done");
    assert_string_equal(kh_verdict_name(KH_VERDICT_SKIPPED), "skipped");
    assert_string_equal(kh_verdict_name(KH_VERDICT_DEAD_LETTERED), "deadLettered");
    assert_string_equal(kh_verdict_name(KH_VERDICT_RETRY), "retry");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(success_is_zero_and_done),
        cmocka_unit_test(every_status_has_a_name_a_text_and_a_verdict),
        cmocka_unit_test(rows_keep_name_text_and_verdict_together),
        cmocka_unit_test(a_number_that_is_no_status_never_loses_a_record),
        cmocka_unit_test(verdicts_have_the_names_of_the_reports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
