/* A skip list (Pugh): level 0 links all rows, each level above about a quarter of the one below. */
#include "store/memory_order.h"

#include "model/position.h"
#include "store/memory_rows.h"

const void *kh__link_value(const struct kh__link *link)
{
    return link->row->value->members;
}

unsigned kh__order_height(uint64_t seed)
{
    unsigned height = 1;

    /* The last step of splitmix64: neighbouring seeds give unlike bits. */
    seed = (seed ^ seed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    seed = (seed ^ seed >> 27) * UINT64_C(0x94D049BB133111EB);
    seed ^= seed >> 31;
    while (height < KH_ORDER_MAX_HEIGHT && (seed & 3) == 0) {
        seed >>= 2;
        height++;
    }
    return height;
}

/* Fills in, for each level, the pointer that leads to the first link not before `value`. */
static void find_places(struct kh__order *order, const void *value,
                        struct kh__link **places[KH_ORDER_MAX_HEIGHT])
{
    struct kh__link **next = order->first;

    for (unsigned level = KH_ORDER_MAX_HEIGHT; level-- > 0;) {
        while (next[level] != NULL &&
               kh__position_compare(order->entity, order->index, kh__link_value(next[level]),
                                    value) < 0) {
            next = next[level]->next;
        }
        places[level] = &next[level];
    }
}

void kh__order_add(struct kh__order *order, struct kh__link *link)
{
    link->next[0] = order->unsorted;
    if (order->unsorted != NULL) {
        order->unsorted->back = &link->next[0];
    }
    link->back = &order->unsorted;
    order->unsorted = link;
}

/* Puts what was added since into its places. */
static void sort(struct kh__order *order)
{
    struct kh__link **places[KH_ORDER_MAX_HEIGHT];

    while (order->unsorted != NULL) {
        struct kh__link *link = order->unsorted;

        order->unsorted = link->next[0];
        link->back = NULL;
        find_places(order, kh__link_value(link), places);
        for (unsigned level = 0; level < link->height; level++) {
            link->next[level] = *places[level];
            *places[level] = link;
        }
    }
}

void kh__order_remove(struct kh__order *order, struct kh__link *link)
{
    struct kh__link **places[KH_ORDER_MAX_HEIGHT];

    if (link->back != NULL) {
        *link->back = link->next[0];
        if (link->next[0] != NULL) {
            link->next[0]->back = link->back;
        }
        return;
    }
    find_places(order, kh__link_value(link), places);
    for (unsigned level = 0; level < link->height; level++) {
        *places[level] = link->next[level];
    }
}

struct kh__link *kh__order_after(struct kh__order *order, const void *position)
{
    struct kh__link *const *next = order->first;

    sort(order);
    for (unsigned level = KH_ORDER_MAX_HEIGHT; level-- > 0;) {
        while (next[level] != NULL &&
               kh__position_compare(order->entity, order->index, kh__link_value(next[level]),
                                    position) <= 0) {
            next = next[level]->next;
        }
    }
    return next[0];
}

struct kh__link *kh__order_from(struct kh__order *order, const void *key)
{
    struct kh__link *const *next = order->first;

    sort(order);
    for (unsigned level = KH_ORDER_MAX_HEIGHT; level-- > 0 && order->index != NULL;) {
        while (next[level] != NULL &&
               kh_entity_compare_index(order->entity, order->index, order->index->equal_count,
                                       kh__link_value(next[level]), key) < 0) {
            next = next[level]->next;
        }
    }
    return next[0];
}
