#include "handlers/on_account_opened.h"

#include "digest.h"

enum kh_status on_account_opened(struct kh_context *ctx, const struct envelope *envelope,
                                 const struct account_opened *event)
{
    struct account account = { .account_id = event->account_id,
                               .balance = kh_decimal_from_int64(0) };

    (void)envelope;
    ledger_count(&account, event->number);
    return account_create(ctx, &account);
}
