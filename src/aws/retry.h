/*
 * When a failed attempt is made again, and after which pause: AWS's standard retry mode. One engine,
 * the figures are data.
 */
#ifndef KH_AWS_RETRY_H
#define KH_AWS_RETRY_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "kh/error.h"
#include "kh/status.h"

/* What an attempt failed of. */
enum kh_aws_failure {
    KH_AWS_FAILED_THROTTLED, /* the service asks to slow down */
    KH_AWS_FAILED_TRANSIENT, /* it failed, or the connection did */
    KH_AWS_FAILED_TIMEOUT,   /* there was no answer in time */
    KH_AWS_FAILURE_COUNT
};

struct kh_aws_retry_mode {
    unsigned max_attempts;
    int64_t base_ms[KH_AWS_FAILURE_COUNT]; /* the first pause is shorter than this */
    int64_t longest_ms;                    /* and every one than this */
    unsigned cost[KH_AWS_FAILURE_COUNT];   /* of a retry, in tokens of the quota */
    bool heeds_retry_after;                /* x-amz-retry-after */
};

/* For a client of `service`: the figures of today's SDKs, or those of 2026. Static. */
const struct kh_aws_retry_mode *kh_aws_retry_mode(const char *service, bool of_2026);

/* x-amz-retry-after makes a pause longer by no more than this. */
#define KH_AWS_RETRY_AFTER_LIMIT_MS 5000

/*
 * How long to wait before retry number `retry` (from 0), with full jitter: `random` in [0, 1).
 * `retry_after_ms` is what the answer asks for; below 0: it does not.
 */
int64_t kh_aws_retry_delay_ms(const struct kh_aws_retry_mode *mode, enum kh_aws_failure failure,
                              unsigned retry, int64_t retry_after_ms, double random);

/* One per client: when a service fails for all callers, few of them go on asking. */
struct kh_aws_retry_quota {
    pthread_mutex_t lock;
    unsigned tokens;
};

#define KH_AWS_RETRY_QUOTA 500

enum kh_status kh_aws_retry_quota_init(struct kh_aws_retry_quota *quota,
                                       struct kh_error *error) KH_MUST_USE;
void kh_aws_retry_quota_clean_up(struct kh_aws_retry_quota *quota);

/* False, and nothing is taken, when there are not so many. */
bool kh_aws_retry_quota_take(struct kh_aws_retry_quota *quota, unsigned tokens);
/* A call succeeded; `tokens` is what its last retry took, 0 when it made none. */
void kh_aws_retry_quota_give_back(struct kh_aws_retry_quota *quota, unsigned tokens);

#endif
