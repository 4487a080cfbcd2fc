/* Full jitter below an exponential bound, and a bucket of tokens that retries empty. */
#include "aws/retry.h"

#include <string.h>

/* Throttled, transient, timeout. */
static const struct kh_aws_retry_mode classic = {
    .max_attempts = 3, .base_ms = { 1000, 1000, 1000 }, .longest_ms = 20000, .cost = { 5, 5, 10 }
};
static const struct kh_aws_retry_mode of_2026_dynamodb = { .max_attempts = 4,
                                                           .base_ms = { 1000, 25, 25 },
                                                           .longest_ms = 20000,
                                                           .cost = { 5, 14, 14 },
                                                           .heeds_retry_after = true };
static const struct kh_aws_retry_mode of_2026_other = { .max_attempts = 3,
                                                        .base_ms = { 1000, 50, 50 },
                                                        .longest_ms = 20000,
                                                        .cost = { 5, 14, 14 },
                                                        .heeds_retry_after = true };

const struct kh_aws_retry_mode *kh_aws_retry_mode(const char *service, bool of_2026)
{
    if (!of_2026) {
        return &classic;
    }
    return strcmp(service, "dynamodb") == 0 ? &of_2026_dynamodb : &of_2026_other;
}

int64_t kh_aws_retry_delay_ms(const struct kh_aws_retry_mode *mode, enum kh_aws_failure failure,
                              unsigned retry, int64_t retry_after_ms, double random)
{
    int64_t bound = mode->base_ms[failure];
    int64_t delay;

    for (unsigned i = 0; i < retry && bound < mode->longest_ms; i++) {
        bound *= 2;
    }
    bound = bound < mode->longest_ms ? bound : mode->longest_ms;
    delay = (int64_t)(random * (double)bound);
    if (mode->heeds_retry_after && retry_after_ms > delay) {
        int64_t longest = delay + KH_AWS_RETRY_AFTER_LIMIT_MS;

        delay = retry_after_ms < longest ? retry_after_ms : longest;
    }
    return delay;
}

enum kh_status kh_aws_retry_quota_init(struct kh_aws_retry_quota *quota, struct kh_error *error)
{
    quota->tokens = KH_AWS_RETRY_QUOTA;
    if (pthread_mutex_init(&quota->lock, NULL) != 0) {
        return kh_fail(error, KH_NO_MEMORY, "out of memory for a lock");
    }
    return KH_OK;
}

void kh_aws_retry_quota_clean_up(struct kh_aws_retry_quota *quota)
{
    pthread_mutex_destroy(&quota->lock);
}

bool kh_aws_retry_quota_take(struct kh_aws_retry_quota *quota, unsigned tokens)
{
    bool enough;

    pthread_mutex_lock(&quota->lock);
    enough = quota->tokens >= tokens;
    quota->tokens -= enough ? tokens : 0;
    pthread_mutex_unlock(&quota->lock);
    return enough;
}

void kh_aws_retry_quota_give_back(struct kh_aws_retry_quota *quota, unsigned tokens)
{
    pthread_mutex_lock(&quota->lock);
    quota->tokens += tokens == 0 ? 1 : tokens;
    quota->tokens = quota->tokens < KH_AWS_RETRY_QUOTA ? quota->tokens : KH_AWS_RETRY_QUOTA;
    pthread_mutex_unlock(&quota->lock);
}
