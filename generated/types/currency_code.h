/*
 * Generated from schema/types/currency_code.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef TYPES_CURRENCY_CODE_H
#define TYPES_CURRENCY_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/check.h"
#include "kh/json.h"
#include "kh/json_writer.h"
#include "kh/proto_reader.h"

/* CurrencyCode. A currency by its three letters, as ISO 4217 has them. Matches ^[A-Z]{3}$ */

extern const struct kh_pattern currency_code_pattern;

/* Reads and checks one; what `out` holds after a failure means nothing. */
KH_MUST_USE static inline enum kh_status currency_code_read(struct kh_json *in, struct kh_str *out)
{
    KH_TRY(kh_json_read_str(in, out));
    KH_TRY(kh_check_pattern(in, *out, &currency_code_pattern));
    return KH_OK;
}

enum kh_status currency_code_write(struct kh_json_writer *out,
                                   const struct kh_str *value) KH_MUST_USE;

/* From the field of a message. */
KH_MUST_USE static inline enum kh_status currency_code_read_proto(struct kh_proto_reader *in,
                                                                  struct kh_str *out)
{
    KH_TRY(kh_proto_read_str(in, out));
    KH_TRY(kh_check_pattern(&in->check, *out, &currency_code_pattern));
    return KH_OK;
}

#endif
