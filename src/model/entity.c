/* Entities' values as their tables describe them: copied and compared. */
#include "kh/entity.h"

#include "model/field.h"

bool kh__field_may_be_present(const struct kh_field *field, const void *value)
{
    const char *at = (const char *)value + field->presence_offset;
    enum kh_presence presence;
    bool there;

    switch (field->presence) {
    case KH_FIELD_REQUIRED:
        break;
    case KH_FIELD_OPTIONAL:
        memcpy(&there, at, sizeof there);
        return there;
    case KH_FIELD_NULLABLE:
        memcpy(&presence, at, sizeof presence);
        return presence == KH_PRESENT;
    }
    return true;
}

void kh__field_set_present(const struct kh_field *field, void *value)
{
    static const enum kh_presence present = KH_PRESENT;
    static const bool there = true;
    char *at = (char *)value + field->presence_offset;

    if (field->presence == KH_FIELD_OPTIONAL) {
        memcpy(at, &there, sizeof there);
    } else if (field->presence == KH_FIELD_NULLABLE) {
        memcpy(at, &present, sizeof present);
    }
}

size_t kh__field_size(const struct kh_field *field)
{
    switch (field->kind) {
    case KH_FIELD_STR:
        return sizeof(struct kh_str);
    case KH_FIELD_BOOL:
        return sizeof(bool);
    case KH_FIELD_INT32:
        return sizeof(int32_t);
    case KH_FIELD_INT64:
        return sizeof(int64_t);
    case KH_FIELD_UINT64:
        return sizeof(uint64_t);
    case KH_FIELD_DOUBLE:
        return sizeof(double);
    case KH_FIELD_DECIMAL:
        return sizeof(struct kh_decimal);
    case KH_FIELD_INSTANT:
        return sizeof(struct kh_instant);
    case KH_FIELD_ENUM:
        return sizeof(int);
    case KH_FIELD_JSON:
        return field->codec->size;
    }
    return 0;
}

enum kh_status kh__field_write_json(const struct kh_field *field, const void *value,
                                    struct kh_json_writer *out)
{
    return field->codec->write(out, kh__field_at(field, value));
}

enum kh_status kh__field_read_json(const struct kh_field *field, struct kh_str text,
                                   struct kh_arena *arena, void *value)
{
    struct kh_json in;
    struct kh_error error;
    struct kh_str copy = kh_arena_copy_padded(arena, text);

    if (copy.data == NULL) {
        return KH_NO_MEMORY;
    }
    kh_error_clear(&error);
    kh_json_init(&in, copy, arena, &error);
    memset(kh__field_slot(field, value), 0, field->codec->size);
    return field->codec->read(&in, kh__field_slot(field, value));
}

static enum kh_status copy_json(const struct kh_field *field, const void *value,
                                struct kh_arena *arena, void *out)
{
    struct kh_json_writer writer;
    enum kh_status status;

    kh_json_writer_init(&writer);
    status = kh__field_write_json(field, value, &writer);
    if (status == KH_OK) {
        status = kh__field_read_json(field, kh_json_writer_text(&writer), arena, out);
    }
    kh_json_writer_clean_up(&writer);
    return status;
}

static enum kh_status copy_str(const struct kh_field *field, const void *value, const void *known,
                               struct kh_arena *arena, void *out)
{
    struct kh_str text = { NULL, 0 };
    struct kh_str other = { NULL, 0 };

    if (kh__field_is_present(field, value)) {
        memcpy(&text, kh__field_at(field, value), sizeof text);
        if (known != NULL) {
            memcpy(&other, kh__field_at(field, known), sizeof other);
        }
        if (text.data != other.data || text.length != other.length) {
            text = kh_arena_copy(arena, text);
            if (text.data == NULL) {
                return KH_NO_MEMORY;
            }
        }
    }
    /* Whatever is there otherwise may point to memory of the caller. */
    memcpy(kh__field_slot(field, out), &text, sizeof text);
    return KH_OK;
}

enum kh_status kh_entity_copy(const struct kh_entity *entity, const void *value, const void *known,
                              struct kh_arena *arena, void *out)
{
    memcpy(out, value, entity->codec->size);
    for (size_t i = 0; i < entity->string_count; i++) {
        KH_TRY(copy_str(&entity->fields[entity->strings[i]], value, known, arena, out));
    }
    for (size_t i = 0; i < entity->nested_count; i++) {
        const struct kh_field *field = &entity->fields[entity->nested[i]];

        if (kh__field_is_present(field, value)) {
            KH_TRY(copy_json(field, value, arena, out));
        } else {
            memset(kh__field_slot(field, out), 0, kh__field_size(field));
        }
    }
    return KH_OK;
}

struct kh_str kh__field_enum_name(const struct kh_field *field, const void *value)
{
    int number;

    memcpy(&number, kh__field_at(field, value), sizeof number);
    return number >= 1 && (size_t)number <= field->names->count ? field->names->names[number - 1]
                                                                : KH_STR("");
}

bool kh__field_set_enum(const struct kh_field *field, struct kh_str name, void *value)
{
    for (size_t i = 0; i < field->names->count; i++) {
        int number = (int)i + 1;

        if (kh_str_equal(field->names->names[i], name)) {
            memcpy(kh__field_slot(field, value), &number, sizeof number);
            return true;
        }
    }
    return false;
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* Reads the member of both values into variables of its type and compares these. */
#define COMPARE_AS(type, field, a, b, compare)                                                     \
    do {                                                                                           \
        type left, right;                                                                          \
        memcpy(&left, kh__field_at(field, a), sizeof left);                                        \
        memcpy(&right, kh__field_at(field, b), sizeof right);                                      \
        return compare(left, right);                                                               \
    } while (0)

int kh__field_compare(const struct kh_field *field, const void *a, const void *b)
{
    bool a_present = kh__field_is_present(field, a);
    bool b_present = kh__field_is_present(field, b);

    if (!a_present || !b_present) {
        return COMPARE(a_present, b_present);
    }
    switch (field->kind) {
    case KH_FIELD_STR:
        COMPARE_AS(struct kh_str, field, a, b, kh_str_compare);
    case KH_FIELD_BOOL:
        COMPARE_AS(bool, field, a, b, COMPARE);
    case KH_FIELD_INT32:
        COMPARE_AS(int32_t, field, a, b, COMPARE);
    case KH_FIELD_INT64:
        COMPARE_AS(int64_t, field, a, b, COMPARE);
    case KH_FIELD_UINT64:
        COMPARE_AS(uint64_t, field, a, b, COMPARE);
    case KH_FIELD_DOUBLE:
        COMPARE_AS(double, field, a, b, COMPARE);
    case KH_FIELD_DECIMAL:
        COMPARE_AS(struct kh_decimal, field, a, b, kh_decimal_compare);
    case KH_FIELD_INSTANT:
        COMPARE_AS(struct kh_instant, field, a, b, kh_instant_compare);
    case KH_FIELD_ENUM:
        return kh_str_compare(kh__field_enum_name(field, a), kh__field_enum_name(field, b));
    case KH_FIELD_JSON:
        break;
    }
    return 0;
}

int kh_entity_compare_keys(const struct kh_entity *entity, const void *a, const void *b)
{
    for (size_t i = 0; i < entity->key_count; i++) {
        int order = kh__field_compare(&entity->fields[entity->key[i]], a, b);

        if (order != 0) {
            return order;
        }
    }
    return 0;
}

int kh_entity_compare_index(const struct kh_entity *entity, const struct kh_index *index,
                            size_t count, const void *a, const void *b)
{
    for (size_t i = 0; i < count; i++) {
        int order = kh__field_compare(&entity->fields[index->fields[i]], a, b);

        if (order != 0) {
            return order;
        }
    }
    return 0;
}

bool kh_entity_has_index(const struct kh_entity *entity, const struct kh_index *index,
                         const void *value)
{
    for (size_t i = 0; i < index->field_count; i++) {
        if (!kh__field_is_present(&entity->fields[index->fields[i]], value)) {
            return false;
        }
    }
    return true;
}
