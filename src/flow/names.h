/* A table from names to pointers, in an arena: event ids and the keys of rows of one batch. */
#ifndef KH_FLOW_NAMES_H
#define KH_FLOW_NAMES_H

#include "kh/arena.h"
#include "kh/hash.h"
#include "kh/status.h"
#include "kh/str.h"

struct kh__name {
    struct kh_str text;
    void *value; /* NULL: the place is free */
};

struct kh__names {
    struct kh_arena *arena;
    struct kh_hash_key key;
    struct kh__name *places;
    size_t place_count; /* a power of two, or 0 */
    size_t count;
};

/* Empty; takes nothing from the arena yet. */
void kh__names_init(struct kh__names *names, struct kh_arena *arena, struct kh_hash_key key);

/* NULL if the name is not there. */
void *kh__names_find(const struct kh__names *names, struct kh_str text);

/* Adds or replaces; `value` not NULL; the text is borrowed. KH_NO_MEMORY: nothing has changed. */
enum kh_status kh__names_set(struct kh__names *names, struct kh_str text, void *value) KH_MUST_USE;

#endif
