/* The marks of applied events: the newest `capacity` of them, the oldest make room. */
#ifndef KH_STORE_MEMORY_MARKS_H
#define KH_STORE_MEMORY_MARKS_H

#include "store/memory_table.h"

struct kh__mark {
    struct kh__node node; /* named by the event's id */
    struct kh__mark *newer;
    char id[];
};

struct kh__marks {
    struct kh__table table;
    struct kh__mark *oldest;
    struct kh__mark *newest;
    size_t capacity;
};

void kh__marks_init(struct kh__marks *marks, size_t capacity, struct kh_hash_key hash_key);
void kh__marks_clean_up(struct kh__marks *marks);

bool kh__marks_contain(const struct kh__marks *marks, struct kh_str id);

/* A mark that is in no set yet, linked before `list` by `newer`; NULL when memory is short. */
struct kh__mark *kh__mark_new(struct kh_str id, struct kh__mark *list);
void kh__mark_list_destroy(struct kh__mark *list);

/* Adds all of the list, in its order; room must have been reserved in the table. */
void kh__marks_add(struct kh__marks *marks, struct kh__mark *list);

#endif
