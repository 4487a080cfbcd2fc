/*
 * user_limit_read and user_limit_write on the texts of user_limit.cases.
 *
 * Generated from schema/entities/user_limit.schema.json. To change this file, edit the schema and build.
 */
#include "decode_cases.h"
#include "entities/user_limit.h"

static enum kh_status read_value(struct kh_json *in, void *out)
{
    return user_limit_read(in, out);
}

static enum kh_status write_value(struct kh_json_writer *out, const void *value)
{
    return user_limit_write(out, value);
}

int main(void)
{
    static const struct kh_codec codec = { read_value, write_value, sizeof(struct user_limit) };

    return decode_cases_run("user_limit", GENERATED_TESTS_DIR "/user_limit.cases", &codec);
}
