/*
 * JSON as a message: what the table of the type says, field by field. The members of an object may come
 * in any order: first it is found out where each stands.
 */
#include "proto/from_json.h"

#include "kh/check.h"
#include "proto/content.h"
#include "text/json_internal.h"

static struct kh__proto_part *innermost(struct kh__proto_build *build)
{
    return &build->parts[build->open - 1];
}

enum kh_status kh__proto_begin_length(struct kh__proto_build *build, uint32_t number)
{
    struct kh__proto_lengths *lengths = &build->lengths;

    KH_TRY(kh__wire_put_tag(&build->out, number, KH_WIRE_BYTES));
    return kh__wire_open(&build->out, &lengths->places[lengths->count++]);
}

enum kh_status kh__proto_end_lengths(struct kh__proto_build *build,
                                     struct kh__proto_lengths *lengths)
{
    while (lengths->count > 0) {
        KH_TRY(kh__wire_close(&build->out, lengths->places[--lengths->count]));
    }
    return KH_OK;
}

struct kh__proto_part *kh__proto_push_part(struct kh__proto_build *build,
                                           enum kh__proto_part_kind kind)
{
    /* There is room: that the text is not too deep was found out before. */
    struct kh__proto_part *part = &build->parts[build->open++];

    *part = (struct kh__proto_part){ .kind = kind,
                                     .lengths = build->lengths,
                                     .mark = kh_arena_mark(build->in.arena) };
    build->lengths.count = 0;
    return part;
}

enum kh_status kh__proto_pop_part(struct kh__proto_build *build)
{
    struct kh__proto_part *part = innermost(build);

    kh_arena_release(build->in.arena, part->mark);
    build->open--;
    return kh__proto_end_lengths(build, &part->lengths);
}

/* ---- Messages ---- */

/* The position of the field that the member is in, field_count if there is none. */
static size_t find_field(const struct kh_proto_message *message, struct kh_str name, size_t guess)
{
    size_t count = message->field_count;

    for (size_t i = 0; i < count; i++) {
        size_t at = guess + i < count ? guess + i : guess + i - count;

        if (kh_str_equal(message->fields[at].name, name)) {
            return at;
        }
    }
    return count;
}

static enum kh_status find_values(struct kh_json *in, struct kh__proto_part *part)
{
    const struct kh_proto_message *message = part->message;
    struct kh_json_object object;
    size_t guess = 0;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        size_t position = find_field(message, object.name, guess);

        (void)kh_json_peek(in);
        if (position < message->field_count) {
            part->values[position] = in->at;
            guess = position + 1;
        }
        KH_TRY(kh_json_skip(in));
    }
    KH_TRY(kh_json_object_end(in, &object, NULL, NULL, NULL, 0));
    part->end = in->at;
    return KH_OK;
}

/* The arm in place of the union, whose field is opened. */
static enum kh_status to_arm(struct kh__proto_build *build, const struct kh_proto_message **message)
{
    const struct kh_proto_message *all = *message;
    struct kh_str value;
    bool found;

    if (all->discriminator.length == 0) {
        return KH_OK;
    }
    KH_TRY(kh_json_peek_member(&build->in, all->discriminator, &value, &found));
    for (size_t i = 0; found && i < all->field_count; i++) {
        if (kh_str_equal(all->fields[i].name, value)) {
            *message = all->fields[i].message;
            return kh__proto_begin_length(build, all->fields[i].number);
        }
    }
    return kh_check_union_failed(&build->in, all->discriminator);
}

static enum kh_status open_message(struct kh__proto_build *build,
                                   const struct kh_proto_message *message)
{
    struct kh_arena_mark mark;
    struct kh__proto_part *part;

    KH_TRY(to_arm(build, &message));
    part = kh__proto_push_part(build, KH__PROTO_PART_MESSAGE);
    part->message = message;
    part->values = kh_arena_alloc(build->in.arena, message->field_count * sizeof *part->values);
    if (part->values == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < message->field_count; i++) {
        part->values[i] = NULL;
    }
    mark = kh_arena_mark(build->in.arena);
    KH_TRY(find_values(&build->in, part));
    /* Names that had escapes. */
    kh_arena_release(build->in.arena, mark);
    return KH_OK;
}

/* The payload of an envelope; nobody knows what it is: it stays empty. */
static enum kh_status open_payload(struct kh__proto_build *build)
{
    if (build->payload != NULL) {
        return open_message(build, build->payload);
    }
    KH_TRY(kh_json_skip(&build->in));
    return kh__proto_end_lengths(build, &build->lengths);
}

/* ---- Fields ---- */

/* The value at the cursor, with its tag: a message of some kind is opened. */
static enum kh_status put_value(struct kh__proto_build *build, const struct kh_proto_field *field)
{
    if (kh__proto_is_packable(field)) {
        enum kh_wire type = field->kind == KH_PROTO_DOUBLE ? KH_WIRE_FIXED64 : KH_WIRE_VARINT;

        KH_TRY(kh__wire_put_tag(&build->out, field->number, type));
        return kh__proto_put_scalar(build, field);
    }
    if (field->kind == KH_PROTO_STRING) {
        KH_TRY(kh__wire_put_tag(&build->out, field->number, KH_WIRE_BYTES));
        return kh__proto_put_str(build);
    }
    KH_TRY(kh__proto_begin_length(build, field->number));
    switch (field->kind) {
    case KH_PROTO_MESSAGE:
        return open_message(build, field->message);
    case KH_PROTO_PAYLOAD:
        return open_payload(build);
    default:
        return kh__proto_put_free_form(build, field->kind);
    }
}

static enum kh_status put_packed(struct kh__proto_build *build, const struct kh_proto_field *field,
                                 struct kh_json_array *array)
{
    size_t place;

    KH_TRY(kh__wire_put_tag(&build->out, field->number, KH_WIRE_BYTES));
    KH_TRY(kh__wire_open(&build->out, &place));
    do {
        KH_TRY(kh__proto_put_scalar(build, field));
    } while (kh_json_array_next(&build->in, array));
    KH_TRY(kh_json_array_end(&build->in, array));
    return kh__wire_close(&build->out, place);
}

/* Of an array, numbers are written at once; other items one with each step. */
static enum kh_status begin_array(struct kh__proto_build *build, struct kh__proto_part *part,
                                  const struct kh_proto_field *field)
{
    KH_TRY(kh_json_array_begin(&build->in, &part->array));
    if (!kh_json_array_next(&build->in, &part->array)) {
        KH_TRY(kh_json_array_end(&build->in, &part->array));
        part->field++;
        if (field->absent == KH_PROTO_EMPTY) {
            return KH_OK;
        }
        return kh__json_fail(&build->in, KH_OUT_OF_RANGE, build->in.value,
                             "a message can't tell this array, which is empty, from none");
    }
    if (kh__proto_is_packable(field)) {
        part->field++;
        return put_packed(build, field, &part->array);
    }
    part->in_array = true;
    return put_value(build, field);
}

static enum kh_status put_field(struct kh__proto_build *build, struct kh__proto_part *part)
{
    const struct kh_proto_field *field = &part->message->fields[part->field];
    const char *value = part->values[part->field];

    if (value == NULL || field->kind == KH_PROTO_CONSTANT) {
        part->field++;
        return KH_OK;
    }
    build->in.at = value;
    if (field->absent == KH_PROTO_NULL && kh_json_take_null(&build->in)) {
        part->field++;
        return KH_OK;
    }
    if (field->is_repeated) {
        return begin_array(build, part, field);
    }
    part->field++;
    return put_value(build, field);
}

static enum kh_status put_item(struct kh__proto_build *build, struct kh__proto_part *part)
{
    if (kh_json_array_next(&build->in, &part->array)) {
        return put_value(build, &part->message->fields[part->field]);
    }
    part->in_array = false;
    part->field++;
    return kh_json_array_end(&build->in, &part->array);
}

static enum kh_status build_message(struct kh__proto_build *build)
{
    struct kh__proto_part *part = innermost(build);

    if (part->in_array) {
        return put_item(build, part);
    }
    if (part->field < part->message->field_count) {
        return put_field(build, part);
    }
    build->in.at = part->end;
    return kh__proto_pop_part(build);
}

/* ---- The whole ---- */

static enum kh_status step(struct kh__proto_build *build)
{
    switch (innermost(build)->kind) {
    case KH__PROTO_PART_STRUCT:
        return kh__proto_build_struct(build);
    case KH__PROTO_PART_LIST:
        return kh__proto_build_list(build);
    default:
        return build_message(build);
    }
}

/* All of the text is looked at first: what comes later need not ask whether it is JSON. */
static enum kh_status check_text(struct kh_json in)
{
    KH_TRY(kh_json_skip(&in));
    return kh_json_end(&in);
}

static enum kh_status copy_out(const struct kh__proto_build *build, struct kh_str *bytes)
{
    *bytes = kh_arena_copy_padded(
        build->in.arena, (struct kh_str){ (const char *)build->out.data, build->out.length });
    return bytes->data == NULL ? KH_NO_MEMORY : KH_OK;
}

static enum kh_status from_json(struct kh__proto_build *build,
                                const struct kh_proto_message *message, struct kh_str *bytes)
{
    KH_TRY(check_text(build->in));
    KH_TRY(open_message(build, message));
    while (build->open > 0) {
        KH_TRY(step(build));
    }
    return copy_out(build, bytes);
}

enum kh_status kh_proto_from_json(const struct kh_proto_message *message, struct kh_str text,
                                  const struct kh_proto_message *payload, struct kh_arena *arena,
                                  struct kh_error *error, struct kh_str *bytes)
{
    struct kh_arena_mark mark = kh_arena_mark(arena);
    struct kh__proto_build build;
    enum kh_status status;

    kh_json_init(&build.in, text, arena, error);
    build.payload = payload;
    kh__wire_writer_init(&build.out);
    build.lengths.count = 0;
    build.open = 0;
    status = from_json(&build, message, bytes);
    kh__wire_writer_clean_up(&build.out);
    if (status == KH_OK) {
        return KH_OK;
    }
    kh_arena_release(arena, mark);
    return kh_fail(error, status, "%s", kh_status_text(status));
}
