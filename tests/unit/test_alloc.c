/* The one door to the heap: it can be replaced, and it refuses sizes that overflow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kh/alloc.h"

struct counts {
    int allocated;
    int resized;
    int released;
    size_t smallest;
};

static void *count_allocate(void *context, size_t size)
{
    struct counts *counts = context;

    counts->allocated++;
    counts->smallest = size < counts->smallest ? size : counts->smallest;
    return malloc(size);
}

static void *count_resize(void *context, void *memory, size_t size)
{
    struct counts *counts = context;

    counts->resized++;
    counts->smallest = size < counts->smallest ? size : counts->smallest;
    return realloc(memory, size);
}

static void count_release(void *context, void *memory)
{
    ((struct counts *)context)->released++;
    free(memory);
}

static void every_call_goes_through_the_table(void **state)
{
    struct counts counts = { 0, 0, 0, SIZE_MAX };
    struct kh_allocator counting = { count_allocate, count_resize, count_release, &counts };
    void *a;
    void *b;

    (void)state;
    kh_allocator_set(&counting);
    a = kh_malloc(10);
    b = kh_calloc(3, 5);
    a = kh_realloc(a, 100);
    assert_non_null(a);
    assert_memory_equal(b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
    kh_free(a);
    kh_free(b);
    kh_free(NULL);
    kh_allocator_set(NULL);
    assert_int_equal(counts.allocated, 2);
    assert_int_equal(counts.resized, 1);
    assert_int_equal(counts.released, 2);
    kh_free(kh_malloc(1));
    assert_int_equal(counts.allocated, 2);
}

static void a_size_of_zero_is_allocated_as_one(void **state)
{
    struct counts counts = { 0, 0, 0, SIZE_MAX };
    struct kh_allocator counting = { count_allocate, count_resize, count_release, &counts };
    void *memory;

    (void)state;
    kh_allocator_set(&counting);
    memory = kh_realloc(kh_malloc(0), 0);
    assert_non_null(memory);
    kh_free(memory);
    memory = kh_calloc(0, 8);
    assert_non_null(memory);
    kh_free(memory);
    kh_allocator_set(NULL);
    assert_int_equal(counts.smallest, 1);
}

static void a_product_that_overflows_is_refused(void **state)
{
    (void)state;
    assert_null(kh_calloc(SIZE_MAX / 2, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_goes_through_the_table),
        cmocka_unit_test(a_size_of_zero_is_allocated_as_one),
        cmocka_unit_test(a_product_that_overflows_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
