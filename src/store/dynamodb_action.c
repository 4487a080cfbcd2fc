/*
 * Rows are put whole when there was none, and updated attribute by attribute when there was one: what others
 * keep in the same item stays. A row that is removed leaves its marks behind as long as they hold.
 */
#include "store/dynamodb_action.h"

#include <inttypes.h>
#include <stdio.h>

#include "kh/base64.h"
#include "kh/entity_dynamodb.h"
#include "model/field.h"
#include "store/dynamodb_json.h"
#include "store/dynamodb_key.h"
#include "store/dynamodb_number.h"

/* A write costs by the kilobyte begun. Marks take what the row leaves of its last one, so they cost nothing. */
#define WRITE_UNIT 1024
/* But so many of them have room in any row. */
#define MIN_MARKS 8
/* kh#version, kh#marks and kh#spilled: names and numbers. */
#define OWN_SIZE 64

/* Everything about the item that is to be written. */
struct item {
    const struct kh__dynamodb *dynamodb;
    const struct kh_call *call;
    const struct kh_change *change;
    const struct kh__dynamodb_kept *kept; /* NULL: there is no item */
    struct kh__dynamodb_attribute *attributes;
    size_t count;
    uint64_t version; /* the new one */
    struct kh_str marks;
    int64_t spilled_until_s; /* 0: never */
    int64_t now_s;
};

/* ---- Marks --------------------------------------------------------------------------------- */

/* A row that does not change is as large as it was read. */
static size_t room_for_marks(const struct item *item)
{
    bool is_as_read = item->change->kind == KH_CHANGE_NONE && item->change->state.version != 0;
    size_t size = OWN_SIZE + (is_as_read ? item->kept->size : 0);
    size_t least;

    for (size_t i = 0; i < item->count; i++) {
        size += item->attributes[i].size;
    }
    for (size_t i = 0; i < item->change->entity->key_count; i++) {
        char buffer[KH_FIELD_TEXT_SIZE];
        const struct kh_field *field = &item->change->entity->fields[item->change->entity->key[i]];

        size += field->name.length + kh__field_text(field, item->change->value, buffer).length;
    }
    least = size + MIN_MARKS * KH__RING_ENTRY_SIZE;
    return ((least + WRITE_UNIT - 1) / WRITE_UNIT * WRITE_UNIT - size) / KH__RING_ENTRY_SIZE;
}

/*
 * How many marks may stay in the row: as many as there is room for, and always those that are there, so that
 * no more are pushed out than come in, which can be foreseen. While it pushes marks out, no more than there
 * are: room that comes and goes with the row's size would be filled and missed in turn.
 */
static size_t capacity_of(const struct item *item)
{
    int64_t since_s = item->now_s - item->dynamodb->mark_ttl_s;
    size_t held = item->kept == NULL ? 0 : kh__ring_count(item->kept->marks, since_s);
    size_t room = room_for_marks(item);

    if (item->kept != NULL && item->kept->spilled_until_s > item->now_s) {
        room = MIN_MARKS;
    }
    return held > room ? held : room;
}

static enum kh_status add_marks(struct item *item, struct kh__new_marks marks,
                                struct kh__new_marks *spilled)
{
    int64_t ttl = item->dynamodb->mark_ttl_s;
    struct kh_str old = item->kept == NULL ? KH_STR("") : item->kept->marks;
    struct kh__ring_change ring;

    for (size_t i = 0; i < marks.count; i++) {
        if (kh__ring_has(old, &marks.ids[i], item->now_s - ttl)) {
            return kh_fail(item->call->error, KH_CONFLICT, "an event was applied already");
        }
    }
    KH_TRY(kh__ring_add(old, marks.ids, marks.count, item->now_s - ttl, item->now_s,
                        capacity_of(item), item->call->arena, &ring));
    item->marks = ring.ring;
    *spilled = (struct kh__new_marks){ ring.spilled, ring.spilled_count };
    if (ring.spilled_count > 0) {
        item->spilled_until_s = item->now_s + ttl;
    } else if (item->kept != NULL && item->kept->spilled_until_s > item->now_s) {
        item->spilled_until_s = item->kept->spilled_until_s;
    }
    return KH_OK;
}

/* Are there marks that hold after the row is gone? */
static bool has_marks(const struct item *item)
{
    return item->marks.length > 0 || item->spilled_until_s > 0;
}

/* ---- Own attributes ------------------------------------------------------------------------ */

static enum kh_status write_integer(struct kh_json_writer *out, struct kh_str name, int64_t number)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%" PRId64, number);
    KH_TRY(kh_json_write_name(out, name));
    return kh__dynamodb_write_typed(out, KH_STR("N"), kh_str_from(text));
}

static enum kh_status write_version(struct kh_json_writer *out, struct kh_str name,
                                    uint64_t version)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%" PRIu64, version);
    KH_TRY(kh_json_write_name(out, name));
    return kh__dynamodb_write_typed(out, KH_STR("N"), kh_str_from(text));
}

static enum kh_status write_bytes(struct kh_json_writer *out, struct kh_str name,
                                  struct kh_str bytes)
{
    KH_TRY(kh__dynamodb_begin_object(out, name));
    KH_TRY(kh_json_write_name(out, KH_STR("B")));
    KH_TRY(kh_json_write_base64(out, bytes));
    return kh_json_write_object_end(out);
}

/* ---- Conditions ---------------------------------------------------------------------------- */

static const struct kh_dynamodb_key *hash_of(const struct item *item)
{
    return &item->change->entity->dynamodb->hash;
}

/* The item is as it was when it was read. */
static const char *condition_of(const struct item *item)
{
    if (item->kept == NULL) {
        return "attribute_not_exists(#k)";
    }
    return item->kept->has_version ? "#v=:v" : "attribute_exists(#k) AND attribute_not_exists(#v)";
}

static enum kh_status write_condition(const struct item *item, struct kh_json_writer *out)
{
    return kh__dynamodb_write_text(out, KH_STR("ConditionExpression"),
                                   kh_str_from(condition_of(item)));
}

/* The names that the condition uses; `version_is_named`: the caller has that one already. */
static enum kh_status write_condition_names(const struct item *item, bool version_is_named,
                                            struct kh_json_writer *out)
{
    bool has_version = item->kept != NULL && item->kept->has_version;

    if (!has_version) {
        KH_TRY(kh__dynamodb_write_text(out, KH_STR("#k"), hash_of(item)->name));
    }
    if (item->kept != NULL && !version_is_named) {
        KH_TRY(kh__dynamodb_write_text(out, KH_STR("#v"), KH__DYNAMODB_VERSION));
    }
    return KH_OK;
}

static enum kh_status write_condition_values(const struct item *item, struct kh_json_writer *out)
{
    if (item->kept == NULL || !item->kept->has_version) {
        return KH_OK;
    }
    return write_version(out, KH_STR(":v"), item->kept->version);
}

/* Condition, names and values of a write that has no others. */
static enum kh_status write_bare_condition(const struct item *item, struct kh_json_writer *out)
{
    KH_TRY(write_condition(item, out));
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("ExpressionAttributeNames")));
    KH_TRY(write_condition_names(item, false, out));
    KH_TRY(kh_json_write_object_end(out));
    if (item->kept != NULL && item->kept->has_version) {
        KH_TRY(kh__dynamodb_begin_object(out, KH_STR("ExpressionAttributeValues")));
        KH_TRY(write_condition_values(item, out));
        KH_TRY(kh_json_write_object_end(out));
    }
    return KH_OK;
}

/* ---- Bodies -------------------------------------------------------------------------------- */

static enum kh_status write_key(const struct item *item, struct kh_json_writer *out)
{
    enum kh_status status =
        kh__dynamodb_write_key(item->change->entity, item->change->value, item->call->arena, out);

    if (status == KH_INVALID || status == KH_TOO_LARGE) {
        return kh_fail(item->call->error, status,
                       "the key of %.*s can't be one in DynamoDB: a part of it is %s",
                       KH_STR_ARG(item->change->entity->name),
                       status == KH_INVALID ? "empty" : "too long");
    }
    return status;
}

static enum kh_status write_table(const struct item *item, struct kh_json_writer *out)
{
    struct kh_str table;

    KH_TRY(kh__dynamodb_table(item->dynamodb, item->change->entity, item->call->arena, &table));
    return kh__dynamodb_write_text(out, KH_STR("TableName"), table);
}

static enum kh_status write_own(const struct item *item, struct kh_json_writer *out)
{
    KH_TRY(write_version(out, KH__DYNAMODB_VERSION, item->version));
    if (item->marks.length > 0) {
        KH_TRY(write_bytes(out, KH__DYNAMODB_MARKS, item->marks));
    }
    if (item->spilled_until_s > 0) {
        KH_TRY(write_integer(out, KH__DYNAMODB_SPILLED, item->spilled_until_s));
    }
    return KH_OK;
}

/* The whole row, in place of nothing or of the marks of one that was removed. */
static enum kh_status put_row(const struct item *item, struct kh_json_writer *out)
{
    KH_TRY(write_table(item, out));
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("Item")));
    KH_TRY(write_key(item, out));
    for (size_t i = 0; i < item->count; i++) {
        if (item->attributes[i].json.length > 0) {
            KH_TRY(kh_json_write_name(out, item->attributes[i].name));
            KH_TRY(kh_json_write_raw(out, (struct kh_raw){ item->attributes[i].json }));
        }
    }
    KH_TRY(write_own(item, out));
    KH_TRY(kh_json_write_object_end(out));
    return write_bare_condition(item, out);
}

/* The members of the key that are not told by its attributes: the item is found by its value, too. */
static enum kh_status write_key_members(const struct item *item, struct kh_json_writer *out)
{
    const struct kh_entity *entity = item->change->entity;
    const struct kh_dynamodb_key *keys[] = { &entity->dynamodb->hash, &entity->dynamodb->range };

    for (size_t i = 0; i < entity->key_count; i++) {
        const struct kh_field *field = &entity->fields[entity->key[i]];

        if (!keys[i]->is_member) {
            KH_TRY(kh_json_write_name(out, field->name));
            KH_TRY(kh__dynamodb_write_member(field, item->change->value, item->call->arena, out));
        }
    }
    return KH_OK;
}

/* Only the marks of a row that is not there. */
static enum kh_status put_marks(const struct item *item, struct kh_json_writer *out)
{
    int64_t expires_s = item->now_s + item->dynamodb->mark_ttl_s;

    KH_TRY(write_table(item, out));
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("Item")));
    KH_TRY(write_key(item, out));
    KH_TRY(write_key_members(item, out));
    KH_TRY(write_own(item, out));
    KH_TRY(kh__dynamodb_begin_object(out, KH__DYNAMODB_REMOVED));
    KH_TRY(kh_json_write_name(out, KH_STR("BOOL")));
    KH_TRY(kh_json_write_bool(out, true));
    KH_TRY(kh_json_write_object_end(out));
    KH_TRY(write_integer(out, KH__DYNAMODB_EXPIRES, expires_s));
    KH_TRY(kh_json_write_object_end(out));
    return write_bare_condition(item, out);
}

/* Deletes the item, or checks it. */
static enum kh_status by_key(const struct item *item, struct kh_json_writer *out)
{
    KH_TRY(write_table(item, out));
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("Key")));
    KH_TRY(write_key(item, out));
    KH_TRY(kh_json_write_object_end(out));
    return write_bare_condition(item, out);
}

/* "SET #v=:w,#m=:m,#0=:0,#2=:2 REMOVE #1": attribute number i is #i. */
static enum kh_status write_update_expression(const struct item *item, struct kh_json_writer *out)
{
    size_t room = 64 + item->count * 24;
    char *text = kh_arena_alloc(item->call->arena, room);
    const char *separator = " REMOVE ";
    size_t length;

    if (text == NULL) {
        return KH_NO_MEMORY;
    }
    length = (size_t)snprintf(text, room, "SET #v=:w%s%s", item->marks.length > 0 ? ",#m=:m" : "",
                              item->spilled_until_s > 0 ? ",#s=:s" : "");
    for (size_t i = 0; i < item->count; i++) {
        if (item->attributes[i].json.length > 0) {
            length += (size_t)snprintf(text + length, room - length, ",#%zu=:%zu", i, i);
        }
    }
    if (item->marks.length == 0) {
        length += (size_t)snprintf(text + length, room - length, "%s#m", separator);
        separator = ",";
    }
    for (size_t i = 0; i < item->count; i++) {
        if (item->attributes[i].json.length == 0) {
            length += (size_t)snprintf(text + length, room - length, "%s#%zu", separator, i);
            separator = ",";
        }
    }
    return kh__dynamodb_write_text(out, KH_STR("UpdateExpression"),
                                   (struct kh_str){ text, length });
}

static enum kh_status write_update_names(const struct item *item, struct kh_json_writer *out)
{
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("ExpressionAttributeNames")));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("#v"), KH__DYNAMODB_VERSION));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("#m"), KH__DYNAMODB_MARKS));
    if (item->spilled_until_s > 0) {
        KH_TRY(kh__dynamodb_write_text(out, KH_STR("#s"), KH__DYNAMODB_SPILLED));
    }
    for (size_t i = 0; i < item->count; i++) {
        char name[24];

        (void)snprintf(name, sizeof name, "#%zu", i);
        KH_TRY(kh__dynamodb_write_text(out, kh_str_from(name), item->attributes[i].name));
    }
    KH_TRY(write_condition_names(item, true, out));
    return kh_json_write_object_end(out);
}

static enum kh_status write_update_values(const struct item *item, struct kh_json_writer *out)
{
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("ExpressionAttributeValues")));
    KH_TRY(write_version(out, KH_STR(":w"), item->version));
    if (item->marks.length > 0) {
        KH_TRY(write_bytes(out, KH_STR(":m"), item->marks));
    }
    if (item->spilled_until_s > 0) {
        KH_TRY(write_integer(out, KH_STR(":s"), item->spilled_until_s));
    }
    for (size_t i = 0; i < item->count; i++) {
        char name[24];

        if (item->attributes[i].json.length > 0) {
            (void)snprintf(name, sizeof name, ":%zu", i);
            KH_TRY(kh_json_write_name(out, kh_str_from(name)));
            KH_TRY(kh_json_write_raw(out, (struct kh_raw){ item->attributes[i].json }));
        }
    }
    KH_TRY(write_condition_values(item, out));
    return kh_json_write_object_end(out);
}

static enum kh_status update_row(const struct item *item, struct kh_json_writer *out)
{
    KH_TRY(write_table(item, out));
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("Key")));
    KH_TRY(write_key(item, out));
    KH_TRY(kh_json_write_object_end(out));
    KH_TRY(write_update_expression(item, out));
    KH_TRY(write_condition(item, out));
    KH_TRY(write_update_names(item, out));
    return write_update_values(item, out);
}

/* ---- Which of them ------------------------------------------------------------------------- */

static enum kh_status write_body(const struct item *item, bool has_new_marks,
                                 struct kh_json_writer *out, enum kh__action_kind *kind)
{
    bool is_there = item->change->state.version != 0;

    switch (item->change->kind) {
    case KH_CHANGE_PUT:
        *kind = is_there ? KH__ACTION_UPDATE : KH__ACTION_PUT;
        return is_there ? update_row(item, out) : put_row(item, out);
    case KH_CHANGE_REMOVE:
        *kind = has_marks(item) ? KH__ACTION_PUT : KH__ACTION_DELETE;
        return has_marks(item) ? put_marks(item, out) : by_key(item, out);
    default:
        if (!has_new_marks) {
            *kind = KH__ACTION_CHECK;
            return by_key(item, out);
        }
        *kind = is_there ? KH__ACTION_UPDATE : KH__ACTION_PUT;
        return is_there ? update_row(item, out) : put_marks(item, out);
    }
}

/* The body as text in the arena. */
static enum kh_status finish(struct kh_json_writer *out, const struct kh_call *call,
                             struct kh__action *action)
{
    action->body = kh_arena_copy(call->arena, kh_json_writer_text(out));
    return action->body.data == NULL ? KH_NO_MEMORY : KH_OK;
}

/* A new row begins with the time, so that no version comes again after a row is removed and made anew. */
static uint64_t next_version(const struct item *item)
{
    if (item->kept != NULL && item->kept->has_version) {
        return item->kept->version + 1;
    }
    return (uint64_t)kh_clock_wall_ms(item->dynamodb->clock);
}

enum kh_status kh__action_of_change(const struct kh__dynamodb *dynamodb, const struct kh_call *call,
                                    const struct kh_change *change, struct kh__new_marks marks,
                                    struct kh__action *out, struct kh__new_marks *spilled)
{
    struct item item = { .dynamodb = dynamodb,
                         .call = call,
                         .change = change,
                         .kept = change->state.kept,
                         .marks = KH_STR_INIT(""),
                         .now_s = kh__dynamodb_now_s(dynamodb) };
    struct kh_json_writer body;
    enum kh_status status;

    item.version = next_version(&item);
    if (change->kind == KH_CHANGE_PUT) {
        KH_TRY(kh__dynamodb_attributes(change->entity, change->value, call->arena, call->error,
                                       &item.attributes, &item.count));
    }
    KH_TRY(add_marks(&item, marks, spilled));
    kh_json_writer_init(&body);
    status = kh_json_write_object_begin(&body);
    if (status == KH_OK) {
        status = write_body(&item, marks.count > 0, &body, &out->kind);
    }
    if (status == KH_OK) {
        status = kh_json_write_object_end(&body);
    }
    if (status == KH_OK) {
        status = finish(&body, call, out);
    }
    kh_json_writer_clean_up(&body);
    return status;
}

static enum kh_status write_mark(const struct kh__dynamodb *dynamodb, const struct kh__ring_id *id,
                                 bool must_be_new, struct kh_json_writer *out)
{
    int64_t now_s = kh__dynamodb_now_s(dynamodb);
    char name[KH__RING_NAME_SIZE];

    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("TableName"), dynamodb->marks_table));
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("Item")));
    KH_TRY(kh_json_write_name(out, KH__DYNAMODB_MARK_KEY));
    KH_TRY(kh__dynamodb_write_typed(out, KH_STR("S"), kh__ring_name_of(id, name)));
    KH_TRY(write_integer(out, KH__DYNAMODB_EXPIRES, now_s + dynamodb->mark_ttl_s));
    KH_TRY(kh_json_write_object_end(out));
    if (must_be_new) {
        KH_TRY(kh__dynamodb_write_text(out, KH_STR("ConditionExpression"),
                                       KH_STR("attribute_not_exists(#i) OR #e<=:n")));
        KH_TRY(kh__dynamodb_begin_object(out, KH_STR("ExpressionAttributeNames")));
        KH_TRY(kh__dynamodb_write_text(out, KH_STR("#i"), KH__DYNAMODB_MARK_KEY));
        KH_TRY(kh__dynamodb_write_text(out, KH_STR("#e"), KH__DYNAMODB_EXPIRES));
        KH_TRY(kh_json_write_object_end(out));
        KH_TRY(kh__dynamodb_begin_object(out, KH_STR("ExpressionAttributeValues")));
        KH_TRY(write_integer(out, KH_STR(":n"), now_s));
        KH_TRY(kh_json_write_object_end(out));
    }
    return kh_json_write_object_end(out);
}

enum kh_status kh__action_of_mark(const struct kh__dynamodb *dynamodb, const struct kh_call *call,
                                  const struct kh__ring_id *id, bool must_be_new,
                                  struct kh__action *out)
{
    struct kh_json_writer body;
    enum kh_status status;

    out->kind = KH__ACTION_PUT;
    kh_json_writer_init(&body);
    status = write_mark(dynamodb, id, must_be_new, &body);
    if (status == KH_OK) {
        status = finish(&body, call, out);
    }
    kh_json_writer_clean_up(&body);
    return status;
}
