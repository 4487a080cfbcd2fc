/*
 * SIGTERM, SIGINT and our own failures as descriptors that poll(2) waits for: no signal handler, no flag.
 */
#include "base/stop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum kh_status kh_stop_init(struct kh_stop *stop, struct kh_error *error)
{
    sigset_t signals;

    stop->signal_fd = -1;
    stop->event_fd = -1;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (pthread_sigmask(SIG_BLOCK, &signals, NULL) != 0) {
        return kh_fail(error, KH_IO, "SIGTERM and SIGINT can't be blocked");
    }
    stop->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    stop->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (stop->signal_fd < 0 || stop->event_fd < 0) {
        kh_stop_clean_up(stop);
        return kh_fail(error, KH_IO, "no descriptor for SIGTERM: %m");
    }
    return KH_OK;
}

void kh_stop_clean_up(struct kh_stop *stop)
{
    if (stop->signal_fd >= 0) {
        close(stop->signal_fd);
    }
    if (stop->event_fd >= 0) {
        close(stop->event_fd);
    }
}

void kh_stop_request(struct kh_stop *stop)
{
    const uint64_t one = 1;
    ssize_t written;

    /* Fails only when the counter is full, and then it is readable anyway. */
    do {
        written = write(stop->event_fd, &one, sizeof one);
    } while (written < 0 && errno == EINTR);
}

bool kh_stop_requested(const struct kh_stop *stop)
{
    return kh_stop_wait(stop, 0);
}

bool kh_stop_wait(const struct kh_stop *stop, int milliseconds)
{
    struct pollfd descriptors[] = { { .fd = stop->signal_fd, .events = POLLIN },
                                    { .fd = stop->event_fd, .events = POLLIN } };

    return poll(descriptors, 2, milliseconds) > 0;
}
