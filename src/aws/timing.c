/* Sleeping by the monotonic clock, so that a clock that is set does not make a pause longer. */
#include "aws/timing.h"

#include <errno.h>
#include <stddef.h>
#include <sys/random.h>
#include <time.h>

static void system_sleep_ms(void *context, int64_t milliseconds)
{
    struct timespec until;

    (void)context;
    if (milliseconds <= 0 || clock_gettime(CLOCK_MONOTONIC, &until) != 0) {
        return;
    }
    until.tv_sec += (time_t)(milliseconds / 1000);
    until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

static double system_random(void *context)
{
    uint64_t bits = 0;

    (void)context;
    /* So few bytes come whole. Without them pauses are short, which is no harm. */
    if (getrandom(&bits, sizeof bits, 0) != (ssize_t)sizeof bits) {
        return 0;
    }
    return (double)(bits >> 11) / (double)(UINT64_C(1) << 53);
}

struct kh_aws_timing kh_aws_timing_system(void)
{
    return (struct kh_aws_timing){ kh_clock_system(), system_sleep_ms, system_random, NULL };
}
