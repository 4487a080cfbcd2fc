#include <string.h>

#include "kh/alloc.h"
#include "store/sqlite_internal.h"

/* The statements of one entity. */
struct kh__sqlite_entity {
    struct kh__sqlite_entity *next;
    const struct kh_entity *entity;
    sqlite3_stmt *verbs[KH__SQLITE_VERBS];
    sqlite3_stmt *queries[]; /* first and after: of all rows, then of each index */
};

static const char *const texts[KH__SQLITE_TEXTS] = {
    [KH__SQLITE_READ] = "BEGIN",
    [KH__SQLITE_WRITE] = "BEGIN IMMEDIATE",
    [KH__SQLITE_COMMIT] = "COMMIT",
    [KH__SQLITE_ROLLBACK] = "ROLLBACK",
    /* A BLOB, as behind the last mark, is greater than all texts. */
    [KH__SQLITE_FORGET] =
        "DELETE FROM kh_marks WHERE id > (SELECT swept FROM kh_state) AND id <= "
        "coalesce((SELECT id FROM kh_marks WHERE id > (SELECT swept FROM kh_state) "
        "ORDER BY id LIMIT 1 OFFSET ?1), x'') AND expires <= ?2",
    [KH__SQLITE_SWEEP] = "UPDATE kh_state SET swept = coalesce((SELECT id FROM kh_marks "
                         "WHERE id > swept ORDER BY id LIMIT 1 OFFSET ?1), '')",
    [KH__SQLITE_FIND_MARK] = "SELECT 1 FROM kh_marks WHERE id = ?1",
    [KH__SQLITE_ADD_MARK] = "INSERT INTO kh_marks (id, expires) VALUES (?1, ?2) "
                            "ON CONFLICT (id) DO NOTHING",
    [KH__SQLITE_NEXT_VERSION] = "UPDATE kh_state SET version = version + 1 RETURNING version",
};

static enum kh_status prepared(struct kh__sqlite *sqlite, const char *text, struct kh_error *error,
                               sqlite3_stmt **statement)
{
    if (*statement != NULL) {
        return KH_OK;
    }
    return kh__sqlite_status(
        sqlite,
        sqlite3_prepare_v3(sqlite->db, text, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL),
        error);
}

enum kh_status kh__sqlite_prepare(struct kh__sqlite *sqlite, enum kh__sqlite_text text,
                                  struct kh_error *error, sqlite3_stmt **out)
{
    KH_TRY(prepared(sqlite, texts[text], error, &sqlite->statements[text]));
    *out = sqlite->statements[text];
    return KH_OK;
}

static size_t query_count(const struct kh_entity *entity)
{
    return 2 * (1 + entity->index_count);
}

/* NULL when memory is short. */
static struct kh__sqlite_entity *statements_of(struct kh__sqlite *sqlite,
                                               const struct kh_entity *entity)
{
    struct kh__sqlite_entity *of = sqlite->entities;

    while (of != NULL && of->entity != entity) {
        of = of->next;
    }
    if (of == NULL) {
        of = kh_calloc(1, sizeof *of + query_count(entity) * sizeof of->queries[0]);
        if (of == NULL) {
            return NULL;
        }
        of->entity = entity;
        of->next = sqlite->entities;
        sqlite->entities = of;
    }
    return of;
}

static enum kh_status no_memory(struct kh_error *error)
{
    return kh_fail(error, KH_NO_MEMORY, "no memory for SQL statements");
}

static const char *verb_text(const struct kh_entity_sql *sql, enum kh__sqlite_verb verb)
{
    switch (verb) {
    case KH__SQLITE_GET:
        return sql->get;
    case KH__SQLITE_VERSION:
        return sql->version;
    case KH__SQLITE_INSERT:
        return sql->insert;
    case KH__SQLITE_UPDATE:
        return sql->update;
    case KH__SQLITE_REMOVE:
    case KH__SQLITE_VERBS:
        break;
    }
    return sql->remove;
}

enum kh_status kh__sqlite_prepare_of(struct kh__sqlite *sqlite, const struct kh_entity *entity,
                                     enum kh__sqlite_verb verb, struct kh_error *error,
                                     sqlite3_stmt **out)
{
    struct kh__sqlite_entity *of = statements_of(sqlite, entity);

    if (of == NULL) {
        return no_memory(error);
    }
    KH_TRY(prepared(sqlite, verb_text(entity->sql, verb), error, &of->verbs[verb]));
    *out = of->verbs[verb];
    return KH_OK;
}

enum kh_status kh__sqlite_prepare_query(struct kh__sqlite *sqlite, const struct kh_entity *entity,
                                        const struct kh_index *index, bool after,
                                        struct kh_error *error, sqlite3_stmt **out)
{
    size_t number = index == NULL ? 0 : 1 + (size_t)(index - entity->indexes);
    const struct kh_query_sql *sql =
        index == NULL ? &entity->sql->all : &entity->sql->indexes[number - 1];
    struct kh__sqlite_entity *of = statements_of(sqlite, entity);
    sqlite3_stmt **statement;

    if (of == NULL) {
        return no_memory(error);
    }
    statement = &of->queries[2 * number + after];
    KH_TRY(prepared(sqlite, after ? sql->after : sql->first, error, statement));
    *out = *statement;
    return KH_OK;
}

enum kh_status kh__sqlite_run(struct kh__sqlite *sqlite, enum kh__sqlite_text text,
                              struct kh_error *error)
{
    sqlite3_stmt *statement;
    enum kh_status status;

    KH_TRY(kh__sqlite_prepare(sqlite, text, error, &statement));
    status = kh__sqlite_status(sqlite, sqlite3_step(statement), error);
    (void)sqlite3_reset(statement);
    return status;
}

static void finalize_all(sqlite3_stmt **statements, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)sqlite3_finalize(statements[i]);
        statements[i] = NULL;
    }
}

void kh__sqlite_forget(struct kh__sqlite *sqlite)
{
    finalize_all(sqlite->statements, KH__SQLITE_TEXTS);
    while (sqlite->entities != NULL) {
        struct kh__sqlite_entity *of = sqlite->entities;

        sqlite->entities = of->next;
        finalize_all(of->verbs, KH__SQLITE_VERBS);
        finalize_all(of->queries, query_count(of->entity));
        kh_free(of);
    }
}
