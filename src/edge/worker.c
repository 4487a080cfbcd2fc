/*
 * The verb `worker`: a stream through the handlers in this one process. Threads take turns at shards; the first
 * thread waits for the end of it all.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/stop.h"
#include "edge/shard_table.h"
#include "edge/summary.h"
#include "edge/verbs.h"
#include "kh/alloc.h"

#define DISCOVERY_PAUSE_MS 30000
#define START_TIMEOUT_MS 30000

struct worker {
    struct kh_startup startup;
    const struct kh_options *options;
    struct kh_consumer consumer;
    struct kh_stop stop;
    struct kh_shard_table table;
    struct kh_shard_source source;
    struct kh_batch_observer observer;
    struct kh_arena arena; /* of what the source is told at its start */
    bool has_begun;        /* the shards were listed once; of the thread that discovers */
    unsigned failures;     /* of discoveries */

    pthread_mutex_t lock; /* of what follows */
    struct kh_summary summary;
    bool failed;
    struct kh_error why;
};

struct worker_thread {
    struct worker *worker;
    struct kh_shard_tools tools;
    pthread_t thread;
    bool is_started;
};

/* ---- What all threads tell ----------------------------------------------------------------- */

static void add_outcome(void *context, const struct kh_outcome *outcome)
{
    struct worker *worker = context;

    pthread_mutex_lock(&worker->lock);
    kh_summary_add(&worker->summary, outcome);
    pthread_mutex_unlock(&worker->lock);
}

/* Nobody goes on; the first reason is told. */
static void give_up(struct worker *worker, const struct kh_error *why)
{
    pthread_mutex_lock(&worker->lock);
    if (!worker->failed) {
        worker->failed = true;
        worker->why = *why;
    }
    pthread_mutex_unlock(&worker->lock);
    kh_stop_request(&worker->stop);
}

static bool must_stop(void *context)
{
    struct worker *worker = context;

    return kh_shard_table_is_stopped(&worker->table);
}

/* ---- Discovery ----------------------------------------------------------------------------- */

/* Where the consumer began is kept, so that it is the same for shards that come later. */
static enum kh_status find_beginning(struct worker *worker, const struct kh_call *call)
{
    static const struct kh_str of_consumer = KH_STR_INIT("");
    const struct kh_checkpoint wanted = { .from_ms = worker->consumer.from_ms,
                                          .sequence_number = KH_STR("") };
    struct kh_checkpoint found;

    KH_TRY(kh_checkpoints_read(&worker->source.checkpoints, call, &of_consumer, 1, &found));
    worker->source.from_ms = found.id.length > 0 ? found.from_ms : wanted.from_ms;
    return found.id.length > 0 ? KH_OK
                               : kh_checkpoints_write(&worker->source.checkpoints, call,
                                                      of_consumer, NULL, &wanted);
}

/* Moves those that are not known yet to the front; *count becomes their number. */
static void find_new(struct worker *worker, struct kh_kinesis_shards *shards)
{
    size_t count = 0;

    for (size_t i = 0; i < shards->count; i++) {
        if (!kh_shard_table_has(&worker->table, shards->items[i].id)) {
            shards->items[count++] = shards->items[i];
        }
    }
    shards->count = count;
}

static enum kh_status add_shards(struct worker *worker, const struct kh_call *call,
                                 const struct kh_kinesis_shards *shards)
{
    struct kh_str *ids = kh_arena_alloc(call->arena, (shards->count + 1) * sizeof *ids);
    struct kh_checkpoint *kept = kh_arena_alloc(call->arena, (shards->count + 1) * sizeof *kept);

    if (ids == NULL || kept == NULL) {
        return kh_fail(call->error, KH_NO_MEMORY, "no memory for shards");
    }
    if (shards->count == 0) {
        return KH_OK;
    }
    for (size_t i = 0; i < shards->count; i++) {
        ids[i] = shards->items[i].id;
    }
    KH_TRY(kh_checkpoints_read(&worker->source.checkpoints, call, ids, shards->count, kept));
    for (size_t i = 0; i < shards->count; i++) {
        if (kh_shard_table_add(&worker->table, &shards->items[i], &kept[i]) != KH_OK) {
            return kh_fail(call->error, KH_NO_MEMORY, "no memory for shards");
        }
        KH_LOG(worker->source.log, KH_INFO, "a shard was found",
               KH_LOG_FIELD_STR("shardId", shards->items[i].id),
               KH_LOG_FIELD_STR("checkpoint", kept[i].sequence_number),
               KH_LOG_FIELD_BOOL("finished", kept[i].finished));
    }
    return KH_OK;
}

static enum kh_status list_shards(struct worker *worker, const struct kh_call *call)
{
    struct kh_kinesis_shards shards;

    if (!worker->has_begun) {
        KH_TRY(find_beginning(worker, call));
        worker->has_begun = true;
    }
    KH_TRY(kh_kinesis_list_shards(worker->source.stream, call, &shards));
    find_new(worker, &shards);
    return add_shards(worker, call, &shards);
}

static void discover(struct worker *worker, struct kh_arena *scratch)
{
    struct kh_error error;
    const struct kh_call call = { .arena = scratch,
                                  .error = &error,
                                  .log = worker->source.log,
                                  .deadline_ms = kh_clock_wall_ms(worker->startup.options.clock) +
                                                 KH_SHARD_CALL_MS };
    int64_t pause_ms = DISCOVERY_PAUSE_MS;
    enum kh_status status;

    kh_error_clear(&error);
    status = list_shards(worker, &call);
    kh_arena_reset(scratch);
    if (status == KH_OK) {
        worker->failures = 0;
    } else if (kh_shard_failure_passes(status)) {
        pause_ms = kh_shard_back_off_ms(worker->failures++);
        KH_LOG(worker->source.log, KH_WARN, "the shards can't be listed for now",
               KH_LOG_FIELD_STR("reason", kh_str_from(error.reason)),
               KH_LOG_FIELD_INT("pauseMs", pause_ms));
    } else {
        (void)kh_fail(&error, status, "%s", kh_status_text(status));
        give_up(worker, &error);
    }
    kh_shard_table_discovered(&worker->table, status == KH_OK, pause_ms);
}

/* ---- Threads ------------------------------------------------------------------------------- */

static void take_turn(struct worker_thread *thread, struct kh_shard *shard)
{
    struct worker *worker = thread->worker;
    int64_t pause_ms;
    struct kh_error error;
    enum kh_turn turn;

    kh_error_clear(&error);
    turn = kh_shard_reader_turn(&shard->reader, &worker->source, &thread->tools, &pause_ms, &error);
    if (turn == KH_TURN_FAILED) {
        give_up(worker, &error);
    } else if (turn == KH_TURN_FINISHED) {
        KH_LOG(worker->source.log, KH_INFO, "a shard was read to its end",
               KH_LOG_FIELD_STR("shardId", shard->id));
        kh_shard_reader_clean_up(&shard->reader);
    }
    kh_shard_table_give_back(&worker->table, shard, turn == KH_TURN_FINISHED, pause_ms);
}

static void *run_thread(void *context)
{
    struct worker_thread *thread = context;
    struct worker *worker = thread->worker;
    struct kh_shard *shard = NULL;
    enum kh_shard_task task;

    while ((task = kh_shard_table_take(&worker->table, &shard)) != KH_TASK_STOP) {
        if (task == KH_TASK_DISCOVER) {
            discover(worker, &thread->tools.scratch);
        } else {
            take_turn(thread, shard);
        }
        if (worker->options->consumer.until_idle && kh_shard_table_is_idle(&worker->table)) {
            kh_stop_request(&worker->stop);
        }
    }
    return NULL;
}

static enum kh_status start_threads(struct worker *worker, struct worker_thread *threads,
                                    struct kh_error *error)
{
    for (size_t i = 0; i < worker->consumer.threads; i++) {
        struct worker_thread *thread = &threads[i];

        thread->worker = worker;
        kh_arena_init(&thread->tools.scratch);
        kh_json_writer_init(&thread->tools.writer);
        thread->tools.batch = kh_batch_new(&worker->startup.options);
        thread->tools.opener = kh_opener_new(&worker->startup.opening);
        if (thread->tools.batch == NULL || thread->tools.opener == NULL) {
            return kh_fail(error, KH_NO_MEMORY, "no memory for a batch");
        }
        if (pthread_create(&thread->thread, NULL, run_thread, thread) != 0) {
            return kh_fail(error, KH_NO_MEMORY, "no thread for shards; fewer with --threads");
        }
        thread->is_started = true;
    }
    return KH_OK;
}

static void end_threads(struct worker *worker, struct worker_thread *threads)
{
    kh_shard_table_stop(&worker->table);
    for (size_t i = 0; i < worker->consumer.threads; i++) {
        if (threads[i].is_started) {
            pthread_join(threads[i].thread, NULL);
        }
        kh_opener_destroy(threads[i].tools.opener);
        if (threads[i].tools.batch != NULL) {
            kh_batch_destroy(threads[i].tools.batch);
            kh_json_writer_clean_up(&threads[i].tools.writer);
            kh_arena_clean_up(&threads[i].tools.scratch);
        }
    }
}

static void consume(struct worker *worker)
{
    struct worker_thread *threads = kh_calloc(worker->consumer.threads, sizeof *threads);
    struct kh_error error;

    kh_error_clear(&error);
    if (threads == NULL) {
        (void)kh_fail(&error, KH_NO_MEMORY, "no memory for threads");
        give_up(worker, &error);
        return;
    }
    if (start_threads(worker, threads, &error) != KH_OK) {
        give_up(worker, &error);
    }
    (void)kh_stop_wait(&worker->stop, -1);
    KH_LOG(worker->source.log, KH_INFO, "stopping when the batches in hand are done");
    end_threads(worker, threads);
    kh_free(threads);
}

/* ---- Beginning and end --------------------------------------------------------------------- */

static const char *stream_name(const char *stream)
{
    const char *slash = strrchr(stream, '/');

    return slash == NULL ? stream : slash + 1;
}

static enum kh_status open_stream(struct worker *worker, struct kh_error *error)
{
    const struct kh_kinesis_options kinesis = { .stream = worker->options->stream,
                                                .log = worker->startup.log };
    const struct kh_clock *clock = worker->startup.options.clock;
    const struct kh_call call = { .arena = &worker->arena,
                                  .error = error,
                                  .log = worker->startup.log,
                                  .deadline_ms = kh_clock_wall_ms(clock) + START_TIMEOUT_MS };
    const struct kh_dead_letters *target = worker->startup.options.dead_letters;
    struct kh_kinesis_summary summary;

    KH_TRY(kh_kinesis_stream_new(&kinesis, error, &worker->source.stream));
    KH_TRY(kh_kinesis_describe(worker->source.stream, &call, &summary));
    worker->source.arn = summary.arn;
    if (target != NULL && kh_str_equal(target->arn, summary.arn)) {
        return kh_fail(error, KH_BAD_SETTING,
                       "dead letters would go into the stream they come from: %.*s",
                       KH_STR_ARG(summary.arn));
    }
    return KH_OK;
}

static void set_source(struct worker *worker)
{
    worker->observer = (struct kh_batch_observer){ add_outcome, worker };
    worker->source.checkpoints =
        (struct kh_checkpoints){ .store = worker->startup.options.store,
                                 .stream = stream_name(worker->options->stream),
                                 .consumer = worker->consumer.name,
                                 .clock = worker->startup.options.clock };
    worker->source.consumer = &worker->consumer;
    worker->source.startup = &worker->startup;
    worker->source.log = kh_log_named(worker->startup.log, "worker");
    worker->source.observer = &worker->observer;
    worker->source.must_stop = must_stop;
    worker->source.stop_context = worker;
}

static bool print_json(const struct kh_summary *summary)
{
    struct kh_json_writer out;
    enum kh_status status;

    kh_json_writer_init(&out);
    status = kh_summary_write(summary, &out);
    if (status == KH_OK) {
        struct kh_str text = kh_json_writer_text(&out);

        (void)fwrite(text.data, 1, text.length, stdout);
    }
    kh_json_writer_clean_up(&out);
    return status == KH_OK;
}

/* Returns the exit code. */
static int report(struct worker *worker)
{
    bool fine = true;

    if (worker->options->json) {
        fine = print_json(&worker->summary);
    } else {
        kh_summary_print(&worker->summary, stdout);
    }
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        kh_complain("standard output", strerror(errno));
        fine = false;
    }
    if (worker->failed) {
        kh_complain(NULL, worker->why.reason);
    }
    return fine && !worker->failed ? 0 : 1;
}

static int run_opened(struct worker *worker)
{
    int64_t begin_ns = kh_clock_monotonic_ns(worker->startup.options.clock);
    struct kh_error error;
    int code = 1;

    kh_error_clear(&error);
    set_source(worker);
    if (open_stream(worker, &error) != KH_OK ||
        kh_shard_table_init(&worker->table, worker->startup.options.clock, &error) != KH_OK) {
        kh_complain(NULL, error.reason);
    } else {
        KH_LOG(worker->source.log, KH_INFO, "consuming",
               KH_LOG_FIELD_STR("stream", worker->source.arn),
               KH_LOG_FIELD_STR("consumer", kh_str_from(worker->consumer.name)),
               KH_LOG_FIELD_INT("threads", worker->consumer.threads));
        consume(worker);
        worker->summary.seconds =
            (double)(kh_clock_monotonic_ns(worker->startup.options.clock) - begin_ns) / 1e9;
        code = report(worker);
        kh_shard_table_clean_up(&worker->table);
    }
    kh_kinesis_stream_destroy(worker->source.stream);
    return code;
}

static int run(struct worker *worker)
{
    struct kh_error error;
    int code;

    if (kh_consumer_dead_letters(&worker->startup, worker->options, &worker->consumer,
                                 &worker->summary.dead_letters) != KH_OK) {
        return 1;
    }
    kh_error_clear(&error);
    if (kh_stop_init(&worker->stop, &error) != KH_OK) {
        kh_complain(NULL, error.reason);
        return 1;
    }
    if (pthread_mutex_init(&worker->lock, NULL) != 0) {
        kh_complain(NULL, "no memory for a lock");
        code = 1;
    } else {
        code = run_opened(worker);
        pthread_mutex_destroy(&worker->lock);
    }
    kh_stop_clean_up(&worker->stop);
    return code;
}

int kh_worker(const struct kh_service *service, const struct kh_options *options)
{
    struct worker worker = { .options = options };
    int code = 1;

    if (kh_consumer_options(options, service, kh_clock_system(), &worker.consumer) != KH_OK) {
        return 2;
    }
    kh_arena_init(&worker.arena);
    kh_summary_init(&worker.summary);
    if (kh_verb_start(&worker.startup, service, options) == KH_OK &&
        kh_verb_store(&worker.startup) == KH_OK) {
        worker.startup.options.reserve_ms = 0;
        code = run(&worker);
    }
    kh_startup_clean_up(&worker.startup);
    kh_summary_clean_up(&worker.summary);
    kh_arena_clean_up(&worker.arena);
    return code;
}
