/*
 * One set of credentials for all threads. Who finds it too old, while nobody else does, fetches without
 * the lock; the others go on with what there is, or wait until it is over, and share how it ended.
 */
#include "aws/credentials.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "aws/credential_sources.h"
#include "kh/alloc.h"

#define MINUTE_MS (INT64_C(60) * 1000)
/* From then on before expiry one thread fetches; */
#define ADVISORY_MS (15 * MINUTE_MS)
/* and from then on all wait for it. */
#define MANDATORY_MS (10 * MINUTE_MS)
/* After a fetch that did not help there is none for so long, while the credentials are still good. */
#define PAUSE_MS (10 * INT64_C(1000))
/* What the instance's metadata gave last goes on being used when it has nothing better. */
#define STABLE_MS (15 * MINUTE_MS)
#define STABLE_JITTER_MS (8 * MINUTE_MS)
#define STABLE_LEAST_JITTER_MS (2 * MINUTE_MS)

struct kh_aws_provider {
    struct kh_aws_provider_options options;
    pthread_mutex_t lock;
    pthread_cond_t fetched;             /* a fetch is over */
    struct kh_aws_credentials *current; /* NULL before the first fetch; held by the provider */
    int64_t expires_ms;                 /* when current does, as far as we believe it */
    bool from_metadata;                 /* current is */
    bool refused;                       /* current is, by a service */
    bool fetching;                      /* somebody is */
    uint64_t fetches;                   /* how many are over */
    int64_t pause_until_ms;
    struct kh_error last; /* how the last fetch ended */
};

static bool init_threads(struct kh_aws_provider *provider)
{
    pthread_condattr_t attributes;
    bool good;

    if (pthread_condattr_init(&attributes) != 0) {
        return false;
    }
    good = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
           pthread_cond_init(&provider->fetched, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    if (good && pthread_mutex_init(&provider->lock, NULL) != 0) {
        pthread_cond_destroy(&provider->fetched);
        good = false;
    }
    return good;
}

enum kh_status kh_aws_provider_new(const struct kh_aws_provider_options *options,
                                   struct kh_error *error, struct kh_aws_provider **out)
{
    struct kh_aws_provider *provider = kh_calloc(1, sizeof *provider);

    if (provider == NULL || !init_threads(provider)) {
        kh_free(provider);
        return kh_fail(error, KH_NO_MEMORY, "out of memory for credentials");
    }
    provider->options = *options;
    provider->options.log = kh_log_named(options->log, "aws.credentials");
    kh_error_clear(&provider->last);
    *out = provider;
    return KH_OK;
}

void kh_aws_provider_destroy(struct kh_aws_provider *provider)
{
    if (provider == NULL) {
        return;
    }
    kh_aws_credentials_destroy(provider->current);
    pthread_mutex_destroy(&provider->lock);
    pthread_cond_destroy(&provider->fetched);
    kh_free(provider);
}

/* ---- Holding and giving back, with the lock --------------------------------------------- */

static void hold_no_more(struct kh_aws_credentials *credentials)
{
    if (credentials != NULL && --credentials->holders == 0) {
        kh_aws_credentials_destroy(credentials);
    }
}

static const struct kh_aws_credentials *hold(struct kh_aws_provider *provider)
{
    provider->current->holders++;
    return provider->current;
}

void kh_aws_provider_release(struct kh_aws_provider *provider,
                             const struct kh_aws_credentials *credentials)
{
    pthread_mutex_lock(&provider->lock);
    /* Only the provider makes them, and never as constants. */
    hold_no_more((struct kh_aws_credentials *)(uintptr_t)credentials);
    pthread_mutex_unlock(&provider->lock);
}

void kh_aws_provider_refuse(struct kh_aws_provider *provider,
                            const struct kh_aws_credentials *credentials)
{
    pthread_mutex_lock(&provider->lock);
    if (provider->current == credentials) {
        provider->refused = true;
    }
    pthread_mutex_unlock(&provider->lock);
}

/* ---- Fetching --------------------------------------------------------------------------- */

/* Without the lock. From the first source that has some. */
static enum kh_status fetch(struct kh_aws_provider *provider, int64_t deadline_ms,
                            struct kh_error *error, const char **source,
                            struct kh_aws_credentials **out)
{
    const struct kh_aws_provider_options *options = &provider->options;

    *source = "environment";
    KH_TRY(kh_aws_source_environment(options, error, out));
    if (*out == NULL) {
        *source = "profile";
        KH_TRY(kh_aws_source_profile(options, error, out));
    }
    if (*out == NULL) {
        *source = "container";
        KH_TRY(kh_aws_source_container(options, deadline_ms, error, out));
    }
    if (*out == NULL) {
        *source = "metadata";
        KH_TRY(kh_aws_source_metadata(options, deadline_ms, error, out));
    }
    if (*out == NULL) {
        return kh_fail(error, KH_BAD_SETTING,
                       "no credentials: AWS_ACCESS_KEY_ID is not set, profile %s has none, there "
                       "is no container endpoint, and AWS_EC2_METADATA_DISABLED is true",
                       kh_aws_profile_name(options->environment));
    }
    return KH_OK;
}

/* Until when the credentials of before are used on, when there is nothing better. */
static int64_t stable_until(struct kh_aws_provider *provider, int64_t now_ms)
{
    const struct kh_aws_timing *timing = &provider->options.timing;

    return now_ms + STABLE_MS + STABLE_LEAST_JITTER_MS +
           (int64_t)(timing->random(timing->context) * (double)STABLE_JITTER_MS);
}

static void log_fetch(const struct kh_aws_provider *provider, const char *source)
{
    KH_LOG(provider->options.log, KH_DEBUG, "credentials fetched",
           KH_LOG_FIELD_STR("source", kh_str_from(source)));
}

static void log_failure(const struct kh_aws_provider *provider)
{
    KH_LOG(provider->options.log, KH_WARN, "credentials could not be fetched",
           KH_LOG_FIELD_STR("reason", kh_str_from(provider->last.reason)));
}

/* With the lock. What was fetched takes the place of what there was. */
static void take(struct kh_aws_provider *provider, struct kh_aws_credentials *fetched,
                 bool from_metadata, int64_t now_ms)
{
    hold_no_more(provider->current);
    provider->current = fetched;
    provider->refused = false;
    provider->from_metadata = from_metadata;
    provider->expires_ms = fetched->expires_ms;
    if (from_metadata && provider->expires_ms <= now_ms) {
        provider->expires_ms = stable_until(provider, now_ms);
        provider->pause_until_ms = provider->expires_ms;
    }
}

/* With the lock, which is given up meanwhile. */
static void fetch_and_take(struct kh_aws_provider *provider, int64_t deadline_ms)
{
    struct kh_aws_credentials *fetched = NULL;
    const char *source;
    struct kh_error error;
    enum kh_status status;
    int64_t now_ms;

    provider->fetching = true;
    pthread_mutex_unlock(&provider->lock);
    kh_error_clear(&error);
    status = fetch(provider, deadline_ms, &error, &source, &fetched);
    now_ms = kh_clock_wall_ms(provider->options.timing.clock);
    pthread_mutex_lock(&provider->lock);
    provider->fetching = false;
    provider->fetches++;
    provider->last = error;
    provider->pause_until_ms = now_ms + PAUSE_MS;
    if (status == KH_OK) {
        take(provider, fetched, strcmp(source, "metadata") == 0, now_ms);
        log_fetch(provider, source);
    } else {
        log_failure(provider);
        if (provider->from_metadata && provider->expires_ms <= now_ms) {
            provider->expires_ms = stable_until(provider, now_ms);
            provider->pause_until_ms = provider->expires_ms;
        }
    }
    pthread_cond_broadcast(&provider->fetched);
}

/* ---- Asking ----------------------------------------------------------------------------- */

static bool is_usable(const struct kh_aws_provider *provider, int64_t now_ms)
{
    return provider->current != NULL && !provider->refused && now_ms < provider->expires_ms;
}

/* Whether the credentials there are can be taken without a fetch, by this caller. */
static bool is_good_enough(const struct kh_aws_provider *provider, int64_t now_ms)
{
    if (!is_usable(provider, now_ms)) {
        return false;
    }
    if (provider->expires_ms - now_ms > ADVISORY_MS || now_ms < provider->pause_until_ms) {
        return true;
    }
    return provider->expires_ms - now_ms > MANDATORY_MS && provider->fetching;
}

/* With the lock: until another thread's fetch is over. False when it takes too long. */
static bool wait_for_fetch(struct kh_aws_provider *provider, int64_t left_ms)
{
    uint64_t before = provider->fetches;
    struct timespec until;
    int result = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    left_ms = left_ms > 0 ? left_ms : 0;
    until.tv_sec += (time_t)(left_ms / 1000);
    until.tv_nsec += (long)(left_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    while (provider->fetches == before && result != ETIMEDOUT) {
        result = pthread_cond_timedwait(&provider->fetched, &provider->lock, &until);
    }
    return provider->fetches != before;
}

/* With the lock. Leaves the credentials to use in provider->current. */
static enum kh_status need_credentials(struct kh_aws_provider *provider, int64_t deadline_ms,
                                       struct kh_error *error)
{
    const struct kh_clock *clock = provider->options.timing.clock;
    int64_t now_ms = kh_clock_wall_ms(clock);

    while (!is_good_enough(provider, now_ms)) {
        /* What can be done without takes half of the time at most. */
        int64_t until_ms =
            is_usable(provider, now_ms) ? now_ms + (deadline_ms - now_ms) / 2 : deadline_ms;
        bool over = true;

        if (provider->fetching) {
            over = wait_for_fetch(provider, until_ms - now_ms);
        } else {
            fetch_and_take(provider, until_ms);
        }
        now_ms = kh_clock_wall_ms(clock);
        if (is_usable(provider, now_ms)) {
            return KH_OK;
        }
        if (!over) {
            return kh_fail(error, KH_TIMEOUT, "credentials are being fetched, and not there yet");
        }
        if (provider->last.status != KH_OK) {
            return kh_fail(error, provider->last.status, "%s", provider->last.reason);
        }
        if (!provider->refused && provider->current != NULL) {
            return kh_fail(error, KH_BAD_SETTING, "the credentials there are have expired");
        }
    }
    return KH_OK;
}

enum kh_status kh_aws_provider_get(struct kh_aws_provider *provider, int64_t deadline_ms,
                                   struct kh_error *error, const struct kh_aws_credentials **out)
{
    enum kh_status status;

    pthread_mutex_lock(&provider->lock);
    status = need_credentials(provider, deadline_ms, error);
    if (status == KH_OK) {
        *out = hold(provider);
    }
    pthread_mutex_unlock(&provider->lock);
    return status;
}
