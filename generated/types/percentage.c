/*
 * Generated from schema/types/percentage.schema.json.
 * To change this file, edit the schema and build.
 */
#include "types/percentage.h"

enum kh_status percentage_write(struct kh_json_writer *out, const struct kh_decimal *value)
{
    return kh_json_write_decimal(out, *value);
}
