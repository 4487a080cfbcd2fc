#include "store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kh/clock.h"
#include "kh/hash.h"

/* For a test under a sanitizer on a busy machine. */
#define PATIENCE_MS 120000

const struct kh_row_state no_row = { 0 };

static const struct store_kind *chosen;

/* ---- Set up -------------------------------------------------------------------------------- */

void fixture_choose(const struct store_kind *kind)
{
    chosen = kind;
}

void fixture_use(struct fixture *made, const struct store_kind *kind, struct kh_store *store)
{
    *made = (struct fixture){ .kind = kind, .store = store };
    kh_arena_init(&made->arena);
    kh_error_clear(&made->error);
    made->call =
        (struct kh_call){ .arena = &made->arena,
                          .error = &made->error,
                          .deadline_ms = kh_clock_wall_ms(kh_clock_system()) + PATIENCE_MS };
}

void fixture_end_use(struct fixture *made)
{
    kh_arena_clean_up(&made->arena);
}

struct kh_store *fixture_open(struct fixture *fixture)
{
    struct kh_store *store;

    kh_error_clear(&fixture->error);
    if (fixture->kind->open(&fixture->place, &fixture->error, &store) != KH_OK) {
        fail_msg("%s", fixture->error.reason);
    }
    return store;
}

int fixture_set_up(void **state)
{
    struct fixture *fixture = malloc(sizeof *fixture);

    fixture_use(fixture, chosen, NULL);
    chosen->make_place(&fixture->place);
    fixture->store = fixture_open(fixture);
    *state = fixture;
    return 0;
}

int fixture_tear_down(void **state)
{
    struct fixture *fixture = *state;

    kh_store_destroy(fixture->store);
    fixture->kind->clear_place(&fixture->place);
    fixture_end_use(fixture);
    free(fixture);
    return 0;
}

/* ---- Things -------------------------------------------------------------------------------- */

struct thing thing_of(const char *id, int32_t part)
{
    return (struct thing){
        .id = kh_str_from(id), .part = part, .group = KH_STR("g"), .colour = COLOUR_GREEN
    };
}

struct kh_instant instant_of(const char *text)
{
    struct kh_instant instant;

    assert_int_equal(kh_instant_parse(kh_str_from(text), &instant), KH_OK);
    return instant;
}

struct kh_decimal decimal_of(const char *text)
{
    struct kh_decimal decimal;

    assert_int_equal(kh_decimal_parse(kh_str_from(text), &decimal), KH_OK);
    return decimal;
}

static bool is_same_price(bool as_written, const struct thing *a, const struct thing *b)
{
    return a->has_price == b->has_price &&
           (!a->has_price || (kh_decimal_compare(a->price, b->price) == 0 &&
                              (!as_written || a->price.scale == b->price.scale)));
}

static bool is_same_instant(struct kh_instant a, struct kh_instant b)
{
    return a.seconds == b.seconds && a.nanoseconds == b.nanoseconds &&
           a.offset_minutes == b.offset_minutes && a.fraction_digits == b.fraction_digits;
}

bool is_same_thing(bool as_written, const struct thing *a, const struct thing *b)
{
    return kh_str_equal(a->id, b->id) && a->part == b->part && kh_str_equal(a->group, b->group) &&
           is_same_instant(a->at, b->at) && is_same_price(as_written, a, b) && a->flag == b->flag &&
           a->big == b->big && a->unsigned_big == b->unsigned_big && !(a->ratio < b->ratio) &&
           !(a->ratio > b->ratio) && a->colour == b->colour &&
           a->note_presence == b->note_presence &&
           (a->note_presence != KH_PRESENT || kh_str_equal(a->note, b->note)) &&
           a->has_nested == b->has_nested &&
           (!a->has_nested ||
            (kh_str_equal(a->nested.text, b->nested.text) && a->nested.number == b->nested.number));
}

void assert_same_thing(const struct fixture *fixture, const struct thing *found,
                       const struct thing *expected)
{
    struct kh_json_writer writer;

    if (is_same_thing(fixture->kind->keeps_all, found, expected)) {
        return;
    }
    kh_json_writer_init(&writer);
    if (thing_write(&writer, found) == KH_OK && kh_json_write_newline(&writer) == KH_OK &&
        thing_write(&writer, expected) == KH_OK) {
        print_error("found, and expected:\n%.*s\n", KH_STR_ARG(kh_json_writer_text(&writer)));
    }
    kh_json_writer_clean_up(&writer);
    fail();
}

/* ---- Changes ------------------------------------------------------------------------------- */

_Static_assert(sizeof(struct thing) == sizeof(struct other), "they have the same members");

struct kh_change put_of(const struct thing *thing, struct kh_row_state state)
{
    return (struct kh_change){ KH_CHANGE_PUT, &thing_entity, thing, state };
}

struct kh_change remove_of(const struct thing *key, struct kh_row_state state)
{
    return (struct kh_change){ KH_CHANGE_REMOVE, &thing_entity, key, state };
}

struct kh_change none_of(const struct thing *key, struct kh_row_state state)
{
    return (struct kh_change){ KH_CHANGE_NONE, &thing_entity, key, state };
}

struct kh_change of_other(struct kh_change change)
{
    change.entity = &other_entity;
    return change;
}

enum kh_status commit(struct fixture *fixture, const struct kh_change *changes, size_t change_count,
                      const struct kh_mark *marks, size_t mark_count)
{
    const struct kh_commit all = { changes, change_count, marks, mark_count };

    kh_error_clear(&fixture->error);
    return fixture->store->ops->commit(fixture->store, &fixture->call, &all);
}

enum kh_status commit_one(struct fixture *fixture, struct kh_change change)
{
    return commit(fixture, &change, 1, NULL, 0);
}

enum kh_status commit_marked(struct fixture *fixture, struct kh_change change, const char *mark_id)
{
    const struct kh_mark mark = mark_of(kh_str_from(mark_id), 0);

    return commit(fixture, &change, 1, &mark, 1);
}

static void assert_ok(struct fixture *fixture, enum kh_status status)
{
    if (status != KH_OK) {
        fail_msg("%s: %s", kh_status_name(status), fixture->error.reason);
    }
}

void put_now(struct fixture *fixture, const struct thing *thing)
{
    struct kh_row_state state = look(fixture, thing, NULL);

    assert_ok(fixture, commit_one(fixture, put_of(thing, state)));
}

void remove_now(struct fixture *fixture, const struct thing *key)
{
    struct kh_row_state state = look(fixture, key, NULL);

    assert_ok(fixture, commit_one(fixture, remove_of(key, state)));
}

/* ---- Looking ------------------------------------------------------------------------------- */

enum kh_status fetch(struct fixture *fixture, struct kh_wanted *rows, size_t row_count,
                     const struct kh_mark *marks, size_t mark_count, bool *found)
{
    kh_error_clear(&fixture->error);
    return fixture->store->ops->fetch(fixture->store, &fixture->call, rows, row_count, marks,
                                      mark_count, found);
}

static struct kh_row_state look_of(struct fixture *fixture, const struct kh_entity *entity,
                                   const struct thing *key, struct thing *out)
{
    struct thing unused;
    struct kh_wanted wanted = { .entity = entity,
                                .key = key,
                                .value = out == NULL ? &unused : out,
                                .state = { .version = UINT64_MAX } };

    assert_ok(fixture, fetch(fixture, &wanted, 1, NULL, 0, NULL));
    assert_int_equal(fixture->error.status, KH_OK);
    return wanted.state;
}

struct kh_row_state look(struct fixture *fixture, const struct thing *key, struct thing *out)
{
    return look_of(fixture, &thing_entity, key, out);
}

struct kh_row_state look_other(struct fixture *fixture, const struct thing *key, struct thing *out)
{
    return look_of(fixture, &other_entity, key, out);
}

bool is_there(struct fixture *fixture, const struct thing *key)
{
    return look(fixture, key, NULL).version != 0;
}

struct kh_mark mark_of(struct kh_str id, size_t home)
{
    return (struct kh_mark){ .id = id, .hash = kh_hash(id), .home = home };
}

bool is_marked(struct fixture *fixture, const char *id, const struct thing *home)
{
    const struct kh_mark mark = mark_of(kh_str_from(id), home == NULL ? KH_HOMELESS : 0);
    struct thing unused;
    struct kh_wanted wanted = { .entity = &thing_entity, .key = home, .value = &unused };
    bool found = false;
    bool again = true;

    /* Whatever was there before is overwritten. */
    assert_ok(fixture, fetch(fixture, &wanted, home == NULL ? 0 : 1, &mark, 1, &found));
    assert_ok(fixture, fetch(fixture, &wanted, home == NULL ? 0 : 1, &mark, 1, &again));
    assert_int_equal(found, again);
    return found;
}

/* ---- Queries ------------------------------------------------------------------------------- */

enum kh_status query(struct fixture *fixture, const struct kh_index *index, const char *group,
                     struct kh_str cursor, size_t limit, struct kh_page *page)
{
    const struct thing key = { .group = kh_str_from(group) };

    kh_error_clear(&fixture->error);
    return fixture->store->ops->query(fixture->store, &fixture->call, &thing_entity, index, &key,
                                      cursor, limit, page);
}
