/*
 * Generated from schema/envelope.schema.json.
 * To change this file, edit the schema and build.
 */
#include "envelope.h"

#include "kh/check.h"
#include "kh/proto_reader.h"

enum kh_status envelope_read(struct kh_json *in, struct envelope *out)
{
    enum {
        MEMBER_AGGREGATE_ID,
        MEMBER_CONTEXT,
        MEMBER_CREATED_AT,
        MEMBER_DATA,
        MEMBER_EVENT_ID,
        MEMBER_SEQUENCE_NUMBER,
        MEMBER_SOURCE,
        MEMBER_TYPE,
        MEMBERS
    };
    static const struct kh_str names[MEMBERS] = {
        [MEMBER_AGGREGATE_ID] = KH_STR_INIT("aggregateId"),
        [MEMBER_CONTEXT] = KH_STR_INIT("context"),
        [MEMBER_CREATED_AT] = KH_STR_INIT("createdAt"),
        [MEMBER_DATA] = KH_STR_INIT("data"),
        [MEMBER_EVENT_ID] = KH_STR_INIT("eventId"),
        [MEMBER_SEQUENCE_NUMBER] = KH_STR_INIT("sequenceNumber"),
        [MEMBER_SOURCE] = KH_STR_INIT("source"),
        [MEMBER_TYPE] = KH_STR_INIT("type"),
    };
    static const uint64_t required[KH_SEEN_WORDS(MEMBERS)] = {
        [0] = KH_SEEN(MEMBER_AGGREGATE_ID)
              | KH_SEEN(MEMBER_CREATED_AT)
              | KH_SEEN(MEMBER_DATA)
              | KH_SEEN(MEMBER_EVENT_ID)
              | KH_SEEN(MEMBER_SEQUENCE_NUMBER)
              | KH_SEEN(MEMBER_SOURCE)
              | KH_SEEN(MEMBER_TYPE),
    };
    uint64_t seen[KH_SEEN_WORDS(MEMBERS)] = { 0 };
    struct kh_json_object object;

    kh_clear(out, sizeof *out);
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_more(in, &object)) {
        if (kh_json_take_member(in, &object, seen, MEMBER_AGGREGATE_ID,
                                KH_STR("\"aggregateId\":"))) {
            KH_TRY(kh_json_read_str(in, &out->aggregate_id));
            KH_TRY(kh_check_min_length(in, out->aggregate_id, 1));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_CONTEXT, KH_STR("\"context\":"))) {
            KH_TRY(kh_json_read_raw_object(in, &out->context));
            out->has_context = true;
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_CREATED_AT, KH_STR("\"createdAt\":"))) {
            KH_TRY(timestamp_read(in, &out->created_at));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_DATA, KH_STR("\"data\":"))) {
            KH_TRY(kh_json_read_payload(in, out->type, &out->data));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_EVENT_ID, KH_STR("\"eventId\":"))) {
            KH_TRY(identifier_read(in, &out->event_id));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_SEQUENCE_NUMBER,
                                KH_STR("\"sequenceNumber\":"))) {
            KH_TRY(kh_json_read_int64(in, &out->sequence_number));
            KH_TRY(kh_check_minimum_int64(in, out->sequence_number, 0));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_SOURCE, KH_STR("\"source\":"))) {
            KH_TRY(kh_json_read_str(in, &out->source));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_TYPE, KH_STR("\"type\":"))) {
            KH_TRY(kh_json_read_str(in, &out->type));
            KH_TRY(kh_check_min_length(in, out->type, 1));
        }
        KH_TRY(kh_json_other_member(in, &object));
    }
    return kh_json_object_end(in, &object, seen, required, names, MEMBERS);
}

enum kh_status envelope_write(struct kh_json_writer *out, const struct envelope *value)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("aggregateId")));
    KH_TRY(kh_json_write_str(out, value->aggregate_id));
    if (value->has_context) {
        KH_TRY(kh_json_write_name(out, KH_STR("context")));
        KH_TRY(kh_json_write_raw(out, value->context));
    }
    KH_TRY(kh_json_write_name(out, KH_STR("createdAt")));
    KH_TRY(timestamp_write(out, &value->created_at));
    KH_TRY(kh_json_write_name(out, KH_STR("data")));
    KH_TRY(kh_json_write_raw(out, value->data));
    KH_TRY(kh_json_write_name(out, KH_STR("eventId")));
    KH_TRY(identifier_write(out, &value->event_id));
    KH_TRY(kh_json_write_name(out, KH_STR("sequenceNumber")));
    KH_TRY(kh_json_write_int64(out, value->sequence_number));
    KH_TRY(kh_json_write_name(out, KH_STR("source")));
    KH_TRY(kh_json_write_str(out, value->source));
    KH_TRY(kh_json_write_name(out, KH_STR("type")));
    KH_TRY(kh_json_write_str(out, value->type));
    return kh_json_write_object_end(out);
}

static const struct kh_proto_field envelope_proto_fields[] = {
    {
        .number = 1,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("aggregateId"),
    },
    {
        .number = 2,
        .kind = KH_PROTO_STRUCT,
        .name = KH_STR_INIT("context"),
    },
    {
        .number = 3,
        .kind = KH_PROTO_INT64,
        .name = KH_STR_INIT("createdAt"),
    },
    {
        .number = 4,
        .kind = KH_PROTO_PAYLOAD,
        .name = KH_STR_INIT("data"),
    },
    {
        .number = 5,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("eventId"),
    },
    {
        .number = 6,
        .kind = KH_PROTO_INT64,
        .name = KH_STR_INIT("sequenceNumber"),
    },
    {
        .number = 7,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("source"),
    },
    {
        .number = 8,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("type"),
    },
};

const struct kh_proto_message envelope_proto = {
    .name = "user_limits.Envelope",
    .fields = envelope_proto_fields,
    .field_count = 8,
};

enum kh_status envelope_read_proto(struct kh_proto_reader *in, struct envelope *out)
{
    enum {
        MEMBER_AGGREGATE_ID,
        MEMBER_CONTEXT,
        MEMBER_CREATED_AT,
        MEMBER_DATA,
        MEMBER_EVENT_ID,
        MEMBER_SEQUENCE_NUMBER,
        MEMBER_SOURCE,
        MEMBER_TYPE,
        MEMBERS
    };
    static const uint64_t required[KH_SEEN_WORDS(MEMBERS)] = {
        [0] = KH_SEEN(MEMBER_AGGREGATE_ID)
              | KH_SEEN(MEMBER_CREATED_AT)
              | KH_SEEN(MEMBER_DATA)
              | KH_SEEN(MEMBER_EVENT_ID)
              | KH_SEEN(MEMBER_SEQUENCE_NUMBER)
              | KH_SEEN(MEMBER_SOURCE)
              | KH_SEEN(MEMBER_TYPE),
    };
    uint64_t seen[KH_SEEN_WORDS(MEMBERS)] = { 0 };

    kh_clear(out, sizeof *out);
    while (in->at < in->end) {
        const unsigned char *pass = in->at;

        if (kh_proto_take(in, KH_PROTO_TAG(1, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_AGGREGATE_ID));
            KH_TRY(kh_proto_read_str(in, &out->aggregate_id));
            KH_TRY(kh_check_min_length(&in->check, out->aggregate_id, 1));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(2, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_CONTEXT));
            KH_TRY(kh_proto_read_raw(in, KH_PROTO_STRUCT, &out->context));
            out->has_context = true;
        }
        if (kh_proto_take(in, KH_PROTO_TAG(3, KH_WIRE_VARINT))) {
            KH_TRY(kh_proto_once(seen, MEMBER_CREATED_AT));
            KH_TRY(timestamp_read_proto(in, &out->created_at));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(4, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_DATA));
            KH_TRY(kh_proto_read_bytes(in, &out->data.text));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(5, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_EVENT_ID));
            KH_TRY(identifier_read_proto(in, &out->event_id));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(6, KH_WIRE_VARINT))) {
            KH_TRY(kh_proto_once(seen, MEMBER_SEQUENCE_NUMBER));
            KH_TRY(kh_proto_read_int64(in, &out->sequence_number));
            KH_TRY(kh_check_minimum_int64(&in->check, out->sequence_number, 0));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(7, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_SOURCE));
            KH_TRY(kh_proto_read_str(in, &out->source));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(8, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_TYPE));
            KH_TRY(kh_proto_read_str(in, &out->type));
            KH_TRY(kh_check_min_length(&in->check, out->type, 1));
        }
        if (in->at == pass) {
            uint32_t tag;

            if (!kh_proto_next(in, &tag) || tag >> 3 <= 8) {
                return KH_NOT_PROTOBUF;
            }
            KH_TRY(kh_proto_skip(in, tag));
        }
    }
    return kh_proto_end(in, seen, required, MEMBERS);
}

enum kh_status envelope_fill(struct kh_json *in, const struct envelope *envelope,
                             struct kh_event *event)
{
    kh_clear(event, sizeof *event);
    event->type = envelope->type;
    event->payload_pointer = "/data";
    (void)in;
    event->id = envelope->event_id;
    event->key = envelope->aggregate_id;
    event->sequence = envelope->sequence_number;
    event->has_sequence = true;
    event->payload = envelope->data.text;
    event->has_payload = true;
    return KH_OK;
}

enum kh_status envelope_fill_proto(struct kh_proto_reader *in, struct envelope *envelope,
                                   struct kh_event *event)
{
    KH_TRY(envelope_fill(&in->check, envelope, event));
    if (event->has_payload) {
        envelope->data.text = KH_STR("{}");
    }
    return KH_OK;
}
