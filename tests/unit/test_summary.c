/* Counting what became of records, and telling people and programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "edge/summary.h"

#include "padded_text.h"

static const struct kh_record record = { .position = 6 };

static struct kh_outcome outcome_of(const char *type, enum kh_status status)
{
    return (struct kh_outcome){ .record = &record,
                                .event = { .type = kh_str_from(type) },
                                .status = status,
                                .verdict = kh_status_verdict(status) };
}

static void add(struct kh_summary *summary, const char *type, enum kh_status status,
                const char *reason)
{
    struct kh_outcome outcome = outcome_of(type, status);
    struct kh_error error;

    kh_error_clear(&error);
    if (status != KH_OK) {
        (void)kh_fail(&error, status, "%s", reason);
        outcome.error = &error;
    }
    kh_summary_add(summary, &outcome);
}

/* What is printed; to be freed. */
static char *printed(const struct kh_summary *summary)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    kh_summary_print(summary, out);
    (void)fclose(out);
    return text;
}

static void assert_json(const struct kh_summary *summary, const char *expected)
{
    struct kh_json_writer out;

    kh_json_writer_init(&out);
    assert_int_equal(kh_summary_write(summary, &out), KH_OK);
    if (kh_json_writer_text(&out).length != strlen(expected) ||
        memcmp(kh_json_writer_text(&out).data, expected, strlen(expected)) != 0) {
        fail_msg("%.*s", KH_STR_ARG(kh_json_writer_text(&out)));
    }
    kh_json_writer_clean_up(&out);
}

static void nothing_is_all_zeros(void **state)
{
    struct kh_summary summary;

    (void)state;
    kh_summary_init(&summary);
    summary.dead_letters = "dead.ndjson";
    assert_json(&summary, "{\"records\":0,\"done\":0,\"duplicate\":0,\"skipped\":0,"
                          "\"deadLettered\":0,\"retry\":0,\"byType\":{},\"deadLetters\":[],"
                          "\"deadLetterTarget\":\"dead.ndjson\",\"seconds\":0}\n");
    kh_summary_clean_up(&summary);
}

static void records_are_counted_by_type_and_verdict(void **state)
{
    struct kh_summary summary;

    (void)state;
    kh_summary_init(&summary);
    summary.dead_letters = "dead.ndjson";
    add(&summary, "B", KH_OK, "");
    add(&summary, "A", KH_DUPLICATE, "again");
    add(&summary, "B", KH_NO_ROUTE, "");
    add(&summary, "", KH_NOT_JSON, "a comma is missing");
    add(&summary, "B", KH_STORE, "the disk is full");
    add(&summary, "", KH_NOT_STARTED, "");
    kh_summary_add_not_started(&summary, 2);
    assert_json(
        &summary,
        "{\"records\":8,\"done\":1,\"duplicate\":1,\"skipped\":1,\"deadLettered\":1,\"retry\":4,"
        "\"byType\":{"
        "\"(not started)\":{\"records\":3,\"done\":0,\"duplicate\":0,\"skipped\":0,"
        "\"deadLettered\":0,\"retry\":3},"
        "\"(unreadable)\":{\"records\":1,\"done\":0,\"duplicate\":0,\"skipped\":0,"
        "\"deadLettered\":1,\"retry\":0},"
        "\"A\":{\"records\":1,\"done\":0,\"duplicate\":1,\"skipped\":0,\"deadLettered\":0,"
        "\"retry\":0},"
        "\"B\":{\"records\":3,\"done\":1,\"duplicate\":0,\"skipped\":1,\"deadLettered\":0,"
        "\"retry\":1}},"
        "\"deadLetters\":[{\"type\":\"(unreadable)\",\"status\":\"NOT_JSON\","
        "\"reason\":\"a comma is missing\",\"count\":1}],"
        "\"deadLetterTarget\":\"dead.ndjson\","
        "\"stoppedBy\":{\"type\":\"B\",\"status\":\"STORE\",\"reason\":\"the disk is full\","
        "\"count\":1},\"seconds\":0}\n");
    kh_summary_clean_up(&summary);
}

static void people_are_told_in_words(void **state)
{
    struct kh_summary summary;
    char *text;

    (void)state;
    kh_summary_init(&summary);
    summary.dead_letters = "dead.ndjson";
    add(&summary, "CREATED", KH_OK, "");
    add(&summary, "CREATED", KH_REFUSED, "the limit is canceled");
    add(&summary, "CREATED", KH_REFUSED, "the limit is canceled");
    add(&summary, "CREATED", KH_STORE, "the disk is full");
    text = printed(&summary);
    assert_non_null(strstr(text, "event type      records      done  duplicate   skipped  "
                                 "dead-lettered     retry\n"));
    assert_non_null(strstr(text, "CREATED               4         1          0         0"
                                 "              2         1\n"));
    assert_non_null(strstr(text, "Dead letters: 2, written to dead.ndjson:\n     2 x CREATED: "
                                 "refused by a business rule: the limit is canceled\n"));
    assert_non_null(strstr(text, "Left to retry: 1.\nStopped at record 7: CREATED: "
                                 "the store failed: the disk is full\n"));
    free(text);
    kh_summary_clean_up(&summary);
}

static void a_violation_is_told_with_its_pointer(void **state)
{
    struct kh_str text = padded_text_new(KH_STR("{\"data\":{\"value\":\"x\"}}"));
    struct kh_violation violation = { .keyword = "pattern",
                                      .offset = 17,
                                      .member = KH_STR(""),
                                      .reason = KH_STR("must be a number") };
    const struct kh_violations violations = { &violation, &violation, 1 };
    struct kh_outcome outcome = outcome_of("A", KH_INVALID);
    struct kh_summary summary;

    (void)state;
    kh_summary_init(&summary);
    outcome.violations = &violations;
    outcome.violations_text = text;
    outcome.pointer_prefix = KH_STR("");
    kh_summary_add(&summary, &outcome);
    outcome.pointer_prefix = KH_STR("/data_base64");
    kh_summary_add(&summary, &outcome);
    assert_int_equal(summary.reason_count, 2);
    assert_true(
        kh_str_equal(summary.reasons[0].text, KH_STR("/data/value: pattern: must be a number")));
    assert_true(kh_str_equal(summary.reasons[1].text,
                             KH_STR("/data_base64/data/value: pattern: must be a number")));
    kh_summary_clean_up(&summary);
    padded_text_free(text);
}

static void types_and_reasons_without_end_are_counted_together(void **state)
{
    struct kh_summary summary;
    char *text;

    (void)state;
    kh_summary_init(&summary);
    summary.dead_letters = "dead.ndjson";
    for (int i = 0; i < 1000; i++) {
        char name[32];

        (void)snprintf(name, sizeof name, "TYPE_%d", i);
        add(&summary, name, KH_REFUSED, name);
    }
    assert_int_equal(summary.total.dead_lettered, 1000);
    assert_int_equal(summary.type_count, KH_SUMMARY_TYPES);
    assert_int_equal(summary.other_types.dead_lettered, 1000 - KH_SUMMARY_TYPES);
    assert_int_equal(summary.other_reasons, 1000 - KH_SUMMARY_REASONS);
    for (size_t i = 1; i < summary.type_count; i++) {
        assert_true(kh_str_compare(summary.types[i - 1].name, summary.types[i].name) < 0);
    }
    text = printed(&summary);
    assert_non_null(strstr(text, "(other types)"));
    assert_non_null(strstr(text, "   950 x other reasons\n"));
    free(text);
    kh_summary_clean_up(&summary);
}

static void a_terminal_takes_no_orders_from_events(void **state)
{
    struct kh_summary summary;
    char *text;

    (void)state;
    kh_summary_init(&summary);
    summary.dead_letters = "dead.ndjson";
    add(&summary,
        "\x1B[2J\xC2\x9B"
        "1m\nx",
        KH_REFUSED, "caf\xC3\xA9\x07");
    text = printed(&summary);
    assert_null(strpbrk(text, "\x1B\x07"));
    assert_null(strstr(text, "\xC2\x9B"));
    assert_non_null(strstr(text, "?[2J?1m?x: refused by a business rule: caf\xC3\xA9?\n"));
    free(text);
    kh_summary_clean_up(&summary);
}

static void a_long_reason_is_cut_between_characters(void **state)
{
    struct kh_violation violation = { .keyword = "k", .member = KH_STR("") };
    const struct kh_violations violations = { &violation, &violation, 1 };
    struct kh_outcome outcome = outcome_of("A", KH_INVALID);
    struct kh_summary summary;
    char reason[1001];

    (void)state;
    for (size_t i = 0; i < 500; i++) {
        memcpy(reason + i * 2, "\xC3\xA9", 2);
    }
    kh_summary_init(&summary);
    violation.reason = (struct kh_str){ reason, 1000 };
    outcome.violations = &violations;
    outcome.violations_text = KH_STR("{}");
    outcome.pointer_prefix = KH_STR("");
    kh_summary_add(&summary, &outcome);
    assert_int_equal(
        (unsigned char)summary.reasons[0].text.data[summary.reasons[0].text.length - 1], 0xA9);
    assert_true(summary.reasons[0].text.length > 390);
    kh_summary_clean_up(&summary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_all_zeros),
        cmocka_unit_test(records_are_counted_by_type_and_verdict),
        cmocka_unit_test(people_are_told_in_words),
        cmocka_unit_test(a_violation_is_told_with_its_pointer),
        cmocka_unit_test(types_and_reasons_without_end_are_counted_together),
        cmocka_unit_test(a_terminal_takes_no_orders_from_events),
        cmocka_unit_test(a_long_reason_is_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
