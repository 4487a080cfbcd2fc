/* Time, sleep and chance, behind a seam so that tests can say what they are. */
#ifndef KH_AWS_TIMING_H
#define KH_AWS_TIMING_H

#include <stdint.h>

#include "kh/clock.h"

struct kh_aws_timing {
    const struct kh_clock *clock;
    void (*sleep_ms)(void *context, int64_t milliseconds);
    double (*random)(void *context); /* in [0, 1), each time another one; called by any thread */
    void *context;
};

/* Those of the operating system. */
struct kh_aws_timing kh_aws_timing_system(void);

#endif
