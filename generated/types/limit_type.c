/*
 * Generated from schema/types/limit_type.schema.json.
 * To change this file, edit the schema and build.
 */
#include "types/limit_type.h"

/* Tables of members hold it as an int. */
_Static_assert(sizeof(enum limit_type) == sizeof(int), "enums are kept as int");

static const struct kh_str limit_type_names[] = {
    [LIMIT_TYPE_BALANCE - 1] = KH_STR_INIT("BALANCE"),
    [LIMIT_TYPE_BET - 1] = KH_STR_INIT("BET"),
    [LIMIT_TYPE_DEPOSIT - 1] = KH_STR_INIT("DEPOSIT"),
    [LIMIT_TYPE_LOSS - 1] = KH_STR_INIT("LOSS"),
    [LIMIT_TYPE_SESSION - 1] = KH_STR_INIT("SESSION"),
};

const struct kh_enum limit_type_enum = {
    .names = limit_type_names,
    .count = sizeof limit_type_names / sizeof limit_type_names[0],
};

struct kh_str limit_type_name(enum limit_type value)
{
    size_t index = (size_t)value - 1;

    if (index >= limit_type_enum.count) {
        return KH_STR("");
    }
    return limit_type_names[index];
}

enum limit_type limit_type_of(struct kh_str name)
{
    switch (name.length) {
    case 3:
        if (memcmp(name.data, "BET", 3) == 0) {
            return LIMIT_TYPE_BET;
        }
        break;
    case 4:
        if (memcmp(name.data, "LOSS", 4) == 0) {
            return LIMIT_TYPE_LOSS;
        }
        break;
    case 7:
        if (memcmp(name.data, "BALANCE", 7) == 0) {
            return LIMIT_TYPE_BALANCE;
        }
        if (memcmp(name.data, "DEPOSIT", 7) == 0) {
            return LIMIT_TYPE_DEPOSIT;
        }
        if (memcmp(name.data, "SESSION", 7) == 0) {
            return LIMIT_TYPE_SESSION;
        }
        break;
    default:
        break;
    }
    return (enum limit_type)0;
}

/* KH_INVALID for a value that is none of the enum's. */
enum kh_status limit_type_write(struct kh_json_writer *out, const enum limit_type *value)
{
    size_t index = (size_t)*value - 1;

    if (index >= limit_type_enum.count) {
        return KH_INVALID;
    }
    return kh_json_write_str(out, limit_type_names[index]);
}

const struct kh_proto_enum limit_type_proto = {
    .names = &limit_type_enum,
};
