/* Our own vector function, with the check of the end that the runtime makes. */
#include "base64.h"

#include "text/base64_end.h"
#include "text/vector.h"

static bool decode(struct kh_str text, char *out, size_t *length)
{
    size_t characters = kh__vector()->base64(text, out);

    return kh__base64_end(characters, text.data + characters, text.data + text.length, out,
                          length) == KH_OK;
}

int main(int argc, char **argv)
{
    static const struct bench_base64 base64 = { "kinesis-handler", decode };

    return bench_base64_main(argc, argv, &base64);
}
