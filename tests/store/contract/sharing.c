/* Several threads on one store, and several stores at one place. */
#include "contract.h"

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4 };

struct adder {
    const struct store_kind *kind;
    struct kh_store *store;
    pthread_t thread;
    size_t number;
    size_t times;
    bool failed;
};

/* How often each thread adds: the calls of a server are no faster on a busy machine. */
static size_t times(const struct fixture *fixture)
{
    return fixture->kind->needs_server ? 15 : 150;
}

/* Somebody else was faster: to be tried anew. */
static bool is_lost_race(enum kh_status status)
{
    return status == KH_CONFLICT || status == KH_THROTTLED;
}

/* Fetches the row and the mark together, as the unit of work does. */
static enum kh_status fetch_with_mark(struct fixture *fixture, struct thing *thing,
                                      struct kh_row_state *seen, const struct kh_mark *mark,
                                      bool *found)
{
    struct thing key = thing_of("sum", 1);
    struct kh_wanted wanted = { .entity = &thing_entity, .key = &key, .value = thing };

    KH_TRY(fetch(fixture, &wanted, 1, mark, 1, found));
    *seen = wanted.state;
    return wanted.state.version == 0 ? KH_NOT_FOUND : KH_OK;
}

/* Applies event number `event`, which adds 1 to the row, unless somebody has. */
static enum kh_status apply(struct fixture *fixture, size_t event, bool *was_applied)
{
    char id[16];
    int length = snprintf(id, sizeof id, "event %zu", event);
    const struct kh_mark mark = mark_of((struct kh_str){ id, (size_t)length }, 0);
    struct kh_row_state seen;
    struct kh_change change;
    struct thing thing;
    struct kh_page page;

    KH_TRY(fetch_with_mark(fixture, &thing, &seen, &mark, was_applied));
    if (*was_applied) {
        return KH_OK;
    }
    KH_TRY(query(fixture, by_time, "g", KH_STR(""), 3, &page));
    if (page.count != 1) {
        return KH_STORE;
    }
    thing.big++;
    change = put_of(&thing, seen);
    return commit(fixture, &change, 1, &mark, 1);
}

/* Events of its own, and each of those that all threads are given. */
static void *add(void *argument)
{
    struct adder *adder = argument;
    struct fixture fixture;

    fixture_use(&fixture, adder->kind, adder->store);
    for (size_t i = 0; i < adder->times && !adder->failed;) {
        size_t event = i % 2 == 0 ? i : i * THREADS + adder->number + 1000000;
        bool was_applied = false;
        enum kh_status status = apply(&fixture, event, &was_applied);

        if (status == KH_OK) {
            i++;
        }
        adder->failed = status != KH_OK && !is_lost_race(status);
        if (adder->failed) {
            print_error("%s: %s\n", kh_status_name(status), fixture.error.reason);
        }
        kh_arena_reset(&fixture.arena);
    }
    fixture_end_use(&fixture);
    return NULL;
}

/* All of them at once; afterwards the row has the sum of what was added once. */
static void add_in_threads(struct fixture *fixture, struct kh_store *const stores[THREADS])
{
    size_t each = times(fixture);
    struct thing thing = thing_of("sum", 1);
    struct adder adders[THREADS];

    put_now(fixture, &thing);
    for (size_t i = 0; i < THREADS; i++) {
        adders[i] =
            (struct adder){ .kind = fixture->kind, .store = stores[i], .number = i, .times = each };
        assert_int_equal(pthread_create(&adders[i].thread, NULL, add, &adders[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        (void)pthread_join(adders[i].thread, NULL);
        assert_false(adders[i].failed);
    }
    (void)look(fixture, &thing, &thing);
    assert_int_equal(thing.big, (each + 1) / 2 + each / 2 * THREADS);
}

static void threads_lose_nothing_and_do_nothing_twice(void **state)
{
    struct fixture *fixture = *state;
    struct kh_store *const stores[THREADS] = { fixture->store, fixture->store, fixture->store,
                                               fixture->store };

    add_in_threads(fixture, stores);
}

static void stores_at_one_place_lose_nothing_and_do_nothing_twice(void **state)
{
    struct fixture *fixture = *state;
    struct kh_store *further;

    if (!fixture->kind->is_shared) {
        return;
    }
    further = fixture_open(fixture);
    add_in_threads(
        fixture, (struct kh_store *[THREADS]){ fixture->store, further, fixture->store, further });
    kh_store_destroy(further);
}

static void stores_at_one_place_see_the_same(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = thing_of("a", 1);
    struct kh_store *first = fixture->store;
    struct kh_store *further;
    struct kh_row_state seen;
    struct thing found;

    if (!fixture->kind->is_shared) {
        return;
    }
    further = fixture_open(fixture);
    assert_int_equal(commit_marked(fixture, put_of(&thing, no_row), "m"), KH_OK);
    fixture->store = further;
    seen = look(fixture, &thing, &found);
    assert_same_thing(fixture, &found, &thing);
    assert_true(is_marked(fixture, "m", &thing));
    assert_int_equal(commit_marked(fixture, put_of(&thing, seen), "m"), KH_CONFLICT);
    thing.big = 1;
    assert_int_equal(commit_one(fixture, put_of(&thing, seen)), KH_OK);
    fixture->store = first;
    assert_int_equal(commit_one(fixture, put_of(&thing, seen)), KH_CONFLICT);
    (void)look(fixture, &thing, &found);
    assert_same_thing(fixture, &found, &thing);
    kh_store_destroy(further);
}

static void a_later_store_finds_what_was_there(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = thing_of("a", 1);
    struct thing gone = thing_of("b", 1);
    struct kh_row_state old;
    struct thing found;

    if (!fixture->kind->is_shared) {
        return;
    }
    assert_int_equal(commit_marked(fixture, put_of(&thing, no_row), "m"), KH_OK);
    put_now(fixture, &gone);
    old = look(fixture, &gone, NULL);
    remove_now(fixture, &gone);
    kh_store_destroy(fixture->store);
    fixture->store = NULL;
    fixture->store = fixture_open(fixture);
    (void)look(fixture, &thing, &found);
    assert_same_thing(fixture, &found, &thing);
    assert_true(is_marked(fixture, "m", &thing));
    put_now(fixture, &gone);
    assert_int_equal(commit_one(fixture, put_of(&gone, old)), KH_CONFLICT);
    assert_int_equal(commit_marked(fixture, none_of(&thing, look(fixture, &thing, NULL)), "m"),
                     KH_CONFLICT);
}

static const struct CMUnitTest tests[] = {
    STORE_TEST(threads_lose_nothing_and_do_nothing_twice),
    STORE_TEST(stores_at_one_place_lose_nothing_and_do_nothing_twice),
    STORE_TEST(stores_at_one_place_see_the_same),
    STORE_TEST(a_later_store_finds_what_was_there),
};

const struct contract contract_sharing = { "sharing", tests, sizeof tests / sizeof tests[0] };
