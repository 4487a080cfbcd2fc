/*
 * Each step in a transaction of its own, with the row that says it was done: it is done once, whoever
 * tries at the same time and whatever ends the process. What was done is compared with what there is to
 * do, so that no program runs on tables that it does not know.
 */
#include <string.h>

#include "kh/alloc.h"
#include "store/sqlite_internal.h"

static const char done_sql[] = "SELECT number, name, sha256 FROM kh_migrations ORDER BY number";
static const char record_sql[] =
    "INSERT INTO kh_migrations (number, name, sha256, applied_ms) VALUES (?1, ?2, ?3, ?4)";

static enum kh_status check_step(const struct kh__sqlite *sqlite,
                                 const struct kh_migrations *migrations, sqlite3_stmt *statement,
                                 size_t number, struct kh_error *error)
{
    const char *name = (const void *)sqlite3_column_text(statement, 1);
    const char *digest = (const void *)sqlite3_column_text(statement, 2);
    const struct kh_migration *known;

    if (name == NULL || digest == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for the names of migrations");
    }
    if (number > migrations->count) {
        return kh_fail(
            error, KH_BAD_SETTING,
            "SQLITE_PATH: %s is of a newer version of this service: it has had migration "
            "%s, and %zu are known here; start that version",
            sqlite->path, name, migrations->count);
    }
    known = &migrations->rows[number - 1];
    if ((size_t)sqlite3_column_int64(statement, 0) != number ||
        strcmp(digest, known->sha256) != 0) {
        return kh_fail(error, KH_BAD_SETTING,
                       "SQLITE_PATH: %s has had another migration %s than the %s of this service; "
                       "name the file of this service",
                       sqlite->path, name, known->name);
    }
    return KH_OK;
}

/* How many steps were done; all of them must be known. */
static enum kh_status count_done(struct kh__sqlite *sqlite, const struct kh_migrations *migrations,
                                 struct kh_error *error, size_t *count)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(sqlite->db, done_sql, -1, &statement, NULL);
    enum kh_status status = kh__sqlite_status(sqlite, result, error);

    *count = 0;
    while (status == KH_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        status = check_step(sqlite, migrations, statement, ++*count, error);
    }
    if (status == KH_OK) {
        status = kh__sqlite_status(sqlite, result, error);
    }
    (void)sqlite3_finalize(statement);
    return status;
}

static enum kh_status record(struct kh__sqlite *sqlite, const struct kh_migration *migration,
                             size_t number, struct kh_error *error)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(sqlite->db, record_sql, -1, &statement, NULL);
    enum kh_status status;

    if (result == SQLITE_OK) {
        (void)sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
        (void)sqlite3_bind_text(statement, 2, migration->name, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(statement, 3, migration->sha256, -1, SQLITE_STATIC);
        (void)sqlite3_bind_int64(statement, 4, kh_clock_wall_ms(sqlite->clock));
        result = sqlite3_step(statement);
    }
    status = kh__sqlite_status(sqlite, result, error);
    (void)sqlite3_finalize(statement);
    return status;
}

/* Its parts put together, with a NUL; to be freed. NULL when memory is short. */
static char *text_of(const struct kh_migration *migration)
{
    size_t length = 0;
    char *text;
    char *at;

    for (size_t i = 0; i < migration->part_count; i++) {
        length += migration->parts[i].length;
    }
    text = kh_malloc(length + 1);
    if (text == NULL) {
        return NULL;
    }
    at = text;
    for (size_t i = 0; i < migration->part_count; i++) {
        memcpy(at, migration->parts[i].data, migration->parts[i].length);
        at += migration->parts[i].length;
    }
    *at = '\0';
    return text;
}

static enum kh_status execute(struct kh__sqlite *sqlite, const struct kh_migration *migration,
                              struct kh_error *error)
{
    char *text = text_of(migration);
    int result;

    if (text == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for migration %s", migration->name);
    }
    result = sqlite3_exec(sqlite->db, text, NULL, NULL, NULL);
    kh_free(text);
    if ((result & 0xFF) == SQLITE_ERROR || (result & 0xFF) == SQLITE_CONSTRAINT) {
        return kh_fail(error, KH_STORE, "%s: migration %s failed and changed nothing: %s",
                       sqlite->path, migration->name, sqlite3_errmsg(sqlite->db));
    }
    KH_TRY(kh__sqlite_status(sqlite, result, error));
    if (sqlite3_get_autocommit(sqlite->db) != 0) {
        return kh_fail(error, KH_STORE,
                       "%s: migration %s ended the transaction it was run in; take COMMIT, END and "
                       "ROLLBACK out of it, and restore the file",
                       sqlite->path, migration->name);
    }
    return KH_OK;
}

/* The next step, unless somebody else has done it meanwhile. */
static enum kh_status do_step(struct kh__sqlite *sqlite, const struct kh_migrations *migrations,
                              size_t *count, struct kh_error *error)
{
    KH_TRY(count_done(sqlite, migrations, error, count));
    if (*count == migrations->count) {
        return KH_OK;
    }
    KH_TRY(execute(sqlite, &migrations->rows[*count], error));
    ++*count;
    return record(sqlite, &migrations->rows[*count - 1], *count, error);
}

enum kh_status kh__sqlite_migrate(struct kh__sqlite *sqlite, const struct kh_migrations *migrations,
                                  struct kh_error *error)
{
    size_t count;

    /* In most starts there is nothing to do, and nothing needs to be locked. */
    KH_TRY(count_done(sqlite, migrations, error, &count));
    while (count < migrations->count) {
        KH_TRY(kh__sqlite_run(sqlite, KH__SQLITE_WRITE, error));
        KH_TRY(kh__sqlite_end(sqlite, do_step(sqlite, migrations, &count, error), error));
    }
    return KH_OK;
}
