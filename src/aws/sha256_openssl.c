/* With OpenSSL, which a shared libcurl is linked with anyway. */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "aws/sha256.h"

enum kh_status kh_sha256(struct kh_str bytes, unsigned char out[KH_SHA256_SIZE])
{
    return EVP_Digest(bytes.data, bytes.length, out, NULL, EVP_sha256(), NULL) == 1 ? KH_OK
                                                                                    : KH_NO_MEMORY;
}

enum kh_status kh_hmac_sha256(struct kh_str key, struct kh_str bytes,
                              unsigned char out[KH_SHA256_SIZE])
{
    unsigned length = 0;

    return HMAC(EVP_sha256(), key.data, (int)key.length, (const unsigned char *)bytes.data,
                bytes.length, out, &length) != NULL
               ? KH_OK
               : KH_NO_MEMORY;
}
