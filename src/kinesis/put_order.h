/*
 * Which records may be sent next: of each order key the first that is not put. They wait in a queue; one that
 * was refused goes back to its front, and when one was taken, the next of its key joins at the end.
 */
#ifndef KH_KINESIS_PUT_ORDER_H
#define KH_KINESIS_PUT_ORDER_H

#include "kinesis/put.h"

struct kh__put_order {
    const struct kh_put_record *records;
    size_t *same;  /* of each record: the next one with its key */
    size_t *after; /* of each that waits: the next one in the queue */
    size_t first;
    size_t last; /* if there is a first */
};

/* No record. */
#define KH__PUT_NONE SIZE_MAX

/* Room is taken from the arena. KH_NO_MEMORY. */
enum kh_status kh__put_order_init(struct kh__put_order *order, const struct kh_put_record *records,
                                  size_t count, struct kh_arena *arena) KH_MUST_USE;

/* The one to send next, or KH__PUT_NONE; it waits no longer if it is taken. */
static inline size_t kh__put_order_first(const struct kh__put_order *order)
{
    return order->first;
}
void kh__put_order_take(struct kh__put_order *order);

/* Those taken come back, the last one first: as refused, or as put. */
void kh__put_order_refused(struct kh__put_order *order, size_t record);
void kh__put_order_put(struct kh__put_order *order, size_t record);

#endif
