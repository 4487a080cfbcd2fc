/*
 * Memory that is freed all at once. One arena serves one batch: what a handler is given dies with
 * its batch. A reset keeps the blocks, so in steady state nothing is taken from the heap.
 */
#ifndef KH_ARENA_H
#define KH_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "kh/str.h"

struct kh_arena_block;

struct kh_arena {
    char *at; /* next free byte of the current block */
    char *end;
    struct kh_arena_block *first; /* all blocks, in the order of use */
    struct kh_arena_block *current;
};

/* A place to go back to; see kh_arena_mark. */
struct kh_arena_mark {
    struct kh_arena_block *block;
    char *at;
};

/* An empty arena; takes nothing from the heap yet. */
void kh_arena_init(struct kh_arena *arena);

/* Every size is rounded up to a multiple of this, which is that of the strictest type. */
#define KH_ARENA_ALIGNMENT 16

/* When the block does not suffice. */
void *kh__arena_alloc_slow(struct kh_arena *arena, size_t size);

/* `size` bytes aligned for any type, not initialised; NULL when memory is short. */
static inline void *kh_arena_alloc(struct kh_arena *arena, size_t size)
{
    char *memory = arena->at;
    size_t room = (size_t)(arena->end - memory);

    if (size == 0 || size > room - room % KH_ARENA_ALIGNMENT) {
        return kh__arena_alloc_slow(arena, size);
    }
    arena->at += (size + (KH_ARENA_ALIGNMENT - 1)) / KH_ARENA_ALIGNMENT * KH_ARENA_ALIGNMENT;
    return memory;
}

/*
 * What the next kh_arena_alloc returns if it asks for no more than *room bytes: for results whose
 * size shows only when they are made. NULL and 0 when nothing is left of the block.
 */
static inline char *kh_arena_next(const struct kh_arena *arena, size_t *room)
{
    *room = (size_t)(arena->end - arena->at) / KH_ARENA_ALIGNMENT * KH_ARENA_ALIGNMENT;
    return arena->at;
}

/*
 * Room for `count` elements where there was room for `old_count`: the old elements are kept, in
 * place when they were the last thing allocated. NULL when memory is short; `memory` stays valid.
 */
void *kh_arena_grow(struct kh_arena *arena, void *memory, size_t old_count, size_t count,
                    size_t element_size);

/* A copy of `text`, followed by a NUL. data == NULL when memory is short. */
struct kh_str kh_arena_copy(struct kh_arena *arena, struct kh_str text);

/* The same, followed by KH_PADDING bytes that are 0, as readers of texts and messages want it. */
struct kh_str kh_arena_copy_padded(struct kh_arena *arena, struct kh_str text);

/* As kh_arena_copy, of one text and another behind it. */
struct kh_str kh_arena_join(struct kh_arena *arena, struct kh_str first, struct kh_str second);

/* Everything allocated after the mark was taken is given up by going back to it. */
static inline struct kh_arena_mark kh_arena_mark(const struct kh_arena *arena)
{
    return (struct kh_arena_mark){ arena->current, arena->at };
}
void kh_arena_release(struct kh_arena *arena, struct kh_arena_mark mark);

/* Gives up all memory, keeps the blocks for the next batch. */
void kh_arena_reset(struct kh_arena *arena);

/* Gives everything back to the heap. */
void kh_arena_clean_up(struct kh_arena *arena);

#endif
