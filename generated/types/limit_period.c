/*
 * Generated from schema/types/limit_period.schema.json.
 * To change this file, edit the schema and build.
 */
#include "types/limit_period.h"

#include "kh/check.h"

/* Tables of members hold it as an int. */
_Static_assert(sizeof(enum limit_period) == sizeof(int), "enums are kept as int");

static const struct kh_str limit_period_names[] = {
    [LIMIT_PERIOD_CALENDAR_DAY - 1] = KH_STR_INIT("CALENDAR_DAY"),
    [LIMIT_PERIOD_CALENDAR_WEEK - 1] = KH_STR_INIT("CALENDAR_WEEK"),
    [LIMIT_PERIOD_CALENDAR_MONTH - 1] = KH_STR_INIT("CALENDAR_MONTH"),
    [LIMIT_PERIOD_DAY - 1] = KH_STR_INIT("DAY"),
    [LIMIT_PERIOD_WEEK - 1] = KH_STR_INIT("WEEK"),
    [LIMIT_PERIOD_MONTH - 1] = KH_STR_INIT("MONTH"),
    [LIMIT_PERIOD_INDEFINITE - 1] = KH_STR_INIT("INDEFINITE"),
    [LIMIT_PERIOD_INSTANCE - 1] = KH_STR_INIT("INSTANCE"),
};

const struct kh_enum limit_period_enum = {
    .names = limit_period_names,
    .count = sizeof limit_period_names / sizeof limit_period_names[0],
};

struct kh_str limit_period_name(enum limit_period value)
{
    size_t index = (size_t)value - 1;

    if (index >= limit_period_enum.count) {
        return KH_STR("");
    }
    return limit_period_names[index];
}

enum kh_status limit_period_read(struct kh_json *in, enum limit_period *out)
{
    struct kh_str name = { NULL, 0 };

    KH_TRY(kh_json_read_str(in, &name));
    if (kh_str_equal(name, KH_STR("CALENDAR_DAY"))) {
        *out = LIMIT_PERIOD_CALENDAR_DAY;
    } else if (kh_str_equal(name, KH_STR("CALENDAR_WEEK"))) {
        *out = LIMIT_PERIOD_CALENDAR_WEEK;
    } else if (kh_str_equal(name, KH_STR("CALENDAR_MONTH"))) {
        *out = LIMIT_PERIOD_CALENDAR_MONTH;
    } else if (kh_str_equal(name, KH_STR("DAY"))) {
        *out = LIMIT_PERIOD_DAY;
    } else if (kh_str_equal(name, KH_STR("WEEK"))) {
        *out = LIMIT_PERIOD_WEEK;
    } else if (kh_str_equal(name, KH_STR("MONTH"))) {
        *out = LIMIT_PERIOD_MONTH;
    } else if (kh_str_equal(name, KH_STR("INDEFINITE"))) {
        *out = LIMIT_PERIOD_INDEFINITE;
    } else if (kh_str_equal(name, KH_STR("INSTANCE"))) {
        *out = LIMIT_PERIOD_INSTANCE;
    } else {
        return kh_check_enum_failed(in);
    }
    return KH_OK;
}

/* KH_INVALID for a value that is none of the enum's. */
enum kh_status limit_period_write(struct kh_json_writer *out, const enum limit_period *value)
{
    size_t index = (size_t)*value - 1;

    if (index >= limit_period_enum.count) {
        return KH_INVALID;
    }
    return kh_json_write_str(out, limit_period_names[index]);
}
