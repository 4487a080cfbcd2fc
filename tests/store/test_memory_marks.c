/* The marks of the store in memory against a plain list: which are there, which made room, what is used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "failing_heap.h"
#include "kh/alloc.h"
#include "kh/hash.h"
#include "random_bits.h"
#include "store/memory_marks.h"

static int count_heap(void **state)
{
    (void)state;
    failing_heap.calls = 0;
    failing_heap.fail_at = 0;
    failing_heap_use();
    return 0;
}

static int count_no_more(void **state)
{
    (void)state;
    kh_allocator_set(NULL);
    return 0;
}

/* ---- Batches of ids -------------------------------------------------------------------------- */

#define BATCH 40
#define LONGEST 200000

struct batch {
    struct kh_mark marks[BATCH];
    bool found[BATCH];
    size_t count;
};

static char long_text[LONGEST];

/* The id of a number, which no other has: of `length` bytes if that is more than the number needs. */
static struct kh_str id_of(uint64_t number, size_t length)
{
    char digits[32];
    size_t count = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    char *text;

    length = length > count ? length : count;
    text = malloc(length);
    memcpy(text, long_text, length);
    memcpy(text, digits, count);
    return (struct kh_str){ text, length };
}

static struct kh_mark mark_of(struct kh_str id)
{
    return (struct kh_mark){ id, kh_hash(id), KH_HOMELESS };
}

static size_t length_of(uint64_t number)
{
    /* Now and then one that is larger than a chunk. */
    return number % 97 == 0 ? number * 7919 % LONGEST : number % 60;
}

static void make_batch(struct batch *batch, uint64_t first, size_t count)
{
    batch->count = count;
    for (size_t i = 0; i < count; i++) {
        batch->marks[i] = mark_of(id_of(first + i, length_of(first + i)));
    }
}

static void free_batch(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        free((void *)(uintptr_t)batch->marks[i].id.data);
    }
}

static enum kh_status add(struct kh__marks *marks, uint64_t first, size_t count)
{
    struct batch batch;
    enum kh_status status;

    make_batch(&batch, first, count);
    status = kh__marks_reserve(marks, batch.marks, count);
    if (status == KH_OK) {
        kh__marks_add(marks, batch.marks, count);
    }
    free_batch(&batch);
    return status;
}

/* Those from `begin` to before `end` are there, a batch before and a batch behind them are not. */
static void check(const struct kh__marks *marks, uint64_t begin, uint64_t end)
{
    uint64_t first = begin > BATCH ? begin - BATCH : 0;

    for (uint64_t at = first; at < end + BATCH; at += BATCH) {
        bool any = false;
        struct batch batch;

        make_batch(&batch, at, BATCH);
        kh__marks_find(marks, batch.marks, BATCH, batch.found);
        for (size_t i = 0; i < BATCH; i++) {
            bool expected = at + i >= begin && at + i < end;

            assert_int_equal(batch.found[i], expected);
            any = any || expected;
        }
        assert_int_equal(kh__marks_contain_any(marks, batch.marks, BATCH), any);
        free_batch(&batch);
    }
}

/* ---- Tests ----------------------------------------------------------------------------------- */

static void the_newest_are_kept_and_the_oldest_make_room(void **state)
{
    static const size_t capacities[] = { 1, 2, 39, 40, 100, 1000 };

    (void)state;
    for (size_t c = 0; c < sizeof capacities / sizeof capacities[0]; c++) {
        struct kh__marks marks;
        uint64_t end = 0;

        kh__marks_init(&marks, capacities[c]);
        check(&marks, 0, 0);
        for (size_t round = 0; round < 200; round++) {
            size_t count = (size_t)(random_u64() % BATCH + 1);

            assert_int_equal(add(&marks, end, count), KH_OK);
            end += count;
            if (round % 20 == 0 || round == 199) {
                check(&marks, end > capacities[c] ? end - capacities[c] : 0, end);
            }
        }
        assert_int_equal(marks.count, capacities[c]);
        kh__marks_clean_up(&marks);
    }
}

static void full_marks_of_like_length_ask_nothing_of_the_heap(void **state)
{
    struct kh__marks marks;
    struct batch batch;
    size_t calls = 0;

    (void)state;
    kh__marks_init(&marks, 5000);
    for (size_t round = 0; round < 2000; round++) {
        char text[BATCH][32];

        for (size_t i = 0; i < BATCH; i++) {
            int length = snprintf(text[i], sizeof text[i], "event-%08zu-%02zu", round, i);

            batch.marks[i] = mark_of((struct kh_str){ text[i], (size_t)length });
        }
        assert_int_equal(kh__marks_reserve(&marks, batch.marks, BATCH), KH_OK);
        kh__marks_add(&marks, batch.marks, BATCH);
        if (round == 1000) {
            calls = failing_heap.calls;
        }
    }
    assert_true(calls > 0);
    assert_int_equal(failing_heap.calls, calls);
    kh__marks_clean_up(&marks);
}

/* Now and then a long id, and each of them longer than all before it. */
static void memory_for_long_ids_is_given_back(void **state)
{
    struct kh__marks marks;
    size_t most = 0;

    (void)state;
    kh__marks_init(&marks, 100);
    for (uint64_t i = 0; i < 40000; i++) {
        struct kh_str id = id_of(i, i % 200 == 0 ? 70000 + i : 20);
        struct kh_mark mark = mark_of(id);

        assert_int_equal(kh__marks_reserve(&marks, &mark, 1), KH_OK);
        kh__marks_add(&marks, &mark, 1);
        free((void *)(uintptr_t)id.data);
        if (i == 2000) {
            most = failing_heap.live;
        }
        assert_true(i <= 2000 || failing_heap.live <= most + 2);
    }
    kh__marks_clean_up(&marks);
}

/* What could not be reserved is not added, and all that was there stays. */
static void a_failed_reservation_changes_nothing(void **state)
{
    (void)state;
    for (size_t fail_at = 1;; fail_at++) {
        struct kh__marks marks;
        uint64_t end = 0;
        uint64_t failures = 0;

        kh__marks_init(&marks, 3000);
        failing_heap.calls = 0;
        failing_heap.fail_at = fail_at;
        while (end < 4000) {
            enum kh_status status = add(&marks, end, BATCH);

            if (status == KH_OK) {
                end += BATCH;
            } else {
                assert_int_equal(status, KH_NO_MEMORY);
                check(&marks, end > 3000 ? end - 3000 : 0, end);
                failures++;
            }
        }
        check(&marks, end - 3000, end);
        kh__marks_clean_up(&marks);
        if (failures == 0) {
            assert_true(fail_at > 10);
            break;
        }
        assert_int_equal(failures, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_are_kept_and_the_oldest_make_room),
        cmocka_unit_test(full_marks_of_like_length_ask_nothing_of_the_heap),
        cmocka_unit_test(memory_for_long_ids_is_given_back),
        cmocka_unit_test(a_failed_reservation_changes_nothing),
    };

    memset(long_text, '-', sizeof long_text);
    return cmocka_run_group_tests(tests, count_heap, count_no_more);
}
