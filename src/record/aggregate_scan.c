#include "record/aggregate_scan.h"

#include <stdbool.h>
#include <stdint.h>

#include "record/aggregate_format.h"

/* Tags and unknown fields: nobody writes them, but they are no error. */
#define EXTRA_LIMIT 100000

static const char not_a_message[] =
    "its MD5 is right, but what is in it is not a message of Protocol Buffers";

struct field {
    uint32_t number;
    unsigned wire;
    struct kh_str bytes; /* KH__WIRE_BYTES */
};

/* The beginning of `rest` goes on behind it. False: it has no end, or more than 64 bits. */
static bool take_varint(struct kh_str *rest, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 70 && rest->length > 0; shift += 7) {
        unsigned char byte = (unsigned char)*rest->data;

        rest->data++;
        rest->length--;
        *value |= shift < 64 ? (uint64_t)(byte & 0x7f) << shift : 0;
        if (byte < 0x80) {
            return true;
        }
    }
    return false;
}

static bool take_bytes(struct kh_str *rest, uint64_t length, struct kh_str *bytes)
{
    if (length > rest->length) {
        return false;
    }
    *bytes = (struct kh_str){ rest->data, (size_t)length };
    rest->data += length;
    rest->length -= (size_t)length;
    return true;
}

static bool take_field(struct kh_str *rest, struct field *field)
{
    uint64_t value;

    if (!take_varint(rest, &value) || value > UINT32_MAX || value >> 3 == 0) {
        return false;
    }
    field->number = (uint32_t)(value >> 3);
    field->wire = (unsigned)value & 7;
    switch (field->wire) {
    case KH__WIRE_VARINT:
        return take_varint(rest, &value);
    case KH__WIRE_FIXED64:
        return take_bytes(rest, 8, &field->bytes);
    case KH__WIRE_FIXED32:
        return take_bytes(rest, 4, &field->bytes);
    case KH__WIRE_BYTES:
        return take_varint(rest, &value) && take_bytes(rest, value, &field->bytes);
    default:
        return false;
    }
}

static bool scan_tag(struct kh_str rest, struct kh__aggregate_counts *counts)
{
    struct field field;

    for (; rest.length > 0; counts->extra++) {
        if (!take_field(&rest, &field)) {
            return false;
        }
    }
    return true;
}

static bool scan_record(struct kh_str rest, struct kh__aggregate_counts *counts)
{
    struct field field;
    unsigned seen = 0;

    while (rest.length > 0) {
        unsigned bit;

        if (!take_field(&rest, &field)) {
            return false;
        }
        bit = field.number < KH__USER_RECORD_TAG ? 1U << field.number : 0;
        counts->extra += bit == 0 || (seen & bit) != 0;
        seen |= bit;
        if (field.wire != KH__WIRE_BYTES) {
            continue;
        }
        if (field.number == KH__USER_RECORD_DATA) {
            counts->bytes += field.bytes.length;
        } else if (field.number == KH__USER_RECORD_TAG && !scan_tag(field.bytes, counts)) {
            return false;
        }
    }
    return true;
}

static bool scan_field(const struct field *field, struct kh__aggregate_counts *counts)
{
    if (field->wire != KH__WIRE_BYTES) {
        counts->extra++;
        return true;
    }
    switch (field->number) {
    case KH__AGGREGATE_PARTITION_KEY:
        counts->partition_keys++;
        counts->bytes += field->bytes.length;
        return true;
    case KH__AGGREGATE_HASH_KEY:
        counts->hash_keys++;
        counts->bytes += field->bytes.length;
        return true;
    case KH__AGGREGATE_RECORD:
        counts->records++;
        return scan_record(field->bytes, counts);
    default:
        counts->extra++;
        return true;
    }
}

enum kh_status kh__aggregate_scan(struct kh_str message, struct kh__aggregate_counts *out,
                                  const char **reason)
{
    struct kh_str rest = message;
    struct field field;

    *out = (struct kh__aggregate_counts){ 0 };
    while (rest.length > 0) {
        if (!take_field(&rest, &field) || !scan_field(&field, out)) {
            *reason = not_a_message;
            return KH_BAD_AGGREGATE;
        }
        if (out->records > KH_AGGREGATE_LIMIT) {
            *reason = "it holds more than 100,000 user records";
            return KH_BAD_AGGREGATE;
        }
        if (out->partition_keys > KH_AGGREGATE_LIMIT || out->hash_keys > KH_AGGREGATE_LIMIT) {
            *reason = "it holds more than 100,000 keys";
            return KH_BAD_AGGREGATE;
        }
        if (out->extra > EXTRA_LIMIT) {
            *reason = "it holds more than 100,000 tags and unknown fields";
            return KH_BAD_AGGREGATE;
        }
    }
    if (out->records == 0) {
        *reason = "it holds no user records";
        return KH_BAD_AGGREGATE;
    }
    return KH_OK;
}
