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
    struct kh_row_state state; /* of the store's row */
    bool changed;              /* `value` is not what the store has */

    /* What the record being processed found, if it changes the row. */
    bool touched;
    bool changed_before;
    void *value_before;
    struct kh__unit_row *next_touched;

    /* For a store that is remote. */
    const void *home_key; /* the row is the home of events; NULL: of none */
    bool is_wanted;       /* it is to be fetched */
    size_t wanted_at;     /* its place in that fetch */
    bool is_home;         /* of a mark that was kept */
    bool is_counted;      /* in unit->size */
    size_t change_at;     /* its place in the commit */
};

/*
 * So many rows and marks are fetched at most in one call: as many as DynamoDB reads at once.
 */
#define KH__FETCHED_TOGETHER 100

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
    struct kh__unit_row **homes;  /* of each; NULL: the store is not remote, they have none */
    size_t mark_count;            /* so many records were kept */
    bool keeps_no_marks;          /* they only count the records */
    size_t size;                  /* what a remote store has to change for them, at most */
    bool is_full;                 /* a record was not kept: it is for the next commit */
};

/* For a batch of so many records; `store` may be NULL if nothing will be asked. KH_NO_MEMORY. */
enum kh_status kh__unit_init(struct kh_unit *unit, struct kh_arena *arena, struct kh_store *store,
                             bool keeps_no_marks, size_t record_count) KH_MUST_USE;

/* Forgets all rows, changes and marks. What it gave out stays good until the arena is reset. */
void kh__unit_reset(struct kh_unit *unit);

/* The layer of one record: begun, then kept with the mark of its event, or dropped. */
void kh__unit_begin_record(struct kh_unit *unit);
/*
 * The failure of a read or change that the handler did not pass on: the record is to be dropped then.
 * KH_TOO_LARGE: with it there are more changes than one commit of the store can hold; unit->is_full if
 * the others can be committed first.
 */
enum kh_status kh__unit_keep_record(struct kh_unit *unit, struct kh_mark mark,
                                    struct kh__unit_row *home) KH_MUST_USE;
void kh__unit_drop_record(struct kh_unit *unit);

/*
 * Says that an event concerns this row, so that the next fetch brings it unless it is known already.
 * `key` is read at once, its strings live as long as the unit. KH_NO_MEMORY.
 */
enum kh_status kh__unit_want(struct kh_unit *unit, const struct kh_entity *entity, const void *key,
                             struct kh__unit_row **row) KH_MUST_USE;

/*
 * Whether the marks are there, at most KH__FETCHED_TOGETHER, and those of their homes (NULL: it has
 * none) that are wanted, in one call of the store. Sets `home` of the marks.
 */
enum kh_status kh__unit_fetch(struct kh_context *context, struct kh_mark *marks,
                              struct kh__unit_row *const *homes, size_t count,
                              bool *found) KH_MUST_USE;

/* What to give a store beside the question. */
struct kh_call kh__unit_call(const struct kh_context *context);

/* Everything kept so far, in one commit. Changes nothing here: a reset is to follow. */
enum kh_status kh__unit_commit(struct kh_context *context) KH_MUST_USE;

/* ---- Between unit.c, unit_ahead.c and unit_query.c ---- */

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
                                 const struct kh__unit_place *place, void *value,
                                 struct kh_row_state state, struct kh__unit_row **row) KH_MUST_USE;
/* What the store says of a row that was wanted. */
void kh__unit_set_fetched(struct kh__unit_row *row, const struct kh_wanted *wanted);
/* A copy of the value whose nested values may be changed. */
enum kh_status kh__unit_give(const struct kh_unit *unit, const struct kh_entity *entity,
                             const void *value, void *out) KH_MUST_USE;
/* Notes a failure of the unit itself; returns `status`. */
enum kh_status kh__unit_failed(struct kh_context *context, enum kh_status status);

#endif
