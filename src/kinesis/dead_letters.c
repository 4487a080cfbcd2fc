/*
 * Each entry is a record; the event's ordering key is the partition key, so that dead letters of one key are read
 * again in their order. One without a key has its own hash for it, which spreads them over the shards.
 */
#include "kinesis/dead_letters.h"

#include <inttypes.h>
#include <stdio.h>

#include "kh/alloc.h"
#include "kh/hash.h"
#include "kh/utf8.h"
#include "kinesis/put.h"

/* It is given up when the stream has taken nothing for so long: the invocation may have minutes. */
#define PATIENCE_MS 20000
/* Of a record, for its key: 256 characters. */
#define KEY_BYTES 1024
#define HASH_SIZE 17

struct dead_letter_stream {
    struct kh_dead_letters head;
    struct kh_kinesis_stream *stream;
    struct kh_log log;
    char *arn;
};

static struct dead_letter_stream *stream_of(struct kh_dead_letters *target)
{
    return (struct dead_letter_stream *)target;
}

static bool can_be_key(struct kh_str key)
{
    return key.length > 0 && kh_utf8_is_valid(key) && kh_utf8_count(key) <= KH_PUT_KEY_LENGTH;
}

static enum kh_status set_record(const struct kh_dead_letter *letter, struct kh_arena *arena,
                                 struct kh_put_record *out)
{
    char text[HASH_SIZE];

    *out = (struct kh_put_record){ .data = letter->text, .partition_key = letter->key };
    out->explicit_hash_key = KH_STR("");
    if (!can_be_key(letter->key)) {
        (void)snprintf(text, sizeof text, "%016" PRIx64, kh_hash(letter->text));
        out->partition_key = kh_arena_copy(arena, kh_str_from(text));
    }
    return out->partition_key.data == NULL ? KH_NO_MEMORY : KH_OK;
}

static enum kh_status put_letters(struct dead_letter_stream *target,
                                  const struct kh_dead_letter *letters, size_t count,
                                  const struct kh_call *call)
{
    struct kh_putter putter = { .stream = target->stream, .patience_ms = PATIENCE_MS };
    struct kh_put_record *records = kh_arena_alloc(call->arena, count * sizeof *records);

    if (records == NULL) {
        return kh_fail(call->error, KH_NO_MEMORY, "no memory for the dead letters");
    }
    for (size_t i = 0; i < count; i++) {
        KH_TRY(set_record(&letters[i], call->arena, &records[i]));
    }
    return kh_put(&putter, call, records, count);
}

static enum kh_status stream_write(struct kh_dead_letters *head,
                                   const struct kh_dead_letter *letters, size_t count,
                                   int64_t deadline_ms, struct kh_error *error)
{
    struct dead_letter_stream *target = stream_of(head);
    struct kh_arena arena;
    const struct kh_call call = {
        .arena = &arena, .error = error, .log = target->log, .deadline_ms = deadline_ms
    };
    enum kh_status status;

    kh_arena_init(&arena);
    status = put_letters(target, letters, count, &call);
    kh_arena_clean_up(&arena);
    return status;
}

static void stream_destroy(struct kh_dead_letters *head)
{
    struct dead_letter_stream *target = stream_of(head);

    kh_kinesis_stream_destroy(target->stream);
    kh_free(target->arn);
    kh_free(target);
}

static enum kh_status look_at(struct dead_letter_stream *target, const struct kh_call *call)
{
    struct kh_kinesis_summary summary;

    KH_TRY(kh_kinesis_describe(target->stream, call, &summary));
    target->arn = kh_malloc(summary.arn.length);
    if (target->arn == NULL) {
        return kh_fail(call->error, KH_NO_MEMORY, "no memory for the dead letters");
    }
    memcpy(target->arn, summary.arn.data, summary.arn.length);
    target->head.arn = (struct kh_str){ target->arn, summary.arn.length };
    target->head.max_length = summary.max_record_size - KEY_BYTES;
    return KH_OK;
}

enum kh_status kh_dead_letters_kinesis_new(const struct kh_kinesis_options *options,
                                           const struct kh_call *call, struct kh_dead_letters **out)
{
    static const struct kh_dead_letters_ops ops = { stream_write, stream_destroy };
    struct dead_letter_stream *target = kh_calloc(1, sizeof *target);
    enum kh_status status;

    if (target == NULL) {
        return kh_fail(call->error, KH_NO_MEMORY, "no memory for the dead letters");
    }
    target->head.ops = &ops;
    target->log = options->log;
    status = kh_kinesis_stream_new(options, call->error, &target->stream);
    if (status == KH_OK) {
        status = look_at(target, call);
    }
    if (status != KH_OK) {
        stream_destroy(&target->head);
        return status;
    }
    *out = &target->head;
    return KH_OK;
}
