#include "harness.h"

#include <inttypes.h>
#include <stdio.h>

#include "timing.h"

/* ---- The checksum: FNV-1a of every value as text, a newline after each; README.md has the order -- */

static void add_str(struct bench_facts *facts, struct kh_str text)
{
    facts->checksum = bench_hash(bench_hash(facts->checksum, text), KH_STR("\n"));
}

static void add_int(struct bench_facts *facts, int64_t value)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%" PRId64, value);

    add_str(facts, (struct kh_str){ text, (size_t)length });
}

static void add_decimal(struct bench_facts *facts, struct kh_decimal value)
{
    char text[KH_DECIMAL_TEXT_SIZE];

    add_str(facts, (struct kh_str){ text, kh_decimal_format(value, text) });
}

static void add_absent(struct bench_facts *facts)
{
    add_str(facts, KH_STR("-"));
}

static void add_optional_int(struct bench_facts *facts, bool present, int64_t value)
{
    if (present) {
        add_int(facts, value);
    } else {
        add_absent(facts);
    }
}

static void add_optional_decimal(struct bench_facts *facts, bool present, struct kh_decimal value)
{
    if (present) {
        add_decimal(facts, value);
    } else {
        add_absent(facts);
    }
}

static void add_created(struct bench_facts *facts, const struct user_limit_created *event)
{
    add_int(facts, event->active_from);
    add_optional_int(facts, event->has_active_until, event->active_until);
    add_str(facts, event->brand_id);
    add_optional_int(facts, event->has_created_at, event->created_at);
    add_str(facts, event->currency_code);
    add_optional_int(facts, event->has_next_reset_time, event->next_reset_time);
    add_str(facts, limit_period_name(event->period));
    add_optional_decimal(facts, event->has_previous_limit_value, event->previous_limit_value);
    add_optional_decimal(facts, event->has_progress, event->progress);
    add_str(facts, limit_status_name(event->status));
    add_str(facts, limit_type_name(event->type));
    add_str(facts, event->user_id);
    add_str(facts, event->user_limit_id);
    add_decimal(facts, event->value);
}

static void add_progress_changed(struct bench_facts *facts,
                                 const struct user_limit_progress_changed *event)
{
    add_decimal(facts, event->amount);
    add_str(facts, event->brand_id);
    add_str(facts, event->currency_code);
    add_int(facts, event->next_reset_time);
    add_decimal(facts, event->previous_progress);
    add_optional_decimal(facts, event->has_remaining_amount, event->remaining_amount);
    add_str(facts, event->user_id);
    add_str(facts, event->user_limit_id);
}

static void add_reset(struct bench_facts *facts, const struct user_limit_reset *event)
{
    add_str(facts, event->brand_id);
    add_str(facts, event->currency_code);
    add_int(facts, event->next_reset_time);
    add_str(facts, limit_period_name(event->period));
    add_decimal(facts, event->reset_amount);
    add_decimal(facts, event->reset_percentage);
    add_str(facts, limit_type_name(event->type));
    add_decimal(facts, event->unused_amount);
    add_str(facts, event->user_id);
    add_str(facts, event->user_limit_id);
}

static void visit_checksum(void *context, const struct bench_event *event)
{
    struct bench_facts *facts = context;

    facts->events++;
    add_str(facts, event->partition_key);
    add_str(facts, event->sequence_number);
    add_str(facts, event->envelope->aggregate_id);
    add_int(facts, event->envelope->created_at);
    add_str(facts, event->envelope->event_id);
    add_int(facts, event->envelope->sequence_number);
    add_str(facts, event->envelope->source);
    add_str(facts, event->envelope->type);
    switch (event->kind) {
    case BENCH_CREATED:
        add_created(facts, event->payload);
        break;
    case BENCH_PROGRESS_CHANGED:
        add_progress_changed(facts, event->payload);
        break;
    case BENCH_RESET:
        add_reset(facts, event->payload);
        break;
    }
}

/* ---- The work ---------------------------------------------------------------------------------- */

static bool examine(void *context, struct kh_str text, struct bench_facts *facts)
{
    const struct bench_decoder *decoder = context;

    facts->bytes = text.length;
    facts->checksum = BENCH_HASH_BEGIN;
    return decoder->decode(text, visit_checksum, facts);
}

static void visit_nothing(void *context, const struct bench_event *event)
{
    (void)context;
    /* The compiler has to believe that the event was looked at. */
    __asm__ volatile("" : : "r"(event) : "memory");
}

static bool run(void *context, struct kh_str text)
{
    const struct bench_decoder *decoder = context;

    return decoder->decode(text, decoder->unpacks_only ? NULL : visit_nothing, NULL);
}

int bench_main(int argc, char **argv, const struct bench_decoder *decoder)
{
    struct bench_work work = {
        .name = decoder->name,
        .validates = decoder->validates,
        .changes_text = decoder->changes_text,
        .examine = examine,
        .run = run,
        .context = (void *)decoder,
    };

    return bench_run(argc, argv, &work);
}
