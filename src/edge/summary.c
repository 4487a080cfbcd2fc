/* Counting. The tables are small and bounded, so looking through them in order is enough. */
#include "edge/summary.h"

#include <string.h>

#include "kh/utf8.h"

#define REASON_LIMIT 400

static const struct kh_str unreadable = KH_STR_INIT("(unreadable)");
static const struct kh_str not_started = KH_STR_INIT("(not started)");

void kh_summary_init(struct kh_summary *summary)
{
    *summary = (struct kh_summary){ 0 };
    kh_arena_init(&summary->arena);
}

void kh_summary_clean_up(struct kh_summary *summary)
{
    kh_arena_clean_up(&summary->arena);
}

/* ---- Types ------------------------------------------------------------------------------ */

static struct kh_str type_name(const struct kh_outcome *outcome)
{
    if (outcome->event.type.length > 0) {
        return outcome->event.type;
    }
    return outcome->status == KH_NOT_STARTED || outcome->status == KH_DEADLINE ? not_started
                                                                               : unreadable;
}

static struct kh_summary_counts *counts_of(struct kh_summary *summary, struct kh_str name)
{
    size_t at = 0;
    int order = 1;
    struct kh_str copy;

    while (at < summary->type_count &&
           (order = kh_str_compare(summary->types[at].name, name)) < 0) {
        at++;
    }
    if (at < summary->type_count && order == 0) {
        return &summary->types[at].counts;
    }
    if (summary->type_count == KH_SUMMARY_TYPES) {
        return &summary->other_types;
    }
    copy = kh_arena_copy(&summary->arena, name);
    if (copy.data == NULL) {
        return &summary->other_types;
    }
    memmove(&summary->types[at + 1], &summary->types[at],
            (summary->type_count - at) * sizeof summary->types[0]);
    summary->types[at] = (struct kh_summary_type){ .name = copy };
    summary->type_count++;
    return &summary->types[at].counts;
}

static void count(struct kh_summary_counts *counts, const struct kh_outcome *outcome)
{
    counts->records++;
    counts->done += outcome->verdict == KH_VERDICT_DONE && outcome->status != KH_DUPLICATE;
    counts->duplicate += outcome->verdict == KH_VERDICT_DONE && outcome->status == KH_DUPLICATE;
    counts->skipped += outcome->verdict == KH_VERDICT_SKIPPED;
    counts->dead_lettered += outcome->verdict == KH_VERDICT_DEAD_LETTERED;
    counts->retry += outcome->verdict == KH_VERDICT_RETRY;
}

/* ---- Reasons ---------------------------------------------------------------------------- */

static struct kh_str join(struct kh_arena *arena, const struct kh_str *parts, size_t part_count)
{
    char text[REASON_LIMIT];
    size_t length = 0;

    for (size_t i = 0; i < part_count; i++) {
        size_t room = sizeof text - length;
        size_t taken = parts[i].length < room ? parts[i].length : room;

        if (taken > 0) {
            memcpy(text + length, parts[i].data, taken);
        }
        length += taken;
    }
    length = kh_utf8_valid_prefix((struct kh_str){ text, length });
    return kh_arena_copy(arena, (struct kh_str){ text, length });
}

struct kh_str kh_summary_reason_text(const struct kh_outcome *outcome, struct kh_arena *arena)
{
    const struct kh_violation *violation =
        outcome->violations == NULL ? NULL : outcome->violations->first;
    struct kh_str pointer;
    struct kh_str text = KH_STR("");

    if (violation != NULL &&
        kh_json_pointer_at(outcome->violations_text, violation->offset, arena, &pointer) == KH_OK) {
        const struct kh_str parts[] = {
            outcome->pointer_prefix,         pointer,      KH_STR(": "),
            kh_str_from(violation->keyword), KH_STR(": "), violation->reason
        };
        size_t skipped = outcome->pointer_prefix.length + pointer.length == 0 ? 3 : 0;

        text = join(arena, parts + skipped, sizeof parts / sizeof parts[0] - skipped);
    } else if (outcome->error != NULL) {
        text = kh_arena_copy(arena, kh_str_from(outcome->error->reason));
    }
    return text.data == NULL ? KH_STR("") : text;
}

static void add_reason(struct kh_summary *summary, const struct kh_outcome *outcome)
{
    struct kh_arena_mark mark = kh_arena_mark(&summary->arena);
    struct kh_str text = kh_summary_reason_text(outcome, &summary->arena);
    struct kh_str type = type_name(outcome);

    for (size_t i = 0; i < summary->reason_count; i++) {
        struct kh_summary_reason *known = &summary->reasons[i];

        if (known->status == outcome->status && kh_str_equal(known->type, type) &&
            kh_str_equal(known->text, text)) {
            kh_arena_release(&summary->arena, mark);
            known->count++;
            return;
        }
    }
    type = kh_arena_copy(&summary->arena, type);
    if (summary->reason_count == KH_SUMMARY_REASONS || type.data == NULL) {
        kh_arena_release(&summary->arena, mark);
        summary->other_reasons++;
        return;
    }
    summary->reasons[summary->reason_count++] =
        (struct kh_summary_reason){ type, outcome->status, text, 1 };
}

static void keep_retry(struct kh_summary *summary, const struct kh_outcome *outcome)
{
    struct kh_str type = kh_arena_copy(&summary->arena, type_name(outcome));

    summary->stopped = true;
    summary->retry_position = outcome->record->position;
    summary->retry =
        (struct kh_summary_reason){ .type = type.data == NULL ? unreadable : type,
                                    .status = outcome->status,
                                    .text = kh_summary_reason_text(outcome, &summary->arena),
                                    .count = 1 };
}

void kh_summary_add(struct kh_summary *summary, const struct kh_outcome *outcome)
{
    count(&summary->total, outcome);
    count(counts_of(summary, type_name(outcome)), outcome);
    if (outcome->verdict == KH_VERDICT_DEAD_LETTERED) {
        add_reason(summary, outcome);
    } else if (outcome->verdict == KH_VERDICT_RETRY && !summary->stopped) {
        keep_retry(summary, outcome);
    }
}

void kh_summary_add_not_started(struct kh_summary *summary, size_t number)
{
    struct kh_summary_counts *counts;

    if (number == 0) {
        return;
    }
    counts = counts_of(summary, not_started);
    counts->records += number;
    counts->retry += number;
    summary->total.records += number;
    summary->total.retry += number;
}
