/*
 * Generated from schema/types/limit_status.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef TYPES_LIMIT_STATUS_H
#define TYPES_LIMIT_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/check.h"
#include "kh/entity.h"
#include "kh/json.h"
#include "kh/json_writer.h"
#include "kh/proto_reader.h"

/* LimitStatus. What a limit is doing now. */
enum limit_status {
    LIMIT_STATUS_ACTIVE = 1,
    LIMIT_STATUS_CANCELED,
    LIMIT_STATUS_FUTURE,
    LIMIT_STATUS_IN_COOLDOWN,
};

extern const struct kh_enum limit_status_enum;

/* The name in JSON; "" for a value that is none of these. */
struct kh_str limit_status_name(enum limit_status value);

/* The value that has this name in JSON; 0 if there is none. */
enum limit_status limit_status_of(struct kh_str name) KH_PURE;

/* Reads and checks one; what `out` holds after a failure means nothing. */
KH_MUST_USE static inline enum kh_status limit_status_read(struct kh_json *in,
                                                           enum limit_status *out)
{
    struct kh_str name = { NULL, 0 };

    KH_TRY(kh_json_read_str(in, &name));
    *out = limit_status_of(name);
    return *out != 0 ? KH_OK : kh_check_enum_failed(in);
}

enum kh_status limit_status_write(struct kh_json_writer *out,
                                  const enum limit_status *value) KH_MUST_USE;

/* Its numbers in Protocol Buffers. */
extern const struct kh_proto_enum limit_status_proto;

KH_MUST_USE static inline enum kh_status limit_status_read_proto(struct kh_proto_reader *in,
                                                                 enum limit_status *out)
{
    int value = 0;

    KH_TRY(kh_proto_read_enum(in, &limit_status_proto, &value));
    *out = (enum limit_status)value;
    return KH_OK;
}

#endif
