/* simdutf, by its C interface. */
#include "simdutf_c.h"

#include "base64.h"

static bool decode(struct kh_str text, char *out, size_t *length)
{
    simdutf_result result = simdutf_base64_to_binary(
        text.data, text.length, out, SIMDUTF_BASE64_DEFAULT, SIMDUTF_LAST_CHUNK_LOOSE);

    *length = result.count;
    return result.error == SIMDUTF_ERROR_SUCCESS;
}

int main(int argc, char **argv)
{
    static const struct bench_base64 base64 = { "simdutf", decode };

    return bench_base64_main(argc, argv, &base64);
}
