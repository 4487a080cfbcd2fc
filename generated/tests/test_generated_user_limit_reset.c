/*
 * user_limit_reset_read and user_limit_reset_write on the texts of user_limit_reset.cases.
 *
 * Generated from schema/events/user_limit_reset.schema.json. To change this file, edit the schema and build.
 */
#include "decode_cases.h"
#include "events/user_limit_reset.h"

static enum kh_status read_value(struct kh_json *in, void *out)
{
    return user_limit_reset_read(in, out);
}

static enum kh_status write_value(struct kh_json_writer *out, const void *value)
{
    return user_limit_reset_write(out, value);
}

int main(void)
{
    static const struct kh_codec codec = { read_value, write_value,
                                           sizeof(struct user_limit_reset) };

    return decode_cases_run("user_limit_reset", GENERATED_TESTS_DIR "/user_limit_reset.cases",
                            &codec);
}
