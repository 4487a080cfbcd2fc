/* Everyday free-form values, in one pass: as the way for all of them has it. */
#include "proto/plain_form.h"

#include "proto/free_form.h"
#include "random_bits.h"
#include "wire_bytes.h"

#define LEVELS 20

/* An arena that has room: without, nothing is taken. */
static void begin(struct kh_arena *arena)
{
    kh_arena_init(arena);
    assert_non_null(kh_arena_alloc(arena, 1));
}

static bool read_plain(enum kh_proto_kind kind, struct kh_str bytes, int levels,
                       struct kh_arena *arena, struct kh_str *text)
{
    static const char zeros[KH_PADDING];
    struct kh_arena_mark before = kh_arena_mark(arena);

    if (kh__plain_form_to_json(kind, bytes, levels, arena, text)) {
        assert_memory_equal(text->data + text->length, zeros, KH_PADDING);
        return true;
    }
    assert_ptr_equal(kh_arena_mark(arena).at, before.at);
    return false;
}

static enum kh_status read_all(enum kh_proto_kind kind, struct kh_str bytes, int levels,
                               struct kh_arena *arena, struct kh_str *text)
{
    struct kh_error error;

    kh_error_clear(&error);
    return kh__free_form_to_json(kind, bytes, levels, arena, &error, text);
}

struct row {
    enum kh_proto_kind kind;
    const char *hex;
    const char *text;
};

static const struct row EVERYDAY[] = {
    { KH_PROTO_STRUCT, "", "{}" },
    { KH_PROTO_LIST, "", "[]" },
    { KH_PROTO_STRUCT, "0A 08 0A 01 61 12 03 1A 01 62", "{\"a\":\"b\"}" },
    { KH_PROTO_STRUCT, "0A 06 0A 00 12 02 20 01", "{\"\":true}" },
    { KH_PROTO_STRUCT, "0A 07 0A 01 61 12 02 08 00 0A 07 0A 01 62 12 02 20 00",
      "{\"a\":null,\"b\":false}" },
    { KH_PROTO_STRUCT, "0A 0E 0A 01 61 12 09 11 00 00 00 00 00 00 04 40", "{\"a\":2.5}" },
    { KH_PROTO_STRUCT, "0A 07 0A 01 61 12 02 2A 00", "{\"a\":{}}" },
    { KH_PROTO_LIST, "0A 02 32 00 0A 02 20 01 0A 06 32 04 0A 02 08 00", "[[],true,[null]]" },
    { KH_PROTO_VALUE, "1A 01 61", "\"a\"" },
    { KH_PROTO_VALUE, "1A 00", "\"\"" },
    { KH_PROTO_VALUE, "11 00 00 00 00 00 00 F0 3F", "1" },
    { KH_PROTO_VALUE, "2A 00", "{}" },
    /* Escapes, text beyond ASCII, and both of them around the width of a step. */
    { KH_PROTO_VALUE, "1A 06 22 5C 0A 00 7F 2F", "\"\\\"\\\\\\n\\u0000\x7F/\"" },
    { KH_PROTO_VALUE, "1A 06 C3 B6 E2 82 AC 22", "\"\xC3\xB6\xE2\x82\xAC\\\"\"" },
    { KH_PROTO_VALUE, "1A 11 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 22",
      "\"aaaaaaaaaaaaaaaa\\\"\"" },
    { KH_PROTO_VALUE, "1A 12 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 C3 B6 62",
      "\"aaaaaaaaaaaaaaa\xC3\xB6"
      "b\"" },
    { KH_PROTO_VALUE, "1A 10 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61",
      "\"aaaaaaaaaaaaaaaa\"" },
};

static void everyday_values_are_what_they_are_the_other_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof EVERYDAY / sizeof EVERYDAY[0]; i++) {
        const struct row *row = &EVERYDAY[i];
        struct kh_str bytes = wire_bytes_new(row->hex);
        struct kh_arena arena;
        struct kh_str text;
        struct kh_str other;

        begin(&arena);
        assert_true(read_plain(row->kind, bytes, LEVELS, &arena, &text));
        assert_int_equal(read_all(row->kind, bytes, LEVELS, &arena, &other), KH_OK);
        assert_true(kh_str_equal(text, kh_str_from(row->text)));
        assert_true(kh_str_equal(text, other));
        kh_arena_clean_up(&arena);
        padded_text_free(bytes);
    }
}

/* The other way takes most of these. */
static void what_is_not_everyday_is_left(void **state)
{
    static const struct row rows[] = {
        /* No value; more than one; a value that is none; not finite. */
        { KH_PROTO_VALUE, "", NULL },
        { KH_PROTO_VALUE, "20 01 20 01", NULL },
        { KH_PROTO_VALUE, "20 02", NULL },
        { KH_PROTO_VALUE, "08 01", NULL },
        { KH_PROTO_VALUE, "11 00 00 00 00 00 00 F8 7F", NULL },
        { KH_PROTO_VALUE, "38 01", NULL },
        /* Entries without a name, without a value, the other way round, twice of a name, with more. */
        { KH_PROTO_STRUCT, "0A 04 12 02 20 01", NULL },
        { KH_PROTO_STRUCT, "0A 03 0A 01 61", NULL },
        { KH_PROTO_STRUCT, "0A 07 12 02 20 01 0A 01 61", NULL },
        { KH_PROTO_STRUCT, "0A 07 0A 01 61 12 02 20 00 0A 07 0A 01 61 12 02 20 01", NULL },
        { KH_PROTO_STRUCT, "0A 09 0A 01 61 12 02 20 00 18 01", NULL },
        { KH_PROTO_STRUCT, "10 01", NULL },
        /* Broken. */
        { KH_PROTO_STRUCT, "0A 09 0A 01 61 12 02 20 00", NULL },
        { KH_PROTO_STRUCT, "0A 07 0A 01 61 12 03 20 00", NULL },
        { KH_PROTO_STRUCT, "0A", NULL },
        { KH_PROTO_VALUE, "1A 02 61", NULL },
        { KH_PROTO_VALUE, "11 00 00 00 00 00 00 F0", NULL },
        { KH_PROTO_VALUE, "1A 01 FF", NULL },
        { KH_PROTO_VALUE, "1A 05 C3 B6 F0 9F 93", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kh_str bytes = wire_bytes_new(rows[i].hex);
        struct kh_arena arena;
        struct kh_str text;

        begin(&arena);
        assert_false(read_plain(rows[i].kind, bytes, LEVELS, &arena, &text));
        kh_arena_clean_up(&arena);
        padded_text_free(bytes);
    }
}

static void values_are_not_deeper_than_is_allowed(void **state)
{
    /* [[[]]] */
    struct kh_str bytes = wire_bytes_new("0A 06 32 04 0A 02 32 00");

    (void)state;
    for (int levels = 0; levels <= 4; levels++) {
        struct kh_arena arena;
        struct kh_str text;
        struct kh_str other;
        bool fits = levels >= 3;

        begin(&arena);
        assert_int_equal(read_plain(KH_PROTO_LIST, bytes, levels, &arena, &text), fits);
        assert_int_equal(read_all(KH_PROTO_LIST, bytes, levels, &arena, &other) == KH_OK, fits);
        kh_arena_clean_up(&arena);
    }
    padded_text_free(bytes);
}

/* Leaves `room` bytes of the block. */
static void fill(struct kh_arena *arena, size_t room)
{
    size_t left;

    (void)kh_arena_next(arena, &left);
    assert_true(left > room);
    assert_non_null(kh_arena_alloc(arena, left - room));
}

static void nothing_is_written_where_there_is_no_room(void **state)
{
    struct kh_str bytes = wire_bytes_new("1A 08 00 00 00 00 00 00 00 00");
    bool taken = false;

    (void)state;
    for (size_t room = 0; room < 512; room += KH_ARENA_ALIGNMENT) {
        struct kh_arena arena;
        struct kh_str text;

        begin(&arena);
        fill(&arena, room);
        taken = read_plain(KH_PROTO_VALUE, bytes, LEVELS, &arena, &text);
        if (taken) {
            assert_int_equal(text.length, 2 + 8 * 6);
            assert_true(text.length + KH_PADDING <= room);
        }
        kh_arena_clean_up(&arena);
    }
    assert_true(taken);
    padded_text_free(bytes);
}

/* Changes bytes of an everyday value: whatever is still taken is the same the other way. */
static void changed_values_are_what_they_are_the_other_way(void **state)
{
    size_t taken = 0;

    (void)state;
    for (size_t round = 0; round < 20000; round++) {
        const struct row *row = &EVERYDAY[random_u64() % (sizeof EVERYDAY / sizeof EVERYDAY[0])];
        struct kh_str bytes = wire_bytes_new(row->hex);
        struct kh_arena arena;
        struct kh_str text;
        struct kh_str other;

        for (uint64_t i = random_u64() % 3; bytes.length > 0 && i > 0; i--) {
            ((char *)bytes.data)[random_u64() % bytes.length] = (char)random_u64();
        }
        begin(&arena);
        if (read_plain(row->kind, bytes, LEVELS, &arena, &text)) {
            taken++;
            assert_int_equal(read_all(row->kind, bytes, LEVELS, &arena, &other), KH_OK);
            assert_true(kh_str_equal(text, other));
        }
        kh_arena_clean_up(&arena);
        padded_text_free(bytes);
    }
    assert_true(taken > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everyday_values_are_what_they_are_the_other_way),
        cmocka_unit_test(what_is_not_everyday_is_left),
        cmocka_unit_test(values_are_not_deeper_than_is_allowed),
        cmocka_unit_test(nothing_is_written_where_there_is_no_room),
        cmocka_unit_test(changed_values_are_what_they_are_the_other_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
