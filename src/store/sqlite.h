/*
 * The store in a SQLite file: for one machine, and any number of processes and threads on it. How its
 * tables look and what its settings mean is in docs/sqlite.md.
 *
 *   sqlite.c             the operations
 *   sqlite_apply.c       what is in a commit
 *   sqlite_open.c        the file: opened, checked, brought up to date
 *   sqlite_migrate.c     the steps that bring it there
 *   sqlite_statement.c   statements that are kept prepared
 *   sqlite_row.c         values as columns
 *   sqlite_status.c      SQLite's results as ours
 *   sqlite_memory.c      SQLite's memory
 */
#ifndef KH_STORE_SQLITE_H
#define KH_STORE_SQLITE_H

#include "kh/clock.h"
#include "kh/migration.h"
#include "kh/store.h"

struct kh_sqlite_options {
    const char *path;                       /* of the file, which is made if it is not there */
    const struct kh_migrations *migrations; /* NULL: there are none */
    int64_t mark_ttl_s;                     /* marks are kept for so many seconds at least; >= 1 */
    /*
     * Does a commit wait until the disk has it? Otherwise a power failure can take the latest commits
     * back; the end of the process alone never does.
     */
    bool full_sync;
    const struct kh_clock *clock;
};

/*
 * Opens the file and does the migrations that it lacks. KH_BAD_SETTING: the path is no file's, or the file
 * is not one of this service or of a newer version of it; KH_STORE, KH_TIMEOUT, KH_NO_MEMORY. The error
 * names the file. Ends with kh_store_destroy. The first call gives SQLite our memory: no other thread may
 * use SQLite meanwhile.
 */
enum kh_status kh_store_sqlite_new(const struct kh_sqlite_options *options, struct kh_error *error,
                                   struct kh_store **out) KH_MUST_USE;

#endif
