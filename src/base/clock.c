/* The operating system's clock. */
#include "kh/clock.h"

#include <stddef.h>
#include <time.h>

static int64_t milliseconds_of(clockid_t id)
{
    struct timespec now = { 0, 0 };

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_wall_ms(void *context)
{
    (void)context;
    return milliseconds_of(CLOCK_REALTIME);
}

/* The time of the kernel's last tick. */
static int64_t system_coarse_wall_ms(void *context)
{
    (void)context;
    return milliseconds_of(CLOCK_REALTIME_COARSE);
}

static int64_t system_monotonic_ns(void *context)
{
    struct timespec now = { 0, 0 };

    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

const struct kh_clock *kh_clock_system(void)
{
    static const struct kh_clock system_clock = { system_wall_ms, system_coarse_wall_ms,
                                                  system_monotonic_ns, NULL };

    return &system_clock;
}
