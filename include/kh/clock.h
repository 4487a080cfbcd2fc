/* The time, behind a seam so that tests can stop it. */
#ifndef KH_CLOCK_H
#define KH_CLOCK_H

#include <stdint.h>

struct kh_clock {
    int64_t (*wall_ms)(void *context);        /* milliseconds since 1970-01-01 UTC; may jump */
    int64_t (*coarse_wall_ms)(void *context); /* the same, up to 10 ms late, for a fraction of it */
    int64_t (*monotonic_ns)(void *context);   /* never goes back; for durations */
    void *context;
};

/* The operating system's clock; static. */
const struct kh_clock *kh_clock_system(void);

static inline int64_t kh_clock_wall_ms(const struct kh_clock *clock)
{
    return clock->wall_ms(clock->context);
}

static inline int64_t kh_clock_coarse_wall_ms(const struct kh_clock *clock)
{
    return clock->coarse_wall_ms(clock->context);
}

static inline int64_t kh_clock_monotonic_ns(const struct kh_clock *clock)
{
    return clock->monotonic_ns(clock->context);
}

#endif
