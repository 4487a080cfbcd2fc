/*
 * Records of one shard until all of them are settled: as Lambda's event source mapping delivers them, with partial
 * batch responses. What is done is done; from the first record that failed on they are tried again, after a
 * pause that grows. With `bisect` the records that failed are halved first, which is no attempt of them, until
 * the one that fails stands alone. A record that has had all its attempts, or is too old, is given up: it
 * becomes a dead letter, and the ones behind it go on.
 */
#ifndef KH_FLOW_DELIVERY_H
#define KH_FLOW_DELIVERY_H

#include "kh/batch.h"
#include "kh/open.h"

struct kh_delivery_policy {
    unsigned max_attempts; /* 0: no limit */
    int64_t max_age_ms;    /* since it arrived; 0: no limit */
    bool bisect;           /* false: records that are tried together are given up together */
};

struct kh_delivery {
    const struct kh_record *records; /* borrowed; they outlast the delivery */
    size_t count;
    size_t settled;    /* so many are done, skipped, or dead letters */
    size_t end;        /* those up to here are tried next */
    unsigned attempts; /* that counted, of those tried next */
    unsigned failures; /* without progress, one after the other */
    uint64_t random;
};

/* What one try came to. */
struct kh_delivery_result {
    struct kh_batch_result batch; /* zeros where nothing was tried */
    int64_t pause_ms;             /* to wait before the next one; 0: none */
};

/* What a thread tries with: any batch of the same service, whose arena is used and not reset. */
struct kh_delivery_tools {
    struct kh_batch *batch;
    struct kh_opener *opener; /* aggregates and frames are opened anew for each try */
    const struct kh_clock *clock;
    struct kh_log log;
};

/* `seed` tells pauses of several deliveries apart. */
void kh_delivery_begin(struct kh_delivery *delivery, const struct kh_record *records, size_t count,
                       uint64_t seed);

static inline bool kh_delivery_is_over(const struct kh_delivery *delivery)
{
    return delivery->settled == delivery->count;
}

/*
 * One try. The observer is handed each record whose end is known, and no other; of an aggregate, its user
 * records. Nothing can fail but a try, and there is always another one.
 */
void kh_delivery_try(struct kh_delivery *delivery, const struct kh_delivery_policy *policy,
                     const struct kh_delivery_tools *tools,
                     const struct kh_batch_observer *observer, struct kh_delivery_result *out);

#endif
