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
    struct kh_hash_key hash_key;
    struct kh__rows *entities; /* one for each that was ever written */
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
                                struct kh_str key_text)
{
    struct kh__rows *rows = rows_of(memory, entity);

    return rows == NULL ? NULL : kh__rows_find(rows, key_text);
}

/* ---- Reading ------------------------------------------------------------------------------- */

static enum kh_status memory_get(struct kh_store *store, const struct kh_call *call,
                                 const struct kh_entity *entity, const void *key, void *out,
                                 uint64_t *version)
{
    struct memory_store *memory = memory_of(store);
    enum kh_status status = KH_NOT_FOUND;
    const struct kh__row *row;
    struct kh_str key_text;

    if (kh_entity_key_text(entity, key, call->arena, &key_text) != KH_OK) {
        return no_memory(call);
    }
    pthread_mutex_lock(&memory->lock);
    row = find_row(memory, entity, key_text);
    if (row != NULL) {
        status = explained(call, entity, kh__row_read(row, entity, call->arena, out));
        *version = row->version;
    }
    pthread_mutex_unlock(&memory->lock);
    return status;
}

static bool is_in_query(const struct kh__link *link, const struct kh_entity *entity,
                        const struct kh_index *index, const void *key)
{
    return link != NULL &&
           (index == NULL ||
            kh_entity_compare_index(entity, index, index->equal_count, link->value, key) == 0);
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
    page->versions = kh_arena_alloc(arena, count * sizeof *page->versions);
    if (page->values == NULL || page->versions == NULL) {
        return KH_NO_MEMORY;
    }
    for (; page->count < count; page->count++) {
        KH_TRY(kh__row_read(link->row, entity, arena, (char *)page->values + page->count * size));
        page->versions[page->count] = link->row->version;
        last = link;
        link = link->next[0];
    }
    if (last != NULL && is_in_query(link, entity, index, key)) {
        return kh__cursor_write(entity, index, last->value, arena, &page->next);
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

static enum kh_status memory_find_marks(struct kh_store *store, const struct kh_call *call,
                                        const struct kh_str *ids, size_t count, bool *found)
{
    struct memory_store *memory = memory_of(store);

    (void)call;
    pthread_mutex_lock(&memory->lock);
    for (size_t i = 0; i < count; i++) {
        found[i] = kh__marks_contain(&memory->marks, ids[i]);
    }
    pthread_mutex_unlock(&memory->lock);
    return KH_OK;
}

/* ---- Committing ---------------------------------------------------------------------------- */

/* All a commit needs, so that applying it can't fail. */
struct prepared {
    struct kh_str *key_texts; /* of each change */
    struct kh__row **rows;    /* the new row; NULL for a removal */
    struct kh__mark *marks;   /* a list */
};

/* Needs no lock. */
static enum kh_status prepare(const struct memory_store *memory, const struct kh_call *call,
                              const struct kh_commit *commit, struct prepared *out)
{
    size_t count = commit->change_count;

    out->key_texts = kh_arena_alloc(call->arena, count * sizeof *out->key_texts);
    out->rows = kh_arena_alloc(call->arena, count * sizeof(struct kh__row *));
    if (out->key_texts == NULL || out->rows == NULL) {
        out->rows = NULL;
        return no_memory(call);
    }
    memset(out->rows, 0, count * sizeof(struct kh__row *));
    for (size_t i = 0; i < count; i++) {
        const struct kh_change *change = &commit->changes[i];
        enum kh_status status =
            kh_entity_key_text(change->entity, change->value, call->arena, &out->key_texts[i]);

        if (status == KH_OK && change->kind == KH_CHANGE_PUT) {
            status = kh__row_new(change->entity, change->value, memory->hash_key, call->arena,
                                 &out->rows[i]);
        }
        KH_TRY(explained(call, change->entity, status));
    }
    for (size_t i = commit->mark_count; i-- > 0;) {
        struct kh__mark *mark = kh__mark_new(commit->marks[i], out->marks);

        if (mark == NULL) {
            return no_memory(call);
        }
        out->marks = mark;
    }
    return KH_OK;
}

/* Room in the tables for what is added. */
static enum kh_status reserve(struct memory_store *memory, const struct kh_commit *commit)
{
    for (size_t i = 0; i < commit->change_count; i++) {
        struct kh__rows *rows = rows_of(memory, commit->changes[i].entity);

        if (rows == NULL) {
            rows = kh__rows_new(commit->changes[i].entity, memory->hash_key);
            if (rows == NULL) {
                return KH_NO_MEMORY;
            }
            rows->next = memory->entities;
            memory->entities = rows;
        }
        KH_TRY(kh__table_reserve(&rows->table, commit->change_count));
    }
    return kh__table_reserve(&memory->marks.table, commit->mark_count);
}

static enum kh_status check(const struct memory_store *memory, const struct kh_call *call,
                            const struct kh_commit *commit, const struct prepared *prepared)
{
    for (size_t i = 0; i < commit->change_count; i++) {
        const struct kh_change *change = &commit->changes[i];
        const struct kh__row *row = find_row(memory, change->entity, prepared->key_texts[i]);

        if ((row == NULL ? 0 : row->version) != change->version) {
            return kh_fail(call->error, KH_CONFLICT, "a row of %.*s was changed meanwhile",
                           KH_STR_ARG(change->entity->name));
        }
    }
    for (size_t i = 0; i < commit->mark_count; i++) {
        if (kh__marks_contain(&memory->marks, commit->marks[i])) {
            return kh_fail(call->error, KH_CONFLICT, "an event was applied meanwhile");
        }
    }
    return KH_OK;
}

/* Puts everything in its place; what is replaced is left in `prepared` to be freed. */
static void apply(struct memory_store *memory, const struct kh_commit *commit,
                  struct prepared *prepared)
{
    for (size_t i = 0; i < commit->change_count; i++) {
        struct kh__rows *rows = rows_of(memory, commit->changes[i].entity);
        struct kh__row *old = kh__rows_find(rows, prepared->key_texts[i]);

        if (old != NULL) {
            kh__rows_remove(rows, old);
        }
        if (prepared->rows[i] != NULL) {
            prepared->rows[i]->version = ++memory->last_version;
            kh__rows_add(rows, prepared->rows[i]);
        }
        prepared->rows[i] = old;
    }
    kh__marks_add(&memory->marks, prepared->marks);
    prepared->marks = NULL;
}

static void free_prepared(struct prepared *prepared, size_t count)
{
    for (size_t i = 0; prepared->rows != NULL && i < count; i++) {
        kh_free(prepared->rows[i]);
    }
    kh__mark_list_destroy(prepared->marks);
}

static enum kh_status memory_commit(struct kh_store *store, const struct kh_call *call,
                                    const struct kh_commit *commit)
{
    struct memory_store *memory = memory_of(store);
    struct prepared prepared = { NULL, NULL, NULL };
    enum kh_status status = prepare(memory, call, commit, &prepared);

    if (status == KH_OK) {
        pthread_mutex_lock(&memory->lock);
        status = check(memory, call, commit, &prepared);
        if (status == KH_OK && reserve(memory, commit) != KH_OK) {
            status = no_memory(call);
        }
        if (status == KH_OK) {
            apply(memory, commit, &prepared);
        }
        pthread_mutex_unlock(&memory->lock);
    }
    free_prepared(&prepared, commit->change_count);
    return status;
}

/* ---- Beginning and end --------------------------------------------------------------------- */

static void memory_destroy(struct kh_store *store)
{
    struct memory_store *memory = memory_of(store);

    while (memory->entities != NULL) {
        struct kh__rows *next = memory->entities->next;

        kh__rows_destroy(memory->entities);
        memory->entities = next;
    }
    kh__marks_clean_up(&memory->marks);
    pthread_mutex_destroy(&memory->lock);
    kh_free(memory);
}

struct kh_store *kh_store_memory_new(size_t mark_capacity)
{
    static const struct kh_store_ops ops = { "inMemory",        memory_get,    memory_query,
                                             memory_find_marks, memory_commit, memory_destroy };
    struct memory_store *memory = kh_calloc(1, sizeof *memory);

    if (memory == NULL) {
        return NULL;
    }
    if (pthread_mutex_init(&memory->lock, NULL) != 0) {
        kh_free(memory);
        return NULL;
    }
    memory->head.ops = &ops;
    memory->hash_key = kh_hash_key_random();
    kh__marks_init(&memory->marks, mark_capacity, memory->hash_key);
    return &memory->head;
}
