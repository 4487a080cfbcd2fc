/* What the DynamoDB store is made of, as far as it can be shown without DynamoDB. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "entities/thing.h"
#include "padded_text.h"
#include "store/dynamodb_key.h"
#include "store/dynamodb_nested.h"
#include "store/dynamodb_number.h"
#include "store/dynamodb_ring.h"

static struct kh_arena arena;

static int set_up(void **state)
{
    (void)state;
    kh_arena_init(&arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kh_arena_clean_up(&arena);
    return 0;
}

/* ---- Numbers ------------------------------------------------------------------------------- */

static const char *number(const char *text)
{
    struct kh_str out;
    enum kh_status status = kh__dynamodb_number(kh_str_from(text), &arena, &out);

    return status == KH_OK ? kh_arena_copy(&arena, out).data : kh_status_name(status);
}

static void numbers_lose_their_exponents_and_needless_zeros(void **state)
{
    (void)state;
    assert_string_equal(number("0"), "0");
    assert_string_equal(number("-0"), "0");
    assert_string_equal(number("0.000"), "0");
    assert_string_equal(number("0e99999999999"), "0");
    assert_string_equal(number("1"), "1");
    assert_string_equal(number("-1.50"), "-1.5");
    assert_string_equal(number("100"), "100");
    assert_string_equal(number("1E+2"), "100");
    assert_string_equal(number("1.5e3"), "1500");
    assert_string_equal(number("12.34e1"), "123.4");
    assert_string_equal(number("12.34e-1"), "1.234");
    assert_string_equal(number("1e-3"), "0.001");
    assert_string_equal(number("0.00123"), "0.00123");
    assert_string_equal(number("1200e-2"), "12");
    assert_string_equal(number("12345678901234567890123456789012345678"),
                        "12345678901234567890123456789012345678");
    assert_string_equal(number("0.12345678901234567890123456789012345678"),
                        "0.12345678901234567890123456789012345678");
    assert_int_equal(strlen(number("1e125")), 126);
    assert_int_equal(strlen(number("1e-130")), 132);
}

static void numbers_that_dynamodb_has_not_are_refused(void **state)
{
    (void)state;
    assert_string_equal(number("123456789012345678901234567890123456789"), "OUT_OF_RANGE");
    assert_string_equal(number("1e126"), "OUT_OF_RANGE");
    assert_string_equal(number("-1e-131"), "OUT_OF_RANGE");
    assert_string_equal(number("1e999999999999999999999"), "OUT_OF_RANGE");
    assert_string_equal(number(""), "INVALID");
    assert_string_equal(number("-"), "INVALID");
    assert_string_equal(number("1."), "INVALID");
    assert_string_equal(number(".5"), "INVALID");
    assert_string_equal(number("1e"), "INVALID");
    assert_string_equal(number("1e+"), "INVALID");
    assert_string_equal(number("1x"), "INVALID");
    assert_string_equal(number("NaN"), "INVALID");
}

static void a_number_of_38_digits_stands_at_any_place(void **state)
{
    char text[64];

    (void)state;
    for (int exponent = -130; exponent <= 88; exponent++) {
        struct kh_str out;

        (void)snprintf(text, sizeof text, "98765432109876543210987654321098765432e%d",
                       exponent < -92 ? -92 : exponent);
        assert_int_equal(kh__dynamodb_number(kh_str_from(text), &arena, &out), KH_OK);
    }
}

/* ---- Nested values ------------------------------------------------------------------------- */

static enum kh_status to_attribute(const char *json, struct kh_json_writer *out)
{
    struct kh_str padded = padded_text_new(kh_str_from(json));
    enum kh_status status;

    kh_json_writer_reset(out);
    status = kh__dynamodb_write_nested(padded, &arena, out);
    padded_text_free(padded);
    return status;
}

static enum kh_status to_json(struct kh_str attribute, struct kh_json_writer *out)
{
    struct kh_str padded = padded_text_new(attribute);
    struct kh_error error;
    struct kh_json in;
    enum kh_status status;

    kh_error_clear(&error);
    kh_json_writer_reset(out);
    kh_json_init(&in, padded, &arena, &error);
    status = kh__dynamodb_read_nested(&in, out);
    if (status == KH_OK) {
        status = kh_json_end(&in);
    }
    padded_text_free(padded);
    return status;
}

static void assert_text(const struct kh_json_writer *out, const char *expected)
{
    struct kh_str text = kh_json_writer_text(out);

    assert_int_equal(text.length, strlen(expected));
    assert_memory_equal(text.data, expected, text.length);
}

static void nested_values_go_to_attributes_and_back(void **state)
{
    static const struct {
        const char *json;
        const char *attribute;
    } cases[] = {
        { "{}", "{\"M\":{}}" },
        { "[]", "{\"L\":[]}" },
        { "null", "{\"NULL\":true}" },
        { "true", "{\"BOOL\":true}" },
        { "\"a\\u0000b\"", "{\"S\":\"a\\u0000b\"}" },
        { "-12.5", "{\"N\":\"-12.5\"}" },
        { "{\"a\":[1,{\"b\":null}],\"c\":{\"d\":\"\"}}",
          "{\"M\":{\"a\":{\"L\":[{\"N\":\"1\"},{\"M\":{\"b\":{\"NULL\":true}}}]},"
          "\"c\":{\"M\":{\"d\":{\"S\":\"\"}}}}}" },
        { "[[],[[]],{}]", "{\"L\":[{\"L\":[]},{\"L\":[{\"L\":[]}]},{\"M\":{}}]}" },
    };
    struct kh_json_writer attribute;
    struct kh_json_writer json;

    (void)state;
    kh_json_writer_init(&attribute);
    kh_json_writer_init(&json);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(to_attribute(cases[i].json, &attribute), KH_OK);
        assert_text(&attribute, cases[i].attribute);
        assert_int_equal(to_json(kh_json_writer_text(&attribute), &json), KH_OK);
        assert_text(&json, cases[i].json);
    }
    kh_json_writer_clean_up(&attribute);
    kh_json_writer_clean_up(&json);
}

static void sets_and_bytes_of_others_are_arrays_and_strings(void **state)
{
    struct kh_json_writer json;

    (void)state;
    kh_json_writer_init(&json);
    assert_int_equal(
        to_json(KH_STR("{\"M\":{\"s\":{\"SS\":[\"a\",\"b\"]},\"n\":{\"NS\":[\"1\",\"2E1\"]},"
                       "\"b\":{\"B\":\"aGk=\"},\"t\":{\"BS\":[\"aGk=\"]}}}"),
                &json),
        KH_OK);
    assert_text(&json, "{\"s\":[\"a\",\"b\"],\"n\":[1,20],\"b\":\"aGk=\",\"t\":[\"aGk=\"]}");
    kh_json_writer_clean_up(&json);
}

static void attributes_of_no_type_are_refused(void **state)
{
    static const char *const bad[] = {
        "{}",
        "{\"X\":1}",
        "{\"S\":1}",
        "{\"N\":1}",
        "{\"N\":\"x\"}",
        "{\"S\":\"a\",\"N\":\"1\"}",
        "{\"L\":{}}",
        "{\"M\":[]}",
        "{\"M\":{\"a\":1}}",
        "{\"L\":[1]}",
        "{\"M\":{\"a\":{\"S\":\"\"}",
        "1",
        "",
        "{\"M\":{\"a\":{\"S\":\"x\"},\"a\":{\"S\":\"y\"}}}",
    };
    struct kh_json_writer json;

    (void)state;
    kh_json_writer_init(&json);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_not_equal(to_json(kh_str_from(bad[i]), &json), KH_OK);
    }
    kh_json_writer_clean_up(&json);
}

static void values_nested_too_deeply_are_refused_both_ways(void **state)
{
    char text[4096];
    struct kh_json_writer out;

    (void)state;
    kh_json_writer_init(&out);
    for (size_t depth = 1; depth < 60; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        text[2 * depth] = '\0';
        assert_int_equal(to_attribute(text, &out),
                         depth <= KH__DYNAMODB_MAX_DEPTH ? KH_OK : KH_TOO_DEEP);
    }
    for (size_t depth = 1; depth < 200; depth++) {
        char attribute[4096];
        size_t length = 0;

        for (size_t i = 0; i < depth; i++) {
            length += (size_t)snprintf(attribute + length, sizeof attribute - length, "{\"L\":[");
        }
        for (size_t i = 0; i < depth; i++) {
            length += (size_t)snprintf(attribute + length, sizeof attribute - length, "]}");
        }
        if (depth <= KH__DYNAMODB_MAX_DEPTH) {
            assert_int_equal(to_json((struct kh_str){ attribute, length }, &out), KH_OK);
        } else if (depth > KH_JSON_MAX_DEPTH / 2) {
            assert_int_not_equal(to_json((struct kh_str){ attribute, length }, &out), KH_OK);
        }
    }
    kh_json_writer_clean_up(&out);
}

static void numbers_inside_that_dynamodb_has_not_are_refused(void **state)
{
    struct kh_json_writer out;

    (void)state;
    kh_json_writer_init(&out);
    assert_int_equal(to_attribute("{\"a\":1e400}", &out), KH_OUT_OF_RANGE);
    kh_json_writer_clean_up(&out);
}

/* ---- Marks in a row ------------------------------------------------------------------------ */

static struct kh__ring_id id_of(size_t number)
{
    struct kh__ring_id id;
    char text[24];

    (void)snprintf(text, sizeof text, "event-%zu", number);
    assert_int_equal(kh__ring_id_of(kh_str_from(text), &id), KH_OK);
    return id;
}

static void a_ring_keeps_the_newest_and_hands_out_the_oldest(void **state)
{
    struct kh__ring_change change = { .ring = KH_STR_INIT("") };

    (void)state;
    for (size_t i = 0; i < 10; i++) {
        struct kh__ring_id id = id_of(i);

        assert_int_equal(
            kh__ring_add(change.ring, &id, 1, 100, 1000 + (int64_t)i, 4, &arena, &change), KH_OK);
        assert_int_equal(change.spilled_count, i < 4 ? 0 : 1);
        if (i >= 4) {
            struct kh__ring_id oldest = id_of(i - 4);

            assert_memory_equal(change.spilled, &oldest, sizeof oldest);
        }
    }
    assert_int_equal(change.ring.length, 4 * KH__RING_ENTRY_SIZE);
    for (size_t i = 0; i < 10; i++) {
        struct kh__ring_id id = id_of(i);

        assert_int_equal(kh__ring_has(change.ring, &id, 100), i >= 6);
    }
}

static void marks_that_are_too_old_are_left_out_and_not_handed_out(void **state)
{
    struct kh__ring_id ids[4] = { id_of(1), id_of(2), id_of(3), id_of(4) };
    struct kh__ring_change change;

    (void)state;
    assert_int_equal(kh__ring_add(KH_STR(""), ids, 2, 0, 1000, 4, &arena, &change), KH_OK);
    assert_true(kh__ring_has(change.ring, &ids[0], 1000));
    assert_false(kh__ring_has(change.ring, &ids[0], 1001));
    assert_int_equal(kh__ring_add(change.ring, &ids[2], 2, 1001, 2000, 2, &arena, &change), KH_OK);
    assert_int_equal(change.spilled_count, 0);
    assert_int_equal(change.ring.length, 2 * KH__RING_ENTRY_SIZE);
    assert_false(kh__ring_has(change.ring, &ids[0], 0));
    assert_true(kh__ring_has(change.ring, &ids[3], 2000));
}

static void more_marks_than_there_is_room_for_at_once(void **state)
{
    struct kh__ring_id ids[10];
    struct kh__ring_change change;

    (void)state;
    for (size_t i = 0; i < 10; i++) {
        ids[i] = id_of(i);
    }
    assert_int_equal(kh__ring_add(KH_STR(""), ids, 10, 0, 1000, 3, &arena, &change), KH_OK);
    assert_int_equal(change.spilled_count, 7);
    assert_true(kh__ring_has(change.ring, &ids[9], 0));
    assert_false(kh__ring_has(change.ring, &ids[6], 0));
}

static void a_ring_that_is_none_has_nothing(void **state)
{
    struct kh__ring_id id = id_of(1);
    struct kh__ring_change change;

    (void)state;
    assert_false(kh__ring_has(KH_STR("abc"), &id, 0));
    assert_int_equal(kh__ring_add(KH_STR("abc"), &id, 1, 0, 1, 8, &arena, &change), KH_OK);
    assert_int_equal(change.ring.length, KH__RING_ENTRY_SIZE);
}

static void names_of_marks_are_half_a_sha_256(void **state)
{
    char buffer[KH__RING_NAME_SIZE];
    struct kh__ring_id id;

    (void)state;
    assert_int_equal(kh__ring_id_of(KH_STR("abc"), &id), KH_OK);
    assert_memory_equal(kh__ring_name_of(&id, buffer).data, "ba7816bf8f01cfea414140de5dae2223",
                        KH__RING_NAME_SIZE);
}

/* ---- Keys ---------------------------------------------------------------------------------- */

/* The order of made keys is that of their members, whatever bytes the strings have. */
static void made_keys_stand_in_the_order_of_their_members(void **state)
{
    static const struct kh_str texts[] = {
        KH_STR_INIT(""),
        KH_STR_INIT("\0"),
        KH_STR_INIT("\0\0"),
        KH_STR_INIT("\0\1"),
        KH_STR_INIT("\1"),
        KH_STR_INIT("\1\1"),
        KH_STR_INIT("\2"),
        KH_STR_INIT("\3"),
        KH_STR_INIT("a"),
        KH_STR_INIT("a\0"),
        KH_STR_INIT("a\0b"),
        KH_STR_INIT("a\1"),
        KH_STR_INIT("a\1\1"),
        KH_STR_INIT("a\2"),
        KH_STR_INIT("ab"),
        KH_STR_INIT("b"),
        KH_STR_INIT("\x7f"),
        KH_STR_INIT("\xc3\xa4"),
        KH_STR_INIT("\xf0\x9f\x98\x80"),
    };
    const size_t fields[] = { thing_entity.key[0], thing_entity.key[1], thing_entity.key[0] };
    const struct kh_dynamodb_key key = {
        .name = KH_STR_INIT("x"), .type = KH_STR_INIT("S"), .fields = fields, .field_count = 3
    };
    size_t count = sizeof texts / sizeof texts[0];

    (void)state;
    for (size_t i = 0; i < count * 2; i++) {
        for (size_t k = 0; k < count * 2; k++) {
            struct thing a = { .id = texts[i / 2], .part = i % 2 == 0 ? -1 : 1 };
            struct thing b = { .id = texts[k / 2], .part = k % 2 == 0 ? -1 : 1 };
            struct kh_str left;
            struct kh_str right;
            int made;

            assert_int_equal(kh__dynamodb_key_text(&thing_entity, &key, &a, 1000, &arena, &left),
                             KH_OK);
            assert_int_equal(kh__dynamodb_key_text(&thing_entity, &key, &b, 1000, &arena, &right),
                             KH_OK);
            made = kh_str_compare(left, right);
            assert_int_equal(made < 0 ? -1 : made > 0, i < k ? -1 : i > k);
        }
    }
}

static void keys_that_are_empty_or_too_long_are_refused(void **state)
{
    const struct kh_dynamodb_key *hash = &thing_entity.dynamodb->hash;
    struct thing thing = { .id = KH_STR_INIT("") };
    struct kh_str out;

    (void)state;
    assert_int_equal(kh__dynamodb_key_text(&thing_entity, hash, &thing, 3, &arena, &out),
                     KH_INVALID);
    thing.id = KH_STR("abc");
    assert_int_equal(kh__dynamodb_key_text(&thing_entity, hash, &thing, 3, &arena, &out), KH_OK);
    thing.id = KH_STR("abcd");
    assert_int_equal(kh__dynamodb_key_text(&thing_entity, hash, &thing, 3, &arena, &out),
                     KH_TOO_LARGE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_lose_their_exponents_and_needless_zeros),
        TEST(numbers_that_dynamodb_has_not_are_refused),
        TEST(a_number_of_38_digits_stands_at_any_place),
        TEST(nested_values_go_to_attributes_and_back),
        TEST(sets_and_bytes_of_others_are_arrays_and_strings),
        TEST(attributes_of_no_type_are_refused),
        TEST(values_nested_too_deeply_are_refused_both_ways),
        TEST(numbers_inside_that_dynamodb_has_not_are_refused),
        TEST(a_ring_keeps_the_newest_and_hands_out_the_oldest),
        TEST(marks_that_are_too_old_are_left_out_and_not_handed_out),
        TEST(more_marks_than_there_is_room_for_at_once),
        TEST(a_ring_that_is_none_has_nothing),
        TEST(names_of_marks_are_half_a_sha_256),
        TEST(made_keys_stand_in_the_order_of_their_members),
        TEST(keys_that_are_empty_or_too_long_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
