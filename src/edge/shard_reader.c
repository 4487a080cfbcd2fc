/*
 * A turn is a chain of steps, and what the next step is shows in the reader: a checkpoint that is not kept
 * yet comes first, then the batch in hand, then a new batch of what was read, then reading.
 */
#include "edge/shard_reader.h"

#include <stdio.h>
#include <unistd.h>

#include "edge/metrics.h"

/* GetRecords may be called five times a second; a shard that has nothing is asked once. */
#define READ_PAUSE_MS 200
#define IDLE_PAUSE_MS 1000
#define FIRST_BACK_OFF_MS 250
#define LONGEST_BACK_OFF_MS 10000

/* One turn. */
struct turn {
    struct kh_shard_reader *reader;
    const struct kh_shard_source *source;
    struct kh_shard_tools *tools;
    struct kh_error *error;
    int64_t now_ms;
    int64_t pause_ms;
};

enum next { GO_ON, PAUSE, FAIL };

/* ---- A reader ------------------------------------------------------------------------------ */

static void keep_number(char out[KH_SEQUENCE_NUMBER_SIZE], struct kh_str number)
{
    size_t length =
        number.length < KH_SEQUENCE_NUMBER_SIZE ? number.length : KH_SEQUENCE_NUMBER_SIZE - 1;

    memcpy(out, number.data, length);
    out[length] = '\0';
}

void kh_shard_reader_init(struct kh_shard_reader *reader, struct kh_str shard_id,
                          const struct kh_checkpoint *kept)
{
    *reader = (struct kh_shard_reader){ .shard_id = shard_id,
                                        .kept = *kept,
                                        .is_finished = kept->finished };
    keep_number(reader->kept_number, kept->sequence_number);
    keep_number(reader->settled_number, kept->sequence_number);
    keep_number(reader->read_number, kept->sequence_number);
    reader->kept.id = kept->id.length > 0 ? shard_id : KH_STR("");
    reader->kept.sequence_number = kh_str_from(reader->kept_number);
    kh_arena_init(&reader->arenas[0]);
    kh_arena_init(&reader->arenas[1]);
}

void kh_shard_reader_clean_up(struct kh_shard_reader *reader)
{
    kh_arena_clean_up(&reader->arenas[0]);
    kh_arena_clean_up(&reader->arenas[1]);
}

bool kh_shard_failure_passes(enum kh_status status)
{
    return status == KH_THROTTLED || status == KH_TIMEOUT || status == KH_IO ||
           status == KH_NO_MEMORY;
}

int64_t kh_shard_back_off_ms(unsigned failures)
{
    int64_t pause_ms = (int64_t)FIRST_BACK_OFF_MS << (failures < 8 ? failures : 8);

    return pause_ms < LONGEST_BACK_OFF_MS ? pause_ms : LONGEST_BACK_OFF_MS;
}

static enum next pause_for(struct turn *turn, int64_t pause_ms)
{
    turn->pause_ms = pause_ms > 0 ? pause_ms : 1;
    return PAUSE;
}

static struct kh_call call_of(const struct turn *turn, struct kh_arena *arena)
{
    const struct kh_clock *clock = turn->source->startup->options.clock;

    kh_error_clear(turn->error);
    return (struct kh_call){ .arena = arena,
                             .error = turn->error,
                             .log = turn->source->log,
                             .deadline_ms = kh_clock_wall_ms(clock) + KH_SHARD_CALL_MS };
}

static enum next back_off(struct turn *turn, const char *message)
{
    int64_t pause_ms = kh_shard_back_off_ms(turn->reader->failures++);

    KH_LOG(turn->source->log, KH_WARN, message, KH_LOG_FIELD_STR("shardId", turn->reader->shard_id),
           KH_LOG_FIELD_STR("reason", kh_str_from(turn->error->reason)),
           KH_LOG_FIELD_INT("pauseMs", pause_ms));
    return pause_for(turn, pause_ms);
}

/* ---- Checkpoints --------------------------------------------------------------------------- */

static enum next save(struct turn *turn)
{
    struct kh_shard_reader *reader = turn->reader;
    const struct kh_checkpoint next = { .finished = reader->is_finished,
                                        .sequence_number = kh_str_from(reader->settled_number) };
    struct kh_call call = call_of(turn, &turn->tools->scratch);
    enum kh_status status =
        kh_checkpoints_write(&turn->source->checkpoints, &call, reader->shard_id,
                             reader->kept.id.length > 0 ? &reader->kept : NULL, &next);

    kh_arena_reset(&turn->tools->scratch);
    if (status == KH_CONFLICT) {
        return FAIL;
    }
    if (status != KH_OK) {
        (void)kh_fail(turn->error, status, "%s", kh_status_text(status));
        return back_off(turn, "a checkpoint can't be kept, and is tried again");
    }
    memcpy(reader->kept_number, reader->settled_number, sizeof reader->kept_number);
    reader->kept = next;
    reader->kept.id = reader->shard_id;
    reader->kept.sequence_number = kh_str_from(reader->kept_number);
    reader->is_unsaved = false;
    reader->failures = 0;
    return GO_ON;
}

/* ---- Delivering ---------------------------------------------------------------------------- */

/* One line, one write; what can't be written is lost, as a log line would be. */
static void write_metrics(struct turn *turn, const struct kh_batch_result *result, int64_t batch_ms)
{
    const struct kh_startup *startup = turn->source->startup;
    struct kh_json_writer *out = &turn->tools->writer;
    const struct kh_metrics metrics = {
        .name_space = startup->metrics_namespace,
        .service = startup->service->name,
        .timestamp_ms = kh_clock_wall_ms(startup->options.clock),
        .batch_ms = batch_ms,
        .behind_ms = turn->reader->behind_ms,
        .request_id = KH_STR(""),
        .result = result,
    };

    if (startup->metrics_namespace == NULL) {
        return;
    }
    kh_json_writer_reset(out);
    if (kh_metrics_write(out, &metrics) == KH_OK) {
        struct kh_str line = kh_json_writer_text(out);
        ssize_t written = write(STDERR_FILENO, line.data, line.length);

        (void)written;
    }
}

static int64_t monotonic_ms(const struct turn *turn)
{
    return kh_clock_monotonic_ns(turn->source->startup->options.clock) / 1000000;
}

/* So many records in front are done with. */
static void drop(struct kh_shard_reader *reader, size_t count)
{
    keep_number(reader->settled_number, reader->records[reader->first + count - 1].id);
    reader->is_unsaved = true;
    reader->first += count;
    reader->count -= count;
}

static void log_batch(const struct turn *turn, const struct kh_batch_result *result, int64_t ms)
{
    KH_LOG(turn->source->log, KH_DEBUG, "a batch was tried",
           KH_LOG_FIELD_STR("shardId", turn->reader->shard_id),
           KH_LOG_FIELD_INT("records", result->records), KH_LOG_FIELD_INT("retry", result->retry),
           KH_LOG_FIELD_INT("milliseconds", ms),
           KH_LOG_FIELD_INT("millisBehindLatest", turn->reader->behind_ms));
}

static enum next deliver(struct turn *turn)
{
    struct kh_shard_reader *reader = turn->reader;
    const struct kh_shard_source *source = turn->source;
    struct kh_delivery *delivery = &reader->delivery;
    size_t before = delivery->settled;
    int64_t begin_ms = turn->now_ms;
    const struct kh_delivery_tools tools = { .batch = turn->tools->batch,
                                             .opener = turn->tools->opener,
                                             .clock = source->startup->options.clock,
                                             .log = source->log };
    struct kh_delivery_result result;

    if (turn->now_ms < reader->next_try_ms) {
        return pause_for(turn, reader->next_try_ms - turn->now_ms);
    }
    kh_delivery_try(delivery, &source->consumer->policy, &tools, source->observer, &result);
    turn->now_ms = monotonic_ms(turn);
    log_batch(turn, &result.batch, turn->now_ms - begin_ms);
    write_metrics(turn, &result.batch, turn->now_ms - begin_ms);
    kh_batch_reset(turn->tools->batch);
    if (delivery->settled > before) {
        drop(reader, delivery->settled - before);
    }
    reader->next_try_ms = turn->now_ms + result.pause_ms;
    reader->is_delivering = !kh_delivery_is_over(delivery);
    return GO_ON;
}

/* A batch of what was read, if one is full or need not wait any more. */
static bool begin_batch(struct turn *turn)
{
    struct kh_shard_reader *reader = turn->reader;
    const struct kh_consumer *consumer = turn->source->consumer;
    bool is_full = reader->count >= consumer->batch_size;
    bool is_due = turn->now_ms >= reader->waiting_since_ms + consumer->batch_window_ms;

    if (reader->count == 0 || (!is_full && !is_due && !reader->has_ended)) {
        return false;
    }
    kh_delivery_begin(&reader->delivery, reader->records + reader->first,
                      is_full ? consumer->batch_size : reader->count,
                      kh_hash(reader->shard_id) + (uint64_t)turn->now_ms);
    reader->is_delivering = true;
    reader->next_try_ms = turn->now_ms;
    reader->waiting_since_ms = turn->now_ms; /* of those left */
    return true;
}

/* ---- Reading ------------------------------------------------------------------------------- */

static bool copy_text(struct kh_arena *arena, struct kh_str *text)
{
    *text = kh_arena_copy_padded(arena, *text);
    return text->data != NULL;
}

/* Into the other arena, so that the one of what is settled can be used again. */
static bool move_records(struct kh_shard_reader *reader)
{
    struct kh_arena *arena = &reader->arenas[1 - reader->used];
    struct kh_record *records;

    kh_arena_reset(arena);
    records = kh_arena_alloc(arena, (reader->count + 1) * sizeof *records);
    if (records == NULL) {
        return false;
    }
    for (size_t i = 0; i < reader->count; i++) {
        records[i] = reader->records[reader->first + i];
        if (!copy_text(arena, &records[i].data) || !copy_text(arena, &records[i].sequence_number) ||
            !copy_text(arena, &records[i].partition_key)) {
            return false;
        }
        records[i].id = records[i].sequence_number;
    }
    reader->records = records;
    reader->first = 0;
    reader->used = 1 - reader->used;
    return true;
}

static enum next after_call(struct turn *turn, enum kh_status status)
{
    if (status == KH_OK) {
        return GO_ON;
    }
    return kh_shard_failure_passes(status) ? back_off(turn, "a shard can't be read for now") : FAIL;
}

static enum next find_iterator(struct turn *turn)
{
    struct kh_shard_reader *reader = turn->reader;
    struct kh_kinesis_position position = { .start = KH_KINESIS_TRIM_HORIZON };
    struct kh_call call = call_of(turn, &turn->tools->scratch);
    struct kh_str iterator;
    enum kh_status status;

    if (reader->read_number[0] != '\0') {
        position.start = KH_KINESIS_AFTER;
        position.sequence_number = kh_str_from(reader->read_number);
    } else if (turn->source->from_ms != 0) {
        position.start = KH_KINESIS_AT_TIME;
        position.time_ms = turn->source->from_ms;
    }
    status =
        kh_kinesis_iterator(turn->source->stream, &call, reader->shard_id, &position, &iterator);
    if (status == KH_OK && iterator.length >= KH_ITERATOR_SIZE) {
        status = kh_fail(turn->error, KH_STORE, "an iterator has %zu characters, and %d are known",
                         iterator.length, KH_ITERATOR_SIZE - 1);
    }
    if (status == KH_OK) {
        memcpy(reader->iterator, iterator.data, iterator.length);
        reader->iterator[iterator.length] = '\0';
    }
    kh_arena_reset(&turn->tools->scratch);
    return after_call(turn, status);
}

/* The records of a page behind those that wait. */
static bool append(struct kh_shard_reader *reader, const struct kh_records *records)
{
    size_t all = reader->count + records->count;
    struct kh_record *items = records->items;

    if (reader->count > 0) {
        items = kh_arena_alloc(&reader->arenas[reader->used], all * sizeof *items);
        if (items == NULL) {
            return false;
        }
        memcpy(items, reader->records + reader->first, reader->count * sizeof *items);
        memcpy(items + reader->count, records->items, records->count * sizeof *items);
    }
    reader->records = items;
    reader->first = 0;
    reader->count = all;
    return true;
}

static enum next take_page(struct turn *turn, const struct kh_kinesis_page *page)
{
    struct kh_shard_reader *reader = turn->reader;
    bool is_first = reader->count == 0;

    if (page->expired) {
        KH_LOG(turn->source->log, KH_DEBUG, "an iterator has expired, a new one is got",
               KH_LOG_FIELD_STR("shardId", reader->shard_id));
        reader->iterator[0] = '\0';
        return GO_ON;
    }
    if (page->next.length >= KH_ITERATOR_SIZE) {
        (void)kh_fail(turn->error, KH_STORE, "an iterator has %zu characters, and %d are known",
                      page->next.length, KH_ITERATOR_SIZE - 1);
        return FAIL;
    }
    if (page->records.count > 0) {
        if (!append(reader, &page->records)) {
            (void)kh_fail(turn->error, KH_NO_MEMORY, "no memory for records");
            return back_off(turn, "a shard can't be read for now");
        }
        keep_number(reader->read_number, page->records.items[page->records.count - 1].id);
        reader->waiting_since_ms = is_first ? turn->now_ms : reader->waiting_since_ms;
    }
    memcpy(reader->iterator, page->next.data, page->next.length);
    reader->iterator[page->next.length] = '\0';
    reader->has_ended = page->next.length == 0;
    reader->behind_ms = page->behind_ms;
    reader->is_idle = page->records.count == 0 && page->behind_ms == 0;
    reader->next_read_ms = turn->now_ms + (reader->is_idle ? IDLE_PAUSE_MS : READ_PAUSE_MS);
    reader->failures = 0;
    return GO_ON;
}

static enum next read_page(struct turn *turn)
{
    struct kh_shard_reader *reader = turn->reader;
    size_t limit = KH_KINESIS_MAX_RECORDS;
    struct kh_arena_mark mark;
    struct kh_kinesis_page page;
    struct kh_call call;
    enum kh_status status;
    enum next next;

    if (reader->count == 0) {
        kh_arena_reset(&reader->arenas[reader->used]);
        reader->first = 0;
    } else {
        limit = turn->source->consumer->batch_size - reader->count;
        if (reader->first > 0 && !move_records(reader)) {
            (void)kh_fail(turn->error, KH_NO_MEMORY, "no memory for records");
            return back_off(turn, "a shard can't be read for now");
        }
    }
    mark = kh_arena_mark(&reader->arenas[reader->used]);
    call = call_of(turn, &reader->arenas[reader->used]);
    status = kh_kinesis_records(turn->source->stream, &call, kh_str_from(reader->iterator), limit,
                                reader->shard_id, turn->source->arn, &page);
    turn->now_ms = monotonic_ms(turn);
    next = status == KH_OK ? take_page(turn, &page) : after_call(turn, status);
    if (status != KH_OK || page.records.count == 0) {
        kh_arena_release(&reader->arenas[reader->used], mark);
    }
    return next;
}

/* Waits until a page may be read, or the batch that is gathered is due. */
static enum next wait_or_read(struct turn *turn)
{
    struct kh_shard_reader *reader = turn->reader;
    int64_t until_ms = reader->next_read_ms;

    if (turn->now_ms >= until_ms) {
        return reader->iterator[0] == '\0' ? find_iterator(turn) : read_page(turn);
    }
    if (reader->count > 0) {
        int64_t due_ms = reader->waiting_since_ms + turn->source->consumer->batch_window_ms;

        until_ms = due_ms < until_ms ? due_ms : until_ms;
    }
    return pause_for(turn, until_ms - turn->now_ms);
}

/* ---- A turn -------------------------------------------------------------------------------- */

static enum next step(struct turn *turn)
{
    struct kh_shard_reader *reader = turn->reader;

    if (reader->is_unsaved) {
        return save(turn);
    }
    if (reader->is_delivering) {
        return deliver(turn);
    }
    if (begin_batch(turn)) {
        return GO_ON;
    }
    if (reader->has_ended) {
        reader->is_finished = true;
        reader->is_unsaved = true;
        return GO_ON;
    }
    return wait_or_read(turn);
}

enum kh_turn kh_shard_reader_turn(struct kh_shard_reader *reader,
                                  const struct kh_shard_source *source,
                                  struct kh_shard_tools *tools, int64_t *pause_ms,
                                  struct kh_error *error)
{
    struct turn turn = {
        .reader = reader, .source = source, .tools = tools, .error = error, .pause_ms = 1
    };
    enum next next = GO_ON;

    /* What is done is kept before it stops. */
    while (next == GO_ON && !(reader->is_finished && !reader->is_unsaved) &&
           (reader->is_unsaved || !source->must_stop(source->stop_context))) {
        turn.now_ms = monotonic_ms(&turn);
        next = step(&turn);
    }
    *pause_ms = turn.pause_ms;
    if (next == FAIL) {
        return KH_TURN_FAILED;
    }
    return reader->is_finished && !reader->is_unsaved ? KH_TURN_FINISHED : KH_TURN_PAUSED;
}
