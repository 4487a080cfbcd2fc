/* With Mbed TLS, which the static executable has for libcurl anyway. */
#include <mbedtls/md.h>
#include <mbedtls/sha256.h>

#include "aws/sha256.h"

enum kh_status kh_sha256(struct kh_str bytes, unsigned char out[KH_SHA256_SIZE])
{
    return mbedtls_sha256_ret((const unsigned char *)bytes.data, bytes.length, out, 0) == 0
               ? KH_OK
               : KH_NO_MEMORY;
}

enum kh_status kh_hmac_sha256(struct kh_str key, struct kh_str bytes,
                              unsigned char out[KH_SHA256_SIZE])
{
    const mbedtls_md_info_t *sha256 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);

    return mbedtls_md_hmac(sha256, (const unsigned char *)key.data, key.length,
                           (const unsigned char *)bytes.data, bytes.length, out) == 0
               ? KH_OK
               : KH_NO_MEMORY;
}
