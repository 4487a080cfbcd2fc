/*
 * Generated from schema/types/limit_period.schema.json.
 * To change this file, edit the schema and build.
 */
#include "types/limit_period.h"

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

enum limit_period limit_period_of(struct kh_str name)
{
    switch (name.length) {
    case 3:
        if (memcmp(name.data, "DAY", 3) == 0) {
            return LIMIT_PERIOD_DAY;
        }
        break;
    case 4:
        if (memcmp(name.data, "WEEK", 4) == 0) {
            return LIMIT_PERIOD_WEEK;
        }
        break;
    case 5:
        if (memcmp(name.data, "MONTH", 5) == 0) {
            return LIMIT_PERIOD_MONTH;
        }
        break;
    case 8:
        if (memcmp(name.data, "INSTANCE", 8) == 0) {
            return LIMIT_PERIOD_INSTANCE;
        }
        break;
    case 10:
        if (memcmp(name.data, "INDEFINITE", 10) == 0) {
            return LIMIT_PERIOD_INDEFINITE;
        }
        break;
    case 12:
        if (memcmp(name.data, "CALENDAR_DAY", 12) == 0) {
            return LIMIT_PERIOD_CALENDAR_DAY;
        }
        break;
    case 13:
        if (memcmp(name.data, "CALENDAR_WEEK", 13) == 0) {
            return LIMIT_PERIOD_CALENDAR_WEEK;
        }
        break;
    case 14:
        if (memcmp(name.data, "CALENDAR_MONTH", 14) == 0) {
            return LIMIT_PERIOD_CALENDAR_MONTH;
        }
        break;
    default:
        break;
    }
    return (enum limit_period)0;
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

const struct kh_proto_enum limit_period_proto = {
    .names = &limit_period_enum,
};
