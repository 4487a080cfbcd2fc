/* What every effect on an account has in common. */
#ifndef LEDGER_DIGEST_H
#define LEDGER_DIGEST_H

#include "entities/account.h"

/* Counts an effect, and takes its number into the digest, which tells in which order they came. */
static inline void ledger_count(struct account *account, int32_t number)
{
    account->applied++;
    account->digest = (int32_t)(((int64_t)account->digest * 1000003 + number) % 2147483647);
}

#endif
