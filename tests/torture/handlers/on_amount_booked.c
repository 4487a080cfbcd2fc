#include "handlers/on_amount_booked.h"

#include "digest.h"

enum kh_status on_amount_booked(struct kh_context *ctx, const struct envelope *envelope,
                                const struct amount_booked *event)
{
    struct account account;

    (void)envelope;
    KH_TRY(account_get(ctx, event->account_id, &account));
    KH_TRY(kh_decimal_add(account.balance, event->amount, &account.balance));
    if (kh_decimal_compare(account.balance, kh_decimal_from_int64(0)) < 0) {
        return kh_refuse(ctx, "the balance would go below nothing");
    }
    ledger_count(&account, event->number);
    return account_put(ctx, &account);
}
