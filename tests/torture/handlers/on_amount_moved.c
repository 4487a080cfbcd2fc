#include "handlers/on_amount_moved.h"

#include "digest.h"

enum kh_status on_amount_moved(struct kh_context *ctx, const struct envelope *envelope,
                               const struct amount_moved *event)
{
    struct account from;
    struct account to;

    (void)envelope;
    KH_TRY(account_get(ctx, event->from_id, &from));
    KH_TRY(kh_decimal_subtract(from.balance, event->amount, &from.balance));
    ledger_count(&from, event->number);
    KH_TRY(account_put(ctx, &from));
    /* Too late to be refused? What was put before is not kept then. */
    KH_TRY(account_get(ctx, event->to_id, &to));
    if (kh_decimal_compare(from.balance, kh_decimal_from_int64(0)) < 0) {
        return kh_refuse(ctx, "the balance would go below nothing");
    }
    KH_TRY(kh_decimal_add(to.balance, event->amount, &to.balance));
    ledger_count(&to, event->number);
    return account_put(ctx, &to);
}
