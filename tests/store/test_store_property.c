/*
 * Random sequences of operations on a store and on the one in memory, which is the model: they answer the
 * same. KH_PROPERTY_ROUNDS says how many operations, KH_PROPERTY_SEED which ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random_bits.h"
#include "store_fixture.h"

enum {
    THINGS = 7, /* the other rows are of the other entity */
    ROWS = 10,
    TOGETHER = 4, /* rows in a commit, at most */
    SEEN = 4,     /* states of a row that are remembered */
    EVENTS = 400,
    FRESH_EACH = 200,
    LOCAL_ROUNDS = 4000,
    SERVER_ROUNDS = 400
};

/* What the two said of a row at the same time. */
struct seen {
    struct kh_row_state model;
    struct kh_row_state tested;
};

struct both {
    struct fixture *tested;
    struct fixture model;
    struct kh_store *stores[2];   /* at the place of the tested one; used in turn */
    struct seen seen[ROWS][SEEN]; /* the latest last, which is how the row is now */
    size_t seen_count[ROWS];
    uint64_t seed;
    size_t round;
    bool is_done;
};

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static size_t random_below(size_t bound)
{
    return (size_t)(random_u64() % bound);
}

static bool happens(size_t times, size_t out_of)
{
    return random_below(out_of) < times;
}

/* ---- Rows and events ----------------------------------------------------------------------- */

static const struct kh_entity *entity_of(size_t row)
{
    return row < THINGS ? &thing_entity : &other_entity;
}

static struct thing key_of(size_t row)
{
    static const struct kh_str ids[] = { KH_STR_INIT("k"), KH_STR_INIT("k\0"),
                                         KH_STR_INIT("k\0y") };
    struct thing thing = thing_of("", (int32_t)(row / 3) - 1);

    thing.id = ids[row % 3];
    return thing;
}

static struct thing random_thing(const struct both *both, size_t row)
{
    static const struct kh_str texts[] = { KH_STR_INIT("g"), KH_STR_INIT("h"), KH_STR_INIT("g\0"),
                                           KH_STR_INIT("\xF0\x9F\x98\x80\""), KH_STR_INIT("") };
    struct thing thing = key_of(row);

    /* Not every store has an empty one in an index. */
    thing.group = texts[random_below(both->tested->kind->keeps_all ? 5 : 4)];
    thing.at = (struct kh_instant){ .seconds = (int64_t)random_below(7) - 3,
                                    .nanoseconds = (int32_t)random_below(2) * 500000000,
                                    .offset_minutes = (int16_t)((int)random_below(3) - 1),
                                    .fraction_digits = 9 };
    thing.has_price = happens(2, 3);
    if (thing.has_price) {
        thing.price = kh_decimal_from_int64((int64_t)random_below(41) - 20);
        thing.price.scale = (int16_t)random_below(3);
    }
    thing.flag = happens(1, 2);
    thing.big = (int64_t)random_u64();
    thing.unsigned_big = random_u64();
    thing.ratio = (double)(int64_t)random_u64() / 3.0;
    thing.colour = (enum colour)(COLOUR_RED + (int)random_below(3));
    thing.note_presence = (enum kh_presence)random_below(3);
    thing.note = texts[random_below(5)];
    thing.has_nested = happens(1, 2);
    thing.nested = (struct nested){ texts[random_below(5)], (int64_t)random_u64() };
    return thing;
}

/* Every event has its home for good: a row, or, for one of them all, none. */
static size_t home_of(size_t event)
{
    return event % (ROWS + 1);
}

static struct kh_mark event_mark(size_t event, size_t home, struct kh_arena *arena)
{
    char text[24];
    int length = snprintf(text, sizeof text, "event %zu", event);

    return mark_of(kh_arena_copy(arena, (struct kh_str){ text, (size_t)length }), home);
}

/* ---- What was seen ------------------------------------------------------------------------- */

static struct seen latest(const struct both *both, size_t row)
{
    return both->seen[row][both->seen_count[row] - 1];
}

static void remember(struct both *both, size_t row, struct seen now)
{
    struct seen *seen = both->seen[row];
    size_t kept = 0;

    /*
     * What is remembered beside the latest fits neither of the two: not the same state once more, nor that
     * there was no row, which comes true again.
     */
    for (size_t i = 0; i < both->seen_count[row]; i++) {
        if (seen[i].model.version != 0 && seen[i].model.version != now.model.version) {
            seen[kept++] = seen[i];
        }
    }
    if (kept == SEEN) {
        memmove(seen, seen + 1, (SEEN - 1) * sizeof *seen);
        kept--;
    }
    seen[kept] = now;
    both->seen_count[row] = kept + 1;
}

/* The two answer the same about these rows, which are told apart, and about events of theirs. */
static void compare_fetch(struct both *both, const size_t *rows, size_t row_count,
                          const size_t *events, size_t event_count, bool only_where)
{
    struct thing keys[ROWS];
    struct thing values[2][ROWS];
    struct kh_wanted wanted[2][ROWS];
    struct kh_mark marks[EVENTS];
    bool found[2][EVENTS];
    struct fixture *sides[2] = { &both->model, both->tested };

    for (size_t i = 0; i < row_count; i++) {
        const struct seen known = both->seen_count[rows[i]] == 0 ? (struct seen){ no_row, no_row }
                                                                 : latest(both, rows[i]);
        bool is_known = only_where && both->seen_count[rows[i]] != 0 && happens(1, 2);

        keys[i] = key_of(rows[i]);
        for (size_t side = 0; side < 2; side++) {
            wanted[side][i] = (struct kh_wanted){ .entity = entity_of(rows[i]),
                                                  .key = &keys[i],
                                                  .value = is_known ? NULL : &values[side][i],
                                                  .state = side == 0 ? known.model : known.tested };
        }
    }
    for (size_t i = 0; i < event_count; i++) {
        size_t home = KH_HOMELESS;

        for (size_t j = 0; j < row_count; j++) {
            home = rows[j] == home_of(events[i]) ? j : home;
        }
        marks[i] = event_mark(events[i], home, &both->tested->arena);
        found[0][i] = found[1][i] = happens(1, 2);
    }
    for (size_t side = 0; side < 2; side++) {
        assert_int_equal(
            fetch(sides[side], wanted[side], row_count, marks, event_count, found[side]), KH_OK);
    }
    for (size_t i = 0; i < event_count; i++) {
        assert_int_equal(found[0][i], found[1][i]);
    }
    for (size_t i = 0; i < row_count; i++) {
        assert_int_equal(wanted[0][i].state.version != 0, wanted[1][i].state.version != 0);
        if (wanted[0][i].value != NULL) {
            if (wanted[0][i].state.version != 0) {
                assert_same_thing(both->tested, &values[1][i], &values[0][i]);
            }
            remember(both, rows[i], (struct seen){ wanted[0][i].state, wanted[1][i].state });
        }
    }
}

/* Different rows, up to `most` of them. */
static size_t choose_rows(size_t rows[ROWS], size_t most)
{
    size_t count = 1 + random_below(most);
    size_t first = random_below(ROWS);

    for (size_t i = 0; i < count; i++) {
        /* 3 and ROWS have no divisor in common. */
        rows[i] = (first + i * 3) % ROWS;
    }
    return count;
}

/* Different events of these rows or of none, old and new ones. */
static size_t choose_events(const size_t *rows, size_t row_count, size_t events[EVENTS],
                            size_t most)
{
    size_t count = 0;
    size_t tries = random_below(most + 1) * (ROWS + 1);
    size_t first = random_below(EVENTS);

    for (size_t i = 0; i < tries && count < most; i++) {
        size_t event = (first + i) % EVENTS;
        bool is_theirs = home_of(event) == ROWS;

        for (size_t j = 0; j < row_count; j++) {
            is_theirs = is_theirs || rows[j] == home_of(event);
        }
        if (is_theirs && happens(1, 2)) {
            events[count++] = event;
        }
    }
    return count;
}

/* ---- Operations ---------------------------------------------------------------------------- */

static void fetch_some(struct both *both)
{
    size_t rows[ROWS];
    size_t events[EVENTS];
    size_t row_count = choose_rows(rows, ROWS);
    size_t event_count = choose_events(rows, row_count, events, 20);

    compare_fetch(both, rows, row_count, events, event_count, true);
}

static enum kh_change_kind random_kind(bool is_there)
{
    size_t chance = random_below(10);

    if (chance < 6) {
        return KH_CHANGE_PUT;
    }
    return chance < 8 && is_there ? KH_CHANGE_REMOVE : KH_CHANGE_NONE;
}

static void commit_some(struct both *both)
{
    struct fixture *sides[2] = { &both->model, both->tested };
    enum kh_status statuses[2];
    size_t rows[ROWS];
    size_t events[EVENTS];
    size_t row_count = choose_rows(rows, TOGETHER);
    size_t event_count = choose_events(rows, row_count, events, 3);
    struct kh_change changes[2][ROWS];
    struct kh_mark marks[EVENTS];
    struct thing values[ROWS];

    for (size_t i = 0; i < row_count; i++) {
        size_t row = rows[i];
        struct seen seen = happens(1, 12) ? both->seen[row][random_below(both->seen_count[row])]
                                          : latest(both, row);
        enum kh_change_kind kind = random_kind(seen.model.version != 0);

        values[i] = kind == KH_CHANGE_PUT ? random_thing(both, row) : key_of(row);
        changes[0][i] = (struct kh_change){ kind, entity_of(row), &values[i], seen.model };
        changes[1][i] = (struct kh_change){ kind, entity_of(row), &values[i], seen.tested };
    }
    for (size_t i = 0; i < event_count; i++) {
        size_t home = KH_HOMELESS;

        for (size_t j = 0; j < row_count; j++) {
            home = rows[j] == home_of(events[i]) ? j : home;
        }
        marks[i] = event_mark(events[i], home, &both->tested->arena);
    }
    for (size_t side = 0; side < 2; side++) {
        statuses[side] = commit(sides[side], changes[side], row_count, marks, event_count);
    }
    if (statuses[0] != statuses[1]) {
        fail_msg("%s, not %s: %s", kh_status_name(statuses[1]), kh_status_name(statuses[0]),
                 both->tested->error.reason);
    }
    compare_fetch(both, rows, row_count, events, event_count, false);
}

/* All pages of a query, with commits between them now and then. */
static void query_some(struct both *both)
{
    static const char *const groups[] = { "g", "h" };
    const struct kh_index *const indexes[] = { NULL, by_price, by_time };
    const struct kh_index *index = indexes[random_below(3)];
    const char *group = groups[random_below(2)];
    struct kh_page tested = { .next = KH_STR_INIT("") };
    struct kh_page model = { .next = KH_STR_INIT("") };

    do {
        size_t limit = 1 + random_below(ROWS);

        assert_int_equal(query(both->tested, index, group, tested.next, limit, &tested), KH_OK);
        assert_true(tested.count <= limit);
        /* It may stop early where there is more. */
        limit = tested.next.length == 0 || tested.count == 0 ? limit : tested.count;
        assert_int_equal(query(&both->model, index, group, model.next, limit, &model), KH_OK);
        assert_int_equal(tested.count, model.count);
        for (size_t i = 0; i < model.count; i++) {
            const struct thing *expected = (const struct thing *)model.values + i;

            assert_same_thing(both->tested, (const struct thing *)tested.values + i, expected);
            for (size_t row = 0; row < THINGS; row++) {
                struct thing key = key_of(row);

                if (kh_entity_compare_keys(&thing_entity, &key, expected) == 0) {
                    remember(both, row, (struct seen){ model.states[i], tested.states[i] });
                }
            }
        }
        if (model.next.length == 0 && tested.next.length != 0) {
            assert_int_equal(query(both->tested, index, group, tested.next, limit, &tested), KH_OK);
            assert_int_equal(tested.count, 0);
        }
        assert_int_equal(tested.next.length == 0, model.next.length == 0);
        if (happens(1, 4)) {
            commit_some(both);
        }
    } while (model.next.length != 0);
}

/* ---- The whole ----------------------------------------------------------------------------- */

/* All rows and all events, with nothing known before. */
static void look_at_all(struct both *both)
{
    size_t rows[ROWS];
    size_t events[EVENTS];

    kh_arena_reset(&both->tested->arena);
    kh_arena_reset(&both->model.arena);
    for (size_t i = 0; i < ROWS; i++) {
        rows[i] = i;
        both->seen_count[i] = 0;
    }
    for (size_t i = 0; i < EVENTS; i++) {
        events[i] = i;
    }
    compare_fetch(both, rows, ROWS, events, EVENTS, false);
}

/* Closes one of the stores and opens it again. */
static void open_again(struct both *both)
{
    size_t which = random_below(2);

    if (both->tested->kind->is_shared) {
        kh_store_destroy(both->stores[which]);
        both->stores[which] = NULL;
        both->stores[which] = fixture_open(both->tested);
    }
}

static void it_answers_as_the_model_does(void **state)
{
    struct both *both = *state;
    size_t rounds = setting("KH_PROPERTY_ROUNDS",
                            both->tested->kind->needs_server ? SERVER_ROUNDS : LOCAL_ROUNDS);

    for (; both->round < rounds; both->round++) {
        size_t chance = random_below(10);

        if (both->round % FRESH_EACH == 0) {
            open_again(both);
            both->tested->store = both->stores[0];
            look_at_all(both);
        }
        both->tested->store = both->stores[happens(1, 4) && both->stores[1] != NULL ? 1 : 0];
        if (chance < 6) {
            commit_some(both);
        } else if (chance < 8) {
            fetch_some(both);
        } else {
            query_some(both);
        }
    }
    look_at_all(both);
    both->is_done = true;
}

static int set_up(void **state)
{
    struct both *both = calloc(1, sizeof *both);
    void *tested;

    (void)fixture_set_up(&tested);
    both->tested = tested;
    both->stores[0] = both->tested->store;
    if (both->tested->kind->is_shared) {
        both->stores[1] = fixture_open(both->tested);
    }
    fixture_use(&both->model, &memory_kind, NULL);
    both->model.store = fixture_open(&both->model);
    both->seed = setting("KH_PROPERTY_SEED", 1);
    random_state = both->seed;
    *state = both;
    return 0;
}

static int tear_down(void **state)
{
    struct both *both = *state;
    void *tested = both->tested;

    if (!both->is_done) {
        print_error("KH_PROPERTY_SEED=%llu: in round %zu\n", (unsigned long long)both->seed,
                    both->round);
    }
    kh_store_destroy(both->stores[1]);
    both->tested->store = both->stores[0];
    (void)fixture_tear_down(&tested);
    kh_store_destroy(both->model.store);
    fixture_end_use(&both->model);
    free(both);
    return 0;
}

static int run(const struct store_kind *kind)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_answers_as_the_model_does, set_up, tear_down),
    };

    /* Nothing is shown by the model beside itself. */
    if (kind == &memory_kind) {
        return 0;
    }
    fixture_choose(kind);
    return _cmocka_run_group_tests(kind->name, tests, 1, NULL, NULL);
}

int main(int argc, char **argv)
{
    return for_store_kinds(argc, argv, run);
}
