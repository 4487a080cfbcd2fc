/*
 * Generated from schema/events/user_limit_created.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef EVENTS_USER_LIMIT_CREATED_H
#define EVENTS_USER_LIMIT_CREATED_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/json.h"
#include "kh/json_writer.h"

#include "types/currency_code.h"
#include "types/identifier.h"
#include "types/limit_period.h"
#include "types/limit_status.h"
#include "types/limit_type.h"
#include "types/money.h"
#include "types/timestamp.h"

struct kh_proto_message;
struct kh_proto_reader;

/* USER_LIMIT_CREATED. A limit was set for a user. */
struct user_limit_created {
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
     * What has been spent of the limit. Optional. An exact amount in the currency's major unit.
     * Exact decimal, at least 0.
     */
    bool has_progress;
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
enum kh_status user_limit_created_read(struct kh_json *in,
                                       struct user_limit_created *out) KH_MUST_USE;
enum kh_status user_limit_created_write(struct kh_json_writer *out,
                                        const struct user_limit_created *value) KH_MUST_USE;

/* As a message of Protocol Buffers. */
extern const struct kh_proto_message user_limit_created_proto;

/* Reads and checks an everyday message; of any other it says no more than that it is none. */
enum kh_status user_limit_created_read_proto(struct kh_proto_reader *in,
                                             struct user_limit_created *out) KH_MUST_USE;

#endif
