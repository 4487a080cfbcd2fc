/* What is the store in memory's own: how many marks it keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "kh/hash.h"
#include "kh/store.h"

enum { CAPACITY = 100, MARKS = CAPACITY * 3, TOGETHER = 3 };

static void it_keeps_the_newest_marks(void **state)
{
    struct kh_store *store = kh_store_memory_new(CAPACITY);
    struct kh_arena arena;
    struct kh_error error;
    struct kh_call call = { .arena = &arena, .error = &error, .deadline_ms = INT64_MAX };
    char names[MARKS][8];
    struct kh_mark marks[MARKS];
    bool found[MARKS];

    (void)state;
    assert_non_null(store);
    kh_arena_init(&arena);
    kh_error_clear(&error);
    for (size_t i = 0; i < MARKS; i++) {
        struct kh_str id = { names[i], (size_t)snprintf(names[i], sizeof names[i], "m%zu", i) };

        marks[i] = (struct kh_mark){ id, kh_hash(id), KH_HOMELESS };
    }
    for (size_t i = 0; i < MARKS; i += TOGETHER) {
        const struct kh_commit commit = { .marks = &marks[i], .mark_count = TOGETHER };

        assert_int_equal(store->ops->commit(store, &call, &commit), KH_OK);
    }
    assert_int_equal(store->ops->fetch(store, &call, NULL, 0, marks, MARKS, found), KH_OK);
    for (size_t i = 0; i < MARKS; i++) {
        assert_int_equal(found[i], i >= MARKS - CAPACITY);
    }
    kh_arena_clean_up(&arena);
    kh_store_destroy(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_keeps_the_newest_marks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
