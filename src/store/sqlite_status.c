#include "store/sqlite_internal.h"

/* The low byte of an extended result. */
#define PRIMARY(result) ((result)&0xFF)

static enum kh_status status_of(int result)
{
    if (result == SQLITE_IOERR_NOMEM) {
        return KH_NO_MEMORY;
    }
    switch (PRIMARY(result)) {
    case SQLITE_NOMEM:
        return KH_NO_MEMORY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return KH_TIMEOUT;
    case SQLITE_TOOBIG:
        return KH_TOO_LARGE;
    default:
        return KH_STORE;
    }
}

enum kh_status kh__sqlite_status(const struct kh__sqlite *sqlite, int result,
                                 struct kh_error *error)
{
    enum kh_status status;

    if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) {
        return KH_OK;
    }
    status = status_of(result);
    if (status == KH_TIMEOUT) {
        return kh_fail(error, status, "%s: others had it locked for all the time there was",
                       sqlite->path);
    }
    /* What the connection says is of its latest failure, which need not be this one. */
    if (sqlite->db != NULL && sqlite3_extended_errcode(sqlite->db) == result) {
        return kh_fail(error, status, "%s: %s (%d)", sqlite->path, sqlite3_errmsg(sqlite->db),
                       result);
    }
    return kh_fail(error, status, "%s: %s (%d)", sqlite->path, sqlite3_errstr(result), result);
}

enum kh_status kh__sqlite_damaged(const struct kh__sqlite *sqlite, const struct kh_entity *entity,
                                  const struct kh_field *field, struct kh_error *error)
{
    return kh_fail(error, KH_BAD_ROW, "%s: a row of %.*s has a value that %.*s cannot have",
                   sqlite->path, KH_STR_ARG(entity->table), KH_STR_ARG(field->name));
}
