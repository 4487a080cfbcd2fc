/*
 * Generated from schema/types/limit_type.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef TYPES_LIMIT_TYPE_H
#define TYPES_LIMIT_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/check.h"
#include "kh/entity.h"
#include "kh/json.h"
#include "kh/json_writer.h"
#include "kh/proto_reader.h"

/* LimitType. What a limit limits. */
enum limit_type {
    LIMIT_TYPE_BALANCE = 1,
    LIMIT_TYPE_BET,
    LIMIT_TYPE_DEPOSIT,
    LIMIT_TYPE_LOSS,
    LIMIT_TYPE_SESSION,
};

extern const struct kh_enum limit_type_enum;

/* The name in JSON; "" for a value that is none of these. */
struct kh_str limit_type_name(enum limit_type value);

/* The value that has this name in JSON; 0 if there is none. */
enum limit_type limit_type_of(struct kh_str name) KH_PURE;

/* Reads and checks one; what `out` holds after a failure means nothing. */
KH_MUST_USE static inline enum kh_status limit_type_read(struct kh_json *in, enum limit_type *out)
{
    struct kh_str name = { NULL, 0 };

    KH_TRY(kh_json_read_str(in, &name));
    *out = limit_type_of(name);
    return *out != 0 ? KH_OK : kh_check_enum_failed(in);
}

enum kh_status limit_type_write(struct kh_json_writer *out,
                                const enum limit_type *value) KH_MUST_USE;

/* Its numbers in Protocol Buffers. */
extern const struct kh_proto_enum limit_type_proto;

KH_MUST_USE static inline enum kh_status limit_type_read_proto(struct kh_proto_reader *in,
                                                               enum limit_type *out)
{
    int value = 0;

    KH_TRY(kh_proto_read_enum(in, &limit_type_proto, &value));
    *out = (enum limit_type)value;
    return KH_OK;
}

#endif
