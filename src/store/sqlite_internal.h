/* What the files of the SQLite store share. */
#ifndef KH_STORE_SQLITE_INTERNAL_H
#define KH_STORE_SQLITE_INTERNAL_H

#include <pthread.h>
#include <sqlite3.h>

#include "kh/entity_sql.h"
#include "model/field.h"
#include "store/sqlite.h"

/* Statements that are not an entity's. */
enum kh__sqlite_text {
    KH__SQLITE_READ,
    KH__SQLITE_WRITE,
    KH__SQLITE_COMMIT,
    KH__SQLITE_ROLLBACK,
    KH__SQLITE_FORGET, /* the old ones of the next ?1 + 1 marks; ?2: now, in seconds */
    KH__SQLITE_SWEEP,  /* goes on behind the next ?1 + 1 marks, or from the start */
    KH__SQLITE_FIND_MARK,
    KH__SQLITE_ADD_MARK,
    KH__SQLITE_NEXT_VERSION,
    KH__SQLITE_TEXTS
};

struct kh__sqlite {
    struct kh_store head;
    pthread_mutex_t lock; /* of all below */
    sqlite3 *db;
    char *path;
    const struct kh_clock *clock;
    int64_t mark_ttl_s;
    sqlite3_stmt *statements[KH__SQLITE_TEXTS]; /* NULL: not prepared yet */
    struct kh__sqlite_entity *entities;
};

/* ---- sqlite_status.c ---- */

/*
 * SQLite's result as a status, with SQLite's words and the file's path as its reason. SQLITE_ROW and
 * SQLITE_DONE are KH_OK, too.
 */
enum kh_status kh__sqlite_status(const struct kh__sqlite *sqlite, int result,
                                 struct kh_error *error) KH_MUST_USE;

/* A stored row makes no sense: KH_STORE. */
enum kh_status kh__sqlite_damaged(const struct kh__sqlite *sqlite, const struct kh_entity *entity,
                                  const struct kh_field *field, struct kh_error *error) KH_MUST_USE;

/* ---- sqlite_statement.c ---- */

enum kh__sqlite_verb {
    KH__SQLITE_GET,
    KH__SQLITE_VERSION,
    KH__SQLITE_INSERT,
    KH__SQLITE_UPDATE,
    KH__SQLITE_REMOVE,
    KH__SQLITE_VERBS
};

/*
 * Ready to be bound; to be reset when it is done with. They stay prepared until kh__sqlite_forget, so
 * that in steady state nothing is parsed.
 */
enum kh_status kh__sqlite_prepare(struct kh__sqlite *sqlite, enum kh__sqlite_text text,
                                  struct kh_error *error, sqlite3_stmt **out) KH_MUST_USE;
enum kh_status kh__sqlite_prepare_of(struct kh__sqlite *sqlite, const struct kh_entity *entity,
                                     enum kh__sqlite_verb verb, struct kh_error *error,
                                     sqlite3_stmt **out) KH_MUST_USE;
/* `index` NULL: all rows. */
enum kh_status kh__sqlite_prepare_query(struct kh__sqlite *sqlite, const struct kh_entity *entity,
                                        const struct kh_index *index, bool after,
                                        struct kh_error *error, sqlite3_stmt **out) KH_MUST_USE;

/* A prepared statement without results, run once. */
enum kh_status kh__sqlite_run(struct kh__sqlite *sqlite, enum kh__sqlite_text text,
                              struct kh_error *error) KH_MUST_USE;

/* Gives all prepared statements back. */
void kh__sqlite_forget(struct kh__sqlite *sqlite);

/* ---- sqlite_row.c ---- */

/*
 * Binds what a row is compared by, of these members, to the parameters from `at` on, and says which is
 * the next. Strings are not copied: they must live until the statement is reset.
 */
int kh__sqlite_bind_members(sqlite3_stmt *statement, int *at, const struct kh_entity *entity,
                            const size_t *members, size_t count, const void *value) KH_MUST_USE;

/* All columns but kh__version. KH_NO_MEMORY etc. from a nested value's writer. */
enum kh_status kh__sqlite_bind_row(const struct kh__sqlite *sqlite, sqlite3_stmt *statement,
                                   int *at, const struct kh_entity *entity, const void *value,
                                   struct kh_error *error) KH_MUST_USE;

/* The columns that entity->sql selects; strings and nested values go to the arena. */
enum kh_status kh__sqlite_read_row(const struct kh__sqlite *sqlite, sqlite3_stmt *statement,
                                   const struct kh_entity *entity, const struct kh_call *call,
                                   void *value, struct kh_row_state *state) KH_MUST_USE;

/* The functions of migrations: kh_decimal_order and kh_instant_order give order keys of texts. */
int kh__sqlite_add_functions(sqlite3 *db) KH_MUST_USE;

/* ---- sqlite_apply.c ---- */

/* KH_CONFLICT: the transaction is to be taken back. */
enum kh_status kh__sqlite_apply(struct kh__sqlite *sqlite, const struct kh_call *call,
                                const struct kh_commit *commit) KH_MUST_USE;

/* ---- sqlite_open.c, sqlite_migrate.c, sqlite_memory.c ---- */

enum kh_status kh__sqlite_open(struct kh__sqlite *sqlite, const struct kh_sqlite_options *options,
                               struct kh_error *error) KH_MUST_USE;

enum kh_status kh__sqlite_migrate(struct kh__sqlite *sqlite, const struct kh_migrations *migrations,
                                  struct kh_error *error) KH_MUST_USE;

/* SQL without parameters and results. */
enum kh_status kh__sqlite_execute(struct kh__sqlite *sqlite, const char *sql,
                                  struct kh_error *error) KH_MUST_USE;

/* Ends a transaction that is open: commits if all went well, or takes it back. */
enum kh_status kh__sqlite_end(struct kh__sqlite *sqlite, enum kh_status status,
                              struct kh_error *error) KH_MUST_USE;

/* Makes SQLite allocate through kh_malloc; does nothing once SQLite was used. */
void kh__sqlite_use_our_memory(void);

#endif
