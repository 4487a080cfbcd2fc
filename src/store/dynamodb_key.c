/*
 * A key of several members, or of members that are no text, is one string: the order keys one behind the
 * other. Where a string is followed by others its end is marked, by two bytes that are less than all that
 * can stand there: so "a" with anything behind it comes before "ab".
 */
#include "store/dynamodb_key.h"

#include "model/field.h"
#include "model/order_key.h"
#include "store/dynamodb_json.h"

/* The least characters are spelled as two bytes, which leaves less than them for the end. */
#define ESCAPE '\x01'
#define END_OF_STRING '\x01'

static bool is_text(const struct kh_field *field)
{
    return field->kind == KH_FIELD_STR || field->kind == KH_FIELD_ENUM;
}

static char *put_escaped(char *at, struct kh_str text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '\0' || text.data[i] == '\x01') {
            *at++ = ESCAPE;
            *at++ = (char)(text.data[i] + 2);
        } else {
            *at++ = text.data[i];
        }
    }
    return at;
}

static enum kh_status join(const struct kh_entity *entity, const struct kh_dynamodb_key *key,
                           const void *value, struct kh_arena *arena, struct kh_str *out)
{
    char buffer[KH_ORDER_KEY_SIZE];
    size_t room = 1;
    char *made;
    char *at;

    for (size_t i = 0; i < key->field_count; i++) {
        room += kh__order_key(&entity->fields[key->fields[i]], value, buffer).length * 2 + 2;
    }
    made = kh_arena_alloc(arena, room);
    if (made == NULL) {
        return KH_NO_MEMORY;
    }
    at = made;
    /* Not even a single empty string may be empty here. */
    *at++ = '=';
    for (size_t i = 0; i < key->field_count; i++) {
        const struct kh_field *field = &entity->fields[key->fields[i]];

        at = put_escaped(at, kh__order_key(field, value, buffer));
        if (is_text(field) && i + 1 < key->field_count) {
            *at++ = ESCAPE;
            *at++ = END_OF_STRING;
        }
    }
    *out = (struct kh_str){ made, (size_t)(at - made) };
    return KH_OK;
}

enum kh_status kh__dynamodb_key_text(const struct kh_entity *entity,
                                     const struct kh_dynamodb_key *key, const void *value,
                                     size_t limit, struct kh_arena *arena, struct kh_str *out)
{
    char buffer[KH_FIELD_TEXT_SIZE];

    if (key->is_member) {
        *out = kh__field_text(&entity->fields[key->fields[0]], value, buffer);
        if (out->data == buffer) {
            *out = kh_arena_copy(arena, *out);
            if (out->data == NULL) {
                return KH_NO_MEMORY;
            }
        }
    } else {
        KH_TRY(join(entity, key, value, arena, out));
    }
    if (out->length == 0) {
        return KH_INVALID;
    }
    return out->length > limit ? KH_TOO_LARGE : KH_OK;
}

static enum kh_status write_part(const struct kh_entity *entity, const struct kh_dynamodb_key *key,
                                 const void *value, size_t limit, struct kh_arena *arena,
                                 struct kh_json_writer *out)
{
    struct kh_str text;

    if (key->field_count == 0) {
        return KH_OK;
    }
    KH_TRY(kh__dynamodb_key_text(entity, key, value, limit, arena, &text));
    KH_TRY(kh_json_write_name(out, key->name));
    return kh__dynamodb_write_typed(out, key->type, text);
}

enum kh_status kh__dynamodb_write_key(const struct kh_entity *entity, const void *value,
                                      struct kh_arena *arena, struct kh_json_writer *out)
{
    const struct kh_entity_dynamodb *keys = entity->dynamodb;

    KH_TRY(write_part(entity, &keys->hash, value, KH__DYNAMODB_HASH_LIMIT, arena, out));
    return write_part(entity, &keys->range, value, KH__DYNAMODB_RANGE_LIMIT, arena, out);
}

static bool is_in_table_key(const struct kh_entity *entity, const struct kh_dynamodb_key *key)
{
    const struct kh_entity_dynamodb *keys = entity->dynamodb;

    return kh_str_equal(key->name, keys->hash.name) || kh_str_equal(key->name, keys->range.name);
}

enum kh_status kh__dynamodb_write_index_key(const struct kh_entity *entity, size_t index,
                                            const void *value, struct kh_arena *arena,
                                            struct kh_json_writer *out)
{
    const struct kh_dynamodb_index *keys = &entity->dynamodb->indexes[index];

    if (!is_in_table_key(entity, &keys->hash)) {
        KH_TRY(write_part(entity, &keys->hash, value, KH__DYNAMODB_HASH_LIMIT, arena, out));
    }
    if (is_in_table_key(entity, &keys->range)) {
        return KH_OK;
    }
    return write_part(entity, &keys->range, value, KH__DYNAMODB_RANGE_LIMIT, arena, out);
}
