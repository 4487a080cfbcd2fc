/*
 * envelope_read and envelope_write on the texts of envelope.cases, and envelope_proto.
 *
 * Generated from schema/envelope.schema.json. To change this file, edit the schema and build.
 */
#include "decode_cases.h"
#include "envelope.h"

static enum kh_status read_value(struct kh_json *in, void *out)
{
    return envelope_read(in, out);
}

static enum kh_status write_value(struct kh_json_writer *out, const void *value)
{
    return envelope_write(out, value);
}

static enum kh_status read_message(struct kh_proto_reader *in, void *out)
{
    return envelope_read_proto(in, out);
}

static void forget(void *out)
{
    struct envelope *value = out;

    value->data.text = KH_STR("{}");
}

int main(void)
{
    static const struct kh_codec codec = { read_value, write_value, sizeof(struct envelope) };
    static const struct decode_message message = {
        .message = &envelope_proto,
        .read = read_message,
        .is_respelled = true,
        .forget = forget,
    };

    return decode_cases_run_message("envelope", GENERATED_TESTS_DIR "/envelope.cases", &codec,
                                    &message);
}
