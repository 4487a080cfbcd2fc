/* Items as rows. What they hold was mostly written by dynamodb_write.c, but may be anybody's. */
#include "kh/base64.h"
#include "model/field.h"
#include "store/dynamodb_item.h"
#include "store/dynamodb_nested.h"
#include "store/dynamodb_number.h"
#include "text/number.h"

/* ---- One attribute ------------------------------------------------------------------------- */

static enum kh_status read_nested(struct kh_json *in, const struct kh_field *field, void *value)
{
    struct kh_json_writer text;
    struct kh_str copy = { NULL, 0 };
    enum kh_status status;

    kh_json_writer_init(&text);
    status = kh__dynamodb_read_nested(in, &text);
    if (status == KH_OK) {
        /* Readers take slices of the text. */
        copy = kh_arena_copy_padded(in->arena, kh_json_writer_text(&text));
        status = copy.data == NULL ? KH_NO_MEMORY : KH_OK;
    }
    kh_json_writer_clean_up(&text);
    return status == KH_OK ? kh__field_read_json(field, copy, in->arena, value) : status;
}

/* DynamoDB drops zeros at the end; as many come back as the schema has digits. */
static enum kh_status read_decimal(struct kh_str text, const struct kh_field *field, void *value)
{
    static const struct kh_decimal zero = { .coefficient = 0 };
    struct kh_decimal places = { .scale = field->scale };
    struct kh_decimal decimal;
    struct kh_decimal sum;

    KH_TRY(kh_decimal_parse(text, &decimal));
    if (kh_decimal_add(decimal, field->scale > 0 ? places : zero, &sum) == KH_OK) {
        decimal = sum;
    }
    memcpy(kh__field_slot(field, value), &decimal, sizeof decimal);
    return KH_OK;
}

static enum kh_status read_number(struct kh_str text, const struct kh_field *field,
                                  struct kh_arena *arena, void *value)
{
    struct kh_str plain;
    double number;

    KH_TRY(kh__dynamodb_number(text, arena, &plain));
    if (field->kind == KH_FIELD_DECIMAL) {
        return read_decimal(plain, field, value);
    }
    if (field->kind != KH_FIELD_DOUBLE) {
        return kh__field_parse(field, plain, value);
    }
    if (!kh__number_to_double(plain, &number)) {
        return KH_OUT_OF_RANGE;
    }
    memcpy(kh__field_slot(field, value), &number, sizeof number);
    return KH_OK;
}

static enum kh_status read_text(struct kh_str text, const struct kh_field *field, void *value)
{
    struct kh_instant instant;

    if (field->kind != KH_FIELD_INSTANT) {
        return kh__field_parse(field, text, value);
    }
    KH_TRY(kh_instant_parse(text, &instant));
    memcpy(kh__field_slot(field, value), &instant, sizeof instant);
    return KH_OK;
}

static void set_null(const struct kh_field *field, void *value)
{
    enum kh_presence presence = KH_NULL;

    if (field->presence == KH_FIELD_NULLABLE) {
        memcpy((char *)value + field->presence_offset, &presence, sizeof presence);
    }
}

static const char *type_of(const struct kh_field *field)
{
    switch (field->kind) {
    case KH_FIELD_STR:
    case KH_FIELD_ENUM:
    case KH_FIELD_INSTANT:
        return "S";
    case KH_FIELD_BOOL:
        return "BOOL";
    default:
        return "N";
    }
}

/* The scalar inside the braces; `type` is its name. *is_there: it is not null. */
static enum kh_status read_typed(struct kh_json *in, struct kh_str type,
                                 const struct kh_field *field, void *value, bool *is_there)
{
    struct kh_str text;
    bool truth;

    *is_there = true;
    if (kh_str_equal(type, KH_STR("NULL"))) {
        KH_TRY(kh_json_read_bool(in, &truth));
        *is_there = false;
        set_null(field, value);
        return field->presence == KH_FIELD_REQUIRED ? KH_INVALID : KH_OK;
    }
    if (!kh_str_equal(type, kh_str_from(type_of(field)))) {
        return KH_INVALID;
    }
    if (field->kind == KH_FIELD_BOOL) {
        KH_TRY(kh_json_read_bool(in, &truth));
        memcpy(kh__field_slot(field, value), &truth, sizeof truth);
        return KH_OK;
    }
    KH_TRY(kh_json_read_str(in, &text));
    return type.data[0] == 'N' ? read_number(text, field, in->arena, value)
                               : read_text(text, field, value);
}

static enum kh_status read_scalar(struct kh_json *in, const struct kh_field *field, void *value,
                                  bool *is_there)
{
    struct kh_json_object wrapper;

    KH_TRY(kh_json_object_begin(in, &wrapper));
    if (!kh_json_object_next(in, &wrapper)) {
        return KH_INVALID;
    }
    KH_TRY(read_typed(in, wrapper.name, field, value, is_there));
    return kh_json_object_next(in, &wrapper)
               ? KH_INVALID
               : kh_json_object_end(in, &wrapper, NULL, NULL, NULL, 0);
}

/* A nested value that is null is told by looking: readers of objects know no null. */
static bool is_null(const struct kh_json *in)
{
    static const char null[] = "{\"NULL\":";

    return (size_t)(in->end - in->at) >= sizeof null - 1 &&
           memcmp(in->at, null, sizeof null - 1) == 0;
}

static enum kh_status read_member(struct kh_json *in, const struct kh_field *field, void *value)
{
    bool is_there = true;

    if (field->kind != KH_FIELD_JSON) {
        KH_TRY(read_scalar(in, field, value, &is_there));
    } else if (field->presence == KH_FIELD_NULLABLE && is_null(in)) {
        set_null(field, value);
        is_there = false;
        KH_TRY(kh_json_skip(in));
    } else {
        KH_TRY(read_nested(in, field, value));
    }
    if (is_there && field->presence != KH_FIELD_REQUIRED) {
        kh__field_set_present(field, value);
    }
    return KH_OK;
}

/* ---- What an item has of its own ----------------------------------------------------------- */

static enum kh_status read_own_number(struct kh_json *in, uint64_t *out)
{
    static const struct kh_field number = { .kind = KH_FIELD_UINT64 };
    bool is_there;

    return read_scalar(in, &number, out, &is_there);
}

static enum kh_status read_own_time(struct kh_json *in, int64_t *out)
{
    static const struct kh_field number = { .kind = KH_FIELD_INT64 };
    bool is_there;

    return read_scalar(in, &number, out, &is_there);
}

static enum kh_status read_bytes(struct kh_json *in, struct kh_str *out)
{
    struct kh_json_object wrapper;
    bool decoded;

    KH_TRY(kh_json_object_begin(in, &wrapper));
    if (!kh_json_object_next(in, &wrapper) || !kh_json_member_is(&wrapper, KH_STR("B"))) {
        return KH_INVALID;
    }
    KH_TRY(kh_json_read_base64(in, out, &decoded));
    return !decoded || kh_json_object_next(in, &wrapper)
               ? KH_INVALID
               : kh_json_object_end(in, &wrapper, NULL, NULL, NULL, 0);
}

/* *known: it is one of them. */
static enum kh_status read_own(struct kh_json *in, struct kh_str name,
                               struct kh__dynamodb_item *item, struct kh__dynamodb_kept *kept,
                               bool *known)
{
    *known = true;
    if (kh_str_equal(name, KH__DYNAMODB_VERSION)) {
        kept->has_version = true;
        KH_TRY(read_own_number(in, &kept->version));
        /* There must be one after it. */
        return kept->version == UINT64_MAX ? KH_INVALID : KH_OK;
    }
    if (kh_str_equal(name, KH__DYNAMODB_MARKS)) {
        return read_bytes(in, &kept->marks);
    }
    if (kh_str_equal(name, KH__DYNAMODB_SPILLED)) {
        return read_own_time(in, &kept->spilled_until_s);
    }
    if (kh_str_equal(name, KH__DYNAMODB_REMOVED)) {
        item->is_removed = true;
        return kh_json_skip(in);
    }
    *known = false;
    return KH_OK;
}

/* ---- The item ------------------------------------------------------------------------------ */

static const struct kh_field *field_of(const struct kh_entity *entity, struct kh_str name)
{
    for (size_t i = 0; i < entity->field_count; i++) {
        if (kh_str_equal(entity->fields[i].name, name)) {
            return &entity->fields[i];
        }
    }
    return NULL;
}

static enum kh_status unreadable(struct kh_json *in, const struct kh_entity *entity,
                                 struct kh_str member, enum kh_status status)
{
    if (status == KH_NO_MEMORY || status == KH_NOT_JSON || status == KH_NOT_UTF8) {
        return status;
    }
    kh_error_clear(in->error);
    return kh_fail(
        in->error, KH_BAD_ROW,
        "an item of table %.*s can't be read: attribute %.*s is not what the schema of %.*s "
        "says",
        KH_STR_ARG(entity->table), KH_STR_ARG(member), KH_STR_ARG(entity->name));
}

static enum kh_status check_required(struct kh_json *in, const struct kh_entity *entity,
                                     const bool *seen)
{
    for (size_t i = 0; i < entity->field_count; i++) {
        if (entity->fields[i].presence == KH_FIELD_REQUIRED && !seen[i]) {
            return kh_fail(
                in->error, KH_BAD_ROW,
                "an item of table %.*s lacks attribute %.*s, which %.*s requires: it was "
                "written by somebody else, or for an older schema",
                KH_STR_ARG(entity->table), KH_STR_ARG(entity->fields[i].name),
                KH_STR_ARG(entity->name));
        }
    }
    return KH_OK;
}

static enum kh_status read_attributes(struct kh_json *in, const struct kh_entity *entity,
                                      struct kh__dynamodb_item *item,
                                      struct kh__dynamodb_kept *kept, bool *seen)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        const struct kh_field *field = field_of(entity, object.name);
        struct kh_str name = object.name;
        enum kh_status status;
        bool known = true;

        if (field != NULL) {
            seen[field - entity->fields] = true;
            status = read_member(in, field, item->value);
        } else {
            status = read_own(in, name, item, kept, &known);
        }
        if (status != KH_OK) {
            return unreadable(in, entity, name, status);
        }
        if (!known) {
            status = kh_json_skip_member(in, &object);
            if (status != KH_OK) {
                return unreadable(in, entity, name, status);
            }
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

enum kh_status kh__dynamodb_read_item(struct kh_json *in, const struct kh_entity *entity,
                                      bool only_key, struct kh__dynamodb_item *out)
{
    struct kh__dynamodb_kept *kept = kh_arena_alloc(in->arena, sizeof *kept);
    bool *seen = kh_arena_alloc(in->arena, entity->field_count * sizeof *seen);
    const char *begin;

    *out = (struct kh__dynamodb_item){ .value = kh_arena_alloc(in->arena, entity->codec->size),
                                       .kept = kept };
    if (out->value == NULL || kept == NULL || seen == NULL) {
        return KH_NO_MEMORY;
    }
    *kept = (struct kh__dynamodb_kept){ .marks = KH_STR_INIT("") };
    begin = in->at;
    memset(out->value, 0, entity->codec->size);
    memset(seen, 0, entity->field_count * sizeof *seen);
    KH_TRY(read_attributes(in, entity, out, kept, seen));
    kept->size = (size_t)(in->at - begin) - kept->marks.length;
    return out->is_removed || only_key ? KH_OK : check_required(in, entity, seen);
}
