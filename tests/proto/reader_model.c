#include "reader_model.h"

#include <stdlib.h>

#define MAX_FIELDS 40

/* The values of one message: of each field its JSON, items one after the other with commas. */
struct values {
    struct kh_json_writer texts[MAX_FIELDS];
    uint64_t seen[KH_SEEN_WORDS(MAX_FIELDS)];
    size_t arms; /* of a union */
};

static enum kh_status read_scalar(struct kh_proto_reader *in, const struct kh_proto_field *field,
                                  struct kh_json_writer *out)
{
    struct kh_str text;
    struct kh_instant instant;
    int32_t small;
    int64_t large;
    uint64_t huge;
    double number;
    bool flag;
    int value;

    switch (field->kind) {
    case KH_PROTO_STRING:
        KH_TRY(kh_proto_read_str(in, &text));
        return kh_json_write_str(out, text);
    case KH_PROTO_INSTANT:
        KH_TRY(kh_proto_read_instant(in, &instant));
        return kh_json_write_instant(out, instant);
    case KH_PROTO_INT32:
        KH_TRY(kh_proto_read_int32(in, &small));
        return kh_json_write_int64(out, small);
    case KH_PROTO_INT64:
        KH_TRY(kh_proto_read_int64(in, &large));
        return kh_json_write_int64(out, large);
    case KH_PROTO_UINT64:
        KH_TRY(kh_proto_read_uint64(in, &huge));
        return kh_json_write_uint64(out, huge);
    case KH_PROTO_DOUBLE:
        KH_TRY(kh_proto_read_double(in, &number));
        return kh_json_write_double(out, number);
    case KH_PROTO_BOOL:
        KH_TRY(kh_proto_read_bool(in, &flag));
        return kh_json_write_bool(out, flag);
    default:
        KH_TRY(kh_proto_read_enum(in, field->values, &value));
        return kh_json_write_str(out, field->values->names->names[value - 1]);
    }
}

static bool is_free_form(const struct kh_proto_field *field)
{
    return field->kind == KH_PROTO_STRUCT || field->kind == KH_PROTO_VALUE ||
           field->kind == KH_PROTO_LIST;
}

static enum kh_status read_value(struct kh_proto_reader *in, const struct kh_proto_field *field,
                                 struct kh_json_writer *out)
{
    const unsigned char *outer_end;
    struct kh_raw raw;

    if (is_free_form(field)) {
        KH_TRY(kh_proto_read_raw(in, field->kind, &raw));
        return kh_json_write_raw(out, raw);
    }
    if (field->kind != KH_PROTO_MESSAGE) {
        return read_scalar(in, field, out);
    }
    KH_TRY(kh_proto_enter(in, &outer_end));
    KH_TRY(reader_model_read(in, field->message, out));
    kh_proto_leave(in, outer_end);
    return KH_OK;
}

static uint32_t wire_of(const struct kh_proto_field *field)
{
    switch (field->kind) {
    case KH_PROTO_INSTANT:
    case KH_PROTO_INT32:
    case KH_PROTO_INT64:
    case KH_PROTO_UINT64:
    case KH_PROTO_BOOL:
    case KH_PROTO_ENUM:
        return KH_WIRE_VARINT;
    case KH_PROTO_DOUBLE:
        return KH_WIRE_FIXED64;
    default:
        return KH_WIRE_BYTES;
    }
}

static enum kh_status read_field(struct kh_proto_reader *in, const struct kh_proto_field *field,
                                 uint32_t tag, unsigned member, struct values *values)
{
    struct kh_json_writer *out = &values->texts[member];
    uint32_t wire = tag & 7;
    const unsigned char *outer_end;

    if (field->is_repeated && wire == KH_WIRE_BYTES && wire_of(field) != KH_WIRE_BYTES) {
        KH_TRY(kh_proto_enter(in, &outer_end));
        while (in->at < in->end) {
            kh_proto_see(values->seen, member);
            KH_TRY(read_scalar(in, field, out));
        }
        kh_proto_leave(in, outer_end);
        return KH_OK;
    }
    if (wire != wire_of(field)) {
        return KH_INVALID;
    }
    if (field->is_repeated) {
        kh_proto_see(values->seen, member);
    } else {
        KH_TRY(kh_proto_once(values->seen, member));
    }
    values->arms++;
    return read_value(in, field, out);
}

static enum kh_status read_fields(struct kh_proto_reader *in,
                                  const struct kh_proto_message *message, struct values *values)
{
    static const uint64_t required[KH_SEEN_WORDS(MAX_FIELDS)] = { 0 };
    uint32_t tag;

    while (kh_proto_next(in, &tag)) {
        unsigned member = 0;

        while (member < message->field_count && message->fields[member].number != tag >> 3) {
            member++;
        }
        if (member == message->field_count) {
            KH_TRY(kh_proto_skip(in, tag));
        } else {
            KH_TRY(read_field(in, &message->fields[member], tag, member, values));
        }
    }
    return kh_proto_end(in, values->seen, required, MAX_FIELDS);
}

static enum kh_status write_text(struct kh_json_writer *out, const struct kh_json_writer *text)
{
    return kh_json_write_raw(out, (struct kh_raw){ kh_json_writer_text(text) });
}

static enum kh_status write_field(struct kh_json_writer *out, const struct kh_proto_field *field,
                                  const struct values *values, unsigned member)
{
    bool seen = kh_json_seen(values->seen, member);

    if (field->kind != KH_PROTO_CONSTANT && !seen && field->absent == KH_PROTO_LEFT_OUT) {
        return KH_OK;
    }
    KH_TRY(kh_json_write_name(out, field->name));
    if (field->kind == KH_PROTO_CONSTANT) {
        return kh_json_write_str(out, field->constant);
    }
    if (!seen && field->absent == KH_PROTO_NULL) {
        return kh_json_write_null(out);
    }
    if (!field->is_repeated) {
        return write_text(out, &values->texts[member]);
    }
    KH_TRY(kh_json_write_array_begin(out));
    if (seen) {
        KH_TRY(write_text(out, &values->texts[member]));
    }
    return kh_json_write_array_end(out);
}

static enum kh_status write_message(struct kh_json_writer *out,
                                    const struct kh_proto_message *message,
                                    const struct values *values)
{
    if (message->discriminator.length > 0) {
        /* Everyday messages have one arm once. */
        for (unsigned member = 0; member < message->field_count; member++) {
            if (values->arms == 1 && kh_json_seen(values->seen, member)) {
                return write_text(out, &values->texts[member]);
            }
        }
        return KH_INVALID;
    }
    KH_TRY(kh_json_write_object_begin(out));
    for (unsigned member = 0; member < message->field_count; member++) {
        KH_TRY(write_field(out, &message->fields[member], values, member));
    }
    return kh_json_write_object_end(out);
}

enum kh_status reader_model_read(struct kh_proto_reader *in, const struct kh_proto_message *message,
                                 struct kh_json_writer *out)
{
    struct values *values = calloc(1, sizeof *values);
    enum kh_status status;

    if (values == NULL) {
        return KH_NO_MEMORY;
    }
    status = read_fields(in, message, values);
    if (status == KH_OK) {
        status = write_message(out, message, values);
    }
    for (size_t i = 0; i < MAX_FIELDS; i++) {
        kh_json_writer_clean_up(&values->texts[i]);
    }
    free(values);
    return status;
}
