#include "handlers/on_user_limit_progress_changed.h"

/*
 * The producer's sums and our row should tell the same story. Where they do not, the event wins, and
 * someone should look: nothing is refused for it.
 */
static void warn_about_disagreement(struct kh_context *ctx, const struct user_limit *limit,
                                    const struct user_limit_progress_changed *event,
                                    struct kh_decimal progress)
{
    struct kh_decimal remaining;

    if (kh_decimal_compare(limit->progress, event->previous_progress) != 0) {
        KH_LOG(ctx->log, KH_WARN, "the stored progress is not the event's previousProgress",
               KH_LOG_FIELD_STR("userLimitId", event->user_limit_id));
    }
    if (event->has_remaining_amount &&
        (kh_decimal_subtract(limit->value, progress, &remaining) != KH_OK ||
         kh_decimal_compare(remaining, event->remaining_amount) != 0)) {
        KH_LOG(ctx->log, KH_WARN, "what is left of the limit is not the event's remainingAmount",
               KH_LOG_FIELD_STR("userLimitId", event->user_limit_id));
    }
}

/* Progress is what has been spent; it never goes over the limit's value. */
enum kh_status on_user_limit_progress_changed(struct kh_context *ctx,
                                              const struct envelope *envelope,
                                              const struct user_limit_progress_changed *event)
{
    struct user_limit limit;
    struct kh_decimal progress;

    (void)envelope;
    KH_TRY(user_limit_get(ctx, event->user_limit_id, &limit));
    KH_TRY(kh_decimal_add(event->previous_progress, event->amount, &progress));
    if (kh_decimal_compare(progress, limit.value) > 0) {
        return kh_refuse(ctx, "previousProgress + amount is more than the limit's value");
    }
    warn_about_disagreement(ctx, &limit, event, progress);

    limit.progress = progress;
    return user_limit_put(ctx, &limit);
}
