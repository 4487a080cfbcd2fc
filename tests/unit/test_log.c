/* Log lines: one write each, always whole, whatever is in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kh/log.h"
#include "kh/utf8.h"

static int64_t fixed_wall_ms(void *context)
{
    (void)context;
    return INT64_C(1700000000123);
}

static const struct kh_clock fixed_clock = { .wall_ms = fixed_wall_ms };

struct fixture {
    int ends[2];
    struct kh_log_sink sink;
    struct kh_log_scope scope;
    struct kh_log log;
    char line[8192];
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_int_equal(pipe(fixture->ends), 0);
    fixture->sink = (struct kh_log_sink){
        .fd = fixture->ends[1], .level = KH_DEBUG, .service = "tiny", .clock = &fixed_clock
    };
    fixture->log = (struct kh_log){ .sink = &fixture->sink, .component = "test" };
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    close(fixture->ends[0]);
    close(fixture->ends[1]);
    free(fixture);
    return 0;
}

/* What one message wrote: exactly one line. */
static const char *read_line(struct fixture *fixture)
{
    ssize_t length = read(fixture->ends[0], fixture->line, sizeof fixture->line - 1);

    assert_true(length > 0);
    assert_true(length <= 4096);
    fixture->line[length] = '\0';
    assert_ptr_equal(strchr(fixture->line, '\n'), fixture->line + length - 1);
    fixture->line[length - 1] = '\0';
    return fixture->line;
}

static cJSON *read_json(struct fixture *fixture)
{
    const char *line = read_line(fixture);
    cJSON *json = cJSON_ParseWithOpts(line, NULL, 1);

    assert_true(kh_utf8_is_valid(kh_str_from(line)));
    assert_non_null(json);
    return json;
}

static void writes_members_in_order(void **state)
{
    struct fixture *fixture = *state;

    fixture->scope = (struct kh_log_scope){ .request_id = KH_STR("r"),
                                            .trace_id = KH_STR("t"),
                                            .event_id = KH_STR("e"),
                                            .event_type = KH_STR("T"),
                                            .sequence_number = KH_STR("1") };
    fixture->log.scope = &fixture->scope;
    KH_LOG(fixture->log, KH_WARN, "a message", KH_LOG_FIELD_INT("records", -3),
           KH_LOG_FIELD_BOOL("yes", true), KH_LOG_FIELD_STR("text", KH_STR("x")));
    assert_string_equal(read_line(fixture),
                        "{\"timestamp\":\"2023-11-14T22:13:20.123Z\",\"level\":\"WARN\","
                        "\"message\":\"a message\",\"service\":\"tiny\",\"component\":\"test\","
                        "\"requestId\":\"r\",\"traceId\":\"t\",\"eventId\":\"e\","
                        "\"eventType\":\"T\",\"sequenceNumber\":\"1\",\"records\":-3,"
                        "\"yes\":true,\"text\":\"x\"}");
}

static void leaves_out_what_is_not_bound(void **state)
{
    struct fixture *fixture = *state;

    KH_LOG(fixture->log, KH_INFO, "m");
    assert_string_equal(read_line(fixture),
                        "{\"timestamp\":\"2023-11-14T22:13:20.123Z\",\"level\":\"INFO\","
                        "\"message\":\"m\",\"service\":\"tiny\",\"component\":\"test\"}");
}

static void writes_nothing_below_its_level(void **state)
{
    struct fixture *fixture = *state;
    struct kh_log nowhere = { .component = "x" };

    KH_LOG(fixture->log, KH_TRACE, "not this");
    KH_LOG(nowhere, KH_FATAL, "nor this");
    kh_log_write(nowhere, KH_FATAL, "nor this", NULL, 0);
    KH_LOG(fixture->log, KH_DEBUG, "this");
    assert_non_null(strstr(read_line(fixture), "\"this\""));
}

static void escapes_what_could_break_a_line(void **state)
{
    struct fixture *fixture = *state;

    KH_LOG(fixture->log, KH_INFO, "m",
           KH_LOG_FIELD_STR(
               "x", KH_STR("\"\\\n\0\x7f\xE2\x80\xA8\xE2\x80\xA9\xC2\x9B\xC3\xA9\xFF\xE2\x82"
                           "\xF0\x9F\x98\x80\xED\xA0\x80")));
    assert_non_null(strstr(read_line(fixture),
                           "\"x\":\"\\\"\\\\\\u000a\\u0000\\u007f\\u2028\\u2029\\u009b"
                           "\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xF0\x9F\x98\x80"
                           "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"}"));
}

static void fields_cannot_pass_for_fixed_members(void **state)
{
    struct fixture *fixture = *state;
    cJSON *json;

    KH_LOG(fixture->log, KH_INFO, "m", KH_LOG_FIELD_STR("level", KH_STR("FATAL")),
           KH_LOG_FIELD_INT("_aws", 1), KH_LOG_FIELD_STR("a\"b", KH_STR("")));
    json = read_json(fixture);
    assert_string_equal(cJSON_GetObjectItem(json, "level")->valuestring, "INFO");
    assert_string_equal(cJSON_GetObjectItem(json, "field_level")->valuestring, "FATAL");
    assert_null(cJSON_GetObjectItem(json, "_aws"));
    assert_non_null(cJSON_GetObjectItem(json, "field__aws"));
    assert_non_null(cJSON_GetObjectItem(json, "a\"b"));
    cJSON_Delete(json);
}

/* Any number of fields of any length: the line stays whole, and says that it was cut. */
static void cuts_long_lines_to_valid_json(void **state)
{
    struct fixture *fixture = *state;
    char *text = malloc(6000);

    for (size_t kind = 0; kind < 3; kind++) {
        for (size_t i = 0; i < 6000; i++) {
            text[i] = kind == 0 ? 'x' : kind == 1 ? '\n' : "\xE2\x82\xAC"[i % 3];
        }
        for (size_t length = 0; length < 1200; length++) {
            struct kh_log_field fields[8];
            cJSON *json;

            for (size_t i = 0; i < 8; i++) {
                fields[i] = KH_LOG_FIELD_STR("name", ((struct kh_str){ text, length }));
            }
            fields[6] = KH_LOG_FIELD_INT("number", INT64_MIN);
            kh_log_write(fixture->log, KH_INFO, "m", fields, 8);
            json = read_json(fixture);
            if (length > 1024) {
                assert_true(cJSON_IsTrue(cJSON_GetObjectItem(json, "truncated")));
            }
            cJSON_Delete(json);
        }
    }
    free(text);
}

static void random_bytes_make_valid_lines(void **state)
{
    struct fixture *fixture = *state;
    uint64_t random = 1;

    for (size_t round = 0; round < 20000; round++) {
        char bytes[64];
        cJSON *json;

        for (size_t i = 0; i < sizeof bytes; i++) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            bytes[i] = (char)(random >> 56);
        }
        fixture->scope.event_id = (struct kh_str){ bytes, (size_t)(random >> 40) % 64 };
        fixture->log.scope = &fixture->scope;
        fixture->sink.format = round % 2 == 0 ? KH_LOG_JSON : KH_LOG_TEXT;
        KH_LOG(fixture->log, KH_INFO, "m", KH_LOG_FIELD_STR("x", ((struct kh_str){ bytes, 64 })));
        if (fixture->sink.format == KH_LOG_JSON) {
            json = read_json(fixture);
            cJSON_Delete(json);
        } else {
            const char *line = read_line(fixture);

            assert_true(kh_utf8_is_valid(kh_str_from(line)));
            for (const char *at = line; *at != '\0'; at++) {
                assert_true((unsigned char)*at >= 0x20 && *at != 0x7F);
            }
        }
    }
}

static void writes_text_for_people(void **state)
{
    struct fixture *fixture = *state;

    fixture->sink.format = KH_LOG_TEXT;
    fixture->scope.event_id = KH_STR("e 1");
    fixture->log.scope = &fixture->scope;
    KH_LOG(fixture->log, KH_WARN, "a message", KH_LOG_FIELD_INT("records", 3),
           KH_LOG_FIELD_STR("reason", KH_STR("a\nb")), KH_LOG_FIELD_STR("id", KH_STR("x-1")));
    assert_string_equal(read_line(fixture),
                        "2023-11-14T22:13:20.123Z WARN  test: a message records=3 "
                        "reason=\"a\\u000ab\" id=x-1 eventId=\"e 1\"");
    fixture->sink.colour = true;
    KH_LOG(fixture->log, KH_ERROR, "m");
    assert_string_equal(read_line(fixture),
                        "2023-11-14T22:13:20.123Z \x1b[31mERROR\x1b[0m test: m eventId=\"e 1\"");
}

static void long_text_lines_are_cut(void **state)
{
    struct fixture *fixture = *state;
    char text[1100];

    memset(text, 'x', sizeof text);
    fixture->sink.format = KH_LOG_TEXT;
    for (size_t length = 0; length < sizeof text; length++) {
        const struct kh_str value = { text, length };

        KH_LOG(fixture->log, KH_WARN, "m", KH_LOG_FIELD_STR("a", value),
               KH_LOG_FIELD_STR("b", value), KH_LOG_FIELD_STR("c", value),
               KH_LOG_FIELD_STR("d", value), KH_LOG_FIELD_STR("e", value));
        (void)read_line(fixture);
    }
}

static void a_lost_line_changes_nothing(void **state)
{
    struct fixture *fixture = *state;

    fixture->sink.fd = -1;
    errno = 7;
    KH_LOG(fixture->log, KH_ERROR, "m");
    assert_int_equal(errno, 7);
}

static void parses_levels(void **state)
{
    enum kh_level level;

    (void)state;
    assert_true(kh_level_parse(KH_STR("trace"), &level));
    assert_int_equal(level, KH_TRACE);
    assert_true(kh_level_parse(KH_STR("FaTaL"), &level));
    assert_int_equal(level, KH_FATAL);
    assert_false(kh_level_parse(KH_STR("warning"), &level));
    assert_false(kh_level_parse(KH_STR("war"), &level));
    assert_false(kh_level_parse(KH_STR(""), &level));
    assert_string_equal(kh_level_name(KH_INFO), "INFO");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(writes_members_in_order),
        TEST(leaves_out_what_is_not_bound),
        TEST(writes_nothing_below_its_level),
        TEST(escapes_what_could_break_a_line),
        TEST(fields_cannot_pass_for_fixed_members),
        TEST(cuts_long_lines_to_valid_json),
        TEST(random_bytes_make_valid_lines),
        TEST(writes_text_for_people),
        TEST(long_text_lines_are_cut),
        TEST(a_lost_line_changes_nothing),
        TEST(parses_levels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
