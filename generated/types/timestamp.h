/*
 * Generated from schema/types/timestamp.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef TYPES_TIMESTAMP_H
#define TYPES_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/check.h"
#include "kh/json.h"
#include "kh/json_writer.h"
#include "kh/proto_reader.h"

/* Timestamp. Milliseconds since 1970-01-01 UTC. At least 0. */

/* Reads and checks one; what `out` holds after a failure means nothing. */
KH_MUST_USE static inline enum kh_status timestamp_read(struct kh_json *in, int64_t *out)
{
    KH_TRY(kh_json_read_int64(in, out));
    KH_TRY(kh_check_minimum_int64(in, *out, 0));
    return KH_OK;
}

enum kh_status timestamp_write(struct kh_json_writer *out, const int64_t *value) KH_MUST_USE;

/* From the field of a message. */
KH_MUST_USE static inline enum kh_status timestamp_read_proto(struct kh_proto_reader *in,
                                                              int64_t *out)
{
    KH_TRY(kh_proto_read_int64(in, out));
    KH_TRY(kh_check_minimum_int64(&in->check, *out, 0));
    return KH_OK;
}

#endif
