/* Commits: versions, all or nothing, rows that are removed and made again. */
#include "contract.h"

#include <stdlib.h>
#include <string.h>

static void versions_are_counted_up(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = thing_of("a", 1);
    struct kh_row_state first;
    struct kh_row_state second;

    assert_int_equal(commit_one(fixture, put_of(&thing, no_row)), KH_OK);
    first = look(fixture, &thing, NULL);
    assert_int_not_equal(first.version, 0);
    assert_int_equal(commit_one(fixture, put_of(&thing, first)), KH_OK);
    second = look(fixture, &thing, NULL);
    assert_true(second.version > first.version);
}

static void only_who_saw_the_row_changes_it(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = thing_of("a", 1);
    struct thing found;
    struct kh_row_state absent = look(fixture, &thing, NULL);
    struct kh_row_state first;
    struct kh_row_state stale[2];

    assert_int_equal(commit_one(fixture, put_of(&thing, absent)), KH_OK);
    first = look(fixture, &thing, NULL);
    thing.big = 2;
    assert_int_equal(commit_one(fixture, put_of(&thing, first)), KH_OK);
    stale[0] = absent;
    stale[1] = first;
    thing.big = 3;
    for (size_t i = 0; i < 2; i++) {
        const struct kh_change changes[] = { put_of(&thing, stale[i]), none_of(&thing, stale[i]),
                                             remove_of(&thing, stale[i]) };

        /* A row that is not there is not removed. */
        for (size_t j = 0; j < (stale[i].version == 0 ? 2 : 3); j++) {
            assert_int_equal(commit_one(fixture, changes[j]), KH_CONFLICT);
            assert_int_equal(fixture->error.status, KH_CONFLICT);
        }
    }
    assert_true(look(fixture, &thing, &found).version > first.version);
    assert_int_equal(found.big, 2);
}

static void a_row_that_is_gone_is_not_changed(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = thing_of("a", 1);
    struct kh_row_state seen;

    put_now(fixture, &thing);
    seen = look(fixture, &thing, NULL);
    assert_int_equal(commit_one(fixture, remove_of(&thing, seen)), KH_OK);
    assert_false(is_there(fixture, &thing));
    assert_int_equal(commit_one(fixture, put_of(&thing, seen)), KH_CONFLICT);
    assert_int_equal(commit_one(fixture, none_of(&thing, seen)), KH_CONFLICT);
    assert_int_equal(commit_one(fixture, remove_of(&thing, seen)), KH_CONFLICT);
    assert_false(is_there(fixture, &thing));
}

/* Who saw the row that was there before can't change the one that took its place. */
static void a_row_made_again_is_another_one(void **state)
{
    enum { TIMES = 5 };
    struct fixture *fixture = *state;
    struct thing thing = thing_of("a", 1);
    struct thing found;
    struct kh_row_state seen[TIMES];

    for (size_t i = 0; i < TIMES; i++) {
        thing.big = (int64_t)i;
        assert_int_equal(commit_one(fixture, put_of(&thing, look(fixture, &thing, NULL))), KH_OK);
        seen[i] = look(fixture, &thing, &found);
        assert_int_equal(found.big, i);
        for (size_t j = 0; j < i; j++) {
            assert_true(seen[j].version < seen[i].version);
            assert_int_equal(commit_one(fixture, put_of(&thing, seen[j])), KH_CONFLICT);
            assert_int_equal(commit_one(fixture, none_of(&thing, seen[j])), KH_CONFLICT);
            assert_int_equal(commit_one(fixture, remove_of(&thing, seen[j])), KH_CONFLICT);
        }
        assert_int_equal(commit_one(fixture, put_of(&thing, no_row)), KH_CONFLICT);
        remove_now(fixture, &thing);
    }
    /* Who saw that there is none makes it. */
    assert_int_equal(commit_one(fixture, put_of(&thing, look(fixture, &thing, NULL))), KH_OK);
}

/* A change that is none: the state is checked, the row stays. */
static void no_change_is_checked_and_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct thing thing = thing_of("a", 1);
    struct thing other = thing_of("b", 1);
    struct thing found;
    struct kh_row_state seen;

    assert_int_equal(commit_one(fixture, none_of(&thing, no_row)), KH_OK);
    assert_false(is_there(fixture, &thing));
    put_now(fixture, &thing);
    assert_int_equal(commit_one(fixture, none_of(&thing, no_row)), KH_CONFLICT);
    seen = look(fixture, &thing, NULL);
    for (size_t i = 0; i < 3; i++) {
        /* Its key is enough. */
        struct thing key = { .id = KH_STR("a"), .part = 1 };
        struct kh_change changes[2] = { none_of(&key, seen), put_of(&other, no_row) };

        changes[1].state = look(fixture, &other, NULL);
        other.big++;
        assert_int_equal(commit(fixture, changes, 2, NULL, 0), KH_OK);
        assert_true(look(fixture, &thing, &found).version >= seen.version);
        seen = look(fixture, &thing, &found);
        assert_same_thing(fixture, &found, &thing);
    }
    (void)look(fixture, &other, &found);
    assert_int_equal(found.big, 3);
}

static void commits_are_all_or_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct thing things[4] = { thing_of("a", 1), thing_of("b", 1), thing_of("c", 1),
                               thing_of("d", 1) };
    struct kh_mark marks[2] = { mark_of(KH_STR("m"), 0), mark_of(KH_STR("n"), KH_HOMELESS) };
    struct kh_row_state c;
    struct thing found;

    put_now(fixture, &things[2]);
    c = look(fixture, &things[2], NULL);
    put_now(fixture, &things[3]);
    things[2].big = 1;
    for (size_t last = 0; last < 2; last++) {
        struct kh_change changes[4] = { put_of(&things[0], no_row),
                                        of_other(put_of(&things[1], no_row)), put_of(&things[2], c),
                                        /* It is there, or another one is. */
                                        last == 0 ? none_of(&things[3], no_row)
                                                  : remove_of(&things[3], c) };

        if (last == 1) {
            put_now(fixture, &things[3]);
            changes[3].state = look(fixture, &things[3], NULL);
            put_now(fixture, &things[3]);
        }
        assert_int_equal(commit(fixture, changes, 4, marks, 2), KH_CONFLICT);
        assert_false(is_there(fixture, &things[0]));
        assert_int_equal(look_other(fixture, &things[1], NULL).version, 0);
        assert_int_equal(look(fixture, &things[2], &found).version, c.version);
        assert_int_equal(found.big, 0);
        assert_true(is_there(fixture, &things[3]));
        assert_false(is_marked(fixture, "m", &things[0]));
        assert_false(is_marked(fixture, "n", NULL));

        changes[3].state = look(fixture, &things[3], NULL);
        if (last == 1) {
            assert_int_equal(commit(fixture, changes, 4, marks, 2), KH_OK);
        }
    }
    assert_true(is_there(fixture, &things[0]));
    assert_int_not_equal(look_other(fixture, &things[1], NULL).version, 0);
    assert_true(look(fixture, &things[2], &found).version > c.version);
    assert_int_equal(found.big, 1);
    assert_false(is_there(fixture, &things[3]));
    assert_true(is_marked(fixture, "m", &things[0]));
    assert_true(is_marked(fixture, "n", NULL));
}

static void an_empty_commit_is_one(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(commit(fixture, NULL, 0, NULL, 0), KH_OK);
    assert_int_equal(fetch(fixture, NULL, 0, NULL, 0, NULL), KH_OK);
}

/* A state from a page is as good as one from a fetch. */
static void rows_of_a_page_can_be_changed(void **state)
{
    struct fixture *fixture = *state;
    const struct kh_index *const ways[] = { NULL, by_time };
    struct thing things[2] = { thing_of("a", 1), thing_of("b", 1) };

    put_now(fixture, &things[0]);
    put_now(fixture, &things[1]);
    assert_int_equal(
        commit_marked(fixture, none_of(&things[0], look(fixture, &things[0], NULL)), "before"),
        KH_OK);
    for (size_t i = 0; i < 2; i++) {
        struct kh_page page;
        struct kh_page old;
        struct thing found;

        assert_int_equal(query(fixture, ways[i], "g", KH_STR(""), 10, &old), KH_OK);
        put_now(fixture, &things[1]);
        assert_int_equal(query(fixture, ways[i], "g", KH_STR(""), 10, &page), KH_OK);
        assert_int_equal(page.count, 2);
        things[0].big = (int64_t)i + 10;
        assert_int_equal(commit_one(fixture, put_of(&things[1], old.states[1])), KH_CONFLICT);
        assert_int_equal(commit_marked(fixture, put_of(&things[0], page.states[0]), "before"),
                         KH_CONFLICT);
        assert_int_equal(
            commit_marked(fixture, put_of(&things[0], page.states[0]), i == 0 ? "key" : "index"),
            KH_OK);
        (void)look(fixture, &things[0], &found);
        assert_int_equal(found.big, i + 10);
    }
    assert_true(is_marked(fixture, "before", &things[0]));
    assert_true(is_marked(fixture, "key", &things[0]));
    assert_true(is_marked(fixture, "index", &things[0]));
}

/* ---- Size ---------------------------------------------------------------------------------- */

static void assert_none_there(struct fixture *fixture, size_t count)
{
    for (size_t i = 0; i < count; i += 7) {
        struct thing key = thing_of("big", (int32_t)i);

        assert_false(is_there(fixture, &key));
    }
}

static void a_commit_that_is_too_large_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    size_t most = fixture->store->ops->max_changes;
    size_t count = most < 1000 ? most + 2 : 1000;
    struct thing *things = calloc(count, sizeof *things);
    struct kh_change *changes = calloc(count, sizeof *changes);
    struct kh_mark mark = mark_of(KH_STR("homeless"), KH_HOMELESS);

    assert_true(most >= 1);
    for (size_t i = 0; i < count; i++) {
        things[i] = thing_of("big", (int32_t)i);
        changes[i] = put_of(&things[i], no_row);
    }
    if (count > most) {
        assert_int_equal(commit(fixture, changes, count, NULL, 0), KH_TOO_LARGE);
        assert_int_equal(fixture->error.status, KH_TOO_LARGE);
        assert_none_there(fixture, count);
        /* A mark without a home counts. */
        assert_int_equal(commit(fixture, changes, most + 1, &mark, 1), KH_TOO_LARGE);
        assert_none_there(fixture, count);
        assert_false(is_marked(fixture, "homeless", NULL));
        count = most;
    }
    mark.home = count - 1;
    assert_int_equal(commit(fixture, changes, count, &mark, 1), KH_OK);
    assert_true(is_there(fixture, &things[0]));
    assert_true(is_marked(fixture, "homeless", &things[count - 1]));
    free(changes);
    free(things);
}

/* DynamoDB has a limit for the bytes of a transaction as well. */
static void a_commit_of_many_bytes_is_made_or_changes_nothing(void **state)
{
    enum { ROWS = 18, SIZE = 300000 };
    struct fixture *fixture = *state;
    struct thing things[ROWS];
    struct kh_change changes[ROWS];
    struct kh_str note = { malloc(SIZE), SIZE };
    enum kh_status status;

    memset((char *)(uintptr_t)note.data, 'b', SIZE);
    for (int32_t i = 0; i < ROWS; i++) {
        things[i] = thing_of("bytes", i);
        things[i].note_presence = KH_PRESENT;
        things[i].note = note;
        changes[i] = put_of(&things[i], no_row);
    }
    status = commit(fixture, changes, ROWS, NULL, 0);
    assert_true(status == KH_OK || (status == KH_TOO_LARGE && !fixture->kind->keeps_all));
    for (size_t i = 0; i < ROWS; i++) {
        assert_int_equal(is_there(fixture, &things[i]), status == KH_OK);
    }
    free((char *)(uintptr_t)note.data);
}

static const struct CMUnitTest tests[] = {
    STORE_TEST(versions_are_counted_up),
    STORE_TEST(only_who_saw_the_row_changes_it),
    STORE_TEST(a_row_that_is_gone_is_not_changed),
    STORE_TEST(a_row_made_again_is_another_one),
    STORE_TEST(no_change_is_checked_and_changes_nothing),
    STORE_TEST(commits_are_all_or_nothing),
    STORE_TEST(an_empty_commit_is_one),
    STORE_TEST(rows_of_a_page_can_be_changed),
    STORE_TEST(a_commit_that_is_too_large_changes_nothing),
    STORE_TEST(a_commit_of_many_bytes_is_made_or_changes_nothing),
};

const struct contract contract_commits = { "commits", tests, sizeof tests / sizeof tests[0] };
