/* Whatever decodes encodes back to the very same text; whatever is encoded decodes. */
#include "fuzz_support.h"

#include "kh/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kh_str text = fuzz_text(data, size);
    char *decoded = malloc(KH_BASE64_DECODED_SIZE(size) + KH_PADDING);
    char *encoded = malloc(KH_BASE64_ENCODED_SIZE(size) + 1);
    char *again = malloc(KH_BASE64_DECODED_SIZE(KH_BASE64_ENCODED_SIZE(size)) + KH_PADDING);
    size_t length = 0;

    FUZZ_CHECK(decoded != NULL && encoded != NULL && again != NULL);
    if (kh_base64_decode(text, decoded, &length) == KH_OK) {
        size_t back = kh_base64_encode((struct kh_str){ decoded, length }, encoded);
        FUZZ_CHECK(back == size && (size == 0 || memcmp(encoded, data, size) == 0));
    }
    size_t written = kh_base64_encode(text, encoded);
    FUZZ_CHECK(written == KH_BASE64_ENCODED_SIZE(size));
    struct kh_str padded = fuzz_text((const uint8_t *)encoded, written);
    FUZZ_CHECK(kh_base64_decode(padded, again, &length) == KH_OK);
    FUZZ_CHECK(length == size && (size == 0 || memcmp(again, data, size) == 0));

    fuzz_text_free(padded);
    free(decoded);
    free(encoded);
    free(again);
    fuzz_text_free(text);
    return 0;
}
