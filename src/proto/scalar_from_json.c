/* JSON values that are no messages, on the wire. */
#include "proto/from_json.h"

#include "kh/check.h"
#include "proto/wire.h"
#include "text/json_internal.h"

#define NANOSECONDS 1000000000
#define NANOSECONDS_OF_MS 1000000

/* The string is put as soon as it is read: what the arena got for its escapes is given back. */
enum kh_status kh__proto_put_str(struct kh__proto_build *build)
{
    struct kh_arena_mark mark = kh_arena_mark(build->in.arena);
    struct kh_str text;

    KH_TRY(kh_json_read_str(&build->in, &text));
    KH_TRY(kh__wire_put_bytes(&build->out, text));
    kh_arena_release(build->in.arena, mark);
    return KH_OK;
}

static enum kh_status read_instant(struct kh_json *in, uint64_t *out)
{
    struct kh_instant instant;
    int64_t milliseconds;

    KH_TRY(kh_json_read_instant(in, &instant));
    milliseconds = kh_instant_to_ms(instant);
    if (instant.nanoseconds % NANOSECONDS_OF_MS != 0 || instant.nanoseconds >= NANOSECONDS) {
        return kh__json_fail(in, KH_OUT_OF_RANGE, in->value,
                             "a message has date-times in milliseconds, and none in leap seconds");
    }
    if (milliseconds < KH__FIRST_INSTANT_MS || milliseconds > KH__LAST_INSTANT_MS) {
        return kh__json_fail(in, KH_OUT_OF_RANGE, in->value,
                             "a date-time is not in the years 0000 to 9999 UTC");
    }
    *out = (uint64_t)milliseconds;
    return KH_OK;
}

static int32_t number_of(const struct kh_proto_enum *values, size_t position)
{
    return values->numbers == NULL ? (int32_t)position + 1 : values->numbers[position];
}

static enum kh_status read_enum(struct kh_json *in, const struct kh_proto_enum *values,
                                uint64_t *out)
{
    struct kh_str name;

    KH_TRY(kh_json_read_str(in, &name));
    for (size_t i = 0; i < values->names->count; i++) {
        if (kh_str_equal(values->names->names[i], name)) {
            *out = (uint64_t)(int64_t)number_of(values, i);
            return KH_OK;
        }
    }
    return kh_check_enum_failed(in);
}

/* The value as a varint; one below 0 is extended to 64 bits. */
static enum kh_status read_varint(struct kh_json *in, const struct kh_proto_field *field,
                                  uint64_t *out)
{
    int64_t integer = 0;
    int32_t small = 0;
    bool truth = false;

    switch (field->kind) {
    case KH_PROTO_INSTANT:
        return read_instant(in, out);
    case KH_PROTO_INT32:
        KH_TRY(kh_json_read_int32(in, &small));
        *out = (uint64_t)(int64_t)small;
        return KH_OK;
    case KH_PROTO_INT64:
        KH_TRY(kh_json_read_int64(in, &integer));
        *out = (uint64_t)integer;
        return KH_OK;
    case KH_PROTO_BOOL:
        KH_TRY(kh_json_read_bool(in, &truth));
        *out = truth ? 1 : 0;
        return KH_OK;
    case KH_PROTO_ENUM:
        return read_enum(in, field->values, out);
    default:
        return kh_json_read_uint64(in, out);
    }
}

enum kh_status kh__proto_put_scalar(struct kh__proto_build *build,
                                    const struct kh_proto_field *field)
{
    uint64_t varint = 0;
    double number;

    if (field->kind == KH_PROTO_DOUBLE) {
        KH_TRY(kh_json_read_double(&build->in, &number));
        return kh__wire_put_double(&build->out, number);
    }
    KH_TRY(read_varint(&build->in, field, &varint));
    return kh__wire_put_varint(&build->out, varint);
}
