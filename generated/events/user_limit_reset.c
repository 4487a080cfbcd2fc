/*
 * Generated from schema/events/user_limit_reset.schema.json.
 * To change this file, edit the schema and build.
 */
#include "events/user_limit_reset.h"

enum kh_status user_limit_reset_read(struct kh_json *in, struct user_limit_reset *out)
{
    enum {
        MEMBER_BRAND_ID,
        MEMBER_CURRENCY_CODE,
        MEMBER_NEXT_RESET_TIME,
        MEMBER_PERIOD,
        MEMBER_RESET_AMOUNT,
        MEMBER_RESET_PERCENTAGE,
        MEMBER_TYPE,
        MEMBER_UNUSED_AMOUNT,
        MEMBER_USER_ID,
        MEMBER_USER_LIMIT_ID,
        MEMBERS
    };
    static const struct kh_str names[MEMBERS] = {
        [MEMBER_BRAND_ID] = KH_STR_INIT("brandId"),
        [MEMBER_CURRENCY_CODE] = KH_STR_INIT("currencyCode"),
        [MEMBER_NEXT_RESET_TIME] = KH_STR_INIT("nextResetTime"),
        [MEMBER_PERIOD] = KH_STR_INIT("period"),
        [MEMBER_RESET_AMOUNT] = KH_STR_INIT("resetAmount"),
        [MEMBER_RESET_PERCENTAGE] = KH_STR_INIT("resetPercentage"),
        [MEMBER_TYPE] = KH_STR_INIT("type"),
        [MEMBER_UNUSED_AMOUNT] = KH_STR_INIT("unusedAmount"),
        [MEMBER_USER_ID] = KH_STR_INIT("userId"),
        [MEMBER_USER_LIMIT_ID] = KH_STR_INIT("userLimitId"),
    };
    static const uint64_t required[KH_SEEN_WORDS(MEMBERS)] = {
        [0] = KH_SEEN(MEMBER_BRAND_ID)
              | KH_SEEN(MEMBER_CURRENCY_CODE)
              | KH_SEEN(MEMBER_NEXT_RESET_TIME)
              | KH_SEEN(MEMBER_PERIOD)
              | KH_SEEN(MEMBER_RESET_AMOUNT)
              | KH_SEEN(MEMBER_RESET_PERCENTAGE)
              | KH_SEEN(MEMBER_TYPE)
              | KH_SEEN(MEMBER_UNUSED_AMOUNT)
              | KH_SEEN(MEMBER_USER_ID)
              | KH_SEEN(MEMBER_USER_LIMIT_ID),
    };
    uint64_t seen[KH_SEEN_WORDS(MEMBERS)] = { 0 };
    struct kh_json_object object;

    kh_clear(out, sizeof *out);
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_more(in, &object)) {
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
        if (kh_json_take_member(in, &object, seen, MEMBER_PERIOD, KH_STR("\"period\":"))) {
            KH_TRY(limit_period_read(in, &out->period));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_RESET_AMOUNT,
                                KH_STR("\"resetAmount\":"))) {
            KH_TRY(money_read(in, &out->reset_amount));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_RESET_PERCENTAGE,
                                KH_STR("\"resetPercentage\":"))) {
            KH_TRY(percentage_read(in, &out->reset_percentage));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_TYPE, KH_STR("\"type\":"))) {
            KH_TRY(limit_type_read(in, &out->type));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_UNUSED_AMOUNT,
                                KH_STR("\"unusedAmount\":"))) {
            KH_TRY(money_read(in, &out->unused_amount));
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

enum kh_status user_limit_reset_write(struct kh_json_writer *out,
                                      const struct user_limit_reset *value)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("brandId")));
    KH_TRY(identifier_write(out, &value->brand_id));
    KH_TRY(kh_json_write_name(out, KH_STR("currencyCode")));
    KH_TRY(currency_code_write(out, &value->currency_code));
    KH_TRY(kh_json_write_name(out, KH_STR("nextResetTime")));
    KH_TRY(timestamp_write(out, &value->next_reset_time));
    KH_TRY(kh_json_write_name(out, KH_STR("period")));
    KH_TRY(limit_period_write(out, &value->period));
    KH_TRY(kh_json_write_name(out, KH_STR("resetAmount")));
    KH_TRY(money_write(out, &value->reset_amount));
    KH_TRY(kh_json_write_name(out, KH_STR("resetPercentage")));
    KH_TRY(percentage_write(out, &value->reset_percentage));
    KH_TRY(kh_json_write_name(out, KH_STR("type")));
    KH_TRY(limit_type_write(out, &value->type));
    KH_TRY(kh_json_write_name(out, KH_STR("unusedAmount")));
    KH_TRY(money_write(out, &value->unused_amount));
    KH_TRY(kh_json_write_name(out, KH_STR("userId")));
    KH_TRY(identifier_write(out, &value->user_id));
    KH_TRY(kh_json_write_name(out, KH_STR("userLimitId")));
    KH_TRY(identifier_write(out, &value->user_limit_id));
    return kh_json_write_object_end(out);
}
