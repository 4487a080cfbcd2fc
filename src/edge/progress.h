/* A bar on standard error while a file is read; only when that is a terminal. */
#ifndef KH_PROGRESS_H
#define KH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kh/clock.h"

struct kh_progress {
    bool on;
    const struct kh_clock *clock;
    int64_t shown_ns; /* when it was drawn last */
};

void kh_progress_init(struct kh_progress *progress, const struct kh_clock *clock);

/* `size` 0: not known. Draws ten times a second at most. */
void kh_progress_show(struct kh_progress *progress, uint64_t done, uint64_t size, size_t records);

/* Takes the bar away. */
void kh_progress_end(struct kh_progress *progress);

#endif
