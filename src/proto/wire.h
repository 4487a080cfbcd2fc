/*
 * The wire format: fields one after the other, each a tag and a value. All functions go forward from
 * `at` and return the place behind what they read, or NULL if that is broken or does not end before
 * `end`. Behind the end KH_PADDING bytes are readable.
 */
#ifndef KH_PROTO_WIRE_H
#define KH_PROTO_WIRE_H

#include <stdint.h>
#include <string.h>

#include "kh/proto_reader.h"

#define KH__WIRE_TYPE(tag) ((tag)&7)
#define KH__FIELD_NUMBER(tag) ((tag) >> 3)

/* A tag of a field number from 1 to 536,870,911; its wire type may be any. */
const unsigned char *kh__wire_tag(const unsigned char *at, const unsigned char *end, uint32_t *tag);

/* The value behind the tag; NULL for wire types that proto3 does not have. */
const unsigned char *kh__wire_skip(const unsigned char *at, const unsigned char *end, uint32_t tag);

const unsigned char *kh__wire_bytes(const unsigned char *at, const unsigned char *end,
                                    struct kh_str *out);

static inline const unsigned char *kh__wire_varint(const unsigned char *at,
                                                   const unsigned char *end, uint64_t *out)
{
    if (at >= end) {
        return NULL;
    }
    at = kh__proto_varint(at, out);
    return at != NULL && at <= end ? at : NULL;
}

/* The double whose eight bytes are at `at`. */
static inline double kh__wire_double(const unsigned char *at)
{
    uint64_t bits = kh__load64((const char *)at);
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Bytes of a message as the functions above take them. */
static inline const unsigned char *kh__wire_begin(struct kh_str bytes)
{
    return (const unsigned char *)bytes.data;
}

static inline const unsigned char *kh__wire_end(struct kh_str bytes)
{
    return (const unsigned char *)bytes.data + bytes.length;
}

/* Milliseconds since 1970 of the years 0000 to 9999, which are those that date-times have. */
#define KH__FIRST_INSTANT_MS (-INT64_C(62167219200000))
#define KH__LAST_INSTANT_MS INT64_C(253402300799999)

#endif
