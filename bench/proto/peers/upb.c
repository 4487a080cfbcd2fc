/*
 * upb: strings alias the input, memory is an arena in a block that is there, tables are made from the .proto
 * files when the program starts. UTF-8 is checked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "messages.h"

#include "google/protobuf/descriptor.upb.h"
#include "upb/mem/arena.h"
#include "upb/message/accessors.h"
#include "upb/reflection/def.h"
#include "upb/wire/decode.h"

/* ---- Tables ---- */

static const upb_MessageDef *envelope_type;
static const upb_MessageDef *payload_types[3];
static const upb_MiniTable *envelope_table;
static const upb_MiniTable *payload_tables[3];
static const upb_MiniTableField *type_field;
static const upb_MiniTableField *data_field;

static char *read_whole(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(1 << 20);

    if (file == NULL || bytes == NULL) {
        perror(path);
        exit(1);
    }
    *size = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
}

static const upb_MessageDef *find_type(const upb_DefPool *pool, const char *name)
{
    const upb_MessageDef *found = upb_DefPool_FindMessageByName(pool, name);

    if (found == NULL) {
        fprintf(stderr, "upb: there is no message %s\n", name);
        exit(1);
    }
    return found;
}

static const upb_MiniTableField *field_of(const upb_MessageDef *type, const char *name)
{
    const upb_FieldDef *field = upb_MessageDef_FindFieldByName(type, name);

    if (field == NULL) {
        fprintf(stderr, "upb: there is no field %s\n", name);
        exit(1);
    }
    return upb_FieldDef_MiniTable(field);
}

/* From what protoc writes with --descriptor_set_out. */
static void make_tables(const char *path)
{
    upb_Arena *arena = upb_Arena_New();
    upb_DefPool *pool = upb_DefPool_New();
    size_t size;
    char *bytes = read_whole(path, &size);
    const google_protobuf_FileDescriptorSet *set =
        google_protobuf_FileDescriptorSet_parse(bytes, size, arena);
    const google_protobuf_FileDescriptorProto *const *files =
        google_protobuf_FileDescriptorSet_file(set, &size);

    for (size_t i = 0; i < size; i++) {
        upb_Status status;

        upb_Status_Clear(&status);
        if (upb_DefPool_AddFile(pool, files[i], &status) == NULL) {
            fprintf(stderr, "upb: %s\n", upb_Status_ErrorMessage(&status));
            exit(1);
        }
    }
    envelope_type = find_type(pool, "user_limits.Envelope");
    payload_types[BENCH_CREATED] = find_type(pool, "user_limits.UserLimitCreated");
    payload_types[BENCH_PROGRESS_CHANGED] = find_type(pool, "user_limits.UserLimitProgressChanged");
    payload_types[BENCH_RESET] = find_type(pool, "user_limits.UserLimitReset");
    envelope_table = upb_MessageDef_MiniTable(envelope_type);
    for (size_t i = 0; i < 3; i++) {
        payload_tables[i] = upb_MessageDef_MiniTable(payload_types[i]);
    }
    type_field = field_of(envelope_type, "type");
    data_field = field_of(envelope_type, "data");
}

/* ---- For the checksum: into the structs that it is taken of ---- */

/* A message, whose fields are found by name. */
struct view {
    const upb_MessageDef *type;
    const upb_Message *message;
};

static bool has(const struct view *view, const char *name)
{
    return upb_Message_HasBaseField(view->message, field_of(view->type, name));
}

static struct kh_str text_of(const struct view *view, const char *name)
{
    upb_StringView text = upb_Message_GetString(view->message, field_of(view->type, name),
                                                upb_StringView_FromDataAndSize("", 0));

    return (struct kh_str){ text.data, text.size };
}

static int64_t int_of(const struct view *view, const char *name)
{
    return upb_Message_GetInt64(view->message, field_of(view->type, name), 0);
}

static int enum_of(const struct view *view, const char *name)
{
    return upb_Message_GetInt32(view->message, field_of(view->type, name), 0);
}

/* 0 where it is not there. */
static struct kh_decimal decimal_of(const struct view *view, const char *name)
{
    struct kh_decimal value = { 0 };

    if (has(view, name) && kh_decimal_parse(text_of(view, name), &value) != KH_OK) {
        fprintf(stderr, "upb: %s is no decimal\n", name);
        exit(1);
    }
    return value;
}

static void show_created(const struct view *from, struct bench_event *event, bench_visit *visit,
                         void *context)
{
    struct user_limit_created to = {
        .active_from = int_of(from, "active_from"),
        .has_active_until = has(from, "active_until"),
        .active_until = int_of(from, "active_until"),
        .brand_id = text_of(from, "brand_id"),
        .has_created_at = has(from, "created_at"),
        .created_at = int_of(from, "created_at"),
        .currency_code = text_of(from, "currency_code"),
        .has_next_reset_time = has(from, "next_reset_time"),
        .next_reset_time = int_of(from, "next_reset_time"),
        .period = (enum limit_period)enum_of(from, "period"),
        .has_previous_limit_value = has(from, "previous_limit_value"),
        .previous_limit_value = decimal_of(from, "previous_limit_value"),
        .has_progress = has(from, "progress"),
        .progress = decimal_of(from, "progress"),
        .status = (enum limit_status)enum_of(from, "status"),
        .type = (enum limit_type)enum_of(from, "type"),
        .user_id = text_of(from, "user_id"),
        .user_limit_id = text_of(from, "user_limit_id"),
        .value = decimal_of(from, "value"),
    };

    event->payload = &to;
    visit(context, event);
}

static void show_progress_changed(const struct view *from, struct bench_event *event,
                                  bench_visit *visit, void *context)
{
    struct user_limit_progress_changed to = {
        .amount = decimal_of(from, "amount"),
        .brand_id = text_of(from, "brand_id"),
        .currency_code = text_of(from, "currency_code"),
        .next_reset_time = int_of(from, "next_reset_time"),
        .previous_progress = decimal_of(from, "previous_progress"),
        .has_remaining_amount = has(from, "remaining_amount"),
        .remaining_amount = decimal_of(from, "remaining_amount"),
        .user_id = text_of(from, "user_id"),
        .user_limit_id = text_of(from, "user_limit_id"),
    };

    event->payload = &to;
    visit(context, event);
}

static void show_reset(const struct view *from, struct bench_event *event, bench_visit *visit,
                       void *context)
{
    struct user_limit_reset to = {
        .brand_id = text_of(from, "brand_id"),
        .currency_code = text_of(from, "currency_code"),
        .next_reset_time = int_of(from, "next_reset_time"),
        .period = (enum limit_period)enum_of(from, "period"),
        .reset_amount = decimal_of(from, "reset_amount"),
        .reset_percentage = decimal_of(from, "reset_percentage"),
        .type = (enum limit_type)enum_of(from, "type"),
        .unused_amount = decimal_of(from, "unused_amount"),
        .user_id = text_of(from, "user_id"),
        .user_limit_id = text_of(from, "user_limit_id"),
    };

    event->payload = &to;
    visit(context, event);
}

static void show(const upb_Message *message, enum bench_kind kind, const upb_Message *payload,
                 bench_visit *visit, void *context)
{
    struct view from = { envelope_type, message };
    struct view inner = { payload_types[kind], payload };
    struct envelope envelope = {
        .aggregate_id = text_of(&from, "aggregate_id"),
        .created_at = int_of(&from, "created_at"),
        .event_id = text_of(&from, "event_id"),
        .sequence_number = int_of(&from, "sequence_number"),
        .source = text_of(&from, "source"),
        .type = text_of(&from, "type"),
    };
    struct bench_event event = { .envelope = &envelope, .kind = kind };

    switch (kind) {
    case BENCH_CREATED:
        show_created(&inner, &event, visit, context);
        break;
    case BENCH_PROGRESS_CHANGED:
        show_progress_changed(&inner, &event, visit, context);
        break;
    case BENCH_RESET:
        show_reset(&inner, &event, visit, context);
        break;
    }
}

/* ---- What is timed ---- */

static upb_Message *read_message(struct kh_str bytes, const upb_MiniTable *table, upb_Arena *arena)
{
    upb_Message *message = upb_Message_New(table, arena);

    return message != NULL &&
                   upb_Decode(bytes.data, bytes.length, message, table, NULL,
                              kUpb_DecodeOption_AliasString, arena) == kUpb_DecodeStatus_Ok
               ? message
               : NULL;
}

static struct kh_str string_of(const upb_Message *message, const upb_MiniTableField *field)
{
    upb_StringView text =
        upb_Message_GetString(message, field, upb_StringView_FromDataAndSize("", 0));

    return (struct kh_str){ text.data, text.size };
}

static bool decode_one(struct kh_str bytes, upb_Arena *arena, bench_visit *visit, void *context)
{
    const upb_Message *envelope = read_message(bytes, envelope_table, arena);
    const upb_Message *payload;
    enum bench_kind kind;

    if (envelope == NULL || !bench_kind_of(string_of(envelope, type_field), &kind)) {
        return false;
    }
    payload = read_message(string_of(envelope, data_field), payload_tables[kind], arena);
    if (payload != NULL && visit != NULL) {
        show(envelope, kind, payload, visit, context);
    }
    return payload != NULL;
}

static bool decode(struct kh_str text, bench_visit *visit, void *context)
{
    static char memory[1 << 16];
    struct kh_str bytes;
    bool fine = true;

    while (fine && bench_next_message(&text, &bytes)) {
        upb_Arena *arena = upb_Arena_Init(memory, sizeof memory, &upb_alloc_global);

        fine = decode_one(bytes, arena, visit, context);
        upb_Arena_Free(arena);
    }
    return fine && text.length == 0;
}

int main(int argc, char **argv)
{
    static const struct bench_decoder decoder = { .name = "upb",
                                                  .unpacks_only = true,
                                                  .decode = decode };

    make_tables(BENCH_DESCRIPTORS);
    return bench_main(argc, argv, &decoder);
}
