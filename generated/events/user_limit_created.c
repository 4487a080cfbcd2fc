/*
 * Generated from schema/events/user_limit_created.schema.json.
 * To change this file, edit the schema and build.
 */
#include "events/user_limit_created.h"

#include "kh/proto_reader.h"

enum kh_status user_limit_created_read(struct kh_json *in, struct user_limit_created *out)
{
    enum {
        MEMBER_ACTIVE_FROM,
        MEMBER_ACTIVE_UNTIL,
        MEMBER_BRAND_ID,
        MEMBER_CREATED_AT,
        MEMBER_CURRENCY_CODE,
        MEMBER_NEXT_RESET_TIME,
        MEMBER_PERIOD,
        MEMBER_PREVIOUS_LIMIT_VALUE,
        MEMBER_PROGRESS,
        MEMBER_STATUS,
        MEMBER_TYPE,
        MEMBER_USER_ID,
        MEMBER_USER_LIMIT_ID,
        MEMBER_VALUE,
        MEMBERS
    };
    static const struct kh_str names[MEMBERS] = {
        [MEMBER_ACTIVE_FROM] = KH_STR_INIT("activeFrom"),
        [MEMBER_ACTIVE_UNTIL] = KH_STR_INIT("activeUntil"),
        [MEMBER_BRAND_ID] = KH_STR_INIT("brandId"),
        [MEMBER_CREATED_AT] = KH_STR_INIT("createdAt"),
        [MEMBER_CURRENCY_CODE] = KH_STR_INIT("currencyCode"),
        [MEMBER_NEXT_RESET_TIME] = KH_STR_INIT("nextResetTime"),
        [MEMBER_PERIOD] = KH_STR_INIT("period"),
        [MEMBER_PREVIOUS_LIMIT_VALUE] = KH_STR_INIT("previousLimitValue"),
        [MEMBER_PROGRESS] = KH_STR_INIT("progress"),
        [MEMBER_STATUS] = KH_STR_INIT("status"),
        [MEMBER_TYPE] = KH_STR_INIT("type"),
        [MEMBER_USER_ID] = KH_STR_INIT("userId"),
        [MEMBER_USER_LIMIT_ID] = KH_STR_INIT("userLimitId"),
        [MEMBER_VALUE] = KH_STR_INIT("value"),
    };
    static const uint64_t required[KH_SEEN_WORDS(MEMBERS)] = {
        [0] = KH_SEEN(MEMBER_ACTIVE_FROM)
              | KH_SEEN(MEMBER_BRAND_ID)
              | KH_SEEN(MEMBER_CURRENCY_CODE)
              | KH_SEEN(MEMBER_PERIOD)
              | KH_SEEN(MEMBER_STATUS)
              | KH_SEEN(MEMBER_TYPE)
              | KH_SEEN(MEMBER_USER_ID)
              | KH_SEEN(MEMBER_USER_LIMIT_ID)
              | KH_SEEN(MEMBER_VALUE),
    };
    uint64_t seen[KH_SEEN_WORDS(MEMBERS)] = { 0 };
    struct kh_json_object object;

    kh_clear(out, sizeof *out);
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_more(in, &object)) {
        if (kh_json_take_member(in, &object, seen, MEMBER_ACTIVE_FROM, KH_STR("\"activeFrom\":"))) {
            KH_TRY(timestamp_read(in, &out->active_from));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_ACTIVE_UNTIL,
                                KH_STR("\"activeUntil\":"))) {
            KH_TRY(timestamp_read(in, &out->active_until));
            out->has_active_until = true;
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_BRAND_ID, KH_STR("\"brandId\":"))) {
            KH_TRY(identifier_read(in, &out->brand_id));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_CREATED_AT, KH_STR("\"createdAt\":"))) {
            KH_TRY(timestamp_read(in, &out->created_at));
            out->has_created_at = true;
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_CURRENCY_CODE,
                                KH_STR("\"currencyCode\":"))) {
            KH_TRY(currency_code_read(in, &out->currency_code));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_NEXT_RESET_TIME,
                                KH_STR("\"nextResetTime\":"))) {
            KH_TRY(timestamp_read(in, &out->next_reset_time));
            out->has_next_reset_time = true;
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_PERIOD, KH_STR("\"period\":"))) {
            KH_TRY(limit_period_read(in, &out->period));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_PREVIOUS_LIMIT_VALUE,
                                KH_STR("\"previousLimitValue\":"))) {
            KH_TRY(money_read(in, &out->previous_limit_value));
            out->has_previous_limit_value = true;
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_PROGRESS, KH_STR("\"progress\":"))) {
            KH_TRY(money_read(in, &out->progress));
            out->has_progress = true;
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_STATUS, KH_STR("\"status\":"))) {
            KH_TRY(limit_status_read(in, &out->status));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_TYPE, KH_STR("\"type\":"))) {
            KH_TRY(limit_type_read(in, &out->type));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_USER_ID, KH_STR("\"userId\":"))) {
            KH_TRY(identifier_read(in, &out->user_id));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_USER_LIMIT_ID,
                                KH_STR("\"userLimitId\":"))) {
            KH_TRY(identifier_read(in, &out->user_limit_id));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_VALUE, KH_STR("\"value\":"))) {
            KH_TRY(money_read(in, &out->value));
        }
        KH_TRY(kh_json_other_member(in, &object));
    }
    return kh_json_object_end(in, &object, seen, required, names, MEMBERS);
}

enum kh_status user_limit_created_write(struct kh_json_writer *out,
                                        const struct user_limit_created *value)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("activeFrom")));
    KH_TRY(timestamp_write(out, &value->active_from));
    if (value->has_active_until) {
        KH_TRY(kh_json_write_name(out, KH_STR("activeUntil")));
        KH_TRY(timestamp_write(out, &value->active_until));
    }
    KH_TRY(kh_json_write_name(out, KH_STR("brandId")));
    KH_TRY(identifier_write(out, &value->brand_id));
    if (value->has_created_at) {
        KH_TRY(kh_json_write_name(out, KH_STR("createdAt")));
        KH_TRY(timestamp_write(out, &value->created_at));
    }
    KH_TRY(kh_json_write_name(out, KH_STR("currencyCode")));
    KH_TRY(currency_code_write(out, &value->currency_code));
    if (value->has_next_reset_time) {
        KH_TRY(kh_json_write_name(out, KH_STR("nextResetTime")));
        KH_TRY(timestamp_write(out, &value->next_reset_time));
    }
    KH_TRY(kh_json_write_name(out, KH_STR("period")));
    KH_TRY(limit_period_write(out, &value->period));
    if (value->has_previous_limit_value) {
        KH_TRY(kh_json_write_name(out, KH_STR("previousLimitValue")));
        KH_TRY(money_write(out, &value->previous_limit_value));
    }
    if (value->has_progress) {
        KH_TRY(kh_json_write_name(out, KH_STR("progress")));
        KH_TRY(money_write(out, &value->progress));
    }
    KH_TRY(kh_json_write_name(out, KH_STR("status")));
    KH_TRY(limit_status_write(out, &value->status));
    KH_TRY(kh_json_write_name(out, KH_STR("type")));
    KH_TRY(limit_type_write(out, &value->type));
    KH_TRY(kh_json_write_name(out, KH_STR("userId")));
    KH_TRY(identifier_write(out, &value->user_id));
    KH_TRY(kh_json_write_name(out, KH_STR("userLimitId")));
    KH_TRY(identifier_write(out, &value->user_limit_id));
    KH_TRY(kh_json_write_name(out, KH_STR("value")));
    KH_TRY(money_write(out, &value->value));
    return kh_json_write_object_end(out);
}

static const struct kh_proto_field user_limit_created_proto_fields[] = {
    {
        .number = 1,
        .kind = KH_PROTO_INT64,
        .name = KH_STR_INIT("activeFrom"),
    },
    {
        .number = 2,
        .kind = KH_PROTO_INT64,
        .name = KH_STR_INIT("activeUntil"),
    },
    {
        .number = 3,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("brandId"),
    },
    {
        .number = 4,
        .kind = KH_PROTO_INT64,
        .name = KH_STR_INIT("createdAt"),
    },
    {
        .number = 5,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("currencyCode"),
    },
    {
        .number = 6,
        .kind = KH_PROTO_INT64,
        .name = KH_STR_INIT("nextResetTime"),
    },
    {
        .number = 7,
        .kind = KH_PROTO_ENUM,
        .name = KH_STR_INIT("period"),
        .values = &limit_period_proto,
    },
    {
        .number = 8,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("previousLimitValue"),
    },
    {
        .number = 9,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("progress"),
    },
    {
        .number = 10,
        .kind = KH_PROTO_ENUM,
        .name = KH_STR_INIT("status"),
        .values = &limit_status_proto,
    },
    {
        .number = 11,
        .kind = KH_PROTO_ENUM,
        .name = KH_STR_INIT("type"),
        .values = &limit_type_proto,
    },
    {
        .number = 12,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("userId"),
    },
    {
        .number = 13,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("userLimitId"),
    },
    {
        .number = 14,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("value"),
    },
};

const struct kh_proto_message user_limit_created_proto = {
    .name = "user_limits.UserLimitCreated",
    .fields = user_limit_created_proto_fields,
    .field_count = 14,
};

enum kh_status user_limit_created_read_proto(struct kh_proto_reader *in,
                                             struct user_limit_created *out)
{
    enum {
        MEMBER_ACTIVE_FROM,
        MEMBER_ACTIVE_UNTIL,
        MEMBER_BRAND_ID,
        MEMBER_CREATED_AT,
        MEMBER_CURRENCY_CODE,
        MEMBER_NEXT_RESET_TIME,
        MEMBER_PERIOD,
        MEMBER_PREVIOUS_LIMIT_VALUE,
        MEMBER_PROGRESS,
        MEMBER_STATUS,
        MEMBER_TYPE,
        MEMBER_USER_ID,
        MEMBER_USER_LIMIT_ID,
        MEMBER_VALUE,
        MEMBERS
    };
    static const uint64_t required[KH_SEEN_WORDS(MEMBERS)] = {
        [0] = KH_SEEN(MEMBER_ACTIVE_FROM)
              | KH_SEEN(MEMBER_BRAND_ID)
              | KH_SEEN(MEMBER_CURRENCY_CODE)
              | KH_SEEN(MEMBER_PERIOD)
              | KH_SEEN(MEMBER_STATUS)
              | KH_SEEN(MEMBER_TYPE)
              | KH_SEEN(MEMBER_USER_ID)
              | KH_SEEN(MEMBER_USER_LIMIT_ID)
              | KH_SEEN(MEMBER_VALUE),
    };
    uint64_t seen[KH_SEEN_WORDS(MEMBERS)] = { 0 };

    kh_clear(out, sizeof *out);
    while (in->at < in->end) {
        const unsigned char *pass = in->at;

        if (kh_proto_take(in, KH_PROTO_TAG(1, KH_WIRE_VARINT))) {
            KH_TRY(kh_proto_once(seen, MEMBER_ACTIVE_FROM));
            KH_TRY(timestamp_read_proto(in, &out->active_from));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(2, KH_WIRE_VARINT))) {
            KH_TRY(kh_proto_once(seen, MEMBER_ACTIVE_UNTIL));
            KH_TRY(timestamp_read_proto(in, &out->active_until));
            out->has_active_until = true;
        }
        if (kh_proto_take(in, KH_PROTO_TAG(3, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_BRAND_ID));
            KH_TRY(identifier_read_proto(in, &out->brand_id));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(4, KH_WIRE_VARINT))) {
            KH_TRY(kh_proto_once(seen, MEMBER_CREATED_AT));
            KH_TRY(timestamp_read_proto(in, &out->created_at));
            out->has_created_at = true;
        }
        if (kh_proto_take(in, KH_PROTO_TAG(5, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_CURRENCY_CODE));
            KH_TRY(currency_code_read_proto(in, &out->currency_code));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(6, KH_WIRE_VARINT))) {
            KH_TRY(kh_proto_once(seen, MEMBER_NEXT_RESET_TIME));
            KH_TRY(timestamp_read_proto(in, &out->next_reset_time));
            out->has_next_reset_time = true;
        }
        if (kh_proto_take(in, KH_PROTO_TAG(7, KH_WIRE_VARINT))) {
            KH_TRY(kh_proto_once(seen, MEMBER_PERIOD));
            KH_TRY(limit_period_read_proto(in, &out->period));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(8, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_PREVIOUS_LIMIT_VALUE));
            KH_TRY(money_read_proto(in, &out->previous_limit_value));
            out->has_previous_limit_value = true;
        }
        if (kh_proto_take(in, KH_PROTO_TAG(9, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_PROGRESS));
            KH_TRY(money_read_proto(in, &out->progress));
            out->has_progress = true;
        }
        if (kh_proto_take(in, KH_PROTO_TAG(10, KH_WIRE_VARINT))) {
            KH_TRY(kh_proto_once(seen, MEMBER_STATUS));
            KH_TRY(limit_status_read_proto(in, &out->status));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(11, KH_WIRE_VARINT))) {
            KH_TRY(kh_proto_once(seen, MEMBER_TYPE));
            KH_TRY(limit_type_read_proto(in, &out->type));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(12, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_USER_ID));
            KH_TRY(identifier_read_proto(in, &out->user_id));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(13, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_USER_LIMIT_ID));
            KH_TRY(identifier_read_proto(in, &out->user_limit_id));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(14, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_VALUE));
            KH_TRY(money_read_proto(in, &out->value));
        }
        if (in->at == pass) {
            uint32_t tag;

            if (!kh_proto_next(in, &tag) || tag >> 3 <= 14) {
                return KH_NOT_PROTOBUF;
            }
            KH_TRY(kh_proto_skip(in, tag));
        }
    }
    return kh_proto_end(in, seen, required, MEMBERS);
}
