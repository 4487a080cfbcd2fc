/*
 * What every store promises. The tests know kh/store.h only; a backend joins by a line in `factories`.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "kh/hash.h"
#include "kh/store.h"

struct store_factory {
    const char *name;
    struct kh_store *(*make)(size_t mark_capacity);
};

static const struct store_factory factories[] = {
    { "memory", kh_store_memory_new },
};

/* ---- An entity with a member of every kind ------------------------------------------------- */

struct nested {
    struct kh_str text;
    int64_t number;
};

struct thing {
    struct kh_str id; /* key */
    int32_t part;     /* key */
    struct kh_str group;
    struct kh_instant at;
    bool has_price;
    struct kh_decimal price;
    bool flag;
    int64_t big;
    uint64_t unsigned_big;
    double ratio;
    int colour;
    enum kh_presence note_presence;
    struct kh_str note;
    bool has_nested;
    struct nested nested;
};

static enum kh_status nested_read(struct kh_json *in, void *out)
{
    struct nested *nested = out;
    struct kh_json_array array;

    KH_TRY(kh_json_array_begin(in, &array));
    if (!kh_json_array_next(in, &array)) {
        return KH_INVALID;
    }
    KH_TRY(kh_json_read_str(in, &nested->text));
    if (!kh_json_array_next(in, &array)) {
        return KH_INVALID;
    }
    KH_TRY(kh_json_read_int64(in, &nested->number));
    (void)kh_json_array_next(in, &array);
    return kh_json_array_end(in, &array);
}

static enum kh_status nested_write(struct kh_json_writer *out, const void *value)
{
    const struct nested *nested = value;

    KH_TRY(kh_json_write_array_begin(out));
    KH_TRY(kh_json_write_str(out, nested->text));
    KH_TRY(kh_json_write_int64(out, nested->number));
    return kh_json_write_array_end(out);
}

static const struct kh_codec nested_codec = { nested_read, nested_write, sizeof(struct nested) };
static const struct kh_str colour_names[] = { KH_STR_INIT("RED"), KH_STR_INIT("GREEN") };
static const struct kh_enum colours = { colour_names, 2 };

#define FIELD(member, field_kind)                                                                  \
    .name = KH_STR_INIT(#member), .kind = (field_kind), .offset = offsetof(struct thing, member)

static const struct kh_field thing_fields[] = {
    { FIELD(id, KH_FIELD_STR) },
    { FIELD(part, KH_FIELD_INT32) },
    { FIELD(group, KH_FIELD_STR) },
    { FIELD(at, KH_FIELD_INSTANT) },
    { FIELD(price, KH_FIELD_DECIMAL), .presence = KH_FIELD_OPTIONAL,
      .presence_offset = offsetof(struct thing, has_price) },
    { FIELD(flag, KH_FIELD_BOOL) },
    { FIELD(big, KH_FIELD_INT64) },
    { FIELD(unsigned_big, KH_FIELD_UINT64) },
    { FIELD(ratio, KH_FIELD_DOUBLE) },
    { FIELD(colour, KH_FIELD_ENUM), .names = &colours },
    { FIELD(note, KH_FIELD_STR), .presence = KH_FIELD_NULLABLE,
      .presence_offset = offsetof(struct thing, note_presence) },
    { FIELD(nested, KH_FIELD_JSON), .presence = KH_FIELD_OPTIONAL,
      .presence_offset = offsetof(struct thing, has_nested), .codec = &nested_codec },
};

static const size_t thing_key[] = { 0, 1 };
static const size_t thing_strings[] = { 0, 2, 10 };
static const size_t thing_nested[] = { 11 };
static const size_t by_time_fields[] = { 2, 3 };
static const size_t by_price_fields[] = { 2, 4 };
static const struct kh_index thing_indexes[] = {
    { KH_STR_INIT("time"), by_time_fields, 2, 1 },
    { KH_STR_INIT("price"), by_price_fields, 2, 1 },
};
static const struct kh_codec thing_codec = { .size = sizeof(struct thing) };

static const struct kh_entity thing_entity = {
    .name = KH_STR_INIT("thing"),
    .table = KH_STR_INIT("thing"),
    .fields = thing_fields,
    .field_count = sizeof thing_fields / sizeof thing_fields[0],
    .key = thing_key,
    .key_count = 2,
    .strings = thing_strings,
    .string_count = 3,
    .nested = thing_nested,
    .nested_count = 1,
    .indexes = thing_indexes,
    .index_count = 2,
    .codec = &thing_codec,
};

static const struct kh_index *const by_time = &thing_indexes[0];
static const struct kh_index *const by_price = &thing_indexes[1];

/* The same members under another name: another table. */
static const struct kh_entity other_entity = {
    .name = KH_STR_INIT("other"),
    .table = KH_STR_INIT("other"),
    .fields = thing_fields,
    .field_count = sizeof thing_fields / sizeof thing_fields[0],
    .key = thing_key,
    .key_count = 2,
    .strings = thing_strings,
    .string_count = 3,
    .nested = thing_nested,
    .nested_count = 1,
    .codec = &thing_codec,
};

/* ---- Set up -------------------------------------------------------------------------------- */

#define MARK_CAPACITY ((size_t)100)

struct fixture {
    struct kh_store *store;
    struct kh_arena arena;
    struct kh_error error;
    struct kh_call call;
};

static size_t factory_index;

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->store = factories[factory_index].make(MARK_CAPACITY);
    assert_non_null(fixture->store);
    kh_arena_init(&fixture->arena);
    kh_error_clear(&fixture->error);
    fixture->call = (struct kh_call){ .arena = &fixture->arena,
                                      .error = &fixture->error,
                                      .deadline_ms = INT64_MAX };
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    kh_store_destroy(fixture->store);
    kh_arena_clean_up(&fixture->arena);
    free(fixture);
    return 0;
}

static struct thing make_thing(const char *id, int32_t part, const char *group, int64_t second)
{
    return (struct thing){ .id = kh_str_from(id),
                           .part = part,
                           .group = kh_str_from(group),
                           .at = { .seconds = second },
                           .colour = 1 };
}

static struct kh_mark mark_of(struct kh_str id)
{
    return (struct kh_mark){ id, kh_hash(id), KH_HOMELESS };
}

static enum kh_status commit(struct fixture *fixture, const struct kh_change *changes,
                             size_t change_count, const struct kh_mark *marks, size_t mark_count)
{
    const struct kh_commit all = { changes, change_count, marks, mark_count };

    kh_error_clear(&fixture->error);
    return fixture->store->ops->commit(fixture->store, &fixture->call, &all);
}

static enum kh_status put(struct fixture *fixture, const struct thing *thing, uint64_t version)
{
    const struct kh_change change = { KH_CHANGE_PUT, &thing_entity, thing, { .version = version } };

    return commit(fixture, &change, 1, NULL, 0);
}

static enum kh_status remove_thing(struct fixture *fixture, const char *id, int32_t part,
                                   uint64_t version)
{
    struct thing key = { .id = kh_str_from(id), .part = part };
    const struct kh_change change = {
        KH_CHANGE_REMOVE, &thing_entity, &key, { .version = version }
    };

    return commit(fixture, &change, 1, NULL, 0);
}

static enum kh_status get_of(struct fixture *fixture, const struct kh_entity *entity,
                             const char *id, int32_t part, struct thing *out, uint64_t *version)
{
    struct thing key = { .id = kh_str_from(id), .part = part };
    struct kh_wanted wanted = { .entity = entity, .key = &key, .value = out };
    enum kh_status status;

    kh_error_clear(&fixture->error);
    status = fixture->store->ops->fetch(fixture->store, &fixture->call, &wanted, 1, NULL, 0, NULL);
    *version = wanted.state.version;
    return status == KH_OK && *version == 0 ? KH_NOT_FOUND : status;
}

static enum kh_status get(struct fixture *fixture, const char *id, int32_t part, struct thing *out,
                          uint64_t *version)
{
    return get_of(fixture, &thing_entity, id, part, out, version);
}

static uint64_t version_of(struct fixture *fixture, const char *id, int32_t part)
{
    struct thing thing;
    uint64_t version;
    enum kh_status status = get(fixture, id, part, &thing, &version);

    assert_true(status == KH_OK || status == KH_NOT_FOUND);
    return status == KH_OK ? version : 0;
}

static bool is_marked(struct fixture *fixture, const char *id)
{
    struct kh_mark mark = mark_of(kh_str_from(id));
    bool found = false;

    assert_int_equal(
        fixture->store->ops->fetch(fixture->store, &fixture->call, NULL, 0, &mark, 1, &found),
        KH_OK);
    return found;
}

static void assert_str(struct kh_str text, const char *expected)
{
    assert_int_equal(text.length, strlen(expected));
    assert_memory_equal(text.data, expected, text.length);
}

/* ---- Rows ---------------------------------------------------------------------------------- */

static void finds_no_row_that_is_not_there(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = make_thing("a", 1, "g", 0);
    uint64_t version;

    assert_int_equal(get(fixture, "a", 1, &thing, &version), KH_NOT_FOUND);
    assert_int_equal(fixture->error.status, KH_OK);
    assert_int_equal(put(fixture, &thing, 0), KH_OK);
    assert_int_equal(get(fixture, "a", 2, &thing, &version), KH_NOT_FOUND);
    assert_int_equal(get_of(fixture, &other_entity, "a", 1, &thing, &version), KH_NOT_FOUND);
}

static void counts_versions_up(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = make_thing("a", 1, "g", 0);
    uint64_t first;
    uint64_t second;

    assert_int_equal(put(fixture, &thing, 0), KH_OK);
    first = version_of(fixture, "a", 1);
    assert_int_not_equal(first, 0);
    assert_int_equal(put(fixture, &thing, first), KH_OK);
    second = version_of(fixture, "a", 1);
    assert_true(second > first);
    assert_int_equal(put(fixture, &thing, first), KH_CONFLICT);
    assert_int_equal(fixture->error.status, KH_CONFLICT);
    assert_int_equal(put(fixture, &thing, 0), KH_CONFLICT);
    assert_int_equal(remove_thing(fixture, "a", 1, first), KH_CONFLICT);
    assert_int_equal(version_of(fixture, "a", 1), second);
}

static void removes_rows(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = make_thing("a", 1, "g", 0);
    uint64_t version;

    assert_int_equal(remove_thing(fixture, "a", 1, 7), KH_CONFLICT);
    assert_int_equal(put(fixture, &thing, 0), KH_OK);
    version = version_of(fixture, "a", 1);
    assert_int_equal(remove_thing(fixture, "a", 1, version), KH_OK);
    assert_int_equal(version_of(fixture, "a", 1), 0);
    assert_int_equal(put(fixture, &thing, version), KH_CONFLICT);
    /* One that is made again is another row: who saw the first can't change it. */
    assert_int_equal(put(fixture, &thing, 0), KH_OK);
    assert_int_equal(put(fixture, &thing, version), KH_CONFLICT);
}

static void keeps_every_kind_of_member(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = make_thing("", -2147483647 - 1, "g\0h", 0);
    struct thing out;
    uint64_t version;

    thing.group.length = 3;
    thing.at = (struct kh_instant){ -5, 999999999, -90, 9 };
    thing.has_price = true;
    assert_int_equal(
        kh_decimal_parse(KH_STR("-99999999999999999999999999999999999.500"), &thing.price), KH_OK);
    thing.flag = true;
    thing.big = INT64_MIN;
    thing.unsigned_big = UINT64_MAX;
    thing.ratio = 0.1;
    thing.colour = 2;
    thing.note_presence = KH_NULL;
    thing.has_nested = true;
    thing.nested = (struct nested){ { "n\"\0\n", 4 }, 42 };
    assert_int_equal(put(fixture, &thing, 0), KH_OK);

    assert_int_equal(get(fixture, "", -2147483647 - 1, &out, &version), KH_OK);
    assert_int_equal(out.id.length, 0);
    assert_int_equal(out.part, INT32_MIN);
    assert_int_equal(out.group.length, 3);
    assert_memory_equal(out.group.data, "g\0h", 3);
    assert_int_equal(out.at.seconds, -5);
    assert_int_equal(out.at.nanoseconds, 999999999);
    assert_int_equal(out.at.offset_minutes, -90);
    assert_int_equal(out.at.fraction_digits, 9);
    assert_true(out.has_price);
    assert_int_equal(kh_decimal_compare(out.price, thing.price), 0);
    assert_int_equal(out.price.scale, 3);
    assert_true(out.flag);
    assert_true(out.big == INT64_MIN);
    assert_true(out.unsigned_big == UINT64_MAX);
    assert_memory_equal(&out.ratio, &thing.ratio, sizeof out.ratio);
    assert_int_equal(out.colour, 2);
    assert_int_equal(out.note_presence, KH_NULL);
    assert_true(out.has_nested);
    assert_int_equal(out.nested.text.length, 4);
    assert_memory_equal(out.nested.text.data, "n\"\0\n", 4);
    assert_int_equal(out.nested.number, 42);
}

static void tells_absent_null_and_empty_apart(void **state)
{
    struct fixture *fixture = *state;
    struct thing out;
    uint64_t version;

    for (int i = 0; i < 3; i++) {
        struct thing thing = make_thing("a", i, "g", 0);

        thing.note_presence = (enum kh_presence)i;
        thing.note = KH_STR("");
        assert_int_equal(put(fixture, &thing, 0), KH_OK);
        assert_int_equal(get(fixture, "a", i, &out, &version), KH_OK);
        assert_int_equal(out.note_presence, i);
        assert_int_equal(out.note.length, 0);
        assert_false(out.has_price);
        assert_false(out.has_nested);
    }
}

/* What the caller does with its memory afterwards is nothing to the store, and the other way round. */
static void copies_in_and_out(void **state)
{
    struct fixture *fixture = *state;
    char *text = malloc(8);
    struct thing thing = make_thing("a", 1, "g", 0);
    struct thing out;
    struct thing again;
    uint64_t version;

    memcpy(text, "abcdefgh", 8);
    thing.group = (struct kh_str){ text, 8 };
    thing.has_nested = true;
    thing.nested.text = (struct kh_str){ text, 8 };
    /* Absent: not to be looked at. */
    thing.note_presence = KH_ABSENT;
    thing.note = (struct kh_str){ text + 4, 4096 };
    assert_int_equal(put(fixture, &thing, 0), KH_OK);
    memset(text, 0x55, 8);
    free(text);

    assert_int_equal(get(fixture, "a", 1, &out, &version), KH_OK);
    assert_str(out.group, "abcdefgh");
    assert_str(out.nested.text, "abcdefgh");
    assert_null(out.note.data);
    memset((char *)(uintptr_t)out.group.data, 0x55, 8);
    memset((char *)(uintptr_t)out.nested.text.data, 0x55, 8);
    assert_int_equal(get(fixture, "a", 1, &again, &version), KH_OK);
    assert_str(again.group, "abcdefgh");
    assert_str(again.nested.text, "abcdefgh");

    /* What was given out outlives the row. */
    assert_int_equal(remove_thing(fixture, "a", 1, version), KH_OK);
    assert_str(again.group, "abcdefgh");
}

/* ---- Commits ------------------------------------------------------------------------------- */

static void commits_all_or_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct thing a = make_thing("a", 1, "g", 0);
    struct thing b = make_thing("b", 1, "g", 0);
    struct thing c = make_thing("c", 1, "g", 0);
    struct kh_mark mark = mark_of(KH_STR("m"));
    struct kh_change changes[3] = { { KH_CHANGE_PUT, &thing_entity, &a, { 0 } },
                                    { KH_CHANGE_PUT, &other_entity, &b, { 0 } },
                                    { KH_CHANGE_PUT, &thing_entity, &c, { .version = 5 } } };
    struct thing out;
    uint64_t version;

    assert_int_equal(commit(fixture, changes, 3, &mark, 1), KH_CONFLICT);
    assert_int_equal(version_of(fixture, "a", 1), 0);
    assert_int_equal(get_of(fixture, &other_entity, "b", 1, &out, &version), KH_NOT_FOUND);
    assert_false(is_marked(fixture, "m"));

    changes[2].state.version = 0;
    assert_int_equal(commit(fixture, changes, 3, &mark, 1), KH_OK);
    assert_int_not_equal(version_of(fixture, "a", 1), 0);
    assert_int_equal(get_of(fixture, &other_entity, "b", 1, &out, &version), KH_OK);
    assert_true(is_marked(fixture, "m"));

    a.big = 1;
    changes[0].state.version = version_of(fixture, "a", 1);
    assert_int_equal(commit(fixture, changes, 1, &mark, 1), KH_CONFLICT);
    assert_int_equal(get(fixture, "a", 1, &out, &version), KH_OK);
    assert_int_equal(out.big, 0);
    assert_int_equal(commit(fixture, NULL, 0, NULL, 0), KH_OK);
}

static void keeps_the_newest_marks(void **state)
{
    struct fixture *fixture = *state;
    char names[MARK_CAPACITY * 3][8];
    struct kh_mark marks[MARK_CAPACITY * 3];
    bool found[MARK_CAPACITY * 3];

    for (size_t i = 0; i < MARK_CAPACITY * 3; i++) {
        (void)snprintf(names[i], sizeof names[i], "m%zu", i);
        marks[i] = mark_of(kh_str_from(names[i]));
    }
    for (size_t i = 0; i < MARK_CAPACITY * 3; i += 3) {
        assert_int_equal(commit(fixture, NULL, 0, &marks[i], 3), KH_OK);
    }
    assert_int_equal(fixture->store->ops->fetch(fixture->store, &fixture->call, NULL, 0, marks,
                                                MARK_CAPACITY * 3, found),
                     KH_OK);
    for (size_t i = MARK_CAPACITY * 2; i < MARK_CAPACITY * 3; i++) {
        assert_true(found[i]);
    }
}

static void marks_may_hold_any_byte(void **state)
{
    struct fixture *fixture = *state;
    struct kh_mark marks[2] = { mark_of(KH_STR("a\0b")), mark_of(KH_STR("a\0c")) };
    bool found[2];

    assert_int_equal(commit(fixture, NULL, 0, marks, 1), KH_OK);
    assert_int_equal(
        fixture->store->ops->fetch(fixture->store, &fixture->call, NULL, 0, marks, 2, found),
        KH_OK);
    assert_true(found[0]);
    assert_false(found[1]);
    assert_false(is_marked(fixture, "a"));
}

/* ---- Queries ------------------------------------------------------------------------------- */

static enum kh_status query(struct fixture *fixture, const struct kh_index *index,
                            const char *group, struct kh_str cursor, size_t limit,
                            struct kh_page *page)
{
    struct thing key = { .group = kh_str_from(group) };

    kh_error_clear(&fixture->error);
    return fixture->store->ops->query(fixture->store, &fixture->call, &thing_entity, index, &key,
                                      cursor, limit, page);
}

/* Ids of all pages, "a1 b2 " and so on; versions are checked on the way. */
static const char *all_ids(struct fixture *fixture, const struct kh_index *index, const char *group,
                           size_t limit)
{
    static char text[512];
    struct kh_page page = { .next = KH_STR_INIT("") };
    size_t length = 0;

    text[0] = '\0';
    do {
        assert_int_equal(query(fixture, index, group, page.next, limit, &page), KH_OK);
        assert_true(page.count <= limit);
        for (size_t i = 0; i < page.count; i++) {
            const struct thing *thing = (const struct thing *)page.values + i;
            char id[32];

            (void)snprintf(id, sizeof id, "%.*s", KH_STR_ARG(thing->id));
            assert_int_equal(page.states[i].version, version_of(fixture, id, thing->part));
            length +=
                (size_t)snprintf(text + length, sizeof text - length, "%s%d ", id, thing->part);
        }
    } while (page.next.length != 0);
    return text;
}

static void put_new(struct fixture *fixture, const char *id, int32_t part, const char *group,
                    int64_t second, const char *price)
{
    struct thing thing = make_thing(id, part, group, second);

    if (price != NULL) {
        thing.has_price = true;
        assert_int_equal(kh_decimal_parse(kh_str_from(price), &thing.price), KH_OK);
    }
    assert_int_equal(put(fixture, &thing, 0), KH_OK);
}

static void put_some(struct fixture *fixture)
{
    put_new(fixture, "b", 2, "g", 30, "10");
    put_new(fixture, "a", 10, "g", 20, "9.50");
    put_new(fixture, "a", 9, "g", 20, NULL);
    put_new(fixture, "c", 1, "h", 10, "1");
    put_new(fixture, "b", -1, "g", -10, "9.5");
    put_new(fixture, "d", 1, "g", 40, "100");
}

static void queries_in_order(void **state)
{
    struct fixture *fixture = *state;

    assert_string_equal(all_ids(fixture, NULL, "", 10), "");
    put_some(fixture);
    for (size_t limit = 1; limit < 8; limit++) {
        assert_string_equal(all_ids(fixture, NULL, "", limit), "a9 a10 b-1 b2 c1 d1 ");
        assert_string_equal(all_ids(fixture, by_time, "g", limit), "b-1 a9 a10 b2 d1 ");
        assert_string_equal(all_ids(fixture, by_time, "h", limit), "c1 ");
        assert_string_equal(all_ids(fixture, by_time, "", limit), "");
        /* a9 has no price: it is not in that index. */
        assert_string_equal(all_ids(fixture, by_price, "g", limit), "a10 b-1 b2 d1 ");
    }
}

static void follows_changes_in_its_indexes(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = make_thing("a", 10, "h", 99);

    put_some(fixture);
    assert_int_equal(put(fixture, &thing, version_of(fixture, "a", 10)), KH_OK);
    assert_int_equal(remove_thing(fixture, "d", 1, version_of(fixture, "d", 1)), KH_OK);
    assert_string_equal(all_ids(fixture, by_time, "g", 2), "b-1 a9 b2 ");
    assert_string_equal(all_ids(fixture, by_time, "h", 2), "c1 a10 ");
    assert_string_equal(all_ids(fixture, by_price, "h", 2), "c1 ");
}

/* A cursor names a place, not a row: it holds while rows come and go. */
static void cursors_survive_changes(void **state)
{
    struct fixture *fixture = *state;
    struct kh_page page;

    put_some(fixture);
    assert_int_equal(query(fixture, by_time, "g", KH_STR(""), 2, &page), KH_OK);
    assert_int_equal(page.count, 2);
    assert_true(page.next.length != 0);
    assert_int_equal(remove_thing(fixture, "a", 9, version_of(fixture, "a", 9)), KH_OK);
    put_new(fixture, "z", 1, "g", 0, NULL);  /* before the place */
    put_new(fixture, "z", 2, "g", 25, NULL); /* behind it */
    assert_int_equal(query(fixture, by_time, "g", page.next, 2, &page), KH_OK);
    assert_int_equal(page.count, 2);
    assert_int_equal(((const struct thing *)page.values)[0].part, 10);
    assert_int_equal(((const struct thing *)page.values)[1].part, 2);
    assert_str(((const struct thing *)page.values)[1].id, "z");
}

static void refuses_cursors_of_other_queries(void **state)
{
    struct fixture *fixture = *state;
    static const char *const foreign[] = { "x", "zz", "00", "333a", "abc", "AB" };
    struct kh_page page;
    struct kh_str cursor;
    char *changed;

    put_some(fixture);
    assert_int_equal(query(fixture, by_time, "g", KH_STR(""), 2, &page), KH_OK);
    cursor = page.next;
    assert_int_equal(query(fixture, by_time, "h", cursor, 2, &page), KH_INVALID);
    assert_int_equal(fixture->error.status, KH_INVALID);
    assert_int_equal(query(fixture, by_price, "g", cursor, 2, &page), KH_INVALID);
    assert_int_equal(query(fixture, NULL, "g", cursor, 2, &page), KH_INVALID);
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        assert_int_equal(query(fixture, by_time, "g", kh_str_from(foreign[i]), 2, &page),
                         KH_INVALID);
    }
    /* Cut anywhere, or with a byte changed: refused, or a place in the same query. */
    for (size_t i = 1; i < cursor.length; i++) {
        assert_int_equal(query(fixture, by_time, "g", (struct kh_str){ cursor.data, i }, 2, &page),
                         KH_INVALID);
    }
    changed = malloc(cursor.length);
    for (size_t i = 0; i < cursor.length * 16; i++) {
        enum kh_status status;

        memcpy(changed, cursor.data, cursor.length);
        changed[i / 16] = "0123456789abcdef"[i % 16];
        status = query(fixture, by_time, "g", (struct kh_str){ changed, cursor.length }, 2, &page);
        assert_true(status == KH_OK || status == KH_INVALID);
    }
    free(changed);
}

/* All rows by time and by key, page by page, are those of the model. */
static void assert_rows(struct fixture *fixture, const uint64_t versions[200],
                        const int64_t seconds[200])
{
    for (size_t pass = 0; pass < 2; pass++) {
        const struct kh_index *index = pass == 0 ? by_time : NULL;
        struct kh_page page = { .next = KH_STR_INIT("") };
        struct thing last = make_thing("", -1, "g", -1);
        size_t seen = 0;
        size_t expected = 0;

        do {
            assert_int_equal(query(fixture, index, "g", page.next, 7, &page), KH_OK);
            for (size_t i = 0; i < page.count; i++) {
                const struct thing *thing = (const struct thing *)page.values + i;
                size_t which = strtoul(thing->id.data + 1, NULL, 10);

                if (index != NULL) {
                    assert_true(last.at.seconds <= thing->at.seconds);
                }
                if (index == NULL || last.at.seconds == thing->at.seconds) {
                    assert_true(kh_str_compare(last.id, thing->id) < 0);
                }
                assert_int_equal(page.states[i].version, versions[which]);
                assert_int_equal(thing->at.seconds, seconds[which]);
                last = *thing;
                seen++;
            }
        } while (page.next.length != 0);
        for (size_t i = 0; i < 200; i++) {
            expected += versions[i] != 0 ? 1 : 0;
        }
        assert_int_equal(seen, expected);
    }
}

/* Against a plain model: rows put, replaced and removed at random, all of them queried now and then. */
static void agrees_with_a_model(void **state)
{
    struct fixture *fixture = *state;
    uint64_t versions[200] = { 0 };
    int64_t seconds[200] = { 0 };
    uint64_t random = 1;

    for (size_t round = 0; round < 3000; round++) {
        size_t which = (random >> 33) % 200;
        char id[8];

        random = random * 6364136223846793005U + 1442695040888963407U;
        (void)snprintf(id, sizeof id, "k%zu", which);
        if (versions[which] != 0 && (random >> 60) < 6) {
            assert_int_equal(remove_thing(fixture, id, 0, versions[which]), KH_OK);
        } else {
            struct thing thing = make_thing(id, 0, "g", (int64_t)(random >> 40) % 50);

            assert_int_equal(put(fixture, &thing, versions[which]), KH_OK);
            seconds[which] = thing.at.seconds;
        }
        versions[which] = version_of(fixture, id, 0);
        if (round % 500 == 499) {
            assert_rows(fixture, versions, seconds);
        }
    }
}

/* ---- Threads ------------------------------------------------------------------------------- */

#define THREADS 4
#define ADDITIONS 300

struct adder {
    struct kh_store *store;
    pthread_t thread;
    bool failed;
};

/* Adds 1 to one row again and again, beginning anew whenever somebody else was first. */
static void *add(void *argument)
{
    struct adder *adder = argument;
    struct fixture fixture = { .store = adder->store };
    size_t added = 0;

    kh_arena_init(&fixture.arena);
    kh_error_clear(&fixture.error);
    fixture.call = (struct kh_call){ .arena = &fixture.arena, .error = &fixture.error };
    while (added < ADDITIONS && !adder->failed) {
        struct thing thing;
        struct kh_page page;
        uint64_t version;
        enum kh_status status;

        kh_arena_reset(&fixture.arena);
        if (get(&fixture, "a", 1, &thing, &version) != KH_OK ||
            query(&fixture, by_time, "g", KH_STR(""), 3, &page) != KH_OK || page.count != 1) {
            adder->failed = true;
        }
        thing.big++;
        status = put(&fixture, &thing, version);
        added += status == KH_OK ? 1 : 0;
        adder->failed = adder->failed || (status != KH_OK && status != KH_CONFLICT);
    }
    kh_arena_clean_up(&fixture.arena);
    return NULL;
}

static void loses_no_change_of_several_threads(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = make_thing("a", 1, "g", 0);
    struct adder adders[THREADS];
    uint64_t version;

    assert_int_equal(put(fixture, &thing, 0), KH_OK);
    for (size_t i = 0; i < THREADS; i++) {
        adders[i] = (struct adder){ .store = fixture->store };
        assert_int_equal(pthread_create(&adders[i].thread, NULL, add, &adders[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(adders[i].thread, NULL);
        assert_false(adders[i].failed);
    }
    assert_int_equal(get(fixture, "a", 1, &thing, &version), KH_OK);
    assert_int_equal(thing.big, THREADS * ADDITIONS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(finds_no_row_that_is_not_there),
        TEST(counts_versions_up),
        TEST(removes_rows),
        TEST(keeps_every_kind_of_member),
        TEST(tells_absent_null_and_empty_apart),
        TEST(copies_in_and_out),
        TEST(commits_all_or_nothing),
        TEST(keeps_the_newest_marks),
        TEST(marks_may_hold_any_byte),
        TEST(queries_in_order),
        TEST(follows_changes_in_its_indexes),
        TEST(cursors_survive_changes),
        TEST(refuses_cursors_of_other_queries),
        TEST(agrees_with_a_model),
        TEST(loses_no_change_of_several_threads),
    };
    int failed = 0;

    for (factory_index = 0; factory_index < sizeof factories / sizeof factories[0];
         factory_index++) {
        failed += _cmocka_run_group_tests(factories[factory_index].name, tests,
                                          sizeof tests / sizeof tests[0], NULL, NULL);
    }
    return failed;
}
