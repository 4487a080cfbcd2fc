/*
 * The unit of work behind kh/unit.h: rows as the store has them, rows as handlers want them, and the
 * marks of the events that did it.
 *
 * The changes of one record are a layer of their own: kept or dropped as a whole when its handler
 * returns, so a record that fails half way leaves nothing behind.
 */
#ifndef KH_FLOW_UNIT_H
#define KH_FLOW_UNIT_H

#include "flow/names.h"
#include "kh/context.h"
#include "kh/unit.h"

/* A row that was looked at. Values are never changed, only replaced. */
struct kh__unit_row {
    struct kh__unit_row *next; /* in the order of the first look */
    const struct kh_entity *entity;
    struct kh_str key;  /* its text */
    void *value;        /* as it shall be; NULL: there is no such row */
    const void *stored; /* the store's row; NULL: there is none */
    void *spare;        /* room for the next value, of one that is not needed any more; or NULL */
    uint64_t version;   /* of the store's row; 0: there is none */
    bool changed;       /* `value` is not what the store has */

    /* What the record being processed found, if it changes the row. */
    bool touched;
    bool changed_before;
    void *value_before;
    struct kh__unit_row *next_touched;
};

struct kh_unit {
    struct kh_arena *arena;
    struct kh_store *store;
    struct kh__names names; /* rows by entity and key */
    struct kh__unit_row *first;
    struct kh__unit_row *last;
    struct kh__unit_row *touched; /* by the record being processed */
    struct kh__unit_row *recent;  /* looked up last: who gets a row mostly puts it next */
    enum kh_status failure;       /* the first of this record that a handler must not ignore */
    struct kh_mark *marks;        /* room for one of each record */
    size_t mark_count;
};

/* For a batch of so many records. KH_NO_MEMORY. */
enum kh_status kh__unit_init(struct kh_unit *unit, struct kh_arena *arena, struct kh_store *store,
                             size_t record_count) KH_MUST_USE;

/* Forgets all rows, changes and marks. What it gave out stays good until the arena is reset. */
void kh__unit_reset(struct kh_unit *unit);

/* The layer of one record: begun, then kept with the mark of its event, or dropped. */
void kh__unit_begin_record(struct kh_unit *unit);
/* The failure of a read or change that the handler did not pass on: the record is to be dropped then. */
enum kh_status kh__unit_keep_record(struct kh_unit *unit, struct kh_mark mark) KH_MUST_USE;
void kh__unit_drop_record(struct kh_unit *unit);

/* What to give a store beside the question. */
struct kh_call kh__unit_call(const struct kh_context *context);

/* Everything kept so far, in one commit. Changes nothing here: a reset is to follow. */
enum kh_status kh__unit_commit(struct kh_context *context) KH_MUST_USE;

/* ---- Between unit.c and unit_query.c ---- */

/* Where a row is to be remembered that nobody looked at yet. */
struct kh__unit_place {
    struct kh__name *name;
    struct kh_str key; /* its text */
};

/*
 * The row of this key as far as it is known; NULL: nobody looked at it, and *place is where it is to be
 * remembered. KH_NO_MEMORY.
 */
enum kh_status kh__unit_lookup(struct kh_unit *unit, const struct kh_entity *entity,
                               const void *key, struct kh__unit_row **row,
                               struct kh__unit_place *place) KH_MUST_USE;
/* Remembers what the store has in the place that was looked up. `value` is borrowed. KH_NO_MEMORY. */
enum kh_status kh__unit_remember(struct kh_unit *unit, const struct kh_entity *entity,
                                 const struct kh__unit_place *place, void *value, uint64_t version,
                                 struct kh__unit_row **row) KH_MUST_USE;
/* A copy of the value whose nested values may be changed. */
enum kh_status kh__unit_give(const struct kh_unit *unit, const struct kh_entity *entity,
                             const void *value, void *out) KH_MUST_USE;
/* Notes a failure of the unit itself; returns `status`. */
enum kh_status kh__unit_failed(struct kh_context *context, enum kh_status status);

#endif
