/*
 * Generated from schema/types/identifier.schema.json.
 * To change this file, edit the schema and build.
 */
#include "types/identifier.h"

#include "kh/check.h"

enum kh_status identifier_read(struct kh_json *in, struct kh_str *out)
{
    KH_TRY(kh_json_read_str(in, out));
    KH_TRY(kh_check_min_length(in, *out, 1));
    KH_TRY(kh_check_max_length(in, *out, 64));
    return KH_OK;
}

enum kh_status identifier_write(struct kh_json_writer *out, const struct kh_str *value)
{
    return kh_json_write_str(out, *value);
}
