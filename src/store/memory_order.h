/*
 * Rows in the order of their key or of one index: a skip list of links that are part of the rows.
 * Adding or removing allocates nothing, and adding takes no time: the list is sorted when it is asked,
 * about log2(n) comparisons for each row that was added since. Most orders are never asked, and walking
 * one in search of a place, from one row to the next in memory, costs more than all the rest of a commit.
 */
#ifndef KH_STORE_MEMORY_ORDER_H
#define KH_STORE_MEMORY_ORDER_H

#include <stdint.h>

#include "kh/entity.h"

/* 4^16 rows: more than fit into memory. */
#define KH_ORDER_MAX_HEIGHT 16

struct kh__row;

/* A row's place in one order; `height` pointers follow. */
struct kh__link {
    struct kh__row *row;
    struct kh__link **back; /* among the unsorted, what leads here; NULL: it is sorted */
    unsigned height;
    struct kh__link *next[]; /* among the unsorted only the first is used */
};

struct kh__order {
    const struct kh_entity *entity;
    const struct kh_index *index; /* NULL: by key */
    struct kh__link *first[KH_ORDER_MAX_HEIGHT];
    struct kh__link *unsorted; /* added since the order was asked for */
};

/* The struct of the row that the link is a part of. */
const void *kh__link_value(const struct kh__link *link);

/* The size of a link of this height. */
static inline size_t kh__link_size(unsigned height)
{
    return sizeof(struct kh__link) + height * sizeof(struct kh__link *);
}

/*
 * A height by chance: 1, and one more each time with probability 1/4. `seed` is a keyed hash, so nobody
 * can send rows that all come out low.
 */
unsigned kh__order_height(uint64_t seed);

/* The link's row and height must be set, and the row's value; no row of the same key may be in the order. */
void kh__order_add(struct kh__order *order, struct kh__link *link);
/* The link must be in the order. */
void kh__order_remove(struct kh__order *order, struct kh__link *link);

/* The first row after `position` (a value with index and key members); NULL: there is none. */
struct kh__link *kh__order_after(struct kh__order *order, const void *position);

/* The first row whose first `index->equal_count` members are not less than those of `key`. */
struct kh__link *kh__order_from(struct kh__order *order, const void *key);

#endif
