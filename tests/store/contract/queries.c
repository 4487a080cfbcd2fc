/* Queries: which rows, in which order, page by page, and the cursors between them. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random_bits.h"

/* ---- Helpers ------------------------------------------------------------------------------- */

/* Ids of all pages, "a1 b2 " and so on; the states are checked on the way. */
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
        /* Each page goes on: this ends. */
        assert_true(page.count > 0 || page.next.length == 0);
        for (size_t i = 0; i < page.count; i++) {
            const struct thing *thing = (const struct thing *)page.values + i;
            struct thing found;

            assert_true(length + 32 < sizeof text);
            assert_int_equal(page.states[i].version, look(fixture, thing, &found).version);
            assert_same_thing(fixture, thing, &found);
            length += (size_t)snprintf(text + length, sizeof text - length, "%.*s%d ",
                                       KH_STR_ARG(thing->id), thing->part);
        }
    } while (page.next.length != 0);
    return text;
}

static void put_thing(struct fixture *fixture, const char *id, int32_t part, const char *group,
                      const char *time, const char *price)
{
    struct thing thing = thing_of(id, part);

    thing.group = kh_str_from(group);
    thing.at = instant_of(time);
    if (price != NULL) {
        thing.has_price = true;
        thing.price = decimal_of(price);
    }
    put_now(fixture, &thing);
}

static void put_some(struct fixture *fixture)
{
    put_thing(fixture, "b", 2, "g", "2026-01-01T00:00:00.5Z", "10");
    put_thing(fixture, "a", 10, "g", "2026-01-01T01:00:00+01:00", "9.50");
    put_thing(fixture, "a", 9, "g", "2026-01-01T00:00:00.000Z", NULL);
    put_thing(fixture, "c", 1, "h", "2025-01-01T00:00:00Z", "1");
    put_thing(fixture, "b", -1, "g", "1969-12-31T23:59:59Z", "9.5");
    put_thing(fixture, "d", 1, "g", "2026-01-01T00:00:00.25-00:01", "100");
}

/* ---- Order --------------------------------------------------------------------------------- */

static void queries_are_in_order(void **state)
{
    struct fixture *fixture = *state;

    assert_string_equal(all_ids(fixture, NULL, "g", 10), "");
    assert_string_equal(all_ids(fixture, by_time, "g", 10), "");
    put_some(fixture);
    for (size_t limit = 1; limit < 8; limit++) {
        assert_string_equal(all_ids(fixture, NULL, "g", limit), "a9 a10 b-1 b2 c1 d1 ");
        assert_string_equal(all_ids(fixture, by_time, "g", limit), "b-1 a9 a10 b2 d1 ");
        assert_string_equal(all_ids(fixture, by_time, "h", limit), "c1 ");
        assert_string_equal(all_ids(fixture, by_time, "x", limit), "");
        /* a9 has no price: it is not in that index. */
        assert_string_equal(all_ids(fixture, by_price, "g", limit), "a10 b-1 b2 d1 ");
    }
    assert_string_equal(all_ids(fixture, NULL, "g", SIZE_MAX), "a9 a10 b-1 b2 c1 d1 ");
}

static void decimals_are_in_order_of_value(void **state)
{
    static const char *const prices[] = {
        "-99999999999999999999999999999999999999",
        "-10",
        "-9.99",
        "-9",
        "-0.5",
        "-0.25",
        "-0.00000000000000000001",
        "0",
        "0.000000000000000000000000000000000001",
        "0.09",
        "0.1",
        "0.11",
        "2",
        "10",
        "10.01",
        "11",
        "99999999999999999999999999999999999999",
    };
    enum { PRICES = sizeof prices / sizeof prices[0] };
    struct fixture *fixture = *state;
    struct kh_page page;

    for (size_t i = 0; i < PRICES; i++) {
        /* In an order of keys that is another one. */
        put_thing(fixture, "p", (int32_t)(i * 7 % PRICES), "g", "2026-01-01T00:00:00Z", prices[i]);
    }
    assert_int_equal(query(fixture, by_price, "g", KH_STR(""), PRICES + 1, &page), KH_OK);
    assert_int_equal(page.count, PRICES);
    for (size_t i = 0; i < PRICES; i++) {
        assert_int_equal(((const struct thing *)page.values)[i].part, i * 7 % PRICES);
    }
}

static void instants_are_in_order_of_the_moment(void **state)
{
    static const char *const times[] = {
        "0000-01-01T00:00:00+23:59", "0000-01-01T00:00:00Z",
        "0999-01-01T00:00:00Z",      "1969-12-31T23:59:59.999Z",
        "1970-01-01T00:00:00Z",      "1970-01-01T00:00:00.000000001Z",
        "2016-12-31T23:59:59.9Z",    "2016-12-31T23:59:60Z",
        "2016-12-31T23:59:60.5Z",    "2017-01-01T00:00:00Z",
        "2016-12-31T23:00:01-01:00", "2017-01-01T05:00:02+05:00",
        "9999-12-31T23:59:59.5Z",    "9999-12-31T00:00:00.25-23:59",
    };
    enum { TIMES = sizeof times / sizeof times[0] };
    struct fixture *fixture = *state;
    struct kh_page page;
    size_t last = TIMES;

    for (size_t i = 0; i < TIMES; i++) {
        put_thing(fixture, "t", (int32_t)(i * 5 % TIMES), "g", times[i], NULL);
    }
    assert_int_equal(query(fixture, by_time, "g", KH_STR(""), TIMES + 1, &page), KH_OK);
    assert_int_equal(page.count, TIMES);
    for (size_t i = 0; i < TIMES; i++) {
        const struct thing *things = page.values;

        assert_true(i == 0 || kh_instant_compare(things[i - 1].at, things[i].at) < 0);
        last = (size_t)things[i].part;
    }
    assert_true(last < TIMES);
}

static void texts_are_in_order_of_their_bytes(void **state)
{
    static const struct kh_str ids[] = {
        KH_STR_INIT("A"),
        KH_STR_INIT("B"),
        KH_STR_INIT("a"),
        KH_STR_INIT("a\0"),
        KH_STR_INIT("a\0b"),
        KH_STR_INIT("a\x01"),
        KH_STR_INIT("a\x01\x01"),
        KH_STR_INIT("a\x02"),
        KH_STR_INIT("a "),
        KH_STR_INIT("a1"),
        KH_STR_INIT("ab"),
        KH_STR_INIT("b"),
        KH_STR_INIT("\xC3\xA9"),
        KH_STR_INIT("\xEF\xBF\xBF"),
        KH_STR_INIT("\xF0\x9F\x98\x80"),
    };
    enum { IDS = sizeof ids / sizeof ids[0] };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < IDS; i++) {
        struct thing thing = thing_of("", 1);

        thing.id = ids[i * 7 % IDS];
        put_now(fixture, &thing);
    }
    for (size_t limit = 1; limit <= IDS; limit += 7) {
        for (size_t way = 0; way < 2; way++) {
            struct kh_page page = { .next = KH_STR_INIT("") };
            size_t seen = 0;

            do {
                assert_int_equal(
                    query(fixture, way == 0 ? NULL : by_time, "g", page.next, limit, &page), KH_OK);
                for (size_t i = 0; i < page.count; i++, seen++) {
                    assert_true(seen < IDS);
                    assert_true(kh_str_equal(((const struct thing *)page.values)[i].id, ids[seen]));
                }
            } while (page.next.length != 0);
            assert_int_equal(seen, IDS);
        }
    }
}

static void groups_are_not_taken_for_each_other(void **state)
{
    static const char *const groups[] = { "g", "g1", "G", "gg", " g", "g\x01", "g\x02" };
    struct fixture *fixture = *state;

    for (int32_t i = 0; i < 7; i++) {
        put_thing(fixture, "a", i, groups[i], "2026-01-01T00:00:00Z", "1");
    }
    for (int i = 0; i < 7; i++) {
        char expected[16];

        (void)snprintf(expected, sizeof expected, "a%d ", i);
        assert_string_equal(all_ids(fixture, by_time, groups[i], 3), expected);
        assert_string_equal(all_ids(fixture, by_price, groups[i], 3), expected);
    }
}

static void indexes_follow_changes(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = thing_of("d", 1);

    put_some(fixture);
    put_thing(fixture, "a", 10, "h", "2026-01-01T00:00:01Z", NULL);
    remove_now(fixture, &thing);
    assert_string_equal(all_ids(fixture, NULL, "g", 2), "a9 a10 b-1 b2 c1 ");
    assert_string_equal(all_ids(fixture, by_time, "g", 2), "b-1 a9 b2 ");
    assert_string_equal(all_ids(fixture, by_time, "h", 2), "c1 a10 ");
    assert_string_equal(all_ids(fixture, by_price, "g", 2), "b-1 b2 ");
    assert_string_equal(all_ids(fixture, by_price, "h", 2), "c1 ");
    put_thing(fixture, "a", 9, "g", "2026-01-01T00:00:00Z", "9.7");
    assert_string_equal(all_ids(fixture, by_price, "g", 2), "b-1 a9 b2 ");
    put_thing(fixture, "d", 1, "g", "2000-01-01T00:00:00Z", "0");
    assert_string_equal(all_ids(fixture, by_price, "g", 2), "d1 b-1 a9 b2 ");
    assert_string_equal(all_ids(fixture, by_time, "g", 2), "b-1 d1 a9 b2 ");
}

/* ---- Cursors ------------------------------------------------------------------------------- */

/* A cursor names a place, not a row: it holds while rows come and go. */
static void cursors_survive_changes(void **state)
{
    struct fixture *fixture = *state;
    struct thing last = thing_of("a", 9);
    const struct thing *things;
    struct kh_page page;

    put_some(fixture);
    assert_int_equal(query(fixture, by_time, "g", KH_STR(""), 2, &page), KH_OK);
    assert_int_equal(page.count, 2);
    assert_true(page.next.length != 0);
    remove_now(fixture, &last);
    put_thing(fixture, "z", 1, "g", "2025-01-01T00:00:00Z", NULL);   /* before the place */
    put_thing(fixture, "z", 2, "g", "2026-01-01T00:00:00.1Z", NULL); /* behind it */
    assert_int_equal(query(fixture, by_time, "g", page.next, 2, &page), KH_OK);
    assert_int_equal(page.count, 2);
    things = page.values;
    assert_int_equal(things[0].part, 10);
    assert_true(kh_str_equal(things[1].id, KH_STR("z")) && things[1].part == 2);
    /* All rows behind it are gone. */
    for (int32_t i = 1; i < 3; i++) {
        struct thing gone = thing_of(i == 1 ? "d" : "b", i);

        remove_now(fixture, &gone);
    }
    assert_int_equal(query(fixture, by_time, "g", page.next, 2, &page), KH_OK);
    assert_int_equal(page.count, 0);
    assert_int_equal(page.next.length, 0);
}

static void cursors_of_other_queries_are_refused(void **state)
{
    static const char *const foreign[] = { "x", "zz", "00", "333a", "abc", "AB" };
    struct fixture *fixture = *state;
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

static void cursors_of_one_store_are_good_for_another(void **state)
{
    struct fixture *fixture = *state;
    struct fixture model;
    struct kh_page page;

    fixture_use(&model, &memory_kind, NULL);
    model.store = fixture_open(&model);
    put_some(&model);
    put_some(fixture);
    assert_int_equal(query(&model, by_price, "g", KH_STR(""), 2, &page), KH_OK);
    assert_int_equal(query(fixture, by_price, "g", page.next, 2, &page), KH_OK);
    assert_int_equal(page.count, 2);
    assert_true(kh_str_equal(((const struct thing *)page.values)[0].id, KH_STR("b")));
    assert_int_equal(((const struct thing *)page.values)[0].part, 2);
    kh_store_destroy(model.store);
    fixture_end_use(&model);
}

/* ---- Many rows ----------------------------------------------------------------------------- */

enum { ROWS = 60 };

struct model_row {
    bool is_there;
    struct thing thing;
};

static int compare_places(const struct kh_index *index, const struct thing *a,
                          const struct thing *b)
{
    int order = index == by_time    ? kh_instant_compare(a->at, b->at)
                : index == by_price ? kh_decimal_compare(a->price, b->price)
                                    : 0;

    if (order == 0) {
        order = kh_str_compare(a->id, b->id);
    }
    return order != 0 ? order : (a->part > b->part) - (a->part < b->part);
}

/* The row of the model that comes next behind `last` (NULL: the first), or NULL. */
static const struct thing *next_row(const struct model_row model[ROWS],
                                    const struct kh_index *index, struct kh_str group,
                                    const struct thing *last)
{
    const struct thing *best = NULL;

    for (size_t i = 0; i < ROWS; i++) {
        const struct thing *at = &model[i].thing;

        if (model[i].is_there && (index == NULL || kh_str_equal(at->group, group)) &&
            (index != by_price || at->has_price) &&
            (last == NULL || compare_places(index, at, last) > 0) &&
            (best == NULL || compare_places(index, at, best) < 0)) {
            best = at;
        }
    }
    return best;
}

static void assert_pages(struct fixture *fixture, const struct model_row model[ROWS],
                         const struct kh_index *index, const char *group, size_t limit)
{
    struct kh_page page = { .next = KH_STR_INIT("") };
    const struct thing *expected = NULL;

    do {
        assert_int_equal(query(fixture, index, group, page.next, limit, &page), KH_OK);
        for (size_t i = 0; i < page.count; i++) {
            expected = next_row(model, index, kh_str_from(group), expected);
            assert_non_null(expected);
            assert_same_thing(fixture, (const struct thing *)page.values + i, expected);
        }
    } while (page.next.length != 0);
    assert_null(next_row(model, index, kh_str_from(group), expected));
}

static void change_at_random(struct fixture *fixture, struct model_row *row, size_t number)
{
    uint64_t bits = random_u64();
    struct thing thing = thing_of("k", (int32_t)(number % 3));
    static char ids[ROWS][24];

    (void)snprintf(ids[number], sizeof ids[number], "k%zu", number / 3);
    thing.id = kh_str_from(ids[number]);
    if (row->is_there && bits % 8 < 2) {
        remove_now(fixture, &thing);
        row->is_there = false;
        return;
    }
    thing.group = bits >> 8 & 1 ? KH_STR("g") : KH_STR("h");
    thing.at = (struct kh_instant){ .seconds = (int64_t)(bits >> 9 & 7) - 4 };
    thing.has_price = (bits >> 12 & 3) != 0;
    if (thing.has_price) {
        thing.price = kh_decimal_from_int64((int64_t)(bits >> 14 & 15) - 8);
        thing.price.scale = (int16_t)(bits >> 18 & 1);
        thing.price.negative = thing.price.negative && thing.price.coefficient != 0;
    }
    put_now(fixture, &thing);
    *row = (struct model_row){ true, thing };
}

/* Rows put, replaced and removed at random, all of them queried now and then. */
static void pages_agree_with_a_model(void **state)
{
    enum { CHANGES = 400, LOOK_EACH = 40 };
    struct fixture *fixture = *state;
    struct model_row model[ROWS] = { { false, { .part = 0 } } };

    random_state = 1;
    for (size_t i = 0; i < CHANGES; i++) {
        size_t number = (size_t)(random_u64() % ROWS);

        change_at_random(fixture, &model[number], number);
        if (i % LOOK_EACH == LOOK_EACH - 1) {
            size_t limit = (size_t)(random_u64() % 12 + 1);

            assert_pages(fixture, model, NULL, "g", limit);
            assert_pages(fixture, model, by_time, "g", limit);
            assert_pages(fixture, model, by_time, "h", limit);
            assert_pages(fixture, model, by_price, "g", limit);
        }
    }
}

static const struct CMUnitTest tests[] = {
    STORE_TEST(queries_are_in_order),
    STORE_TEST(decimals_are_in_order_of_value),
    STORE_TEST(instants_are_in_order_of_the_moment),
    STORE_TEST(texts_are_in_order_of_their_bytes),
    STORE_TEST(groups_are_not_taken_for_each_other),
    STORE_TEST(indexes_follow_changes),
    STORE_TEST(cursors_survive_changes),
    STORE_TEST(cursors_of_other_queries_are_refused),
    STORE_TEST(cursors_of_one_store_are_good_for_another),
    STORE_TEST(pages_agree_with_a_model),
};

const struct contract contract_queries = { "queries", tests, sizeof tests / sizeof tests[0] };
