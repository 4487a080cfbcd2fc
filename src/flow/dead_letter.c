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

/* How much of it is said. */
enum extent {
    ALL,
    WITHOUT_DATA,
    PROVENANCE /* names and pointers come from the event too, and may be as long */
};

static enum kh_status write_bare_reason(struct kh_json_writer *out, const struct kh__run *run)
{
    KH_TRY(kh_json_write_name(out, KH_STR("reason")));
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_str(out, KH_STR("status"), kh_str_from(kh_status_name(run->status))));
    KH_TRY(write_str(out, KH_STR("text"), kh_str_from(kh_status_text(run->status))));
    KH_TRY(write_str(out, KH_STR("detail"), kh_str_from(run->error->reason)));
    return kh_json_write_object_end(out);
}

static enum kh_status write_entry(struct kh_json_writer *out, const struct kh__run *run,
                                  const char *service, int64_t now_ms, enum extent extent,
                                  struct kh_arena *arena)
{
    struct kh_instant now = kh_instant_from_ms(now_ms);

    now.fraction_digits = 3;
    kh_json_writer_reset(out);
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_str(out, KH_STR("service"), kh_str_from(service)));
    KH_TRY(kh_json_write_name(out, KH_STR("time")));
    KH_TRY(kh_json_write_instant(out, now));
    if (extent == PROVENANCE) {
        KH_TRY(write_bare_reason(out, run));
    } else {
        KH_TRY(write_reason(out, run, arena));
        KH_TRY(write_violations(out, run, arena));
        KH_TRY(write_event(out, &run->message.event));
    }
    KH_TRY(write_record(out, run->record));
    if (extent == ALL) {
        KH_TRY(kh_json_write_name(out, KH_STR("data")));
        KH_TRY(kh_json_write_base64(out, delivered(run->record)));
    } else {
        KH_TRY(write_int(out, KH_STR("dataOmitted"), (int64_t)delivered(run->record).length));
    }
    return kh_json_write_object_end(out);
}

enum kh_status kh__dead_letter_write(struct kh_json_writer *out, const struct kh__run *run,
                                     const char *service, int64_t now_ms, size_t max_length,
                                     struct kh_arena *arena, bool *is_cut)
{
    for (enum extent extent = ALL; extent <= PROVENANCE; extent++) {
        KH_TRY(write_entry(out, run, service, now_ms, extent, arena));
        if (max_length == 0 || kh_json_writer_text(out).length <= max_length) {
            *is_cut = extent != ALL;
            return KH_OK;
        }
    }
    return KH_TOO_LARGE;
}

void kh__dead_letter_warn(const struct kh__run *run, struct kh_log log)
{
    KH_LOG(log, KH_ERROR,
           "a dead letter is longer than its target allows: it goes there without the event's "
           "bytes, which only the stream still has",
           KH_LOG_FIELD_STR("sequenceNumber", run->record->sequence_number),
           KH_LOG_FIELD_INT("bytes", delivered(run->record).length));
}

struct kh_str kh__dead_letter_key(const struct kh__run *run)
{
    struct kh_str key = run->message.event.key;

    return key.length > 0 ? key : run->record->partition_key;
}

bool kh__dead_letter_would_return(const struct kh_dead_letters *target,
                                  const struct kh_record *record)
{
    return target->arn.length > 0 && kh_str_equal(target->arn, record->source_arn);
}
