#include "handlers/on_user_limit_reset.h"

/* A new period begins with nothing spent. */
enum kh_status on_user_limit_reset(struct kh_context *ctx, const struct envelope *envelope,
                                   const struct user_limit_reset *event)
{
    struct user_limit limit;

    (void)envelope;
    KH_TRY(user_limit_get(ctx, event->user_limit_id, &limit));
    limit.progress = kh_decimal_from_int64(0);
    limit.has_next_reset_time = true;
    limit.next_reset_time = event->next_reset_time;
    return user_limit_put(ctx, &limit);
}
