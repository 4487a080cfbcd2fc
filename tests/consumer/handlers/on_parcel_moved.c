#include "handlers/on_parcel_moved.h"

/* A parcel that comes to someone's door has arrived. */
enum kh_status on_parcel_moved(struct kh_context *ctx, const struct envelope *envelope,
                               const struct parcel_moved *event)
{
    struct parcel parcel;

    (void)envelope;
    KH_TRY(parcel_get(ctx, event->parcel_id, &parcel));
    parcel.place = event->place;
    parcel.state =
        event->place.kind == PLACE_KIND_ADDRESS ? PARCEL_STATE_ARRIVED : PARCEL_STATE_MOVING;
    parcel.moved_at = event->at;
    return parcel_put(ctx, &parcel);
}
