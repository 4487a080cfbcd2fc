/* Making and linking the rows of one entity. */
#include "store/memory_rows.h"

#include "kh/alloc.h"

struct kh__rows *kh__rows_new(const struct kh_entity *entity)
{
    size_t order_count = 1 + entity->index_count;
    struct kh__rows *rows = kh_calloc(1, sizeof *rows + order_count * sizeof *rows->orders);

    if (rows == NULL) {
        return NULL;
    }
    rows->entity = entity;
    rows->orders = (struct kh__order *)(void *)(rows + 1);
    for (size_t i = 0; i < order_count; i++) {
        rows->orders[i].entity = entity;
        rows->orders[i].index = i == 0 ? NULL : &entity->indexes[i - 1];
    }
    return rows;
}

static void destroy_all(struct kh__link *link, struct kh__pool *pool)
{
    while (link != NULL) {
        struct kh__link *next = link->next[0];

        kh__row_destroy(link->row, pool);
        link = next;
    }
}

void kh__rows_destroy(struct kh__rows *rows, struct kh__pool *pool)
{
    destroy_all(rows->orders[0].first[0], pool);
    destroy_all(rows->orders[0].unsorted, pool);
    kh__table_clean_up(&rows->table);
    kh_free(rows);
}

/* Hands out parts of a block, aligned for anything; without memory it only counts. */
struct block {
    char *memory;
    size_t size;
};

static void *take(struct block *block, size_t size)
{
    char *part = block->memory == NULL ? NULL : block->memory + block->size;

    block->size += (size + KH_ARENA_ALIGNMENT - 1) / KH_ARENA_ALIGNMENT * KH_ARENA_ALIGNMENT;
    return part;
}

static bool is_in_order(const struct kh_entity *entity, size_t order, const void *value)
{
    return order == 0 || kh_entity_has_index(entity, &entity->indexes[order - 1], value);
}

/* Called twice: to find the size, and to fill the block. Returns NULL the first time. */
static struct kh__row *lay_out(const struct kh_entity *entity, const void *value,
                               const struct kh__node *name, struct block *block)
{
    struct kh__row *row = take(block, sizeof *row);
    struct kh__link **links = take(block, (1 + entity->index_count) * sizeof(struct kh__link *));
    char *text = take(block, name->name.length);

    if (row != NULL) {
        memcpy(text, name->name.data, name->name.length);
        *row =
            (struct kh__row){ .node = { .hash = name->hash, .name = { text, name->name.length } },
                              .links = links };
    }
    for (size_t i = 0; i <= entity->index_count; i++) {
        unsigned height = kh__order_height(name->hash + i);
        struct kh__link *link =
            is_in_order(entity, i, value) ? take(block, kh__link_size(height)) : NULL;

        if (link != NULL) {
            link->row = row;
            link->height = height;
        }
        if (row != NULL) {
            links[i] = link;
        }
    }
    return row;
}

struct kh__row *kh__row_new(const struct kh_entity *entity, const void *value,
                            const struct kh__node *name, struct kh__pool *pool)
{
    struct block block = { NULL, 0 };

    (void)lay_out(entity, value, name, &block);
    block.memory = kh__pool_take(pool, block.size);
    block.size = 0;
    return block.memory == NULL ? NULL : lay_out(entity, value, name, &block);
}

void kh__row_destroy(struct kh__row *row, struct kh__pool *pool)
{
    if (row != NULL) {
        kh__pool_give_back(pool, row->value);
        kh__pool_give_back(pool, row);
    }
}

bool kh__row_stays_in_place(const struct kh_entity *entity, const void *a, const void *b)
{
    for (size_t i = 0; i < entity->index_count; i++) {
        const struct kh_index *index = &entity->indexes[i];
        bool a_has = kh_entity_has_index(entity, index, a);
        bool b_has = kh_entity_has_index(entity, index, b);

        if (a_has != b_has ||
            (a_has && kh_entity_compare_index(entity, index, index->field_count, a, b) != 0)) {
            return false;
        }
    }
    return true;
}

/* ---- Among the others ---------------------------------------------------------------------- */

struct kh__row *kh__rows_find(const struct kh__rows *rows, const struct kh__node *name)
{
    /* The node is the row's first member. */
    return (struct kh__row *)(void *)kh__table_find(&rows->table, name->name, name->hash);
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
