/* ListShards, page by page. What is absent may as well be null: the service leaves it out, emulators don't. */
#include "kinesis/shards.h"

#include "kinesis/answer.h"

/* A page after the first is asked for by its token alone: that names the stream too. */
static enum kh_status write_request(const struct kh_kinesis_stream *stream, struct kh_str token,
                                    struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_object_begin(out));
    if (token.length == 0) {
        KH_TRY(kh__kinesis_write_stream(stream, out));
    } else {
        KH_TRY(kh_json_write_name(out, KH_STR("NextToken")));
        KH_TRY(kh_json_write_str(out, token));
    }
    return kh_json_write_object_end(out);
}

static enum kh_status read_parent(struct kh_json *in, struct kh_kinesis_shard *shard)
{
    struct kh_str parent;

    KH_TRY(kh__kinesis_read_str(in, &parent));
    if (parent.length > 0 && shard->parent_count < KH_KINESIS_MAX_PARENTS) {
        shard->parents[shard->parent_count++] = parent;
    }
    return KH_OK;
}

static enum kh_status read_range(struct kh_json *in, struct kh_kinesis_shard *shard)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("StartingHashKey"))) {
            KH_TRY(kh__kinesis_read_str(in, &shard->begin_hash));
        } else if (kh_json_member_is(&object, KH_STR("EndingHashKey"))) {
            KH_TRY(kh__kinesis_read_str(in, &shard->end_hash));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

/* A shard that has a last sequence number is closed. */
static enum kh_status read_numbers(struct kh_json *in, struct kh_kinesis_shard *shard)
{
    struct kh_json_object object;
    struct kh_str last = KH_STR("");

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("EndingSequenceNumber"))) {
            KH_TRY(kh__kinesis_read_str(in, &last));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    shard->is_closed = last.length > 0;
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static enum kh_status read_shard(struct kh_json *in, struct kh_kinesis_shard *shard)
{
    struct kh_json_object object;

    shard->id = KH_STR("");
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("ShardId"))) {
            KH_TRY(kh__kinesis_read_str(in, &shard->id));
        } else if (kh_json_member_is(&object, KH_STR("ParentShardId")) ||
                   kh_json_member_is(&object, KH_STR("AdjacentParentShardId"))) {
            KH_TRY(read_parent(in, shard));
        } else if (kh_json_member_is(&object, KH_STR("HashKeyRange"))) {
            KH_TRY(read_range(in, shard));
        } else if (kh_json_member_is(&object, KH_STR("SequenceNumberRange"))) {
            KH_TRY(read_numbers(in, shard));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    KH_TRY(kh_json_object_end(in, &object, NULL, NULL, NULL, 0));
    return shard->id.length > 0
               ? KH_OK
               : kh_fail(in->error, KH_INVALID, "a shard has no member \"ShardId\"");
}

static struct kh_kinesis_shard *next_shard(struct kh_json *in, struct kh_kinesis_shards *shards,
                                           size_t *capacity)
{
    if (shards->count == *capacity) {
        size_t wanted = *capacity * 2 + 16;
        struct kh_kinesis_shard *items =
            kh_arena_grow(in->arena, shards->items, *capacity, wanted, sizeof *items);

        if (items == NULL) {
            return NULL;
        }
        shards->items = items;
        *capacity = wanted;
    }
    shards->items[shards->count] =
        (struct kh_kinesis_shard){ .begin_hash = KH_STR(""), .end_hash = KH_STR("") };
    return &shards->items[shards->count++];
}

static enum kh_status read_shards(struct kh_json *in, struct kh_kinesis_shards *shards,
                                  size_t *capacity)
{
    struct kh_json_array array;

    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        struct kh_kinesis_shard *shard = next_shard(in, shards, capacity);

        if (shard == NULL) {
            return kh_fail(in->error, KH_NO_MEMORY, "no memory for a shard");
        }
        KH_TRY(read_shard(in, shard));
    }
    return kh_json_array_end(in, &array);
}

static enum kh_status read_page(struct kh_json *in, struct kh_kinesis_shards *shards,
                                size_t *capacity, struct kh_str *token)
{
    struct kh_json_object object;

    *token = KH_STR("");
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("Shards"))) {
            KH_TRY(read_shards(in, shards, capacity));
        } else if (kh_json_member_is(&object, KH_STR("NextToken"))) {
            KH_TRY(kh__kinesis_read_str(in, token));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    KH_TRY(kh_json_object_end(in, &object, NULL, NULL, NULL, 0));
    return kh_json_end(in);
}

static enum kh_status list_page(struct kh_kinesis_stream *stream, const struct kh_call *call,
                                struct kh_kinesis_shards *shards, size_t *capacity,
                                struct kh_str *token)
{
    struct kh_aws_answer answer;
    struct kh_json_writer body;
    struct kh_error why;
    struct kh_json in;
    enum kh_status status;

    kh_json_writer_init(&body);
    status = write_request(stream, *token, &body);
    if (status == KH_OK) {
        status = kh__kinesis_ask(stream, call, "ListShards", kh_json_writer_text(&body), &answer);
    }
    kh_json_writer_clean_up(&body);
    KH_TRY(status);
    kh_error_clear(&why);
    kh_json_init(&in, answer.body, call->arena, &why);
    status = read_page(&in, shards, capacity, token);
    return status == KH_OK ? KH_OK
                           : kh__kinesis_unreadable(stream, call, "ListShards", status, why.reason);
}

enum kh_status kh_kinesis_list_shards(struct kh_kinesis_stream *stream, const struct kh_call *call,
                                      struct kh_kinesis_shards *out)
{
    struct kh_str token = KH_STR("");
    size_t capacity = 0;

    *out = (struct kh_kinesis_shards){ .items = NULL };
    do {
        KH_TRY(list_page(stream, call, out, &capacity, &token));
    } while (token.length > 0);
    return KH_OK;
}
