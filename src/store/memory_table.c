/* Chained buckets. */
#include "store/memory_table.h"

#include "kh/alloc.h"

#define FIRST_BUCKET_COUNT ((size_t)64)

void kh__table_clean_up(struct kh__table *table)
{
    kh_free(table->buckets);
    *table = (struct kh__table){ 0 };
}

static struct kh__node **bucket_of(struct kh__node **buckets, size_t count, uint64_t hash)
{
    return &buckets[hash & (count - 1)];
}

enum kh_status kh__table_reserve(struct kh__table *table, size_t more)
{
    size_t bucket_count = table->bucket_count == 0 ? FIRST_BUCKET_COUNT : table->bucket_count;
    struct kh__node **buckets;

    while (bucket_count < table->count + more) {
        bucket_count *= 2;
    }
    if (bucket_count == table->bucket_count) {
        return KH_OK;
    }
    buckets = kh_calloc(bucket_count, sizeof(struct kh__node *));
    if (buckets == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < table->bucket_count; i++) {
        struct kh__node *node = table->buckets[i];

        while (node != NULL) {
            struct kh__node *next = node->next;
            struct kh__node **bucket = bucket_of(buckets, bucket_count, node->hash);

            node->next = *bucket;
            *bucket = node;
            node = next;
        }
    }
    kh_free(table->buckets);
    table->buckets = buckets;
    table->bucket_count = bucket_count;
    return KH_OK;
}

struct kh__node *kh__table_find(const struct kh__table *table, struct kh_str name, uint64_t hash)
{
    struct kh__node *node;

    if (table->bucket_count == 0) {
        return NULL;
    }
    node = *bucket_of(table->buckets, table->bucket_count, hash);
    while (node != NULL && !(node->hash == hash && kh_str_equal(node->name, name))) {
        node = node->next;
    }
    return node;
}

void kh__table_add(struct kh__table *table, struct kh__node *node)
{
    struct kh__node **bucket = bucket_of(table->buckets, table->bucket_count, node->hash);

    node->next = *bucket;
    *bucket = node;
    table->count++;
}

void kh__table_remove(struct kh__table *table, struct kh__node *node)
{
    struct kh__node **link = bucket_of(table->buckets, table->bucket_count, node->hash);

    while (*link != node) {
        link = &(*link)->next;
    }
    *link = node->next;
    table->count--;
}
