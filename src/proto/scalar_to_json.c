/* Values that are no messages, as JSON. */
#include "proto/to_json.h"

#include "kh/utf8.h"

static enum kh_status check_utf8(struct kh__proto_walk *walk, struct kh_str text)
{
    size_t valid = kh_utf8_valid_prefix(text);

    if (valid == text.length) {
        return KH_OK;
    }
    return kh__proto_fail(&walk->source, KH_NOT_UTF8, kh__wire_begin(text) + valid,
                          "a string holds bytes that are not UTF-8");
}

enum kh_status kh__proto_write_str(struct kh__proto_walk *walk, struct kh_str text)
{
    KH_TRY(check_utf8(walk, text));
    return kh_json_write_str(&walk->out, text);
}

enum kh_status kh__proto_write_name(struct kh__proto_walk *walk, struct kh_str name)
{
    KH_TRY(check_utf8(walk, name));
    return kh_json_write_name(&walk->out, name);
}

/* What RFC 3339 has no text for stays a number, which is no date-time. */
static enum kh_status write_instant(struct kh__proto_walk *walk, int64_t milliseconds)
{
    if (milliseconds < KH__FIRST_INSTANT_MS || milliseconds > KH__LAST_INSTANT_MS) {
        return kh_json_write_int64(&walk->out, milliseconds);
    }
    return kh_json_write_instant(&walk->out, kh_instant_from_ms(milliseconds));
}

/* A number of no value stays a number, which is no name. */
static enum kh_status write_enum(struct kh__proto_walk *walk, const struct kh_proto_enum *values,
                                 int32_t number)
{
    int value = kh__proto_enum_value(values, number);

    return value == 0 ? kh_json_write_int64(&walk->out, number)
                      : kh_json_write_str(&walk->out, values->names->names[value - 1]);
}

static enum kh_status write_number(struct kh__proto_walk *walk, const struct kh_proto_field *field,
                                   uint64_t value)
{
    switch (field->kind) {
    case KH_PROTO_INSTANT:
        return write_instant(walk, (int64_t)value);
    case KH_PROTO_INT32:
        /* Of a longer number the lowest 32 bits, as the wire format has it. */
        return kh_json_write_int64(&walk->out, (int32_t)(uint32_t)value);
    case KH_PROTO_INT64:
        return kh_json_write_int64(&walk->out, (int64_t)value);
    case KH_PROTO_BOOL:
        return kh_json_write_bool(&walk->out, value != 0);
    case KH_PROTO_ENUM:
        return write_enum(walk, field->values, (int32_t)(uint32_t)value);
    default:
        return kh_json_write_uint64(&walk->out, value);
    }
}

/* The value does not end where it must: packed numbers are not looked at before they are written. */
static enum kh_status fail_packed(struct kh__proto_walk *walk, const unsigned char *at)
{
    return kh__proto_fail(&walk->source, KH_NOT_PROTOBUF, at,
                          "a packed number is longer than 64 bits or than its field");
}

enum kh_status kh__proto_write_scalar(struct kh__proto_walk *walk,
                                      const struct kh_proto_field *field, const unsigned char **at,
                                      const unsigned char *end)
{
    const unsigned char *begin = *at;
    struct kh_str text = { NULL, 0 };
    uint64_t value = 0;

    switch (field->kind) {
    case KH_PROTO_STRING:
        *at = kh__wire_bytes(begin, end, &text);
        return kh__proto_write_str(walk, text);
    case KH_PROTO_DOUBLE:
        if (end - begin < 8) {
            return fail_packed(walk, begin);
        }
        *at = begin + 8;
        return kh_json_write_double(&walk->out, kh__wire_double(begin));
    default:
        *at = kh__wire_varint(begin, end, &value);
        return *at == NULL ? fail_packed(walk, begin) : write_number(walk, field, value);
    }
}
