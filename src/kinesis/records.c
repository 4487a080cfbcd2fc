/*
 * GetShardIterator and GetRecords. Records are read straight into the batch's form: their data decoded into the
 * arena, their strings slices of the answer. What is absent may as well be null.
 */
#include "kinesis/records.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "kinesis/answer.h"

/* ---- GetShardIterator ---------------------------------------------------------------------- */

static enum kh_status write_text(struct kh_json_writer *out, struct kh_str name,
                                 struct kh_str value)
{
    KH_TRY(kh_json_write_name(out, name));
    return kh_json_write_str(out, value);
}

/* Seconds with a fraction. */
static enum kh_status write_time(struct kh_json_writer *out, int64_t time_ms)
{
    char text[32];
    int length =
        snprintf(text, sizeof text, "%" PRId64 ".%03" PRId64, time_ms / 1000, time_ms % 1000);

    KH_TRY(kh_json_write_name(out, KH_STR("Timestamp")));
    return kh_json_write_raw(out, (struct kh_raw){ { text, (size_t)length } });
}

static enum kh_status write_position(struct kh_json_writer *out,
                                     const struct kh_kinesis_position *position)
{
    static const struct kh_str types[] = {
        [KH_KINESIS_TRIM_HORIZON] = KH_STR_INIT("TRIM_HORIZON"),
        [KH_KINESIS_AT_TIME] = KH_STR_INIT("AT_TIMESTAMP"),
        [KH_KINESIS_AFTER] = KH_STR_INIT("AFTER_SEQUENCE_NUMBER"),
    };

    KH_TRY(write_text(out, KH_STR("ShardIteratorType"), types[position->start]));
    if (position->start == KH_KINESIS_AT_TIME) {
        return write_time(out, position->time_ms);
    }
    return position->start == KH_KINESIS_AFTER
               ? write_text(out, KH_STR("StartingSequenceNumber"), position->sequence_number)
               : KH_OK;
}

static enum kh_status write_iterator_request(const struct kh_kinesis_stream *stream,
                                             struct kh_str shard_id,
                                             const struct kh_kinesis_position *position,
                                             struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh__kinesis_write_stream(stream, out));
    KH_TRY(write_text(out, KH_STR("ShardId"), shard_id));
    KH_TRY(write_position(out, position));
    return kh_json_write_object_end(out);
}

static enum kh_status read_iterator(struct kh_json *in, struct kh_str *out)
{
    struct kh_json_object object;

    *out = KH_STR("");
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("ShardIterator"))) {
            KH_TRY(kh__kinesis_read_str(in, out));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    KH_TRY(kh_json_object_end(in, &object, NULL, NULL, NULL, 0));
    KH_TRY(kh_json_end(in));
    return out->length > 0 ? KH_OK
                           : kh_fail(in->error, KH_INVALID, "there is no \"ShardIterator\"");
}

enum kh_status kh_kinesis_iterator(struct kh_kinesis_stream *stream, const struct kh_call *call,
                                   struct kh_str shard_id,
                                   const struct kh_kinesis_position *position, struct kh_str *out)
{
    struct kh_aws_answer answer;
    struct kh_json_writer body;
    struct kh_error why;
    struct kh_json in;
    enum kh_status status;

    kh_json_writer_init(&body);
    status = write_iterator_request(stream, shard_id, position, &body);
    if (status == KH_OK) {
        status =
            kh__kinesis_ask(stream, call, "GetShardIterator", kh_json_writer_text(&body), &answer);
    }
    kh_json_writer_clean_up(&body);
    KH_TRY(status);
    kh_error_clear(&why);
    kh_json_init(&in, answer.body, call->arena, &why);
    status = read_iterator(&in, out);
    return status == KH_OK
               ? KH_OK
               : kh__kinesis_unreadable(stream, call, "GetShardIterator", status, why.reason);
}

/* ---- GetRecords ---------------------------------------------------------------------------- */

static enum kh_status write_records_request(struct kh_str iterator, size_t limit,
                                            struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_text(out, KH_STR("ShardIterator"), iterator));
    KH_TRY(kh_json_write_name(out, KH_STR("Limit")));
    KH_TRY(kh_json_write_int64(out, (int64_t)limit));
    return kh_json_write_object_end(out);
}

/* Seconds with a fraction, as milliseconds; what can't be a time is 0. */
static enum kh_status read_arrival(struct kh_json *in, int64_t *arrival_ms)
{
    double seconds;

    *arrival_ms = 0;
    if (kh_json_take_null(in)) {
        return KH_OK;
    }
    KH_TRY(kh_json_read_double(in, &seconds));
    if (seconds > 0 && seconds < 1e12) {
        *arrival_ms = (int64_t)llround(seconds * 1000);
    }
    return KH_OK;
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

static enum kh_status read_record(struct kh_json *in, struct kh_record *record)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("Data"))) {
            KH_TRY(read_data(in, record));
        } else if (kh_json_member_is(&object, KH_STR("PartitionKey"))) {
            KH_TRY(kh__kinesis_read_str(in, &record->partition_key));
        } else if (kh_json_member_is(&object, KH_STR("SequenceNumber"))) {
            KH_TRY(kh__kinesis_read_str(in, &record->sequence_number));
            record->id = record->sequence_number;
        } else if (kh_json_member_is(&object, KH_STR("ApproximateArrivalTimestamp"))) {
            KH_TRY(read_arrival(in, &record->arrival_ms));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    KH_TRY(kh_json_object_end(in, &object, NULL, NULL, NULL, 0));
    /* Without one it could be neither retried nor passed. */
    return record->id.length > 0
               ? KH_OK
               : kh_fail(in->error, KH_INVALID, "a record has no \"SequenceNumber\"");
}

static enum kh_status read_records(struct kh_json *in, struct kh_str shard_id,
                                   struct kh_str source_arn, struct kh_records *out)
{
    struct kh_json_array array;

    *out = (struct kh_records){ .items = NULL };
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
                                                     .shard_id = shard_id,
                                                     .source_arn = source_arn,
                                                     .position = out->count };
        KH_TRY(read_record(in, &out->items[out->count]));
        out->count++;
    }
    return kh_json_array_end(in, &array);
}

static enum kh_status read_behind(struct kh_json *in, int64_t *out)
{
    return kh_json_take_null(in) ? KH_OK : kh_json_read_int64(in, out);
}

static enum kh_status read_page(struct kh_json *in, struct kh_str shard_id,
                                struct kh_str source_arn, struct kh_kinesis_page *out)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("Records"))) {
            KH_TRY(read_records(in, shard_id, source_arn, &out->records));
        } else if (kh_json_member_is(&object, KH_STR("NextShardIterator"))) {
            KH_TRY(kh__kinesis_read_str(in, &out->next));
        } else if (kh_json_member_is(&object, KH_STR("MillisBehindLatest"))) {
            KH_TRY(read_behind(in, &out->behind_ms));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    KH_TRY(kh_json_object_end(in, &object, NULL, NULL, NULL, 0));
    return kh_json_end(in);
}

static enum kh_status call_records(struct kh_kinesis_stream *stream, const struct kh_call *call,
                                   struct kh_str iterator, size_t limit,
                                   struct kh_aws_answer *answer)
{
    struct kh_json_writer body;
    enum kh_status status;

    kh_json_writer_init(&body);
    status = write_records_request(iterator, limit, &body);
    if (status == KH_OK) {
        status = kh__kinesis_ask(stream, call, "GetRecords", kh_json_writer_text(&body), answer);
    }
    kh_json_writer_clean_up(&body);
    return status;
}

enum kh_status kh_kinesis_records(struct kh_kinesis_stream *stream, const struct kh_call *call,
                                  struct kh_str iterator, size_t limit, struct kh_str shard_id,
                                  struct kh_str source_arn, struct kh_kinesis_page *out)
{
    struct kh_aws_answer answer;
    struct kh_error why;
    struct kh_json in;
    enum kh_status status = call_records(stream, call, iterator, limit, &answer);

    *out = (struct kh_kinesis_page){ .next = KH_STR("") };
    if (status == KH_STORE && kh_str_equal(answer.error_type, KH_STR("ExpiredIteratorException"))) {
        kh_error_clear(call->error);
        out->expired = true;
        return KH_OK;
    }
    KH_TRY(status);
    kh_error_clear(&why);
    kh_json_init(&in, answer.body, call->arena, &why);
    status = read_page(&in, shard_id, source_arn, out);
    return status == KH_OK ? KH_OK
                           : kh__kinesis_unreadable(stream, call, "GetRecords", status, why.reason);
}
