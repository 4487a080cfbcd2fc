/*
 * Generated from schema/types/limit_status.schema.json.
 * To change this file, edit the schema and build.
 */
#include "types/limit_status.h"

/* Tables of members hold it as an int. */
_Static_assert(sizeof(enum limit_status) == sizeof(int), "enums are kept as int");

static const struct kh_str limit_status_names[] = {
    [LIMIT_STATUS_ACTIVE - 1] = KH_STR_INIT("ACTIVE"),
    [LIMIT_STATUS_CANCELED - 1] = KH_STR_INIT("CANCELED"),
    [LIMIT_STATUS_FUTURE - 1] = KH_STR_INIT("FUTURE"),
    [LIMIT_STATUS_IN_COOLDOWN - 1] = KH_STR_INIT("IN_COOLDOWN"),
};

const struct kh_enum limit_status_enum = {
    .names = limit_status_names,
    .count = sizeof limit_status_names / sizeof limit_status_names[0],
};

struct kh_str limit_status_name(enum limit_status value)
{
    size_t index = (size_t)value - 1;

    if (index >= limit_status_enum.count) {
        return KH_STR("");
    }
    return limit_status_names[index];
}

enum limit_status limit_status_of(struct kh_str name)
{
    switch (name.length) {
    case 6:
        if (memcmp(name.data, "ACTIVE", 6) == 0) {
            return LIMIT_STATUS_ACTIVE;
        }
        if (memcmp(name.data, "FUTURE", 6) == 0) {
            return LIMIT_STATUS_FUTURE;
        }
        break;
    case 8:
        if (memcmp(name.data, "CANCELED", 8) == 0) {
            return LIMIT_STATUS_CANCELED;
        }
        break;
    case 11:
        if (memcmp(name.data, "IN_COOLDOWN", 11) == 0) {
            return LIMIT_STATUS_IN_COOLDOWN;
        }
        break;
    default:
        break;
    }
    return (enum limit_status)0;
}

/* KH_INVALID for a value that is none of the enum's. */
enum kh_status limit_status_write(struct kh_json_writer *out, const enum limit_status *value)
{
    size_t index = (size_t)*value - 1;

    if (index >= limit_status_enum.count) {
        return KH_INVALID;
    }
    return kh_json_write_str(out, limit_status_names[index]);
}

const struct kh_proto_enum limit_status_proto = {
    .names = &limit_status_enum,
};
