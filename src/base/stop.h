/* The wish to stop: SIGTERM or SIGINT from outside, or a loop that can't go on. Wakes everyone who waits. */
#ifndef KH_STOP_H
#define KH_STOP_H

#include <stdbool.h>

#include "kh/error.h"
#include "kh/status.h"

struct kh_stop {
    int signal_fd; /* readable once one of the two has come; never read, so it stays readable */
    int event_fd;  /* the same for kh_stop_request */
};

/*
 * Turns them into a readable descriptor, for this thread and all that it starts: to be called
 * before any other thread is there. KH_IO.
 */
enum kh_status kh_stop_init(struct kh_stop *stop, struct kh_error *error) KH_MUST_USE;
void kh_stop_clean_up(struct kh_stop *stop);

/* May be called by any thread, any number of times. */
void kh_stop_request(struct kh_stop *stop);
bool kh_stop_requested(const struct kh_stop *stop);

/* Sleeps; true when a stop was requested meanwhile or before. */
bool kh_stop_wait(const struct kh_stop *stop, int milliseconds);

#endif
