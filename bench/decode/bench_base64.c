/* Our own decoder of base64. */
#include "base64.h"

#include "kh/base64.h"

static bool decode(struct kh_str text, char *out, size_t *length)
{
    return kh_base64_decode(text, out, length) == KH_OK;
}

int main(int argc, char **argv)
{
    static const struct bench_base64 base64 = { "kinesis-handler", decode };

    return bench_base64_main(argc, argv, &base64);
}
