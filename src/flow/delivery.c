/* Trying, halving, giving up. */
#include "flow/delivery.h"

#include <string.h>

#include "flow/give_up.h"

#define FIRST_PAUSE_MS INT64_C(100)
#define LONGEST_PAUSE_MS INT64_C(20000)

/* What is kept of a try while the observer is told. */
struct attempt {
    const struct kh_batch_observer *observer;
    struct kh_event event; /* of the record that failed */
    struct kh_error why;
    bool has_failed;
};

void kh_delivery_begin(struct kh_delivery *delivery, const struct kh_record *records, size_t count,
                       uint64_t seed)
{
    *delivery = (struct kh_delivery){
        .records = records, .count = count, .end = count, .random = seed * 2 + 1
    };
}

/* ---- Pauses -------------------------------------------------------------------------------- */

/* The upper half at least, so that it grows; the rest by chance, so that shards don't come together. */
static int64_t next_pause_ms(struct kh_delivery *delivery)
{
    unsigned doublings = delivery->failures < 16 ? delivery->failures : 16;
    int64_t pause_ms = FIRST_PAUSE_MS << doublings;

    if (pause_ms > LONGEST_PAUSE_MS) {
        pause_ms = LONGEST_PAUSE_MS;
    }
    delivery->failures++;
    delivery->random = delivery->random * UINT64_C(6364136223846793005) + 1442695040888963407U;
    return pause_ms / 2 + (int64_t)((delivery->random >> 33) % (uint64_t)(pause_ms / 2 + 1));
}

/* ---- Progress ------------------------------------------------------------------------------ */

/* What comes next has all its attempts, and is tried together again. */
static void settle(struct kh_delivery *delivery, size_t count)
{
    if (count == 0) {
        return;
    }
    delivery->settled += count;
    delivery->attempts = 0;
    delivery->failures = 0;
    if (delivery->settled == delivery->end) {
        delivery->end = delivery->count;
    }
}

/* The first of those in hand becomes a dead letter; false when it could not be written. */
static bool give_up_first(struct kh_delivery *delivery, const struct kh_delivery_tools *tools,
                          struct kh_event event, const struct kh_error *why,
                          const struct kh_batch_observer *observer)
{
    struct kh_error error;

    kh_error_clear(&error);
    if (kh_batch_give_up(tools->batch, &delivery->records[delivery->settled], event, why,
                         tools->log, observer, &error) != KH_OK) {
        KH_LOG(tools->log, KH_ERROR, "a record can't be given up, and is tried again",
               KH_LOG_FIELD_STR("reason", kh_str_from(error.reason)));
        return false;
    }
    settle(delivery, 1);
    return true;
}

/* ---- Too old ------------------------------------------------------------------------------- */

static bool is_too_old(const struct kh_record *record, const struct kh_delivery_policy *policy,
                       int64_t now_ms)
{
    return policy->max_age_ms > 0 && record->arrival_ms > 0 &&
           now_ms - record->arrival_ms > policy->max_age_ms;
}

/* Records that are never tried again. False when a dead letter could not be written. */
static bool give_up_old(struct kh_delivery *delivery, const struct kh_delivery_policy *policy,
                        const struct kh_delivery_tools *tools, int64_t now_ms,
                        const struct kh_batch_observer *observer)
{
    static const struct kh_event unknown = { .id = KH_STR_INIT(""), .type = KH_STR_INIT("") };
    struct kh_error why;

    while (!kh_delivery_is_over(delivery) &&
           is_too_old(&delivery->records[delivery->settled], policy, now_ms)) {
        kh_error_clear(&why);
        (void)kh_fail(
            &why, KH_AGE_EXCEEDED, "RecordAgeExceeded: it came %lld s ago",
            (long long)((now_ms - delivery->records[delivery->settled].arrival_ms) / 1000));
        if (!give_up_first(delivery, tools, unknown, &why, observer)) {
            return false;
        }
    }
    return true;
}

/* ---- Attempts ------------------------------------------------------------------------------ */

static void observe(void *context, const struct kh_outcome *outcome)
{
    struct attempt *attempt = context;

    if (outcome->verdict != KH_VERDICT_RETRY) {
        if (attempt->observer != NULL) {
            attempt->observer->outcome(attempt->observer->context, outcome);
        }
    } else if (!attempt->has_failed) {
        attempt->has_failed = true;
        attempt->event = outcome->event;
        attempt->why.status = outcome->status;
        if (outcome->error != NULL) {
            attempt->why = *outcome->error;
        }
    }
}

/* How many were settled: those before the one that failed. */
static size_t count_done(const struct kh_delivery *delivery, const struct kh_batch_result *result)
{
    size_t at = delivery->settled;

    if (result->failed == NULL) {
        return delivery->end - at;
    }
    while (at < delivery->end && !kh_str_equal(delivery->records[at].id, result->failed->id)) {
        at++;
    }
    return at - delivery->settled;
}

/* All that were tried together have had their attempts. */
static bool give_up_failed(struct kh_delivery *delivery, const struct kh_delivery_tools *tools,
                           const struct attempt *attempt)
{
    struct kh_event event = attempt->event;
    struct kh_error why;
    size_t end = delivery->end;

    kh_error_clear(&why);
    (void)kh_fail(&why, KH_ATTEMPTS_EXHAUSTED, "RetryAttemptsExhausted: after %u, %s: %s",
                  delivery->attempts, kh_status_name(attempt->why.status),
                  attempt->why.reason[0] != '\0' ? attempt->why.reason
                                                 : kh_status_text(attempt->why.status));
    while (delivery->settled < end) {
        if (!give_up_first(delivery, tools, event, &why, attempt->observer)) {
            return false;
        }
        event = (struct kh_event){ .id = KH_STR_INIT(""), .type = KH_STR_INIT("") };
    }
    return true;
}

/* The first record in hand failed. Returns the pause before the next try. */
static int64_t fail(struct kh_delivery *delivery, const struct kh_delivery_policy *policy,
                    const struct kh_delivery_tools *tools, const struct attempt *attempt)
{
    size_t count = delivery->end - delivery->settled;

    if (policy->bisect && count > 1) {
        delivery->end = delivery->settled + count / 2;
        return next_pause_ms(delivery);
    }
    delivery->attempts++;
    if (policy->max_attempts != 0 && delivery->attempts >= policy->max_attempts &&
        give_up_failed(delivery, tools, attempt)) {
        return 0;
    }
    return next_pause_ms(delivery);
}

/*
 * The records in hand, opened: copies, since another try begins with what was delivered. KH_NO_MEMORY, as
 * attempt->why has it.
 */
static enum kh_status open_records(const struct kh_delivery *delivery,
                                   const struct kh_delivery_tools *tools, struct attempt *attempt,
                                   struct kh_records *out)
{
    const struct kh_record *first = &delivery->records[delivery->settled];
    struct kh_arena *arena = kh_batch_arena(tools->batch);

    out->count = delivery->end - delivery->settled;
    out->items = kh_arena_alloc(arena, out->count * sizeof *out->items);
    if (out->items == NULL) {
        return kh_fail(&attempt->why, KH_NO_MEMORY, "no memory for a batch");
    }
    memcpy(out->items, first, out->count * sizeof *out->items);
    out->all_objects = true;
    for (size_t i = 0; i < out->count; i++) {
        out->all_objects = out->all_objects && kh_str_begins(first[i].data, '{');
    }
    return kh_open(tools->opener, arena, &attempt->why, out);
}

/* Returns how many of the records in hand were settled. */
static size_t run_batch(const struct kh_delivery *delivery, const struct kh_delivery_tools *tools,
                        struct attempt *attempt, struct kh_batch_result *result)
{
    const struct kh_batch_observer observer = { observe, attempt };
    struct kh_records records = { 0 };

    if (open_records(delivery, tools, attempt, &records) != KH_OK) {
        return 0;
    }
    if (kh_batch_run(tools->batch, records.items, records.count, INT64_MAX, tools->log, &observer,
                     result) != KH_OK) {
        attempt->why.status = KH_NO_MEMORY;
        return 0;
    }
    return count_done(delivery, result);
}

void kh_delivery_try(struct kh_delivery *delivery, const struct kh_delivery_policy *policy,
                     const struct kh_delivery_tools *tools,
                     const struct kh_batch_observer *observer, struct kh_delivery_result *out)
{
    struct attempt attempt = { .observer = observer };
    size_t tried;
    size_t done;

    kh_error_clear(&attempt.why);
    *out = (struct kh_delivery_result){ .pause_ms = 0 };
    if (!give_up_old(delivery, policy, tools, kh_clock_wall_ms(tools->clock), observer)) {
        out->pause_ms = next_pause_ms(delivery);
        return;
    }
    if (kh_delivery_is_over(delivery)) {
        return;
    }
    tried = delivery->end - delivery->settled;
    done = run_batch(delivery, tools, &attempt, &out->batch);
    settle(delivery, done);
    if (done == tried) {
        return;
    }
    /* Bisecting splits where it failed, which is no attempt of those behind. */
    out->pause_ms = done > 0 && policy->bisect ? next_pause_ms(delivery)
                                               : fail(delivery, policy, tools, &attempt);
}
