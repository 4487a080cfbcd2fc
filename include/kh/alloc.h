/*
 * The one door to the heap. The runtime and the libraries it uses (cJSON, libcurl, PCRE2) allocate
 * through this table, so that tests can count every allocation and make each one fail.
 */
#ifndef KH_ALLOC_H
#define KH_ALLOC_H

#include <stddef.h>

struct kh_allocator {
    void *(*allocate)(void *context, size_t size);
    void *(*resize)(void *context, void *memory, size_t size);
    void (*release)(void *context, void *memory);
    void *context;
};

/*
 * Replaces the table; NULL restores malloc, realloc and free. The only process-wide variable of the
 * runtime: to be called before any other function of the runtime and before any thread is started.
 */
void kh_allocator_set(const struct kh_allocator *allocator);

/* As malloc, realloc and free; a size of 0 is allocated as 1. NULL when memory is short. */
void *kh_malloc(size_t size);
void *kh_calloc(size_t count, size_t size);
void *kh_realloc(void *memory, size_t size);
void kh_free(void *memory);

#endif
