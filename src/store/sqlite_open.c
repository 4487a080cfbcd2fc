/*
 * The file is opened, made ours if it is new, and refused if it is somebody else's. Its header tells: the
 * user version is that of the tables below.
 */
#include <string.h>

#include "kh/alloc.h"
#include "model/checkpoint.h"
#include "store/sqlite_internal.h"

/* Others may be migrating the same file. */
#define WAIT_MS 30000
#define PAUSE_MS 5

/*
 * The log goes back into the file when it has so many pages, which syncs both: rarely, since pages that
 * changed many times meanwhile are written once.
 */
#define LOG_PAGES "8000"
/* At most, of pages in memory. */
#define CACHE_KIB "16384"

static const char first_sql[] = "CREATE TABLE kh_migrations (\n"
                                "    number INTEGER PRIMARY KEY,\n"
                                "    name TEXT NOT NULL,\n"
                                "    sha256 TEXT NOT NULL,\n"
                                "    applied_ms INTEGER NOT NULL\n"
                                ") STRICT;\n"
                                "CREATE TABLE kh_state (\n"
                                "    version INTEGER NOT NULL,\n"
                                "    swept TEXT NOT NULL\n"
                                ") STRICT;\n"
                                "INSERT INTO kh_state (version, swept) VALUES (0, '');\n"
                                "CREATE TABLE kh_marks (\n"
                                "    id TEXT NOT NULL PRIMARY KEY,\n"
                                "    expires INTEGER NOT NULL\n"
                                ") STRICT, WITHOUT ROWID;\n";

/* The tables that every service has: each step makes the next form of a file. */
static const char *const layouts[] = { first_sql, kh_checkpoint_sql };

/* The form known here, and the last line of the steps to it. */
#define LAYOUT 2
#define LAYOUT_DONE "PRAGMA user_version = 2"

_Static_assert(sizeof layouts / sizeof layouts[0] == LAYOUT, "a step for each form");

enum kh_status kh__sqlite_execute(struct kh__sqlite *sqlite, const char *sql,
                                  struct kh_error *error)
{
    return kh__sqlite_status(sqlite, sqlite3_exec(sqlite->db, sql, NULL, NULL, NULL), error);
}

enum kh_status kh__sqlite_end(struct kh__sqlite *sqlite, enum kh_status status,
                              struct kh_error *error)
{
    struct kh_error ignored;

    if (status == KH_OK) {
        status = kh__sqlite_run(sqlite, KH__SQLITE_COMMIT, error);
    }
    /* SQLite has taken it back itself after some failures. */
    if (sqlite3_get_autocommit(sqlite->db) == 0) {
        kh_error_clear(&ignored);
        if (kh__sqlite_run(sqlite, KH__SQLITE_ROLLBACK, &ignored) != KH_OK) {
            (void)sqlite3_exec(sqlite->db, "ROLLBACK", NULL, NULL, NULL);
        }
    }
    return status;
}

/* The first column of the first row. */
static enum kh_status read_int(struct kh__sqlite *sqlite, const char *sql, struct kh_error *error,
                               int64_t *out)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(sqlite->db, sql, -1, &statement, NULL);
    enum kh_status status;

    if (result == SQLITE_OK) {
        result = sqlite3_step(statement);
    }
    status = kh__sqlite_status(sqlite, result, error);
    *out = result == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    (void)sqlite3_finalize(statement);
    return status;
}

static enum kh_status make_layout(struct kh__sqlite *sqlite, struct kh_error *error)
{
    int64_t version;
    int64_t tables;

    /* Somebody else may have done it meanwhile. */
    KH_TRY(read_int(sqlite, "PRAGMA user_version", error, &version));
    if (version >= LAYOUT) {
        return KH_OK;
    }
    KH_TRY(read_int(sqlite, "SELECT count(*) FROM sqlite_schema", error, &tables));
    if (version == 0 && tables != 0) {
        return kh_fail(error, KH_BAD_SETTING,
                       "SQLITE_PATH: %s is a database of something else; name another file",
                       sqlite->path);
    }
    for (; version < LAYOUT; version++) {
        KH_TRY(kh__sqlite_execute(sqlite, layouts[version], error));
    }
    return kh__sqlite_execute(sqlite, LAYOUT_DONE, error);
}

static enum kh_status set_up_layout(struct kh__sqlite *sqlite, struct kh_error *error)
{
    int64_t version;

    KH_TRY(read_int(sqlite, "PRAGMA user_version", error, &version));
    if (version >= 0 && version < LAYOUT) {
        KH_TRY(kh__sqlite_run(sqlite, KH__SQLITE_WRITE, error));
        KH_TRY(kh__sqlite_end(sqlite, make_layout(sqlite, error), error));
        KH_TRY(read_int(sqlite, "PRAGMA user_version", error, &version));
    }
    if (version != LAYOUT) {
        return kh_fail(error, KH_BAD_SETTING,
                       "SQLITE_PATH: %s was made by another version of kinesis-handler (its tables "
                       "are of form %lld, and %d is known here); start that version",
                       sqlite->path, (long long)version, LAYOUT);
    }
    return KH_OK;
}

/* Whoever can write to the file must not gain more by that than what is in it. */
static enum kh_status harden(struct kh__sqlite *sqlite, struct kh_error *error)
{
    static const struct {
        int option;
        int value;
    } rows[] = {
        { SQLITE_DBCONFIG_DEFENSIVE, 1 },      { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
        { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 }, { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
        { SQLITE_DBCONFIG_DQS_DML, 0 },        { SQLITE_DBCONFIG_DQS_DDL, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int result = sqlite3_db_config(sqlite->db, rows[i].option, rows[i].value, NULL);

        KH_TRY(kh__sqlite_status(sqlite, result, error));
    }
    return KH_OK;
}

/*
 * Where two change a file's kind of log at once, SQLite tells one of them that it is locked without having
 * waited: neither would ever go on if both did.
 */
static int step_patiently(sqlite3_stmt *statement)
{
    int result = sqlite3_step(statement);

    for (int waited = 0; (result & 0xFF) == SQLITE_BUSY && waited < WAIT_MS; waited += PAUSE_MS) {
        (void)sqlite3_reset(statement);
        (void)sqlite3_sleep(PAUSE_MS);
        result = sqlite3_step(statement);
    }
    return result;
}

/* Readers and a writer do not wait for each other with a write-ahead log. */
static enum kh_status set_up_log(struct kh__sqlite *sqlite, bool full_sync, struct kh_error *error)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(sqlite->db, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
    enum kh_status status;

    if (result == SQLITE_OK) {
        result = step_patiently(statement);
    }
    status = kh__sqlite_status(sqlite, result, error);
    if (status == KH_OK && strcmp((const void *)sqlite3_column_text(statement, 0), "wal") != 0) {
        status =
            kh_fail(error, KH_BAD_SETTING,
                    "SQLITE_PATH: %s can't have a write-ahead log where it is (a folder that is "
                    "shared over a network, or that can't be written?); move it",
                    sqlite->path);
    }
    (void)sqlite3_finalize(statement);
    KH_TRY(status);
    KH_TRY(kh__sqlite_execute(
        sqlite, "PRAGMA wal_autocheckpoint = " LOG_PAGES "; PRAGMA cache_size = -" CACHE_KIB,
        error));
    return kh__sqlite_execute(
        sqlite, full_sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", error);
}

enum kh_status kh__sqlite_open(struct kh__sqlite *sqlite, const struct kh_sqlite_options *options,
                               struct kh_error *error)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int result = sqlite3_open_v2(sqlite->path, &sqlite->db, flags, NULL);

    if (sqlite->db != NULL) {
        (void)sqlite3_extended_result_codes(sqlite->db, 1);
    }
    KH_TRY(kh__sqlite_status(sqlite, result, error));
    (void)sqlite3_busy_timeout(sqlite->db, WAIT_MS);
    KH_TRY(harden(sqlite, error));
    KH_TRY(set_up_log(sqlite, options->full_sync, error));
    KH_TRY(set_up_layout(sqlite, error));
    KH_TRY(kh__sqlite_status(sqlite, kh__sqlite_add_functions(sqlite->db), error));
    if (options->migrations != NULL) {
        KH_TRY(kh__sqlite_migrate(sqlite, options->migrations, error));
    }
    return KH_OK;
}
