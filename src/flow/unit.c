/* Rows are read once per batch, changed here, and written in one commit. */
#include "flow/unit.h"

#include <math.h>

#include "model/field.h"
#include "model/position.h"

/* ---- Rows ---------------------------------------------------------------------------------- */

static bool is_row(const void *value, const void *entity, struct kh_str key)
{
    const struct kh__unit_row *row = value;

    return row->entity == entity && kh_str_equal(row->key, key);
}

enum kh_status kh__unit_lookup(struct kh_unit *unit, const struct kh_entity *entity,
                               const void *key, struct kh__unit_row **row,
                               struct kh__unit_place *place)
{
    struct kh_arena_mark mark;
    char buffer[KH_FIELD_TEXT_SIZE];
    struct kh_str text;

    /* Before the mark, so that going back to it does not take the table away. */
    KH_TRY(kh__names_reserve(&unit->names, unit->names.count + 1));
    mark = kh_arena_mark(unit->arena);
    KH_TRY(kh__key_text(entity, key, unit->arena, buffer, &text));
    *row = unit->recent;
    if (*row == NULL || !is_row(*row, entity, text)) {
        KH_TRY(kh__names_find(&unit->names, entity, text, kh_hash(text), &place->name));
        *row = place->name->value;
    }
    if (*row != NULL) {
        kh_arena_release(unit->arena, mark);
        unit->recent = *row;
        return KH_OK;
    }
    place->key = kh_arena_copy(unit->arena, text);
    return place->key.data == NULL ? KH_NO_MEMORY : KH_OK;
}

enum kh_status kh__unit_remember(struct kh_unit *unit, const struct kh_entity *entity,
                                 const struct kh__unit_place *place, void *value,
                                 struct kh_row_state state, struct kh__unit_row **row)
{
    struct kh__unit_row *made = kh_arena_alloc(unit->arena, sizeof *made);

    if (made == NULL) {
        return KH_NO_MEMORY;
    }
    *made = (struct kh__unit_row){
        .entity = entity, .key = place->key, .value = value, .stored = value, .state = state
    };
    kh__names_add(&unit->names, place->name, made);
    if (unit->last == NULL) {
        unit->first = made;
    } else {
        unit->last->next = made;
    }
    unit->last = made;
    unit->recent = made;
    *row = made;
    return KH_OK;
}

enum kh_status kh__unit_give(const struct kh_unit *unit, const struct kh_entity *entity,
                             const void *value, void *out)
{
    if (entity->nested_count > 0) {
        return kh_entity_copy(entity, value, value, unit->arena, out);
    }
    /* Strings can be shared, nobody can change them. */
    memcpy(out, value, entity->codec->size);
    return KH_OK;
}

enum kh_status kh__unit_failed(struct kh_context *context, enum kh_status status)
{
    if (context->unit->failure == KH_OK) {
        context->unit->failure = status;
    }
    if (status == KH_NO_MEMORY) {
        return kh_fail(context->error, status, "out of memory for the rows of this batch");
    }
    return kh_fail(context->error, status, "%s", kh_status_text(status));
}

struct kh_call kh__unit_call(const struct kh_context *context)
{
    return (struct kh_call){ .arena = context->arena,
                             .error = context->error,
                             .log = kh_log_named(context->log, "store"),
                             .deadline_ms = context->deadline_ms };
}

/* Asks the store for one row. */
static enum kh_status fetch(struct kh_context *context, const struct kh_entity *entity,
                            const void *key, struct kh_wanted *wanted)
{
    struct kh_unit *unit = context->unit;
    struct kh_call call = kh__unit_call(context);

    *wanted = (struct kh_wanted){ .entity = entity,
                                  .key = key,
                                  .value = kh_arena_alloc(unit->arena, entity->codec->size) };
    if (wanted->value == NULL) {
        return KH_NO_MEMORY;
    }
    return unit->store->ops->fetch(unit->store, &call, wanted, 1, NULL, 0, NULL);
}

/* A row that a fetch should have brought, and could not. */
static enum kh_status fetch_wanted(struct kh_context *context, struct kh__unit_row *row)
{
    struct kh_wanted wanted;

    KH_TRY(fetch(context, row->entity, row->home_key, &wanted));
    kh__unit_set_fetched(row, &wanted);
    return KH_OK;
}

/* A row nobody looked at yet. */
static enum kh_status fetch_new(struct kh_context *context, const struct kh_entity *entity,
                                const void *key, const struct kh__unit_place *place,
                                struct kh__unit_row **row)
{
    struct kh_wanted wanted;

    KH_TRY(fetch(context, entity, key, &wanted));
    return kh__unit_remember(context->unit, entity, place,
                             wanted.state.version == 0 ? NULL : wanted.value, wanted.state, row);
}

static enum kh_status find_row(struct kh_context *context, const struct kh_entity *entity,
                               const void *key, struct kh__unit_row **row)
{
    struct kh__unit_place place;
    enum kh_status status = kh__unit_lookup(context->unit, entity, key, row, &place);

    if (status == KH_OK && *row == NULL) {
        status = fetch_new(context, entity, key, &place, row);
    } else if (status == KH_OK && (*row)->is_wanted) {
        status = fetch_wanted(context, *row);
    }
    return status == KH_OK ? KH_OK : kh__unit_failed(context, status);
}

/* The value is not the row's any more, nor will it be again. */
static void spare(struct kh__unit_row *row, void *value)
{
    if (value != NULL && value != row->stored) {
        row->spare = value;
    }
}

/* The row gets a new value (NULL: it is removed) in the layer of the record being processed. */
static void change_row(struct kh_unit *unit, struct kh__unit_row *row, void *value)
{
    if (row->touched) {
        spare(row, row->value);
    } else {
        row->touched = true;
        row->changed_before = row->changed;
        row->value_before = row->value;
        row->next_touched = unit->touched;
        unit->touched = row;
    }
    row->value = value;
    row->changed = true;
}

/* What a handler can put into a member though its schema can't: no store could give it back. */
static bool is_impossible(const struct kh_field *field, const void *value)
{
    double number;

    if (field->kind == KH_FIELD_ENUM) {
        return kh__field_is_present(field, value) && kh__field_enum_name(field, value).length == 0;
    }
    if (field->kind != KH_FIELD_DOUBLE || !kh__field_is_present(field, value)) {
        return false;
    }
    memcpy(&number, kh__field_at(field, value), sizeof number);
    return !isfinite(number);
}

static enum kh_status refuse_impossible(struct kh_context *context, const struct kh_entity *entity,
                                        const void *value)
{
    for (size_t i = 0; i < entity->field_count; i++) {
        if (is_impossible(&entity->fields[i], value)) {
            return kh_fail(context->error, KH_OUT_OF_RANGE, "%.*s of %.*s is %s",
                           KH_STR_ARG(entity->fields[i].name), KH_STR_ARG(entity->name),
                           entity->fields[i].kind == KH_FIELD_ENUM ? "none of its names"
                                                                   : "not a finite number");
        }
    }
    return KH_OK;
}

static enum kh_status put_row(struct kh_context *context, struct kh__unit_row *row,
                              const void *value)
{
    void *copy = row->spare != NULL
                     ? row->spare
                     : kh_arena_alloc(context->unit->arena, row->entity->codec->size);
    enum kh_status status =
        copy == NULL ? KH_NO_MEMORY
                     : kh_entity_copy(row->entity, value, row->value, context->unit->arena, copy);

    KH_TRY(refuse_impossible(context, row->entity, value));
    if (status == KH_NO_MEMORY) {
        return kh__unit_failed(context, status);
    }
    if (status != KH_OK) {
        return kh_fail(context->error, status, "a nested value of %.*s violates its schema",
                       KH_STR_ARG(row->entity->name));
    }
    row->spare = NULL;
    change_row(context->unit, row, copy);
    return KH_OK;
}

/* ---- What handlers call -------------------------------------------------------------------- */

static enum kh_status not_found(struct kh_context *context, const struct kh_entity *entity)
{
    struct kh_str key = entity->fields[entity->key[0]].name;

    return kh_fail(context->error, KH_NOT_FOUND, "there is no %.*s with this %.*s",
                   KH_STR_ARG(entity->name), KH_STR_ARG(key));
}

enum kh_status kh_unit_find(struct kh_context *context, const struct kh_entity *entity,
                            const void *key, void *out, bool *found)
{
    struct kh__unit_row *row;
    enum kh_status status;

    KH_TRY(find_row(context, entity, key, &row));
    *found = row->value != NULL;
    if (!*found) {
        return KH_OK;
    }
    status = kh__unit_give(context->unit, entity, row->value, out);
    return status == KH_OK ? KH_OK : kh__unit_failed(context, status);
}

enum kh_status kh_unit_get(struct kh_context *context, const struct kh_entity *entity,
                           const void *key, void *out)
{
    bool found;

    KH_TRY(kh_unit_find(context, entity, key, out, &found));
    return found ? KH_OK : not_found(context, entity);
}

enum kh_status kh_unit_create(struct kh_context *context, const struct kh_entity *entity,
                              const void *value)
{
    struct kh__unit_row *row;

    KH_TRY(find_row(context, entity, value, &row));
    if (row->value != NULL) {
        struct kh_str key = entity->fields[entity->key[0]].name;

        return kh_fail(context->error, KH_EXISTS, "%.*s with this %.*s is there already",
                       KH_STR_ARG(entity->name), KH_STR_ARG(key));
    }
    return put_row(context, row, value);
}

enum kh_status kh_unit_put(struct kh_context *context, const struct kh_entity *entity,
                           const void *value)
{
    struct kh__unit_row *row;

    KH_TRY(find_row(context, entity, value, &row));
    return put_row(context, row, value);
}

enum kh_status kh_unit_remove(struct kh_context *context, const struct kh_entity *entity,
                              const void *key)
{
    struct kh__unit_row *row;

    KH_TRY(find_row(context, entity, key, &row));
    if (row->value == NULL) {
        return not_found(context, entity);
    }
    change_row(context->unit, row, NULL);
    return KH_OK;
}

/* ---- What the batch calls ------------------------------------------------------------------ */

enum kh_status kh__unit_init(struct kh_unit *unit, struct kh_arena *arena, struct kh_store *store,
                             bool keeps_no_marks, size_t record_count)
{
    *unit = (struct kh_unit){ .arena = arena,
                              .store = store,
                              .keeps_no_marks = keeps_no_marks,
                              .marks = kh_arena_alloc(arena, record_count * sizeof *unit->marks) };
    kh__unit_reset(unit);
    if (unit->marks == NULL) {
        return KH_NO_MEMORY;
    }
    if (store != NULL && store->ops->is_remote) {
        unit->homes = kh_arena_alloc(arena, record_count * sizeof(struct kh__unit_row *));
        return unit->homes == NULL ? KH_NO_MEMORY : KH_OK;
    }
    return KH_OK;
}

void kh__unit_reset(struct kh_unit *unit)
{
    kh__names_init(&unit->names, unit->arena, is_row);
    unit->first = NULL;
    unit->last = NULL;
    unit->touched = NULL;
    unit->recent = NULL;
    unit->failure = KH_OK;
    unit->mark_count = 0;
    unit->size = 0;
    unit->is_full = false;
}

void kh__unit_begin_record(struct kh_unit *unit)
{
    unit->failure = KH_OK;
}

/* What the commit grows by with the record at hand: its rows, and its mark if that has no row. */
static size_t growth(const struct kh_unit *unit, const struct kh__unit_row *home)
{
    size_t grown = home == NULL && !unit->keeps_no_marks ? 1 : 0;

    for (const struct kh__unit_row *row = unit->touched; row != NULL; row = row->next_touched) {
        grown += row->is_counted ? 0 : 1;
    }
    if (home == NULL || unit->keeps_no_marks) {
        return grown;
    }
    grown += home->touched || home->is_counted ? 0 : 1;
    return grown + (home->state.is_full ? 1 : 0);
}

/* Only a store that can't hold any number has them counted. */
static enum kh_status make_room(struct kh_unit *unit, struct kh__unit_row *home)
{
    size_t size;

    if (unit->store->ops->max_changes == SIZE_MAX) {
        return KH_OK;
    }
    size = unit->size + growth(unit, home);
    if (size > unit->store->ops->max_changes) {
        unit->is_full = unit->mark_count > 0;
        return KH_TOO_LARGE;
    }
    unit->size = size;
    for (struct kh__unit_row *row = unit->touched; row != NULL; row = row->next_touched) {
        row->is_counted = true;
    }
    if (home != NULL) {
        home->is_counted = true;
    }
    return KH_OK;
}

enum kh_status kh__unit_keep_record(struct kh_unit *unit, struct kh_mark mark,
                                    struct kh__unit_row *home)
{
    KH_TRY(unit->failure);
    KH_TRY(make_room(unit, home));
    if (home != NULL && !unit->keeps_no_marks) {
        home->is_home = true;
    }
    if (unit->homes != NULL) {
        unit->homes[unit->mark_count] = home;
    }
    unit->marks[unit->mark_count++] = mark;
    for (; unit->touched != NULL; unit->touched = unit->touched->next_touched) {
        unit->touched->touched = false;
        spare(unit->touched, unit->touched->value_before);
    }
    return KH_OK;
}

void kh__unit_drop_record(struct kh_unit *unit)
{
    for (; unit->touched != NULL; unit->touched = unit->touched->next_touched) {
        struct kh__unit_row *row = unit->touched;

        row->touched = false;
        row->changed = row->changed_before;
        spare(row, row->value);
        row->value = row->value_before;
    }
}

/* What is left of a row's changes; false if it was made and removed again, and is no mark's home. */
static bool net_change(const struct kh__unit_row *row, struct kh_change *out)
{
    *out = (struct kh_change){ .entity = row->entity, .state = row->state };
    if (row->changed && row->value != NULL) {
        out->kind = KH_CHANGE_PUT;
        out->value = row->value;
        return true;
    }
    if (row->changed && row->state.version != 0) {
        out->kind = KH_CHANGE_REMOVE;
        out->value = row->stored;
        return true;
    }
    out->kind = KH_CHANGE_NONE;
    out->value = row->home_key;
    return row->is_home;
}

static bool is_in_commit(const struct kh__unit_row *row)
{
    return row->changed || row->is_home;
}

static enum kh_status gather_changes(const struct kh_unit *unit, struct kh_commit *commit)
{
    struct kh_change *changes;
    size_t count = 0;

    for (const struct kh__unit_row *row = unit->first; row != NULL; row = row->next) {
        count += is_in_commit(row) ? 1 : 0;
    }
    changes = kh_arena_alloc(unit->arena, count * sizeof *changes);
    if (changes == NULL) {
        return KH_NO_MEMORY;
    }
    for (struct kh__unit_row *row = unit->first; row != NULL; row = row->next) {
        if (is_in_commit(row) && net_change(row, &changes[commit->change_count])) {
            row->change_at = commit->change_count++;
        }
    }
    commit->changes = changes;
    return KH_OK;
}

/* When it is known where in the commit their homes are. */
static void gather_marks(const struct kh_unit *unit, struct kh_commit *commit)
{
    if (unit->keeps_no_marks) {
        return;
    }
    for (size_t i = 0; i < unit->mark_count; i++) {
        unit->marks[i].home =
            unit->homes == NULL || unit->homes[i] == NULL ? KH_HOMELESS : unit->homes[i]->change_at;
    }
    commit->marks = unit->marks;
    commit->mark_count = unit->mark_count;
}

enum kh_status kh__unit_commit(struct kh_context *context)
{
    struct kh_unit *unit = context->unit;
    struct kh_call call = kh__unit_call(context);
    struct kh_commit commit = { .mark_count = 0 };

    if (gather_changes(unit, &commit) != KH_OK) {
        return kh_fail(context->error, KH_NO_MEMORY, "out of memory for the commit");
    }
    gather_marks(unit, &commit);
    return unit->store->ops->commit(unit->store, &call, &commit);
}
