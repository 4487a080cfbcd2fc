/*
 * A client is what its settings say, a pool of connections, and what is learnt from answers: the quota
 * of retries and how far the clocks are apart.
 */
#include "aws/client.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "aws/attempt.h"
#include "aws/connection.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/environment.h"
#include "aws/retry.h"
#include "kh/alloc.h"

#define CONTAINER_BASE "http://169.254.170.2"
#define METADATA_BASE "http://169.254.169.254"
#define ATTEMPT_TIMEOUT_MS 10000L
#define BODY_LIMIT ((size_t)32 * 1024 * 1024)
#define ATTEMPTS_LIMIT 100
/* Signatures are good for 5 minutes before and after. */
#define CLOCK_TOLERANCE_MS (INT64_C(4) * 60 * 1000)

struct kh_aws_client {
    struct kh_aws_environment environment;
    const char *service; /* in the environment's arena */
    struct kh_aws_endpoint endpoint;
    struct kh_aws_provider *provider;
    const struct kh_aws_retry_mode *mode;
    unsigned max_attempts;
    long attempt_timeout_ms;
    struct kh_aws_timing timing;
    struct kh_log log;
    struct kh_aws_pool pool;
    struct kh_aws_retry_quota quota;
    pthread_mutex_t clock_lock;
    int64_t clock_offset_ms; /* what the service's clock is ahead of ours, as far as it matters */
};

/* ---- A client --------------------------------------------------------------------------- */

static enum kh_status copy_text(struct kh_aws_client *client, const char *text,
                                struct kh_error *error, const char **out)
{
    *out = kh_arena_copy(&client->environment.arena, kh_str_from(text)).data;
    return *out != NULL ? KH_OK : kh_fail(error, KH_NO_MEMORY, "out of memory for a client of AWS");
}

static enum kh_status set_attempts(struct kh_aws_client *client, unsigned wanted,
                                   struct kh_error *error)
{
    const char *text = client->environment.values[KH_AWS_MAX_ATTEMPTS];
    size_t digits = text == NULL ? 0 : strspn(text, "0123456789");
    unsigned long value = 0;

    client->max_attempts = wanted != 0 ? wanted : client->mode->max_attempts;
    if (wanted != 0 || text == NULL) {
        return KH_OK;
    }
    if (text[digits] == '\0' && digits <= 3) {
        value = strtoul(text, NULL, 10);
    }
    if (value < 1 || value > ATTEMPTS_LIMIT) {
        return kh_fail(error, KH_BAD_SETTING, "AWS_MAX_ATTEMPTS has to be a number from 1 to %d",
                       ATTEMPTS_LIMIT);
    }
    client->max_attempts = (unsigned)value;
    return KH_OK;
}

static enum kh_status set_provider(struct kh_aws_client *client,
                                   const struct kh_aws_options *options, struct kh_error *error)
{
    const char *of_environment = client->environment.values[KH_AWS_METADATA_ENDPOINT];
    const char *metadata = of_environment != NULL ? of_environment : METADATA_BASE;
    const char *container =
        options->container_base != NULL ? options->container_base : CONTAINER_BASE;
    struct kh_aws_provider_options provider = { .environment = &client->environment,
                                                .timing = client->timing,
                                                .log = client->log };

    KH_TRY(copy_text(client, container, error, &provider.container_base));
    KH_TRY(copy_text(client, metadata, error, &provider.metadata_base));
    return kh_aws_provider_new(&provider, error, &client->provider);
}

/* What needs no cleaning up of its own, and the provider. */
static enum kh_status set_up(struct kh_aws_client *client, const struct kh_aws_options *options,
                             struct kh_error *error)
{
    client->timing = options->timing != NULL ? *options->timing : kh_aws_timing_system();
    client->log = kh_log_named(options->log, "aws");
    client->attempt_timeout_ms =
        options->attempt_timeout_ms != 0 ? options->attempt_timeout_ms : ATTEMPT_TIMEOUT_MS;
    KH_TRY(kh_aws_environment_init(&client->environment, options->service, error));
    KH_TRY(copy_text(client, options->service, error, &client->service));
    client->mode = kh_aws_retry_mode(
        client->service, kh_aws_environment_is_true(&client->environment, KH_AWS_NEW_RETRIES));
    KH_TRY(set_attempts(client, options->max_attempts, error));
    KH_TRY(kh_aws_endpoint_find(&client->environment, client->service, options->region,
                                options->endpoint, error, &client->endpoint));
    return set_provider(client, options, error);
}

static enum kh_status init_locks(struct kh_aws_client *client, size_t body_limit,
                                 struct kh_error *error)
{
    enum kh_status status;

    KH_TRY(kh_aws_retry_quota_init(&client->quota, error));
    status = kh_aws_pool_init(&client->pool, body_limit != 0 ? body_limit : BODY_LIMIT, error);
    if (status == KH_OK && pthread_mutex_init(&client->clock_lock, NULL) != 0) {
        kh_aws_pool_clean_up(&client->pool);
        status = kh_fail(error, KH_NO_MEMORY, "out of memory for a lock");
    }
    if (status != KH_OK) {
        kh_aws_retry_quota_clean_up(&client->quota);
    }
    return status;
}

enum kh_status kh_aws_client_new(const struct kh_aws_options *options, struct kh_error *error,
                                 struct kh_aws_client **out)
{
    struct kh_aws_client *client = kh_calloc(1, sizeof *client);
    enum kh_status status;

    if (client == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "out of memory for a client of AWS");
    }
    status = kh_http_global_init(error);
    if (status != KH_OK) {
        kh_free(client);
        return status;
    }
    status = init_locks(client, options->body_limit, error);
    if (status != KH_OK) {
        kh_http_global_clean_up();
        kh_free(client);
        return status;
    }
    status = set_up(client, options, error);
    if (status != KH_OK) {
        kh_aws_client_destroy(client);
        return status;
    }
    *out = client;
    return KH_OK;
}

void kh_aws_client_destroy(struct kh_aws_client *client)
{
    if (client == NULL) {
        return;
    }
    kh_aws_provider_destroy(client->provider);
    kh_aws_pool_clean_up(&client->pool);
    kh_aws_retry_quota_clean_up(&client->quota);
    pthread_mutex_destroy(&client->clock_lock);
    kh_aws_environment_clean_up(&client->environment);
    kh_http_global_clean_up();
    kh_free(client);
}

/* ---- The service's clock ---------------------------------------------------------------- */

static int64_t clock_offset_ms(struct kh_aws_client *client)
{
    int64_t offset_ms;

    pthread_mutex_lock(&client->clock_lock);
    offset_ms = client->clock_offset_ms;
    pthread_mutex_unlock(&client->clock_lock);
    return offset_ms;
}

/* Whether what was signed with one time is worth signing with that of the answer. */
static bool correct_clock(struct kh_aws_client *client, const struct kh_aws_outcome *outcome,
                          int64_t used_ms)
{
    int64_t difference_ms = outcome->clock_offset_ms - used_ms;

    if (!outcome->has_clock ||
        (difference_ms <= CLOCK_TOLERANCE_MS && difference_ms >= -CLOCK_TOLERANCE_MS)) {
        return false;
    }
    pthread_mutex_lock(&client->clock_lock);
    client->clock_offset_ms = outcome->clock_offset_ms;
    pthread_mutex_unlock(&client->clock_lock);
    KH_LOG(client->log, KH_WARN, "the clock is wrong, signatures are made with the service's",
           KH_LOG_FIELD_INT("offsetMs", outcome->clock_offset_ms));
    return true;
}

/* ---- A call ----------------------------------------------------------------------------- */

struct call {
    struct kh_aws_client *client;
    const struct kh_aws_request *request;
    struct kh_aws_attempt attempt;
    unsigned attempts;        /* all that were made */
    unsigned last_cost;       /* of the last retry, in tokens */
    bool clock_corrected;     /* once a call, */
    bool credentials_changed; /* and this too */
};

/* "DynamoDB_20120810.GetItem" → "GetItem" */
static const char *operation_of(const struct kh_aws_request *request)
{
    const char *dot = strrchr(request->target, '.');

    return dot == NULL ? request->target : dot + 1;
}

static int64_t time_left_ms(const struct call *call)
{
    return call->request->deadline_ms - kh_clock_wall_ms(call->client->timing.clock);
}

static void log_retry(const struct call *call, const struct kh_aws_outcome *outcome,
                      int64_t delay_ms)
{
    KH_LOG(call->client->log, KH_DEBUG, "an attempt failed and is repeated",
           KH_LOG_FIELD_STR("operation", kh_str_from(operation_of(call->request))),
           KH_LOG_FIELD_STR("reason", kh_str_from(outcome->why.reason)),
           KH_LOG_FIELD_INT("attempt", call->attempts), KH_LOG_FIELD_INT("delayMs", delay_ms));
}

/* Sleeps before the next attempt; false if there is none: too many, too costly, or too late. */
static bool pause_and_repeat(struct call *call, const struct kh_aws_outcome *outcome)
{
    struct kh_aws_client *client = call->client;
    const struct kh_aws_timing *timing = &client->timing;
    unsigned cost = client->mode->cost[outcome->failure];
    int64_t delay_ms;

    if (call->attempt.number >= client->max_attempts) {
        return false;
    }
    delay_ms = kh_aws_retry_delay_ms(client->mode, outcome->failure, call->attempt.number - 1,
                                     outcome->retry_after_ms, timing->random(timing->context));
    if (delay_ms >= time_left_ms(call) || !kh_aws_retry_quota_take(&client->quota, cost)) {
        return false;
    }
    log_retry(call, outcome, delay_ms);
    timing->sleep_ms(timing->context, delay_ms);
    call->last_cost = cost;
    call->attempt.number++;
    return true;
}

/* Whether there is to be another attempt. */
static bool goes_on(struct call *call, const struct kh_aws_outcome *outcome)
{
    switch (outcome->next) {
    case KH_AWS_NEXT_REPEAT:
        return pause_and_repeat(call, outcome);
    case KH_AWS_NEXT_CLOCK:
        if (call->clock_corrected ||
            !correct_clock(call->client, outcome, call->attempt.clock_offset_ms)) {
            return false;
        }
        call->clock_corrected = true;
        return true;
    case KH_AWS_NEXT_CREDENTIALS:
        /* They are refused already. */
        if (call->credentials_changed) {
            return false;
        }
        call->credentials_changed = true;
        return true;
    case KH_AWS_NEXT_NOTHING:
        return false;
    }
    return false;
}

/* With credentials and a connection. */
static void attempt_once(struct call *call, struct kh_aws_connection *connection,
                         struct kh_arena *arena, struct kh_aws_outcome *outcome,
                         struct kh_aws_answer *answer)
{
    struct kh_aws_client *client = call->client;
    int64_t left_ms = time_left_ms(call);

    if (left_ms <= 0) {
        *outcome = (struct kh_aws_outcome){ .next = KH_AWS_NEXT_NOTHING, .status = KH_TIMEOUT };
        kh_error_clear(&outcome->why);
        (void)kh_fail(&outcome->why, KH_TIMEOUT, "no time is left");
        return;
    }
    call->attempts++;
    call->attempt.timeout_ms =
        left_ms < client->attempt_timeout_ms ? (long)left_ms : client->attempt_timeout_ms;
    call->attempt.clock_offset_ms = clock_offset_ms(client);
    kh_aws_attempt_make(&call->attempt, connection, arena, outcome, answer);
    answer->attempts = call->attempts;
}

/* KH_OK when there was an attempt; its outcome says the rest. */
static enum kh_status attempt_with_credentials(struct call *call,
                                               struct kh_aws_connection *connection,
                                               struct kh_arena *arena, struct kh_error *error,
                                               struct kh_aws_outcome *outcome,
                                               struct kh_aws_answer *answer)
{
    struct kh_aws_provider *provider = call->client->provider;
    const struct kh_aws_credentials *credentials;

    KH_TRY(kh_aws_provider_get(provider, call->request->deadline_ms, error, &credentials));
    call->attempt.credentials = credentials;
    attempt_once(call, connection, arena, outcome, answer);
    if (outcome->next == KH_AWS_NEXT_CREDENTIALS) {
        kh_aws_provider_refuse(provider, credentials);
    }
    kh_aws_provider_release(provider, credentials);
    return KH_OK;
}

/* What an attempt before the last one was answered with. */
static void forget_strings(struct kh_aws_answer *answer)
{
    answer->code = 0;
    answer->body = KH_STR("");
    answer->error_type = KH_STR("");
    answer->error_message = KH_STR("");
}

/* All attempts, on one connection. */
static enum kh_status run(struct call *call, struct kh_aws_connection *connection,
                          struct kh_arena *arena, struct kh_error *error,
                          struct kh_aws_answer *answer)
{
    struct kh_aws_client *client = call->client;
    struct kh_arena_mark mark = kh_arena_mark(arena);
    struct kh_aws_outcome outcome;

    for (;;) {
        KH_TRY(attempt_with_credentials(call, connection, arena, error, &outcome, answer));
        if (!goes_on(call, &outcome)) {
            break;
        }
        kh_arena_release(arena, mark);
        forget_strings(answer);
    }
    if (outcome.status == KH_OK) {
        kh_aws_retry_quota_give_back(&client->quota, call->last_cost);
        return KH_OK;
    }
    return kh_fail(error, outcome.status, "%s %s: %s%s", client->service,
                   operation_of(call->request), outcome.why.reason,
                   call->attempts > 1 ? ", after more than one attempt" : "");
}

enum kh_status kh_aws_call(struct kh_aws_client *client, const struct kh_aws_request *request,
                           struct kh_arena *arena, struct kh_error *error,
                           struct kh_aws_answer *answer)
{
    struct call call = { .client = client,
                         .request = request,
                         .attempt = { .request = request,
                                      .service = client->service,
                                      .endpoint = &client->endpoint,
                                      .clock = client->timing.clock,
                                      .number = 1,
                                      .max = client->max_attempts } };
    struct kh_aws_connection *connection;
    enum kh_status status;

    *answer = (struct kh_aws_answer){ 0 };
    forget_strings(answer);
    KH_TRY(kh_uuid_make(error, call.attempt.id));
    KH_TRY(kh_aws_pool_take(&client->pool, error, &connection));
    status = run(&call, connection, arena, error, answer);
    kh_aws_pool_give_back(&client->pool, connection);
    return status;
}

enum kh_status kh_aws_client_back_off(struct kh_aws_client *client, unsigned retry,
                                      int64_t deadline_ms, struct kh_error *error)
{
    const struct kh_aws_timing *timing = &client->timing;
    int64_t delay_ms = kh_aws_retry_delay_ms(client->mode, KH_AWS_FAILED_THROTTLED, retry, -1,
                                             timing->random(timing->context));

    if (kh_clock_wall_ms(timing->clock) + delay_ms >= deadline_ms) {
        return kh_fail(error, KH_THROTTLED,
                       "%s has left work undone, and no time is left to ask again",
                       client->service);
    }
    timing->sleep_ms(timing->context, delay_ms);
    return KH_OK;
}
