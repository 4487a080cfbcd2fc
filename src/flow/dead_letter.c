/* One dead letter as JSON: why, what is wrong, which event, where from, and the bytes themselves. */
#include "flow/batch.h"

static enum kh_status write_str(struct kh_json_writer *out, struct kh_str name, struct kh_str value)
{
    KH_TRY(kh_json_write_name(out, name));
    return kh_json_write_str(out, value);
}

/* What is not known is left out. */
static enum kh_status write_known(struct kh_json_writer *out, struct kh_str name,
                                  struct kh_str value)
{
    return value.length == 0 ? KH_OK : write_str(out, name, value);
}

static enum kh_status write_int(struct kh_json_writer *out, struct kh_str name, int64_t value)
{
    KH_TRY(kh_json_write_name(out, name));
    return kh_json_write_int64(out, value);
}

static enum kh_status write_reason(struct kh_json_writer *out, const struct kh__run *run,
                                   struct kh_arena *arena)
{
    struct kh_str pointer;

    KH_TRY(kh__run_pointer(run, NULL, arena, &pointer));
    KH_TRY(kh_json_write_name(out, KH_STR("reason")));
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_str(out, KH_STR("status"), kh_str_from(kh_status_name(run->status))));
    KH_TRY(write_str(out, KH_STR("text"), kh_str_from(kh_status_text(run->status))));
    KH_TRY(write_str(out, KH_STR("detail"), kh_str_from(run->error->reason)));
    KH_TRY(write_str(out, KH_STR("pointer"), pointer));
    return kh_json_write_object_end(out);
}

static enum kh_status write_violations(struct kh_json_writer *out, const struct kh__run *run,
                                       struct kh_arena *arena)
{
    const struct kh_violation *violation = NULL;

    if (run->violations != NULL) {
        violation = run->violations->first;
        KH_TRY(write_int(out, KH_STR("violationCount"), (int64_t)run->violations->count));
    }
    KH_TRY(kh_json_write_name(out, KH_STR("violations")));
    KH_TRY(kh_json_write_array_begin(out));
    for (; violation != NULL; violation = violation->next) {
        struct kh_str pointer;

        KH_TRY(kh__run_pointer(run, violation, arena, &pointer));
        KH_TRY(kh_json_write_object_begin(out));
        KH_TRY(write_str(out, KH_STR("pointer"), pointer));
        KH_TRY(write_str(out, KH_STR("keyword"), kh_str_from(violation->keyword)));
        KH_TRY(write_str(out, KH_STR("reason"), violation->reason));
        KH_TRY(kh_json_write_object_end(out));
    }
    return kh_json_write_array_end(out);
}

static enum kh_status write_event(struct kh_json_writer *out, const struct kh_event *event)
{
    KH_TRY(kh_json_write_name(out, KH_STR("event")));
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_known(out, KH_STR("id"), event->id));
    KH_TRY(write_known(out, KH_STR("type"), event->type));
    return kh_json_write_object_end(out);
}

static enum kh_status write_wrapping(struct kh_json_writer *out, const struct kh_wrapping *wrapping)
{
    if (wrapping->is_user_record) {
        KH_TRY(kh_json_write_name(out, KH_STR("subSequenceNumber")));
        KH_TRY(kh_json_write_uint64(out, wrapping->sub_sequence_number));
    }
    KH_TRY(write_known(out, KH_STR("explicitHashKey"), wrapping->explicit_hash_key));
    KH_TRY(write_known(out, KH_STR("frames"), wrapping->frames));
    return write_known(out, KH_STR("schemaId"), wrapping->schema_id);
}

static enum kh_status write_record(struct kh_json_writer *out, const struct kh_record *record)
{
    KH_TRY(kh_json_write_name(out, KH_STR("record")));
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_known(out, KH_STR("sequenceNumber"), record->sequence_number));
    KH_TRY(write_known(out, KH_STR("partitionKey"), record->partition_key));
    if (record->wrapping != NULL) {
        KH_TRY(write_wrapping(out, record->wrapping));
    }
    KH_TRY(write_known(out, KH_STR("shardId"), record->shard_id));
    KH_TRY(write_known(out, KH_STR("sourceArn"), record->source_arn));
    if (record->arrival_ms != 0) {
        KH_TRY(write_int(out, KH_STR("arrivalMs"), record->arrival_ms));
    }
    KH_TRY(write_int(out, KH_STR("position"), (int64_t)record->position));
    return kh_json_write_object_end(out);
}

/* With everything around it, so that it can be sent again. */
static struct kh_str delivered(const struct kh_record *record)
{
    return record->wrapping == NULL ? record->data : record->wrapping->delivered;
}

enum kh_status kh__dead_letter_write(struct kh_json_writer *out, const struct kh__run *run,
                                     const char *service, int64_t now_ms, struct kh_arena *arena)
{
    struct kh_instant now = kh_instant_from_ms(now_ms);

    now.fraction_digits = 3;
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_str(out, KH_STR("service"), kh_str_from(service)));
    KH_TRY(kh_json_write_name(out, KH_STR("time")));
    KH_TRY(kh_json_write_instant(out, now));
    KH_TRY(write_reason(out, run, arena));
    KH_TRY(write_violations(out, run, arena));
    KH_TRY(write_event(out, &run->message.event));
    KH_TRY(write_record(out, run->record));
    KH_TRY(kh_json_write_name(out, KH_STR("data")));
    KH_TRY(kh_json_write_base64(out, delivered(run->record)));
    return kh_json_write_object_end(out);
}
