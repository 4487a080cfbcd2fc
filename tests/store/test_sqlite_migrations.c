/* The steps that bring a database up to date: in order, each once, all or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "migrations.h"
#include "sqlite_files.h"

static const struct kh_str make_pets[] = { KH_STR_INIT("CREATE TABLE Pet (name TEXT, "),
                                           KH_STR_INIT("price TEXT, at TEXT) STRICT;\n") };
static const struct kh_str add_rows[] = { KH_STR_INIT(
    "INSERT INTO Pet VALUES ('cat', '9.50', '2020-01-01T01:00:00+01:00');"
    "INSERT INTO Pet VALUES (NULL, NULL, NULL);") };
static const struct kh_str add_keys[] = { KH_STR_INIT(
    "ALTER TABLE Pet ADD COLUMN price__order TEXT;"
    "ALTER TABLE Pet ADD COLUMN at__order TEXT;"
    "UPDATE Pet SET price__order = kh_decimal_order(price), at__order = kh_instant_order(at);") };
static const struct kh_str half_broken[] = { KH_STR_INIT("CREATE TABLE Half (a INTEGER) STRICT;"),
                                             KH_STR_INIT("INSERT INTO Nowhere VALUES (1);") };
static const struct kh_str committing[] = { KH_STR_INIT("CREATE TABLE Half (a INTEGER); COMMIT;") };

#define STEP(number, name, parts)                                                                  \
    {                                                                                              \
        name, "digest" number, parts, sizeof(parts) / sizeof((parts)[0])                           \
    }

static const struct kh_migration steps[] = { STEP("1", "0001_pets.sql", make_pets),
                                             STEP("2", "0002_rows.sql", add_rows),
                                             STEP("3", "0003_keys.sql", add_keys) };

static struct kh_migrations first(size_t count)
{
    return (struct kh_migrations){ steps, count };
}

static void assert_opens(struct files *files, size_t count)
{
    const struct kh_migrations known = first(count);

    assert_int_equal(files_open_with(files, &known), KH_OK);
    files_close(files);
    assert_int_equal(ask_int(files, "SELECT count(*) FROM kh_migrations"), count);
}

static void assert_refused(struct files *files, const struct kh_migrations *known,
                           enum kh_status status, const char *words)
{
    assert_int_equal(files_open_with(files, known), status);
    assert_null(files->store);
    if (strstr(files->error.reason, words) == NULL) {
        print_error("%s\n", files->error.reason);
    }
    assert_non_null(strstr(files->error.reason, words));
    assert_non_null(strstr(files->error.reason, "things.db"));
}

static void a_new_file_gets_all_steps(void **state)
{
    struct files *files = *state;

    assert_opens(files, 3);
    assert_int_equal(ask_int(files, "SELECT count(*) FROM Pet"), 2);
    assert_int_equal(ask_int(files, "SELECT number FROM kh_migrations WHERE name = '0002_rows.sql' "
                                    "AND sha256 = 'digest2' AND applied_ms = 1000000"),
                     2);
}

static void steps_are_done_one_after_the_other_and_never_twice(void **state)
{
    struct files *files = *state;

    for (size_t count = 0; count <= 3; count++) {
        assert_opens(files, count);
        assert_opens(files, count);
    }
    assert_int_equal(ask_int(files, "SELECT count(*) FROM Pet"), 2);
}

static void steps_can_make_order_keys(void **state)
{
    struct files *files = *state;

    assert_opens(files, 3);
    assert_int_equal(ask_int(files, "SELECT count(*) FROM Pet WHERE price__order = '150195.' AND "
                                    "at__order = '092233720384326126080000000000'"),
                     1);
    assert_int_equal(
        ask_int(files, "SELECT count(*) FROM Pet WHERE price__order IS NULL AND at__order IS NULL"),
        1);
}

static void a_newer_database_is_refused(void **state)
{
    struct files *files = *state;
    const struct kh_migrations known = first(1);

    assert_opens(files, 2);
    assert_refused(files, &known, KH_BAD_SETTING, "is of a newer version of this service");
    execute_sql(files, "PRAGMA user_version = 1000");
    assert_refused(files, &known, KH_BAD_SETTING, "another version of kinesis-handler");
}

static void a_database_without_checkpoints_gets_them(void **state)
{
    struct files *files = *state;

    assert_opens(files, 2);
    execute_sql(files, "DROP TABLE kh_checkpoints; PRAGMA user_version = 1");
    assert_opens(files, 2);
    assert_int_equal(ask_int(files, "SELECT count(*) FROM kh_checkpoints"), 0);
    assert_int_equal(ask_int(files, "SELECT count(*) FROM Pet"), 2);
}

static void a_database_with_other_steps_is_refused(void **state)
{
    struct files *files = *state;
    struct kh_migration others[] = { steps[0], steps[1] };
    const struct kh_migrations known = { others, 2 };

    assert_opens(files, 2);
    others[1].sha256 = "other";
    assert_refused(files, &known, KH_BAD_SETTING, "has had another migration 0002_rows.sql");
}

static void a_file_of_something_else_is_refused_and_not_changed(void **state)
{
    struct files *files = *state;
    const struct kh_migrations known = first(1);
    FILE *file;

    execute_sql(files, "CREATE TABLE Theirs (a)");
    assert_refused(files, &known, KH_BAD_SETTING, "is a database of something else");
    assert_int_equal(ask_int(files, "SELECT count(*) FROM sqlite_schema"), 1);
    file = fopen(files->path, "w");
    (void)fputs("This is a letter to somebody and no database at all.", file);
    (void)fclose(file);
    assert_refused(files, &known, KH_STORE, "file is not a database");
}

static void names_of_no_file_are_refused(void **state)
{
    static const char *const names[] = { "", ":memory:", "file:x", "file::memory:" };
    struct files *files = *state;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct kh_sqlite_options options = { .path = names[i],
                                                   .mark_ttl_s = 1,
                                                   .clock = &files->clock };

        kh_error_clear(&files->error);
        assert_int_equal(kh_store_sqlite_new(&options, &files->error, &files->store),
                         KH_BAD_SETTING);
        assert_non_null(strstr(files->error.reason, "SQLITE_PATH"));
    }
}

static void a_folder_that_is_not_there_is_named(void **state)
{
    struct files *files = *state;
    const struct kh_sqlite_options options = { .path = "/nowhere/things.db",
                                               .mark_ttl_s = 1,
                                               .clock = &files->clock };

    assert_int_equal(kh_store_sqlite_new(&options, &files->error, &files->store), KH_STORE);
    assert_non_null(strstr(files->error.reason, "/nowhere/things.db: unable to open"));
}

static void a_step_that_fails_leaves_nothing(void **state)
{
    struct files *files = *state;
    struct kh_migration broken[] = { steps[0], STEP("2", "0002_half.sql", half_broken) };
    const struct kh_migrations known = { broken, 2 };

    assert_refused(files, &known, KH_STORE,
                   "migration 0002_half.sql failed and changed nothing: no such table: Nowhere");
    assert_int_equal(ask_int(files, "SELECT count(*) FROM kh_migrations"), 1);
    assert_int_equal(ask_int(files, "SELECT count(*) FROM sqlite_schema WHERE name = 'Half'"), 0);
    /* And goes on from there once it is put right. */
    assert_opens(files, 3);
}

static void a_step_that_ends_its_transaction_is_an_error(void **state)
{
    struct files *files = *state;
    const struct kh_migration wrong = STEP("1", "0001_wrong.sql", committing);
    const struct kh_migrations known = { &wrong, 1 };

    assert_refused(files, &known, KH_STORE, "ended the transaction it was run in");
}

static void processes_that_open_a_new_file_at_once_do_each_step_once(void **state)
{
    enum { PROCESSES = 6 };
    struct files *files = *state;
    pid_t children[PROCESSES];
    int result;

    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            const struct kh_migrations known = first(3);

            _exit(files_open_with(files, &known) == KH_OK ? 0 : 1);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        assert_int_equal(waitpid(children[i], &result, 0), children[i]);
        assert_int_equal(result, 0);
    }
    assert_int_equal(ask_int(files, "SELECT count(*) FROM Pet"), 2);
    assert_int_equal(ask_int(files, "SELECT count(*) FROM kh_migrations"), 3);
    assert_sound(files);
}

static void generated_steps_make_the_tables_of_the_entities(void **state)
{
    struct files *files = *state;

    assert_int_equal(files_open(files), KH_OK);
    files_close(files);
    assert_int_equal(ask_int(files, "SELECT count(*) FROM kh_migrations"), migrations.count);
    assert_int_equal(ask_int(files, "SELECT count(*) FROM Thing"), 0);
    assert_int_equal(ask_int(files, "SELECT count(*) FROM Other"), 0);
}

#define FILES_TEST(function)                                                                       \
    cmocka_unit_test_setup_teardown(function, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILES_TEST(a_new_file_gets_all_steps),
        FILES_TEST(steps_are_done_one_after_the_other_and_never_twice),
        FILES_TEST(steps_can_make_order_keys),
        FILES_TEST(a_newer_database_is_refused),
        FILES_TEST(a_database_without_checkpoints_gets_them),
        FILES_TEST(a_database_with_other_steps_is_refused),
        FILES_TEST(a_file_of_something_else_is_refused_and_not_changed),
        FILES_TEST(names_of_no_file_are_refused),
        FILES_TEST(a_folder_that_is_not_there_is_named),
        FILES_TEST(a_step_that_fails_leaves_nothing),
        FILES_TEST(a_step_that_ends_its_transaction_is_an_error),
        FILES_TEST(processes_that_open_a_new_file_at_once_do_each_step_once),
        FILES_TEST(generated_steps_make_the_tables_of_the_entities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
