/* What the options of `worker` and `multilang` say, as numbers. */
#ifndef KH_CONSUMER_H
#define KH_CONSUMER_H

#include "edge/options.h"
#include "edge/startup.h"
#include "flow/delivery.h"

struct kh_consumer {
    const char *name;
    size_t batch_size;
    int64_t batch_window_ms;
    int64_t from_ms; /* where to begin without a checkpoint; 0: at the oldest record */
    size_t threads;
    struct kh_delivery_policy policy;
};

/* KH_USAGE: said on standard error what can't be taken. `latest` becomes the present time. */
enum kh_status kh_consumer_options(const struct kh_options *options,
                                   const struct kh_service *service, const struct kh_clock *clock,
                                   struct kh_consumer *out) KH_MUST_USE;

/*
 * Opens the target for dead letters that the option or the setting names; *path as kh_startup_dead_letters has
 * it. Without one no record may ever be given up: then a policy that would is refused. Says on standard error
 * what is wrong.
 */
enum kh_status kh_consumer_dead_letters(struct kh_startup *startup,
                                        const struct kh_options *options,
                                        const struct kh_consumer *consumer,
                                        const char **path) KH_MUST_USE;

#endif
