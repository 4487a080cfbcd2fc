/* What a batch makes of records that something stood around: answers, repetitions, dead letters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

#include "kh/aggregate.h"
#include "kh/batch.h"
#include "kh/open.h"
#include "kh/response.h"
#include "padded_text.h"
#include "tiny_service.h"

#define EVENT(id, type, data) "{\"id\":\"" id "\",\"type\":\"" type "\",\"data\":" data "}"
#define OPEN(id) EVENT(id, "open", "{\"account\":\"a\",\"owner\":\"o\"}")
#define DEPOSIT(id, amount) EVENT(id, "deposit", "{\"account\":\"a\",\"amount\":" #amount "}")

/* ---- Dead letters in memory ---------------------------------------------------------------- */

struct letter_box {
    struct kh_dead_letters head;
    size_t count;
    char text[2048]; /* the last one */
};

static enum kh_status box_write(struct kh_dead_letters *target, struct kh_str entry,
                                struct kh_error *error)
{
    struct letter_box *box = (struct letter_box *)target;

    (void)error;
    (void)snprintf(box->text, sizeof box->text, "%.*s", KH_STR_ARG(entry));
    box->count++;
    return KH_OK;
}

static const struct kh_dead_letters_ops box_ops = { box_write, NULL };

/* ---- Set up -------------------------------------------------------------------------------- */

struct fixture {
    struct kh_store *store;
    struct letter_box box;
    struct tiny_settings settings;
    const char *throttled; /* the id of an event that the store has no time for */
    struct kh_batch_options options;
    struct kh_opener *opener;
    struct kh_batch *batch;
    struct kh_str data[8]; /* of the records as delivered */
    size_t count;
    struct kh_batch_result result;
    char answer[256];
};

/* The id is what the tiny service's envelope begins with. */
static void throttle(struct kh_context *context, const void *envelope, void *data)
{
    struct fixture *fixture = data;

    (void)context;
    fixture->settings.forced =
        fixture->throttled != NULL &&
                kh_str_equal(*(const struct kh_str *)envelope, kh_str_from(fixture->throttled))
            ? KH_THROTTLED
            : KH_OK;
}

static int set_up(void **state)
{
    static const struct kh_open_options opening = { .max_decompressed = 1000 };
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->store = kh_store_memory_new(1000);
    fixture->box.head.ops = &box_ops;
    fixture->settings = (struct tiny_settings){ .before = throttle, .data = fixture };
    fixture->options = (struct kh_batch_options){ .service = &tiny_service,
                                                  .settings = &fixture->settings,
                                                  .store = fixture->store,
                                                  .dead_letters = &fixture->box.head,
                                                  .clock = kh_clock_system(),
                                                  .max_record_size = 1000 };
    fixture->batch = kh_batch_new(&fixture->options);
    fixture->opener = kh_opener_new(&opening);
    *state = fixture;
    return 0;
}

static void drop_records(struct fixture *fixture)
{
    for (size_t i = 0; i < fixture->count; i++) {
        padded_text_free(fixture->data[i]);
    }
    fixture->count = 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    drop_records(fixture);
    kh_opener_destroy(fixture->opener);
    kh_batch_destroy(fixture->batch);
    kh_store_destroy(fixture->store);
    free(fixture);
    return 0;
}

static void add_record(struct fixture *fixture, struct kh_str data)
{
    fixture->data[fixture->count++] = padded_text_new(data);
}

static void add_aggregate(struct fixture *fixture, const struct kh_str *data, size_t count)
{
    struct kh_aggregate_writer writer;
    struct kh_str bytes;

    kh_aggregate_writer_init(&writer);
    for (size_t i = 0; i < count; i++) {
        struct kh_user_record record = { data[i], KH_STR("inner"), KH_STR("42") };

        assert_int_equal(kh_aggregate_add(&writer, &record), KH_OK);
    }
    assert_int_equal(kh_aggregate_finish(&writer, &bytes), KH_OK);
    add_record(fixture, bytes);
    kh_aggregate_writer_clean_up(&writer);
}

#define ADD_AGGREGATE(fixture, ...)                                                                \
    do {                                                                                           \
        const struct kh_str data[] = { __VA_ARGS__ };                                              \
        add_aggregate(fixture, data, sizeof data / sizeof data[0]);                                \
    } while (0)

/* Delivers the records from `first` on, whose sequence numbers are 100, 101 and so on. */
static void deliver(struct fixture *fixture, size_t first)
{
    static const char *const numbers[] = { "100", "101", "102", "103", "104", "105", "106", "107" };
    struct kh_record items[8];
    struct kh_records records = { .items = items, .count = fixture->count - first };
    struct kh_json_writer writer;
    struct kh_error error;
    struct kh_str answer;

    kh_batch_reset(fixture->batch);
    for (size_t i = 0; i < records.count; i++) {
        items[i] = (struct kh_record){ .data = fixture->data[first + i],
                                       .id = kh_str_from(numbers[first + i]),
                                       .sequence_number = kh_str_from(numbers[first + i]),
                                       .partition_key = KH_STR("outer"),
                                       .position = i };
    }
    kh_error_clear(&error);
    assert_int_equal(kh_open(fixture->opener, kh_batch_arena(fixture->batch), &error, &records),
                     KH_OK);
    assert_int_equal(kh_batch_run(fixture->batch, records.items, records.count, INT64_MAX,
                                  (struct kh_log){ 0 }, NULL, &fixture->result),
                     KH_OK);
    kh_json_writer_init(&writer);
    assert_int_equal(kh_batch_response_write(&writer, &fixture->result), KH_OK);
    answer = kh_json_writer_text(&writer);
    (void)snprintf(fixture->answer, sizeof fixture->answer, "%.*s", KH_STR_ARG(answer));
    kh_json_writer_clean_up(&writer);
}

#define ALL_WELL "{\"batchItemFailures\":[]}"
#define FAILED(id) "{\"batchItemFailures\":[{\"itemIdentifier\":\"" id "\"}]}"

static int64_t balance(struct fixture *fixture)
{
    struct kh_arena arena;
    struct kh_error error;
    struct kh_call call = { .arena = &arena, .error = &error };
    struct account account = { .id = KH_STR("a") };
    struct kh_wanted wanted = { .entity = &tiny_account, .key = &account, .value = &account };

    kh_arena_init(&arena);
    kh_error_clear(&error);
    assert_int_equal(fixture->store->ops->fetch(fixture->store, &call, &wanted, 1, NULL, 0, NULL),
                     KH_OK);
    kh_arena_clean_up(&arena);
    return account.balance;
}

static const char *text_at(const cJSON *json, const char *a, const char *b)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, a);

    item = b == NULL ? item : cJSON_GetObjectItemCaseSensitive(item, b);
    assert_true(cJSON_IsString(item));
    return item->valuestring;
}

/* ---- Tests --------------------------------------------------------------------------------- */

static void a_failure_names_the_aggregate_and_what_was_applied_is_not_again(void **state)
{
    struct fixture *fixture = *state;

    add_record(fixture, KH_STR(OPEN("1")));
    ADD_AGGREGATE(fixture, KH_STR_INIT(DEPOSIT("2", 1)), KH_STR_INIT(DEPOSIT("3", 10)),
                  KH_STR_INIT(DEPOSIT("4", 100)), KH_STR_INIT(DEPOSIT("5", 1000)));
    add_record(fixture, KH_STR(DEPOSIT("6", 5)));

    fixture->throttled = "4";
    deliver(fixture, 0);
    assert_string_equal(fixture->answer, FAILED("101"));
    assert_int_equal(fixture->result.records, 6);
    assert_int_equal(fixture->result.done, 3);
    assert_int_equal(fixture->result.retry, 3);
    assert_int_equal(balance(fixture), 11);

    /* Lambda sends the aggregate and what comes after it again. */
    fixture->throttled = NULL;
    deliver(fixture, 1);
    assert_string_equal(fixture->answer, ALL_WELL);
    assert_int_equal(fixture->result.duplicate, 2);
    assert_int_equal(fixture->result.done, 3);
    assert_int_equal(balance(fixture), 1116);

    /* And once more, as when the answer got lost. */
    deliver(fixture, 0);
    assert_string_equal(fixture->answer, ALL_WELL);
    assert_int_equal(fixture->result.duplicate, 6);
    assert_int_equal(balance(fixture), 1116);
}

static void a_user_record_that_can_never_succeed_costs_only_itself(void **state)
{
    struct fixture *fixture = *state;
    cJSON *letter;

    add_record(fixture, KH_STR(OPEN("1")));
    ADD_AGGREGATE(fixture, KH_STR_INIT(DEPOSIT("2", 1)), KH_STR_INIT(DEPOSIT("3", 0)),
                  KH_STR_INIT(DEPOSIT("4", 100)));
    deliver(fixture, 0);
    assert_string_equal(fixture->answer, ALL_WELL);
    assert_int_equal(balance(fixture), 101);
    assert_int_equal(fixture->box.count, 1);

    letter = cJSON_Parse(fixture->box.text);
    assert_string_equal(text_at(letter, "event", "id"), "3");
    assert_string_equal(text_at(letter, "record", "sequenceNumber"), "101");
    assert_string_equal(text_at(letter, "record", "partitionKey"), "inner");
    assert_string_equal(text_at(letter, "record", "explicitHashKey"), "42");
    assert_int_equal(
        cJSON_GetObjectItem(cJSON_GetObjectItem(letter, "record"), "subSequenceNumber")->valueint,
        1);
    cJSON_Delete(letter);
}

static void without_dead_letters_the_aggregate_is_reported(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.dead_letters = NULL;
    kh_batch_destroy(fixture->batch);
    fixture->batch = kh_batch_new(&fixture->options);
    ADD_AGGREGATE(fixture, KH_STR_INIT(OPEN("1")), KH_STR_INIT(DEPOSIT("2", 0)),
                  KH_STR_INIT(DEPOSIT("3", 1)));
    deliver(fixture, 0);
    assert_string_equal(fixture->answer, FAILED("100"));
    assert_int_equal(fixture->result.done, 1);
}

static void a_dead_letter_holds_what_was_delivered(void **state)
{
    /* Confluent's header in front of a deposit of nothing, which violates the schema. */
    static const char framed[] = "\0\0\1\x11\x70" DEPOSIT("1", 0);
    struct fixture *fixture = *state;
    cJSON *letter;

    add_record(fixture, (struct kh_str){ framed, sizeof framed - 1 });
    deliver(fixture, 0);
    assert_string_equal(fixture->answer, ALL_WELL);
    letter = cJSON_Parse(fixture->box.text);
    assert_string_equal(text_at(letter, "reason", "status"), "INVALID");
    assert_string_equal(text_at(letter, "reason", "pointer"), "/data/amount");
    assert_string_equal(text_at(letter, "record", "frames"), "confluent");
    assert_string_equal(text_at(letter, "record", "schemaId"), "70000");
    /* AAABEXB7: the header, and the brace behind it. */
    assert_memory_equal(text_at(letter, "data", NULL), "AAABEXB7", 8);
    cJSON_Delete(letter);
}

static void what_can_not_be_opened_is_set_aside_with_its_reason(void **state)
{
    static const struct {
        struct kh_str data;
        const char *status;
        const char *detail;
    } cases[] = {
        { KH_STR_INIT("\x1F\x8B\x08"), "BAD_FRAME", "what is compressed ends too early" },
        { KH_STR_INIT("\3\7"), "BAD_FRAME", "a header of AWS Glue has 18 bytes; there are fewer" },
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *letter;

        drop_records(fixture);
        add_record(fixture, cases[i].data);
        add_record(fixture, KH_STR(OPEN("1")));
        deliver(fixture, 0);
        assert_string_equal(fixture->answer, ALL_WELL);
        letter = cJSON_Parse(fixture->box.text);
        assert_string_equal(text_at(letter, "reason", "status"), cases[i].status);
        assert_string_equal(text_at(letter, "reason", "detail"), cases[i].detail);
        assert_string_equal(text_at(letter, "record", "sequenceNumber"), "100");
        cJSON_Delete(letter);
    }
    assert_int_equal(fixture->box.count, 2);
}

/* The opener has a limit of 100 bytes for one record, so it has 800 for a batch. */
static void what_has_no_room_in_its_batch_comes_again(void **state)
{
    /* 101 times {, and 99 times, by Python's gzip. */
    static const unsigned char large[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00,
                                           0x02, 0x03, 0xab, 0xae, 0xa6, 0x03, 0x00, 0x00,
                                           0xd0, 0x08, 0xd8, 0x33, 0x65, 0x00, 0x00, 0x00 };
    static const unsigned char small[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00,
                                           0x02, 0x03, 0xab, 0xae, 0xa6, 0x39, 0x00, 0x00,
                                           0x3e, 0xa2, 0x1f, 0xcb, 0x63, 0x00, 0x00, 0x00 };
    static const struct kh_open_options opening = { .max_decompressed = 100 };
    struct fixture *fixture = *state;
    struct kh_str data[5];

    kh_opener_destroy(fixture->opener);
    fixture->opener = kh_opener_new(&opening);
    add_record(fixture, (struct kh_str){ (const char *)large, sizeof large });
    for (size_t i = 1; i < 8; i++) {
        add_record(fixture, (struct kh_str){ (const char *)small, sizeof small });
    }
    deliver(fixture, 0);
    /* Too large is a dead letter, and took no room. */
    assert_string_equal(fixture->answer, ALL_WELL);
    assert_int_equal(fixture->box.count, 8);

    drop_records(fixture);
    for (size_t i = 0; i < 5; i++) {
        data[i] = (struct kh_str){ (const char *)small, sizeof small };
    }
    add_aggregate(fixture, data, 5);
    add_aggregate(fixture, data, 5);
    deliver(fixture, 0);
    assert_string_equal(fixture->answer, FAILED("101"));
    assert_int_equal(fixture->result.failed_status, KH_NO_ROOM);
    assert_int_equal(fixture->result.dead_lettered, 8);
    deliver(fixture, 1);
    assert_string_equal(fixture->answer, ALL_WELL);
    assert_int_equal(fixture->result.dead_lettered, 5);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_failure_names_the_aggregate_and_what_was_applied_is_not_again),
        TEST(a_user_record_that_can_never_succeed_costs_only_itself),
        TEST(without_dead_letters_the_aggregate_is_reported),
        TEST(a_dead_letter_holds_what_was_delivered),
        TEST(what_can_not_be_opened_is_set_aside_with_its_reason),
        TEST(what_has_no_room_in_its_batch_comes_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
