/*
 * Rows that are fetched before a handler asks for them: those that the events of a batch concern, which the
 * schemas tell. For stores that are a round trip away.
 */
#include "flow/unit.h"

/* Not known yet: what the store says is filled in by the fetch. */
static enum kh_status add_wanted(struct kh_unit *unit, const struct kh_entity *entity,
                                 const struct kh__unit_place *place, struct kh__unit_row **row)
{
    static const struct kh_row_state unknown = { 0 };

    KH_TRY(kh__unit_remember(unit, entity, place, NULL, unknown, row));
    (*row)->is_wanted = true;
    return KH_OK;
}

enum kh_status kh__unit_want(struct kh_unit *unit, const struct kh_entity *entity, const void *key,
                             struct kh__unit_row **row)
{
    struct kh__unit_place place;

    KH_TRY(kh__unit_lookup(unit, entity, key, row, &place));
    if (*row == NULL) {
        KH_TRY(add_wanted(unit, entity, &place, row));
    }
    if ((*row)->home_key == NULL) {
        void *copy = kh_arena_alloc(unit->arena, entity->codec->size);

        if (copy == NULL) {
            return KH_NO_MEMORY;
        }
        (*row)->home_key = memcpy(copy, key, entity->codec->size);
    }
    return KH_OK;
}

/*
 * The rows of one fetch: those that are wanted, and the homes of marks that are known already, which
 * are not read again.
 */
static enum kh_status gather_rows(struct kh_unit *unit, struct kh__unit_row *const *homes,
                                  size_t mark_count, struct kh_wanted *rows, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < mark_count; i++) {
        struct kh__unit_row *row = homes[i];

        if (row == NULL || (row->wanted_at < *count && rows[row->wanted_at].key == row->home_key)) {
            continue;
        }
        row->wanted_at = *count;
        rows[*count] =
            (struct kh_wanted){ .entity = row->entity, .key = row->home_key, .state = row->state };
        if (row->is_wanted) {
            rows[*count].value = kh_arena_alloc(unit->arena, row->entity->codec->size);
            if (rows[*count].value == NULL) {
                return KH_NO_MEMORY;
            }
        }
        (*count)++;
    }
    return KH_OK;
}

void kh__unit_set_fetched(struct kh__unit_row *row, const struct kh_wanted *wanted)
{
    row->is_wanted = false;
    row->state = wanted->state;
    row->value = wanted->state.version == 0 ? NULL : wanted->value;
    row->stored = row->value;
}

static void keep_rows(struct kh__unit_row *const *homes, size_t mark_count,
                      const struct kh_wanted *rows)
{
    for (size_t i = 0; i < mark_count; i++) {
        struct kh__unit_row *row = homes[i];

        if (row != NULL && row->is_wanted) {
            kh__unit_set_fetched(row, &rows[row->wanted_at]);
        }
    }
}

enum kh_status kh__unit_fetch(struct kh_context *context, struct kh_mark *marks,
                              struct kh__unit_row *const *homes, size_t count, bool *found)
{
    struct kh_unit *unit = context->unit;
    struct kh_call call = kh__unit_call(context);
    struct kh_wanted rows[KH__FETCHED_TOGETHER];
    size_t row_count;

    KH_TRY(gather_rows(unit, homes, count, rows, &row_count));
    if (unit->keeps_no_marks && row_count == 0) {
        return KH_OK;
    }
    for (size_t i = 0; i < count; i++) {
        marks[i].home = homes[i] == NULL ? KH_HOMELESS : homes[i]->wanted_at;
    }
    KH_TRY(unit->store->ops->fetch(unit->store, &call, rows, row_count, marks,
                                   unit->keeps_no_marks ? 0 : count, found));
    keep_rows(homes, count, rows);
    return KH_OK;
}
