/* What is put is what is found, member by member; or it is refused and nothing changes. */
#include "contract.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Helpers ------------------------------------------------------------------------------- */

static bool is_refusal(enum kh_status status)
{
    return status == KH_INVALID || status == KH_OUT_OF_RANGE || status == KH_TOO_LARGE;
}

/* A row with a key that the store can't have is neither looked for nor made. */
static bool is_refused_key(struct fixture *fixture, const struct thing *thing)
{
    struct thing unused;
    struct kh_wanted wanted = { .entity = &thing_entity, .key = thing, .value = &unused };

    if (!is_refusal(fetch(fixture, &wanted, 1, NULL, 0, NULL))) {
        return false;
    }
    assert_true(is_refusal(commit_one(fixture, put_of(thing, no_row))));
    return true;
}

/*
 * It is kept, or, where the store may lack something, refused without a change to what was there
 * before.
 */
static void assert_kept_or_refused(struct fixture *fixture, const struct thing *thing,
                                   bool may_refuse)
{
    static size_t tries;
    struct thing before;
    struct thing found;
    struct kh_row_state state;
    enum kh_status status;
    char mark_id[32];

    if (may_refuse && is_refused_key(fixture, thing)) {
        return;
    }
    (void)snprintf(mark_id, sizeof mark_id, "try %zu", ++tries);
    state = look(fixture, thing, &before);
    status = commit_marked(fixture, put_of(thing, state), mark_id);
    if (may_refuse && is_refusal(status)) {
        assert_int_equal(fixture->error.status, status);
        assert_int_equal(look(fixture, thing, &found).version, state.version);
        if (state.version != 0) {
            assert_same_thing(fixture, &found, &before);
        }
        assert_false(is_marked(fixture, mark_id, thing));
        return;
    }
    if (status != KH_OK) {
        fail_msg("%s: %s", kh_status_name(status), fixture->error.reason);
    }
    assert_int_not_equal(look(fixture, thing, &found).version, 0);
    assert_same_thing(fixture, &found, thing);
}

static void assert_kept(struct fixture *fixture, const struct thing *thing)
{
    struct thing found;

    put_now(fixture, thing);
    assert_int_not_equal(look(fixture, thing, &found).version, 0);
    assert_same_thing(fixture, &found, thing);
}

/* ---- Members ------------------------------------------------------------------------------- */

static void a_row_that_is_not_there_has_no_version(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = thing_of("a", 1);
    struct thing other = thing_of("a", 2);
    struct thing found;

    assert_int_equal(look(fixture, &thing, NULL).version, 0);
    put_now(fixture, &thing);
    assert_int_equal(look(fixture, &other, NULL).version, 0);
    assert_int_equal(look_other(fixture, &thing, NULL).version, 0);
    assert_int_not_equal(look(fixture, &thing, &found).version, 0);
}

#define TEXT(literal)                                                                              \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }

static const struct kh_str texts[] = {
    TEXT("x"),
    TEXT(" "),
    TEXT("\0"),
    TEXT("a\0b"),
    TEXT("\"'\\`;--"),
    TEXT("\x01\x02\t\r\n\x1F\x7F"),
    TEXT("\xC3\xA9\xE2\x82\xAC"),
    TEXT("\xF0\x9F\x98\x80"),
    TEXT("\xEE\x80\x80\xEF\xBF\xBF\xF4\x8F\xBF\xBF"),
    TEXT("%s%n"),
    TEXT("=1#:kh#version"),
    TEXT("null"),
};

static void texts_are_kept_byte_by_byte(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct thing thing = thing_of("", 7);

        thing.id = texts[i];
        thing.group = texts[i];
        thing.note_presence = KH_PRESENT;
        thing.note = texts[i];
        thing.has_nested = true;
        thing.nested = (struct nested){ texts[i], -(int64_t)i };
        assert_kept(fixture, &thing);
    }
}

static void empty_texts_are_kept(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = thing_of("a", 1);
    bool may_refuse = !fixture->kind->keeps_all;

    thing.note_presence = KH_PRESENT;
    thing.note = KH_STR("");
    thing.has_nested = true;
    thing.nested.text = KH_STR("");
    assert_kept(fixture, &thing);
    /* A member of an index, and one of the key. */
    thing.group = KH_STR("");
    assert_kept_or_refused(fixture, &thing, may_refuse);
    thing = thing_of("", 1);
    assert_kept_or_refused(fixture, &thing, may_refuse);
}

static void long_texts_are_kept(void **state)
{
    enum { LONG = 150000 };
    struct fixture *fixture = *state;
    struct thing thing = thing_of("a", 1);
    char *text = malloc(LONG);

    memset(text, 'x', LONG);
    thing.note_presence = KH_PRESENT;
    thing.note = (struct kh_str){ text, LONG };
    thing.has_nested = true;
    thing.nested.text = thing.note;
    assert_kept(fixture, &thing);

    thing = thing_of("a", 1);
    for (size_t length = 900; length < 4000; length += 500) {
        thing.id = (struct kh_str){ text, length };
        assert_kept_or_refused(fixture, &thing, !fixture->kind->keeps_all);
        thing.id = KH_STR("a");
        thing.group = (struct kh_str){ text, length };
        assert_kept_or_refused(fixture, &thing, !fixture->kind->keeps_all);
    }
    /* More than DynamoDB's items can hold. */
    thing.group = KH_STR("g");
    thing.note_presence = KH_PRESENT;
    thing.note = (struct kh_str){ text, LONG };
    thing.has_nested = true;
    free(text);
    text = malloc((size_t)LONG * 4);
    memset(text, 'y', (size_t)LONG * 4);
    thing.nested.text = (struct kh_str){ text, (size_t)LONG * 4 };
    thing.note = thing.nested.text;
    assert_kept_or_refused(fixture, &thing, !fixture->kind->keeps_all);
    free(text);
}

static void integers_are_kept_to_their_bounds(void **state)
{
    static const int32_t parts[] = { INT32_MIN, -1, 0, 1, INT32_MAX };
    static const int64_t bigs[] = { INT64_MIN, -9007199254740993, -1, 9007199254740993, INT64_MAX };
    static const uint64_t unsigned_bigs[] = { 0, 1, 9007199254740993U, (uint64_t)INT64_MAX + 1,
                                              UINT64_MAX };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct thing thing = thing_of("a", parts[i]);

        thing.big = bigs[i];
        thing.unsigned_big = unsigned_bigs[i];
        thing.has_nested = true;
        thing.nested.number = bigs[i];
        thing.nested.text = KH_STR("");
        thing.flag = i % 2 == 0;
        thing.colour = (enum colour)(COLOUR_RED + i % 3);
        assert_kept(fixture, &thing);
    }
}

static void decimals_are_kept_exactly(void **state)
{
    static const char *const prices[] = {
        "0",
        "0.00",
        "7",
        "-7.50",
        "100",
        "1000000000000000000000000000000",
        "99999999999999999999999999999999999999",
        "-99999999999999999999999999999999999999",
        "0.99999999999999999999999999999999999999",
        "-0.10000000000000000000000000000000000000",
        "12345678901234567890.123456789012345678",
    };
    /* The smallest one that there is: 1 behind 129 zeros. */
    char least[2 + KH_DECIMAL_MAX_SCALE + 1] = "0.";
    struct fixture *fixture = *state;
    struct thing thing = thing_of("a", 1);

    thing.has_price = true;
    for (size_t i = 0; i < sizeof prices / sizeof prices[0]; i++) {
        thing.price = decimal_of(prices[i]);
        assert_kept(fixture, &thing);
    }
    memset(least + 2, '0', KH_DECIMAL_MAX_SCALE - 1);
    memcpy(least + 1 + KH_DECIMAL_MAX_SCALE, "1", 2);
    thing.price = decimal_of(least);
    assert_int_equal(thing.price.scale, KH_DECIMAL_MAX_SCALE);
    assert_kept(fixture, &thing);
}

static void instants_are_kept_as_written(void **state)
{
    static const char *const times[] = {
        "1970-01-01T00:00:00Z",
        "2026-11-23T10:20:30.120+05:30",
        "2026-11-23T10:20:30.999999999-23:59",
        "2016-12-31T23:59:60Z",
        "2017-01-01T00:59:60.5+01:00",
        "1969-12-31T23:59:59.9Z",
        "0000-01-01T00:00:00Z",
        "0000-01-01T00:00:00.000+23:59",
        "9999-12-31T23:59:59.999999999Z",
        "9999-12-31T23:59:59.000000000-23:59",
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct thing thing = thing_of("a", 1);

        thing.at = instant_of(times[i]);
        assert_kept(fixture, &thing);
    }
}

static void doubles_are_kept_or_refused(void **state)
{
    static const double ratios[] = { 0.0,    -0.0,   0.1,          1.0 / 3, -123456789.12345678,
                                     5e-324, 1e-300, DBL_TRUE_MIN, 1e15,    1e16,
                                     1e21,   1e125,  9e125,        1e126,   1e300 };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof ratios / sizeof ratios[0]; i++) {
        struct thing thing = thing_of("a", 1);
        double size = ratios[i] < 0 ? -ratios[i] : ratios[i];

        thing.ratio = ratios[i];
        assert_kept_or_refused(fixture, &thing,
                               !fixture->kind->keeps_all && (size > 1e100 || size < 1e-100));
    }
}

static void absent_null_and_empty_are_told_apart(void **state)
{
    struct fixture *fixture = *state;

    for (int i = 0; i < 12; i++) {
        struct thing thing = thing_of("a", 1);

        /* What is absent is not to be looked at. */
        thing.note = (struct kh_str){ (const char *)(uintptr_t)8, 4096 };
        thing.nested.text = thing.note;
        thing.note_presence = (enum kh_presence)(i % 3);
        if (thing.note_presence == KH_PRESENT) {
            thing.note = KH_STR("");
        }
        thing.has_price = i / 3 % 2 == 0;
        thing.price = (struct kh_decimal){ .coefficient = 1, .scale = thing.has_price ? 2 : -77 };
        thing.has_nested = i / 6 == 0;
        if (thing.has_nested) {
            thing.nested.text = KH_STR("");
        }
        /* Each replaces the one before it: nothing of that stays. */
        assert_kept(fixture, &thing);
    }
}

/* ---- Rows ---------------------------------------------------------------------------------- */

/* What the caller does with its memory afterwards is nothing to the store, and the other way round. */
static void values_are_copied_in_and_out(void **state)
{
    struct fixture *fixture = *state;
    char *text = malloc(8);
    struct thing thing = thing_of("a", 1);
    struct thing expected = thing_of("a", 1);
    struct thing out;
    struct thing again;

    memcpy(text, "abcdefgh", 8);
    thing.id = (struct kh_str){ text, 1 };
    thing.group = (struct kh_str){ text, 8 };
    thing.has_nested = true;
    thing.nested.text = (struct kh_str){ text, 8 };
    put_now(fixture, &thing);
    memset(text, 0x55, 8);
    free(text);

    expected.group = KH_STR("abcdefgh");
    expected.has_nested = true;
    expected.nested.text = KH_STR("abcdefgh");
    (void)look(fixture, &expected, &out);
    assert_same_thing(fixture, &out, &expected);
    memset((char *)(uintptr_t)out.group.data, 0x55, 8);
    memset((char *)(uintptr_t)out.nested.text.data, 0x55, 8);
    (void)look(fixture, &expected, &again);
    assert_same_thing(fixture, &again, &expected);

    /* What was given out outlives the row. */
    remove_now(fixture, &expected);
    assert_same_thing(fixture, &again, &expected);
}

/* Keys whose texts could be taken for each other's, in two entities. */
static void every_key_has_its_row(void **state)
{
    static const struct kh_str ids[] = { TEXT("a"),     TEXT("a\0"),       TEXT("a\0\0"),
                                         TEXT("a\x01"), TEXT("a\x01\x01"), TEXT("ab"),
                                         TEXT("a\x02"), TEXT("a1"),        TEXT("A"),
                                         TEXT("=a"),    TEXT("a-"),        TEXT("a\xC3\xA9") };
    static const int32_t parts[] = { -1, 0, 1, 10, 11 };
    enum { IDS = sizeof ids / sizeof ids[0], PARTS = sizeof parts / sizeof parts[0] };
    struct fixture *fixture = *state;

    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < IDS; i++) {
            struct thing things[PARTS];
            struct kh_change changes[PARTS * 2];

            for (size_t j = 0; j < PARTS; j++) {
                things[j] = thing_of("", parts[j]);
                things[j].id = ids[i];
                things[j].big = (int64_t)(i * PARTS + j);
                if (pass == 0) {
                    changes[j] = put_of(&things[j], no_row);
                    changes[PARTS + j] = of_other(changes[j]);
                } else {
                    struct thing found;

                    assert_int_not_equal(look(fixture, &things[j], &found).version, 0);
                    assert_same_thing(fixture, &found, &things[j]);
                    assert_int_not_equal(look_other(fixture, &things[j], &found).version, 0);
                    assert_same_thing(fixture, &found, &things[j]);
                }
            }
            if (pass == 0) {
                assert_int_equal(commit(fixture, changes, PARTS * 2, NULL, 0), KH_OK);
            }
        }
    }
}

/* ---- Many rows ----------------------------------------------------------------------------- */

enum { MANY = 250 };

static size_t at_once(const struct fixture *fixture, size_t most)
{
    return fixture->store->ops->max_changes < most ? fixture->store->ops->max_changes : most;
}

/* Puts rows number 0, 2, 4 and so on before `count` of them, `together` in a commit. */
static void put_every_second(struct fixture *fixture, size_t count, size_t together,
                             struct kh_str note)
{
    struct thing *things = calloc(together, sizeof *things);
    struct kh_change *changes = calloc(together, sizeof *changes);
    size_t filled = 0;

    for (size_t i = 0; i < count; i += 2) {
        things[filled] = thing_of("many", (int32_t)i);
        things[filled].note_presence = KH_PRESENT;
        things[filled].note = note;
        changes[filled] = put_of(&things[filled], no_row);
        filled++;
        if (filled == together || i + 2 >= count) {
            assert_int_equal(commit(fixture, changes, filled, NULL, 0), KH_OK);
            filled = 0;
        }
    }
    free(changes);
    free(things);
}

static void assert_every_second(struct fixture *fixture, size_t count, struct kh_str note)
{
    struct kh_wanted *wanted = calloc(count, sizeof *wanted);
    struct thing *keys = calloc(count, sizeof *keys);
    struct thing *found = calloc(count, sizeof *found);

    for (size_t i = 0; i < count; i++) {
        keys[i] = thing_of("many", (int32_t)i);
        wanted[i] = (struct kh_wanted){
            .entity = &thing_entity, .key = &keys[i], .value = &found[i], .state = { .version = 1 }
        };
    }
    assert_int_equal(fetch(fixture, wanted, count, NULL, 0, NULL), KH_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(wanted[i].state.version != 0, i % 2 == 0);
        if (i % 2 == 0) {
            assert_int_equal(found[i].part, i);
            assert_true(kh_str_equal(found[i].note, note));
        }
    }
    free(found);
    free(keys);
    free(wanted);
}

static void many_rows_are_fetched_together(void **state)
{
    struct fixture *fixture = *state;

    put_every_second(fixture, MANY, at_once(fixture, 50), KH_STR("n"));
    assert_every_second(fixture, MANY, KH_STR("n"));
}

/* More than one answer of DynamoDB can hold: 16 MB, and 1 MB for a page of a query. */
static void large_rows_are_fetched_together(void **state)
{
    enum { LARGE = 300000, LARGE_ROWS = 120 };
    struct fixture *fixture = *state;
    struct kh_str note = { malloc(LARGE), LARGE };
    struct kh_page page = { .next = KH_STR_INIT("") };
    size_t seen = 0;

    memset((char *)(uintptr_t)note.data, 'l', LARGE);
    put_every_second(fixture, LARGE_ROWS, at_once(fixture, 10), note);
    assert_every_second(fixture, LARGE_ROWS, note);
    do {
        assert_int_equal(query(fixture, by_time, "g", page.next, 50, &page), KH_OK);
        for (size_t i = 0; i < page.count; i++, seen++) {
            const struct thing *thing = (const struct thing *)page.values + i;

            assert_int_equal(thing->part, seen * 2);
            assert_true(kh_str_equal(thing->note, note));
        }
    } while (page.next.length != 0);
    assert_int_equal(seen, LARGE_ROWS / 2);
    free((char *)(uintptr_t)note.data);
}

static const struct CMUnitTest tests[] = {
    STORE_TEST(a_row_that_is_not_there_has_no_version),
    STORE_TEST(texts_are_kept_byte_by_byte),
    STORE_TEST(empty_texts_are_kept),
    STORE_TEST(long_texts_are_kept),
    STORE_TEST(integers_are_kept_to_their_bounds),
    STORE_TEST(decimals_are_kept_exactly),
    STORE_TEST(instants_are_kept_as_written),
    STORE_TEST(doubles_are_kept_or_refused),
    STORE_TEST(absent_null_and_empty_are_told_apart),
    STORE_TEST(values_are_copied_in_and_out),
    STORE_TEST(every_key_has_its_row),
    STORE_TEST(many_rows_are_fetched_together),
    STORE_TEST(large_rows_are_fetched_together),
};

const struct contract contract_values = { "values", tests, sizeof tests / sizeof tests[0] };
