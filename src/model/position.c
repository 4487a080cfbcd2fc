/*
 * Keys and positions as text. Several parts are each preceded by their length ("1:a2:bc"), so that
 * "a" + "bc" is not "ab" + "c". A cursor is the parts entity, index, the index's members and the key's
 * members, in hexadecimal, so that it may stand in a URL.
 */
#include "model/position.h"

#include <stdio.h>

int kh__position_compare(const struct kh_entity *entity, const struct kh_index *index,
                         const void *a, const void *b)
{
    int order =
        index == NULL ? 0 : kh_entity_compare_index(entity, index, index->field_count, a, b);

    return order != 0 ? order : kh_entity_compare_keys(entity, a, b);
}

/* Text in the arena that grows part by part. */
struct parts {
    struct kh_arena *arena;
    char *data;
    size_t length;
    size_t capacity;
};

static enum kh_status add_part(struct parts *parts, struct kh_str part)
{
    char head[24];
    size_t head_length = (size_t)snprintf(head, sizeof head, "%zu:", part.length);
    size_t needed = parts->length + head_length + part.length;

    if (parts->data == NULL || needed > parts->capacity) {
        size_t capacity = needed * 2;
        char *data = kh_arena_grow(parts->arena, parts->data, parts->capacity, capacity, 1);

        if (data == NULL) {
            return KH_NO_MEMORY;
        }
        parts->data = data;
        parts->capacity = capacity;
    }
    memcpy(parts->data + parts->length, head, head_length);
    if (part.length != 0) {
        memcpy(parts->data + parts->length + head_length, part.data, part.length);
    }
    parts->length = needed;
    return KH_OK;
}

static enum kh_status add_members(struct parts *parts, const struct kh_entity *entity,
                                  const size_t *members, size_t count, const void *value)
{
    char buffer[KH_FIELD_TEXT_SIZE];

    for (size_t i = 0; i < count; i++) {
        KH_TRY(add_part(parts, kh__field_text(&entity->fields[members[i]], value, buffer)));
    }
    return KH_OK;
}

enum kh_status kh__key_text(const struct kh_entity *entity, const void *value,
                            struct kh_arena *arena, char buffer[KH_FIELD_TEXT_SIZE],
                            struct kh_str *out)
{
    struct parts parts = { .arena = arena };
    const struct kh_field *first = &entity->fields[entity->key[0]];

    if (entity->key_count == 1 && first->kind == KH_FIELD_STR) {
        memcpy(out, kh__field_at(first, value), sizeof *out);
        return KH_OK;
    }
    if (entity->key_count == 1) {
        *out = kh__field_text(&entity->fields[entity->key[0]], value, buffer);
        return KH_OK;
    }
    KH_TRY(add_members(&parts, entity, entity->key, entity->key_count, value));
    *out = (struct kh_str){ parts.data, parts.length };
    return KH_OK;
}

enum kh_status kh_entity_key_text(const struct kh_entity *entity, const void *value,
                                  struct kh_arena *arena, struct kh_str *out)
{
    char buffer[KH_FIELD_TEXT_SIZE];

    KH_TRY(kh__key_text(entity, value, arena, buffer, out));
    if (entity->key_count == 1) {
        *out = kh_arena_copy(arena, *out);
    }
    return out->data == NULL ? KH_NO_MEMORY : KH_OK;
}

enum kh_status kh__cursor_write(const struct kh_entity *entity, const struct kh_index *index,
                                const void *value, struct kh_arena *arena, struct kh_str *cursor)
{
    static const char digits[] = "0123456789abcdef";
    struct parts parts = { .arena = arena };
    char *text;

    KH_TRY(add_part(&parts, entity->name));
    KH_TRY(add_part(&parts, index == NULL ? KH_STR("") : index->name));
    if (index != NULL) {
        KH_TRY(add_members(&parts, entity, index->fields, index->field_count, value));
    }
    KH_TRY(add_members(&parts, entity, entity->key, entity->key_count, value));

    text = kh_arena_alloc(arena, parts.length * 2);
    if (text == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < parts.length; i++) {
        unsigned char byte = (unsigned char)parts.data[i];

        text[i * 2] = digits[byte >> 4];
        text[i * 2 + 1] = digits[byte & 15];
    }
    *cursor = (struct kh_str){ text, parts.length * 2 };
    return KH_OK;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum kh_status decode_hex(struct kh_str text, struct kh_arena *arena, struct kh_str *out)
{
    char *bytes;

    if (text.length % 2 != 0) {
        return KH_INVALID;
    }
    bytes = kh_arena_alloc(arena, text.length / 2);
    if (bytes == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < text.length / 2; i++) {
        int high = hex_digit(text.data[i * 2]);
        int low = hex_digit(text.data[i * 2 + 1]);

        if (high < 0 || low < 0) {
            return KH_INVALID;
        }
        bytes[i] = (char)(high << 4 | low);
    }
    *out = (struct kh_str){ bytes, text.length / 2 };
    return KH_OK;
}

static enum kh_status take_part(struct kh_str *rest, struct kh_str *part)
{
    size_t at = 0;
    size_t length = 0;

    while (at < rest->length && rest->data[at] >= '0' && rest->data[at] <= '9' &&
           length <= rest->length) {
        length = length * 10 + (size_t)(rest->data[at] - '0');
        at++;
    }
    if (at == 0 || at >= rest->length || rest->data[at] != ':' || length > rest->length - at - 1) {
        return KH_INVALID;
    }
    *part = (struct kh_str){ rest->data + at + 1, length };
    *rest = (struct kh_str){ part->data + length, rest->length - at - 1 - length };
    return KH_OK;
}

static enum kh_status take_name(struct kh_str *rest, struct kh_str name)
{
    struct kh_str part;

    KH_TRY(take_part(rest, &part));
    return kh_str_equal(part, name) ? KH_OK : KH_INVALID;
}

static enum kh_status take_members(struct kh_str *rest, const struct kh_entity *entity,
                                   const size_t *members, size_t count, void *value)
{
    for (size_t i = 0; i < count; i++) {
        struct kh_str part;

        KH_TRY(take_part(rest, &part));
        KH_TRY(kh__field_parse(&entity->fields[members[i]], part, value));
    }
    return KH_OK;
}

enum kh_status kh__cursor_read(const struct kh_entity *entity, const struct kh_index *index,
                               const void *key, struct kh_str cursor, struct kh_arena *arena,
                               const void **value)
{
    struct kh_str rest;
    void *position = kh_arena_alloc(arena, entity->codec->size);

    if (position == NULL) {
        return KH_NO_MEMORY;
    }
    memset(position, 0, entity->codec->size);
    KH_TRY(decode_hex(cursor, arena, &rest));
    KH_TRY(take_name(&rest, entity->name));
    KH_TRY(take_name(&rest, index == NULL ? KH_STR("") : index->name));
    if (index != NULL) {
        KH_TRY(take_members(&rest, entity, index->fields, index->field_count, position));
        if (kh_entity_compare_index(entity, index, index->equal_count, key, position) != 0) {
            return KH_INVALID;
        }
    }
    KH_TRY(take_members(&rest, entity, entity->key, entity->key_count, position));
    if (rest.length != 0) {
        return KH_INVALID;
    }
    *value = position;
    return KH_OK;
}
