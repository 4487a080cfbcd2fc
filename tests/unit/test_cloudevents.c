/* CloudEvents around an event: found, refused, or something else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "failing_heap.h"
#include "kh/alloc.h"
#include "kh/cloudevents.h"
#include "padded_text.h"

#define HEAD "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\""

struct opened {
    struct kh_arena arena;
    struct kh_error error;
    struct kh_cloud_event event;
    struct kh_str text;
    bool found;
    enum kh_status status;
};

static void open_text(struct opened *o, const char *text)
{
    kh_arena_init(&o->arena);
    kh_error_clear(&o->error);
    o->text = padded_text_new(kh_str_from(text));
    o->status = kh_cloud_event_open(o->text, &o->arena, &o->error, &o->event, &o->found);
}

static void close_text(struct opened *o)
{
    padded_text_free(o->text);
    kh_arena_clean_up(&o->arena);
}

static void event_is_found_where_it_is(void **state)
{
    static const struct {
        const char *text;
        const char *data;
        const char *pointer;
    } cases[] = {
        { HEAD ",\"data\":{\"a\":[1]}}", "{\"a\":[1]}", "/data" },
        { HEAD ",\"data\" : \"text\" }", "\"text\"", "/data" },
        { HEAD ",\"data\":1,\"data_base64\":null}", "1", "/data" },
        { HEAD ",\"data_base64\":\"eyJhIjoxfQ==\"}", "{\"a\":1}", "/data_base64" },
        { HEAD ",\"data\":null,\"data_base64\":\"AP8=\"}", "\0\xFF", "/data_base64" },
        { HEAD ",\"data_base64\":\"\"}", "", "/data_base64" },
        { HEAD ",\"time\":1,\"ext\":{},\"data\":{}}", "{}", "/data" },
        { " {\"data\":{},\"type\":\"t\",\"source\":\"s\",\"id\":\"\\u0031\",\"spec\\u0076ersion\":\"1.0\"} ",
          "{}", "/data" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length = i == 4 ? 2 : strlen(cases[i].data);
        struct opened o;

        open_text(&o, cases[i].text);
        assert_int_equal(o.status, KH_OK);
        assert_true(o.found);
        assert_int_equal(o.event.data.length, length);
        assert_memory_equal(o.event.data.data, cases[i].data, length);
        assert_string_equal(o.event.pointer, cases[i].pointer);
        assert_int_equal(o.event.is_binary, strcmp(cases[i].pointer, "/data_base64") == 0);
        close_text(&o);
    }
}

static void damaged_documents_are_refused_with_their_place(void **state)
{
    static const struct {
        const char *text;
        const char *reason;
        const char *place;
    } cases[] = {
        { "{\"specversion\":\"0.3\",\"id\":\"1\",\"data\":{}}", "another version", "\"0.3\"" },
        { "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"data\":{}}",
          "no id, source or type", "{\"spec" },
        { "{\"specversion\":\"1.0\",\"id\":7,\"source\":\"s\",\"type\":\"t\",\"data\":{}}",
          "no id, source or type", "7,\"source" },
        { "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"\",\"type\":\"t\",\"data\":{}}",
          "no id, source or type", "\"\",\"type" },
        { HEAD "}", "neither data nor data_base64", "{\"spec" },
        { HEAD ",\"data\":null}", "neither data nor data_base64", "{\"spec" },
        { HEAD ",\"data\":1,\"data_base64\":\"\"}", "both data and data_base64", "\"\"}" },
        { HEAD ",\"data_base64\":\"!\"}", "not base64", "\"!\"" },
        { HEAD ",\"data_base64\":17}", "not base64", "17}" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct opened o;

        open_text(&o, cases[i].text);
        assert_int_equal(o.status, KH_BAD_FRAME);
        assert_true(o.found);
        assert_non_null(strstr(o.error.reason, cases[i].reason));
        assert_memory_equal(o.text.data + o.error.offset, cases[i].place, strlen(cases[i].place));
        close_text(&o);
    }
}

static void everything_else_is_not_found_and_no_error(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"specversion\":1.0,\"data\":{}}",
        "{\"specversion\":\"\",\"data\":{}}",
        "{\"data\":{\"specversion\":\"1.0\"}}",
        "{\"specversion\":\"1.0\",\"specversion\":\"1.0\"}",
        HEAD ",\"data\":{}",
        HEAD ",\"data\":{}} x",
        HEAD ",\"data\":\"\xFF\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct opened o;

        open_text(&o, texts[i]);
        assert_int_equal(o.status, KH_OK);
        assert_false(o.found);
        assert_int_equal(o.error.status, KH_OK);
        close_text(&o);
    }
}

static void memory_that_is_short_is_told(void **state)
{
    struct opened o;

    (void)state;
    failing_heap = (struct failing_heap){ .fail_at = 1, .persistent = true };
    failing_heap_use();
    open_text(&o, HEAD ",\"data_base64\":\"eyJhIjoxfQ==\"}");
    kh_allocator_set(NULL);
    assert_int_equal(o.status, KH_NO_MEMORY);
    assert_int_equal(o.error.status, KH_NO_MEMORY);
    close_text(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event_is_found_where_it_is),
        cmocka_unit_test(damaged_documents_are_refused_with_their_place),
        cmocka_unit_test(everything_else_is_not_found_and_no_error),
        cmocka_unit_test(memory_that_is_short_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
