/* Rows as attributes of items. */
#include <inttypes.h>
#include <math.h>

#include "model/field.h"
#include "store/dynamodb_item.h"
#include "store/dynamodb_json.h"
#include "store/dynamodb_key.h"
#include "store/dynamodb_nested.h"
#include "store/dynamodb_number.h"

/* ---- One member ---------------------------------------------------------------------------- */

/* The shortest text that is read back as the same double. */
static enum kh_status double_text(double number, struct kh_arena *arena, struct kh_str *out)
{
    struct kh_json_writer text;
    enum kh_status status;

    if (!isfinite(number)) {
        return KH_OUT_OF_RANGE;
    }
    kh_json_writer_init(&text);
    status = kh_json_write_double(&text, number);
    if (status == KH_OK) {
        status = kh__dynamodb_number(kh_json_writer_text(&text), arena, out);
    }
    kh_json_writer_clean_up(&text);
    return status;
}

static enum kh_status number_text(const struct kh_field *field, const void *value,
                                  struct kh_arena *arena, char buffer[KH_FIELD_TEXT_SIZE],
                                  struct kh_str *out)
{
    if (field->kind == KH_FIELD_DOUBLE) {
        double number;

        memcpy(&number, kh__field_at(field, value), sizeof number);
        return double_text(number, arena, out);
    }
    return kh__dynamodb_number(kh__field_text(field, value, buffer), arena, out);
}

static enum kh_status write_bool(const struct kh_field *field, const void *value,
                                 struct kh_json_writer *out)
{
    bool truth;

    memcpy(&truth, kh__field_at(field, value), sizeof truth);
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("BOOL")));
    KH_TRY(kh_json_write_bool(out, truth));
    return kh_json_write_object_end(out);
}

static enum kh_status write_null(struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("NULL")));
    KH_TRY(kh_json_write_bool(out, true));
    return kh_json_write_object_end(out);
}

static enum kh_status write_instant(const struct kh_field *field, const void *value,
                                    struct kh_json_writer *out)
{
    char text[KH_INSTANT_TEXT_SIZE];
    struct kh_instant instant;

    memcpy(&instant, kh__field_at(field, value), sizeof instant);
    return kh__dynamodb_write_typed(out, KH_STR("S"),
                                    (struct kh_str){ text, kh_instant_format(instant, text) });
}

static enum kh_status write_nested(const struct kh_field *field, const void *value,
                                   struct kh_arena *arena, struct kh_json_writer *out)
{
    struct kh_json_writer json;
    enum kh_status status;

    kh_json_writer_init(&json);
    status = kh__field_write_json(field, value, &json);
    if (status == KH_OK) {
        struct kh_str text = kh_arena_copy_padded(arena, kh_json_writer_text(&json));

        status = text.data == NULL ? KH_NO_MEMORY : kh__dynamodb_write_nested(text, arena, out);
    }
    kh_json_writer_clean_up(&json);
    return status;
}

enum kh_status kh__dynamodb_write_member(const struct kh_field *field, const void *value,
                                         struct kh_arena *arena, struct kh_json_writer *out)
{
    char buffer[KH_FIELD_TEXT_SIZE];
    struct kh_str text;

    switch (field->kind) {
    case KH_FIELD_STR:
        return kh__dynamodb_write_typed(out, KH_STR("S"), kh__field_text(field, value, buffer));
    case KH_FIELD_ENUM:
        text = kh__field_enum_name(field, value);
        return text.length == 0 ? KH_INVALID : kh__dynamodb_write_typed(out, KH_STR("S"), text);
    case KH_FIELD_INSTANT:
        return write_instant(field, value, out);
    case KH_FIELD_BOOL:
        return write_bool(field, value, out);
    case KH_FIELD_JSON:
        return write_nested(field, value, arena, out);
    default:
        KH_TRY(number_text(field, value, arena, buffer, &text));
        return kh__dynamodb_write_typed(out, KH_STR("N"), text);
    }
}

static bool is_null(const struct kh_field *field, const void *value)
{
    enum kh_presence presence;

    if (field->presence != KH_FIELD_NULLABLE) {
        return false;
    }
    memcpy(&presence, (const char *)value + field->presence_offset, sizeof presence);
    return presence == KH_NULL;
}

/* ---- All of them --------------------------------------------------------------------------- */

/* Where attributes are put. */
struct attributes {
    const struct kh_entity *entity;
    const void *value;
    struct kh_arena *arena;
    struct kh_json_writer text;
    struct kh__dynamodb_attribute *made;
    size_t count;
};

/* Of `{"S":""}`, which DynamoDB does not count. */
#define BRACES ((size_t)8)

static enum kh_status add(struct attributes *to, struct kh_str name)
{
    struct kh_str text = kh_json_writer_text(&to->text);
    struct kh_str copy = { "", 0 };

    if (text.length > 0) {
        copy = kh_arena_copy(to->arena, text);
        if (copy.data == NULL) {
            return KH_NO_MEMORY;
        }
    }
    to->made[to->count++] = (struct kh__dynamodb_attribute){
        .name = name,
        .json = copy,
        .size = text.length <= BRACES ? 0 : name.length + text.length - BRACES,
    };
    return KH_OK;
}

static enum kh_status add_member(struct attributes *to, const struct kh_field *field)
{
    kh_json_writer_reset(&to->text);
    if (is_null(field, to->value)) {
        KH_TRY(write_null(&to->text));
    } else if (kh__field_is_present(field, to->value)) {
        KH_TRY(kh__dynamodb_write_member(field, to->value, to->arena, &to->text));
    }
    return add(to, field->name);
}

static enum kh_status add_made_key(struct attributes *to, const struct kh_dynamodb_key *key,
                                   bool is_there, size_t limit)
{
    struct kh_str text;

    if (key->is_member) {
        return KH_OK;
    }
    kh_json_writer_reset(&to->text);
    if (is_there) {
        KH_TRY(kh__dynamodb_key_text(to->entity, key, to->value, limit, to->arena, &text));
        KH_TRY(kh__dynamodb_write_typed(&to->text, KH_STR("S"), text));
    }
    return add(to, key->name);
}

static bool is_table_key(const struct kh_entity *entity, const struct kh_field *field)
{
    const struct kh_dynamodb_key *keys[] = { &entity->dynamodb->hash, &entity->dynamodb->range };

    for (size_t i = 0; i < 2; i++) {
        if (keys[i]->is_member && &entity->fields[keys[i]->fields[0]] == field) {
            return true;
        }
    }
    return false;
}

static enum kh_status refused(struct kh_error *error, const struct kh_entity *entity,
                              const char *what, struct kh_str name, enum kh_status status)
{
    if (status == KH_NO_MEMORY) {
        return status;
    }
    return kh_fail(error, status, "%s %.*s of %.*s can't be kept in DynamoDB: %s", what,
                   KH_STR_ARG(name), KH_STR_ARG(entity->name), kh_status_text(status));
}

static enum kh_status add_all(struct attributes *to, struct kh_error *error)
{
    const struct kh_entity *entity = to->entity;
    enum kh_status status = KH_OK;

    for (size_t i = 0; i < entity->field_count; i++) {
        const struct kh_field *field = &entity->fields[i];

        if (!is_table_key(entity, field)) {
            status = add_member(to, field);
        }
        if (status != KH_OK) {
            return refused(error, entity, "member", field->name, status);
        }
    }
    for (size_t i = 0; i < entity->index_count; i++) {
        const struct kh_dynamodb_index *index = &entity->dynamodb->indexes[i];
        bool is_there = kh_entity_has_index(entity, &entity->indexes[i], to->value);

        status = add_made_key(to, &index->hash, is_there, KH__DYNAMODB_HASH_LIMIT);
        if (status == KH_OK) {
            status = add_made_key(to, &index->range, is_there, KH__DYNAMODB_RANGE_LIMIT);
        }
        if (status != KH_OK) {
            return refused(error, entity, "index", entity->indexes[i].name, status);
        }
    }
    return KH_OK;
}

enum kh_status kh__dynamodb_attributes(const struct kh_entity *entity, const void *value,
                                       struct kh_arena *arena, struct kh_error *error,
                                       struct kh__dynamodb_attribute **out, size_t *count)
{
    struct attributes to = { .entity = entity, .value = value, .arena = arena };
    enum kh_status status;

    to.made =
        kh_arena_alloc(arena, (entity->field_count + 2 * entity->index_count) * sizeof *to.made);
    if (to.made == NULL) {
        return KH_NO_MEMORY;
    }
    kh_json_writer_init(&to.text);
    status = add_all(&to, error);
    kh_json_writer_clean_up(&to.text);
    *out = to.made;
    *count = to.count;
    return status;
}
