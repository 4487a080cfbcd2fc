/* Marks: found as long as they are kept, whatever becomes of the row they belong to; set once. */
#include "contract.h"
#include "entities/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void marks_are_found_after_their_commit_only(void **state)
{
    struct fixture *fixture = *state;
    struct thing home = thing_of("a", 1);
    const struct kh_mark mark = mark_of(KH_STR("homeless"), KH_HOMELESS);

    assert_false(is_marked(fixture, "homeless", NULL));
    assert_false(is_marked(fixture, "put", &home));
    assert_int_equal(commit(fixture, NULL, 0, &mark, 1), KH_OK);
    assert_true(is_marked(fixture, "homeless", NULL));
    assert_int_equal(commit_marked(fixture, put_of(&home, no_row), "put"), KH_OK);
    assert_true(is_marked(fixture, "put", &home));
    assert_false(is_marked(fixture, "pu", &home));
    assert_false(is_marked(fixture, "put ", &home));
    assert_false(is_marked(fixture, "Put", &home));
}

/* Its row is changed, removed, made again, left as it is: the mark stays. */
static void marks_outlive_their_home(void **state)
{
    struct fixture *fixture = *state;
    struct thing home = thing_of("a", 1);
    char names[8][16];

    for (size_t i = 0; i < 8; i++) {
        struct kh_row_state seen = look(fixture, &home, NULL);
        bool is_last = i == 7;
        struct kh_change change;

        if (seen.version != 0 && i % 3 == 2) {
            change = remove_of(&home, seen);
        } else if (seen.version == 0 && i % 2 == 1 && !is_last) {
            change = none_of(&home, seen);
        } else {
            change = put_of(&home, seen);
        }
        (void)snprintf(names[i], sizeof names[i], "event %zu", i);
        assert_int_equal(commit_marked(fixture, change, names[i]), KH_OK);
        for (size_t j = 0; j <= i; j++) {
            assert_true(is_marked(fixture, names[j], &home));
        }
    }
    /* And where the change itself has none. */
    remove_now(fixture, &home);
    assert_true(is_marked(fixture, names[0], &home));
    put_now(fixture, &home);
    put_now(fixture, &home);
    assert_true(is_marked(fixture, names[0], &home));
    assert_true(is_marked(fixture, names[7], &home));
}

static void a_row_that_is_not_there_can_be_a_home(void **state)
{
    struct fixture *fixture = *state;
    struct thing home = thing_of("a", 1);

    for (size_t i = 0; i < 3; i++) {
        struct kh_row_state seen = look(fixture, &home, NULL);
        char name[24];

        (void)snprintf(name, sizeof name, "event %zu", i);
        assert_int_equal(seen.version, 0);
        assert_int_equal(commit_marked(fixture, none_of(&home, seen), name), KH_OK);
        assert_true(is_marked(fixture, "event 0", &home));
        assert_true(is_marked(fixture, name, &home));
    }
    /* Neither a page nor a fetch takes it for a row. */
    for (size_t i = 0; i < 2; i++) {
        struct kh_page page;

        assert_int_equal(query(fixture, i == 0 ? NULL : by_time, "g", KH_STR(""), 9, &page), KH_OK);
        assert_int_equal(page.count, 0);
        assert_int_equal(page.next.length, 0);
    }
    assert_int_equal(commit_marked(fixture, put_of(&home, look(fixture, &home, NULL)), "made"),
                     KH_OK);
    assert_true(is_marked(fixture, "event 2", &home));
}

static void a_mark_is_set_once(void **state)
{
    struct fixture *fixture = *state;
    struct thing home = thing_of("a", 1);
    struct thing other = thing_of("b", 1);
    struct thing found;
    struct kh_mark marks[3] = { mark_of(KH_STR("new"), 0), mark_of(KH_STR("m"), 0),
                                mark_of(KH_STR("homeless"), KH_HOMELESS) };

    assert_int_equal(commit_marked(fixture, put_of(&home, no_row), "m"), KH_OK);
    assert_int_equal(commit(fixture, NULL, 0, &marks[2], 1), KH_OK);
    home.big = 1;
    for (size_t i = 1; i < 3; i++) {
        struct kh_row_state seen = look(fixture, &home, &found);
        const struct kh_change changes[2] = { put_of(&home, seen), put_of(&other, no_row) };
        const struct kh_mark both[2] = { marks[0], marks[i] };

        assert_int_equal(commit(fixture, changes, 2, both, 2), KH_CONFLICT);
        assert_int_equal(fixture->error.status, KH_CONFLICT);
        assert_int_equal(look(fixture, &home, &found).version, seen.version);
        assert_int_equal(found.big, 0);
        assert_false(is_there(fixture, &other));
        assert_false(is_marked(fixture, "new", &home));
    }
    /* Nor on a row that has gone, or alone. */
    remove_now(fixture, &home);
    assert_int_equal(commit_marked(fixture, none_of(&home, look(fixture, &home, NULL)), "m"),
                     KH_CONFLICT);
    assert_int_equal(commit_marked(fixture, put_of(&home, look(fixture, &home, NULL)), "m"),
                     KH_CONFLICT);
    assert_int_equal(commit(fixture, NULL, 0, &marks[2], 1), KH_CONFLICT);
    assert_false(is_there(fixture, &home));
}

/* What somebody else did since the row was read: found, or a conflict, but never set twice. */
static void a_mark_set_meanwhile_is_a_conflict(void **state)
{
    struct fixture *fixture = *state;
    struct thing home = thing_of("a", 1);
    struct thing found;

    put_now(fixture, &home);
    for (int i = 0; i < 3; i++) {
        struct kh_row_state seen = look(fixture, &home, NULL);
        const struct kh_change theirs = i == 0   ? put_of(&home, seen)
                                        : i == 1 ? none_of(&home, seen)
                                                 : remove_of(&home, seen);
        char name[24];

        (void)snprintf(name, sizeof name, "event %d", i);
        assert_int_equal(commit_marked(fixture, theirs, name), KH_OK);
        home.big++;
        assert_int_equal(commit_marked(fixture, put_of(&home, seen), name), KH_CONFLICT);
        if (i < 2) {
            (void)look(fixture, &home, &found);
            assert_true(found.big < home.big);
        } else {
            assert_false(is_there(fixture, &home));
        }
    }
}

static enum kh_status mark_with_number(struct fixture *fixture, const struct thing *home,
                                       size_t first, size_t count)
{
    const struct kh_change change = put_of(home, look(fixture, home, NULL));
    char(*names)[24] = calloc(count, sizeof *names);
    struct kh_mark *marks = calloc(count, sizeof *marks);
    enum kh_status status;

    for (size_t i = 0; i < count; i++) {
        (void)snprintf(names[i], sizeof names[i], "event number %zu", first + i);
        marks[i] = mark_of(kh_str_from(names[i]), 0);
    }
    status = commit(fixture, &change, 1, marks, count);
    free(marks);
    free(names);
    return status;
}

/* Two spellings of one moment are one key, of a row that is not there. */
static void marks_of_a_moment_are_found(void **state)
{
    struct fixture *fixture = *state;
    struct moment seen = { .at = { .seconds = 1795521300, .nanoseconds = 5, .fraction_digits = 9 },
                           .count = 1 };
    struct moment key = { .at = { .seconds = 1795521300,
                                  .nanoseconds = 5,
                                  .fraction_digits = 9,
                                  .offset_minutes = 60 } };
    struct kh_mark mark = mark_of(KH_STR("of a moment"), 0);
    struct kh_change change = { .kind = KH_CHANGE_NONE, .entity = &moment_entity, .value = &seen };
    struct kh_wanted wanted = { .entity = &moment_entity, .key = &key, .value = &seen };
    bool found = false;

    assert_int_equal(commit(fixture, &change, 1, &mark, 1), KH_OK);
    assert_int_equal(fetch(fixture, &wanted, 1, &mark, 1, &found), KH_OK);
    assert_true(found);
    assert_int_equal(wanted.state.version, 0);

    /* The row can be made all the same, changed and removed, and the mark stays. */
    for (int step = 0; step < 3; step++) {
        seen = (struct moment){ .at = key.at, .count = step };
        change.kind = step < 2 ? KH_CHANGE_PUT : KH_CHANGE_REMOVE;
        change.state = wanted.state;
        assert_int_equal(commit(fixture, &change, 1, NULL, 0), KH_OK);
        found = false;
        assert_int_equal(fetch(fixture, &wanted, 1, &mark, 1, &found), KH_OK);
        assert_true(found);
        assert_int_equal(wanted.state.version != 0, step < 2);
    }
}

/* Far more than a row could keep beside itself. */
static void hundreds_of_marks_of_one_home_are_found(void **state)
{
    enum { MARKS = 1200, TOGETHER = 40 };
    struct fixture *fixture = *state;
    struct thing home = thing_of("a", 1);
    char(*names)[24] = calloc(MARKS + 1, sizeof *names);
    struct kh_mark *marks = calloc(MARKS + 1, sizeof *marks);
    bool *found = calloc(MARKS + 1, sizeof *found);
    struct thing value;
    struct kh_wanted wanted = { .entity = &thing_entity, .key = &home, .value = &value };

    for (size_t i = 0; i < MARKS; i += TOGETHER) {
        assert_int_equal(mark_with_number(fixture, &home, i, TOGETHER), KH_OK);
    }
    for (size_t i = 0; i <= MARKS; i++) {
        (void)snprintf(names[i], sizeof names[i], "event number %zu", i);
        marks[i] = mark_of(kh_str_from(names[i]), 0);
    }
    assert_int_equal(fetch(fixture, &wanted, 1, marks, MARKS + 1, found), KH_OK);
    for (size_t i = 0; i < MARKS; i++) {
        assert_true(found[i]);
    }
    assert_false(found[MARKS]);
    /* The fetch has said it: a store that keeps marks in rows need not look for it again. */
    for (size_t i = 0; !fixture->store->ops->is_remote && i < MARKS; i += 399) {
        assert_int_equal(mark_with_number(fixture, &home, i, 1), KH_CONFLICT);
    }
    free(found);
    free(marks);
    free(names);
}

/* As many as a transaction has: a batch with one event after the other on the same row. */
static void one_commit_sets_many_marks_of_few_homes(void **state)
{
    enum { HOMES = 5, MARKS = 100 };
    struct fixture *fixture = *state;
    struct thing homes[HOMES];
    struct thing values[HOMES];
    struct kh_change changes[HOMES];
    struct kh_wanted wanted[HOMES];
    char names[MARKS + 1][16];
    struct kh_mark marks[MARKS + 1];
    bool found[MARKS + 1];

    for (size_t i = 0; i < HOMES; i++) {
        homes[i] = thing_of("home", (int32_t)i);
        changes[i] = i % 2 == 0 ? put_of(&homes[i], no_row) : none_of(&homes[i], no_row);
        wanted[i] =
            (struct kh_wanted){ .entity = &thing_entity, .key = &homes[i], .value = &values[i] };
    }
    for (size_t i = 0; i <= MARKS; i++) {
        (void)snprintf(names[i], sizeof names[i], "m%zu", i);
        marks[i] = mark_of(kh_str_from(names[i]), i % 7 % HOMES);
        found[i] = true;
    }
    assert_int_equal(fetch(fixture, wanted, HOMES, marks, MARKS, found), KH_OK);
    for (size_t i = 0; i < MARKS; i++) {
        assert_false(found[i]);
    }
    for (size_t i = 0; i < HOMES; i++) {
        changes[i].state = wanted[i].state;
    }
    assert_int_equal(commit(fixture, changes, HOMES, marks, MARKS), KH_OK);
    assert_int_equal(fetch(fixture, wanted, HOMES, marks, MARKS + 1, found), KH_OK);
    for (size_t i = 0; i < MARKS; i++) {
        assert_true(found[i]);
    }
    assert_false(found[MARKS]);
    for (size_t i = 0; i < HOMES; i++) {
        assert_int_equal(wanted[i].state.version != 0, i % 2 == 0);
    }
}

/* Rows that were read before and say only where marks are, beside rows to read, of both entities. */
static void marks_are_looked_for_where_the_state_says(void **state)
{
    enum { ROWS = 60 };
    struct fixture *fixture = *state;
    struct thing keys[ROWS];
    struct thing values[ROWS];
    struct kh_wanted wanted[ROWS];
    char names[ROWS * 2][16];
    struct kh_mark marks[ROWS * 2 + 1];
    bool found[ROWS * 2 + 1];

    for (size_t i = 0; i < ROWS; i++) {
        const struct kh_entity *entity = i % 2 == 0 ? &thing_entity : &other_entity;
        struct kh_change change;

        keys[i] = thing_of("row", (int32_t)i);
        (void)snprintf(names[i * 2], sizeof names[0], "there %zu", i);
        (void)snprintf(names[i * 2 + 1], sizeof names[0], "not there %zu", i);
        marks[i * 2] = mark_of(kh_str_from(names[i * 2]), i);
        marks[i * 2 + 1] = mark_of(kh_str_from(names[i * 2 + 1]), i);
        change = i % 3 == 0 ? none_of(&keys[i], no_row) : put_of(&keys[i], no_row);
        change.entity = entity;
        assert_int_equal(commit_marked(fixture, change, names[i * 2]), KH_OK);
        wanted[i] = (struct kh_wanted){ .entity = entity, .key = &keys[i], .value = &values[i] };
    }
    marks[ROWS * 2] = mark_of(KH_STR("homeless"), KH_HOMELESS);
    assert_int_equal(commit(fixture, NULL, 0, &marks[ROWS * 2], 1), KH_OK);
    assert_int_equal(fetch(fixture, wanted, ROWS, NULL, 0, NULL), KH_OK);
    for (size_t share = 1; share < 5; share++) {
        for (size_t i = 0; i < ROWS; i++) {
            wanted[i].value = i % share == 0 ? NULL : &values[i];
        }
        memset(found, share % 2, sizeof found);
        assert_int_equal(fetch(fixture, wanted, ROWS, marks, ROWS * 2 + 1, found), KH_OK);
        for (size_t i = 0; i < ROWS; i++) {
            assert_true(found[i * 2]);
            assert_false(found[i * 2 + 1]);
            assert_int_equal(wanted[i].state.version != 0, i % 3 != 0);
        }
        assert_true(found[ROWS * 2]);
    }
}

/* Set and found, with a home or without. */
static void assert_can_be_set(struct fixture *fixture, struct kh_str id, const struct thing *home)
{
    const struct kh_mark mark = mark_of(id, home == NULL ? KH_HOMELESS : 0);
    size_t rows = home == NULL ? 0 : 1;
    struct thing value;
    struct kh_wanted wanted = { .entity = &thing_entity, .key = home, .value = &value };
    struct kh_change change;
    bool found = true;

    assert_int_equal(fetch(fixture, &wanted, rows, &mark, 1, &found), KH_OK);
    assert_false(found);
    change = none_of(home, wanted.state);
    assert_int_equal(commit(fixture, &change, rows, &mark, 1), KH_OK);
    assert_int_equal(fetch(fixture, &wanted, rows, &mark, 1, &found), KH_OK);
    assert_true(found);
}

static void marks_may_hold_any_byte_and_be_long(void **state)
{
    enum { LONG = 5000 };
    static const size_t lengths[] = {
        255, 256, 1023, 1024, 1025, 2047, 2048, 2049, LONG - 1, LONG
    };
    static const struct kh_str ids[] = {
        KH_STR_INIT("a\0b"), KH_STR_INIT("a\0c"),     KH_STR_INIT("a"),
        KH_STR_INIT(" "),    KH_STR_INIT("\xFF\xFE"), KH_STR_INIT("\xF0\x9F\x98\x80"),
        KH_STR_INIT("\""),   KH_STR_INIT("A"),
    };
    struct fixture *fixture = *state;
    struct thing home = thing_of("a", 1);
    char *text = malloc(LONG);

    memset(text, 'x', LONG);
    /* Every second one has a home: an event has always the same, or none. */
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        assert_can_be_set(fixture, ids[i], i % 2 == 0 ? NULL : &home);
    }
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        assert_can_be_set(fixture, (struct kh_str){ text, lengths[i] }, i % 2 == 0 ? NULL : &home);
    }
    free(text);
}

static const struct CMUnitTest tests[] = {
    STORE_TEST(marks_are_found_after_their_commit_only),
    STORE_TEST(marks_outlive_their_home),
    STORE_TEST(a_row_that_is_not_there_can_be_a_home),
    STORE_TEST(a_mark_is_set_once),
    STORE_TEST(a_mark_set_meanwhile_is_a_conflict),
    STORE_TEST(marks_of_a_moment_are_found),
    STORE_TEST(hundreds_of_marks_of_one_home_are_found),
    STORE_TEST(one_commit_sets_many_marks_of_few_homes),
    STORE_TEST(marks_are_looked_for_where_the_state_says),
    STORE_TEST(marks_may_hold_any_byte_and_be_long),
};

const struct contract contract_marks = { "marks", tests, sizeof tests / sizeof tests[0] };
