/*
 * Where entities and the marks of applied events live. Three backends implement this interface and
 * pass one contract suite (tests/store).
 *
 * A store keeps nothing that belongs to the caller: it copies what it stores, and copies what it
 * returns into the arena it is given. All operations may be called by several threads at once.
 * Statuses: KH_STORE, KH_THROTTLED, KH_TIMEOUT, KH_IO, KH_NO_MEMORY where nothing else is said; KH_BAD_ROW
 * for a row that is there but does not fit the schema; details go to call->error.
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

/*
 * What a store says of a row beside its value, to be handed back when the row is changed. Good for as
 * long as the arena it was read into.
 */
struct kh_row_state {
    uint64_t version; /* counted up by each change; 0: there is no such row */
    const void *kept; /* the store's own; NULL: nothing */
    bool is_full;     /* each mark that finds its home here is a change more in a commit */
};

/* A row that is asked for by its key. */
struct kh_wanted {
    const struct kh_entity *entity;
    const void *key;
    /*
     * Room for the row, entity->codec->size bytes; set if it is there. NULL: it was read before, `state` is
     * given and only tells where marks are.
     */
    void *value;
    struct kh_row_state state;
};

enum kh_change_kind {
    KH_CHANGE_PUT,
    KH_CHANGE_REMOVE,
    KH_CHANGE_NONE /* the row stays as it is, there or not; it is the home of a mark */
};

struct kh_change {
    enum kh_change_kind kind;
    const struct kh_entity *entity;
    const void *value;         /* the new row; for the other kinds its key is enough */
    struct kh_row_state state; /* the row must be in it: have this version, or not be there */
};

/* No row is the mark's home. */
#define KH_HOMELESS SIZE_MAX

/* Says of an event that it was applied. */
struct kh_mark {
    struct kh_str id; /* of the event; not empty */
    uint64_t hash;    /* kh_hash(id), for those who look it up in memory */
    /*
     * The row that the event concerns: its position among the rows of the same fetch or the changes of
     * the same commit. A store that keeps marks in rows keeps it there. Of one event it is always
     * the same row, or always none.
     */
    size_t home;
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
    void *values;                /* `count` structs of the entity, one after the other */
    struct kh_row_state *states; /* of each: who changes a row he found says what he saw */
    size_t count;
    struct kh_str next; /* cursor for the page after this one; empty: there is none */
};

struct kh_store;

struct kh_store_ops {
    const char *name; /* as in the setting DB */

    /*
     * Each call is a round trip: the unit of work fetches the rows that a batch needs together, and names
     * the homes of marks. Other stores are asked for a row when a handler wants it.
     */
    bool is_remote;
    size_t max_changes; /* that one commit can hold, marks without a home counted too */

    /* Sets the state of each row, its value where it is there, and for each mark whether it is. */
    enum kh_status (*fetch)(struct kh_store *store, const struct kh_call *call,
                            struct kh_wanted *rows, size_t row_count, const struct kh_mark *marks,
                            size_t mark_count, bool *found);

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

    /*
     * KH_CONFLICT: a row was not in the state it must be in, or a mark was there. (Of marks with a home a
     * store may look at those only that were not there yet when the home's state was read: the
     * fetch has told the others.) KH_TOO_LARGE: more than one commit of this store can hold. Nothing was changed then; after any other failure it is not
     * known whether it was, which the marks tell.
     */
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
