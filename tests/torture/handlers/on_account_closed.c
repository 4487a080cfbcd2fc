#include "handlers/on_account_closed.h"

enum kh_status on_account_closed(struct kh_context *ctx, const struct envelope *envelope,
                                 const struct account_closed *event)
{
    (void)envelope;
    return account_remove(ctx, event->account_id);
}
