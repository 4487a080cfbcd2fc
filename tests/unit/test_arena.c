/* Arenas: alignment, growth in place, marks, and no heap in steady state. */
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kh/alloc.h"
#include "kh/arena.h"

struct heap {
    size_t allocated;
    size_t live;
    size_t limit; /* allocations that succeed */
};

static void *heap_allocate(void *context, size_t size)
{
    struct heap *heap = context;

    if (heap->allocated == heap->limit) {
        return NULL;
    }
    heap->allocated++;
    heap->live++;
    return malloc(size);
}

static void *heap_resize(void *context, void *memory, size_t size)
{
    (void)context;
    return realloc(memory, size);
}

static void heap_release(void *context, void *memory)
{
    ((struct heap *)context)->live--;
    free(memory);
}

static struct heap heap;

static int count_the_heap(void **state)
{
    static const struct kh_allocator counting = { heap_allocate, heap_resize, heap_release, &heap };

    (void)state;
    heap = (struct heap){ 0, 0, SIZE_MAX };
    kh_allocator_set(&counting);
    return 0;
}

static int everything_was_given_back(void **state)
{
    (void)state;
    kh_allocator_set(NULL);
    return heap.live == 0 ? 0 : -1;
}

static void a_new_arena_takes_nothing_from_the_heap(void **state)
{
    struct kh_arena arena;

    (void)state;
    kh_arena_init(&arena);
    kh_arena_reset(&arena);
    kh_arena_release(&arena, kh_arena_mark(&arena));
    kh_arena_clean_up(&arena);
    assert_int_equal(heap.allocated, 0);
}

static void memory_is_aligned_and_does_not_overlap(void **state)
{
    struct kh_arena arena;
    char *memory[300];

    (void)state;
    kh_arena_init(&arena);
    for (size_t size = 0; size < 300; size++) {
        memory[size] = kh_arena_alloc(&arena, size * 7);
        assert_non_null(memory[size]);
        assert_int_equal((uintptr_t)memory[size] % alignof(max_align_t), 0);
        memset(memory[size], (int)size, size * 7);
    }
    for (size_t size = 0; size < 300; size++) {
        for (size_t i = 0; i < size * 7; i++) {
            assert_int_equal((unsigned char)memory[size][i], (unsigned char)size);
        }
    }
    kh_arena_clean_up(&arena);
}

static void the_same_work_again_takes_nothing_from_the_heap(void **state)
{
    struct kh_arena arena;
    size_t after_first = 0;

    (void)state;
    kh_arena_init(&arena);
    for (int round = 0; round < 5; round++) {
        for (size_t i = 0; i < 2000; i++) {
            assert_non_null(kh_arena_alloc(&arena, (i * 7919) % 3000));
        }
        assert_non_null(kh_arena_alloc(&arena, 10000000));
        assert_non_null(kh_arena_alloc(&arena, 10));
        if (round == 0) {
            after_first = heap.allocated;
        }
        kh_arena_reset(&arena);
    }
    assert_int_equal(heap.allocated, after_first);
    assert_true(after_first < 20);
    kh_arena_clean_up(&arena);
}

/* Large pieces first in one batch, last in the next: the blocks are found wherever they are. */
static void the_same_work_in_another_order_reuses_the_blocks(void **state)
{
    static const size_t sizes[] = { 10, 9000000, 6000000, 5000000 };
    struct kh_arena arena;
    size_t allocated;

    (void)state;
    kh_arena_init(&arena);
    for (size_t i = 0; i < 4; i++) {
        assert_non_null(kh_arena_alloc(&arena, sizes[i]));
    }
    allocated = heap.allocated;
    kh_arena_reset(&arena);
    for (size_t i = 4; i > 0; i--) {
        memset(kh_arena_alloc(&arena, sizes[i - 1]), 'x', sizes[i - 1]);
    }
    kh_arena_reset(&arena);
    assert_non_null(kh_arena_alloc(&arena, sizes[0]));
    for (size_t i = 1; i < 4; i++) {
        memset(kh_arena_alloc(&arena, sizes[i]), 'y', sizes[i]);
    }
    assert_in_range(heap.allocated, allocated, allocated + 1);
    kh_arena_clean_up(&arena);
}

static void what_was_allocated_last_grows_in_place(void **state)
{
    struct kh_arena arena;
    int *numbers;
    int *grown;

    (void)state;
    kh_arena_init(&arena);
    numbers = kh_arena_alloc(&arena, 3 * sizeof *numbers);
    numbers[2] = 42;
    grown = kh_arena_grow(&arena, numbers, 3, 1000, sizeof *numbers);
    assert_ptr_equal(grown, numbers);
    assert_true((char *)kh_arena_alloc(&arena, 1) >= (char *)(grown + 1000));
    grown = kh_arena_grow(&arena, numbers, 1000, 1001, sizeof *numbers);
    assert_ptr_not_equal(grown, numbers);
    assert_int_equal(grown[2], 42);
    grown = kh_arena_grow(&arena, grown, 1001, 1000000, sizeof *numbers);
    assert_int_equal(grown[2], 42);
    assert_non_null(kh_arena_grow(&arena, NULL, 0, 4, sizeof *numbers));
    kh_arena_clean_up(&arena);
}

static void sizes_that_overflow_are_refused(void **state)
{
    struct kh_arena arena;
    void *memory;

    (void)state;
    kh_arena_init(&arena);
    memory = kh_arena_alloc(&arena, 8);
    assert_null(kh_arena_alloc(&arena, SIZE_MAX));
    assert_null(kh_arena_alloc(&arena, SIZE_MAX - 20));
    assert_null(kh_arena_grow(&arena, memory, 1, SIZE_MAX / 4, 8));
    assert_null(kh_arena_grow(&arena, memory, 1, SIZE_MAX / 8, 8));
    assert_null(kh_arena_copy(&arena, (struct kh_str){ memory, SIZE_MAX }).data);
    kh_arena_clean_up(&arena);
}

static void a_copy_ends_with_nul(void **state)
{
    struct kh_arena arena;
    struct kh_str copy;

    (void)state;
    kh_arena_init(&arena);
    copy = kh_arena_copy(&arena, (struct kh_str){ "abcdef", 3 });
    assert_int_equal(copy.length, 3);
    assert_string_equal(copy.data, "abc");
    copy = kh_arena_copy(&arena, (struct kh_str){ NULL, 0 });
    assert_int_equal(copy.length, 0);
    assert_string_equal(copy.data, "");
    kh_arena_clean_up(&arena);
}

static void a_mark_gives_up_what_came_after_it(void **state)
{
    struct kh_arena arena;
    struct kh_arena_mark at_start;
    struct kh_arena_mark mark;
    char *kept;
    char *first;
    size_t allocated;

    (void)state;
    kh_arena_init(&arena);
    at_start = kh_arena_mark(&arena);
    kept = kh_arena_alloc(&arena, 100);
    memset(kept, 'k', 100);
    mark = kh_arena_mark(&arena);
    first = kh_arena_alloc(&arena, 64);
    for (int i = 0; i < 100; i++) {
        assert_non_null(kh_arena_alloc(&arena, 100000));
    }
    allocated = heap.allocated;
    kh_arena_release(&arena, mark);
    assert_ptr_equal(kh_arena_alloc(&arena, 64), first);
    for (int i = 0; i < 100; i++) {
        memset(kh_arena_alloc(&arena, 100000), 'x', 100000);
    }
    assert_int_equal(heap.allocated, allocated);
    assert_int_equal(kept[0], 'k');
    assert_int_equal(kept[99], 'k');
    kh_arena_release(&arena, at_start);
    assert_ptr_equal(kh_arena_alloc(&arena, 100), kept);
    kh_arena_clean_up(&arena);
}

static void short_memory_is_reported_and_changes_nothing(void **state)
{
    struct kh_arena arena;
    char *memory;

    (void)state;
    kh_arena_init(&arena);
    heap.limit = 0;
    assert_null(kh_arena_alloc(&arena, 1));
    heap.limit = 1;
    memory = kh_arena_alloc(&arena, 16);
    assert_non_null(memory);
    memory[0] = 'm';
    assert_null(kh_arena_alloc(&arena, 10000000));
    assert_null(kh_arena_grow(&arena, memory, 16, 10000000, 1));
    assert_null(kh_arena_copy(&arena, (struct kh_str){ memory, 10000000 }).data);
    assert_int_equal(memory[0], 'm');
    assert_non_null(kh_arena_alloc(&arena, 16));
    kh_arena_clean_up(&arena);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, count_the_heap, everything_was_given_back)
    const struct CMUnitTest tests[] = {
        TEST(a_new_arena_takes_nothing_from_the_heap),
        TEST(memory_is_aligned_and_does_not_overlap),
        TEST(the_same_work_again_takes_nothing_from_the_heap),
        TEST(the_same_work_in_another_order_reuses_the_blocks),
        TEST(what_was_allocated_last_grows_in_place),
        TEST(sizes_that_overflow_are_refused),
        TEST(a_copy_ends_with_nul),
        TEST(a_mark_gives_up_what_came_after_it),
        TEST(short_memory_is_reported_and_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
