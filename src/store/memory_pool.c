#include "store/memory_pool.h"

#include <stdalign.h>
#include <string.h>

#include "kh/alloc.h"

#define SMALLEST_SIZE ((size_t)128)

struct kh__pool_block {
    struct kh__pool_block *next; /* while it is free */
    size_t class;                /* KH_POOL_CLASSES: of the heap */
    alignas(max_align_t) char memory[];
};

void kh__pool_init(struct kh__pool *pool)
{
    *pool = (struct kh__pool){ 0 };
}

void kh__pool_clean_up(struct kh__pool *pool)
{
    for (size_t i = 0; i < KH_POOL_CLASSES; i++) {
        while (pool->free[i] != NULL) {
            struct kh__pool_block *next = pool->free[i]->next;

            kh_free(pool->free[i]);
            pool->free[i] = next;
        }
    }
}

void *kh__pool_take(struct kh__pool *pool, size_t size)
{
    size_t room = SMALLEST_SIZE;
    struct kh__pool_block *block;
    size_t class = 0;

    while (class < KH_POOL_CLASSES && room < size) {
        room *= 2;
        class ++;
    }
    if (class == KH_POOL_CLASSES) {
        room = size;
    } else if (pool->free[class] != NULL) {
        block = pool->free[class];
        pool->free[class] = block->next;
        return block->memory;
    }
    block = kh_malloc(sizeof *block + room);
    if (block == NULL) {
        return NULL;
    }
    block->class = class;
    return block->memory;
}

void kh__pool_give_back(struct kh__pool *pool, void *memory)
{
    struct kh__pool_block *block;

    if (memory == NULL) {
        return;
    }
    block = (struct kh__pool_block *)((char *)memory - offsetof(struct kh__pool_block, memory));
    if (block->class == KH_POOL_CLASSES) {
        kh_free(block);
        return;
    }
    block->next = pool->free[block->class];
    pool->free[block->class] = block;
}
