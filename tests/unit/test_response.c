/* The partial batch response: wrong by a letter, it loses records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kh/response.h"

static void assert_response(const struct kh_record *failed, const char *expected)
{
    const struct kh_batch_result result = { .records = 3, .failed = failed };
    struct kh_json_writer out;
    struct kh_str text;

    kh_json_writer_init(&out);
    assert_int_equal(kh_batch_response_write(&out, &result), KH_OK);
    text = kh_json_writer_text(&out);
    assert_int_equal(text.length, strlen(expected));
    assert_memory_equal(text.data, expected, text.length);
    kh_json_writer_clean_up(&out);
}

static void names_nothing_when_all_is_well(void **state)
{
    (void)state;
    assert_response(NULL, "{\"batchItemFailures\":[]}");
}

static void names_the_record_that_failed(void **state)
{
    const struct kh_record record = {
        .id = KH_STR("49590338271490256608559692538361571095921575989136588898")
    };

    (void)state;
    assert_response(&record, "{\"batchItemFailures\":[{\"itemIdentifier\":"
                             "\"49590338271490256608559692538361571095921575989136588898\"}]}");
}

/* Lambda takes an empty identifier for "the whole batch failed": nothing is lost. */
static void names_all_when_the_record_has_no_id(void **state)
{
    const struct kh_record record = { .id = KH_STR("") };

    (void)state;
    assert_response(&record, "{\"batchItemFailures\":[{\"itemIdentifier\":\"\"}]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_nothing_when_all_is_well),
        cmocka_unit_test(names_the_record_that_failed),
        cmocka_unit_test(names_all_when_the_record_has_no_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
