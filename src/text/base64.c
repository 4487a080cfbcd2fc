/* Base64: the vectors of text/vector.h decode. */
#include "kh/base64.h"

#include <stdint.h>

#include "text/base64_end.h"
#include "text/vector.h"

enum kh_status kh_base64_decode(struct kh_str text, char *out, size_t *length)
{
    size_t characters = kh__vector()->base64(text, out);
    size_t padding = text.length - characters;

    if (padding > 2 || kh__base64_padding(text.data + characters) < padding ||
        !kh__base64_end(characters, padding, out, length)) {
        *length = 0;
        return KH_NOT_BASE64;
    }
    return KH_OK;
}

size_t kh_base64_encode(struct kh_str bytes, char *out)
{
    static const char characters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = (const unsigned char *)bytes.data;
    const char *begin = out;
    size_t left = bytes.length;
    uint32_t group;

    for (; left >= 3; left -= 3) {
        group = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        *out++ = characters[group >> 18];
        *out++ = characters[group >> 12 & 63];
        *out++ = characters[group >> 6 & 63];
        *out++ = characters[group & 63];
        in += 3;
    }
    if (left > 0) {
        group = (uint32_t)in[0] << 16 | (left == 2 ? (uint32_t)in[1] << 8 : 0);
        *out++ = characters[group >> 18];
        *out++ = characters[group >> 12 & 63];
        *out++ = left == 2 ? characters[group >> 6 & 63] : '=';
        *out++ = '=';
    }
    return (size_t)(out - begin);
}
