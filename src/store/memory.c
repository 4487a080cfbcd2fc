/*
 * The store in this process's memory. One lock; what a commit needs is allocated before anything is
 * changed, so a commit is all or nothing whatever fails.
 */
#include <pthread.h>

#include "kh/alloc.h"
#include "kh/store.h"
#include "model/position.h"
#include "store/memory_marks.h"
#include "store/memory_rows.h"

struct memory_store {
    struct kh_store head;
    pthread_mutex_t lock;
    struct kh__rows *entities; /* one for each that was ever written */
    struct kh__pool pool;      /* of rows and values */
    struct kh__marks marks;
    uint64_t last_version; /* counted over all rows: one that is made again gets no old version */
};

static struct memory_store *memory_of(struct kh_store *store)
{
    return (struct memory_store *)store;
}

static enum kh_status no_memory(const struct kh_call *call)
{
    (void)kh_fail(call->error, KH_NO_MEMORY, "the store in memory is out of memory");
    return KH_NO_MEMORY;
}

/* Records the reason of a failure that has none yet. */
static enum kh_status explained(const struct kh_call *call, const struct kh_entity *entity,
                                enum kh_status status)
{
    if (status == KH_NO_MEMORY) {
        return no_memory(call);
    }
    if (status != KH_OK) {
        (void)kh_fail(call->error, status, "a nested value of %.*s can't be kept",
                      KH_STR_ARG(entity->name));
    }
    return status;
}

/* NULL if nothing was ever written of it. */
static struct kh__rows *rows_of(const struct memory_store *memory, const struct kh_entity *entity)
{
    struct kh__rows *rows = memory->entities;

    while (rows != NULL && !kh_str_equal(rows->entity->name, entity->name)) {
        rows = rows->next;
    }
    return rows;
}

static struct kh__row *find_row(const struct memory_store *memory, const struct kh_entity *entity,
                                const struct kh__node *name)
{
    struct kh__rows *rows = rows_of(memory, entity);

    return rows == NULL ? NULL : kh__rows_find(rows, name);
}

/* The key's text and its hash. */
static struct kh__node name_of(struct kh_str key_text)
{
    return (struct kh__node){ .name = key_text, .hash = kh_hash(key_text) };
}

/* ---- Reading ------------------------------------------------------------------------------- */

static enum kh_status fetch_row(struct memory_store *memory, const struct kh_call *call,
                                struct kh_wanted *wanted)
{
    const struct kh_entity *entity = wanted->entity;
    enum kh_status status = KH_OK;
    char buffer[KH_FIELD_TEXT_SIZE];
    const struct kh__row *row;
    struct kh_str key_text;
    struct kh__node name;

    if (kh__key_text(entity, wanted->key, call->arena, buffer, &key_text) != KH_OK) {
        return no_memory(call);
    }
    wanted->state = (struct kh_row_state){ 0 };
    name = name_of(key_text);
    pthread_mutex_lock(&memory->lock);
    row = find_row(memory, entity, &name);
    if (row != NULL) {
        wanted->state.version = row->version;
        status =
            explained(call, entity, kh__value_read(row->value, entity, call->arena, wanted->value));
    }
    pthread_mutex_unlock(&memory->lock);
    return status;
}

static enum kh_status memory_fetch(struct kh_store *store, const struct kh_call *call,
                                   struct kh_wanted *rows, size_t row_count,
                                   const struct kh_mark *marks, size_t mark_count, bool *found)
{
    struct memory_store *memory = memory_of(store);

    for (size_t i = 0; i < row_count; i++) {
        if (rows[i].value != NULL) {
            KH_TRY(fetch_row(memory, call, &rows[i]));
        }
    }
    if (mark_count > 0) {
        pthread_mutex_lock(&memory->lock);
        kh__marks_find(&memory->marks, marks, mark_count, found);
        pthread_mutex_unlock(&memory->lock);
    }
    return KH_OK;
}

static bool is_in_query(const struct kh__link *link, const struct kh_entity *entity,
                        const struct kh_index *index, const void *key)
{
    return link != NULL &&
           (index == NULL || kh_entity_compare_index(entity, index, index->equal_count,
                                                     kh__link_value(link), key) == 0);
}

/* Copies rows from `link` on until the page is full; says in page->next if there are more. */
static enum kh_status fill_page(const struct kh__link *link, const struct kh_entity *entity,
                                const struct kh_index *index, const void *key, size_t limit,
                                struct kh_arena *arena, struct kh_page *page)
{
    const struct kh__link *last = NULL;
    size_t size = entity->codec->size;
    size_t count = 0;

    for (const struct kh__link *at = link; count < limit && is_in_query(at, entity, index, key);
         at = at->next[0]) {
        count++;
    }
    page->values = kh_arena_alloc(arena, count * size);
    page->states = kh_arena_alloc(arena, count * sizeof *page->states);
    if (page->values == NULL || page->states == NULL) {
        return KH_NO_MEMORY;
    }
    for (; page->count < count; page->count++) {
        KH_TRY(kh__value_read(link->row->value, entity, arena,
                              (char *)page->values + page->count * size));
        page->states[page->count] = (struct kh_row_state){ .version = link->row->version };
        last = link;
        link = link->next[0];
    }
    if (last != NULL && is_in_query(link, entity, index, key)) {
        return kh__cursor_write(entity, index, kh__link_value(last), arena, &page->next);
    }
    return KH_OK;
}

static enum kh_status memory_query(struct kh_store *store, const struct kh_call *call,
                                   const struct kh_entity *entity, const struct kh_index *index,
                                   const void *key, struct kh_str cursor, size_t limit,
                                   struct kh_page *page)
{
    struct memory_store *memory = memory_of(store);
    const void *position = NULL;
    enum kh_status status = KH_OK;
    struct kh__rows *rows;

    *page = (struct kh_page){ .next = KH_STR_INIT("") };
    if (cursor.length != 0) {
        status = kh__cursor_read(entity, index, key, cursor, call->arena, &position);
        if (status == KH_INVALID) {
            return kh_fail(call->error, status, "the cursor is not of this query");
        }
        KH_TRY(explained(call, entity, status));
    }
    pthread_mutex_lock(&memory->lock);
    rows = rows_of(memory, entity);
    if (rows != NULL) {
        size_t which = index == NULL ? 0 : 1 + (size_t)(index - entity->indexes);
        struct kh__order *order = &rows->orders[which];
        struct kh__link *link =
            position == NULL ? kh__order_from(order, key) : kh__order_after(order, position);

        status = fill_page(link, entity, index, key, limit, call->arena, page);
    }
    pthread_mutex_unlock(&memory->lock);
    return explained(call, entity, status);
}

/* ---- Committing ---------------------------------------------------------------------------- */

/* One change on its way. */
struct prepared_change {
    const struct kh_change *change;
    struct kh__node name;
    struct kh__value_plan plan; /* of a put */
    struct kh__rows *rows;      /* of its entity */
    struct kh__row *old;        /* NULL: there is none */
    struct kh__row *made;       /* a row that is to be added; NULL: `old` gets the new value */
    void *block;                /* for the new value */
};

/* A commit on its way. */
struct prepared {
    const struct kh_commit *commit;
    struct prepared_change *changes;
};

static enum kh_status prepare_change(const struct kh_call *call, const struct kh_change *change,
                                     struct prepared_change *out)
{
    struct kh_str key_text;

    *out = (struct prepared_change){ .change = change };
    KH_TRY(kh_entity_key_text(change->entity, change->value, call->arena, &key_text));
    out->name = name_of(key_text);
    return change->kind == KH_CHANGE_PUT
               ? kh__value_plan(change->entity, change->value, call->arena, &out->plan)
               : KH_OK;
}

/* What needs no lock. */
static enum kh_status prepare(const struct kh_call *call, const struct kh_commit *commit,
                              struct prepared *out)
{
    *out = (struct prepared){
        .commit = commit,
        .changes = kh_arena_alloc(call->arena, commit->change_count * sizeof *out->changes),
    };
    if (out->changes == NULL) {
        return no_memory(call);
    }
    for (size_t i = 0; i < commit->change_count; i++) {
        const struct kh_change *change = &commit->changes[i];
        enum kh_status status = prepare_change(call, change, &out->changes[i]);

        KH_TRY(explained(call, change->entity, status));
    }
    return KH_OK;
}

/* Finds the rows, and whether all is as the commit says. */
static enum kh_status check(const struct memory_store *memory, const struct kh_call *call,
                            struct prepared *prepared)
{
    const struct kh_commit *commit = prepared->commit;

    for (size_t i = 0; i < commit->change_count; i++) {
        struct prepared_change *prepared_change = &prepared->changes[i];
        const struct kh_change *change = prepared_change->change;

        prepared_change->old = find_row(memory, change->entity, &prepared_change->name);
        if ((prepared_change->old == NULL ? 0 : prepared_change->old->version) !=
            change->state.version) {
            return kh_fail(call->error, KH_CONFLICT, "a row of %.*s was changed meanwhile",
                           KH_STR_ARG(change->entity->name));
        }
    }
    if (kh__marks_contain_any(&memory->marks, commit->marks, commit->mark_count)) {
        return kh_fail(call->error, KH_CONFLICT, "an event was applied meanwhile");
    }
    return KH_OK;
}

/* The rows of the entity, made if it has none yet. */
static struct kh__rows *need_rows(struct memory_store *memory, const struct kh_entity *entity)
{
    struct kh__rows *rows = rows_of(memory, entity);

    if (rows == NULL) {
        rows = kh__rows_new(entity);
        if (rows != NULL) {
            rows->next = memory->entities;
            memory->entities = rows;
        }
    }
    return rows;
}

/* All memory that a change needs, so that applying it can't fail. */
static enum kh_status reserve_change(struct memory_store *memory, struct prepared_change *change,
                                     size_t change_count)
{
    const struct kh_entity *entity = change->change->entity;
    const void *value = change->change->value;

    change->rows = need_rows(memory, entity);
    if (change->rows == NULL) {
        return KH_NO_MEMORY;
    }
    if (change->change->kind != KH_CHANGE_PUT) {
        return KH_OK;
    }
    KH_TRY(kh__table_reserve(&change->rows->table, change_count));
    change->block = kh__pool_take(&memory->pool, change->plan.size);
    if (change->block == NULL) {
        return KH_NO_MEMORY;
    }
    if (change->old == NULL ||
        !kh__row_stays_in_place(entity, change->old->value->members, value)) {
        change->made = kh__row_new(entity, value, &change->name, &memory->pool);
        return change->made == NULL ? KH_NO_MEMORY : KH_OK;
    }
    return KH_OK;
}

static enum kh_status reserve(struct memory_store *memory, struct prepared *prepared)
{
    const struct kh_commit *commit = prepared->commit;

    for (size_t i = 0; i < commit->change_count; i++) {
        KH_TRY(reserve_change(memory, &prepared->changes[i], commit->change_count));
    }
    return kh__marks_reserve(&memory->marks, commit->marks, commit->mark_count);
}

/* Of a commit that is not made. */
static void give_back(struct memory_store *memory, const struct prepared *prepared)
{
    for (size_t i = 0; i < prepared->commit->change_count; i++) {
        kh__pool_give_back(&memory->pool, prepared->changes[i].block);
        kh__row_destroy(prepared->changes[i].made, &memory->pool);
    }
}

static void apply_change(struct memory_store *memory, struct prepared_change *change)
{
    struct kh__row *row = change->old;

    if (change->change->kind == KH_CHANGE_NONE) {
        return;
    }
    if (row != NULL && (change->made != NULL || change->change->kind == KH_CHANGE_REMOVE)) {
        kh__rows_remove(change->rows, row);
        kh__row_destroy(row, &memory->pool);
    }
    if (change->change->kind == KH_CHANGE_REMOVE) {
        return;
    }
    if (change->made != NULL) {
        row = change->made;
    } else {
        kh__pool_give_back(&memory->pool, row->value);
    }
    row->value = kh__value_make(&change->plan, change->block);
    row->version = ++memory->last_version;
    if (change->made != NULL) {
        kh__rows_add(change->rows, row);
    }
}

static void apply(struct memory_store *memory, struct prepared *prepared)
{
    const struct kh_commit *commit = prepared->commit;

    for (size_t i = 0; i < commit->change_count; i++) {
        apply_change(memory, &prepared->changes[i]);
    }
    kh__marks_add(&memory->marks, commit->marks, commit->mark_count);
}

static enum kh_status memory_commit(struct kh_store *store, const struct kh_call *call,
                                    const struct kh_commit *commit)
{
    struct memory_store *memory = memory_of(store);
    struct prepared prepared;
    enum kh_status status;

    KH_TRY(prepare(call, commit, &prepared));
    pthread_mutex_lock(&memory->lock);
    status = check(memory, call, &prepared);
    if (status == KH_OK) {
        if (reserve(memory, &prepared) == KH_OK) {
            apply(memory, &prepared);
        } else {
            give_back(memory, &prepared);
            status = no_memory(call);
        }
    }
    pthread_mutex_unlock(&memory->lock);
    return status;
}

/* ---- Beginning and end --------------------------------------------------------------------- */

static void memory_destroy(struct kh_store *store)
{
    struct memory_store *memory = memory_of(store);

    while (memory->entities != NULL) {
        struct kh__rows *next = memory->entities->next;

        kh__rows_destroy(memory->entities, &memory->pool);
        memory->entities = next;
    }
    kh__pool_clean_up(&memory->pool);
    kh__marks_clean_up(&memory->marks);
    pthread_mutex_destroy(&memory->lock);
    kh_free(memory);
}

struct kh_store *kh_store_memory_new(size_t mark_capacity)
{
    static const struct kh_store_ops ops = { .name = "inMemory",
                                             .max_changes = SIZE_MAX,
                                             .fetch = memory_fetch,
                                             .query = memory_query,
                                             .commit = memory_commit,
                                             .destroy = memory_destroy };
    struct memory_store *memory = kh_calloc(1, sizeof *memory);

    if (memory == NULL) {
        return NULL;
    }
    if (pthread_mutex_init(&memory->lock, NULL) != 0) {
        kh_free(memory);
        return NULL;
    }
    memory->head.ops = &ops;
    kh__pool_init(&memory->pool);
    kh__marks_init(&memory->marks, mark_capacity);
    return &memory->head;
}
