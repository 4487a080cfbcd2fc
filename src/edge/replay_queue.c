/*
 * A queue is replayed ten messages at a time. A message is deleted when its record has its final verdict; one
 * whose record fails again stays, and is handed out again when the time is over that it is hidden for.
 */
#include "edge/replay.h"
#include "edge/seen.h"
#include "sqs/queue.h"

/* Nobody else gets a message meanwhile. */
#define HIDDEN_S 300
/* An answer without messages then means that there are none. */
#define WAIT_S 2
#define CALL_TIMEOUT_MS 60000

struct replay_queue {
    struct kh_replay *replay;
    struct kh_sqs_queue *queue;
    struct kh_seen seen; /* messages of before */
    struct kh_sqs_received messages[KH_SQS_MESSAGES];
    size_t count;
    bool is_over[KH_SQS_MESSAGES]; /* the verdict of each is final */
    size_t first_entry;            /* the number of the first of them */
};

/* ---- Messages that stay ----------------------------------------------------------------- */

/* They are where dead letters are to be: nothing needs to be written. */
static enum kh_status let_stay(struct kh_dead_letters *target, const struct kh_dead_letter *letters,
                               size_t count, int64_t deadline_ms, struct kh_error *error)
{
    (void)target;
    (void)letters;
    (void)count;
    (void)deadline_ms;
    (void)error;
    return KH_OK;
}

static void keep(struct kh_dead_letters *target)
{
    (void)target;
}

struct kh_dead_letters *kh_replay_stay(struct kh_replay *replay)
{
    static const struct kh_dead_letters_ops ops = { let_stay, keep };

    replay->stay = (struct kh_dead_letters){ .ops = &ops };
    return &replay->stay;
}

/* ---- Ten of them ------------------------------------------------------------------------ */

static struct kh_call call_of(const struct replay_queue *queue, struct kh_error *error)
{
    struct kh_handling *handling = &queue->replay->handling;

    return (struct kh_call){ .arena = kh_batch_arena(handling->batch),
                             .error = error,
                             .log = kh_log_named(handling->startup.log, "replay"),
                             .deadline_ms = kh_clock_wall_ms(handling->startup.options.clock) +
                                            CALL_TIMEOUT_MS };
}

/* Those that were not received before; the others are through. */
static enum kh_status receive(struct replay_queue *queue, struct kh_error *error)
{
    const struct kh_call call = call_of(queue, error);
    size_t count;

    KH_TRY(kh_sqs_receive(queue->queue, &call, WAIT_S, HIDDEN_S, queue->messages, &count));
    queue->count = 0;
    for (size_t i = 0; i < count; i++) {
        bool before;

        if (kh_seen_add(&queue->seen, queue->messages[i].id, &before) != KH_OK) {
            return kh_fail(error, KH_NO_MEMORY, "out of memory");
        }
        if (!before) {
            queue->messages[queue->count++] = queue->messages[i];
        }
    }
    return KH_OK;
}

/* A message may turn out to hold several records: all of them must be over. */
static void take_outcome(void *context, const struct kh_outcome *outcome)
{
    struct replay_queue *queue = context;

    if (outcome->verdict != KH_VERDICT_DONE && outcome->verdict != KH_VERDICT_SKIPPED) {
        queue->is_over[outcome->record->position - queue->first_entry] = false;
    }
}

static enum kh_status delete (struct replay_queue *queue, struct kh_error *error) {
    const struct kh_call call = call_of(queue, error); struct kh_str receipts[KH_SQS_MESSAGES];
    size_t count = 0;

    for (size_t i = 0; i < queue->count;
         i++){ if (queue->is_over[i]){ receipts[count++] = queue->messages[i].receipt; }
}
return count == 0 ? KH_OK : kh_sqs_delete(queue->queue, &call, receipts, count);
}

static enum kh_status handle(struct replay_queue *queue, struct kh_error *error)
{
    const struct kh_batch_observer observer = { take_outcome, queue };
    struct kh_handling *handling = &queue->replay->handling;
    struct kh_records records;

    queue->first_entry = queue->replay->entries;
    KH_TRY(kh_replay_begin(queue->replay, queue->count, &records, error));
    for (size_t i = 0; i < queue->count; i++) {
        KH_TRY(kh_replay_take(queue->replay, queue->messages[i].body, &records, &queue->is_over[i],
                              error));
    }
    KH_TRY(kh_handling_batch(handling, &records, &observer, error));
    KH_TRY(delete (queue, error));
    kh_progress_show(&handling->progress, 0, 0, handling->summary.total.records);
    return KH_OK;
}

/* ---- All of them ------------------------------------------------------------------------ */

static enum kh_status replay_all(struct replay_queue *queue, struct kh_error *error)
{
    do {
        kh_batch_reset(queue->replay->handling.batch);
        KH_TRY(receive(queue, error));
        KH_TRY(handle(queue, error));
    } while (queue->count > 0 && !kh_handling_is_stopped(&queue->replay->handling));
    return KH_OK;
}

enum kh_status kh_replay_queue(struct kh_replay *replay, const char *url, struct kh_error *error)
{
    struct replay_queue queue = { .replay = replay };
    enum kh_status status;

    KH_TRY(kh_sqs_queue_new(
        &(struct kh_sqs_options){ .url = url,
                                  .log = kh_log_named(replay->handling.startup.log, "sqs") },
        error, &queue.queue));
    status = replay_all(&queue, error);
    kh_seen_clean_up(&queue.seen);
    kh_sqs_queue_destroy(queue.queue);
    return status;
}
