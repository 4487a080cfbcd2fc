/* Going through the bytes of a message without knowing what they mean. */
#include "proto/wire.h"

/* Of a varint of 64 bits, the last byte has one. */
#define VARINT_SIZE 10

const unsigned char *kh__proto_long_varint(const unsigned char *at, uint64_t *out)
{
    uint64_t value = 0;

    for (int i = 0; i < VARINT_SIZE - 1; i++) {
        value |= (uint64_t)(at[i] & 0x7F) << (7 * i);
        if (at[i] < 0x80) {
            *out = value;
            return at + i + 1;
        }
    }
    if (at[VARINT_SIZE - 1] > 1) {
        return NULL;
    }
    *out = value | (uint64_t)at[VARINT_SIZE - 1] << 63;
    return at + VARINT_SIZE;
}

const unsigned char *kh__wire_tag(const unsigned char *at, const unsigned char *end, uint32_t *tag)
{
    uint64_t value;

    at = kh__wire_varint(at, end, &value);
    if (at == NULL || value > UINT32_MAX || KH__FIELD_NUMBER(value) == 0) {
        return NULL;
    }
    *tag = (uint32_t)value;
    return at;
}

/* So many bytes, if they are there. */
static const unsigned char *skip_bytes(const unsigned char *at, const unsigned char *end,
                                       uint64_t length)
{
    return length <= (uint64_t)(end - at) ? at + length : NULL;
}

const unsigned char *kh__wire_skip(const unsigned char *at, const unsigned char *end, uint32_t tag)
{
    struct kh_str bytes;
    uint64_t value;

    switch (KH__WIRE_TYPE(tag)) {
    case KH_WIRE_VARINT:
        return kh__wire_varint(at, end, &value);
    case KH_WIRE_FIXED64:
        return skip_bytes(at, end, 8);
    case KH_WIRE_BYTES:
        return kh__wire_bytes(at, end, &bytes);
    case KH_WIRE_FIXED32:
        return skip_bytes(at, end, 4);
    default:
        return NULL;
    }
}

const unsigned char *kh__wire_bytes(const unsigned char *at, const unsigned char *end,
                                    struct kh_str *out)
{
    uint64_t length;

    at = kh__wire_varint(at, end, &length);
    if (at == NULL || length > (uint64_t)(end - at)) {
        return NULL;
    }
    *out = (struct kh_str){ (const char *)at, (size_t)length };
    return at + length;
}

bool kh_proto_is_message(struct kh_str bytes)
{
    const unsigned char *at = kh__wire_begin(bytes);
    const unsigned char *end = kh__wire_end(bytes);

    while (at < end) {
        uint32_t tag;

        at = kh__wire_tag(at, end, &tag);
        if (at != NULL) {
            at = kh__wire_skip(at, end, tag);
        }
        if (at == NULL) {
            return false;
        }
    }
    return true;
}

/* Such a byte begins few messages, and every text: JSON, or what was meant to be. */
static bool may_begin_text(unsigned char byte)
{
    return (byte >= ' ' && byte <= '~') || byte == '\t' || byte == '\r' || byte == '\n';
}

bool kh_proto_is_likely(struct kh_str bytes)
{
    if (bytes.length == 0 || kh_str_begins(bytes, '{')) {
        return false;
    }
    return !may_begin_text((unsigned char)bytes.data[0]) || kh_proto_is_message(bytes);
}
