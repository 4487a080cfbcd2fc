#include "handlers/on_account_checked.h"

/* Whether it is there or not, nothing changes: only the event's mark is kept. */
enum kh_status on_account_checked(struct kh_context *ctx, const struct envelope *envelope,
                                  const struct account_checked *event)
{
    struct account account;
    bool found;

    (void)envelope;
    return account_find(ctx, event->account_id, &account, &found);
}
