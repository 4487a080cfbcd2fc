/* Events of the sample service that come as messages, or inside something else, are what their JSON is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "handlers.h"
#include "kh/alloc.h"
#include "kh/base64.h"
#include "kh/batch.h"
#include "kh/proto_reader.h"
#include "service.h"

#define EVENT(id, type, data)                                                                      \
    "{\"aggregateId\":\"limit-user-1\",\"context\":{\"correlationId\":\"c-1\"},"                   \
    "\"createdAt\":1795434901337,\"data\":" data ",\"eventId\":\"" id                              \
    "\",\"sequenceNumber\":7,\"source\":\"limits\",\"type\":\"" type "\"}"
#define CREATED(id, value)                                                                          \
    EVENT(                                                                                          \
        id, "USER_LIMIT_CREATED",                                                                   \
        "{\"activeFrom\":1795434900000,\"brandId\":\"brand-2\",\"currencyCode\":\"EUR\","           \
        "\"nextResetTime\":1795521300000,\"period\":\"CALENDAR_MONTH\",\"status\":\"ACTIVE\","      \
        "\"type\":\"BALANCE\",\"userId\":\"user-2\",\"userLimitId\":\"limit-1\",\"value\":\"" value \
        "\"}")

struct outcome {
    enum kh_status status;
    char reason[240];
    char violations[1024]; /* "pointer keyword reason\n" of each */
    char id[64];
};

struct fixture {
    struct settings settings;
    struct kh_log_sink sink;
    struct kh_service service; /* the sample's, that a test may change */
    struct kh_route routes[3];
    struct kh_batch_options options;
    struct kh_batch *batch;
    struct kh_arena arena;
    struct outcome outcome;
};

static int set_up(void **state)
{
    struct fixture *fixture = kh_calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    fixture->settings.on_duplicate_limit = ON_DUPLICATE_LIMIT_REJECT;
    fixture->sink = (struct kh_log_sink){
        .fd = STDERR_FILENO, .level = KH_FATAL, .service = "test", .clock = kh_clock_system()
    };
    fixture->service = service;
    assert_int_equal(service.route_count, 3);
    memcpy(fixture->routes, service.routes, sizeof fixture->routes);
    fixture->service.routes = fixture->routes;
    fixture->options = (struct kh_batch_options){ .service = &fixture->service,
                                                  .settings = &fixture->settings,
                                                  .store = kh_store_memory_new(1000),
                                                  .clock = kh_clock_system(),
                                                  .max_record_size = 1 << 20 };
    fixture->batch = kh_batch_new(&fixture->options);
    kh_arena_init(&fixture->arena);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    kh_batch_destroy(fixture->batch);
    kh_store_destroy(fixture->options.store);
    kh_arena_clean_up(&fixture->arena);
    kh_free(fixture);
    return 0;
}

/* ---- Events ---------------------------------------------------------------------------------- */

static struct kh_str padded(struct fixture *fixture, struct kh_str bytes)
{
    char *copy = kh_arena_alloc(&fixture->arena, bytes.length + KH_PADDING);

    assert_non_null(copy);
    memcpy(copy, bytes.data, bytes.length);
    memset(copy + bytes.length, 0, KH_PADDING);
    return (struct kh_str){ copy, bytes.length };
}

/* The event as a message; `type` says what its payload is. */
static struct kh_str message_of(struct fixture *fixture, const char *json, const char *type)
{
    const struct kh_proto_message *payload = NULL;
    struct kh_error error;
    struct kh_str bytes;

    for (size_t i = 0; i < 3; i++) {
        if (kh_str_equal(fixture->routes[i].type, kh_str_from(type))) {
            payload = fixture->routes[i].proto;
        }
    }
    kh_error_clear(&error);
    assert_int_equal(kh_proto_from_json(fixture->service.envelope_proto,
                                        padded(fixture, kh_str_from(json)), payload,
                                        &fixture->arena, &error, &bytes),
                     KH_OK);
    return bytes;
}

static struct kh_str created_message(struct fixture *fixture, const char *json)
{
    return message_of(fixture, json, "USER_LIMIT_CREATED");
}

static void note(void *context, const struct kh_outcome *outcome)
{
    struct fixture *fixture = context;
    struct outcome *out = &fixture->outcome;
    size_t length = 0;

    memset(out, 0, sizeof *out);
    out->status = outcome->status;
    (void)snprintf(out->id, sizeof out->id, "%.*s", KH_STR_ARG(outcome->event.id));
    if (outcome->error != NULL) {
        (void)snprintf(out->reason, sizeof out->reason, "%s", outcome->error->reason);
    }
    if (outcome->violations == NULL) {
        return;
    }
    for (const struct kh_violation *at = outcome->violations->first; at != NULL; at = at->next) {
        struct kh_str pointer;

        assert_int_equal(
            kh_json_pointer_at(outcome->violations_text, at->offset, &fixture->arena, &pointer),
            KH_OK);
        length += (size_t)snprintf(out->violations + length, sizeof out->violations - length,
                                   "%.*s%.*s %s %.*s\n", KH_STR_ARG(outcome->pointer_prefix),
                                   KH_STR_ARG(pointer), at->keyword, KH_STR_ARG(at->reason));
        assert_true(length < sizeof out->violations);
    }
}

/* What becomes of a record with these bytes. */
static const struct outcome *take(struct fixture *fixture, struct kh_str bytes,
                                  enum kh_encoding encoding)
{
    static const struct kh_batch_observer none = { 0 };
    struct kh_batch_observer observer = none;
    struct kh_record record = { .data = padded(fixture, bytes),
                                .id = KH_STR("1"),
                                .encoding = encoding };
    struct kh_log log = { .sink = &fixture->sink, .component = "test" };
    struct kh_batch_result result;

    observer.outcome = note;
    observer.context = fixture;
    assert_int_equal(kh_batch_run(fixture->batch, &record, 1, INT64_MAX, log, &observer, &result),
                     KH_OK);
    kh_batch_reset(fixture->batch);
    return &fixture->outcome;
}

static const struct outcome *take_json(struct fixture *fixture, const char *json)
{
    return take(fixture, kh_str_from(json), KH_ENCODING_JSON);
}

static const struct outcome *take_message(struct fixture *fixture, struct kh_str bytes)
{
    return take(fixture, bytes, KH_ENCODING_PROTOBUF);
}

static enum kh_status refuses_envelopes(struct kh_proto_reader *in, void *envelope,
                                        struct kh_event *event)
{
    (void)in;
    (void)envelope;
    (void)event;
    return KH_INVALID;
}

/* ---- Messages -------------------------------------------------------------------------------- */

static void a_message_is_the_event_that_its_json_is(void **state)
{
    struct fixture *fixture = *state;
    const char *json = CREATED("e-1", "10.50");

    assert_int_equal(take_message(fixture, created_message(fixture, json))->status, KH_OK);
    assert_string_equal(fixture->outcome.id, "e-1");
    assert_int_equal(take_json(fixture, json)->status, KH_DUPLICATE);
}

static void the_quick_reader_is_not_needed(void **state)
{
    struct fixture *fixture = *state;

    fixture->service.read_envelope_proto = refuses_envelopes;
    assert_int_equal(
        take_message(fixture, created_message(fixture, CREATED("e-1", "10.50")))->status, KH_OK);
    assert_string_equal(fixture->outcome.id, "e-1");
    fixture->service.read_envelope_proto = service.read_envelope_proto;
    assert_int_equal(
        take_message(fixture, created_message(fixture, CREATED("e-1", "10.50")))->status,
        KH_DUPLICATE);
}

/* Of a member that comes twice the last one counts, which is more than the quick reader does. */
static void a_member_that_comes_twice_is_the_last(void **state)
{
    struct fixture *fixture = *state;
    struct kh_str message = created_message(fixture, CREATED("e-1", "10.50"));
    char bytes[1024];
    const char again[] = { 5 << 3 | 2, 3, 'e', '-', '2' }; /* eventId */

    assert_true(message.length + sizeof again <= sizeof bytes);
    memcpy(bytes, message.data, message.length);
    memcpy(bytes + message.length, again, sizeof again);
    assert_int_equal(
        take_message(fixture, (struct kh_str){ bytes, message.length + sizeof again })->status,
        KH_OK);
    assert_string_equal(fixture->outcome.id, "e-2");
}

static void a_message_has_the_violations_of_its_json(void **state)
{
    static const char *const bad[] = {
        CREATED("e-1", "-5.123"),
        CREATED("", "5"),
        EVENT("e-1", "USER_LIMIT_CREATED", "{\"activeFrom\":-1,\"currencyCode\":\"eu\"}"),
        EVENT("e-1", "USER_LIMIT_CREATED", "{}"),
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct outcome of_json = *take_json(fixture, bad[i]);

        assert_int_equal(of_json.status, KH_INVALID);
        assert_true(of_json.violations[0] != '\0');
        assert_int_equal(take_message(fixture, created_message(fixture, bad[i]))->status,
                         KH_INVALID);
        assert_string_equal(fixture->outcome.violations, of_json.violations);
    }
}

static void broken_bytes_are_told_with_their_place(void **state)
{
    struct fixture *fixture = *state;
    struct kh_str message = created_message(fixture, CREATED("e-1", "10.50"));

    message.length -= 3;
    assert_int_equal(take_message(fixture, message)->status, KH_NOT_PROTOBUF);
    assert_non_null(strstr(fixture->outcome.reason, "at byte "));
}

static void a_message_of_an_unknown_type_is_skipped(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(
        take_message(fixture, message_of(fixture, EVENT("e-1", "OTHER", "{}"), "USER_LIMIT_RESET"))
            ->status,
        KH_NO_ROUTE);
}

static void an_encoding_that_the_schema_does_not_name_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct kh_str message = created_message(fixture, CREATED("e-1", "10.50"));

    for (size_t i = 0; i < 3; i++) {
        fixture->routes[i].encodings = 1u << KH_ENCODING_JSON;
    }
    assert_int_equal(take_message(fixture, message)->status, KH_WRONG_ENCODING);
    assert_string_equal(fixture->outcome.id, "e-1");
    for (size_t i = 0; i < 3; i++) {
        fixture->routes[i].encodings = 1u << KH_ENCODING_PROTOBUF;
    }
    assert_int_equal(take_json(fixture, CREATED("e-1", "10.50"))->status, KH_WRONG_ENCODING);
    assert_int_equal(take_message(fixture, message)->status, KH_OK);
}

/* ---- CloudEvents ----------------------------------------------------------------------------- */

#define AROUND(data)                                                                               \
    "{\"specversion\":\"1.0\",\"id\":\"outer\",\"source\":\"/s\",\"type\":\"t\"," data "}"

static void an_event_inside_a_cloud_event_is_applied(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(take_json(fixture, AROUND("\"data\":" CREATED("e-1", "10.50")))->status,
                     KH_OK);
    assert_string_equal(fixture->outcome.id, "e-1");
}

static void a_message_inside_a_cloud_event_is_applied(void **state)
{
    struct fixture *fixture = *state;
    struct kh_str message = created_message(fixture, CREATED("e-1", "10.50"));
    struct kh_json_writer out;

    kh_json_writer_init(&out);
    assert_int_equal(kh_json_write_base64(&out, message), KH_OK);
    {
        struct kh_str text = kh_json_writer_text(&out);
        char json[2048];

        (void)snprintf(json, sizeof json, AROUND("\"data_base64\":%.*s"), KH_STR_ARG(text));
        assert_int_equal(take_json(fixture, json)->status, KH_OK);
    }
    kh_json_writer_clean_up(&out);
    assert_string_equal(fixture->outcome.id, "e-1");
    assert_int_equal(take_json(fixture, CREATED("e-1", "10.50"))->status, KH_DUPLICATE);
}

/* In base64 as well, what begins with a blank is text, unless it is a message. */
static void text_inside_a_cloud_event_may_begin_with_a_blank(void **state)
{
    struct fixture *fixture = *state;
    struct kh_json_writer out;
    char json[2048];

    kh_json_writer_init(&out);
    assert_int_equal(kh_json_write_base64(&out, KH_STR("\n " CREATED("e-1", "10.50"))), KH_OK);
    (void)snprintf(json, sizeof json, AROUND("\"data_base64\":%.*s"),
                   KH_STR_ARG(kh_json_writer_text(&out)));
    kh_json_writer_clean_up(&out);
    assert_int_equal(take_json(fixture, json)->status, KH_OK);
    assert_string_equal(fixture->outcome.id, "e-1");
}

static void what_is_wrong_inside_a_cloud_event_is_told_with_its_pointer(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(take_json(fixture, AROUND("\"data\":" CREATED("e-1", "-1")))->status,
                     KH_INVALID);
    assert_non_null(strstr(fixture->outcome.violations, "/data/data/value x-minimum "));
    assert_int_equal(take_json(fixture, AROUND("\"data\":{}"))->status, KH_INVALID);
    assert_non_null(
        strstr(fixture->outcome.violations, "/data required must have the member \"eventId\""));
}

static void a_document_that_is_neither_is_told_as_what_it_should_be(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(take_json(fixture, "{\"some\":\"thing\"}")->status, KH_INVALID);
    assert_non_null(
        strstr(fixture->outcome.violations, " required must have the member \"eventId\""));
    assert_int_equal(take_json(fixture, AROUND("\"subject\":\"nothing in it\""))->status,
                     KH_BAD_FRAME);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_message_is_the_event_that_its_json_is),
        TEST(the_quick_reader_is_not_needed),
        TEST(a_member_that_comes_twice_is_the_last),
        TEST(a_message_has_the_violations_of_its_json),
        TEST(broken_bytes_are_told_with_their_place),
        TEST(a_message_of_an_unknown_type_is_skipped),
        TEST(an_encoding_that_the_schema_does_not_name_is_refused),
        TEST(an_event_inside_a_cloud_event_is_applied),
        TEST(a_message_inside_a_cloud_event_is_applied),
        TEST(text_inside_a_cloud_event_may_begin_with_a_blank),
        TEST(what_is_wrong_inside_a_cloud_event_is_told_with_its_pointer),
        TEST(a_document_that_is_neither_is_told_as_what_it_should_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
