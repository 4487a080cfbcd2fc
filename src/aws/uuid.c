#include "aws/uuid.h"

#include <stdint.h>
#include <sys/random.h>

enum kh_status kh_uuid_make(struct kh_error *error, char out[KH_UUID_SIZE])
{
    static const char hex[] = "0123456789abcdef";
    uint8_t bytes[16];
    char *at = out;

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        return kh_fail(error, KH_IO, "the kernel gave no random bytes: %m");
    }
    bytes[6] = (uint8_t)((bytes[6] & 0x0F) | 0x40); /* version 4, */
    bytes[8] = (uint8_t)((bytes[8] & 0x3F) | 0x80); /* variant of RFC 9562 */
    for (unsigned i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *at++ = '-';
        }
        *at++ = hex[bytes[i] >> 4];
        *at++ = hex[bytes[i] & 0x0F];
    }
    *at = '\0';
    return KH_OK;
}
