/*
 * A stream is replayed shard by shard, in the order in which they came to be: what was put before a split or a merge
 * comes before what was put after it. A shard is read to its present end; what is added for long is left alone, so
 * that the end comes while others go on writing.
 */
#include <string.h>

#include "edge/replay.h"
#include "kinesis/records.h"
#include "kinesis/shards.h"

#define CALL_TIMEOUT_MS 60000
/* Records that arrive later than so long after the beginning are not read: more than clocks differ. */
#define ADDED_MS 60000
#define MAX_ITERATOR 2048
#define MAX_SEQUENCE_NUMBER 129

struct replay_stream {
    struct kh_replay *replay;
    struct kh_kinesis_stream *stream;
    struct kh_arena arena; /* for what outlives a page */
    struct kh_str arn;
    int64_t until_ms; /* records that arrived later are not replayed */

    /* Of the shard at hand; kept here since a page's own memory goes with it. */
    struct kh_str shard_id;
    char iterator[MAX_ITERATOR];
    size_t iterator_length; /* 0: the shard is read */
    char last[MAX_SEQUENCE_NUMBER];
    size_t last_length; /* 0: nothing was read of it yet */
};

static struct kh_call call_of(const struct replay_stream *stream, struct kh_arena *arena,
                              struct kh_error *error)
{
    struct kh_handling *handling = &stream->replay->handling;

    return (struct kh_call){ .arena = arena,
                             .error = error,
                             .log = kh_log_named(handling->startup.log, "replay"),
                             .deadline_ms = kh_clock_wall_ms(handling->startup.options.clock) +
                                            CALL_TIMEOUT_MS };
}

/* ---- Iterators -------------------------------------------------------------------------- */

static enum kh_status keep_iterator(struct replay_stream *stream, struct kh_str iterator,
                                    struct kh_error *error)
{
    if (iterator.length > sizeof stream->iterator) {
        return kh_fail(error, KH_STORE, "an iterator of %zu bytes is too long", iterator.length);
    }
    memcpy(stream->iterator, iterator.data, iterator.length);
    stream->iterator_length = iterator.length;
    return KH_OK;
}

/* Behind what was read, or at the beginning. */
static enum kh_status get_iterator(struct replay_stream *stream, struct kh_error *error)
{
    struct kh_arena *arena = kh_batch_arena(stream->replay->handling.batch);
    const struct kh_call call = call_of(stream, arena, error);
    const struct kh_kinesis_position position = {
        .start = stream->last_length == 0 ? KH_KINESIS_TRIM_HORIZON : KH_KINESIS_AFTER,
        .sequence_number = { stream->last, stream->last_length }
    };
    struct kh_str iterator;

    KH_TRY(kh_kinesis_iterator(stream->stream, &call, stream->shard_id, &position, &iterator));
    return keep_iterator(stream, iterator, error);
}

/* ---- A shard ---------------------------------------------------------------------------- */

/* *is_end: one of them came too late. */
static enum kh_status take_records(struct replay_stream *stream, const struct kh_records *found,
                                   struct kh_records *records, bool *is_end, struct kh_error *error)
{
    bool taken;

    for (size_t i = 0; i < found->count; i++) {
        const struct kh_record *record = &found->items[i];

        if (record->arrival_ms > stream->until_ms) {
            *is_end = true;
            return KH_OK;
        }
        KH_TRY(kh_replay_take(stream->replay, record->data, records, &taken, error));
        stream->last_length = record->sequence_number.length < sizeof stream->last
                                  ? record->sequence_number.length
                                  : sizeof stream->last;
        memcpy(stream->last, record->sequence_number.data, stream->last_length);
    }
    return KH_OK;
}

static enum kh_status replay_page(struct replay_stream *stream, bool *is_end,
                                  struct kh_error *error)
{
    struct kh_handling *handling = &stream->replay->handling;
    const struct kh_call call = call_of(stream, kh_batch_arena(handling->batch), error);
    const struct kh_str iterator = { stream->iterator, stream->iterator_length };
    struct kh_kinesis_page page;
    struct kh_records records;

    KH_TRY(kh_kinesis_records(stream->stream, &call, iterator, handling->startup.batch_size,
                              stream->shard_id, stream->arn, &page));
    if (page.expired) {
        return get_iterator(stream, error);
    }
    KH_TRY(keep_iterator(stream, page.next, error));
    KH_TRY(kh_replay_begin(stream->replay, page.records.count, &records, error));
    KH_TRY(take_records(stream, &page.records, &records, is_end, error));
    KH_TRY(kh_handling_batch(handling, &records, NULL, error));
    *is_end = *is_end || page.behind_ms == 0 || stream->iterator_length == 0;
    kh_progress_show(&handling->progress, 0, 0, handling->summary.total.records);
    return KH_OK;
}

static enum kh_status replay_shard(struct replay_stream *stream, struct kh_error *error)
{
    struct kh_handling *handling = &stream->replay->handling;
    bool is_end = false;

    stream->last_length = 0;
    kh_batch_reset(handling->batch);
    KH_TRY(get_iterator(stream, error));
    while (!is_end && !kh_handling_is_stopped(handling)) {
        kh_batch_reset(handling->batch);
        KH_TRY(replay_page(stream, &is_end, error));
    }
    return KH_OK;
}

/* ---- All of them ------------------------------------------------------------------------ */

static enum kh_status look_at(struct replay_stream *stream, struct kh_error *error)
{
    const struct kh_dead_letters *target = stream->replay->handling.startup.options.dead_letters;
    const struct kh_call call = call_of(stream, &stream->arena, error);
    struct kh_kinesis_summary summary;

    KH_TRY(kh_kinesis_describe(stream->stream, &call, &summary));
    stream->arn = summary.arn;
    if (target != NULL && kh_str_equal(target->arn, summary.arn)) {
        return kh_fail(error, KH_BAD_SETTING,
                       "dead letters are written to this stream, so it can't be read as well; "
                       "name another target with --dead-letters");
    }
    return KH_OK;
}

static enum kh_status replay_all(struct replay_stream *stream, struct kh_error *error)
{
    const struct kh_call call = call_of(stream, &stream->arena, error);
    struct kh_kinesis_shards shards;

    KH_TRY(look_at(stream, error));
    KH_TRY(kh_kinesis_list_shards(stream->stream, &call, &shards));
    for (size_t i = 0; i < shards.count; i++) {
        if (kh_handling_is_stopped(&stream->replay->handling)) {
            break;
        }
        stream->shard_id = shards.items[i].id;
        KH_TRY(replay_shard(stream, error));
    }
    return KH_OK;
}

enum kh_status kh_replay_stream(struct kh_replay *replay, const char *name, struct kh_error *error)
{
    const struct kh_clock *clock = replay->handling.startup.options.clock;
    struct replay_stream stream = { .replay = replay,
                                    .until_ms = kh_clock_wall_ms(clock) + ADDED_MS };
    enum kh_status status;

    KH_TRY(kh_kinesis_stream_new(
        &(struct kh_kinesis_options){
            .stream = name, .log = kh_log_named(replay->handling.startup.log, "kinesis") },
        error, &stream.stream));
    kh_arena_init(&stream.arena);
    status = replay_all(&stream, error);
    kh_arena_clean_up(&stream.arena);
    kh_kinesis_stream_destroy(stream.stream);
    return status;
}
