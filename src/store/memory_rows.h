/*
 * The rows of one entity. A row is one block of memory: its links, the value's struct, its strings,
 * and the text of its nested values. It is never changed, only replaced.
 */
#ifndef KH_STORE_MEMORY_ROWS_H
#define KH_STORE_MEMORY_ROWS_H

#include "store/memory_order.h"
#include "store/memory_table.h"

struct kh__row {
    struct kh__node node; /* named by the key's text */
    uint64_t version;
    void *value;             /* the struct; nested values in it are not usable */
    struct kh_str *nested;   /* the JSON text of each KH_FIELD_JSON; NULL data: absent */
    struct kh__link **links; /* by key, then one per index; NULL: the row lacks a member of it */
};

struct kh__rows {
    struct kh__rows *next; /* of another entity */
    const struct kh_entity *entity;
    struct kh__table table;
    struct kh__order *orders; /* by key, then one per index */
};

/* Empty, in one block of its own; NULL when memory is short. */
struct kh__rows *kh__rows_new(const struct kh_entity *entity, struct kh_hash_key hash_key);
void kh__rows_destroy(struct kh__rows *rows);

/*
 * A row that holds a copy of `value` and is in no table yet; `scratch` is used in between. KH_NO_MEMORY;
 * another status if a nested value can't be written.
 */
enum kh_status kh__row_new(const struct kh_entity *entity, const void *value,
                           struct kh_hash_key hash_key, struct kh_arena *scratch,
                           struct kh__row **out) KH_MUST_USE;

/* A copy of the row's value into `out`, strings and nested values into the arena. */
enum kh_status kh__row_read(const struct kh__row *row, const struct kh_entity *entity,
                            struct kh_arena *arena, void *out) KH_MUST_USE;

/* NULL if there is none. */
struct kh__row *kh__rows_find(const struct kh__rows *rows, struct kh_str key_text);

/* Room must have been reserved in the table; no row of that key may be there. */
void kh__rows_add(struct kh__rows *rows, struct kh__row *row);
/* The row is the caller's again: to be freed with kh_free. */
void kh__rows_remove(struct kh__rows *rows, struct kh__row *row);

#endif
