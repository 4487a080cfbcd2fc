/* What the unit of work refuses before a store has to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "entities/thing.h"
#include "flow/unit.h"

static void an_enum_without_a_name_is_refused(void **state)
{
    struct kh_store *store = kh_store_memory_new(10);
    struct kh_arena arena;
    struct kh_error error;
    struct kh_unit unit;
    struct kh_context context = { .arena = &arena, .error = &error, .unit = &unit };
    struct thing thing = { .id = KH_STR_INIT("a") };

    (void)state;
    kh_arena_init(&arena);
    kh_error_clear(&error);
    assert_int_equal(kh__unit_init(&unit, &arena, store, false, 1), KH_OK);
    kh__unit_begin_record(&unit);
    assert_int_equal(kh_unit_put(&context, &thing_entity, &thing), KH_OUT_OF_RANGE);
    assert_non_null(strstr(error.reason, "colour"));
    kh_arena_clean_up(&arena);
    kh_store_destroy(store);
}

static void numbers_that_are_none_are_refused(void **state)
{
    static const double refused[] = { NAN, -NAN, INFINITY, -INFINITY };
    struct kh_store *store = kh_store_memory_new(10);
    struct kh_arena arena;
    struct kh_error error;
    struct kh_unit unit;
    struct kh_context context = { .arena = &arena, .error = &error, .unit = &unit };
    struct thing thing = { .id = KH_STR_INIT("a"), .colour = 1 };

    (void)state;
    kh_arena_init(&arena);
    assert_int_equal(kh__unit_init(&unit, &arena, store, false, 1), KH_OK);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        kh__unit_begin_record(&unit);
        kh_error_clear(&error);
        thing.ratio = refused[i];
        assert_int_equal(kh_unit_put(&context, &thing_entity, &thing), KH_OUT_OF_RANGE);
        assert_non_null(strstr(error.reason, "ratio"));
        assert_int_equal(kh_unit_create(&context, &thing_entity, &thing), KH_OUT_OF_RANGE);
    }
    kh__unit_begin_record(&unit);
    thing.ratio = 1e308;
    assert_int_equal(kh_unit_put(&context, &thing_entity, &thing), KH_OK);
    kh_arena_clean_up(&arena);
    kh_store_destroy(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_that_are_none_are_refused),
        cmocka_unit_test(an_enum_without_a_name_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
