/* Base64: the vectors of text/vector.h decode, here is judged whether it ends as it must. */
#include "kh/base64.h"

#include <stdint.h>

#include "text/base64_end.h"
#include "text/vector.h"

enum kh_status kh__base64_end(size_t characters, const char *rest, const char *end, const char *out,
                              size_t *length)
{
    static const unsigned char padding_for[] = { 0, 3, 2, 1 };
    size_t over = characters % 4;
    size_t padding = padding_for[over];

    /* One character alone is less than a byte; no padding makes up for that. */
    if ((size_t)(end - rest) != padding || over == 1 || (padding > 0 && rest[0] != '=') ||
        (padding > 1 && rest[1] != '=')) {
        return KH_NOT_BASE64;
    }
    *length = characters * 3 / 4;
    /* Behind the last whole byte there may be no stray bits. */
    return over == 0 || out[*length] == 0 ? KH_OK : KH_NOT_BASE64;
}

enum kh_status kh_base64_decode(struct kh_str text, char *out, size_t *length)
{
    size_t characters = kh__vector()->base64(text, out);

    *length = 0;
    return kh__base64_end(characters, text.data + characters, text.data + text.length, out, length);
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
