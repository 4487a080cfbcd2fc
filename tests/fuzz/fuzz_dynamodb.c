/*
 * Items and attributes as DynamoDB, or whoever writes there, might send them: what is read as a row can be written
 * again and is then read as the same row; nested values come back as they were.
 */
#include "entities/user_limit.h"
#include "fuzz_support.h"
#include "store/dynamodb_item.h"
#include "store/dynamodb_nested.h"
#include "store/dynamodb_number.h"

static enum kh_status read_item(struct kh_str text, struct kh_arena *arena,
                                struct kh__dynamodb_item *item)
{
    struct kh_error error;
    struct kh_json in;

    kh_error_clear(&error);
    kh_json_init(&in, text, arena, &error);
    return kh__dynamodb_read_item(&in, &user_limit_entity, false, item);
}

static void fuzz_item(struct kh_str text, struct kh_arena *arena)
{
    struct kh__dynamodb_attribute *attributes;
    struct kh__dynamodb_item item;
    struct kh_error error;
    size_t count;

    kh_error_clear(&error);
    if (read_item(text, arena, &item) != KH_OK || item.is_removed) {
        return;
    }
    FUZZ_CHECK(kh__dynamodb_attributes(&user_limit_entity, item.value, arena, &error, &attributes,
                                       &count) == KH_OK);
    for (size_t i = 0; i < count; i++) {
        FUZZ_CHECK(attributes[i].json.length == 0 || attributes[i].size > 0);
    }
}

/* A nested attribute as JSON, and that as an attribute, and again as JSON: the same. */
static void fuzz_nested(struct kh_str text, struct kh_arena *arena)
{
    struct kh_json_writer first;
    struct kh_json_writer attribute;
    struct kh_json_writer second;
    struct kh_error error;
    struct kh_json in;

    kh_error_clear(&error);
    kh_json_writer_init(&first);
    kh_json_writer_init(&attribute);
    kh_json_writer_init(&second);
    kh_json_init(&in, text, arena, &error);
    if (kh__dynamodb_read_nested(&in, &first) == KH_OK) {
        struct kh_str json = kh_json_writer_text(&first);
        struct kh_str padded = fuzz_text((const uint8_t *)json.data, json.length);

        if (kh__dynamodb_write_nested(padded, arena, &attribute) == KH_OK) {
            struct kh_str written = kh_json_writer_text(&attribute);
            struct kh_str again = fuzz_text((const uint8_t *)written.data, written.length);

            kh_json_init(&in, again, arena, &error);
            FUZZ_CHECK(kh__dynamodb_read_nested(&in, &second) == KH_OK);
            FUZZ_CHECK(kh_str_equal(kh_json_writer_text(&second), json));
            fuzz_text_free(again);
        }
        fuzz_text_free(padded);
    }
    kh_json_writer_clean_up(&first);
    kh_json_writer_clean_up(&attribute);
    kh_json_writer_clean_up(&second);
}

/* A number that is one keeps its value when it is read twice. */
static void fuzz_number(struct kh_str text, struct kh_arena *arena)
{
    struct kh_str once;
    struct kh_str twice;

    if (kh__dynamodb_number(text, arena, &once) == KH_OK) {
        FUZZ_CHECK(kh__dynamodb_number(once, arena, &twice) == KH_OK);
        FUZZ_CHECK(kh_str_equal(once, twice));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kh_str text = fuzz_text(data, size);
    struct kh_arena arena;

    kh_arena_init(&arena);
    fuzz_item(text, &arena);
    fuzz_nested(text, &arena);
    fuzz_number(text, &arena);
    kh_arena_clean_up(&arena);
    fuzz_text_free(text);
    return 0;
}
