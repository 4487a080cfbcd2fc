/* Members as columns, as include/kh/entity_sql.h describes them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/order_key.h"
#include "store/sqlite_internal.h"

/* ---- Binding ------------------------------------------------------------------------------- */

#define READ(type, name, field, value)                                                             \
    type name;                                                                                     \
    memcpy(&(name), kh__field_at(field, value), sizeof(name))

/* A NULL pointer would be bound as NULL. */
static int bind_text(sqlite3_stmt *statement, int at, struct kh_str text,
                     sqlite3_destructor_type lives)
{
    return sqlite3_bind_text64(statement, at, text.data == NULL ? "" : text.data, text.length,
                               lives, SQLITE_UTF8);
}

static int bind_written(sqlite3_stmt *statement, int at, const char *text, size_t length)
{
    return bind_text(statement, at, (struct kh_str){ text, length }, SQLITE_TRANSIENT);
}

static int bind_uint64(sqlite3_stmt *statement, int at, uint64_t number)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%020llu", (unsigned long long)number);

    return bind_written(statement, at, text, (size_t)length);
}

/* The member's own column; not for KH_FIELD_JSON. */
static int bind_scalar(sqlite3_stmt *statement, int at, const struct kh_field *field,
                       const void *value)
{
    switch (field->kind) {
    case KH_FIELD_STR: {
        READ(struct kh_str, text, field, value);
        return bind_text(statement, at, text, SQLITE_STATIC);
    }
    case KH_FIELD_BOOL: {
        READ(bool, truth, field, value);
        return sqlite3_bind_int(statement, at, truth);
    }
    case KH_FIELD_INT32: {
        READ(int32_t, number, field, value);
        return sqlite3_bind_int(statement, at, number);
    }
    case KH_FIELD_INT64: {
        READ(int64_t, number, field, value);
        return sqlite3_bind_int64(statement, at, number);
    }
    case KH_FIELD_UINT64: {
        READ(uint64_t, number, field, value);
        return bind_uint64(statement, at, number);
    }
    case KH_FIELD_DOUBLE: {
        READ(double, number, field, value);
        return sqlite3_bind_double(statement, at, number);
    }
    case KH_FIELD_DECIMAL: {
        char text[KH_DECIMAL_TEXT_SIZE];
        READ(struct kh_decimal, decimal, field, value);
        return bind_written(statement, at, text, kh_decimal_format(decimal, text));
    }
    case KH_FIELD_INSTANT: {
        char text[KH_INSTANT_TEXT_SIZE];
        READ(struct kh_instant, instant, field, value);
        return bind_written(statement, at, text, kh_instant_format(instant, text));
    }
    case KH_FIELD_ENUM:
        return bind_text(statement, at, kh__field_enum_name(field, value), SQLITE_STATIC);
    case KH_FIELD_JSON:
        break;
    }
    return SQLITE_MISUSE;
}

static int bind_order_key(sqlite3_stmt *statement, int at, const struct kh_field *field,
                          const void *value)
{
    char buffer[KH_ORDER_KEY_SIZE];

    return bind_text(statement, at, kh__order_key(field, value, buffer), SQLITE_TRANSIENT);
}

int kh__sqlite_bind_members(sqlite3_stmt *statement, int *at, const struct kh_entity *entity,
                            const size_t *members, size_t count, const void *value)
{
    for (size_t i = 0; i < count; i++) {
        const struct kh_field *field = &entity->fields[members[i]];
        int result = entity->sql->ordered[members[i]] ? bind_order_key(statement, *at, field, value)
                                                      : bind_scalar(statement, *at, field, value);

        if (result != SQLITE_OK) {
            return result;
        }
        (*at)++;
    }
    return SQLITE_OK;
}

static enum kh_status bind_json(const struct kh__sqlite *sqlite, sqlite3_stmt *statement, int at,
                                const struct kh_field *field, const void *value,
                                struct kh_error *error)
{
    struct kh_json_writer writer;
    enum kh_status status;

    kh_json_writer_init(&writer);
    status = kh__field_write_json(field, value, &writer);
    if (status != KH_OK) {
        (void)kh_fail(error, status, "%.*s can't be written as JSON", KH_STR_ARG(field->name));
    } else {
        struct kh_str text = kh_json_writer_text(&writer);

        status =
            kh__sqlite_status(sqlite, bind_written(statement, at, text.data, text.length), error);
    }
    kh_json_writer_clean_up(&writer);
    return status;
}

static enum kh_status bind_member(const struct kh__sqlite *sqlite, sqlite3_stmt *statement, int at,
                                  const struct kh_field *field, const void *value,
                                  struct kh_error *error)
{
    if (!kh__field_is_present(field, value)) {
        return kh__sqlite_status(sqlite, sqlite3_bind_null(statement, at), error);
    }
    if (field->kind == KH_FIELD_JSON) {
        return bind_json(sqlite, statement, at, field, value, error);
    }
    return kh__sqlite_status(sqlite, bind_scalar(statement, at, field, value), error);
}

static bool is_null(const struct kh_field *field, const void *value)
{
    enum kh_presence presence;

    memcpy(&presence, (const char *)value + field->presence_offset, sizeof presence);
    return presence == KH_NULL;
}

enum kh_status kh__sqlite_bind_row(const struct kh__sqlite *sqlite, sqlite3_stmt *statement,
                                   int *at, const struct kh_entity *entity, const void *value,
                                   struct kh_error *error)
{
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct kh_field *field = &entity->fields[i];
        int result = SQLITE_OK;

        KH_TRY(bind_member(sqlite, statement, (*at)++, field, value, error));
        if (field->presence == KH_FIELD_NULLABLE) {
            result = sqlite3_bind_int(statement, (*at)++, is_null(field, value));
        }
        if (result == SQLITE_OK && entity->sql->ordered[i]) {
            result = kh__field_is_present(field, value)
                         ? bind_order_key(statement, *at, field, value)
                         : sqlite3_bind_null(statement, *at);
            (*at)++;
        }
        KH_TRY(kh__sqlite_status(sqlite, result, error));
    }
    return KH_OK;
}

/* ---- Reading ------------------------------------------------------------------------------- */

#define WRITE(field, value, variable)                                                              \
    memcpy(kh__field_slot(field, value), &(variable), sizeof(variable))

/* Good until the statement's next step. data == NULL: no memory. */
static struct kh_str column_text(sqlite3_stmt *statement, int at)
{
    const char *data = (const void *)sqlite3_column_text(statement, at);

    return (struct kh_str){ data, (size_t)sqlite3_column_bytes(statement, at) };
}

static enum kh_status read_uint64(struct kh_str text, uint64_t *out)
{
    char *end;

    if (text.length != 20) {
        return KH_INVALID;
    }
    *out = strtoull(text.data, &end, 10);
    return end == text.data + text.length ? KH_OK : KH_INVALID;
}

/* KH_INVALID: this is no text of the member's. */
static enum kh_status read_text(const struct kh_field *field, struct kh_str text,
                                struct kh_arena *arena, void *value)
{
    struct kh_decimal decimal;
    struct kh_instant instant;
    uint64_t number;

    switch (field->kind) {
    case KH_FIELD_STR:
        text = kh_arena_copy(arena, text);
        WRITE(field, value, text);
        return text.data == NULL ? KH_NO_MEMORY : KH_OK;
    case KH_FIELD_UINT64:
        KH_TRY(read_uint64(text, &number));
        WRITE(field, value, number);
        return KH_OK;
    case KH_FIELD_DECIMAL:
        KH_TRY(kh_decimal_parse(text, &decimal));
        WRITE(field, value, decimal);
        return KH_OK;
    case KH_FIELD_INSTANT:
        KH_TRY(kh_instant_parse(text, &instant));
        WRITE(field, value, instant);
        return KH_OK;
    case KH_FIELD_ENUM:
        return kh__field_set_enum(field, text, value) ? KH_OK : KH_INVALID;
    default:
        return kh__field_read_json(field, text, arena, value);
    }
}

static enum kh_status read_member(sqlite3_stmt *statement, int at, const struct kh_field *field,
                                  struct kh_arena *arena, void *value)
{
    struct kh_str text;
    int64_t number;
    int32_t small;
    double ratio;
    bool truth;

    switch (field->kind) {
    case KH_FIELD_BOOL:
        truth = sqlite3_column_int(statement, at) != 0;
        WRITE(field, value, truth);
        return KH_OK;
    case KH_FIELD_INT32:
        number = sqlite3_column_int64(statement, at);
        small = (int32_t)number;
        WRITE(field, value, small);
        return small == number ? KH_OK : KH_INVALID;
    case KH_FIELD_INT64:
        number = sqlite3_column_int64(statement, at);
        WRITE(field, value, number);
        return KH_OK;
    case KH_FIELD_DOUBLE:
        ratio = sqlite3_column_double(statement, at);
        WRITE(field, value, ratio);
        return KH_OK;
    default:
        text = column_text(statement, at);
        return text.data == NULL ? KH_NO_MEMORY : read_text(field, text, arena, value);
    }
}

static void set_null(const struct kh_field *field, void *value)
{
    static const enum kh_presence null = KH_NULL;

    memcpy((char *)value + field->presence_offset, &null, sizeof null);
}

enum kh_status kh__sqlite_read_row(const struct kh__sqlite *sqlite, sqlite3_stmt *statement,
                                   const struct kh_entity *entity, const struct kh_call *call,
                                   void *value, struct kh_row_state *state)
{
    int at = 0;

    memset(value, 0, entity->codec->size);
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct kh_field *field = &entity->fields[i];
        int column = at++;
        bool null =
            field->presence == KH_FIELD_NULLABLE && sqlite3_column_int(statement, at++) != 0;

        if (null) {
            set_null(field, value);
        } else if (sqlite3_column_type(statement, column) != SQLITE_NULL) {
            enum kh_status status = read_member(statement, column, field, call->arena, value);

            if (status == KH_NO_MEMORY) {
                return kh_fail(call->error, status, "no memory for a row");
            }
            if (status != KH_OK) {
                return kh__sqlite_damaged(sqlite, entity, field, call->error);
            }
            kh__field_set_present(field, value);
        }
    }
    *state = (struct kh_row_state){ .version = (uint64_t)sqlite3_column_int64(statement, at) };
    return KH_OK;
}

/* ---- Order keys in migrations -------------------------------------------------------------- */

static void order_of(sqlite3_context *context, sqlite3_value *argument, enum kh_field_kind kind)
{
    const struct kh_field field = { .kind = kind };
    char buffer[KH_ORDER_KEY_SIZE];
    union {
        struct kh_decimal decimal;
        struct kh_instant instant;
    } value;
    struct kh_str text;
    struct kh_str key;

    if (sqlite3_value_type(argument) == SQLITE_NULL) {
        return;
    }
    text.data = (const void *)sqlite3_value_text(argument);
    text.length = (size_t)sqlite3_value_bytes(argument);
    if (text.data == NULL) {
        sqlite3_result_error_nomem(context);
        return;
    }
    if ((kind == KH_FIELD_DECIMAL ? kh_decimal_parse(text, &value.decimal)
                                  : kh_instant_parse(text, &value.instant)) != KH_OK) {
        sqlite3_result_error(context, "a text that is no decimal or instant", -1);
        return;
    }
    key = kh__order_key(&field, &value, buffer);
    sqlite3_result_text64(context, key.data, key.length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void decimal_order(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    order_of(context, arguments[0], KH_FIELD_DECIMAL);
}

static void instant_order(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    order_of(context, arguments[0], KH_FIELD_INSTANT);
}

int kh__sqlite_add_functions(sqlite3 *db)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int result =
        sqlite3_create_function(db, "kh_decimal_order", 1, flags, NULL, decimal_order, NULL, NULL);

    return result != SQLITE_OK ? result
                               : sqlite3_create_function(db, "kh_instant_order", 1, flags, NULL,
                                                         instant_order, NULL, NULL);
}
