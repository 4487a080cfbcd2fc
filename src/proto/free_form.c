/*
 * Free-form values: google.protobuf.Struct, Value and ListValue (struct.proto). Their tables are here;
 * a Value is what its oneof holds.
 */
#include "proto/free_form.h"

#include "proto/to_json.h"

static const struct kh_proto_field VALUE_FIELDS[] = {
    { .number = KH__VALUE_NULL, .kind = KH_PROTO_INT32 },
    { .number = KH__VALUE_NUMBER, .kind = KH_PROTO_DOUBLE },
    { .number = KH__VALUE_STRING, .kind = KH_PROTO_STRING },
    { .number = KH__VALUE_BOOL, .kind = KH_PROTO_BOOL },
    { .number = KH__VALUE_STRUCT, .kind = KH_PROTO_STRUCT },
    { .number = KH__VALUE_LIST, .kind = KH_PROTO_LIST },
};
static const struct kh_proto_message VALUE = {
    .name = "google.protobuf.Value",
    .fields = VALUE_FIELDS,
    .field_count = sizeof VALUE_FIELDS / sizeof VALUE_FIELDS[0],
};

enum { KEY_POSITION, VALUE_POSITION, ENTRY_FIELDS };

static const struct kh_proto_field ENTRY[ENTRY_FIELDS] = {
    [KEY_POSITION] = { .number = KH__ENTRY_KEY, .kind = KH_PROTO_STRING },
    [VALUE_POSITION] = { .number = KH__ENTRY_VALUE, .kind = KH_PROTO_VALUE },
};
static const struct kh_proto_message STRUCT_ENTRY = { .name = "google.protobuf.Struct.FieldsEntry",
                                                      .fields = ENTRY,
                                                      .field_count = ENTRY_FIELDS };

/* Of a Struct the only field is the map, which is a list of entries; of a ListValue the values. */
static const struct kh_proto_field STRUCT_FIELD = { .number = KH__STRUCT_FIELDS,
                                                    .kind = KH_PROTO_MESSAGE,
                                                    .is_repeated = true,
                                                    .message = &STRUCT_ENTRY };
static const struct kh_proto_message STRUCT = { .name = "google.protobuf.Struct",
                                                .fields = &STRUCT_FIELD,
                                                .field_count = 1 };
static const struct kh_proto_field LIST_FIELD = { .number = KH__LIST_VALUES,
                                                  .kind = KH_PROTO_VALUE,
                                                  .is_repeated = true };
static const struct kh_proto_message LIST = { .name = "google.protobuf.ListValue",
                                              .fields = &LIST_FIELD,
                                              .field_count = 1 };

static struct kh__proto_frame *innermost(struct kh__proto_walk *walk)
{
    return &walk->frames[walk->open - 1];
}

/* ---- Opening ---- */

static enum kh_status open_struct(struct kh__proto_walk *walk, struct kh__proto_content content,
                                  struct kh_arena_mark mark)
{
    struct kh__proto_index *index;

    KH_TRY(kh__proto_walk_push(walk, KH__PROTO_FRAME_STRUCT, &STRUCT, content, mark));
    index = &innermost(walk)->index;
    KH_TRY(kh__proto_drop_duplicates(&walk->source, index->tags, index->starts[1]));
    return kh_json_write_object_begin(&walk->out);
}

static enum kh_status open_list(struct kh__proto_walk *walk, struct kh__proto_content content,
                                struct kh_arena_mark mark)
{
    KH_TRY(kh__proto_walk_push(walk, KH__PROTO_FRAME_LIST, &LIST, content, mark));
    return kh_json_write_array_begin(&walk->out);
}

static enum kh_status write_scalar(struct kh__proto_walk *walk, const struct kh_proto_field *field,
                                   struct kh__proto_content values)
{
    unsigned type;
    const unsigned char *at = kh__proto_value(&walk->source, values.tags[values.count - 1], &type);

    return kh__proto_write_scalar(walk, field, &at, kh__wire_end(walk->source.bytes));
}

/* A Value in which nothing is set is null too. */
static enum kh_status open_any(struct kh__proto_walk *walk, struct kh__proto_content content,
                               struct kh_arena_mark mark)
{
    const struct kh_proto_field *field;
    struct kh__proto_content values;
    enum kh_status status;

    KH_TRY(kh__proto_oneof(&walk->source, &VALUE, content, &field, &values));
    if (field != NULL && field->kind == KH_PROTO_STRUCT) {
        return open_struct(walk, values, mark);
    }
    if (field != NULL && field->kind == KH_PROTO_LIST) {
        return open_list(walk, values, mark);
    }
    status = field == NULL || field->number == KH__VALUE_NULL ? kh_json_write_null(&walk->out)
                                                              : write_scalar(walk, field, values);
    kh_arena_release(walk->source.arena, mark);
    return status;
}

enum kh_status kh__proto_open_free_form(struct kh__proto_walk *walk, enum kh_proto_kind kind,
                                        struct kh__proto_content content, struct kh_arena_mark mark)
{
    switch (kind) {
    case KH_PROTO_STRUCT:
        return open_struct(walk, content, mark);
    case KH_PROTO_LIST:
        return open_list(walk, content, mark);
    default:
        return open_any(walk, content, mark);
    }
}

/* ---- Stepping ---- */

static enum kh_status open_entry(struct kh__proto_walk *walk, struct kh__proto_content entry)
{
    struct kh_arena_mark mark = kh_arena_mark(walk->source.arena);
    struct kh__proto_index index;
    struct kh__proto_content keys;
    struct kh_str name = KH_STR("");

    KH_TRY(kh__proto_index(&walk->source, &STRUCT_ENTRY, entry, &index));
    keys = kh__proto_indexed(&index, KEY_POSITION);
    if (keys.count > 0) {
        name = kh__proto_bytes(&walk->source, keys.tags[keys.count - 1]);
    }
    KH_TRY(kh__proto_write_name(walk, name));
    return open_any(walk, kh__proto_indexed(&index, VALUE_POSITION), mark);
}

enum kh_status kh__proto_step_struct(struct kh__proto_walk *walk)
{
    struct kh__proto_frame *frame = innermost(walk);
    struct kh__proto_content entries = kh__proto_indexed(&frame->index, 0);

    while (frame->item < entries.count && entries.tags[frame->item] == KH__PROTO_DROPPED) {
        frame->item++;
    }
    if (frame->item == entries.count) {
        kh__proto_walk_pop(walk);
        return kh_json_write_object_end(&walk->out);
    }
    frame->item++;
    return open_entry(walk, (struct kh__proto_content){ &entries.tags[frame->item - 1], 1 });
}

enum kh_status kh__proto_step_list(struct kh__proto_walk *walk)
{
    struct kh__proto_frame *frame = innermost(walk);
    struct kh__proto_content values = kh__proto_indexed(&frame->index, 0);
    struct kh__proto_content value = { values.tags + frame->item, 1 };

    if (frame->item == values.count) {
        kh__proto_walk_pop(walk);
        return kh_json_write_array_end(&walk->out);
    }
    frame->item++;
    return open_any(walk, value, kh_arena_mark(walk->source.arena));
}

static enum kh_status to_json(struct kh__proto_walk *walk, enum kh_proto_kind kind,
                              struct kh_str *text)
{
    struct kh__proto_content all = { NULL, 1 };

    KH_TRY(kh__proto_check_length(&walk->source));
    KH_TRY(kh__proto_open_free_form(walk, kind, all, kh_arena_mark(walk->source.arena)));
    KH_TRY(kh__proto_walk_run(walk));
    return kh__proto_walk_text(walk, text);
}

enum kh_status kh__free_form_to_json(enum kh_proto_kind kind, struct kh_str bytes, int levels,
                                     struct kh_arena *arena, struct kh_error *error,
                                     struct kh_str *text)
{
    struct kh_arena_mark mark = kh_arena_mark(arena);
    struct kh__proto_walk walk;
    enum kh_status status;

    kh__proto_walk_init(&walk, bytes, levels, arena, error);
    status = to_json(&walk, kind, text);
    return kh__proto_walk_end(&walk, mark, status);
}
