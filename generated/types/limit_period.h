/*
 * Generated from schema/types/limit_period.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef TYPES_LIMIT_PERIOD_H
#define TYPES_LIMIT_PERIOD_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/check.h"
#include "kh/entity.h"
#include "kh/json.h"
#include "kh/json_writer.h"
#include "kh/proto_reader.h"

/* LimitPeriod. The span after which a limit starts over. */
enum limit_period {
    LIMIT_PERIOD_CALENDAR_DAY = 1,
    LIMIT_PERIOD_CALENDAR_WEEK,
    LIMIT_PERIOD_CALENDAR_MONTH,
    LIMIT_PERIOD_DAY,
    LIMIT_PERIOD_WEEK,
    LIMIT_PERIOD_MONTH,
    LIMIT_PERIOD_INDEFINITE,
    LIMIT_PERIOD_INSTANCE,
};

extern const struct kh_enum limit_period_enum;

/* The name in JSON; "" for a value that is none of these. */
struct kh_str limit_period_name(enum limit_period value);

/* The value that has this name in JSON; 0 if there is none. */
enum limit_period limit_period_of(struct kh_str name) KH_PURE;

/* Reads and checks one; what `out` holds after a failure means nothing. */
KH_MUST_USE static inline enum kh_status limit_period_read(struct kh_json *in,
                                                           enum limit_period *out)
{
    struct kh_str name = { NULL, 0 };

    KH_TRY(kh_json_read_str(in, &name));
    *out = limit_period_of(name);
    return *out != 0 ? KH_OK : kh_check_enum_failed(in);
}

enum kh_status limit_period_write(struct kh_json_writer *out,
                                  const enum limit_period *value) KH_MUST_USE;

/* Its numbers in Protocol Buffers. */
extern const struct kh_proto_enum limit_period_proto;

KH_MUST_USE static inline enum kh_status limit_period_read_proto(struct kh_proto_reader *in,
                                                                 enum limit_period *out)
{
    int value = 0;

    KH_TRY(kh_proto_read_enum(in, &limit_period_proto, &value));
    *out = (enum limit_period)value;
    return KH_OK;
}

#endif
