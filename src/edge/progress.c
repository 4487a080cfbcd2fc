/*
 * The cursor stays at the line's beginning, so a log line simply replaces the bar until it comes
 * again.
 */
#include "edge/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIDTH 30
#define INTERVAL_NS 100000000

void kh_progress_init(struct kh_progress *progress, const struct kh_clock *clock)
{
    const char *terminal = getenv("TERM");

    *progress = (struct kh_progress){ .clock = clock };
    progress->on = isatty(STDERR_FILENO) == 1 && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

void kh_progress_show(struct kh_progress *progress, uint64_t done, uint64_t size, size_t records)
{
    static const char full[] = "##############################";
    int64_t now;
    int filled;

    if (!progress->on) {
        return;
    }
    now = kh_clock_monotonic_ns(progress->clock);
    if (progress->shown_ns != 0 && now - progress->shown_ns < INTERVAL_NS) {
        return;
    }
    progress->shown_ns = now;
    if (size == 0) {
        (void)fprintf(stderr, "\033[K%zu records\r", records);
        return;
    }
    filled = done >= size ? WIDTH : (int)(done * WIDTH / size);
    (void)fprintf(stderr, "\033[K[%.*s%*s] %3d %%, %zu records\r", filled, full, WIDTH - filled, "",
                  done >= size ? 100 : (int)(done * 100 / size), records);
}

void kh_progress_end(struct kh_progress *progress)
{
    if (progress->on && progress->shown_ns != 0) {
        (void)fprintf(stderr, "\033[K");
    }
}
