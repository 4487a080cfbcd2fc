/* Any JSON as google.protobuf.Struct, Value and ListValue. */
#include "proto/free_form.h"
#include "proto/from_json.h"
#include "text/json_internal.h"
#include "text/number.h"

static struct kh__proto_part *innermost(struct kh__proto_build *build)
{
    return &build->parts[build->open - 1];
}

static enum kh_status open_struct(struct kh__proto_build *build)
{
    struct kh__proto_part *part = kh__proto_push_part(build, KH__PROTO_PART_STRUCT);

    return kh_json_object_begin(&build->in, &part->object);
}

static enum kh_status open_list(struct kh__proto_build *build)
{
    struct kh__proto_part *part = kh__proto_push_part(build, KH__PROTO_PART_LIST);

    return kh_json_array_begin(&build->in, &part->array);
}

/* Only what comes back as the same number. */
static enum kh_status put_number(struct kh__proto_build *build)
{
    struct kh_json *in = &build->in;
    char text[KH__NUMBER_TEXT_SIZE];
    struct kh_str token;
    struct kh_str again = { text, 0 };
    double number;
    bool fits;

    in->value = in->at;
    KH_TRY(kh__json_number(in, &token));
    fits = kh__number_to_double(token, &number);
    if (fits) {
        again.length = kh__number_from_double(number, text);
    }
    if (!fits || kh__number_compare(token, again) != 0) {
        return kh__json_fail(in, KH_OUT_OF_RANGE, in->value,
                             "a number in a free-form value has more digits than a double");
    }
    KH_TRY(kh__wire_put_tag(&build->out, KH__VALUE_NUMBER, KH_WIRE_FIXED64));
    return kh__wire_put_double(&build->out, number);
}

static enum kh_status put_varint(struct kh__proto_build *build, uint32_t number, uint64_t value)
{
    KH_TRY(kh__wire_put_tag(&build->out, number, KH_WIRE_VARINT));
    return kh__wire_put_varint(&build->out, value);
}

static enum kh_status put_bool(struct kh__proto_build *build)
{
    bool truth;

    KH_TRY(kh_json_read_bool(&build->in, &truth));
    return put_varint(build, KH__VALUE_BOOL, truth ? 1 : 0);
}

/* What a Value holds, which is no object or array. */
static enum kh_status put_scalar(struct kh__proto_build *build, char first)
{
    switch (first) {
    case 'n':
        KH_TRY(kh_json_read_null(&build->in));
        return put_varint(build, KH__VALUE_NULL, 0);
    case 't':
    case 'f':
        return put_bool(build);
    case '"':
        KH_TRY(kh__wire_put_tag(&build->out, KH__VALUE_STRING, KH_WIRE_BYTES));
        return kh__proto_put_str(build);
    default:
        return put_number(build);
    }
}

static enum kh_status put_any(struct kh__proto_build *build)
{
    char first = kh_json_peek(&build->in);

    if (first == '{') {
        KH_TRY(kh__proto_begin_length(build, KH__VALUE_STRUCT));
        return open_struct(build);
    }
    if (first == '[') {
        KH_TRY(kh__proto_begin_length(build, KH__VALUE_LIST));
        return open_list(build);
    }
    KH_TRY(put_scalar(build, first));
    return kh__proto_end_lengths(build, &build->lengths);
}

enum kh_status kh__proto_put_free_form(struct kh__proto_build *build, enum kh_proto_kind kind)
{
    switch (kind) {
    case KH_PROTO_STRUCT:
        return open_struct(build);
    case KH_PROTO_LIST:
        return open_list(build);
    default:
        return put_any(build);
    }
}

/* The next member's name, as the key of an entry; *found is false at the end. */
static enum kh_status put_name(struct kh__proto_build *build, struct kh_json_object *object,
                               bool *found)
{
    struct kh_arena_mark mark = kh_arena_mark(build->in.arena);

    *found = kh_json_object_next(&build->in, object);
    if (!*found) {
        return object->status;
    }
    KH_TRY(kh__proto_begin_length(build, KH__STRUCT_FIELDS));
    KH_TRY(kh__wire_put_tag(&build->out, KH__ENTRY_KEY, KH_WIRE_BYTES));
    KH_TRY(kh__wire_put_bytes(&build->out, object->name));
    kh_arena_release(build->in.arena, mark);
    return KH_OK;
}

enum kh_status kh__proto_build_struct(struct kh__proto_build *build)
{
    struct kh__proto_part *part = innermost(build);
    bool found;

    KH_TRY(put_name(build, &part->object, &found));
    if (found) {
        KH_TRY(kh__proto_begin_length(build, KH__ENTRY_VALUE));
        return put_any(build);
    }
    KH_TRY(kh_json_object_end(&build->in, &part->object, NULL, NULL, NULL, 0));
    return kh__proto_pop_part(build);
}

enum kh_status kh__proto_build_list(struct kh__proto_build *build)
{
    struct kh__proto_part *part = innermost(build);

    if (kh_json_array_next(&build->in, &part->array)) {
        KH_TRY(kh__proto_begin_length(build, KH__LIST_VALUES));
        return put_any(build);
    }
    KH_TRY(kh_json_array_end(&build->in, &part->array));
    return kh__proto_pop_part(build);
}
