/* Entities' values by their tables: copies, order, keys as text, cursors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "kh/entity.h"
#include "model/field.h"
#include "model/position.h"

struct value {
    struct kh_str text;
    bool flag;
    int32_t small;
    int64_t big;
    uint64_t huge;
    double ratio;
    struct kh_decimal price;
    struct kh_instant at;
    int colour;
    bool has_note;
    struct kh_str note;
    enum kh_presence raw_presence;
    struct kh_raw raw;
};

static enum kh_status raw_read(struct kh_json *in, void *out)
{
    return kh_json_read_raw(in, out);
}

static enum kh_status raw_write(struct kh_json_writer *out, const void *value)
{
    return kh_json_write_raw(out, *(const struct kh_raw *)value);
}

static const struct kh_codec raw_codec = { raw_read, raw_write, sizeof(struct kh_raw) };
static const struct kh_str colour_names[] = { KH_STR_INIT("RED"), KH_STR_INIT("GREEN") };
static const struct kh_enum colours = { colour_names, 2 };

#define FIELD(member, field_kind)                                                                  \
    .name = KH_STR_INIT(#member), .kind = (field_kind), .offset = offsetof(struct value, member)

enum { TEXT, FLAG, SMALL, BIG, HUGE, RATIO, PRICE, AT, COLOUR, NOTE, RAW, FIELD_COUNT };

static const struct kh_field fields[FIELD_COUNT] = {
    { FIELD(text, KH_FIELD_STR) },
    { FIELD(flag, KH_FIELD_BOOL) },
    { FIELD(small, KH_FIELD_INT32) },
    { FIELD(big, KH_FIELD_INT64) },
    { FIELD(huge, KH_FIELD_UINT64) },
    { FIELD(ratio, KH_FIELD_DOUBLE) },
    { FIELD(price, KH_FIELD_DECIMAL) },
    { FIELD(at, KH_FIELD_INSTANT) },
    { FIELD(colour, KH_FIELD_ENUM), .names = &colours },
    { FIELD(note, KH_FIELD_STR), .presence = KH_FIELD_OPTIONAL,
      .presence_offset = offsetof(struct value, has_note) },
    { FIELD(raw, KH_FIELD_JSON), .presence = KH_FIELD_NULLABLE,
      .presence_offset = offsetof(struct value, raw_presence), .codec = &raw_codec },
};

static const size_t all_scalars[] = { TEXT, FLAG, SMALL, BIG, HUGE, RATIO, PRICE, AT, COLOUR };
static const size_t text_only[] = { TEXT };
static const size_t strings[] = { TEXT, NOTE };
static const size_t nested[] = { RAW };
static const size_t by_note[] = { TEXT, NOTE };
static const struct kh_index note_index = { KH_STR_INIT("note"), by_note, 2, 1 };
static const struct kh_codec codec = { .size = sizeof(struct value) };

/* The key is every scalar, so that every kind of member is in a key. */
static const struct kh_entity wide = {
    .name = KH_STR_INIT("wide"),
    .fields = fields,
    .field_count = FIELD_COUNT,
    .key = all_scalars,
    .key_count = sizeof all_scalars / sizeof all_scalars[0],
    .strings = strings,
    .string_count = 2,
    .nested = nested,
    .nested_count = 1,
    .indexes = &note_index,
    .index_count = 1,
    .codec = &codec,
};

static const struct kh_entity narrow = {
    .name = KH_STR_INIT("narrow"),
    .fields = fields,
    .field_count = FIELD_COUNT,
    .key = text_only,
    .key_count = 1,
    .strings = strings,
    .string_count = 2,
    .nested = nested,
    .nested_count = 1,
    .indexes = &note_index,
    .index_count = 1,
    .codec = &codec,
};

static int set_up(void **state)
{
    struct kh_arena *arena = malloc(sizeof *arena);

    kh_arena_init(arena);
    *state = arena;
    return 0;
}

static int tear_down(void **state)
{
    kh_arena_clean_up(*state);
    free(*state);
    return 0;
}

static struct value make_value(void)
{
    struct value value = { .text = KH_STR("t"), .colour = 1 };

    value.price = kh_decimal_from_int64(1);
    return value;
}

static struct kh_decimal decimal(const char *text)
{
    struct kh_decimal out;

    assert_int_equal(kh_decimal_parse(kh_str_from(text), &out), KH_OK);
    return out;
}

static void copies_deeply(void **state)
{
    struct kh_arena *arena = *state;
    char *text = malloc(16);
    struct value value = make_value();
    struct value out;

    memcpy(text, "[\"abc\", 1.50]\0ab", 16);
    value.text = (struct kh_str){ text, 16 };
    value.has_note = true;
    value.note = (struct kh_str){ text + 14, 2 };
    value.raw_presence = KH_PRESENT;
    value.raw.text = (struct kh_str){ text, 13 };
    assert_int_equal(kh_entity_copy(&wide, &value, NULL, arena, &out), KH_OK);
    memset(text, 'x', 16);
    free(text);
    assert_int_equal(out.text.length, 16);
    assert_memory_equal(out.text.data, "[\"abc\", 1.50]\0ab", 16);
    assert_memory_equal(out.note.data, "ab", 2);
    assert_int_equal(out.raw.text.length, 13);
    assert_memory_equal(out.raw.text.data, "[\"abc\", 1.50]", 13);
}

static void copies_nothing_that_is_absent(void **state)
{
    struct value value = make_value();
    struct value out;

    value.note = (struct kh_str){ (const char *)1, 100 };
    value.raw_presence = KH_NULL;
    value.raw.text = (struct kh_str){ (const char *)1, 100 };
    assert_int_equal(kh_entity_copy(&wide, &value, NULL, *state, &out), KH_OK);
    assert_false(out.has_note);
    assert_null(out.note.data);
    assert_int_equal(out.raw_presence, KH_NULL);
    assert_null(out.raw.text.data);
}

static void refuses_nested_text_that_is_none(void **state)
{
    struct value value = make_value();
    struct value out;

    value.raw_presence = KH_PRESENT;
    value.raw.text = KH_STR("[1,");
    assert_int_equal(kh_entity_copy(&wide, &value, NULL, *state, &out), KH_NOT_JSON);
}

/* `smaller` and `larger` differ in one member. */
static void assert_order(struct kh_arena *arena, const struct value *smaller,
                         const struct value *larger)
{
    struct kh_str a;
    struct kh_str b;

    assert_true(kh_entity_compare_keys(&wide, smaller, larger) < 0);
    assert_true(kh_entity_compare_keys(&wide, larger, smaller) > 0);
    assert_int_equal(kh_entity_compare_keys(&wide, larger, larger), 0);
    assert_int_equal(kh_entity_key_text(&wide, smaller, arena, &a), KH_OK);
    assert_int_equal(kh_entity_key_text(&wide, larger, arena, &b), KH_OK);
    assert_false(kh_str_equal(a, b));
}

#define ASSERT_ORDER(member, low, high)                                                            \
    do {                                                                                           \
        struct value smaller = make_value();                                                       \
        struct value larger = make_value();                                                        \
        smaller.member = (low);                                                                    \
        larger.member = (high);                                                                    \
        assert_order(*state, &smaller, &larger);                                                   \
    } while (0)

static void orders_keys_by_value(void **state)
{
    ASSERT_ORDER(text, KH_STR("a"), KH_STR("ab"));
    ASSERT_ORDER(text, KH_STR("a"), KH_STR("a\0"));
    ASSERT_ORDER(text, KH_STR("Z"), KH_STR("\xC3\xA4"));
    ASSERT_ORDER(flag, false, true);
    ASSERT_ORDER(small, INT32_MIN, INT32_MAX);
    ASSERT_ORDER(big, 9, 10);
    ASSERT_ORDER(huge, 1, UINT64_MAX);
    ASSERT_ORDER(ratio, -1e300, 1e-300);
    ASSERT_ORDER(price, decimal("9.99"), decimal("10"));
    ASSERT_ORDER(price, decimal("-2"), decimal("-1.5"));
    ASSERT_ORDER(at, ((struct kh_instant){ .seconds = 1 }),
                 ((struct kh_instant){ .seconds = 1, .nanoseconds = 1 }));
    /* GREEN comes before RED, whatever the schema's order is. */
    ASSERT_ORDER(colour, 2, 1);
}

#define ASSERT_SAME(member, one, other)                                                            \
    do {                                                                                           \
        struct value a = make_value();                                                             \
        struct value b = make_value();                                                             \
        struct kh_str a_text;                                                                      \
        struct kh_str b_text;                                                                      \
        a.member = (one);                                                                          \
        b.member = (other);                                                                        \
        assert_int_equal(kh_entity_compare_keys(&wide, &a, &b), 0);                                \
        assert_int_equal(kh_entity_key_text(&wide, &a, *state, &a_text), KH_OK);                   \
        assert_int_equal(kh_entity_key_text(&wide, &b, *state, &b_text), KH_OK);                   \
        assert_true(kh_str_equal(a_text, b_text));                                                 \
    } while (0)

static void equal_keys_have_equal_texts(void **state)
{
    ASSERT_SAME(price, decimal("2.50"), decimal("2.5"));
    ASSERT_SAME(price, decimal("100.00"), decimal("100"));
    ASSERT_SAME(price, decimal("0.00"), decimal("0"));
    ASSERT_SAME(ratio, -0.0, 0.0);
    ASSERT_SAME(at, ((struct kh_instant){ .seconds = 5, .offset_minutes = 60 }),
                ((struct kh_instant){ .seconds = 5, .fraction_digits = 3 }));
}

static void a_single_key_is_its_own_text(void **state)
{
    struct value value = make_value();
    struct kh_str text;

    value.text = KH_STR("a\0b");
    assert_int_equal(kh_entity_key_text(&narrow, &value, *state, &text), KH_OK);
    assert_true(kh_str_equal(text, KH_STR("a\0b")));
}

static void knows_what_is_in_an_index(void **state)
{
    struct value with = make_value();
    struct value without = make_value();

    (void)state;
    with.has_note = true;
    assert_true(kh_entity_has_index(&narrow, &note_index, &with));
    assert_false(kh_entity_has_index(&narrow, &note_index, &without));
    assert_true(kh_entity_compare_index(&narrow, &note_index, 2, &without, &with) < 0);
    assert_int_equal(kh_entity_compare_index(&narrow, &note_index, 1, &without, &with), 0);
    assert_int_equal(kh_entity_compare_index(&narrow, &note_index, 2, &without, &without), 0);
}

static void cursors_round_trip(void **state)
{
    static const struct kh_instant instants[] = { { .seconds = 0 },
                                                  { -62135596800, 999999999, 0, 9 },
                                                  { 253402300799, 1999999999, 0, 9 } };
    struct kh_arena *arena = *state;

    for (size_t i = 0; i < 3; i++) {
        struct value value = { .text = KH_STR("a\0:3"),
                               .flag = i == 1,
                               .small = i == 0 ? INT32_MIN : INT32_MAX,
                               .big = i == 0 ? INT64_MIN : INT64_MAX,
                               .huge = UINT64_MAX,
                               .ratio = i == 0 ? -1.5e-300 : 0.1,
                               .price = decimal(i == 0 ? "-0.10" : "12345678901234567890.1234567"),
                               .at = instants[i],
                               .colour = 2,
                               .has_note = true,
                               .note = KH_STR("") };
        struct kh_str cursor;
        const void *position;

        assert_int_equal(kh__cursor_write(&wide, &note_index, &value, arena, &cursor), KH_OK);
        assert_int_equal(kh__cursor_read(&wide, &note_index, &value, cursor, arena, &position),
                         KH_OK);
        assert_int_equal(kh__position_compare(&wide, &note_index, &value, position), 0);
        assert_int_equal(kh__cursor_read(&narrow, &note_index, &value, cursor, arena, &position),
                         KH_INVALID);
        assert_int_equal(kh__cursor_read(&wide, NULL, &value, cursor, arena, &position),
                         KH_INVALID);
    }
}

static void parses_only_what_it_writes(void **state)
{
    static const struct {
        size_t field;
        const char *text;
    } rows[] = {
        { FLAG, "TRUE" },
        { FLAG, "" },
        { SMALL, "2147483648" },
        { SMALL, "01" },
        { SMALL, "+1" },
        { SMALL, " 1" },
        { SMALL, "1x" },
        { SMALL, "" },
        { BIG, "9223372036854775808" },
        { BIG, "-0" },
        { HUGE, "-1" },
        { HUGE, "18446744073709551616" },
        { RATIO, "0" },
        { RATIO, "7ff0" },
        { RATIO, "7FF0000000000000" },
        { PRICE, "2.50" },
        { PRICE, "-0" },
        { PRICE, "1e2" },
        { AT, "1" },
        { AT, "1.5" },
        { AT, "1.0000000000" },
        { COLOUR, "" },
        { COLOUR, "1" },
        { COLOUR, "red" },
        { RATIO, "7ff8000000000000" },
        { RATIO, "8000000000000000" },
    };
    struct value value;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        memset(&value, 0, sizeof value);
        assert_int_equal(kh__field_parse(&fields[rows[i].field], kh_str_from(rows[i].text), &value),
                         KH_INVALID);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(copies_deeply),
        TEST(copies_nothing_that_is_absent),
        TEST(refuses_nested_text_that_is_none),
        TEST(orders_keys_by_value),
        TEST(equal_keys_have_equal_texts),
        TEST(a_single_key_is_its_own_text),
        TEST(knows_what_is_in_an_index),
        TEST(cursors_round_trip),
        TEST(parses_only_what_it_writes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
