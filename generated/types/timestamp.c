/*
 * Generated from schema/types/timestamp.schema.json.
 * To change this file, edit the schema and build.
 */
#include "types/timestamp.h"

#include "kh/check.h"

enum kh_status timestamp_read(struct kh_json *in, int64_t *out)
{
    KH_TRY(kh_json_read_int64(in, out));
    KH_TRY(kh_check_minimum_int64(in, *out, 0));
    return KH_OK;
}

enum kh_status timestamp_write(struct kh_json_writer *out, const int64_t *value)
{
    return kh_json_write_int64(out, *value);
}
