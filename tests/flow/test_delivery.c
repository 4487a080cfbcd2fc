/* Records that fail are tried again, halved, and given up as Lambda's event source mapping does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "flow/delivery.h"
#include "tiny_service.h"

#define MAX_RECORDS 16

struct letter_box {
    struct kh_dead_letters head;
    enum kh_status status;
    size_t count;
    char text[MAX_RECORDS][2048];
};

struct fixture {
    struct letter_box box;
    struct kh_clock clock;
    int64_t now_ms;
    struct kh_batch_options options;
    struct kh_batch *batch;
    struct kh_opener *opener;
    struct kh_arena arena;
    struct kh_record records[MAX_RECORDS];
    char ids[MAX_RECORDS][24];
    size_t count;
    struct tiny_settings settings;
    unsigned failing; /* bits of the records whose handler fails */
    unsigned handled[MAX_RECORDS];
    enum kh_verdict verdicts[MAX_RECORDS];
    enum kh_status statuses[MAX_RECORDS];
    struct kh_delivery delivery;
    size_t tries;
    size_t sizes[64]; /* of each try: records, */
    int64_t pauses[64];
};

static enum kh_status box_write(struct kh_dead_letters *target,
                                const struct kh_dead_letter *letters, size_t count,
                                int64_t deadline_ms, struct kh_error *error)
{
    struct letter_box *box = (struct letter_box *)target;

    (void)deadline_ms;
    if (box->status != KH_OK) {
        return kh_fail(error, box->status, "the box is full");
    }
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(box->text[box->count++], sizeof box->text[0], "%.*s",
                       KH_STR_ARG(letters[i].text));
    }
    return KH_OK;
}

static const struct kh_dead_letters_ops box_ops = { box_write, NULL };

static int64_t fixture_ms(void *context)
{
    return ((struct fixture *)context)->now_ms;
}

/* The handler of record N, whose event is eN, fails if bit N is set. */
static void before(struct kh_context *context, const void *envelope, void *data)
{
    struct fixture *fixture = data;
    size_t at = strtoul(context->log.scope->event_id.data + 1, NULL, 10);

    (void)envelope;
    fixture->handled[at]++;
    fixture->settings.forced = (fixture->failing >> at & 1) != 0 ? KH_STORE : KH_OK;
}

static int set_up(void **state)
{
    static const struct kh_open_options opening = { .max_decompressed = 1000 };
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->box.head.ops = &box_ops;
    fixture->now_ms = 10000000;
    fixture->clock = (struct kh_clock){ .wall_ms = fixture_ms,
                                        .coarse_wall_ms = fixture_ms,
                                        .context = fixture };
    fixture->settings = (struct tiny_settings){ .before = before, .data = fixture };
    fixture->options = (struct kh_batch_options){ .service = &tiny_service,
                                                  .settings = &fixture->settings,
                                                  .store = kh_store_memory_new(1000),
                                                  .dead_letters = &fixture->box.head,
                                                  .clock = &fixture->clock,
                                                  .max_record_size = 1000 };
    fixture->batch = kh_batch_new(&fixture->options);
    fixture->opener = kh_opener_new(&opening);
    kh_arena_init(&fixture->arena);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    kh_opener_destroy(fixture->opener);
    kh_batch_destroy(fixture->batch);
    kh_store_destroy(fixture->options.store);
    kh_arena_clean_up(&fixture->arena);
    free(fixture);
    return 0;
}

static void make_records(struct fixture *fixture, size_t count)
{
    fixture->count = count;
    for (size_t i = 0; i < count; i++) {
        struct kh_record *record = &fixture->records[i];

        *record = tiny_record(&fixture->arena, i,
                              "{\"id\":\"e%zu\",\"type\":\"open\",\"data\":"
                              "{\"account\":\"a%zu\",\"owner\":\"o\"}}",
                              i, i);
        (void)snprintf(fixture->ids[i], sizeof fixture->ids[i], "%zu", i);
        record->id = kh_str_from(fixture->ids[i]);
        record->sequence_number = record->id;
        record->arrival_ms = fixture->now_ms;
    }
    kh_delivery_begin(&fixture->delivery, fixture->records, count, 7);
}

static void observe(void *context, const struct kh_outcome *outcome)
{
    struct fixture *fixture = context;
    size_t at = outcome->record->position;

    assert_int_equal(fixture->verdicts[at], KH_VERDICT_DONE); /* never told before */
    assert_int_not_equal(outcome->verdict, KH_VERDICT_RETRY);
    fixture->verdicts[at] =
        outcome->verdict == KH_VERDICT_DONE ? KH_VERDICT_COUNT : outcome->verdict;
    fixture->statuses[at] = outcome->status;
}

/* So many tries, or fewer if it is over before. */
static void deliver(struct fixture *fixture, const struct kh_delivery_policy *policy, size_t tries)
{
    const struct kh_batch_observer observer = { observe, fixture };
    const struct kh_delivery_tools tools = { .batch = fixture->batch,
                                             .opener = fixture->opener,
                                             .clock = &fixture->clock };
    struct kh_delivery_result result;

    for (size_t i = 0; i < tries && !kh_delivery_is_over(&fixture->delivery); i++) {
        kh_delivery_try(&fixture->delivery, policy, &tools, &observer, &result);
        kh_batch_reset(fixture->batch);
        fixture->sizes[fixture->tries] = result.batch.records;
        fixture->pauses[fixture->tries++] = result.pause_ms;
    }
}

static void assert_sizes(const struct fixture *fixture, const size_t *sizes, size_t count)
{
    assert_int_equal(fixture->tries, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(fixture->sizes[i], sizes[i]);
    }
}

#define ASSERT_SIZES(fixture, ...)                                                                 \
    assert_sizes(fixture, (const size_t[]){ __VA_ARGS__ },                                         \
                 sizeof((const size_t[]){ __VA_ARGS__ }) / sizeof(size_t))

static void assert_given_up(const struct fixture *fixture, size_t at, enum kh_status status)
{
    assert_int_equal(fixture->verdicts[at], KH_VERDICT_DEAD_LETTERED);
    assert_int_equal(fixture->statuses[at], status);
}

static void all_that_goes_well_takes_one_try(void **state)
{
    const struct kh_delivery_policy policy = { .bisect = true };
    struct fixture *fixture = *state;

    make_records(fixture, 5);
    deliver(fixture, &policy, 1);
    assert_true(kh_delivery_is_over(&fixture->delivery));
    assert_int_equal(fixture->pauses[0], 0);
}

static void nothing_is_given_up_without_a_limit(void **state)
{
    const struct kh_delivery_policy policy = { .bisect = true };
    struct fixture *fixture = *state;

    make_records(fixture, 4);
    fixture->failing = 1U << 2;
    deliver(fixture, &policy, 40);
    assert_int_equal(fixture->delivery.settled, 2);
    assert_int_equal(fixture->handled[0], 1);
    assert_int_equal(fixture->handled[3], 0); /* nothing behind it is tried */
    fixture->failing = 0;
    deliver(fixture, &policy, 2);
    assert_true(kh_delivery_is_over(&fixture->delivery));
    assert_int_equal(fixture->box.count, 0);
}

static void pauses_grow_up_to_a_limit(void **state)
{
    const struct kh_delivery_policy policy = { .bisect = true };
    struct fixture *fixture = *state;
    int64_t most = 100;

    make_records(fixture, 1);
    fixture->failing = 1;
    deliver(fixture, &policy, 20);
    for (size_t i = 0; i < 20; i++) {
        assert_in_range(fixture->pauses[i], most / 2, most);
        most = most * 2 < 20000 ? most * 2 : 20000;
    }
}

static void bisecting_finds_the_record_that_fails_and_costs_it_no_attempt(void **state)
{
    const struct kh_delivery_policy policy = { .max_attempts = 3, .bisect = true };
    struct fixture *fixture = *state;

    make_records(fixture, 8);
    fixture->failing = 1U << 2;
    deliver(fixture, &policy, 20);
    /* Split where it failed; halved until it is alone; three attempts; then the others together. */
    ASSERT_SIZES(fixture, 8, 6, 3, 1, 1, 1, 5);
    assert_true(kh_delivery_is_over(&fixture->delivery));
    assert_given_up(fixture, 2, KH_ATTEMPTS_EXHAUSTED);
    assert_int_equal(fixture->box.count, 1);
    assert_non_null(strstr(fixture->box.text[0], "\"status\":\"ATTEMPTS_EXHAUSTED\""));
    assert_non_null(
        strstr(fixture->box.text[0], "\"detail\":\"RetryAttemptsExhausted: after 3, STORE: "));
    assert_non_null(strstr(fixture->box.text[0], "\"event\":{\"id\":\"e2\",\"type\":\"open\"}"));
    assert_non_null(strstr(fixture->box.text[0], "\"sequenceNumber\":\"2\""));
}

static void several_that_fail_are_each_given_up_alone(void **state)
{
    const struct kh_delivery_policy policy = { .max_attempts = 2, .bisect = true };
    struct fixture *fixture = *state;

    make_records(fixture, 16);
    fixture->failing = 1U << 0 | 1U << 7 | 1U << 15;
    deliver(fixture, &policy, 60);
    assert_true(kh_delivery_is_over(&fixture->delivery));
    assert_int_equal(fixture->box.count, 3);
    for (size_t i = 0; i < 16; i++) {
        if ((fixture->failing >> i & 1) != 0) {
            assert_given_up(fixture, i, KH_ATTEMPTS_EXHAUSTED);
        } else {
            assert_int_equal(fixture->statuses[i], KH_OK);
        }
    }
}

static void without_bisecting_those_tried_together_are_given_up_together(void **state)
{
    const struct kh_delivery_policy policy = { .max_attempts = 2 };
    struct fixture *fixture = *state;

    make_records(fixture, 5);
    fixture->failing = 1U << 2;
    deliver(fixture, &policy, 20);
    ASSERT_SIZES(fixture, 5, 3);
    assert_true(kh_delivery_is_over(&fixture->delivery));
    assert_int_equal(fixture->box.count, 3);
    for (size_t i = 2; i < 5; i++) {
        assert_given_up(fixture, i, KH_ATTEMPTS_EXHAUSTED);
    }
    assert_non_null(strstr(fixture->box.text[1], "\"event\":{}"));
}

static void one_attempt_is_one(void **state)
{
    const struct kh_delivery_policy policy = { .max_attempts = 1 };
    struct fixture *fixture = *state;

    make_records(fixture, 2);
    fixture->failing = 1U << 1;
    deliver(fixture, &policy, 20);
    ASSERT_SIZES(fixture, 2);
    assert_true(kh_delivery_is_over(&fixture->delivery));
    assert_int_equal(fixture->handled[1], 1);
}

static void what_is_too_old_is_given_up_without_an_attempt(void **state)
{
    const struct kh_delivery_policy policy = { .max_age_ms = 60000, .bisect = true };
    struct fixture *fixture = *state;

    make_records(fixture, 4);
    fixture->records[0].arrival_ms -= 60001;
    fixture->records[1].arrival_ms -= 120000;
    fixture->records[2].arrival_ms = 0; /* not known */
    fixture->records[3].arrival_ms -= 60000;
    deliver(fixture, &policy, 20);
    ASSERT_SIZES(fixture, 2);
    assert_given_up(fixture, 0, KH_AGE_EXCEEDED);
    assert_given_up(fixture, 1, KH_AGE_EXCEEDED);
    assert_int_equal(fixture->handled[0], 0);
    assert_non_null(
        strstr(fixture->box.text[1], "\"detail\":\"RecordAgeExceeded: it came 120 s ago\""));
}

static void a_record_that_fails_until_it_is_too_old_is_given_up_then(void **state)
{
    const struct kh_delivery_policy policy = { .max_age_ms = 60000, .bisect = true };
    struct fixture *fixture = *state;

    make_records(fixture, 2);
    fixture->failing = 1;
    deliver(fixture, &policy, 5);
    assert_int_equal(fixture->delivery.settled, 0);
    fixture->records[1].arrival_ms += 30000;
    fixture->now_ms += 60001;
    deliver(fixture, &policy, 20);
    assert_true(kh_delivery_is_over(&fixture->delivery));
    assert_given_up(fixture, 0, KH_AGE_EXCEEDED);
    assert_int_equal(fixture->statuses[1], KH_OK);
}

static void a_dead_letter_that_can_not_be_written_holds_the_record_back(void **state)
{
    const struct kh_delivery_policy policy = { .max_attempts = 1, .bisect = true };
    struct fixture *fixture = *state;

    make_records(fixture, 1);
    fixture->failing = 1;
    fixture->box.status = KH_IO;
    deliver(fixture, &policy, 3);
    assert_int_equal(fixture->delivery.settled, 0);
    assert_true(fixture->pauses[2] > 0);
    fixture->box.status = KH_OK;
    deliver(fixture, &policy, 1);
    assert_true(kh_delivery_is_over(&fixture->delivery));
    assert_given_up(fixture, 0, KH_ATTEMPTS_EXHAUSTED);
}

static void what_is_given_up_without_a_target_is_not_lost(void **state)
{
    const struct kh_delivery_policy policy = { .max_attempts = 1, .bisect = true };
    struct fixture *fixture = *state;

    kh_batch_destroy(fixture->batch);
    fixture->options.dead_letters = NULL;
    fixture->batch = kh_batch_new(&fixture->options);
    make_records(fixture, 1);
    fixture->failing = 1;
    deliver(fixture, &policy, 3);
    assert_int_equal(fixture->delivery.settled, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(all_that_goes_well_takes_one_try),
        TEST(nothing_is_given_up_without_a_limit),
        TEST(pauses_grow_up_to_a_limit),
        TEST(bisecting_finds_the_record_that_fails_and_costs_it_no_attempt),
        TEST(several_that_fail_are_each_given_up_alone),
        TEST(without_bisecting_those_tried_together_are_given_up_together),
        TEST(one_attempt_is_one),
        TEST(what_is_too_old_is_given_up_without_an_attempt),
        TEST(a_record_that_fails_until_it_is_too_old_is_given_up_then),
        TEST(a_dead_letter_that_can_not_be_written_holds_the_record_back),
        TEST(what_is_given_up_without_a_target_is_not_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
