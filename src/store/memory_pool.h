/*
 * Blocks of memory that come back and are given out again, by size classes, so that a store whose rows
 * only change asks nothing of the heap.
 */
#ifndef KH_STORE_MEMORY_POOL_H
#define KH_STORE_MEMORY_POOL_H

#include <stddef.h>

struct kh__pool_block;

/* 128 bytes, 256, … 64 KiB; what is larger goes to the heap and back. */
#define KH_POOL_CLASSES 10

struct kh__pool {
    struct kh__pool_block *free[KH_POOL_CLASSES];
};

void kh__pool_init(struct kh__pool *pool);
/* Gives the blocks that came back to the heap. */
void kh__pool_clean_up(struct kh__pool *pool);

/* Aligned for any type; NULL when memory is short. */
void *kh__pool_take(struct kh__pool *pool, size_t size);
/* NULL is allowed. */
void kh__pool_give_back(struct kh__pool *pool, void *memory);

#endif
