/*
 * An arena is a list of blocks, filled one after the other. The blocks behind the current one are
 * free; a block that turns out too small is passed over by moving one that fits in front of it, and
 * only when there is none is the heap asked. A reset or release only goes back in the list.
 */
#include "kh/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <string.h>

#include "kh/alloc.h"

#define ALIGNMENT KH_ARENA_ALIGNMENT

_Static_assert(KH_ARENA_ALIGNMENT % alignof(max_align_t) == 0, "aligned for any type");

/* Each block from the heap is twice as large as the one before, within these sizes. */
#define FIRST_BLOCK_SIZE ((size_t)64 * 1024)
#define LARGEST_BLOCK_SIZE ((size_t)512 * 1024)

struct kh_arena_block {
    struct kh_arena_block *next;
    size_t size; /* of `data` */
    alignas(max_align_t) char data[];
};

/* Rounded up, so that what is allocated next is aligned; 0 when that overflows. */
static size_t aligned_size(size_t size)
{
    if (size == 0) {
        return ALIGNMENT;
    }
    return size > SIZE_MAX - (ALIGNMENT - 1) ? 0 : (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void use_block(struct kh_arena *arena, struct kh_arena_block *block, char *at)
{
    arena->current = block;
    arena->at = at;
    arena->end = block->data + block->size;
}

/* The place in the list where the next block is linked. */
static struct kh_arena_block **next_link(struct kh_arena *arena)
{
    return arena->current == NULL ? &arena->first : &arena->current->next;
}

/* Takes a free block of at least `size` bytes out of the list; NULL if there is none. */
static struct kh_arena_block *take_free_block(struct kh_arena *arena, size_t size)
{
    struct kh_arena_block **link = next_link(arena);

    while (*link != NULL) {
        struct kh_arena_block *block = *link;

        if (block->size >= size) {
            *link = block->next;
            return block;
        }
        link = &block->next;
    }
    return NULL;
}

static struct kh_arena_block *new_block(const struct kh_arena *arena, size_t size)
{
    size_t block_size = FIRST_BLOCK_SIZE;
    struct kh_arena_block *block;

    if (arena->current != NULL) {
        block_size = arena->current->size * 2;
    }
    if (block_size > LARGEST_BLOCK_SIZE) {
        block_size = LARGEST_BLOCK_SIZE;
    }
    if (block_size < size) {
        block_size = size;
    }
    if (block_size > SIZE_MAX - sizeof *block) {
        return NULL;
    }
    block = kh_malloc(sizeof *block + block_size);
    if (block != NULL) {
        block->size = block_size;
    }
    return block;
}

/* Makes a block with room for `size` bytes the current one. */
static bool next_block(struct kh_arena *arena, size_t size)
{
    struct kh_arena_block *block = take_free_block(arena, size);
    struct kh_arena_block **link = next_link(arena);

    if (block == NULL) {
        block = new_block(arena, size);
    }
    if (block == NULL) {
        return false;
    }
    block->next = *link;
    *link = block;
    use_block(arena, block, block->data);
    return true;
}

void kh_arena_init(struct kh_arena *arena)
{
    *arena = (struct kh_arena){ NULL, NULL, NULL, NULL };
}

void *kh__arena_alloc_slow(struct kh_arena *arena, size_t size)
{
    size_t needed = aligned_size(size);
    char *memory;

    if (needed == 0) {
        return NULL;
    }
    if (arena->current == NULL || (size_t)(arena->end - arena->at) < needed) {
        if (!next_block(arena, needed)) {
            return NULL;
        }
    }
    memory = arena->at;
    arena->at += needed;
    return memory;
}

void *kh_arena_grow(struct kh_arena *arena, void *memory, size_t old_count, size_t count,
                    size_t element_size)
{
    size_t old_size = old_count * element_size;
    size_t size;
    char *begin = memory;
    void *larger;

    if (element_size != 0 && count > SIZE_MAX / element_size) {
        return NULL;
    }
    size = count * element_size;
    if (memory != NULL && begin + aligned_size(old_size) == arena->at) {
        size_t needed = aligned_size(size);

        if (needed != 0 && (size_t)(arena->end - begin) >= needed) {
            arena->at = begin + needed;
            return memory;
        }
    }
    larger = kh_arena_alloc(arena, size);
    if (larger != NULL && memory != NULL) {
        memcpy(larger, memory, old_size);
    }
    return larger;
}

struct kh_str kh_arena_copy(struct kh_arena *arena, struct kh_str text)
{
    return kh_arena_join(arena, text, KH_STR(""));
}

struct kh_str kh_arena_join(struct kh_arena *arena, struct kh_str first, struct kh_str second)
{
    size_t length;
    char *text = NULL;

    if (!__builtin_add_overflow(first.length, second.length, &length) && length < SIZE_MAX) {
        text = kh_arena_alloc(arena, length + 1);
    }
    if (text == NULL) {
        return (struct kh_str){ NULL, 0 };
    }
    if (first.length > 0) {
        memcpy(text, first.data, first.length);
    }
    if (second.length > 0) {
        memcpy(text + first.length, second.data, second.length);
    }
    text[length] = '\0';
    return (struct kh_str){ text, length };
}

struct kh_str kh_arena_copy_padded(struct kh_arena *arena, struct kh_str text)
{
    static const char padding[KH_PADDING] = "";
    struct kh_str copy = kh_arena_join(arena, text, (struct kh_str){ padding, sizeof padding });

    if (copy.data != NULL) {
        copy.length = text.length;
    }
    return copy;
}

void kh_arena_release(struct kh_arena *arena, struct kh_arena_mark mark)
{
    if (mark.block == NULL) {
        kh_arena_reset(arena);
    } else {
        use_block(arena, mark.block, mark.at);
    }
}

void kh_arena_reset(struct kh_arena *arena)
{
    if (arena->first != NULL) {
        use_block(arena, arena->first, arena->first->data);
    }
}

void kh_arena_clean_up(struct kh_arena *arena)
{
    struct kh_arena_block *block = arena->first;

    while (block != NULL) {
        struct kh_arena_block *next = block->next;

        kh_free(block);
        block = next;
    }
    kh_arena_init(arena);
}
