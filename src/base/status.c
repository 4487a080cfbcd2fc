/* The names, texts and verdicts of the statuses, all from the rows of KH_STATUS_MAP. */
#include "kh/status.h"

#include <stddef.h>

struct status_row {
    const char *name;
    const char *text;
    enum kh_verdict verdict;
};

static const struct status_row rows[KH_STATUS_COUNT] = {
#define XX(name, verdict, text) { #name, text, KH_VERDICT_##verdict },
    KH_STATUS_MAP(XX)
#undef XX
};

/* What a number that is no status stands for: nothing is known, so the record is kept. */
static const struct status_row unknown = { "UNKNOWN", "unknown status", KH_VERDICT_RETRY };

static const struct status_row *row_of(enum kh_status status)
{
    return (size_t)status < KH_STATUS_COUNT ? &rows[status] : &unknown;
}

const char *kh_status_name(enum kh_status status)
{
    return row_of(status)->name;
}

const char *kh_status_text(enum kh_status status)
{
    return row_of(status)->text;
}

enum kh_verdict kh_status_verdict(enum kh_status status)
{
    return row_of(status)->verdict;
}

const char *kh_verdict_name(enum kh_verdict verdict)
{
    switch (verdict) {
    case KH_VERDICT_DONE:
        return "done";
    case KH_VERDICT_SKIPPED:
        return "skipped";
    case KH_VERDICT_DEAD_LETTERED:
        return "deadLettered";
    case KH_VERDICT_RETRY:
        return "retry";
    case KH_VERDICT_COUNT:
        break;
    }
    return "unknown";
}
