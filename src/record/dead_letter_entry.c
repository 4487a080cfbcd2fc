#include "record/dead_letter_entry.h"

#include "kh/json.h"

/* What is found on the way. */
struct entry {
    struct kh_record record;
    struct kh_wrapping wrapping;
    struct kh_str status; /* why it is a dead letter */
    bool has_data;
    bool is_cut;
};

static enum kh_status read_reason(struct kh_json *in, struct entry *out)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("status"))) {
            KH_TRY(kh_json_read_str(in, &out->status));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static enum kh_status read_provenance(struct kh_json *in, struct entry *out)
{
    struct kh_record *record = &out->record;
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("sequenceNumber"))) {
            KH_TRY(kh_json_read_str(in, &record->sequence_number));
        } else if (kh_json_member_is(&object, KH_STR("partitionKey"))) {
            KH_TRY(kh_json_read_str(in, &record->partition_key));
        } else if (kh_json_member_is(&object, KH_STR("shardId"))) {
            KH_TRY(kh_json_read_str(in, &record->shard_id));
        } else if (kh_json_member_is(&object, KH_STR("sourceArn"))) {
            KH_TRY(kh_json_read_str(in, &record->source_arn));
        } else if (kh_json_member_is(&object, KH_STR("arrivalMs"))) {
            KH_TRY(kh_json_read_int64(in, &record->arrival_ms));
        } else if (kh_json_member_is(&object, KH_STR("subSequenceNumber"))) {
            KH_TRY(kh_json_read_uint64(in, &out->wrapping.sub_sequence_number));
            out->wrapping.is_user_record = true;
        } else if (kh_json_member_is(&object, KH_STR("explicitHashKey"))) {
            KH_TRY(kh_json_read_str(in, &out->wrapping.explicit_hash_key));
        } else {
            /* What stood around it is found again when it is opened. */
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static enum kh_status read_data(struct kh_json *in, struct entry *out)
{
    KH_TRY(kh_json_read_base64(in, &out->record.data, &out->has_data));
    return out->has_data ? KH_OK : kh_fail(in->error, KH_INVALID, "its data is not base64");
}

static enum kh_status read_entry(struct kh_json *in, struct entry *out)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("reason"))) {
            KH_TRY(read_reason(in, out));
        } else if (kh_json_member_is(&object, KH_STR("record"))) {
            KH_TRY(read_provenance(in, out));
        } else if (kh_json_member_is(&object, KH_STR("data"))) {
            KH_TRY(read_data(in, out));
        } else {
            out->is_cut = out->is_cut || kh_json_member_is(&object, KH_STR("dataOmitted"));
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    KH_TRY(kh_json_object_end(in, &object, NULL, NULL, NULL, 0));
    return kh_json_end(in);
}

static enum kh_status keep_wrapping(struct entry *entry, struct kh_arena *arena,
                                    struct kh_error *error)
{
    struct kh_wrapping *wrapping = kh_arena_alloc(arena, sizeof *wrapping);

    if (wrapping == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for a dead letter");
    }
    *wrapping = entry->wrapping;
    wrapping->delivered = entry->record.data;
    entry->record.wrapping = wrapping;
    return KH_OK;
}

enum kh_status kh_dead_letter_read(struct kh_str text, struct kh_arena *arena,
                                   struct kh_error *error, struct kh_record *out)
{
    static const struct kh_str none = KH_STR_INIT("");
    struct entry entry = {
        .record = { .data = none,
                    .id = none,
                    .sequence_number = none,
                    .partition_key = none,
                    .shard_id = none,
                    .source_arn = none },
        .wrapping = { .frames = none, .schema_id = none, .explicit_hash_key = none },
        .status = none
    };
    struct kh_json in;

    kh_json_init(&in, text, arena, error);
    KH_TRY(read_entry(&in, &entry));
    if (!entry.has_data) {
        return kh_fail(error, KH_INVALID,
                       entry.is_cut ? "its data was left out when it was written, only the stream "
                                      "it came from may still have it"
                                    : "it has no data, so it is not a dead letter");
    }
    if (kh_str_equal(entry.status, KH_STR("NOT_BASE64"))) {
        entry.record.status = KH_NOT_BASE64;
    }
    if (entry.wrapping.is_user_record) {
        KH_TRY(keep_wrapping(&entry, arena, error));
    }
    *out = entry.record;
    return KH_OK;
}
