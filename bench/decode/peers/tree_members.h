/*
 * What the peers share that have the document as a tree: which member of an event goes where. Before
 * this, NODE is the type of a value; is(key, name), read_str and read_int are how the peer looks at one.
 */
#ifndef BENCH_TREE_MEMBERS_H
#define BENCH_TREE_MEMBERS_H

#include "harness.h"

struct message {
    struct envelope envelope;
    enum bench_kind kind;
    union {
        struct user_limit_created created;
        struct user_limit_progress_changed progress_changed;
        struct user_limit_reset reset;
    } payload;
};

static bool read_decimal(NODE *value, struct kh_decimal *out)
{
    struct kh_str text;

    return read_str(value, &text) && kh_decimal_parse(text, out) == KH_OK;
}

static int read_enum(NODE *value, const struct kh_enum *names)
{
    struct kh_str text;

    return read_str(value, &text) ? bench_find_name(names, text) : 0;
}

static bool read_created_member(NODE *key, NODE *value, struct user_limit_created *out)
{
    bool fine = true;

    if (is(key, "activeFrom")) {
        fine = read_int(value, &out->active_from);
    } else if (is(key, "activeUntil")) {
        fine = out->has_active_until = read_int(value, &out->active_until);
    } else if (is(key, "brandId")) {
        fine = read_str(value, &out->brand_id);
    } else if (is(key, "createdAt")) {
        fine = out->has_created_at = read_int(value, &out->created_at);
    } else if (is(key, "currencyCode")) {
        fine = read_str(value, &out->currency_code);
    } else if (is(key, "nextResetTime")) {
        fine = out->has_next_reset_time = read_int(value, &out->next_reset_time);
    } else if (is(key, "period")) {
        fine = (out->period = read_enum(value, &limit_period_enum)) != 0;
    } else if (is(key, "previousLimitValue")) {
        fine = out->has_previous_limit_value = read_decimal(value, &out->previous_limit_value);
    } else if (is(key, "progress")) {
        fine = out->has_progress = read_decimal(value, &out->progress);
    } else if (is(key, "status")) {
        fine = (out->status = read_enum(value, &limit_status_enum)) != 0;
    } else if (is(key, "type")) {
        fine = (out->type = read_enum(value, &limit_type_enum)) != 0;
    } else if (is(key, "userId")) {
        fine = read_str(value, &out->user_id);
    } else if (is(key, "userLimitId")) {
        fine = read_str(value, &out->user_limit_id);
    } else if (is(key, "value")) {
        fine = read_decimal(value, &out->value);
    }
    return fine;
}

static bool read_progress_changed_member(NODE *key, NODE *value,
                                         struct user_limit_progress_changed *out)
{
    bool fine = true;

    if (is(key, "amount")) {
        fine = read_decimal(value, &out->amount);
    } else if (is(key, "brandId")) {
        fine = read_str(value, &out->brand_id);
    } else if (is(key, "currencyCode")) {
        fine = read_str(value, &out->currency_code);
    } else if (is(key, "nextResetTime")) {
        fine = read_int(value, &out->next_reset_time);
    } else if (is(key, "previousProgress")) {
        fine = read_decimal(value, &out->previous_progress);
    } else if (is(key, "remainingAmount")) {
        fine = out->has_remaining_amount = read_decimal(value, &out->remaining_amount);
    } else if (is(key, "userId")) {
        fine = read_str(value, &out->user_id);
    } else if (is(key, "userLimitId")) {
        fine = read_str(value, &out->user_limit_id);
    }
    return fine;
}

static bool read_reset_member(NODE *key, NODE *value, struct user_limit_reset *out)
{
    bool fine = true;

    if (is(key, "brandId")) {
        fine = read_str(value, &out->brand_id);
    } else if (is(key, "currencyCode")) {
        fine = read_str(value, &out->currency_code);
    } else if (is(key, "nextResetTime")) {
        fine = read_int(value, &out->next_reset_time);
    } else if (is(key, "period")) {
        fine = (out->period = read_enum(value, &limit_period_enum)) != 0;
    } else if (is(key, "resetAmount")) {
        fine = read_decimal(value, &out->reset_amount);
    } else if (is(key, "resetPercentage")) {
        fine = read_decimal(value, &out->reset_percentage);
    } else if (is(key, "type")) {
        fine = (out->type = read_enum(value, &limit_type_enum)) != 0;
    } else if (is(key, "unusedAmount")) {
        fine = read_decimal(value, &out->unused_amount);
    } else if (is(key, "userId")) {
        fine = read_str(value, &out->user_id);
    } else if (is(key, "userLimitId")) {
        fine = read_str(value, &out->user_limit_id);
    }
    return fine;
}

/* The peer's: all members of one payload, each by one of the functions above. */
static bool read_created(NODE *object, struct user_limit_created *out);
static bool read_progress_changed(NODE *object, struct user_limit_progress_changed *out);
static bool read_reset(NODE *object, struct user_limit_reset *out);

static bool read_payload(NODE *payload, struct message *out)
{
    struct kh_str type = out->envelope.type;

    if (kh_str_equal(type, KH_STR("USER_LIMIT_PROGRESS_CHANGED"))) {
        out->kind = BENCH_PROGRESS_CHANGED;
        return read_progress_changed(payload, &out->payload.progress_changed);
    }
    if (kh_str_equal(type, KH_STR("USER_LIMIT_CREATED"))) {
        out->kind = BENCH_CREATED;
        return read_created(payload, &out->payload.created);
    }
    out->kind = BENCH_RESET;
    return kh_str_equal(type, KH_STR("USER_LIMIT_RESET")) &&
           read_reset(payload, &out->payload.reset);
}

#endif
