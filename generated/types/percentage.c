/*
 * Generated from schema/types/percentage.schema.json.
 * To change this file, edit the schema and build.
 */
#include "types/percentage.h"

#include "kh/check.h"

enum kh_status percentage_read(struct kh_json *in, struct kh_decimal *out)
{
    KH_TRY(kh_json_read_decimal(in, out));
    KH_TRY(kh_check_decimal_minimum(in, *out, "0"));
    return KH_OK;
}

enum kh_status percentage_write(struct kh_json_writer *out, const struct kh_decimal *value)
{
    return kh_json_write_decimal(out, *value);
}
