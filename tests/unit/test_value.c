/* Free-form values as cJSON trees. */
#include "json_text.h"

#include <stdio.h>

#include "kh/value.h"

static struct kh_raw raw(const char *text)
{
    return (struct kh_raw){ kh_str_from(text) };
}

static void a_value_becomes_a_tree(void **state)
{
    cJSON *tree;

    (void)state;
    assert_int_equal(kh_raw_parse(raw("{\"a\":[1,true,null,\"x\\u00e9\"],\"b\":{}}"), &tree),
                     KH_OK);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(tree, "a")), 4);
    assert_string_equal(cJSON_GetArrayItem(cJSON_GetObjectItem(tree, "a"), 3)->valuestring,
                        "x\xC3\xA9");
    assert_true(cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(tree, "b")));
    cJSON_Delete(tree);
}

/* The text of a value is a slice of a document that goes on behind it. */
static void a_value_ends_where_its_text_ends(void **state)
{
    struct json_text t;
    cJSON *tree;

    (void)state;
    json_text_open_padded(&t, KH_STR("12"), '3');
    assert_int_equal(kh_raw_parse((struct kh_raw){ t.text }, &tree), KH_OK);
    assert_int_equal(tree->valueint, 12);
    cJSON_Delete(tree);
    json_text_close(&t);
}

static void an_absent_value_is_null(void **state)
{
    cJSON *tree;

    (void)state;
    assert_int_equal(kh_raw_parse(raw(""), &tree), KH_OK);
    assert_true(cJSON_IsNull(tree));
    cJSON_Delete(tree);
    assert_int_equal(kh_raw_parse((struct kh_raw){ { NULL, 0 } }, &tree), KH_OK);
    assert_true(cJSON_IsNull(tree));
    cJSON_Delete(tree);
}

/* cJSON would read a part of it, or say no more than that it failed. */
static void a_number_too_long_for_cjson_is_out_of_range(void **state)
{
    static const char digits[] = "1234567890123456789012345678901234567890123456789012345678901234";
    char text[200];
    cJSON *tree;

    (void)state;
    assert_int_equal(sizeof digits - 1, 64);
    assert_int_equal(kh_raw_parse(raw(digits), &tree), KH_OUT_OF_RANGE);
    assert_null(tree);
    assert_int_equal(kh_raw_parse((struct kh_raw){ { digits, 63 } }, &tree), KH_OK);
    cJSON_Delete(tree);
    (void)snprintf(text, sizeof text, "{\"a\":[1,%s]}", digits);
    assert_int_equal(kh_raw_parse(raw(text), &tree), KH_OUT_OF_RANGE);
    (void)snprintf(text, sizeof text, "{\"%s\":\"\\\"%s\\\\\",\"b\":\"\\\\\"}", digits, digits);
    assert_int_equal(kh_raw_parse(raw(text), &tree), KH_OK);
    cJSON_Delete(tree);
}

static int allocations_left;

static void *limited_malloc(size_t size)
{
    return allocations_left-- > 0 ? malloc(size) : NULL;
}

static void short_memory_is_told(void **state)
{
    cJSON_Hooks hooks = { limited_malloc, free };
    enum kh_status status = KH_NO_MEMORY;
    cJSON *tree;

    (void)state;
    cJSON_InitHooks(&hooks);
    for (int limit = 0; status != KH_OK; limit++) {
        allocations_left = limit;
        status = kh_raw_parse(raw("{\"a\":[1,\"text\"]}"), &tree);
        assert_true(limit < 20);
        assert_true(status == KH_OK || (status == KH_NO_MEMORY && tree == NULL));
    }
    cJSON_Delete(tree);
    cJSON_InitHooks(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_becomes_a_tree),
        cmocka_unit_test(a_value_ends_where_its_text_ends),
        cmocka_unit_test(an_absent_value_is_null),
        cmocka_unit_test(a_number_too_long_for_cjson_is_out_of_range),
        cmocka_unit_test(short_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
