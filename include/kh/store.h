/*
 * Where entities and the marks of applied events live. Three backends implement this interface and
 * pass one contract suite (tests/store).
 *
 * A store keeps nothing that belongs to the caller: it copies what it stores, and copies what it
 * returns into the arena it is given. All operations may be called by several threads at once.
 * Statuses: KH_STORE, KH_THROTTLED, KH_TIMEOUT, KH_NO_MEMORY where nothing else is said; details go to
 * call->error.
 */
#ifndef KH_STORE_H
#define KH_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/arena.h"
#include "kh/entity.h"
#include "kh/error.h"
#include "kh/log.h"
#include "kh/status.h"
#include "kh/str.h"

/* What every operation is given. */
struct kh_call {
    struct kh_arena *arena; /* for results, and for what is needed on the way to them */
    struct kh_error *error;
    struct kh_log log;
    int64_t deadline_ms; /* wall clock; the answer must be there before */
};

/* Rows have versions, counted up by each change; 0 means "there is no row". */
enum kh_change_kind { KH_CHANGE_PUT, KH_CHANGE_REMOVE };

struct kh_change {
    enum kh_change_kind kind;
    const struct kh_entity *entity;
    const void *value; /* the new row; for a removal its key is enough */
    uint64_t version;  /* the row must have it now; 0: must not be there */
};

/* Says of an event that it was applied. */
struct kh_mark {
    struct kh_str id; /* of the event */
    uint64_t hash;    /* kh_hash(id), for those who look it up in memory */
};

/* All of it or nothing. No two changes are of the same row, no two marks are the same. */
struct kh_commit {
    const struct kh_change *changes;
    size_t change_count;
    const struct kh_mark *marks; /* of the events applied by these changes; must be new */
    size_t mark_count;
};

/* One page of a query, in order. */
struct kh_page {
    void *values;       /* `count` structs of the entity, one after the other */
    uint64_t *versions; /* of each: who changes a row he found says which one he saw */
    size_t count;
    struct kh_str next; /* cursor for the page after this one; empty: there is none */
};

struct kh_store;

struct kh_store_ops {
    const char *name; /* as in the setting DB */

    /* KH_NOT_FOUND: no such row (error is not set). */
    enum kh_status (*get)(struct kh_store *store, const struct kh_call *call,
                          const struct kh_entity *entity, const void *key, void *out,
                          uint64_t *version);

    /*
     * Rows whose first index members equal those of `key`, ordered by the index, then by key;
     * `index` NULL: all rows, by key. A row that lacks a member of the index is not found by it.
     * At most `limit` (>= 1) after `cursor` (empty: from the start). Cursors are those of
     * src/model/position.h. KH_INVALID for a cursor that is not of this query.
     */
    enum kh_status (*query)(struct kh_store *store, const struct kh_call *call,
                            const struct kh_entity *entity, const struct kh_index *index,
                            const void *key, struct kh_str cursor, size_t limit,
                            struct kh_page *page);

    /* For each whether it is there. */
    enum kh_status (*find_marks)(struct kh_store *store, const struct kh_call *call,
                                 const struct kh_mark *marks, size_t count, bool *found);

    /* KH_CONFLICT: a version was not as said, or a mark was there; nothing was changed. */
    enum kh_status (*commit)(struct kh_store *store, const struct kh_call *call,
                             const struct kh_commit *commit);

    void (*destroy)(struct kh_store *store);
};

/* The head of every backend's own struct. */
struct kh_store {
    const struct kh_store_ops *ops;
};

/*
 * In memory, for this process only. Keeps the newest `mark_capacity` marks (>= 1). NULL when memory is
 * short. Ends with kh_store_destroy.
 */
struct kh_store *kh_store_memory_new(size_t mark_capacity);

/* NULL is allowed. */
static inline void kh_store_destroy(struct kh_store *store)
{
    if (store != NULL) {
        store->ops->destroy(store);
    }
}

#endif
