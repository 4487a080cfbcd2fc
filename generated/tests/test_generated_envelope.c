/*
 * envelope_read and envelope_write on the texts of envelope.cases.
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

int main(void)
{
    static const struct kh_codec codec = { read_value, write_value, sizeof(struct envelope) };

    return decode_cases_run("envelope", GENERATED_TESTS_DIR "/envelope.cases", &codec);
}
