/*
 * Generated from schema/entities/user_limit.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef ENTITIES_USER_LIMIT_H
#define ENTITIES_USER_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/entity.h"
#include "kh/json.h"
#include "kh/json_writer.h"

#include "types/currency_code.h"
#include "types/identifier.h"
#include "types/limit_period.h"
#include "types/limit_status.h"
#include "types/limit_type.h"
#include "types/money.h"
#include "types/timestamp.h"

struct kh_context;

/* UserLimit. A spending limit of a user and what has been spent of it. */
struct user_limit {
    /* When the limit begins to hold. Milliseconds since 1970-01-01 UTC. At least 0. */
    int64_t active_from;

    /* When the limit ceases to hold. Optional. Milliseconds since 1970-01-01 UTC. At least 0. */
    bool has_active_until;
    int64_t active_until;

    /* The brand the user plays with. Names a thing for good. 1 to 64 characters. */
    struct kh_str brand_id;

    /* When the limit was set. Optional. Milliseconds since 1970-01-01 UTC. At least 0. */
    bool has_created_at;
    int64_t created_at;

    /*
     * The currency of all amounts. A currency by its three letters, as ISO 4217 has them. Matches
     * ^[A-Z]{3}$
     */
    struct kh_str currency_code;

    /*
     * When progress starts over the next time. Optional. Milliseconds since 1970-01-01 UTC. At
     * least 0.
     */
    bool has_next_reset_time;
    int64_t next_reset_time;

    /* The span after which progress starts over. */
    enum limit_period period;

    /*
     * The value of the limit that this one replaces. Optional. An exact amount in the currency's
     * major unit. Exact decimal, at least 0.
     */
    bool has_previous_limit_value;
    struct kh_decimal previous_limit_value;

    /*
     * What has been spent of the limit. An exact amount in the currency's major unit. Exact
     * decimal, at least 0.
     */
    struct kh_decimal progress;

    /* What the limit is doing now. */
    enum limit_status status;

    /* What the limit limits. */
    enum limit_type type;

    /* The user the limit belongs to. Names a thing for good. 1 to 64 characters. */
    struct kh_str user_id;

    /* Identifies the limit. Names a thing for good. 1 to 64 characters. */
    struct kh_str user_limit_id;

    /*
     * The most that may be spent. An exact amount in the currency's major unit. Exact decimal, at
     * least 0.
     */
    struct kh_decimal value;
};

/* Reads and checks one; what `out` holds after a failure means nothing. */
enum kh_status user_limit_read(struct kh_json *in, struct user_limit *out) KH_MUST_USE;
enum kh_status user_limit_write(struct kh_json_writer *out,
                                const struct user_limit *value) KH_MUST_USE;

extern const struct kh_entity user_limit_entity;

/* KH_NOT_FOUND when it is not there. Strings and arrays of `out` live as long as the batch. */
enum kh_status user_limit_get(struct kh_context *ctx, struct kh_str user_limit_id,
                              struct user_limit *out) KH_MUST_USE;

/* As get, but one that is not there is no error: *found says. */
enum kh_status user_limit_find(struct kh_context *ctx, struct kh_str user_limit_id,
                               struct user_limit *out, bool *found) KH_MUST_USE;

/* KH_EXISTS when one with this key is there. The value is copied. */
enum kh_status user_limit_create(struct kh_context *ctx,
                                 const struct user_limit *value) KH_MUST_USE;

/* Creates or replaces. The value is copied. */
enum kh_status user_limit_put(struct kh_context *ctx, const struct user_limit *value) KH_MUST_USE;

/* KH_NOT_FOUND when it is not there. */
enum kh_status user_limit_remove(struct kh_context *ctx, struct kh_str user_limit_id) KH_MUST_USE;

struct user_limit_page {
    struct user_limit *items;
    size_t count;
    struct kh_str next; /* the cursor for the page after this one; empty: there is none */
};

/* At most `limit` (>= 1) of those with these members; `cursor` is empty for the first page. */
enum kh_status user_limit_query_by_user(struct kh_context *ctx, struct kh_str user_id,
                                        struct kh_str cursor, size_t limit,
                                        struct user_limit_page *page) KH_MUST_USE;

#endif
