/*
 * user_limit_progress_changed_read and user_limit_progress_changed_write on the texts of user_limit_progress_changed.cases, and user_limit_progress_changed_proto.
 *
 * Generated from schema/events/user_limit_progress_changed.schema.json. To change this file, edit the schema and build.
 */
#include "decode_cases.h"
#include "events/user_limit_progress_changed.h"

static enum kh_status read_value(struct kh_json *in, void *out)
{
    return user_limit_progress_changed_read(in, out);
}

static enum kh_status write_value(struct kh_json_writer *out, const void *value)
{
    return user_limit_progress_changed_write(out, value);
}

static enum kh_status read_message(struct kh_proto_reader *in, void *out)
{
    return user_limit_progress_changed_read_proto(in, out);
}

int main(void)
{
    static const struct kh_codec codec = { read_value, write_value,
                                           sizeof(struct user_limit_progress_changed) };
    static const struct decode_message message = {
        .message = &user_limit_progress_changed_proto,
        .read = read_message,
    };

    return decode_cases_run_message("user_limit_progress_changed",
                                    GENERATED_TESTS_DIR "/user_limit_progress_changed.cases",
                                    &codec, &message);
}
