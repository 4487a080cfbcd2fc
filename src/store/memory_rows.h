/*
 * The rows of one entity, found by key and kept in order. What a row is stays; its value is replaced.
 */
#ifndef KH_STORE_MEMORY_ROWS_H
#define KH_STORE_MEMORY_ROWS_H

#include "store/memory_order.h"
#include "store/memory_pool.h"
#include "store/memory_table.h"
#include "store/memory_value.h"

struct kh__row {
    struct kh__node node; /* named by the key's text */
    uint64_t version;
    struct kh__value *value;
    struct kh__link **links; /* by key, then one per index; NULL: the row lacks a member of it */
};

struct kh__rows {
    struct kh__rows *next; /* of another entity */
    const struct kh_entity *entity;
    struct kh__table table;
    struct kh__order *orders; /* by key, then one per index */
};

/* Empty, in one block of its own; NULL when memory is short. */
struct kh__rows *kh__rows_new(const struct kh_entity *entity);
/* The rows and their values go back to the pool. */
void kh__rows_destroy(struct kh__rows *rows, struct kh__pool *pool);

/*
 * A row for a value of this key, which is in no table yet and has no value yet. `name` has the key's
 * text and its hash. NULL when memory is short.
 */
struct kh__row *kh__row_new(const struct kh_entity *entity, const void *value,
                            const struct kh__node *name, struct kh__pool *pool);

/* The row and its value. NULL is allowed. */
void kh__row_destroy(struct kh__row *row, struct kh__pool *pool);

/* Do both values, of the same key, stand at the same places of all orders? */
bool kh__row_stays_in_place(const struct kh_entity *entity, const void *a, const void *b);

/* NULL if there is none. `name` has the key's text and its hash. */
struct kh__row *kh__rows_find(const struct kh__rows *rows, const struct kh__node *name);

/* Room must have been reserved in the table; no row of that key may be there. It has a value. */
void kh__rows_add(struct kh__rows *rows, struct kh__row *row);
/* The row is the caller's again. */
void kh__rows_remove(struct kh__rows *rows, struct kh__row *row);

#endif
