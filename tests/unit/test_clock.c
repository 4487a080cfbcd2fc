/* The operating system's clock, in the units it promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <time.h>

#include "kh/clock.h"

static void the_wall_clock_is_the_time_in_milliseconds(void **state)
{
    int64_t before = (int64_t)time(NULL) * 1000 - 1000;
    int64_t now = kh_clock_wall_ms(kh_clock_system());

    (void)state;
    assert_true(now >= before);
    assert_true(now <= (int64_t)time(NULL) * 1000 + 2000);
}

static void the_coarse_clock_is_the_wall_clock_a_tick_ago_at_most(void **state)
{
    const struct kh_clock *clock = kh_clock_system();
    int64_t before = kh_clock_wall_ms(clock);
    int64_t coarse = kh_clock_coarse_wall_ms(clock);

    (void)state;
    assert_true(coarse >= before - 10);
    assert_true(coarse <= kh_clock_wall_ms(clock));
}

static void the_monotonic_clock_measures_nanoseconds_and_never_goes_back(void **state)
{
    const struct kh_clock *clock = kh_clock_system();
    struct timespec pause = { 0, 2000000 };
    int64_t begin = kh_clock_monotonic_ns(clock);
    int64_t last = begin;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t now = kh_clock_monotonic_ns(clock);

        assert_true(now >= last);
        last = now;
    }
    nanosleep(&pause, NULL);
    assert_true(kh_clock_monotonic_ns(clock) - begin >= 2000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wall_clock_is_the_time_in_milliseconds),
        cmocka_unit_test(the_coarse_clock_is_the_wall_clock_a_tick_ago_at_most),
        cmocka_unit_test(the_monotonic_clock_measures_nanoseconds_and_never_goes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
