/*
 * One connection, used by one thread at a time: SQLite has one writer in any case, and reading is
 * short. What a transaction needs is in it, the marks included, so it is all or nothing.
 */
#include "store/sqlite.h"

#include <limits.h>
#include <string.h>

#include "kh/alloc.h"
#include "model/position.h"
#include "store/sqlite_internal.h"

static struct kh__sqlite *sqlite_of(struct kh_store *store)
{
    return (struct kh__sqlite *)store;
}

/* Locks the store, and lets SQLite wait for other processes for as long as the call may take. */
static void begin_call(struct kh__sqlite *sqlite, const struct kh_call *call)
{
    int64_t now;
    int wait;

    pthread_mutex_lock(&sqlite->lock);
    now = kh_clock_wall_ms(sqlite->clock);
    if (call->deadline_ms <= now) {
        wait = 0;
    } else {
        wait = call->deadline_ms - now < INT_MAX ? (int)(call->deadline_ms - now) : INT_MAX;
    }
    (void)sqlite3_busy_timeout(sqlite->db, wait);
}

static enum kh_status end_call(struct kh__sqlite *sqlite, enum kh_status status)
{
    pthread_mutex_unlock(&sqlite->lock);
    return status;
}

static enum kh_status bound(const struct kh__sqlite *sqlite, int result, const struct kh_call *call)
{
    return kh__sqlite_status(sqlite, result, call->error);
}

/* ---- Reading ------------------------------------------------------------------------------- */

static enum kh_status read_wanted(struct kh__sqlite *sqlite, const struct kh_call *call,
                                  sqlite3_stmt *statement, struct kh_wanted *row)
{
    const struct kh_entity *entity = row->entity;
    int at = 1;
    int result =
        kh__sqlite_bind_members(statement, &at, entity, entity->key, entity->key_count, row->key);

    row->state = (struct kh_row_state){ 0 };
    if (result == SQLITE_OK) {
        result = sqlite3_step(statement);
    }
    if (result == SQLITE_ROW) {
        return kh__sqlite_read_row(sqlite, statement, entity, call, row->value, &row->state);
    }
    return bound(sqlite, result, call);
}

static enum kh_status fetch_row(struct kh__sqlite *sqlite, const struct kh_call *call,
                                struct kh_wanted *row)
{
    sqlite3_stmt *statement;
    enum kh_status status;

    KH_TRY(kh__sqlite_prepare_of(sqlite, row->entity, KH__SQLITE_GET, call->error, &statement));
    status = read_wanted(sqlite, call, statement, row);
    (void)sqlite3_reset(statement);
    return status;
}

static enum kh_status find_mark(struct kh__sqlite *sqlite, const struct kh_call *call,
                                const struct kh_mark *mark, bool *found)
{
    sqlite3_stmt *statement;
    int result;

    KH_TRY(kh__sqlite_prepare(sqlite, KH__SQLITE_FIND_MARK, call->error, &statement));
    result = sqlite3_bind_text64(statement, 1, mark->id.data, mark->id.length, SQLITE_STATIC,
                                 SQLITE_UTF8);
    if (result == SQLITE_OK) {
        result = sqlite3_step(statement);
    }
    *found = result == SQLITE_ROW;
    (void)sqlite3_reset(statement);
    return bound(sqlite, result, call);
}

static enum kh_status fetch_all(struct kh__sqlite *sqlite, const struct kh_call *call,
                                struct kh_wanted *rows, size_t row_count,
                                const struct kh_mark *marks, size_t mark_count, bool *found)
{
    for (size_t i = 0; i < row_count; i++) {
        if (rows[i].value != NULL) {
            KH_TRY(fetch_row(sqlite, call, &rows[i]));
        }
    }
    for (size_t i = 0; i < mark_count; i++) {
        KH_TRY(find_mark(sqlite, call, &marks[i], &found[i]));
    }
    return KH_OK;
}

static enum kh_status sqlite_fetch(struct kh_store *store, const struct kh_call *call,
                                   struct kh_wanted *rows, size_t row_count,
                                   const struct kh_mark *marks, size_t mark_count, bool *found)
{
    struct kh__sqlite *sqlite = sqlite_of(store);
    bool several = row_count + mark_count > 1;
    enum kh_status status = KH_OK;

    begin_call(sqlite, call);
    /* One transaction sees one state of all. */
    if (several) {
        status = kh__sqlite_run(sqlite, KH__SQLITE_READ, call->error);
    }
    if (status == KH_OK) {
        status = fetch_all(sqlite, call, rows, row_count, marks, mark_count, found);
        status = several ? kh__sqlite_end(sqlite, status, call->error) : status;
    }
    return end_call(sqlite, status);
}

/* ---- Queries ------------------------------------------------------------------------------- */

/* A page that grows, and how many rows there is room for. */
struct growing {
    struct kh_page page;
    size_t room;
};

static enum kh_status make_room(struct growing *growing, const struct kh_entity *entity,
                                const struct kh_call *call)
{
    struct kh_page *page = &growing->page;
    size_t room = growing->room == 0 ? 16 : growing->room * 2;
    void *values;
    struct kh_row_state *states;

    if (page->count < growing->room) {
        return KH_OK;
    }
    values = kh_arena_grow(call->arena, page->values, growing->room, room, entity->codec->size);
    states = kh_arena_grow(call->arena, page->states, growing->room, room, sizeof states[0]);
    if (values == NULL || states == NULL) {
        return kh_fail(call->error, KH_NO_MEMORY, "no memory for a page of rows");
    }
    page->values = values;
    page->states = states;
    growing->room = room;
    return KH_OK;
}

/* Rows until the limit; one more tells that there is a next page. */
static enum kh_status read_page(struct kh__sqlite *sqlite, const struct kh_call *call,
                                sqlite3_stmt *statement, const struct kh_entity *entity,
                                const struct kh_index *index, size_t limit, struct kh_page *page)
{
    struct growing growing = { 0 };
    size_t size = entity->codec->size;
    int result;

    while ((result = sqlite3_step(statement)) == SQLITE_ROW && growing.page.count < limit) {
        size_t at = growing.page.count;

        KH_TRY(make_room(&growing, entity, call));
        KH_TRY(kh__sqlite_read_row(sqlite, statement, entity, call,
                                   (char *)growing.page.values + at * size,
                                   &growing.page.states[at]));
        growing.page.count++;
    }
    KH_TRY(bound(sqlite, result, call));
    *page = growing.page;
    if (result == SQLITE_ROW) {
        const void *last = (const char *)page->values + (page->count - 1) * size;

        if (kh__cursor_write(entity, index, last, call->arena, &page->next) != KH_OK) {
            return kh_fail(call->error, KH_NO_MEMORY, "no memory for a cursor");
        }
    }
    return KH_OK;
}

static enum kh_status bind_query(struct kh__sqlite *sqlite, const struct kh_call *call,
                                 sqlite3_stmt *statement, const struct kh_entity *entity,
                                 const struct kh_index *index, const void *key,
                                 const void *position, size_t limit)
{
    int at = 1;
    int result = SQLITE_OK;

    if (index != NULL) {
        result =
            kh__sqlite_bind_members(statement, &at, entity, index->fields, index->equal_count, key);
    }
    if (result == SQLITE_OK && index != NULL && position != NULL) {
        result = kh__sqlite_bind_members(statement, &at, entity, index->fields + index->equal_count,
                                         index->field_count - index->equal_count, position);
    }
    if (result == SQLITE_OK && position != NULL) {
        result = kh__sqlite_bind_members(statement, &at, entity, entity->key, entity->key_count,
                                         position);
    }
    if (result == SQLITE_OK) {
        result = sqlite3_bind_int64(statement, at,
                                    limit < INT64_MAX ? (sqlite3_int64)limit + 1 : INT64_MAX);
    }
    return bound(sqlite, result, call);
}

static enum kh_status query(struct kh__sqlite *sqlite, const struct kh_call *call,
                            const struct kh_entity *entity, const struct kh_index *index,
                            const void *key, const void *position, size_t limit,
                            struct kh_page *page)
{
    sqlite3_stmt *statement;
    enum kh_status status;

    KH_TRY(
        kh__sqlite_prepare_query(sqlite, entity, index, position != NULL, call->error, &statement));
    status = bind_query(sqlite, call, statement, entity, index, key, position, limit);
    if (status == KH_OK) {
        status = read_page(sqlite, call, statement, entity, index, limit, page);
    }
    (void)sqlite3_reset(statement);
    return status;
}

static enum kh_status sqlite_query(struct kh_store *store, const struct kh_call *call,
                                   const struct kh_entity *entity, const struct kh_index *index,
                                   const void *key, struct kh_str cursor, size_t limit,
                                   struct kh_page *page)
{
    struct kh__sqlite *sqlite = sqlite_of(store);
    const void *position = NULL;
    enum kh_status status = KH_OK;

    *page = (struct kh_page){ 0 };
    if (cursor.length != 0) {
        status = kh__cursor_read(entity, index, key, cursor, call->arena, &position);
    }
    if (status != KH_OK) {
        return kh_fail(call->error, status, "%s",
                       status == KH_NO_MEMORY ? "no memory for a cursor"
                                              : "the cursor is not one of this query");
    }
    begin_call(sqlite, call);
    return end_call(sqlite, query(sqlite, call, entity, index, key, position, limit, page));
}

/* ---- Commits ------------------------------------------------------------------------------- */

static enum kh_status sqlite_commit(struct kh_store *store, const struct kh_call *call,
                                    const struct kh_commit *commit)
{
    struct kh__sqlite *sqlite = sqlite_of(store);
    enum kh_status status;

    begin_call(sqlite, call);
    status = kh__sqlite_run(sqlite, KH__SQLITE_WRITE, call->error);
    if (status == KH_OK) {
        status = kh__sqlite_end(sqlite, kh__sqlite_apply(sqlite, call, commit), call->error);
    }
    return end_call(sqlite, status);
}

/* ---- The whole ----------------------------------------------------------------------------- */

static void sqlite_destroy(struct kh_store *store)
{
    struct kh__sqlite *sqlite = sqlite_of(store);

    kh__sqlite_forget(sqlite);
    (void)sqlite3_close(sqlite->db);
    pthread_mutex_destroy(&sqlite->lock);
    kh_free(sqlite->path);
    kh_free(sqlite);
}

static const struct kh_store_ops ops = {
    .name = "sqlite",
    .max_changes = SIZE_MAX,
    .fetch = sqlite_fetch,
    .query = sqlite_query,
    .commit = sqlite_commit,
    .destroy = sqlite_destroy,
};

/* Names that SQLite takes for something else than a file. */
static bool is_file(const char *path)
{
    return path[0] != '\0' && path[0] != ':' && strncmp(path, "file:", 5) != 0;
}

static struct kh__sqlite *allocate(const struct kh_sqlite_options *options)
{
    size_t size = strlen(options->path) + 1;
    struct kh__sqlite *sqlite = kh_calloc(1, sizeof *sqlite);

    if (sqlite == NULL) {
        return NULL;
    }
    *sqlite = (struct kh__sqlite){ .head = { &ops },
                                   .path = kh_malloc(size),
                                   .clock = options->clock,
                                   .mark_ttl_s = options->mark_ttl_s };
    if (sqlite->path == NULL || pthread_mutex_init(&sqlite->lock, NULL) != 0) {
        kh_free(sqlite->path);
        kh_free(sqlite);
        return NULL;
    }
    memcpy(sqlite->path, options->path, size);
    return sqlite;
}

enum kh_status kh_store_sqlite_new(const struct kh_sqlite_options *options, struct kh_error *error,
                                   struct kh_store **out)
{
    struct kh__sqlite *sqlite;
    enum kh_status status;

    if (!is_file(options->path)) {
        return kh_fail(error, KH_BAD_SETTING,
                       "SQLITE_PATH=%s is no file; give the path of the database, such as "
                       "./limits.db (it is made if it is not there)",
                       options->path);
    }
    kh__sqlite_use_our_memory();
    sqlite = allocate(options);
    if (sqlite == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for the store");
    }
    status = kh__sqlite_open(sqlite, options, error);
    if (status != KH_OK) {
        sqlite_destroy(&sqlite->head);
        return status;
    }
    *out = &sqlite->head;
    return KH_OK;
}
