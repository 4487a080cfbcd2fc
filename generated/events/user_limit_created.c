/*
 * Generated from schema/events/user_limit_created.schema.json.
 * To change this file, edit the schema and build.
 */
#include "events/user_limit_created.h"

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
