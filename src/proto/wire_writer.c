/* The wire format, written front to back. */
#include "proto/wire_writer.h"

#include "kh/alloc.h"

#define FIRST_CAPACITY ((size_t)256)

/* Bytes of the longest varint. */
#define VARINT_SIZE 10

void kh__wire_writer_init(struct kh__wire_writer *out)
{
    *out = (struct kh__wire_writer){ NULL, 0, 0 };
}

void kh__wire_writer_clean_up(struct kh__wire_writer *out)
{
    kh_free(out->data);
    kh__wire_writer_init(out);
}

static enum kh_status reserve(struct kh__wire_writer *out, size_t size)
{
    size_t capacity = out->capacity == 0 ? FIRST_CAPACITY : out->capacity;
    unsigned char *data;

    if (out->capacity - out->length >= size) {
        return KH_OK;
    }
    if (size > SIZE_MAX / 2 - out->length) {
        return KH_NO_MEMORY;
    }
    while (capacity - out->length < size) {
        capacity *= 2;
    }
    data = kh_realloc(out->data, capacity);
    if (data == NULL) {
        return KH_NO_MEMORY;
    }
    out->data = data;
    out->capacity = capacity;
    return KH_OK;
}

/* Writes a varint to where there is room for it; returns its length. */
static size_t write_varint(unsigned char *at, uint64_t value)
{
    size_t length = 0;

    while (value >= 0x80) {
        at[length++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    at[length++] = (unsigned char)value;
    return length;
}

enum kh_status kh__wire_put_varint(struct kh__wire_writer *out, uint64_t value)
{
    KH_TRY(reserve(out, VARINT_SIZE));
    out->length += write_varint(out->data + out->length, value);
    return KH_OK;
}

enum kh_status kh__wire_put_tag(struct kh__wire_writer *out, uint32_t number, enum kh_wire type)
{
    return kh__wire_put_varint(out, KH_PROTO_TAG(number, type));
}

enum kh_status kh__wire_put_double(struct kh__wire_writer *out, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    KH_TRY(reserve(out, sizeof bits));
    for (size_t i = 0; i < sizeof bits; i++) {
        out->data[out->length++] = (unsigned char)(bits >> 8 * i);
    }
    return KH_OK;
}

enum kh_status kh__wire_put_bytes(struct kh__wire_writer *out, struct kh_str bytes)
{
    KH_TRY(kh__wire_put_varint(out, bytes.length));
    KH_TRY(reserve(out, bytes.length));
    if (bytes.length > 0) {
        memcpy(out->data + out->length, bytes.data, bytes.length);
        out->length += bytes.length;
    }
    return KH_OK;
}

enum kh_status kh__wire_open(struct kh__wire_writer *out, size_t *place)
{
    KH_TRY(reserve(out, 1));
    *place = out->length++;
    return KH_OK;
}

enum kh_status kh__wire_close(struct kh__wire_writer *out, size_t place)
{
    size_t begin = place + 1;
    size_t length = out->length - begin;
    unsigned char varint[VARINT_SIZE];
    size_t size = write_varint(varint, length);

    /* One byte, the most frequent size, is there already. */
    if (size > 1) {
        KH_TRY(reserve(out, size - 1));
        memmove(out->data + place + size, out->data + begin, length);
        out->length += size - 1;
    }
    memcpy(out->data + place, varint, size);
    return KH_OK;
}
