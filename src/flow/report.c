/* The end of a batch: each record gets its final verdict, is counted, logged and handed out. */
#include "flow/batch.h"

/* Of those behind the one that failed. */
static const struct kh_error not_started = {
    KH_NOT_STARTED, "", 0, "not started, an earlier record has to be retried first"
};

static void settle(struct kh_batch *batch, size_t index)
{
    struct kh__run *run = &batch->runs[index];

    if (index >= batch->failed) {
        run->verdict = KH_VERDICT_RETRY;
    }
    if (index > batch->failed) {
        run->status = KH_NOT_STARTED;
        run->error = &not_started;
        run->violations = NULL;
    }
}

static void count(struct kh_batch_result *result, const struct kh__run *run)
{
    switch (run->verdict) {
    case KH_VERDICT_DONE:
        if (run->status == KH_OK) {
            result->done++;
        } else {
            result->duplicate++;
        }
        break;
    case KH_VERDICT_SKIPPED:
        result->skipped++;
        break;
    case KH_VERDICT_DEAD_LETTERED:
        result->dead_lettered++;
        break;
    default:
        result->retry++;
        break;
    }
}

/* Where in the record; empty if that is not known, or it is all of it. */
static struct kh_str pointer_of(struct kh_batch *batch, const struct kh__run *run)
{
    const struct kh_violation *first = run->violations == NULL ? NULL : run->violations->first;
    struct kh_str pointer;

    if (run->violations_text.data == NULL ||
        kh__run_pointer(run, first, &batch->arena, &pointer) != KH_OK) {
        return KH_STR("");
    }
    return pointer;
}

static void log_failure(struct kh_batch *batch, const struct kh__run *run, enum kh_level level,
                        const char *message)
{
    struct kh_arena_mark mark = kh_arena_mark(&batch->arena);

    if (kh_log_enabled(batch->log, level)) {
        KH_LOG(batch->log, level, message,
               KH_LOG_FIELD_STR("status", kh_str_from(kh_status_name(run->status))),
               KH_LOG_FIELD_STR("reason", kh_str_from(run->error->reason)),
               KH_LOG_FIELD_STR("pointer", pointer_of(batch, run)),
               KH_LOG_FIELD_INT("position", run->record->position));
        kh_arena_release(&batch->arena, mark);
    }
}

static void log_run(struct kh_batch *batch, size_t index)
{
    const struct kh__run *run = &batch->runs[index];

    if (run->verdict == KH_VERDICT_DONE && !kh_log_enabled(batch->log, KH_DEBUG)) {
        return;
    }
    kh__run_bind(batch, run);
    if (index == batch->failed) {
        log_failure(batch, run, KH_ERROR, "the record has to be retried, with all after it");
    } else if (index > batch->failed) {
        KH_LOG(batch->log, KH_TRACE, "the record was not started");
    } else if (run->verdict == KH_VERDICT_DEAD_LETTERED) {
        log_failure(batch, run, KH_WARN,
                    batch->options.validate_only ? "the record can never succeed"
                                                 : "the record was dead-lettered");
    } else if (run->verdict == KH_VERDICT_SKIPPED) {
        KH_LOG(batch->log, KH_DEBUG, "the record was skipped, no schema for its type");
    } else if (run->status == KH_DUPLICATE) {
        KH_LOG(batch->log, KH_DEBUG, "the event was applied before");
    } else {
        KH_LOG(batch->log, KH_DEBUG, "the event was applied");
    }
}

static void hand_out(const struct kh_batch_observer *observer, const struct kh__run *run)
{
    struct kh_outcome outcome = { .record = run->record,
                                  .event = run->message.event,
                                  .status = run->status,
                                  .verdict = run->verdict,
                                  .error = run->error,
                                  .violations = run->violations,
                                  .violations_text = run->violations_text,
                                  .pointer_prefix = run->pointer_prefix };

    observer->outcome(observer->context, &outcome);
}

void kh__batch_report(struct kh_batch *batch, const struct kh_batch_observer *observer,
                      struct kh_batch_result *result)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct kh__run *run = &batch->runs[i];

        settle(batch, i);
        count(result, run);
        log_run(batch, i);
        if (observer != NULL) {
            hand_out(observer, run);
        }
    }
    kh__run_bind(batch, NULL);
    if (batch->failed < batch->count) {
        result->failed = batch->runs[batch->failed].record;
        result->failed_status = batch->runs[batch->failed].status;
    }
}
