/*
 * The one door to the heap: every allocation of the runtime goes through the table kept here. The
 * table is the only mutable variable of the process; it is set before any thread is started and
 * only read after that.
 */
#include "kh/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void *heap_allocate(void *context, size_t size)
{
    (void)context;
    return malloc(size);
}

static void *heap_resize(void *context, void *memory, size_t size)
{
    (void)context;
    return realloc(memory, size);
}

static void heap_release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

#define HEAP                                                                                       \
    {                                                                                              \
        heap_allocate, heap_resize, heap_release, NULL                                             \
    }

static struct kh_allocator table = HEAP;

void kh_allocator_set(const struct kh_allocator *allocator)
{
    table = allocator != NULL ? *allocator : (struct kh_allocator)HEAP;
}

void *kh_malloc(size_t size)
{
    return table.allocate(table.context, size == 0 ? 1 : size);
}

void *kh_calloc(size_t count, size_t size)
{
    void *memory;

    if (size != 0 && count > SIZE_MAX / size) {
        return NULL;
    }
    memory = kh_malloc(count * size);
    if (memory != NULL) {
        memset(memory, 0, count * size);
    }
    return memory;
}

void *kh_realloc(void *memory, size_t size)
{
    return table.resize(table.context, memory, size == 0 ? 1 : size);
}

void kh_free(void *memory)
{
    if (memory != NULL) {
        table.release(table.context, memory);
    }
}
