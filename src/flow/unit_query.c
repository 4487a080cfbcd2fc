/*
 * A query that sees the changes of the unit: the store's pages are merged with the rows this unit has
 * put, and rows it has changed or removed are taken out of them.
 */
#include "flow/unit.h"
#include "model/position.h"

struct query {
    struct kh_context *context;
    const struct kh_entity *entity;
    const struct kh_index *index;
    const void *key;
    size_t limit;
    const struct kh__unit_row **pending; /* put by this unit and in the query, in its order */
    size_t pending_count;
    size_t pending_at; /* the next to give out */
    size_t capacity;   /* of the page */
    const void *last;  /* the row given out last */
    struct kh_page *page;
};

static bool is_in_query(const struct query *query, const struct kh__unit_row *row)
{
    const struct kh_index *index = query->index;

    if (row->entity != query->entity || !row->changed || row->value == NULL) {
        return false;
    }
    return index == NULL || (kh_entity_has_index(row->entity, index, row->value) &&
                             kh_entity_compare_index(row->entity, index, index->equal_count,
                                                     row->value, query->key) == 0);
}

static int compare_rows(const struct query *query, const void *a, const void *b)
{
    return kh__position_compare(query->entity, query->index, a, b);
}

/* Where among the pending rows `value` belongs. */
static size_t place_of(const struct query *query, const void *value)
{
    size_t low = 0;
    size_t high = query->pending_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_rows(query, query->pending[middle]->value, value) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The pending rows after `position` (NULL: all), sorted. */
static enum kh_status collect_pending(struct query *query, const void *position)
{
    const struct kh_unit *unit = query->context->unit;
    size_t count = 0;

    for (const struct kh__unit_row *row = unit->first; row != NULL; row = row->next) {
        count += is_in_query(query, row) ? 1 : 0;
    }
    query->pending = kh_arena_alloc(unit->arena, count * sizeof(struct kh__unit_row *));
    if (query->pending == NULL) {
        return KH_NO_MEMORY;
    }
    for (const struct kh__unit_row *row = unit->first; row != NULL; row = row->next) {
        if (is_in_query(query, row) &&
            (position == NULL || compare_rows(query, row->value, position) > 0)) {
            size_t at = place_of(query, row->value);

            memmove(query->pending + at + 1, query->pending + at,
                    (query->pending_count - at) * sizeof(struct kh__unit_row *));
            query->pending[at] = row;
            query->pending_count++;
        }
    }
    return KH_OK;
}

static bool is_full(const struct query *query)
{
    return query->page->count == query->limit;
}

/* Appends a row to the page, which must not be full. */
static enum kh_status give_row(struct query *query, const void *value, struct kh_row_state state)
{
    struct kh_page *page = query->page;
    struct kh_arena *arena = query->context->arena;
    size_t size = query->entity->codec->size;

    if (page->count == query->capacity) {
        size_t capacity = query->capacity == 0 ? 16 : query->capacity * 2;
        void *values = kh_arena_grow(arena, page->values, page->count, capacity, size);
        struct kh_row_state *states =
            kh_arena_grow(arena, page->states, page->count, capacity, sizeof *states);

        if (values == NULL || states == NULL) {
            return KH_NO_MEMORY;
        }
        page->values = values;
        page->states = states;
        query->capacity = capacity;
    }
    KH_TRY(kh__unit_give(query->context->unit, query->entity, value,
                         (char *)page->values + page->count * size));
    page->states[page->count] = state;
    page->count++;
    query->last = value;
    return KH_OK;
}

/* Gives out the pending rows before `value` (NULL: all that are left). */
static enum kh_status give_pending(struct query *query, const void *value)
{
    while (!is_full(query) && query->pending_at < query->pending_count) {
        const struct kh__unit_row *row = query->pending[query->pending_at];

        if (value != NULL && compare_rows(query, row->value, value) > 0) {
            break;
        }
        KH_TRY(give_row(query, row->value, row->state));
        query->pending_at++;
    }
    return KH_OK;
}

/*
 * A row of the store's page. Its state is remembered, so that changing it later changes what the
 * handler saw here and nothing newer.
 */
static enum kh_status give_stored(struct query *query, void *value, struct kh_row_state state)
{
    struct kh_unit *unit = query->context->unit;
    struct kh__unit_row *row;
    struct kh__unit_place place;

    KH_TRY(kh__unit_lookup(unit, query->entity, value, &row, &place));
    if (row != NULL && row->changed) {
        return KH_OK;
    }
    if (row == NULL) {
        KH_TRY(kh__unit_remember(unit, query->entity, &place, value, state, &row));
    }
    return give_row(query, value, state);
}

/* Merges one page of the store; says if rows of it are left over. */
static enum kh_status merge_page(struct query *query, const struct kh_page *stored, bool *left)
{
    size_t size = query->entity->codec->size;
    size_t at = 0;

    for (; at < stored->count && !is_full(query); at++) {
        void *value = (char *)stored->values + at * size;

        KH_TRY(give_pending(query, value));
        if (is_full(query)) {
            break;
        }
        KH_TRY(give_stored(query, value, stored->states[at]));
    }
    *left = at < stored->count;
    return KH_OK;
}

static enum kh_status run_query(struct query *query, struct kh_str cursor)
{
    struct kh_context *context = query->context;
    struct kh_store *store = context->unit->store;
    struct kh_call call = kh__unit_call(context);
    bool left;

    for (;;) {
        struct kh_page stored;

        KH_TRY(store->ops->query(store, &call, query->entity, query->index, query->key, cursor,
                                 query->limit - query->page->count, &stored));
        KH_TRY(merge_page(query, &stored, &left));
        left = left || stored.next.length != 0;
        if (!left) {
            KH_TRY(give_pending(query, NULL));
        }
        if (!left || is_full(query)) {
            break;
        }
        cursor = stored.next;
    }
    if (left || query->pending_at < query->pending_count) {
        return kh__cursor_write(query->entity, query->index, query->last, context->arena,
                                &query->page->next);
    }
    return KH_OK;
}

enum kh_status kh_unit_query(struct kh_context *context, const struct kh_entity *entity,
                             const struct kh_index *index, const void *key, struct kh_str cursor,
                             size_t limit, struct kh_page *page)
{
    struct query query = { .context = context,
                           .entity = entity,
                           .index = index,
                           .key = key,
                           .limit = limit,
                           .page = page };
    const void *position = NULL;
    enum kh_status status = KH_OK;

    *page = (struct kh_page){ .next = KH_STR_INIT("") };
    if (limit == 0) {
        return kh_fail(context->error, KH_INVALID, "a page of a query has one row at least");
    }
    if (cursor.length != 0) {
        status = kh__cursor_read(entity, index, key, cursor, context->arena, &position);
        if (status == KH_INVALID) {
            return kh_fail(context->error, status, "the cursor is not of this query");
        }
    }
    if (status == KH_OK) {
        status = collect_pending(&query, position);
    }
    if (status == KH_OK) {
        status = run_query(&query, cursor);
    }
    return status == KH_OK ? KH_OK : kh__unit_failed(context, status);
}
