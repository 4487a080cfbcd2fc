/* Records out of Lambda events of Kinesis streams, sound and not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kh/alloc.h"
#include "kh/json.h"
#include "kh/source.h"

#define SEQUENCE "49650000000000000000000000000000000000000000000000000017"

/* An entry as AWS writes it; `data` and `sequence` as given. */
#define ENTRY(data, sequence)                                                                      \
    "{\"kinesis\":{\"kinesisSchemaVersion\":\"1.0\",\"partitionKey\":\"cust-42\","                 \
    "\"sequenceNumber\":\"" sequence "\",\"data\":\"" data                                         \
    "\",\"approximateArrivalTimestamp\":1795434900.125},\"eventSource\":\"aws:kinesis\","          \
    "\"eventVersion\":\"1.0\",\"eventID\":\"shardId-000000000003:" sequence                        \
    "\",\"eventName\":\"aws:kinesis:record\","                                                     \
    "\"invokeIdentityArn\":\"arn:aws:iam::111122223333:role/r\",\"awsRegion\":\"eu-west-1\","      \
    "\"eventSourceARN\":\"arn:aws:kinesis:eu-west-1:111122223333:stream/orders\"}"
#define EVENT(entries) "{\"Records\":[" entries "]}"
#define KINESIS(members) EVENT("{\"kinesis\":{" members "}}")

struct reading {
    char *text; /* of exactly the size, so that a read beyond the padding is noticed */
    struct kh_arena arena;
    struct kh_error error;
    struct kh_records records;
    bool found;
    enum kh_status status;
};

static void begin(struct reading *r, const char *text, size_t length)
{
    memset(r, 0, sizeof *r);
    r->text = malloc(length + KH_PADDING);
    assert_non_null(r->text);
    memcpy(r->text, text, length);
    memset(r->text + length, '"', KH_PADDING);
    kh_arena_init(&r->arena);
    kh_error_clear(&r->error);
    r->status = kh_lambda_event_read((struct kh_str){ r->text, length }, &r->arena, &r->error,
                                     &r->records, &r->found);
}

static void end(struct reading *r)
{
    kh_arena_clean_up(&r->arena);
    free(r->text);
}

static void assert_text(struct kh_str actual, const char *expected)
{
    assert_int_equal(actual.length, strlen(expected));
    assert_memory_equal(actual.data, expected, actual.length);
}

static void refuses(const char *text, enum kh_status status, const char *reason)
{
    struct reading r;

    begin(&r, text, strlen(text));
    if (r.status != status || strstr(r.error.reason, reason) == NULL) {
        fail_msg("%s: %s: %s", text, kh_status_name(r.status), r.error.reason);
    }
    end(&r);
}

static void accepts(const char *text, size_t count)
{
    struct reading r;

    begin(&r, text, strlen(text));
    if (r.status != KH_OK || !r.found || r.records.count != count) {
        fail_msg("%s: %s: %s", text, kh_status_name(r.status), r.error.reason);
    }
    end(&r);
}

static void is_something_else(const char *text)
{
    struct reading r;

    begin(&r, text, strlen(text));
    if (r.status != KH_OK || r.found) {
        fail_msg("%s: %s: %s", text, kh_status_name(r.status), r.error.reason);
    }
    end(&r);
}

/* ---- Sound events ----------------------------------------------------------------------- */

static void a_record_has_all_that_kinesis_said(void **state)
{
    static const char text[] = EVENT(ENTRY("eyJhIjoxfQ==", SEQUENCE));
    const struct kh_record *record;
    struct reading r;

    (void)state;
    begin(&r, text, sizeof text - 1);
    assert_int_equal(r.status, KH_OK);
    assert_true(r.found);
    assert_int_equal(r.records.count, 1);
    assert_false(r.records.bare);
    record = r.records.items;
    assert_int_equal(record->status, KH_OK);
    assert_text(record->data, "{\"a\":1}");
    assert_text(record->id, SEQUENCE);
    assert_text(record->sequence_number, SEQUENCE);
    assert_text(record->partition_key, "cust-42");
    assert_text(record->shard_id, "shardId-000000000003");
    assert_text(record->source_arn, "arn:aws:kinesis:eu-west-1:111122223333:stream/orders");
    assert_int_equal(record->arrival_ms, 1795434900125);
    assert_int_equal(record->position, 0);
    end(&r);
}

/* That all of it may be read is for AddressSanitizer to find out. */
static void data_has_padding_behind_it(void **state)
{
    static const char text[] = EVENT(ENTRY("YQ==", "1") "," ENTRY("*", "2"));
    struct reading r;
    volatile char last;

    (void)state;
    begin(&r, text, sizeof text - 1);
    assert_int_equal(r.records.count, 2);
    for (size_t i = 0; i < r.records.count; i++) {
        for (size_t byte = 0; byte < KH_PADDING; byte++) {
            last = r.records.items[i].data.data[r.records.items[i].data.length + byte];
        }
    }
    (void)last;
    end(&r);
}

static void members_may_come_in_any_order_and_unknown_ones_are_skipped(void **state)
{
    (void)state;
    accepts("{\"window\":{\"start\":1},\"Records\":[{\"eventSourceARN\":\"a\",\"new\":[{}],"
            "\"eventSource\":\"aws:kinesis\",\"kinesis\":{\"data\":\"\",\"x\":{\"data\":1},"
            "\"sequenceNumber\":\"1\"}}],\"state\":{},\"isFinalInvokeForWindow\":false}",
            1);
    accepts("{\"\\u0052ecords\":[{\"\\u006binesis\":{\"d\\u0061ta\":\"\","
            "\"sequenceNumber\":\"1\"}}]}",
            1);
    accepts(" {\n\t\"Records\" : [ ] } \r\n", 0);
}

static void empty_data_is_a_record_of_no_bytes(void **state)
{
    struct reading r;
    static const char text[] = KINESIS("\"sequenceNumber\":\"1\",\"data\":\"\"");

    (void)state;
    begin(&r, text, sizeof text - 1);
    assert_int_equal(r.status, KH_OK);
    assert_int_equal(r.records.items[0].status, KH_OK);
    assert_int_equal(r.records.items[0].data.length, 0);
    assert_text(r.records.items[0].shard_id, "");
    assert_int_equal(r.records.items[0].arrival_ms, 0);
    end(&r);
}

static void data_may_be_escaped(void **state)
{
    struct reading r;
    static const char text[] = KINESIS("\"sequenceNumber\":\"1\",\"data\":\"\\/\\/8\\u003d\"");

    (void)state;
    begin(&r, text, sizeof text - 1);
    assert_int_equal(r.status, KH_OK);
    assert_text(r.records.items[0].data, "\xFF\xFF");
    end(&r);
}

/* Whatever the length, so that the room for it ends at the end of a block of memory too. */
static void escaped_data_of_any_size_is_read_within_bounds(void **state)
{
    (void)state;
    for (size_t length = 4; length < 300000; length += (length / 8 + 1) * 4) {
        static const char head[] =
            "{\"Records\":[{\"kinesis\":{\"sequenceNumber\":\"1\",\"data\":\"";
        static const char tail[] = "\\u0041\"}}]}";
        char *text = malloc(sizeof head + length + sizeof tail);
        struct reading r;

        assert_non_null(text);
        memcpy(text, head, sizeof head - 1);
        memset(text + sizeof head - 1, 'A', length - 1);
        memcpy(text + sizeof head - 1 + length - 1, tail, sizeof tail - 1);
        begin(&r, text, sizeof head - 1 + length - 1 + sizeof tail - 1);
        assert_int_equal(r.status, KH_OK);
        assert_int_equal(r.records.items[0].data.length, length / 4 * 3);
        end(&r);
        free(text);
    }
}

/* ---- Entries that are like the one before -------------------------------------------------- */

#define LIKE(sequence, event_id)                                                                   \
    "{\"kinesis\":{\"partitionKey\":\"p\",\"sequenceNumber\":\"" sequence                          \
    "\",\"data\":\"e30=\",\"approximateArrivalTimestamp\":1795434900.5},\"eventID\":\"" event_id   \
    "\"}"

static void an_entry_may_name_its_event_before_its_number_is_known(void **state)
{
#define EARLY(sequence, rest)                                                                      \
    "{\"eventID\":\"shardId-0:" rest                                                               \
    "\",\"kinesis\":{\"partitionKey\":\"p\",\"sequenceNumber\":\"" sequence                        \
    "\",\"data\":\"e30=\",\"approximateArrivalTimestamp\":1795434900.5}}"
    static const char *const texts[] = {
        EVENT(EARLY("1", "") "," EARLY("2", "") "," EARLY("3", "")),
        EVENT(EARLY("1", "1") "," EARLY("2", "2") "," EARLY("3", "3")),
        EVENT(LIKE("1", "s:1") "," EARLY("2", "") "," LIKE("3", "s:3")),
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct reading r;

        begin(&r, texts[i], strlen(texts[i]));
        assert_int_equal(r.status, KH_OK);
        assert_int_equal(r.records.count, 3);
        assert_text(r.records.items[0].sequence_number, "1");
        assert_text(r.records.items[1].sequence_number, "2");
        assert_text(r.records.items[2].sequence_number, "3");
        end(&r);
    }
}

static void a_number_with_escapes_is_compared_by_its_meaning(void **state)
{
    struct reading r;
    static const char text[] =
        EVENT(LIKE("1", "s:1") "," LIKE("4\\u0039", "s:4\\u0039") "," LIKE("5", "s:5"));

    (void)state;
    begin(&r, text, sizeof text - 1);
    assert_int_equal(r.status, KH_OK);
    assert_text(r.records.items[1].sequence_number, "49");
    assert_text(r.records.items[2].sequence_number, "5");
    end(&r);
    /* The meaning of the one is no JSON where it stands as the spelling of the other. */
    refuses(EVENT(LIKE("1", "s:1") "," LIKE("4\\\\q9", "s:4\\q9")), KH_NOT_JSON, "");
    refuses(EVENT(LIKE("1", "s:1") "," LIKE("4\\n9", "s:4\n9")), KH_NOT_JSON, "");
    refuses(EVENT(LIKE("1", "s:1") "," LIKE("4\\\\", "s:4\\")), KH_NOT_JSON, "");
}

static void a_consumer_arn_is_cut_to_the_stream(void **state)
{
    struct reading r;
    static const char text[] =
        EVENT("{\"kinesis\":{\"sequenceNumber\":\"1\",\"data\":\"\"},\"eventSourceARN\":"
              "\"arn:aws:kinesis:r:1:stream/orders/consumer/c:1700000000\"}");

    (void)state;
    begin(&r, text, sizeof text - 1);
    assert_text(r.records.items[0].source_arn, "arn:aws:kinesis:r:1:stream/orders");
    end(&r);
}

static void arrival_is_read_to_the_millisecond(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        { "1795434900", 1795434900000 },
        { "1.795434900125e9", 1795434900125 },
        { "1795434900.9996", 1795434901000 },
        { "0", 0 },
        { "-5", 0 },
        { "1e300", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reading r;
        char text[256];
        int length = snprintf(text, sizeof text,
                              KINESIS("\"sequenceNumber\":\"1\",\"data\":\"\","
                                      "\"approximateArrivalTimestamp\":%s"),
                              cases[i].text);

        begin(&r, text, (size_t)length);
        assert_int_equal(r.status, KH_OK);
        assert_int_equal(r.records.items[0].arrival_ms, cases[i].ms);
        end(&r);
    }
}

static void a_full_batch_is_read(void **state)
{
    static const char entry[] = ENTRY("eyJhIjoxfQ==", SEQUENCE);
    const size_t count = 10000;
    char *text = malloc(count * sizeof entry + 32);
    size_t length = 0;
    struct reading r;

    (void)state;
    assert_non_null(text);
    length += (size_t)sprintf(text, "{\"Records\":[");
    for (size_t i = 0; i < count; i++) {
        length += (size_t)sprintf(text + length, "%s%s", i == 0 ? "" : ",", entry);
    }
    length += (size_t)sprintf(text + length, "]}");
    begin(&r, text, length);
    assert_int_equal(r.status, KH_OK);
    assert_int_equal(r.records.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(r.records.items[i].position, i);
        assert_text(r.records.items[i].data, "{\"a\":1}");
    }
    end(&r);
    free(text);
}

/* ---- A record that is not sound ---------------------------------------------------------- */

static void broken_base64_costs_only_its_record(void **state)
{
    static const char *const broken[] = {
        "YQ", "Y===", "YQ=", "Y Q==", "YR==", "-_-_", "\\u00e9AAA"
    };

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct reading r;
        char text[512];
        int length = snprintf(text, sizeof text,
                              EVENT("{\"kinesis\":{\"sequenceNumber\":\"1\",\"data\":\"%s\"}},"
                                    "{\"kinesis\":{\"sequenceNumber\":\"2\",\"data\":\"YQ==\"}}"),
                              broken[i]);

        begin(&r, text, (size_t)length);
        assert_int_equal(r.status, KH_OK);
        assert_int_equal(r.records.count, 2);
        assert_int_equal(r.records.items[0].status, KH_NOT_BASE64);
        assert_text(r.records.items[0].id, "1");
        assert_int_equal(r.records.items[1].status, KH_OK);
        assert_text(r.records.items[1].data, "a");
        end(&r);
    }
}

static void undecoded_data_is_kept_as_it_came(void **state)
{
    struct reading r;
    static const char text[] = KINESIS("\"sequenceNumber\":\"1\",\"data\":\"not base64\"");

    (void)state;
    begin(&r, text, sizeof text - 1);
    assert_text(r.records.items[0].data, "not base64");
    end(&r);
}

/* ---- Events that are not sound ------------------------------------------------------------ */

static void an_entry_without_what_kinesis_always_sends_is_refused(void **state)
{
    (void)state;
    refuses(KINESIS("\"sequenceNumber\":\"1\""), KH_INVALID, "data");
    refuses(KINESIS("\"data\":\"\""), KH_INVALID, "sequenceNumber");
    refuses(KINESIS("\"data\":\"\",\"sequenceNumber\":\"\""), KH_INVALID, "empty sequence number");
    refuses(KINESIS("\"data\":\"\",\"sequenceNumber\":17"), KH_INVALID, "");
    refuses(KINESIS("\"data\":null,\"sequenceNumber\":\"1\""), KH_INVALID, "");
    refuses(EVENT("{\"kinesis\":[]}"), KH_INVALID, "");
    refuses(EVENT("{}"), KH_INVALID, "Records[0] has no member \"kinesis\"");
    refuses(EVENT("1"), KH_INVALID, "");
    refuses(EVENT(ENTRY("", "1") ",null"), KH_INVALID, "");
}

static void another_event_source_is_named(void **state)
{
    (void)state;
    refuses(EVENT("{\"messageId\":\"m\",\"body\":\"{}\",\"eventSource\":\"aws:sqs\"}"), KH_INVALID,
            "Records[0] comes from aws:sqs");
    refuses(EVENT(ENTRY("", "1") ",{\"dynamodb\":{\"SequenceNumber\":\"1\"},"
                                 "\"eventSource\":\"aws:dynamodb\"}"),
            KH_INVALID, "Records[1] comes from aws:dynamodb");
    refuses(EVENT("{\"EventSource\":\"aws:sns\",\"Sns\":{}}"), KH_INVALID, "kinesis");
}

static void duplicate_members_are_refused(void **state)
{
    (void)state;
    refuses("{\"Records\":[],\"Records\":[]}", KH_NOT_JSON, "");
    refuses("{\"Records\":[],\"\\u0052ecords\":[]}", KH_NOT_JSON, "");
    refuses("{\"a\":1,\"Records\":[],\"a\":1}", KH_NOT_JSON, "");
    refuses(EVENT("{\"kinesis\":{},\"kinesis\":{}}"), KH_INVALID, "");
    refuses(EVENT("{\"eventID\":\"\",\"eventID\":\"\"}"), KH_NOT_JSON, "");
    refuses(KINESIS("\"data\":\"\",\"data\":\"\""), KH_NOT_JSON, "");
    refuses(KINESIS("\"x\":1,\"x\":1"), KH_NOT_JSON, "");
}

static void text_that_ends_early_is_refused_wherever_it_ends(void **state)
{
    static const char text[] = EVENT(ENTRY("eyJhIjoxfQ==", SEQUENCE));

    (void)state;
    for (size_t length = 0; length < sizeof text - 1; length++) {
        struct reading r;

        begin(&r, text, length);
        assert_int_equal(r.status, KH_NOT_JSON);
        end(&r);
    }
    refuses("{\"Records\":[]} x", KH_NOT_JSON, "");
    refuses("{\"Records\":[]}{\"Records\":[]}", KH_NOT_JSON, "");
    refuses("{\"Records\":[],}", KH_NOT_JSON, "");
    refuses("{\"other\":\"\xFF\",\"Records\":[]}", KH_NOT_UTF8, "");
}

static void json_that_is_something_else_is_told_apart(void **state)
{
    (void)state;
    is_something_else("{}");
    is_something_else("[]");
    is_something_else("[{\"Records\":[]}]");
    is_something_else("null");
    is_something_else("17");
    is_something_else("\"Records\"");
    is_something_else("{\"Records\":null}");
    is_something_else("{\"Records\":{}}");
    is_something_else("{\"records\":[]}");
    is_something_else("{\"data\":{\"Records\":[]}}");
}

static void a_bare_event_is_one_record(void **state)
{
    static const char text[] = "{\"eventId\":\"1\"}";
    char *padded = calloc(1, sizeof text + KH_PADDING);
    struct kh_records records;
    struct kh_arena arena;
    struct kh_error error;

    (void)state;
    assert_non_null(padded);
    memcpy(padded, text, sizeof text);
    kh_arena_init(&arena);
    kh_error_clear(&error);
    assert_int_equal(
        kh_invocation_read((struct kh_str){ padded, sizeof text - 1 }, &arena, &error, &records),
        KH_OK);
    assert_true(records.bare);
    assert_int_equal(records.count, 1);
    assert_text(records.items[0].data, text);
    assert_text(records.items[0].id, "");
    kh_arena_clean_up(&arena);
    free(padded);
}

/* ---- Memory ------------------------------------------------------------------------------- */

struct shortage {
    size_t left; /* allocations that still succeed */
};

static void *short_allocate(void *context, size_t size)
{
    struct shortage *shortage = context;

    return shortage->left == 0 ? NULL : (shortage->left--, malloc(size));
}

static void *short_resize(void *context, void *memory, size_t size)
{
    struct shortage *shortage = context;

    return shortage->left == 0 ? NULL : (shortage->left--, realloc(memory, size));
}

static void short_release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

static void short_memory_is_said_wherever_it_happens(void **state)
{
    static const char text[] = EVENT(ENTRY("eyJhIjoxfQ==", "1") "," ENTRY("*", "2"));
    struct shortage shortage = { 0 };
    const struct kh_allocator allocator = { short_allocate, short_resize, short_release,
                                            &shortage };
    enum kh_status status = KH_NO_MEMORY;

    (void)state;
    for (size_t allowed = 0; status != KH_OK; allowed++) {
        struct reading r;

        assert_true(allowed < 1000);
        shortage.left = allowed;
        kh_allocator_set(&allocator);
        begin(&r, text, sizeof text - 1);
        status = r.status;
        assert_true(status == KH_OK || status == KH_NO_MEMORY);
        end(&r);
        kh_allocator_set(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_has_all_that_kinesis_said),
        cmocka_unit_test(data_has_padding_behind_it),
        cmocka_unit_test(members_may_come_in_any_order_and_unknown_ones_are_skipped),
        cmocka_unit_test(empty_data_is_a_record_of_no_bytes),
        cmocka_unit_test(data_may_be_escaped),
        cmocka_unit_test(escaped_data_of_any_size_is_read_within_bounds),
        cmocka_unit_test(an_entry_may_name_its_event_before_its_number_is_known),
        cmocka_unit_test(a_number_with_escapes_is_compared_by_its_meaning),
        cmocka_unit_test(a_consumer_arn_is_cut_to_the_stream),
        cmocka_unit_test(arrival_is_read_to_the_millisecond),
        cmocka_unit_test(a_full_batch_is_read),
        cmocka_unit_test(broken_base64_costs_only_its_record),
        cmocka_unit_test(undecoded_data_is_kept_as_it_came),
        cmocka_unit_test(an_entry_without_what_kinesis_always_sends_is_refused),
        cmocka_unit_test(another_event_source_is_named),
        cmocka_unit_test(duplicate_members_are_refused),
        cmocka_unit_test(text_that_ends_early_is_refused_wherever_it_ends),
        cmocka_unit_test(json_that_is_something_else_is_told_apart),
        cmocka_unit_test(a_bare_event_is_one_record),
        cmocka_unit_test(short_memory_is_said_wherever_it_happens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
