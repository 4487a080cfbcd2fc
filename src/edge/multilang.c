/*
 * The verb `multilang`: one shard, as a child of the MultiLangDaemon, which has the leases, the shards, and the
 * checkpoints. It sends an action and waits for its status; a checkpoint is asked for after every batch that is
 * done, and in the midst of one before it waits for a record that fails: then whoever comes next begins there.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "edge/consumer.h"
#include "edge/daemon_pipe.h"
#include "edge/daemon_properties.h"
#include "edge/verbs.h"

#define CHECKPOINT_TRIES 6
#define CHECKPOINT_PAUSE_MS 200

struct processor {
    struct kh_startup startup;
    struct kh_consumer consumer;
    struct kh_daemon_pipe pipe;
    struct kh_batch *batch;
    struct kh_opener *opener;
    struct kh_arena arena; /* of messages that come within an action */
    struct kh_log log;
    struct kh_error error;
    char shard_id[160];
    bool is_lost; /* somebody else has the shard: nothing is done any more */
    bool is_over; /* the daemon is gone */
};

/* ---- Checkpoints --------------------------------------------------------------------------- */

enum answer { KEPT, TRY_AGAIN, LOST, GIVEN_UP };

static enum answer judge(struct kh_str error)
{
    if (error.length == 0) {
        return KEPT;
    }
    if (kh_str_equal(error, KH_STR("ShutdownException"))) {
        return LOST;
    }
    return kh_str_equal(error, KH_STR("ThrottlingException")) ||
                   kh_str_equal(error, KH_STR("KinesisClientLibDependencyException"))
               ? TRY_AGAIN
               : GIVEN_UP;
}

/* Asks once, and waits for the answer. */
static enum kh_status ask(struct processor *processor, const struct kh_record *record,
                          enum answer *answer)
{
    struct kh_multilang_message message;
    bool is_over;

    kh_arena_reset(&processor->arena);
    KH_TRY(kh_daemon_pipe_checkpoint(&processor->pipe, record, &processor->error));
    KH_TRY(kh_daemon_pipe_read(&processor->pipe, &processor->arena, &processor->error, &message,
                               &is_over));
    if (is_over) {
        processor->is_over = true;
        return kh_fail(&processor->error, KH_IO, "the daemon ended before it kept a checkpoint");
    }
    if (message.action != KH_MULTILANG_CHECKPOINT) {
        return kh_fail(&processor->error, KH_INVALID,
                       "the daemon answered a checkpoint with \"%.*s\"",
                       message.name.length > 40 ? 40 : (int)message.name.length, message.name.data);
    }
    *answer = judge(message.error);
    if (*answer != KEPT) {
        KH_LOG(processor->log, *answer == LOST ? KH_INFO : KH_WARN, "a checkpoint was not kept",
               KH_LOG_FIELD_STR("shardId", kh_str_from(processor->shard_id)),
               KH_LOG_FIELD_STR("error", message.error));
    }
    return KH_OK;
}

/*
 * NULL: the end of the shard. Only a failed pipe is a failure: a checkpoint that is not kept is made up for by
 * the next one, or its records come again.
 */
static enum kh_status checkpoint(struct processor *processor, const struct kh_record *record)
{
    enum answer answer = TRY_AGAIN;

    for (unsigned tries = 0; answer == TRY_AGAIN && tries < CHECKPOINT_TRIES; tries++) {
        if (tries > 0 &&
            !kh_daemon_pipe_sleep(&processor->pipe, (int64_t)CHECKPOINT_PAUSE_MS << (tries - 1))) {
            processor->is_over = true;
            return kh_fail(&processor->error, KH_IO,
                           "the daemon ended before it kept a checkpoint");
        }
        KH_TRY(ask(processor, record, &answer));
    }
    processor->is_lost = processor->is_lost || answer == LOST;
    return KH_OK;
}

/* ---- Records ------------------------------------------------------------------------------- */

static void log_batch(const struct processor *processor, const struct kh_batch_result *result,
                      int64_t behind_ms)
{
    KH_LOG(processor->log, KH_DEBUG, "a batch was tried",
           KH_LOG_FIELD_STR("shardId", kh_str_from(processor->shard_id)),
           KH_LOG_FIELD_INT("records", result->records), KH_LOG_FIELD_INT("retry", result->retry),
           KH_LOG_FIELD_INT("millisBehindLatest", behind_ms));
}

/* Until all are settled, or the shard is somebody else's. */
static enum kh_status process(struct processor *processor,
                              const struct kh_multilang_message *message)
{
    struct kh_record *records = message->records.items;
    const struct kh_delivery_tools tools = { .batch = processor->batch,
                                             .opener = processor->opener,
                                             .clock = processor->startup.options.clock,
                                             .log = processor->log };
    struct kh_delivery delivery;
    size_t kept = 0;

    for (size_t i = 0; i < message->records.count; i++) {
        records[i].shard_id = kh_str_from(processor->shard_id);
    }
    kh_delivery_begin(&delivery, records, message->records.count, (uint64_t)message->behind_ms);
    while (!kh_delivery_is_over(&delivery) && !processor->is_lost) {
        struct kh_delivery_result result;

        kh_delivery_try(&delivery, &processor->consumer.policy, &tools, NULL, &result);
        log_batch(processor, &result.batch, message->behind_ms);
        if (delivery.settled > kept) {
            KH_TRY(checkpoint(processor, &records[delivery.settled - 1]));
            kept = delivery.settled;
        }
        if (result.pause_ms > 0 && !kh_daemon_pipe_sleep(&processor->pipe, result.pause_ms)) {
            processor->is_over = true;
            return kh_fail(&processor->error, KH_IO,
                           "the daemon ended while a record was waiting to be tried again");
        }
    }
    return KH_OK;
}

/* ---- Actions ------------------------------------------------------------------------------- */

static void begin_shard(struct processor *processor, const struct kh_multilang_message *message)
{
    size_t length = message->shard_id.length < sizeof processor->shard_id
                        ? message->shard_id.length
                        : sizeof processor->shard_id - 1;

    memcpy(processor->shard_id, message->shard_id.data, length);
    processor->shard_id[length] = '\0';
    KH_LOG(processor->log, KH_INFO, "a shard is begun",
           KH_LOG_FIELD_STR("shardId", kh_str_from(processor->shard_id)),
           KH_LOG_FIELD_STR("checkpoint", message->sequence_number));
}

static enum kh_status act(struct processor *processor, const struct kh_multilang_message *message)
{
    switch (message->action) {
    case KH_MULTILANG_INITIALIZE:
        begin_shard(processor, message);
        return KH_OK;
    case KH_MULTILANG_PROCESS_RECORDS:
        return process(processor, message);
    case KH_MULTILANG_SHARD_ENDED:
        /* Without this one its children would not begin. */
        return checkpoint(processor, NULL);
    case KH_MULTILANG_LEASE_LOST:
        processor->is_lost = true;
        return KH_OK;
    case KH_MULTILANG_SHUTDOWN_REQUESTED: /* every batch had its checkpoint */
        return KH_OK;
    case KH_MULTILANG_CHECKPOINT:
        return kh_fail(&processor->error, KH_INVALID,
                       "the daemon answered a checkpoint that was not asked for");
    case KH_MULTILANG_OTHER:
        KH_LOG(processor->log, KH_WARN, "the daemon wants something unknown, and is answered",
               KH_LOG_FIELD_STR("action", message->name));
        break;
    }
    return KH_OK;
}

/* One action and its status. */
static enum kh_status serve(struct processor *processor)
{
    struct kh_multilang_message message;

    kh_batch_reset(processor->batch);
    kh_error_clear(&processor->error);
    KH_TRY(kh_daemon_pipe_read(&processor->pipe, kh_batch_arena(processor->batch),
                               &processor->error, &message, &processor->is_over));
    if (processor->is_over) {
        return KH_OK;
    }
    KH_TRY(act(processor, &message));
    return kh_daemon_pipe_status(&processor->pipe, message.name, &processor->error);
}

/* Returns the exit code. */
static int run(struct processor *processor)
{
    enum kh_status status = KH_OK;

    processor->batch = kh_batch_new(&processor->startup.options);
    processor->opener = kh_opener_new(&processor->startup.opening);
    if (processor->batch == NULL || processor->opener == NULL) {
        kh_complain(NULL, "out of memory");
        kh_opener_destroy(processor->opener);
        kh_batch_destroy(processor->batch);
        return 1;
    }
    while (status == KH_OK && !processor->is_over) {
        status = serve(processor);
    }
    if (status != KH_OK) {
        KH_LOG(processor->log, KH_FATAL, "the record processor can't go on",
               KH_LOG_FIELD_STR("shardId", kh_str_from(processor->shard_id)),
               KH_LOG_FIELD_STR("reason", kh_str_from(processor->error.reason)));
    }
    kh_opener_destroy(processor->opener);
    kh_batch_destroy(processor->batch);
    return status == KH_OK ? 0 : 1;
}

/* ---- Beginning and end --------------------------------------------------------------------- */

static int start_and_run(struct processor *processor, const struct kh_service *service,
                         const struct kh_options *options)
{
    if (kh_daemon_pipe_init(&processor->pipe, &processor->error) != KH_OK) {
        kh_complain(NULL, processor->error.reason);
        return 1;
    }
    if (kh_verb_start(&processor->startup, service, options) != KH_OK ||
        kh_verb_store(&processor->startup) != KH_OK ||
        kh_consumer_dead_letters(&processor->startup, options, &processor->consumer, NULL) !=
            KH_OK) {
        return 1;
    }
    processor->startup.options.reserve_ms = 0;
    processor->log = kh_log_named(processor->startup.log, "multilang");
    return run(processor);
}

int kh_multilang(const struct kh_service *service, const struct kh_options *options)
{
    struct processor processor = { .is_over = false };
    int code;

    if (kh_consumer_options(options, service, kh_clock_system(), &processor.consumer) != KH_OK) {
        return 2;
    }
    if (options->consumer.properties) {
        return kh_daemon_properties(options, &processor.consumer);
    }
    /* They come to the whole process group; the daemon says what is to be done. */
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGINT, SIG_IGN);
    kh_arena_init(&processor.arena);
    kh_error_clear(&processor.error);
    code = start_and_run(&processor, service, options);
    kh_daemon_pipe_clean_up(&processor.pipe);
    kh_startup_clean_up(&processor.startup);
    kh_arena_clean_up(&processor.arena);
    return code;
}
