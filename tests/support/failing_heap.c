#include "failing_heap.h"

#include <stdlib.h>

#include "kh/alloc.h"

struct failing_heap failing_heap;

static bool must_fail(void)
{
    struct failing_heap *heap = &failing_heap;
    bool fail;

    heap->calls++;
    fail = heap->fail_at != 0 &&
           (heap->persistent ? heap->calls >= heap->fail_at : heap->calls == heap->fail_at);
    heap->injected += fail ? 1 : 0;
    return fail;
}

static void *heap_resize(void *context, void *memory, size_t size)
{
    (void)context;
    if (must_fail()) {
        return NULL;
    }
    failing_heap.live += memory == NULL ? 1 : 0;
    return realloc(memory, size);
}

static void *heap_allocate(void *context, size_t size)
{
    return heap_resize(context, NULL, size);
}

static void heap_release(void *context, void *memory)
{
    (void)context;
    failing_heap.live -= memory == NULL ? 0 : 1;
    free(memory);
}

void failing_heap_use(void)
{
    static const struct kh_allocator allocator = { heap_allocate, heap_resize, heap_release, NULL };

    kh_allocator_set(&allocator);
}
