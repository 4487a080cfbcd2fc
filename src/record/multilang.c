/* Messages of the daemon. Members that an old daemon leaves out, or a new one adds, do no harm. */
#include "record/multilang.h"

#include <inttypes.h>
#include <stdio.h>

#include "kh/json.h"

static enum kh_status read_str(struct kh_json *in, struct kh_str *out)
{
    return kh_json_take_null(in) ? KH_OK : kh_json_read_str(in, out);
}

static enum kh_status read_data(struct kh_json *in, struct kh_record *record)
{
    bool decoded;

    if (kh_json_take_null(in)) {
        return KH_OK;
    }
    KH_TRY(kh_json_read_base64(in, &record->data, &decoded));
    record->status = decoded ? KH_OK : KH_NOT_BASE64;
    return KH_OK;
}

static enum kh_status read_time(struct kh_json *in, int64_t *arrival_ms)
{
    return kh_json_take_null(in) ? KH_OK : kh_json_read_int64(in, arrival_ms);
}

/* No two records of a batch have the same id. */
static enum kh_status set_id(struct kh_json *in, struct kh_record *record, uint64_t sub)
{
    size_t size = record->sequence_number.length + 24;
    char *text;

    if (record->sequence_number.length == 0) {
        return kh_fail(in->error, KH_INVALID, "a record has no \"sequenceNumber\"");
    }
    record->id = record->sequence_number;
    if (sub == 0) {
        return KH_OK;
    }
    text = kh_arena_alloc(in->arena, size);
    if (text == NULL) {
        return kh_fail(in->error, KH_NO_MEMORY, "no memory for a record");
    }
    record->id.length =
        (size_t)snprintf(text, size, "%.*s/%" PRIu64, KH_STR_ARG(record->sequence_number), sub);
    record->id.data = text;
    return KH_OK;
}

static enum kh_status read_record(struct kh_json *in, struct kh_record *record)
{
    struct kh_json_object object;
    uint64_t sub = 0;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("data"))) {
            KH_TRY(read_data(in, record));
        } else if (kh_json_member_is(&object, KH_STR("partitionKey"))) {
            KH_TRY(read_str(in, &record->partition_key));
        } else if (kh_json_member_is(&object, KH_STR("sequenceNumber"))) {
            KH_TRY(read_str(in, &record->sequence_number));
        } else if (kh_json_member_is(&object, KH_STR("subSequenceNumber"))) {
            if (!kh_json_take_null(in)) {
                KH_TRY(kh_json_read_uint64(in, &sub));
            }
        } else if (kh_json_member_is(&object, KH_STR("approximateArrivalTimestamp"))) {
            KH_TRY(read_time(in, &record->arrival_ms));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    KH_TRY(kh_json_object_end(in, &object, NULL, NULL, NULL, 0));
    return set_id(in, record, sub);
}

static enum kh_status read_records(struct kh_json *in, struct kh_records *out)
{
    struct kh_json_array array;

    *out = (struct kh_records){ .items = NULL };
    if (kh_json_take_null(in)) {
        return KH_OK;
    }
    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        struct kh_record *items = kh_json_array_slot(in, &array, out->items, sizeof *items);

        if (items == NULL) {
            return KH_NO_MEMORY;
        }
        out->items = items;
        out->items[out->count] = (struct kh_record){ .data = KH_STR(""),
                                                     .id = KH_STR(""),
                                                     .sequence_number = KH_STR(""),
                                                     .partition_key = KH_STR(""),
                                                     .shard_id = KH_STR(""),
                                                     .source_arn = KH_STR(""),
                                                     .position = out->count };
        KH_TRY(read_record(in, &out->items[out->count]));
        out->count++;
    }
    return kh_json_array_end(in, &array);
}

/* `shutdown` is what daemons of before said for two of these. */
static enum kh_multilang_action action_of(struct kh_str name, struct kh_str reason)
{
    static const struct {
        struct kh_str name;
        enum kh_multilang_action action;
    } rows[] = {
        { KH_STR_INIT("initialize"), KH_MULTILANG_INITIALIZE },
        { KH_STR_INIT("processRecords"), KH_MULTILANG_PROCESS_RECORDS },
        { KH_STR_INIT("checkpoint"), KH_MULTILANG_CHECKPOINT },
        { KH_STR_INIT("leaseLost"), KH_MULTILANG_LEASE_LOST },
        { KH_STR_INIT("shardEnded"), KH_MULTILANG_SHARD_ENDED },
        { KH_STR_INIT("shutdownRequested"), KH_MULTILANG_SHUTDOWN_REQUESTED },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (kh_str_equal(rows[i].name, name)) {
            return rows[i].action;
        }
    }
    if (kh_str_equal(name, KH_STR("shutdown"))) {
        return kh_str_equal(reason, KH_STR("TERMINATE")) ? KH_MULTILANG_SHARD_ENDED
                                                         : KH_MULTILANG_LEASE_LOST;
    }
    return KH_MULTILANG_OTHER;
}

static enum kh_status read_members(struct kh_json *in, struct kh_multilang_message *out,
                                   struct kh_str *reason)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("action"))) {
            KH_TRY(read_str(in, &out->name));
        } else if (kh_json_member_is(&object, KH_STR("records"))) {
            KH_TRY(read_records(in, &out->records));
        } else if (kh_json_member_is(&object, KH_STR("shardId"))) {
            KH_TRY(read_str(in, &out->shard_id));
        } else if (kh_json_member_is(&object, KH_STR("sequenceNumber"))) {
            KH_TRY(read_str(in, &out->sequence_number));
        } else if (kh_json_member_is(&object, KH_STR("error"))) {
            KH_TRY(read_str(in, &out->error));
        } else if (kh_json_member_is(&object, KH_STR("reason"))) {
            KH_TRY(read_str(in, reason));
        } else if (kh_json_member_is(&object, KH_STR("millisBehindLatest"))) {
            KH_TRY(read_time(in, &out->behind_ms));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

enum kh_status kh_multilang_read(struct kh_str line, struct kh_arena *arena, struct kh_error *error,
                                 struct kh_multilang_message *out)
{
    struct kh_str reason = KH_STR("");
    struct kh_json in;

    *out = (struct kh_multilang_message){ .name = KH_STR(""),
                                          .shard_id = KH_STR(""),
                                          .sequence_number = KH_STR(""),
                                          .error = KH_STR(""),
                                          .behind_ms = -1 };
    kh_json_init(&in, line, arena, error);
    KH_TRY(read_members(&in, out, &reason));
    KH_TRY(kh_json_end(&in));
    if (out->name.length == 0) {
        return kh_fail(error, KH_INVALID, "a message has no \"action\"");
    }
    out->action = action_of(out->name, reason);
    return KH_OK;
}

uint64_t kh_multilang_sub_sequence_number(const struct kh_record *record)
{
    size_t at = record->sequence_number.length;
    uint64_t sub = 0;

    for (at++; at < record->id.length; at++) {
        sub = sub * 10 + (uint64_t)(record->id.data[at] - '0');
    }
    return sub;
}
