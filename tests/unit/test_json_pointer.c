/* From an offset to the JSON pointer of the value there. */
#include "json_text.h"

static void assert_pointer(struct kh_str text, size_t offset, const char *expected)
{
    struct json_text t;
    struct kh_str pointer;

    json_text_open(&t, text);
    assert_int_equal(kh_json_pointer_at(t.text, offset, &t.arena, &pointer), KH_OK);
    if (!kh_str_equal(pointer, kh_str_from(expected))) {
        fail_msg("%.*s at %zu: %.*s instead of %s", KH_STR_ARG(text), offset, KH_STR_ARG(pointer),
                 expected);
    }
    json_text_close(&t);
}

/* The pointer of the value that begins at `marker` in the text. */
static void assert_pointer_of(const char *text, const char *marker, const char *expected)
{
    const char *at = strstr(text, marker);

    assert_non_null(at);
    assert_pointer(kh_str_from(text), (size_t)(at - text), expected);
}

static void every_value_of_a_document_has_its_pointer(void **state)
{
    static const char text[] =
        " { \"a\" : 1.5 , \"b\" : [ true , [ ] , { \"c\" : \"x\\\"]}\" } , 77 ] ,\r\n"
        " \"\" : false , \"s/l~a\" : { \"\\u0041\\/\" : null , \"e\" : { } } , \"z\" : \"end\" } ";

    (void)state;
    assert_pointer(kh_str_from(text), 1, "");
    assert_pointer_of(text, "1.5", "/a");
    assert_pointer_of(text, "[ true", "/b");
    assert_pointer_of(text, "true", "/b/0");
    assert_pointer_of(text, "[ ]", "/b/1");
    assert_pointer_of(text, "{ \"c\"", "/b/2");
    assert_pointer_of(text, "\"x", "/b/2/c");
    assert_pointer_of(text, "77", "/b/3");
    assert_pointer_of(text, "false", "/");
    assert_pointer_of(text, "{ \"\\u0041", "/s~1l~0a");
    assert_pointer_of(text, "null", "/s~1l~0a/A~1");
    assert_pointer_of(text, "{ }", "/s~1l~0a/e");
    assert_pointer_of(text, "\"end\"", "/z");
}

static void an_offset_inside_a_scalar_is_that_scalar(void **state)
{
    (void)state;
    assert_pointer(KH_STR("{\"a\":[12345,\"text\"]}"), 8, "/a/0");
    assert_pointer(KH_STR("{\"a\":[12345,\"text\"]}"), 14, "/a/1");
    assert_pointer(KH_STR("\"text\""), 3, "");
}

static void an_offset_between_values_is_what_is_around_them(void **state)
{
    static const struct kh_str text = KH_STR_INIT("{\"a\":[1 , 2] ,\"b\":[ ],\"c\":3}");

    (void)state;
    assert_pointer(text, 1, "");    /* a name */
    assert_pointer(text, 4, "");    /* a colon */
    assert_pointer(text, 7, "/a");  /* a blank */
    assert_pointer(text, 8, "/a");  /* a comma */
    assert_pointer(text, 11, "/a"); /* a closing bracket */
    assert_pointer(text, 12, "");   /* behind it */
    assert_pointer(text, 14, "");   /* a later name */
    assert_pointer(text, 19, "/b"); /* inside an empty array */
    assert_pointer(text, 20, "/b");
    assert_pointer(text, text.length - 1, "");
    assert_pointer(text, text.length, "");
    assert_pointer(text, text.length + 100, "");
}

/* Errors are looked up in texts that are broken where the error is. */
static void text_needs_to_be_valid_up_to_the_offset_only(void **state)
{
    (void)state;
    assert_pointer(KH_STR("{\"a\":[1,tru"), 8, "/a/1");
    assert_pointer(KH_STR("{\"a\":[1,"), 8, "/a/1");
    assert_pointer(KH_STR("{\"a\":"), 5, "/a");
    assert_pointer(KH_STR("{\"a\":[1,2"), 9, "/a");
    assert_pointer(KH_STR("{\"a\":{\"b\":1,\"b\":2}}"), 12, "/a");
    assert_pointer(KH_STR("{\"a\":{\"b\":\"x\xFF\"}}"), 12, "/a/b");
    assert_pointer(KH_STR("{\"a\":{\"b"), 8, "/a");
    assert_pointer(KH_STR("{\"a\":}"), 5, "/a");
    assert_pointer(KH_STR(""), 0, "");
    assert_pointer(KH_STR("[}"), 1, "/0");
}

static void a_walk_deeper_than_allowed_stops(void **state)
{
    char text[1000];
    struct json_text t;
    struct kh_str pointer;

    (void)state;
    memset(text, '[', sizeof text);
    json_text_open(&t, (struct kh_str){ text, sizeof text });
    assert_int_equal(kh_json_pointer_at(t.text, 999, &t.arena, &pointer), KH_OK);
    assert_int_equal(pointer.length, 2 * KH_JSON_MAX_DEPTH);
    json_text_close(&t);
}

static void what_the_reader_fails_at_has_a_pointer(void **state)
{
    static const struct {
        const char *text;
        const char *pointer;
    } rows[] = {
        { "{\"a\":[1,{\"b\":tru}]}", "/a/1/b" },
        { "{\"a\":[1,{\"b\":01}]}", "/a/1/b" },
        { "{\"a\":[1,{\"b\":1,\"b\":1}]}", "/a/1" },
        { "{\"a\":[1,{\"b\":\"\\uD800\"}]}", "/a/1/b" },
        { "{\"a\":[1 2]}", "/a" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json_text t;
        size_t offset;

        json_text_open(&t, kh_str_from(rows[i].text));
        assert_int_equal(kh_json_skip(&t.in), KH_NOT_JSON);
        offset = t.error.offset;
        json_text_close(&t);
        assert_pointer(kh_str_from(rows[i].text), offset, rows[i].pointer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_of_a_document_has_its_pointer),
        cmocka_unit_test(an_offset_inside_a_scalar_is_that_scalar),
        cmocka_unit_test(an_offset_between_values_is_what_is_around_them),
        cmocka_unit_test(text_needs_to_be_valid_up_to_the_offset_only),
        cmocka_unit_test(a_walk_deeper_than_allowed_stops),
        cmocka_unit_test(what_the_reader_fails_at_has_a_pointer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
