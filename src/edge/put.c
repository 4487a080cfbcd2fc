/*
 * The verb `put`: the events of files into a stream. They go through the same decoding and checks as those
 * that are consumed, with nothing applied; what passes is put, batch by batch.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edge/clean_text.h"
#include "edge/progress.h"
#include "edge/put_aggregates.h"
#include "edge/stores.h"
#include "edge/summary.h"
#include "edge/verbs.h"
#include "kh/open.h"
#include "kh/source.h"
#include "kinesis/put.h"

/* It ends when the stream has taken nothing for so long. */
#define PATIENCE_MS 60000

struct put_files {
    struct kh_startup startup;
    const struct kh_options *options;
    struct kh_kinesis_stream *stream;
    struct kh_opener *opener;
    struct kh_batch *batch;
    struct kh_arena arena; /* for calls */
    struct kh_putter putter;
    struct kh_aggregator *aggregator; /* NULL: each event is a record */
    size_t max_size;                  /* of a record */
    struct kh_summary refused;        /* events that are not put, and why */
    struct kh_progress progress;

    /* Of the batch at hand, in its arena. */
    struct kh_put_record *records; /* an event each */
    size_t *positions;             /* of each, in the file */
    size_t count;
    struct kh_put_record *carriers; /* what is put: these, or the aggregates they are in */
    size_t carrier_count;
    size_t *carrier; /* of each event */

    size_t put;         /* events that are in the stream */
    size_t put_records; /* as so many records */
    size_t left;        /* of those that may be put, when it ended early */
    const char *path;   /* the file at hand */
    bool stopped;       /* the stream takes no more: */
    struct kh_error why;
    const char *stopped_path;
    size_t stopped_position;
    bool failed; /* a file could not be read to its end */
    double seconds;
};

/* ---- Events to records --------------------------------------------------------------------- */

/*
 * Events with the same key keep their order. One without is on its own: its id spreads it over the shards,
 * or, where even that could not be read, what it had in the stream it was captured from, or its number.
 */
static struct kh_str partition_key(const struct kh_outcome *outcome, struct kh_arena *arena)
{
    char number[24];

    if (outcome->event.key.length > 0) {
        return outcome->event.key;
    }
    if (outcome->event.id.length > 0) {
        return outcome->event.id;
    }
    if (outcome->record->partition_key.length > 0) {
        return outcome->record->partition_key;
    }
    (void)snprintf(number, sizeof number, "%zu", outcome->record->position);
    return kh_arena_copy(arena, kh_str_from(number));
}

/* The bytes as they came, with everything around them. */
static struct kh_str bytes_of(const struct kh_record *record)
{
    return record->wrapping != NULL ? record->wrapping->delivered : record->data;
}

/* Valid, or wanted all the same; what was no base64 has no bytes that could be put. */
static bool is_wanted(const struct put_files *put, const struct kh_outcome *outcome)
{
    return outcome->verdict == KH_VERDICT_DONE ||
           (put->options->unchecked && outcome->record->status == KH_OK);
}

static void refuse(struct put_files *put, const struct kh_outcome *outcome)
{
    kh_summary_add(&put->refused, outcome);
}

static void take_outcome(void *context, const struct kh_outcome *outcome)
{
    struct put_files *put = context;
    struct kh_put_record *record = &put->records[put->count];
    struct kh_outcome unfit = *outcome;
    struct kh_error error;

    if (!is_wanted(put, outcome)) {
        refuse(put, outcome);
        return;
    }
    *record = (struct kh_put_record){
        .data = bytes_of(outcome->record),
        .partition_key = partition_key(outcome, kh_batch_arena(put->batch)),
        .explicit_hash_key = kh_str_from(put->options->explicit_hash_key),
    };
    kh_error_clear(&error);
    unfit.status = kh_put_check(record, put->max_size, &error);
    if (unfit.status != KH_OK) {
        unfit.verdict = KH_VERDICT_DEAD_LETTERED;
        unfit.error = &error;
        unfit.violations = NULL;
        refuse(put, &unfit);
        return;
    }
    put->positions[put->count++] = outcome->record->position;
}

/* ---- Batches ------------------------------------------------------------------------------- */

static bool is_put(const struct put_files *put, size_t event)
{
    return put->carriers[put->carrier[event]].is_put;
}

/* What is left of the batch, and where that begins. */
static void stop(struct put_files *put)
{
    put->stopped = true;
    for (size_t i = put->count; i-- > 0;) {
        if (!is_put(put, i)) {
            put->left++;
            put->stopped_path = put->path;
            put->stopped_position = put->positions[i];
        }
    }
}

/* Each event is a record, or what is wanted is made of them. */
static enum kh_status pack(struct put_files *put)
{
    put->carriers = put->records;
    put->carrier_count = put->count;
    for (size_t i = 0; i < put->count; i++) {
        put->carrier[i] = i;
    }
    return put->aggregator == NULL
               ? KH_OK
               : kh_aggregate_records(put->aggregator, put->records, put->count,
                                      kh_batch_arena(put->batch), &put->why, &put->carriers,
                                      &put->carrier_count, put->carrier);
}

static void put_records(struct put_files *put)
{
    const struct kh_call call = { .arena = &put->arena,
                                  .error = &put->why,
                                  .log = kh_log_named(put->startup.log, "put"),
                                  .deadline_ms = INT64_MAX };

    kh_error_clear(&put->why);
    if (pack(put) != KH_OK ||
        kh_put(&put->putter, &call, put->carriers, put->carrier_count) != KH_OK) {
        stop(put);
    }
    for (size_t i = 0; i < put->carrier_count; i++) {
        put->put_records += put->carriers[i].is_put ? 1 : 0;
    }
    for (size_t i = 0; i < put->count; i++) {
        put->put += is_put(put, i) ? 1 : 0;
    }
    kh_arena_reset(&put->arena);
}

static enum kh_status take_batch(struct put_files *put, const struct kh_records *records,
                                 struct kh_error *error)
{
    const struct kh_batch_observer observer = { take_outcome, put };
    struct kh_arena *arena = kh_batch_arena(put->batch);
    struct kh_batch_result result;

    put->count = 0;
    put->records = kh_arena_alloc(arena, (records->count + 1) * sizeof *put->records);
    put->positions = kh_arena_alloc(arena, (records->count + 1) * sizeof *put->positions);
    put->carrier = kh_arena_alloc(arena, (records->count + 1) * sizeof *put->carrier);
    if (put->records == NULL || put->positions == NULL || put->carrier == NULL ||
        kh_batch_run(put->batch, records->items, records->count, INT64_MAX, put->startup.log,
                     &observer, &result) != KH_OK) {
        return kh_fail(error, KH_NO_MEMORY, "out of memory");
    }
    put_records(put);
    return KH_OK;
}

static enum kh_status put_opened(struct put_files *put, struct kh_file *file,
                                 struct kh_error *error)
{
    struct kh_records records;

    do {
        kh_batch_reset(put->batch);
        KH_TRY(kh_file_next(file, put->startup.batch_size, kh_batch_arena(put->batch), error,
                            &records));
        KH_TRY(kh_open(put->opener, kh_batch_arena(put->batch), error, &records));
        KH_TRY(take_batch(put, &records, error));
        kh_progress_show(&put->progress, kh_file_done(file), kh_file_size(file), put->put);
    } while (records.count > 0 && !put->stopped);
    return KH_OK;
}

static bool put_file(struct put_files *put, const char *path)
{
    struct kh_file *file = NULL;
    struct kh_error error;
    enum kh_status status;

    put->path = path;
    kh_error_clear(&error);
    status = kh_file_open(path, &error, &file);
    if (status == KH_OK) {
        status = put_opened(put, file, &error);
    }
    kh_file_close(file);
    if (status != KH_OK) {
        kh_progress_end(&put->progress);
        kh_complain(path, error.reason);
    }
    return status == KH_OK;
}

static void put_all(struct put_files *put)
{
    const struct kh_clock *clock = put->startup.options.clock;
    int64_t begin_ns = kh_clock_monotonic_ns(clock);

    for (size_t i = 0; i < put->options->file_count; i++) {
        if (put->failed || put->stopped) {
            kh_complain(put->options->files[i], "not read, because of what came before");
        } else if (!put_file(put, put->options->files[i])) {
            put->failed = true;
        }
    }
    kh_progress_end(&put->progress);
    put->seconds = (double)(kh_clock_monotonic_ns(clock) - begin_ns) / 1e9;
}

/* ---- What is said afterwards --------------------------------------------------------------- */

static size_t events(const struct put_files *put)
{
    return put->put + put->left + put->refused.total.records;
}

static void print_text(const struct put_files *put)
{
    (void)printf("Put %zu of %zu events into the stream %s, as %zu records with %zu requests, in "
                 "%.3f s.\n",
                 put->put, events(put), put->options->stream, put->put_records,
                 put->putter.requests, put->seconds);
    if (put->putter.refusals > 0) {
        (void)printf("Refused by the stream, and sent again: %zu.\n", put->putter.refusals);
    }
    if (put->putter.uncertain > 0) {
        (void)printf("In the stream more than once, perhaps, since answers were lost: %zu.\n",
                     put->putter.uncertain);
    }
    if (put->refused.total.records > 0) {
        (void)printf("\nNot put: %zu:\n", put->refused.total.records);
        kh_summary_print_reasons(&put->refused, stdout);
    }
    if (put->stopped) {
        (void)printf("\nStopped, %zu of those read are left, the first is record %zu of %s:\n",
                     put->left, put->stopped_position + 1, put->stopped_path);
        kh_print_clean(kh_str_from(put->why.reason), stdout);
        (void)printf("\n");
    }
}

static enum kh_status write_number(struct kh_json_writer *out, struct kh_str name, size_t value)
{
    KH_TRY(kh_json_write_name(out, name));
    return kh_json_write_uint64(out, value);
}

static enum kh_status write_text(struct kh_json_writer *out, struct kh_str name, const char *value)
{
    KH_TRY(kh_json_write_name(out, name));
    return kh_json_write_str(out, kh_str_from(value));
}

static enum kh_status write_stop(const struct put_files *put, struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_name(out, KH_STR("stoppedBy")));
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_text(out, KH_STR("file"), put->stopped_path));
    KH_TRY(write_number(out, KH_STR("record"), put->stopped_position + 1));
    KH_TRY(write_text(out, KH_STR("status"), kh_status_name(put->why.status)));
    KH_TRY(write_text(out, KH_STR("reason"), put->why.reason));
    return kh_json_write_object_end(out);
}

static enum kh_status write_json(const struct put_files *put, struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_text(out, KH_STR("stream"), put->options->stream));
    KH_TRY(write_number(out, KH_STR("events"), events(put)));
    KH_TRY(write_number(out, KH_STR("put"), put->put));
    KH_TRY(write_number(out, KH_STR("notPut"), put->refused.total.records));
    KH_TRY(write_number(out, KH_STR("left"), put->left));
    KH_TRY(write_number(out, KH_STR("records"), put->put_records));
    KH_TRY(write_number(out, KH_STR("requests"), put->putter.requests));
    KH_TRY(write_number(out, KH_STR("refusals"), put->putter.refusals));
    KH_TRY(write_number(out, KH_STR("uncertain"), put->putter.uncertain));
    KH_TRY(kh_json_write_name(out, KH_STR("reasons")));
    KH_TRY(kh_summary_write_reasons(&put->refused, out));
    if (put->stopped) {
        KH_TRY(write_stop(put, out));
    }
    KH_TRY(kh_json_write_name(out, KH_STR("seconds")));
    KH_TRY(kh_json_write_double(out, put->seconds));
    KH_TRY(kh_json_write_object_end(out));
    return kh_json_write_newline(out);
}

static bool print_json(const struct put_files *put)
{
    struct kh_json_writer out;
    enum kh_status status;

    kh_json_writer_init(&out);
    status = write_json(put, &out);
    if (status == KH_OK) {
        struct kh_str text = kh_json_writer_text(&out);

        (void)fwrite(text.data, 1, text.length, stdout);
    }
    kh_json_writer_clean_up(&out);
    return status == KH_OK;
}

static bool report(const struct put_files *put)
{
    bool fine = true;

    if (put->options->json) {
        fine = print_json(put);
    } else {
        print_text(put);
    }
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        kh_complain("standard output", strerror(errno));
        return false;
    }
    return fine;
}

/* ---- Beginning and end --------------------------------------------------------------------- */

/* The stream is there, and how large its records may be. */
static enum kh_status open_stream(struct put_files *put, struct kh_error *error)
{
    struct kh_call call = { .arena = &put->arena, .error = error, .log = put->startup.log };
    struct kh_kinesis_summary summary;

    KH_TRY(kh_kinesis_stream_new(
        &(struct kh_kinesis_options){ .stream = put->options->stream,
                                      .log = kh_log_named(put->startup.log, "kinesis") },
        error, &put->stream));
    call.deadline_ms = kh_clock_wall_ms(put->startup.options.clock) + KH_START_TIMEOUT_MS;
    KH_TRY(kh_kinesis_describe(put->stream, &call, &summary));
    put->max_size = summary.max_record_size;
    put->putter = (struct kh_putter){ .stream = put->stream, .patience_ms = PATIENCE_MS };
    if (put->options->rate != NULL) {
        put->putter.rate = strtoul(put->options->rate, NULL, 10);
    }
    return KH_OK;
}

static enum kh_status start(struct put_files *put)
{
    struct kh_batch_options *options = &put->startup.options;
    struct kh_error error;

    KH_TRY(kh_verb_start(&put->startup, put->startup.service, put->options));
    options->validate_only = true;
    options->unknown_is_error = true;
    options->reserve_ms = 0;
    /* What is not put is told in the summary; the log would say it a second time. */
    put->startup.sink.level =
        put->startup.sink.level < KH_ERROR ? KH_ERROR : put->startup.sink.level;
    kh_progress_init(&put->progress, options->clock);
    kh_error_clear(&error);
    if (open_stream(put, &error) != KH_OK) {
        kh_complain(NULL, error.reason);
        return error.status;
    }
    put->opener = kh_opener_new(&put->startup.opening);
    put->batch = kh_batch_new(options);
    if (put->options->aggregate) {
        put->aggregator = kh_aggregator_new(put->stream, options->clock);
    }
    if (put->opener == NULL || put->batch == NULL ||
        (put->options->aggregate && put->aggregator == NULL)) {
        kh_complain(NULL, "out of memory");
        return KH_NO_MEMORY;
    }
    return KH_OK;
}

int kh_put_files(const struct kh_service *service, const struct kh_options *options)
{
    struct put_files put = { .startup = { .service = service }, .options = options };
    bool fine = false;

    kh_arena_init(&put.arena);
    kh_summary_init(&put.refused);
    if (start(&put) == KH_OK) {
        put_all(&put);
        fine = report(&put) && !put.failed && !put.stopped && put.refused.total.records == 0;
    }
    kh_aggregator_destroy(put.aggregator);
    kh_opener_destroy(put.opener);
    if (put.batch != NULL) {
        kh_batch_destroy(put.batch);
    }
    kh_kinesis_stream_destroy(put.stream);
    kh_startup_clean_up(&put.startup);
    kh_summary_clean_up(&put.refused);
    kh_arena_clean_up(&put.arena);
    return fine ? 0 : 1;
}
