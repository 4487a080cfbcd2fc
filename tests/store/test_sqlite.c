/* What is the SQLite store's own: how values are kept, processes beside each other, and sudden ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <float.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "kh/entity_sql.h"
#include "kh/hash.h"
#include "migrations.h"
#include "random_bits.h"
#include "sqlite_files.h"

static int set_up(void **state)
{
    (void)files_set_up(state);
    assert_int_equal(files_open(*state), KH_OK);
    return 0;
}

static struct kh_mark mark_of(const char *id)
{
    struct kh_str text = kh_str_from(id);

    return (struct kh_mark){ .id = text, .hash = kh_hash(text), .home = KH_HOMELESS };
}

static bool is_marked(struct files *files, const char *id)
{
    struct kh_mark mark = mark_of(id);
    bool found = false;

    assert_int_equal(
        files->store->ops->fetch(files->store, &files->call, NULL, 0, &mark, 1, &found), KH_OK);
    return found;
}

static enum kh_status commit(struct files *files, const struct kh_change *changes, size_t count,
                             const char *mark_id)
{
    struct kh_mark mark = mark_of(mark_id);
    const struct kh_commit all = { changes, count, &mark, 1 };

    kh_error_clear(&files->error);
    return files->store->ops->commit(files->store, &files->call, &all);
}

static struct thing get_thing(struct files *files, int32_t number)
{
    struct thing key = thing_of(number, 0);
    struct thing value;
    struct kh_wanted wanted = { .entity = &thing_entity, .key = &key, .value = &value };

    assert_int_equal(
        files->store->ops->fetch(files->store, &files->call, &wanted, 1, NULL, 0, NULL), KH_OK);
    assert_int_not_equal(wanted.state.version, 0);
    return value;
}

/* ---- Values -------------------------------------------------------------------------------- */

static void values_come_back_whole(void **state)
{
    struct files *files = *state;
    struct thing thing = thing_of(INT32_MIN, INT64_MIN);
    struct thing back;

    thing.group = (struct kh_str){ "a\0b", 3 };
    assert_int_equal(kh_instant_parse(KH_STR("1969-12-31T23:59:60.5-00:30"), &thing.at),
                     KH_INVALID);
    assert_int_equal(kh_instant_parse(KH_STR("2016-12-31T23:29:60.120-00:30"), &thing.at), KH_OK);
    thing.has_price = true;
    assert_int_equal(
        kh_decimal_parse(KH_STR("-0.10000000000000000000000000000000000000"), &thing.price), KH_OK);
    thing.flag = true;
    thing.unsigned_big = UINT64_MAX;
    thing.ratio = DBL_TRUE_MIN;
    thing.note_presence = KH_PRESENT;
    thing.note = KH_STR("");
    thing.has_nested = true;
    thing.nested = (struct nested){ { "\0\"", 2 }, -1 };
    assert_int_equal(put_thing(files, &thing, 0), KH_OK);
    files_close(files);
    assert_int_equal(files_open(files), KH_OK);

    back = get_thing(files, INT32_MIN);
    assert_int_equal(back.part, INT32_MIN);
    assert_true(kh_str_equal(back.group, thing.group));
    assert_int_equal(back.at.seconds, thing.at.seconds);
    assert_int_equal(back.at.nanoseconds, 1120000000);
    assert_int_equal(back.at.offset_minutes, -30);
    assert_int_equal(back.at.fraction_digits, 3);
    assert_true(back.has_price && back.price.negative);
    assert_int_equal(back.price.scale, 38);
    assert_int_equal(kh_decimal_compare(back.price, thing.price), 0);
    assert_true(back.flag);
    assert_true(back.big == INT64_MIN && back.unsigned_big == UINT64_MAX);
    assert_true(back.ratio >= DBL_TRUE_MIN && back.ratio <= DBL_TRUE_MIN);
    assert_int_equal(back.colour, COLOUR_GREEN);
    assert_int_equal(back.note_presence, KH_PRESENT);
    assert_int_equal(back.note.length, 0);
    assert_true(back.has_nested && kh_str_equal(back.nested.text, thing.nested.text));
    assert_int_equal(back.nested.number, -1);
}

static void absent_and_null_are_told_apart(void **state)
{
    struct files *files = *state;
    struct thing thing = thing_of(1, 1);

    assert_int_equal(put_thing(files, &thing, 0), KH_OK);
    thing.part = 2;
    thing.note_presence = KH_NULL;
    assert_int_equal(put_thing(files, &thing, 0), KH_OK);
    assert_int_equal(get_thing(files, 1).note_presence, KH_ABSENT);
    assert_int_equal(get_thing(files, 2).note_presence, KH_NULL);
    assert_false(get_thing(files, 1).has_price);
    assert_int_equal(ask_int(files, "SELECT count(*) FROM Thing WHERE note IS NULL AND "
                                    "price IS NULL AND price__order IS NULL AND nested IS NULL"),
                     2);
}

static void columns_can_be_read_by_people(void **state)
{
    struct files *files = *state;
    struct thing thing = thing_of(1, 7);

    thing.has_price = true;
    thing.price = kh_decimal_from_int64(12);
    thing.unsigned_big = 5;
    thing.has_nested = true;
    thing.nested = (struct nested){ KH_STR("x"), 1 };
    assert_int_equal(put_thing(files, &thing, 0), KH_OK);
    assert_int_equal(ask_int(files,
                             "SELECT count(*) FROM Thing WHERE id = 'id' AND part = 1 AND "
                             "at = '1970-01-01T00:00:07Z' AND price = '12' AND flag = 0 AND "
                             "unsigned_big = '00000000000000000005' AND colour = 'GREEN' AND "
                             "nested = '{\"text\":\"x\",\"number\":1}' AND kh__version = 1"),
                     1);
}

static void a_row_that_makes_no_sense_is_an_error(void **state)
{
    static const char *const damages[] = {
        "colour = 'PINK'",    "at = 'today'", "price = '1.'",
        "unsigned_big = '5'", "nested = '{'", "part = 1, id = 'id', big = 1, note = 'x'"
    };
    struct files *files = *state;

    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        bool sound = i == sizeof damages / sizeof damages[0] - 1;
        struct thing thing = thing_of(1, 7);
        char sql[128];
        uint64_t version;
        int64_t big;

        assert_int_equal(put_thing(files, &thing, 0), KH_OK);
        (void)snprintf(sql, sizeof sql, "UPDATE Thing SET %s", damages[i]);
        execute_sql(files, sql);
        assert_int_equal(fetch_big(files, 1, &big, &version), sound ? KH_OK : KH_BAD_ROW);
        if (!sound) {
            assert_non_null(strstr(files->error.reason, "a row of Thing has a value that"));
        }
        execute_sql(files, "DELETE FROM Thing");
    }
}

/* ---- Order --------------------------------------------------------------------------------- */

/* Prices whose texts are in another order, some missing. */
static void an_index_orders_by_value(void **state)
{
    enum { ROWS = 200, PAGE = 7 };
    struct files *files = *state;
    struct thing key = thing_of(0, 0);
    struct kh_str cursor = KH_STR("");
    struct thing last = { .part = -1 };
    size_t priced = 0;
    size_t seen = 0;

    for (int32_t i = 0; i < ROWS; i++) {
        struct thing thing = thing_of(i, i);

        thing.has_price = random_u64() % 4 != 0;
        thing.price = kh_decimal_from_int64((int64_t)(random_u64() % 40) - 20);
        thing.price.scale = (int16_t)(random_u64() % 3);
        priced += thing.has_price;
        assert_int_equal(put_thing(files, &thing, 0), KH_OK);
    }
    do {
        struct kh_page page;
        const struct thing *things;

        assert_int_equal(files->store->ops->query(files->store, &files->call, &thing_entity,
                                                  &thing_entity.indexes[0], &key, cursor, PAGE,
                                                  &page),
                         KH_OK);
        things = page.values;
        for (size_t i = 0; i < page.count; i++, seen++) {
            int order = last.part < 0 ? -1 : kh_decimal_compare(last.price, things[i].price);

            assert_true(things[i].has_price && page.states[i].version != 0);
            assert_true(order < 0 || (order == 0 && last.part < things[i].part));
            last = things[i];
        }
        cursor = page.next;
    } while (cursor.length != 0);
    assert_int_equal(seen, priced);
}

/* Every query of the generated texts is answered from an index, without sorting. */
static void queries_use_their_indexes(void **state)
{
    struct files *files = *state;
    const struct kh_entity_sql *sql = thing_entity.sql;
    const char *const texts[] = { sql->all.first,        sql->all.after,
                                  sql->indexes[0].first, sql->indexes[0].after,
                                  sql->indexes[1].first, sql->indexes[1].after };
    static const char *const indexes[] = { "PRIMARY KEY", "Thing/price", "Thing/time" };
    sqlite3 *db;

    assert_int_equal(sqlite3_open(files->path, &db), SQLITE_OK);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", texts[i]);
        sqlite3_stmt *statement;

        assert_int_equal(sqlite3_prepare_v2(db, explain, -1, &statement, NULL), SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            const char *step = (const void *)sqlite3_column_text(statement, 3);

            assert_null(strstr(step, "TEMP B-TREE"));
            if (i > 0) {
                assert_non_null(strstr(step, "SEARCH"));
                assert_non_null(strstr(step, indexes[i / 2]));
            }
        }
        (void)sqlite3_finalize(statement);
        sqlite3_free(explain);
    }
    (void)sqlite3_close(db);
}

/* ---- Marks --------------------------------------------------------------------------------- */

static void old_marks_are_forgotten_in_the_course_of_commits(void **state)
{
    enum { MARKS = 200 };
    struct files *files = *state;
    char id[32];

    for (int i = 0; i < MARKS; i++) {
        (void)snprintf(id, sizeof id, "event %d", i);
        assert_int_equal(commit(files, NULL, 0, id), KH_OK);
    }
    /* Not before their time, which is 100 seconds. */
    files->now_ms += 99999;
    files->call.deadline_ms += 200000;
    assert_int_equal(commit(files, NULL, 0, "one more"), KH_OK);
    assert_true(is_marked(files, "event 0"));
    assert_int_equal(commit(files, NULL, 0, "event 0"), KH_CONFLICT);
    files->now_ms += 1;
    for (int i = 0; i < MARKS / 10; i++) {
        (void)snprintf(id, sizeof id, "later %d", i);
        assert_int_equal(commit(files, NULL, 0, id), KH_OK);
    }
    assert_false(is_marked(files, "event 0"));
    assert_int_equal(ask_int(files, "SELECT count(*) FROM kh_marks"), MARKS / 10 + 1);
}

static void a_mark_that_is_there_keeps_all_else_from_happening(void **state)
{
    struct files *files = *state;
    struct thing things[2] = { thing_of(1, 1), thing_of(2, 2) };
    struct kh_change changes[2] = { { KH_CHANGE_PUT, &thing_entity, &things[0], { 0 } },
                                    { KH_CHANGE_PUT, &thing_entity, &things[1], { 0 } } };
    uint64_t version;
    int64_t big;

    assert_int_equal(commit(files, &changes[0], 1, "event"), KH_OK);
    assert_int_equal(commit(files, &changes[1], 1, "event"), KH_CONFLICT);
    assert_int_equal(fetch_big(files, 2, &big, &version), KH_OK);
    assert_int_equal(version, 0);
    assert_int_equal(commit(files, &changes[1], 1, "another"), KH_OK);
}

/* ---- Processes ----------------------------------------------------------------------------- */

/* Adds 1 to a row until it has done so `count` times, as often as somebody else was faster. */
static int add_up(struct files *files, const char *name, int count)
{
    char id[32];

    if (files_open(files) != KH_OK) {
        return 1;
    }
    for (int done = 0; done < count;) {
        int64_t big;
        uint64_t version;
        struct thing thing;
        struct kh_change change = { KH_CHANGE_PUT, &thing_entity, &thing, { 0 } };
        enum kh_status status = fetch_big(files, 1, &big, &version);

        if (status == KH_OK) {
            thing = thing_of(1, big + 1);
            change.state.version = version;
            (void)snprintf(id, sizeof id, "%s %d", name, done);
            status = commit(files, &change, 1, id);
        }
        if (status == KH_OK) {
            done++;
        } else if (status != KH_CONFLICT) {
            print_error("%s\n", files->error.reason);
            return 1;
        }
        kh_arena_reset(&files->arena);
    }
    files_close(files);
    return 0;
}

static void processes_on_one_file_lose_no_change(void **state)
{
    enum { WRITERS = 3, TIMES = 100 };
    static const char *const names[WRITERS] = { "a", "b", "c" };
    struct files *files = *state;
    pid_t children[WRITERS];
    uint64_t version;
    int64_t big;
    int result;

    files_close(files);
    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            _exit(add_up(files, names[i], TIMES));
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(waitpid(children[i], &result, 0), children[i]);
        assert_int_equal(result, 0);
    }
    assert_int_equal(files_open(files), KH_OK);
    assert_int_equal(fetch_big(files, 1, &big, &version), KH_OK);
    assert_int_equal(big, WRITERS * TIMES);
    assert_int_equal(ask_int(files, "SELECT count(*) FROM kh_marks"), WRITERS * TIMES);
    assert_sound(files);
}

/* ---- Opened by several at once ---- */

#define OPENERS 6
#define ROUNDS 150

struct opening {
    pthread_barrier_t barrier;
    struct files *files;
    enum kh_status status[OPENERS];
    atomic_size_t next;
};

static void *open_together(void *argument)
{
    struct opening *opening = argument;
    const struct kh_sqlite_options options = { .path = opening->files->path,
                                               .migrations = &migrations,
                                               .mark_ttl_s = 100,
                                               .clock = kh_clock_system() };
    size_t me = atomic_fetch_add(&opening->next, 1);
    struct kh_store *store = NULL;
    struct kh_error error;

    kh_error_clear(&error);
    pthread_barrier_wait(&opening->barrier);
    opening->status[me] = kh_store_sqlite_new(&options, &error, &store);
    kh_store_destroy(store);
    return NULL;
}

/* Nobody is told that it is locked who could have waited. */
static void a_new_file_can_be_opened_by_several_at_once(void **state)
{
    struct opening opening = { .files = *state };
    pthread_t threads[OPENERS];

    files_close(opening.files);
    for (size_t round = 0; round < ROUNDS; round++) {
        assert_int_equal(remove(opening.files->path), 0);
        atomic_store(&opening.next, 0);
        assert_int_equal(pthread_barrier_init(&opening.barrier, NULL, OPENERS), 0);
        for (size_t i = 0; i < OPENERS; i++) {
            assert_int_equal(pthread_create(&threads[i], NULL, open_together, &opening), 0);
        }
        for (size_t i = 0; i < OPENERS; i++) {
            assert_int_equal(pthread_join(threads[i], NULL), 0);
        }
        pthread_barrier_destroy(&opening.barrier);
        for (size_t i = 0; i < OPENERS; i++) {
            assert_int_equal(opening.status[i], KH_OK);
        }
    }
    assert_sound(opening.files);
}

static void a_file_that_is_locked_until_the_deadline_is_a_timeout(void **state)
{
    struct files *files = *state;
    struct thing thing = thing_of(1, 1);
    uint64_t version;
    int64_t big;
    sqlite3 *db;

    assert_int_equal(sqlite3_open(files->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    files->call.deadline_ms = files->now_ms + 20;
    assert_int_equal(put_thing(files, &thing, 0), KH_TIMEOUT);
    assert_non_null(strstr(files->error.reason, "things.db"));
    files->call.deadline_ms = files->now_ms - 1;
    assert_int_equal(put_thing(files, &thing, 0), KH_TIMEOUT);
    /* Who only reads need not wait. */
    assert_int_equal(fetch_big(files, 1, &big, &version), KH_OK);
    assert_int_equal(version, 0);
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
    assert_int_equal(put_thing(files, &thing, 0), KH_OK);
}

/* ---- Sudden ends --------------------------------------------------------------------------- */

enum { TOGETHER = 5 };

/* Puts the same number into five rows at once, with a mark, for ever; says after each that it was done. */
static void count_for_ever(struct files *files, int out)
{
    struct thing things[TOGETHER];
    struct kh_change changes[TOGETHER];
    char id[32];

    if (files_open(files) != KH_OK) {
        _exit(1);
    }
    for (;;) {
        int64_t big = 0;

        for (int32_t i = 0; i < TOGETHER; i++) {
            uint64_t version;

            if (fetch_big(files, i, &big, &version) != KH_OK) {
                _exit(1);
            }
            things[i] = thing_of(i, big + 1);
            changes[i] = (struct kh_change){
                KH_CHANGE_PUT, &thing_entity, &things[i], { .version = version }
            };
        }
        (void)snprintf(id, sizeof id, "%lld", (long long)big + 1);
        if (commit(files, changes, TOGETHER, id) != KH_OK ||
            write(out, &things[0].big, sizeof things[0].big) != sizeof things[0].big) {
            _exit(1);
        }
        kh_arena_reset(&files->arena);
    }
}

static void a_process_that_is_killed_leaves_the_state_before_or_after(void **state)
{
    enum { KILLS = 25 };
    struct files *files = *state;
    int64_t acknowledged = 0;

    files_close(files);
    for (int kill_number = 0; kill_number < KILLS; kill_number++) {
        uint64_t stop_after = 1 + random_u64() % 40;
        uint64_t version;
        int64_t big;
        int64_t first;
        int ends[2];
        pid_t child;
        int result;

        assert_int_equal(pipe(ends), 0);
        child = fork();
        if (child == 0) {
            (void)close(ends[0]);
            count_for_ever(files, ends[1]);
        }
        (void)close(ends[1]);
        for (uint64_t i = 0; i < stop_after; i++) {
            assert_int_equal(read(ends[0], &acknowledged, sizeof acknowledged),
                             sizeof acknowledged);
        }
        /* In the middle of whatever it does now. */
        (void)usleep((useconds_t)(random_u64() % 300));
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &result, 0), child);
        assert_true(WIFSIGNALED(result));
        while (read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) {
        }
        (void)close(ends[0]);

        assert_int_equal(files_open(files), KH_OK);
        assert_int_equal(fetch_big(files, 0, &first, &version), KH_OK);
        assert_true(first == acknowledged || first == acknowledged + 1);
        for (int32_t i = 1; i < TOGETHER; i++) {
            assert_int_equal(fetch_big(files, i, &big, &version), KH_OK);
            assert_int_equal(big, first);
        }
        assert_int_equal(ask_int(files, "SELECT count(*) FROM kh_marks"), first);
        files_close(files);
    }
    assert_sound(files);
}

#define OPEN_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPEN_TEST(values_come_back_whole),
        OPEN_TEST(absent_and_null_are_told_apart),
        OPEN_TEST(columns_can_be_read_by_people),
        OPEN_TEST(a_row_that_makes_no_sense_is_an_error),
        OPEN_TEST(an_index_orders_by_value),
        OPEN_TEST(queries_use_their_indexes),
        OPEN_TEST(old_marks_are_forgotten_in_the_course_of_commits),
        OPEN_TEST(a_mark_that_is_there_keeps_all_else_from_happening),
        OPEN_TEST(processes_on_one_file_lose_no_change),
        OPEN_TEST(a_new_file_can_be_opened_by_several_at_once),
        OPEN_TEST(a_file_that_is_locked_until_the_deadline_is_a_timeout),
        OPEN_TEST(a_process_that_is_killed_leaves_the_state_before_or_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
