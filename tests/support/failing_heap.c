#include "failing_heap.h"

#include <stdlib.h>

#include "kh/alloc.h"

struct failing_heap failing_heap;

/* Atomic, since a library may have threads of its own that allocate (libcurl, to look names up). */
static bool must_fail(void)
{
    struct failing_heap *heap = &failing_heap;
    size_t call = __atomic_add_fetch(&heap->calls, 1, __ATOMIC_SEQ_CST);
    size_t fail_at = __atomic_load_n(&heap->fail_at, __ATOMIC_SEQ_CST);
    bool fail = fail_at != 0 && (heap->persistent ? call >= fail_at : call == fail_at);

    if (fail) {
        (void)__atomic_add_fetch(&heap->injected, 1, __ATOMIC_SEQ_CST);
    }
    return fail;
}

static void *heap_resize(void *context, void *memory, size_t size)
{
    (void)context;
    if (must_fail()) {
        return NULL;
    }
    if (memory == NULL) {
        (void)__atomic_add_fetch(&failing_heap.live, 1, __ATOMIC_SEQ_CST);
    }
    return realloc(memory, size);
}

static void *heap_allocate(void *context, size_t size)
{
    return heap_resize(context, NULL, size);
}

static void heap_release(void *context, void *memory)
{
    (void)context;
    if (memory != NULL) {
        (void)__atomic_sub_fetch(&failing_heap.live, 1, __ATOMIC_SEQ_CST);
    }
    free(memory);
}

void failing_heap_use(void)
{
    static const struct kh_allocator allocator = { heap_allocate, heap_resize, heap_release, NULL };

    kh_allocator_set(&allocator);
}
