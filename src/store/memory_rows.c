/* Making, reading and linking the rows of one entity. */
#include "store/memory_rows.h"

#include <stdalign.h>

#include "kh/alloc.h"
#include "model/field.h"

struct kh__rows *kh__rows_new(const struct kh_entity *entity, struct kh_hash_key hash_key)
{
    size_t order_count = 1 + entity->index_count;
    struct kh__rows *rows = kh_calloc(1, sizeof *rows + order_count * sizeof *rows->orders);

    if (rows == NULL) {
        return NULL;
    }
    rows->entity = entity;
    rows->orders = (struct kh__order *)(void *)(rows + 1);
    kh__table_init(&rows->table, hash_key);
    for (size_t i = 0; i < order_count; i++) {
        rows->orders[i].entity = entity;
        rows->orders[i].index = i == 0 ? NULL : &entity->indexes[i - 1];
    }
    return rows;
}

void kh__rows_destroy(struct kh__rows *rows)
{
    struct kh__link *link = rows->orders[0].first[0];

    while (link != NULL) {
        struct kh__link *next = link->next[0];

        kh_free(link->row);
        link = next;
    }
    kh__table_clean_up(&rows->table);
    kh_free(rows);
}

/* ---- One row as one block ------------------------------------------------------------------ */

/* What goes into a row, made before its block is allocated. */
struct plan {
    const struct kh_entity *entity;
    const void *value;
    struct kh_str key_text;
    struct kh_str *nested; /* per member; NULL data: not nested, or absent */
    uint64_t seed;
};

/* Hands out parts of a block, aligned for anything; without memory it only counts. */
struct block {
    char *memory;
    size_t size;
};

static void *take(struct block *block, size_t size)
{
    const size_t alignment = alignof(max_align_t);
    char *part = block->memory == NULL ? NULL : block->memory + block->size;

    block->size += (size + alignment - 1) / alignment * alignment;
    return part;
}

static struct kh_str take_copy(struct block *block, struct kh_str text)
{
    char *copy = take(block, text.length);

    if (copy != NULL && text.length != 0) {
        memcpy(copy, text.data, text.length);
    }
    return (struct kh_str){ copy, text.length };
}

static struct kh__link *take_link(const struct plan *plan, size_t order, struct block *block)
{
    const struct kh_entity *entity = plan->entity;
    unsigned height = kh__order_height(plan->seed + order);
    struct kh__link *link;

    if (order > 0 && !kh_entity_has_index(entity, &entity->indexes[order - 1], plan->value)) {
        return NULL;
    }
    link = take(block, kh__link_size(height));
    if (link != NULL) {
        link->height = height;
    }
    return link;
}

static void take_members(const struct plan *plan, struct block *block, struct kh__row *row)
{
    for (size_t i = 0; i < plan->entity->field_count; i++) {
        const struct kh_field *field = &plan->entity->fields[i];
        bool is_str = field->kind == KH_FIELD_STR && kh__field_is_present(field, plan->value);
        struct kh_str text = plan->nested[i];

        if (is_str) {
            memcpy(&text, kh__field_at(field, plan->value), sizeof text);
        }
        if (is_str || text.data != NULL) {
            text = take_copy(block, text);
        }
        if (row != NULL) {
            row->nested[i] = is_str ? (struct kh_str){ NULL, 0 } : text;
        }
        if (row != NULL && is_str) {
            memcpy(kh__field_slot(field, row->value), &text, sizeof text);
        } else if (row != NULL && (field->kind == KH_FIELD_STR || field->kind == KH_FIELD_JSON)) {
            /* Whatever is there may point to memory of the caller. */
            memset(kh__field_slot(field, row->value), 0, kh__field_size(field));
        }
    }
}

/* Called twice: to find the size, and to fill the block. Returns NULL the first time. */
static struct kh__row *lay_out(const struct plan *plan, struct block *block)
{
    const struct kh_entity *entity = plan->entity;
    struct kh__row *row = take(block, sizeof *row);
    void *value = take(block, entity->codec->size);
    struct kh_str *nested = take(block, entity->field_count * sizeof *nested);
    struct kh__link **links = take(block, (1 + entity->index_count) * sizeof(struct kh__link *));
    struct kh_str name = take_copy(block, plan->key_text);

    if (row != NULL) {
        *row =
            (struct kh__row){ .node.name = name, .value = value, .nested = nested, .links = links };
        memcpy(value, plan->value, entity->codec->size);
    }
    for (size_t i = 0; i <= entity->index_count; i++) {
        struct kh__link *link = take_link(plan, i, block);

        if (row != NULL) {
            links[i] = link;
        }
        if (link != NULL) {
            link->row = row;
            link->value = value;
        }
    }
    take_members(plan, block, row);
    return row;
}

static enum kh_status write_nested(struct plan *plan, struct kh_json_writer *writer,
                                   struct kh_arena *scratch)
{
    const struct kh_entity *entity = plan->entity;

    for (size_t i = 0; i < entity->field_count; i++) {
        const struct kh_field *field = &entity->fields[i];

        plan->nested[i] = (struct kh_str){ NULL, 0 };
        if (field->kind == KH_FIELD_JSON && kh__field_is_present(field, plan->value)) {
            kh_json_writer_reset(writer);
            KH_TRY(kh__field_write_json(field, plan->value, writer));
            plan->nested[i] = kh_arena_copy(scratch, kh_json_writer_text(writer));
            if (plan->nested[i].data == NULL) {
                return KH_NO_MEMORY;
            }
        }
    }
    return KH_OK;
}

enum kh_status kh__row_new(const struct kh_entity *entity, const void *value,
                           struct kh_hash_key hash_key, struct kh_arena *scratch,
                           struct kh__row **out)
{
    struct plan plan = { .entity = entity, .value = value };
    struct block block = { NULL, 0 };
    struct kh_json_writer writer;
    enum kh_status status;

    KH_TRY(kh_entity_key_text(entity, value, scratch, &plan.key_text));
    plan.seed = kh_hash(hash_key, plan.key_text);
    plan.nested = kh_arena_alloc(scratch, entity->field_count * sizeof *plan.nested);
    if (plan.nested == NULL) {
        return KH_NO_MEMORY;
    }
    kh_json_writer_init(&writer);
    status = write_nested(&plan, &writer, scratch);
    kh_json_writer_clean_up(&writer);
    KH_TRY(status);

    (void)lay_out(&plan, &block);
    block.memory = kh_malloc(block.size);
    if (block.memory == NULL) {
        return KH_NO_MEMORY;
    }
    block.size = 0;
    *out = lay_out(&plan, &block);
    return KH_OK;
}

enum kh_status kh__row_read(const struct kh__row *row, const struct kh_entity *entity,
                            struct kh_arena *arena, void *out)
{
    memcpy(out, row->value, entity->codec->size);
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct kh_field *field = &entity->fields[i];

        if (field->kind == KH_FIELD_STR && kh__field_is_present(field, row->value)) {
            struct kh_str text;

            memcpy(&text, kh__field_at(field, row->value), sizeof text);
            text = kh_arena_copy(arena, text);
            if (text.data == NULL) {
                return KH_NO_MEMORY;
            }
            memcpy(kh__field_slot(field, out), &text, sizeof text);
        } else if (row->nested[i].data != NULL) {
            KH_TRY(kh__field_read_json(field, row->nested[i], arena, out));
        }
    }
    return KH_OK;
}

/* ---- Among the others ---------------------------------------------------------------------- */

struct kh__row *kh__rows_find(const struct kh__rows *rows, struct kh_str key_text)
{
    /* The node is the row's first member. */
    return (struct kh__row *)(void *)kh__table_find(&rows->table, key_text);
}

void kh__rows_add(struct kh__rows *rows, struct kh__row *row)
{
    kh__table_add(&rows->table, &row->node);
    for (size_t i = 0; i <= rows->entity->index_count; i++) {
        if (row->links[i] != NULL) {
            kh__order_add(&rows->orders[i], row->links[i]);
        }
    }
}

void kh__rows_remove(struct kh__rows *rows, struct kh__row *row)
{
    kh__table_remove(&rows->table, &row->node);
    for (size_t i = 0; i <= rows->entity->index_count; i++) {
        if (row->links[i] != NULL) {
            kh__order_remove(&rows->orders[i], row->links[i]);
        }
    }
}
