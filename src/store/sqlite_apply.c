/* The changes and the marks of a commit, in the transaction that is open. */
#include "store/sqlite_internal.h"

/* How many marks a commit looks at, to forget the old ones. */
#define SWEPT_AT_LEAST 16
#define SWEPT_PER_MARK 4

static enum kh_status bound(const struct kh__sqlite *sqlite, int result, const struct kh_call *call)
{
    return kh__sqlite_status(sqlite, result, call->error);
}

static enum kh_status conflict(const struct kh_call *call, const char *what)
{
    return kh_fail(call->error, KH_CONFLICT, "%s", what);
}

/* A statement without rows that is bound; KH_CONFLICT if it changed none. */
static enum kh_status change_one(struct kh__sqlite *sqlite, const struct kh_call *call,
                                 sqlite3_stmt *statement, const char *what)
{
    KH_TRY(bound(sqlite, sqlite3_step(statement), call));
    return sqlite3_changes(sqlite->db) == 1 ? KH_OK : conflict(call, what);
}

/*
 * Looks at some marks, more than come, in the order of their ids, and round again: what is old is found in
 * time without an index by age, which would cost as much as the marks themselves.
 */
static enum kh_status sweep_marks(struct kh__sqlite *sqlite, const struct kh_call *call,
                                  int64_t now_s, size_t mark_count)
{
    sqlite3_int64 count = SWEPT_AT_LEAST + SWEPT_PER_MARK * (sqlite3_int64)mark_count;
    sqlite3_int64 left;
    sqlite3_stmt *statement;
    int result;

    KH_TRY(kh__sqlite_prepare(sqlite, KH__SQLITE_FORGET, call->error, &statement));
    (void)sqlite3_bind_int64(statement, 1, count - 1);
    (void)sqlite3_bind_int64(statement, 2, now_s);
    result = sqlite3_step(statement);
    (void)sqlite3_reset(statement);
    KH_TRY(bound(sqlite, result, call));
    left = count - sqlite3_changes(sqlite->db);
    if (left == 0) {
        return KH_OK;
    }
    KH_TRY(kh__sqlite_prepare(sqlite, KH__SQLITE_SWEEP, call->error, &statement));
    (void)sqlite3_bind_int64(statement, 1, left - 1);
    result = sqlite3_step(statement);
    (void)sqlite3_reset(statement);
    return bound(sqlite, result, call);
}

static enum kh_status add_mark(struct kh__sqlite *sqlite, const struct kh_call *call,
                               const struct kh_mark *mark, int64_t expires_s)
{
    sqlite3_stmt *statement;
    enum kh_status status;

    KH_TRY(kh__sqlite_prepare(sqlite, KH__SQLITE_ADD_MARK, call->error, &statement));
    status = bound(sqlite,
                   sqlite3_bind_text64(statement, 1, mark->id.data, mark->id.length, SQLITE_STATIC,
                                       SQLITE_UTF8),
                   call);
    if (status == KH_OK) {
        (void)sqlite3_bind_int64(statement, 2, expires_s);
        status = change_one(sqlite, call, statement, "an event was applied by somebody else");
    }
    (void)sqlite3_reset(statement);
    return status;
}

static enum kh_status add_marks(struct kh__sqlite *sqlite, const struct kh_call *call,
                                const struct kh_commit *commit)
{
    int64_t now_s = kh_clock_wall_ms(sqlite->clock) / 1000;

    KH_TRY(sweep_marks(sqlite, call, now_s, commit->mark_count));
    for (size_t i = 0; i < commit->mark_count; i++) {
        KH_TRY(add_mark(sqlite, call, &commit->marks[i], now_s + sqlite->mark_ttl_s));
    }
    return KH_OK;
}

/* Counted over all rows: one that is made again gets no version that the first had. */
static enum kh_status next_version(struct kh__sqlite *sqlite, const struct kh_call *call,
                                   int64_t *version)
{
    sqlite3_stmt *statement;
    enum kh_status status;
    int result;

    KH_TRY(kh__sqlite_prepare(sqlite, KH__SQLITE_NEXT_VERSION, call->error, &statement));
    result = sqlite3_step(statement);
    *version = 0;
    if (result == SQLITE_ROW) {
        *version = sqlite3_column_int64(statement, 0);
        result = sqlite3_step(statement);
    }
    status = bound(sqlite, result, call);
    (void)sqlite3_reset(statement);
    return status;
}

static enum kh_status bind_put(struct kh__sqlite *sqlite, const struct kh_call *call,
                               sqlite3_stmt *statement, const struct kh_change *change,
                               int64_t version)
{
    int at = 1;

    KH_TRY(kh__sqlite_bind_row(sqlite, statement, &at, change->entity, change->value, call->error));
    (void)sqlite3_bind_int64(statement, at, version);
    if (change->state.version != 0) {
        (void)sqlite3_bind_int64(statement, at + 1, (sqlite3_int64)change->state.version);
    }
    return KH_OK;
}

static enum kh_status put(struct kh__sqlite *sqlite, const struct kh_call *call,
                          const struct kh_change *change, int64_t version)
{
    bool insert = change->state.version == 0;
    sqlite3_stmt *statement;
    enum kh_status status;

    KH_TRY(kh__sqlite_prepare_of(sqlite, change->entity,
                                 insert ? KH__SQLITE_INSERT : KH__SQLITE_UPDATE, call->error,
                                 &statement));
    status = bind_put(sqlite, call, statement, change, version);
    if (status == KH_OK) {
        status =
            change_one(sqlite, call, statement,
                       insert ? "somebody else made the row" : "somebody else changed the row");
    }
    (void)sqlite3_reset(statement);
    return status;
}

/* Parameter: the key. `at` becomes that of the parameter after it. */
static enum kh_status bind_key(struct kh__sqlite *sqlite, const struct kh_call *call,
                               sqlite3_stmt *statement, const struct kh_change *change, int *at)
{
    const struct kh_entity *entity = change->entity;

    *at = 1;
    return bound(sqlite,
                 kh__sqlite_bind_members(statement, at, entity, entity->key, entity->key_count,
                                         change->value),
                 call);
}

static enum kh_status remove_row(struct kh__sqlite *sqlite, const struct kh_call *call,
                                 const struct kh_change *change)
{
    sqlite3_stmt *statement;
    enum kh_status status;
    int at;

    KH_TRY(
        kh__sqlite_prepare_of(sqlite, change->entity, KH__SQLITE_REMOVE, call->error, &statement));
    status = bind_key(sqlite, call, statement, change, &at);
    if (status == KH_OK) {
        (void)sqlite3_bind_int64(statement, at, (sqlite3_int64)change->state.version);
        status = change_one(sqlite, call, statement, "somebody else changed the row");
    }
    (void)sqlite3_reset(statement);
    return status;
}

static enum kh_status check_version(struct kh__sqlite *sqlite, const struct kh_call *call,
                                    const struct kh_change *change)
{
    sqlite3_stmt *statement;
    enum kh_status status;
    int at;

    KH_TRY(
        kh__sqlite_prepare_of(sqlite, change->entity, KH__SQLITE_VERSION, call->error, &statement));
    status = bind_key(sqlite, call, statement, change, &at);
    if (status == KH_OK) {
        int result = sqlite3_step(statement);
        int64_t version = result == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;

        status = bound(sqlite, result, call);
        if (status == KH_OK && (uint64_t)version != change->state.version) {
            status = conflict(call, "somebody else changed the row");
        }
    }
    (void)sqlite3_reset(statement);
    return status;
}

static enum kh_status apply(struct kh__sqlite *sqlite, const struct kh_call *call,
                            const struct kh_change *change, int64_t *version)
{
    switch (change->kind) {
    case KH_CHANGE_PUT:
        if (*version == 0) {
            KH_TRY(next_version(sqlite, call, version));
        }
        return put(sqlite, call, change, *version);
    case KH_CHANGE_REMOVE:
        return remove_row(sqlite, call, change);
    case KH_CHANGE_NONE:
        break;
    }
    return check_version(sqlite, call, change);
}

enum kh_status kh__sqlite_apply(struct kh__sqlite *sqlite, const struct kh_call *call,
                                const struct kh_commit *commit)
{
    int64_t version = 0; /* of all rows that are put; 0: not counted yet */

    for (size_t i = 0; i < commit->change_count; i++) {
        KH_TRY(apply(sqlite, call, &commit->changes[i], &version));
    }
    return add_marks(sqlite, call, commit);
}
