#include "handlers/on_parcel_sent.h"

/* A parcel enters the network where it was handed over, with everything that is in it. */
enum kh_status on_parcel_sent(struct kh_context *ctx, const struct envelope *envelope,
                              const struct parcel_sent *event)
{
    struct parcel parcel = {
        .parcel_id = event->parcel_id,
        .state = PARCEL_STATE_SENT,
        .place = event->from,
        .to = event->to,
        .items = event->items,
        .items_count = event->items_count,
        .notes_presence = event->notes_presence,
        .notes = event->notes,
        .moved_at = event->sent_at,
    };

    (void)envelope;
    for (size_t i = 0; i < event->items_count; i++) {
        parcel.grams += event->items[i].grams;
    }
    if (parcel.grams > settings(ctx)->max_weight_grams) {
        return kh_refuse(ctx, "the parcel is too heavy");
    }
    return parcel_create(ctx, &parcel);
}
