/*
 * An entity's value in one block of memory: the struct, then its strings, then the JSON text of what is
 * nested in it. Values are never changed, only replaced.
 */
#ifndef KH_STORE_MEMORY_VALUE_H
#define KH_STORE_MEMORY_VALUE_H

#include "kh/entity.h"

struct kh__value {
    size_t size;           /* of the block */
    struct kh_str *nested; /* the text of each of entity->nested; NULL data: absent */
    void *members;         /* the struct; what is nested in it is not usable */
};

/* What goes into a block, found out before there is one. */
struct kh__value_plan {
    const struct kh_entity *entity;
    const void *value;
    struct kh_str *nested; /* as above, in the arena */
    size_t size;           /* the block must have */
};

/* KH_NO_MEMORY; another status if a nested value can't be written. */
enum kh_status kh__value_plan(const struct kh_entity *entity, const void *value,
                              struct kh_arena *arena, struct kh__value_plan *out) KH_MUST_USE;

/* Lays the value out in `block`, of plan->size bytes. */
struct kh__value *kh__value_make(const struct kh__value_plan *plan, void *block);

/* A copy of the value into `out`, strings and nested values into the arena. */
enum kh_status kh__value_read(const struct kh__value *value, const struct kh_entity *entity,
                              struct kh_arena *arena, void *out) KH_MUST_USE;

#endif
