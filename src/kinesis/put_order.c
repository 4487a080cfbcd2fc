#include "kinesis/put_order.h"

#include "kh/hash.h"

/* Of each order key the last record seen so far; a power of two of places, half of them free. */
struct keys {
    size_t *places;
    size_t mask;
};

static struct kh_str order_key(const struct kh_put_record *record)
{
    return record->order_key.length > 0 ? record->order_key : record->partition_key;
}

static size_t *place_of(const struct keys *keys, const struct kh_put_record *records,
                        struct kh_str key)
{
    size_t at = (size_t)kh_hash(key) & keys->mask;

    while (keys->places[at] != KH__PUT_NONE &&
           !kh_str_equal(order_key(&records[keys->places[at]]), key)) {
        at = (at + 1) & keys->mask;
    }
    return &keys->places[at];
}

static void append(struct kh__put_order *order, size_t record)
{
    order->after[record] = KH__PUT_NONE;
    if (order->first == KH__PUT_NONE) {
        order->first = record;
    } else {
        order->after[order->last] = record;
    }
    order->last = record;
}

static enum kh_status make_keys(struct keys *keys, size_t count, struct kh_arena *arena)
{
    size_t size = 16;

    while (size < count * 2) {
        size *= 2;
    }
    keys->mask = size - 1;
    keys->places = kh_arena_alloc(arena, size * sizeof *keys->places);
    if (keys->places == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < size; i++) {
        keys->places[i] = KH__PUT_NONE;
    }
    return KH_OK;
}

enum kh_status kh__put_order_init(struct kh__put_order *order, const struct kh_put_record *records,
                                  size_t count, struct kh_arena *arena)
{
    struct keys keys;

    *order = (struct kh__put_order){ .records = records,
                                     .same = kh_arena_alloc(arena, count * sizeof(size_t)),
                                     .after = kh_arena_alloc(arena, count * sizeof(size_t)),
                                     .first = KH__PUT_NONE };
    if (order->same == NULL || order->after == NULL) {
        return KH_NO_MEMORY;
    }
    KH_TRY(make_keys(&keys, count, arena));
    for (size_t i = 0; i < count; i++) {
        size_t *place = place_of(&keys, records, order_key(&records[i]));

        order->same[i] = KH__PUT_NONE;
        if (records[i].is_put) {
            continue;
        }
        if (*place == KH__PUT_NONE) {
            append(order, i);
        } else {
            order->same[*place] = i;
        }
        *place = i;
    }
    return KH_OK;
}

void kh__put_order_take(struct kh__put_order *order)
{
    order->first = order->after[order->first];
}

void kh__put_order_refused(struct kh__put_order *order, size_t record)
{
    order->after[record] = order->first;
    if (order->first == KH__PUT_NONE) {
        order->last = record;
    }
    order->first = record;
}

void kh__put_order_put(struct kh__put_order *order, size_t record)
{
    if (order->same[record] != KH__PUT_NONE) {
        append(order, order->same[record]);
    }
}
