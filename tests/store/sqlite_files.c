#include "sqlite_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "migrations.h"

static int64_t now_ms(void *context)
{
    return ((struct files *)context)->now_ms;
}

static int64_t no_ns(void *context)
{
    (void)context;
    return 0;
}

int files_set_up(void **state)
{
    struct files *files = calloc(1, sizeof *files);

    /* In memory where there is such a folder: nothing here is about disks. */
    (void)snprintf(files->folder, sizeof files->folder, "%s/kh-sqlite-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(files->folder));
    (void)snprintf(files->path, sizeof files->path, "%s/things.db", files->folder);
    files->now_ms = 1000000;
    files->clock = (struct kh_clock){ now_ms, now_ms, no_ns, files };
    kh_arena_init(&files->arena);
    kh_error_clear(&files->error);
    files->call = (struct kh_call){ .arena = &files->arena,
                                    .error = &files->error,
                                    .deadline_ms = files->now_ms + 60000 };
    *state = files;
    return 0;
}

int files_tear_down(void **state)
{
    struct files *files = *state;
    DIR *folder;
    const struct dirent *entry;

    files_close(files);
    folder = opendir(files->folder);
    while ((entry = readdir(folder)) != NULL) {
        (void)unlinkat(dirfd(folder), entry->d_name, 0);
    }
    (void)closedir(folder);
    (void)rmdir(files->folder);
    kh_arena_clean_up(&files->arena);
    free(files);
    return 0;
}

enum kh_status files_open_with(struct files *files, const struct kh_migrations *steps)
{
    const struct kh_sqlite_options options = {
        .path = files->path, .migrations = steps, .mark_ttl_s = 100, .clock = &files->clock
    };

    kh_error_clear(&files->error);
    return kh_store_sqlite_new(&options, &files->error, &files->store);
}

enum kh_status files_open(struct files *files)
{
    return files_open_with(files, &migrations);
}

void files_close(struct files *files)
{
    kh_store_destroy(files->store);
    files->store = NULL;
}

struct thing thing_of(int32_t number, int64_t big)
{
    return (struct thing){ .id = KH_STR("id"),
                           .part = number,
                           .group = KH_STR("group"),
                           .at = { .seconds = big },
                           .big = big,
                           .colour = COLOUR_GREEN };
}

enum kh_status fetch_big(struct files *files, int32_t number, int64_t *big, uint64_t *version)
{
    struct thing key = thing_of(number, 0);
    struct thing value;
    struct kh_wanted wanted = { .entity = &thing_entity, .key = &key, .value = &value };
    enum kh_status status;

    kh_error_clear(&files->error);
    status = files->store->ops->fetch(files->store, &files->call, &wanted, 1, NULL, 0, NULL);
    *version = status == KH_OK ? wanted.state.version : 0;
    *big = *version == 0 ? 0 : value.big;
    return status;
}

enum kh_status put_thing(struct files *files, const struct thing *thing, uint64_t version)
{
    const struct kh_change change = { .kind = KH_CHANGE_PUT,
                                      .entity = &thing_entity,
                                      .value = thing,
                                      .state = { .version = version } };
    const struct kh_commit commit = { .changes = &change, .change_count = 1 };

    kh_error_clear(&files->error);
    return files->store->ops->commit(files->store, &files->call, &commit);
}

static sqlite3 *connection(const struct files *files)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(files->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_busy_timeout(db, 10000), SQLITE_OK);
    return db;
}

int64_t ask_int(struct files *files, const char *sql)
{
    sqlite3 *db = connection(files);
    sqlite3_stmt *statement;
    int64_t found;

    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    found = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
    return found;
}

void execute_sql(struct files *files, const char *sql)
{
    sqlite3 *db = connection(files);
    int result = sqlite3_exec(db, sql, NULL, NULL, NULL);

    if (result != SQLITE_OK) {
        print_error("%s: %s\n", sql, sqlite3_errmsg(db));
    }
    assert_int_equal(result, SQLITE_OK);
    (void)sqlite3_close(db);
}

void assert_sound(struct files *files)
{
    assert_int_equal(ask_int(files, "SELECT count(*) = 1 AND max(integrity_check) = 'ok' "
                                    "FROM pragma_integrity_check"),
                     1);
}
