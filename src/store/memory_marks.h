/*
 * The marks of applied events: the newest `capacity` of them, the oldest make room. The ids stand one
 * behind the other, in the order they came, in chunks that are used again; a table by their hashes finds
 * them.
 */
#ifndef KH_STORE_MEMORY_MARKS_H
#define KH_STORE_MEMORY_MARKS_H

#include <stdbool.h>

#include "kh/store.h"

struct kh__mark_chunk;
struct kh__mark_slot;

struct kh__marks {
    size_t capacity; /* >= 1 */
    size_t count;
    struct kh__mark_slot *slots;
    size_t slot_count; /* a power of two, or 0; at most half of them are used */
    struct kh__mark_chunk *oldest;
    struct kh__mark_chunk *newest; /* where marks are added; empty ones may follow it */
    size_t oldest_at;              /* in `oldest`: the mark that goes first */
};

void kh__marks_init(struct kh__marks *marks, size_t capacity);
void kh__marks_clean_up(struct kh__marks *marks);

/* For each whether it is there. */
void kh__marks_find(const struct kh__marks *marks, const struct kh_mark *wanted, size_t count,
                    bool *found);
/* Is any of them? */
bool kh__marks_contain_any(const struct kh__marks *marks, const struct kh_mark *wanted,
                           size_t count);

/* Makes room for these. KH_NO_MEMORY. */
enum kh_status kh__marks_reserve(struct kh__marks *marks, const struct kh_mark *added,
                                 size_t count) KH_MUST_USE;
/* Adds them, in their order; they were reserved just before, and none of them is there. */
void kh__marks_add(struct kh__marks *marks, const struct kh_mark *added, size_t count);

#endif
