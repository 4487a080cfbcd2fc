#include "handlers/on_user_limit_created.h"

/* A new limit starts with nothing spent, whatever the event says of progress. */
enum kh_status on_user_limit_created(struct kh_context *ctx, const struct envelope *envelope,
                                     const struct user_limit_created *event)
{
    (void)envelope;
    struct user_limit limit = {
        .active_from = event->active_from,
        .has_active_until = event->has_active_until,
        .active_until = event->active_until,
        .brand_id = event->brand_id,
        .has_created_at = event->has_created_at,
        .created_at = event->created_at,
        .currency_code = event->currency_code,
        .has_next_reset_time = event->has_next_reset_time,
        .next_reset_time = event->next_reset_time,
        .period = event->period,
        .has_previous_limit_value = event->has_previous_limit_value,
        .previous_limit_value = event->previous_limit_value,
        .progress = kh_decimal_from_int64(0),
        .status = event->status,
        .type = event->type,
        .user_id = event->user_id,
        .user_limit_id = event->user_limit_id,
        .value = event->value,
    };

    if (settings(ctx)->on_duplicate_limit == ON_DUPLICATE_LIMIT_REPLACE) {
        return user_limit_put(ctx, &limit);
    }
    return user_limit_create(ctx, &limit);
}
