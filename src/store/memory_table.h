/*
 * A hash table of nodes that are part of what they name. Only its array of buckets is allocated, and
 * only by kh__table_reserve, so that adding what was reserved can't fail.
 */
#ifndef KH_STORE_MEMORY_TABLE_H
#define KH_STORE_MEMORY_TABLE_H

#include <stdint.h>

#include "kh/status.h"
#include "kh/str.h"

struct kh__node {
    struct kh__node *next;
    uint64_t hash; /* of the name, keyed: names come from event data, nobody may choose its place */
    struct kh_str name;
};

struct kh__table {
    struct kh__node **buckets;
    size_t bucket_count; /* a power of two, or 0 */
    size_t count;
};

/* Frees the buckets; the nodes are the caller's. */
void kh__table_clean_up(struct kh__table *table);

/* Makes room for so many more. KH_NO_MEMORY. */
enum kh_status kh__table_reserve(struct kh__table *table, size_t more) KH_MUST_USE;

/* NULL if it is not there. */
struct kh__node *kh__table_find(const struct kh__table *table, struct kh_str name, uint64_t hash);

/* Name and hash must be set, and not be in the table. */
void kh__table_add(struct kh__table *table, struct kh__node *node);

/* The node must be in the table. */
void kh__table_remove(struct kh__table *table, struct kh__node *node);

#endif
