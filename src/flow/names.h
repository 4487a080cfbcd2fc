/* A table that finds things by their names, in an arena: runs by event id, rows by key. */
#ifndef KH_FLOW_NAMES_H
#define KH_FLOW_NAMES_H

#include <stdbool.h>

#include "kh/arena.h"
#include "kh/hash.h"
#include "kh/status.h"
#include "kh/str.h"

/* Whether `value` has this name. */
typedef bool kh__name_test(const void *value, const void *space, struct kh_str text);

struct kh__name {
    uint64_t hash;
    void *value; /* knows its name; NULL: the place is free */
};

struct kh__names {
    struct kh_arena *arena;
    kh__name_test *test;
    struct kh__name *places;
    size_t place_count; /* a power of two, or 0 */
    size_t count;
};

/* Empty; takes nothing from the arena yet. */
void kh__names_init(struct kh__names *names, struct kh_arena *arena, kh__name_test *test);

enum kh_status kh__names_grow(struct kh__names *names, size_t count) KH_MUST_USE;

/* Room for `count` names in all. KH_NO_MEMORY: nothing has changed. */
KH_MUST_USE static inline enum kh_status kh__names_reserve(struct kh__names *names, size_t count)
{
    return count * 4 <= names->place_count * 3 ? KH_OK : kh__names_grow(names, count);
}

/* Gets the place of a name that is looked for soon into the cache. */
static inline void kh__names_fetch(const struct kh__names *names, uint64_t hash)
{
    __builtin_prefetch(&names->places[hash & (names->place_count - 1)]);
}

/*
 * The place of the name, until the next call. If its value is NULL the name is new, and stays so unless
 * kh__names_add gives it one. Names of different spaces are different. `hash` is kh_hash(text).
 * KH_NO_MEMORY.
 */
enum kh_status kh__names_find(struct kh__names *names, const void *space, struct kh_str text,
                              uint64_t hash, struct kh__name **place) KH_MUST_USE;

/* Gives a new name its value, which is not NULL and knows this name. */
void kh__names_add(struct kh__names *names, struct kh__name *place, void *value);

#endif
