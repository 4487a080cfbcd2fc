/* Messages as JSON: what the table of their type says, member by member. */
#include "proto/to_json.h"

enum kh_status kh__proto_walk_deeper(struct kh__proto_walk *walk, struct kh__proto_content content)
{
    if (walk->levels == 0) {
        uint32_t offset = content.tags == NULL ? 0 : content.tags[0];

        return kh__proto_fail(&walk->source, KH_TOO_DEEP,
                              kh__wire_begin(walk->source.bytes) + offset,
                              "messages and lists are nested too deeply");
    }
    walk->levels--;
    return KH_OK;
}

static struct kh__proto_frame *innermost(struct kh__proto_walk *walk)
{
    return &walk->frames[walk->open - 1];
}

/* ---- Messages ---- */

/* The arm of a union in place of the union; *message is NULL when there is none. */
static enum kh_status to_arm(struct kh__proto_walk *walk, const struct kh_proto_message **message,
                             struct kh__proto_content *content)
{
    const struct kh_proto_field *arm;

    if ((*message)->discriminator.length == 0) {
        return KH_OK;
    }
    KH_TRY(kh__proto_oneof(&walk->source, *message, *content, &arm, content));
    *message = arm == NULL ? NULL : arm->message;
    return KH_OK;
}

static enum kh_status write_empty_object(struct kh__proto_walk *walk,
                                         struct kh__proto_content content)
{
    KH_TRY(kh__proto_walk_deeper(walk, content));
    walk->levels++;
    KH_TRY(kh_json_write_object_begin(&walk->out));
    return kh_json_write_object_end(&walk->out);
}

/* In place of what is not there. */
static enum kh_status write_empty_array(struct kh__proto_walk *walk)
{
    KH_TRY(kh__proto_walk_deeper(walk, (struct kh__proto_content){ NULL, 0 }));
    walk->levels++;
    KH_TRY(kh_json_write_array_begin(&walk->out));
    return kh_json_write_array_end(&walk->out);
}

static enum kh_status open_message(struct kh__proto_walk *walk,
                                   const struct kh_proto_message *message,
                                   struct kh__proto_content content, struct kh_arena_mark mark)
{
    struct kh__proto_content own = content;

    KH_TRY(to_arm(walk, &message, &own));
    if (message == NULL) {
        return write_empty_object(walk, content);
    }
    KH_TRY(kh__proto_walk_push(walk, KH__PROTO_FRAME_MESSAGE, message, own, mark));
    return kh_json_write_object_begin(&walk->out);
}

/* ---- Fields ---- */

/* A field's value that is a message of some kind: writes it, or opens it. */
static enum kh_status open_value(struct kh__proto_walk *walk, const struct kh_proto_field *field,
                                 struct kh__proto_content content)
{
    struct kh_arena_mark mark = kh_arena_mark(walk->source.arena);

    switch (field->kind) {
    case KH_PROTO_MESSAGE:
        return open_message(walk, field->message, content, mark);
    case KH_PROTO_PAYLOAD:
        if (walk->payload == NULL) {
            return write_empty_object(walk, content);
        }
        /* Bytes are not merged: the last value counts. */
        content.tags += content.count - 1;
        content.count = 1;
        return open_message(walk, walk->payload, content, mark);
    default:
        return kh__proto_open_free_form(walk, field->kind, content, mark);
    }
}

static bool is_scalar(const struct kh_proto_field *field)
{
    return field->kind == KH_PROTO_STRING || kh__proto_is_packable(field);
}

/* Writes the scalars that one value of the field holds: one, or as many as are packed. */
static enum kh_status write_scalars(struct kh__proto_walk *walk, const struct kh_proto_field *field,
                                    uint32_t offset)
{
    const unsigned char *end = kh__wire_end(walk->source.bytes);
    unsigned type;
    const unsigned char *at = kh__proto_value(&walk->source, offset, &type);
    struct kh_str packed;

    if (type != KH_WIRE_BYTES || !kh__proto_is_packable(field)) {
        return kh__proto_write_scalar(walk, field, &at, end);
    }
    packed = kh__proto_bytes(&walk->source, offset);
    at = kh__wire_begin(packed);
    while (at < kh__wire_end(packed)) {
        KH_TRY(kh__proto_write_scalar(walk, field, &at, kh__wire_end(packed)));
        KH_TRY(kh__proto_walk_check_size(walk));
    }
    return KH_OK;
}

/* Nothing, packed, is nothing. */
static bool has_value(const struct kh__proto_walk *walk, const struct kh_proto_field *field,
                      struct kh__proto_content values)
{
    for (uint32_t i = 0; i < values.count; i++) {
        unsigned type;

        (void)kh__proto_value(&walk->source, values.tags[i], &type);
        if (type != KH_WIRE_BYTES || !kh__proto_is_packable(field) ||
            kh__proto_bytes(&walk->source, values.tags[i]).length > 0) {
            return true;
        }
    }
    return false;
}

static enum kh_status write_absent(struct kh__proto_walk *walk, const struct kh_proto_field *field)
{
    if (field->absent == KH_PROTO_LEFT_OUT) {
        return KH_OK;
    }
    KH_TRY(kh_json_write_name(&walk->out, field->name));
    return field->absent == KH_PROTO_NULL ? kh_json_write_null(&walk->out)
                                          : write_empty_array(walk);
}

/* Writes the field, or opens the message that it is, or the array. */
static enum kh_status write_field(struct kh__proto_walk *walk, struct kh__proto_frame *frame)
{
    const struct kh_proto_field *field = &frame->message->fields[frame->field];
    struct kh__proto_content values = kh__proto_indexed(&frame->index, frame->field);

    if (field->kind == KH_PROTO_CONSTANT) {
        frame->field++;
        KH_TRY(kh_json_write_name(&walk->out, field->name));
        return kh_json_write_str(&walk->out, field->constant);
    }
    if (!has_value(walk, field, values)) {
        frame->field++;
        return write_absent(walk, field);
    }
    KH_TRY(kh_json_write_name(&walk->out, field->name));
    if (field->is_repeated) {
        KH_TRY(kh__proto_walk_deeper(walk, values));
        frame->in_array = true;
        frame->item = 0;
        return kh_json_write_array_begin(&walk->out);
    }
    frame->field++;
    return is_scalar(field) ? write_scalars(walk, field, values.tags[values.count - 1])
                            : open_value(walk, field, values);
}

/* Writes the next items of the array that is open, or opens the next one, or closes the array. */
static enum kh_status write_items(struct kh__proto_walk *walk, struct kh__proto_frame *frame)
{
    const struct kh_proto_field *field = &frame->message->fields[frame->field];
    struct kh__proto_content values = kh__proto_indexed(&frame->index, frame->field);
    struct kh__proto_content item = { values.tags + frame->item, 1 };

    if (frame->item == values.count) {
        frame->in_array = false;
        frame->field++;
        walk->levels++;
        return kh_json_write_array_end(&walk->out);
    }
    frame->item++;
    return is_scalar(field) ? write_scalars(walk, field, item.tags[0])
                            : open_value(walk, field, item);
}

static enum kh_status step_message(struct kh__proto_walk *walk)
{
    struct kh__proto_frame *frame = innermost(walk);

    if (frame->in_array) {
        return write_items(walk, frame);
    }
    if (frame->field < frame->message->field_count) {
        return write_field(walk, frame);
    }
    kh__proto_walk_pop(walk);
    return kh_json_write_object_end(&walk->out);
}

/* ---- The walk ---- */

enum kh_status kh__proto_walk_push(struct kh__proto_walk *walk, enum kh__proto_frame_kind kind,
                                   const struct kh_proto_message *message,
                                   struct kh__proto_content content, struct kh_arena_mark mark)
{
    struct kh__proto_frame *frame;

    KH_TRY(kh__proto_walk_deeper(walk, content));
    frame = &walk->frames[walk->open];
    *frame = (struct kh__proto_frame){ .kind = kind, .message = message, .mark = mark };
    KH_TRY(kh__proto_index(&walk->source, message, content, &frame->index));
    walk->open++;
    return KH_OK;
}

void kh__proto_walk_pop(struct kh__proto_walk *walk)
{
    kh_arena_release(walk->source.arena, innermost(walk)->mark);
    walk->open--;
    walk->levels++;
}

enum kh_status kh__proto_walk_check_size(const struct kh__proto_walk *walk)
{
    if (walk->out.length > walk->limit) {
        return kh__proto_fail(&walk->source, KH_TOO_LARGE, kh__wire_begin(walk->source.bytes),
                              "a message becomes too much JSON");
    }
    return KH_OK;
}

static enum kh_status step(struct kh__proto_walk *walk)
{
    switch (innermost(walk)->kind) {
    case KH__PROTO_FRAME_STRUCT:
        return kh__proto_step_struct(walk);
    case KH__PROTO_FRAME_LIST:
        return kh__proto_step_list(walk);
    default:
        return step_message(walk);
    }
}

void kh__proto_walk_init(struct kh__proto_walk *walk, struct kh_str bytes, int levels,
                         struct kh_arena *arena, struct kh_error *error)
{
    walk->source = (struct kh__proto_source){ bytes, arena, error };
    walk->payload = NULL;
    kh_json_writer_init(&walk->out);
    walk->limit = KH_PROTO_TEXT_EXTRA + KH_PROTO_TEXT_FACTOR * bytes.length;
    walk->levels = levels;
    walk->open = 0;
}

enum kh_status kh__proto_walk_run(struct kh__proto_walk *walk)
{
    while (walk->open > 0) {
        KH_TRY(step(walk));
        KH_TRY(kh__proto_walk_check_size(walk));
    }
    return KH_OK;
}

enum kh_status kh__proto_walk_text(struct kh__proto_walk *walk, struct kh_str *text)
{
    *text = kh_arena_copy_padded(walk->source.arena, kh_json_writer_text(&walk->out));
    return text->data == NULL ? KH_NO_MEMORY : KH_OK;
}

enum kh_status kh__proto_walk_end(struct kh__proto_walk *walk, struct kh_arena_mark mark,
                                  enum kh_status status)
{
    kh_json_writer_clean_up(&walk->out);
    if (status != KH_OK) {
        kh_arena_release(walk->source.arena, mark);
    }
    return kh__proto_record(&walk->source, status);
}

static enum kh_status to_json(struct kh__proto_walk *walk, const struct kh_proto_message *message,
                              struct kh_str *text)
{
    struct kh__proto_content all = { NULL, 1 };

    KH_TRY(open_message(walk, message, all, kh_arena_mark(walk->source.arena)));
    KH_TRY(kh__proto_walk_run(walk));
    return kh__proto_walk_text(walk, text);
}

enum kh_status kh_proto_to_json(const struct kh_proto_message *message, struct kh_str bytes,
                                const struct kh_proto_message *payload, struct kh_arena *arena,
                                struct kh_error *error, struct kh_str *text)
{
    struct kh_arena_mark mark = kh_arena_mark(arena);
    struct kh__proto_walk walk;
    enum kh_status status;

    kh__proto_walk_init(&walk, bytes, KH_PROTO_MAX_DEPTH, arena, error);
    walk.payload = payload;
    status = kh__proto_check_length(&walk.source);
    if (status == KH_OK) {
        status = to_json(&walk, message, text);
    }
    return kh__proto_walk_end(&walk, mark, status);
}
