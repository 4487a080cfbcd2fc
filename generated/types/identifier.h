/*
 * Generated from schema/types/identifier.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef TYPES_IDENTIFIER_H
#define TYPES_IDENTIFIER_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/check.h"
#include "kh/json.h"
#include "kh/json_writer.h"
#include "kh/proto_reader.h"

/* Identifier. Names a thing for good. 1 to 64 characters. */

/* Reads and checks one; what `out` holds after a failure means nothing. */
KH_MUST_USE static inline enum kh_status identifier_read(struct kh_json *in, struct kh_str *out)
{
    KH_TRY(kh_json_read_str(in, out));
    KH_TRY(kh_check_min_length(in, *out, 1));
    KH_TRY(kh_check_max_length(in, *out, 64));
    return KH_OK;
}

enum kh_status identifier_write(struct kh_json_writer *out, const struct kh_str *value) KH_MUST_USE;

/* From the field of a message. */
KH_MUST_USE static inline enum kh_status identifier_read_proto(struct kh_proto_reader *in,
                                                               struct kh_str *out)
{
    KH_TRY(kh_proto_read_str(in, out));
    KH_TRY(kh_check_min_length(&in->check, *out, 1));
    KH_TRY(kh_check_max_length(&in->check, *out, 64));
    return KH_OK;
}

#endif
