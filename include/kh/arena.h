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

/* `size` bytes aligned for any type, not initialised; NULL when memory is short. */
void *kh_arena_alloc(struct kh_arena *arena, size_t size);

/*
 * Room for `count` elements where there was room for `old_count`: the old elements are kept, in
 * place when they were the last thing allocated. NULL when memory is short; `memory` stays valid.
 */
void *kh_arena_grow(struct kh_arena *arena, void *memory, size_t old_count, size_t count,
                    size_t element_size);

/* A copy of `text`, followed by a NUL. data == NULL when memory is short. */
struct kh_str kh_arena_copy(struct kh_arena *arena, struct kh_str text);

/* Everything allocated after the mark was taken is given up by going back to it. */
struct kh_arena_mark kh_arena_mark(const struct kh_arena *arena);
void kh_arena_release(struct kh_arena *arena, struct kh_arena_mark mark);

/* Gives up all memory, keeps the blocks for the next batch. */
void kh_arena_reset(struct kh_arena *arena);

/* Gives everything back to the heap. */
void kh_arena_clean_up(struct kh_arena *arena);

#endif
