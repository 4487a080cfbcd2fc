/*
 * Generated from schema/types/money.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef TYPES_MONEY_H
#define TYPES_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/check.h"
#include "kh/json.h"
#include "kh/json_writer.h"
#include "kh/proto_reader.h"

/* Money. An exact amount in the currency's major unit. Exact decimal, at least 0. */

/* Reads and checks one; what `out` holds after a failure means nothing. */
KH_MUST_USE static inline enum kh_status money_read(struct kh_json *in, struct kh_decimal *out)
{
    KH_TRY(kh_json_read_decimal(in, out));
    KH_TRY(kh_check_decimal_minimum(in, out, "0"));
    return KH_OK;
}

enum kh_status money_write(struct kh_json_writer *out, const struct kh_decimal *value) KH_MUST_USE;

/* From the field of a message. */
KH_MUST_USE static inline enum kh_status money_read_proto(struct kh_proto_reader *in,
                                                          struct kh_decimal *out)
{
    KH_TRY(kh_proto_read_decimal(in, out));
    KH_TRY(kh_check_decimal_minimum(&in->check, out, "0"));
    return KH_OK;
}

#endif
