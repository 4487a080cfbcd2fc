/* For tests of the SQLite store: files in a folder of their own, and short words for rows in them. */
#ifndef SQLITE_FILES_H
#define SQLITE_FILES_H

#include "entities/other.h"
#include "entities/thing.h"
#include "store/sqlite.h"

struct files {
    char folder[64];
    char path[96]; /* of the database, which is not there yet */
    struct kh_store *store;
    struct kh_arena arena;
    struct kh_error error;
    struct kh_call call;
    int64_t now_ms; /* of the store's clock */
    struct kh_clock clock;
};

/* cmocka's set-up and tear-down; *state is a struct files without a store. */
int files_set_up(void **state);
int files_tear_down(void **state);

/* Opens the store at files->path with the generated migrations. */
enum kh_status files_open(struct files *files);
enum kh_status files_open_with(struct files *files, const struct kh_migrations *migrations);
void files_close(struct files *files);

/* A thing that has the key ("id", number) and this in `big`. */
struct thing thing_of(int32_t number, int64_t big);

/* One thing's `big` and version; 0 and version 0 if it is not there. */
enum kh_status fetch_big(struct files *files, int32_t number, int64_t *big, uint64_t *version);

enum kh_status put_thing(struct files *files, const struct thing *thing, uint64_t version);

/* The first column of the first row, read by a connection of its own; fails the test when it can't be. */
int64_t ask_int(struct files *files, const char *sql);
void execute_sql(struct files *files, const char *sql);
/* PRAGMA integrity_check says ok. */
void assert_sound(struct files *files);

#endif
