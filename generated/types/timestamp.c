/*
 * Generated from schema/types/timestamp.schema.json.
 * To change this file, edit the schema and build.
 */
#include "types/timestamp.h"

enum kh_status timestamp_write(struct kh_json_writer *out, const int64_t *value)
{
    return kh_json_write_int64(out, *value);
}
