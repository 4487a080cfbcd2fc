/*
 * Generated from schema/types/identifier.schema.json.
 * To change this file, edit the schema and build.
 */
#include "types/identifier.h"

enum kh_status identifier_write(struct kh_json_writer *out, const struct kh_str *value)
{
    return kh_json_write_str(out, *value);
}
