/*
 * Generated from schema/events/user_limit_progress_changed.schema.json.
 * To change this file, edit the schema and build.
 */
#include "events/user_limit_progress_changed.h"

#include "kh/proto_reader.h"

enum kh_status user_limit_progress_changed_read(struct kh_json *in,
                                                struct user_limit_progress_changed *out)
{
    enum {
        MEMBER_AMOUNT,
        MEMBER_BRAND_ID,
        MEMBER_CURRENCY_CODE,
        MEMBER_NEXT_RESET_TIME,
        MEMBER_PREVIOUS_PROGRESS,
        MEMBER_REMAINING_AMOUNT,
        MEMBER_USER_ID,
        MEMBER_USER_LIMIT_ID,
        MEMBERS
    };
    static const struct kh_str names[MEMBERS] = {
        [MEMBER_AMOUNT] = KH_STR_INIT("amount"),
        [MEMBER_BRAND_ID] = KH_STR_INIT("brandId"),
        [MEMBER_CURRENCY_CODE] = KH_STR_INIT("currencyCode"),
        [MEMBER_NEXT_RESET_TIME] = KH_STR_INIT("nextResetTime"),
        [MEMBER_PREVIOUS_PROGRESS] = KH_STR_INIT("previousProgress"),
        [MEMBER_REMAINING_AMOUNT] = KH_STR_INIT("remainingAmount"),
        [MEMBER_USER_ID] = KH_STR_INIT("userId"),
        [MEMBER_USER_LIMIT_ID] = KH_STR_INIT("userLimitId"),
    };
    static const uint64_t required[KH_SEEN_WORDS(MEMBERS)] = {
        [0] = KH_SEEN(MEMBER_AMOUNT)
              | KH_SEEN(MEMBER_BRAND_ID)
              | KH_SEEN(MEMBER_CURRENCY_CODE)
              | KH_SEEN(MEMBER_NEXT_RESET_TIME)
              | KH_SEEN(MEMBER_PREVIOUS_PROGRESS)
              | KH_SEEN(MEMBER_USER_ID)
              | KH_SEEN(MEMBER_USER_LIMIT_ID),
    };
    uint64_t seen[KH_SEEN_WORDS(MEMBERS)] = { 0 };
    struct kh_json_object object;

    kh_clear(out, sizeof *out);
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_more(in, &object)) {
        if (kh_json_take_member(in, &object, seen, MEMBER_AMOUNT, KH_STR("\"amount\":"))) {
            KH_TRY(money_read(in, &out->amount));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_BRAND_ID, KH_STR("\"brandId\":"))) {
            KH_TRY(identifier_read(in, &out->brand_id));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_CURRENCY_CODE,
                                KH_STR("\"currencyCode\":"))) {
            KH_TRY(currency_code_read(in, &out->currency_code));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_NEXT_RESET_TIME,
                                KH_STR("\"nextResetTime\":"))) {
            KH_TRY(timestamp_read(in, &out->next_reset_time));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_PREVIOUS_PROGRESS,
                                KH_STR("\"previousProgress\":"))) {
            KH_TRY(money_read(in, &out->previous_progress));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_REMAINING_AMOUNT,
                                KH_STR("\"remainingAmount\":"))) {
            KH_TRY(money_read(in, &out->remaining_amount));
            out->has_remaining_amount = true;
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_USER_ID, KH_STR("\"userId\":"))) {
            KH_TRY(identifier_read(in, &out->user_id));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_USER_LIMIT_ID,
                                KH_STR("\"userLimitId\":"))) {
            KH_TRY(identifier_read(in, &out->user_limit_id));
        }
        KH_TRY(kh_json_other_member(in, &object));
    }
    return kh_json_object_end(in, &object, seen, required, names, MEMBERS);
}

enum kh_status user_limit_progress_changed_write(struct kh_json_writer *out,
                                                 const struct user_limit_progress_changed *value)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("amount")));
    KH_TRY(money_write(out, &value->amount));
    KH_TRY(kh_json_write_name(out, KH_STR("brandId")));
    KH_TRY(identifier_write(out, &value->brand_id));
    KH_TRY(kh_json_write_name(out, KH_STR("currencyCode")));
    KH_TRY(currency_code_write(out, &value->currency_code));
    KH_TRY(kh_json_write_name(out, KH_STR("nextResetTime")));
    KH_TRY(timestamp_write(out, &value->next_reset_time));
    KH_TRY(kh_json_write_name(out, KH_STR("previousProgress")));
    KH_TRY(money_write(out, &value->previous_progress));
    if (value->has_remaining_amount) {
        KH_TRY(kh_json_write_name(out, KH_STR("remainingAmount")));
        KH_TRY(money_write(out, &value->remaining_amount));
    }
    KH_TRY(kh_json_write_name(out, KH_STR("userId")));
    KH_TRY(identifier_write(out, &value->user_id));
    KH_TRY(kh_json_write_name(out, KH_STR("userLimitId")));
    KH_TRY(identifier_write(out, &value->user_limit_id));
    return kh_json_write_object_end(out);
}

static const struct kh_proto_field user_limit_progress_changed_proto_fields[] = {
    {
        .number = 1,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("amount"),
    },
    {
        .number = 2,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("brandId"),
    },
    {
        .number = 3,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("currencyCode"),
    },
    {
        .number = 4,
        .kind = KH_PROTO_INT64,
        .name = KH_STR_INIT("nextResetTime"),
    },
    {
        .number = 5,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("previousProgress"),
    },
    {
        .number = 6,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("remainingAmount"),
    },
    {
        .number = 7,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("userId"),
    },
    {
        .number = 8,
        .kind = KH_PROTO_STRING,
        .name = KH_STR_INIT("userLimitId"),
    },
};

const struct kh_proto_message user_limit_progress_changed_proto = {
    .name = "user_limits.UserLimitProgressChanged",
    .fields = user_limit_progress_changed_proto_fields,
    .field_count = 8,
};

enum kh_status user_limit_progress_changed_read_proto(struct kh_proto_reader *in,
                                                      struct user_limit_progress_changed *out)
{
    enum {
        MEMBER_AMOUNT,
        MEMBER_BRAND_ID,
        MEMBER_CURRENCY_CODE,
        MEMBER_NEXT_RESET_TIME,
        MEMBER_PREVIOUS_PROGRESS,
        MEMBER_REMAINING_AMOUNT,
        MEMBER_USER_ID,
        MEMBER_USER_LIMIT_ID,
        MEMBERS
    };
    static const uint64_t required[KH_SEEN_WORDS(MEMBERS)] = {
        [0] = KH_SEEN(MEMBER_AMOUNT)
              | KH_SEEN(MEMBER_BRAND_ID)
              | KH_SEEN(MEMBER_CURRENCY_CODE)
              | KH_SEEN(MEMBER_NEXT_RESET_TIME)
              | KH_SEEN(MEMBER_PREVIOUS_PROGRESS)
              | KH_SEEN(MEMBER_USER_ID)
              | KH_SEEN(MEMBER_USER_LIMIT_ID),
    };
    uint64_t seen[KH_SEEN_WORDS(MEMBERS)] = { 0 };

    kh_clear(out, sizeof *out);
    while (in->at < in->end) {
        const unsigned char *pass = in->at;

        if (kh_proto_take(in, KH_PROTO_TAG(1, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_AMOUNT));
            KH_TRY(money_read_proto(in, &out->amount));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(2, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_BRAND_ID));
            KH_TRY(identifier_read_proto(in, &out->brand_id));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(3, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_CURRENCY_CODE));
            KH_TRY(currency_code_read_proto(in, &out->currency_code));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(4, KH_WIRE_VARINT))) {
            KH_TRY(kh_proto_once(seen, MEMBER_NEXT_RESET_TIME));
            KH_TRY(timestamp_read_proto(in, &out->next_reset_time));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(5, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_PREVIOUS_PROGRESS));
            KH_TRY(money_read_proto(in, &out->previous_progress));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(6, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_REMAINING_AMOUNT));
            KH_TRY(money_read_proto(in, &out->remaining_amount));
            out->has_remaining_amount = true;
        }
        if (kh_proto_take(in, KH_PROTO_TAG(7, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_USER_ID));
            KH_TRY(identifier_read_proto(in, &out->user_id));
        }
        if (kh_proto_take(in, KH_PROTO_TAG(8, KH_WIRE_BYTES))) {
            KH_TRY(kh_proto_once(seen, MEMBER_USER_LIMIT_ID));
            KH_TRY(identifier_read_proto(in, &out->user_limit_id));
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
