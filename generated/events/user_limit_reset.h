/*
 * Generated from schema/events/user_limit_reset.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef EVENTS_USER_LIMIT_RESET_H
#define EVENTS_USER_LIMIT_RESET_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/json.h"
#include "kh/json_writer.h"

#include "types/currency_code.h"
#include "types/identifier.h"
#include "types/limit_period.h"
#include "types/limit_type.h"
#include "types/money.h"
#include "types/percentage.h"
#include "types/timestamp.h"

struct kh_proto_message;
struct kh_proto_reader;

/* USER_LIMIT_RESET. A limit's period ended and its progress started over. */
struct user_limit_reset {
    /* The brand the user plays with. Names a thing for good. 1 to 64 characters. */
    struct kh_str brand_id;

    /*
     * The currency of all amounts. A currency by its three letters, as ISO 4217 has them. Matches
     * ^[A-Z]{3}$
     */
    struct kh_str currency_code;

    /* When progress starts over the next time. Milliseconds since 1970-01-01 UTC. At least 0. */
    int64_t next_reset_time;

    /* The span after which progress starts over. */
    enum limit_period period;

    /*
     * What had been spent when progress started over. An exact amount in the currency's major unit.
     * Exact decimal, at least 0.
     */
    struct kh_decimal reset_amount;

    /*
     * resetAmount as a share of the limit's value. An exact share of a whole, in hundredths. Exact
     * decimal, at least 0.
     */
    struct kh_decimal reset_percentage;

    /* What the limit limits. */
    enum limit_type type;

    /*
     * What had not been spent when progress started over. An exact amount in the currency's major
     * unit. Exact decimal, at least 0.
     */
    struct kh_decimal unused_amount;

    /* The user the limit belongs to. Names a thing for good. 1 to 64 characters. */
    struct kh_str user_id;

    /* Identifies the limit. Names a thing for good. 1 to 64 characters. */
    struct kh_str user_limit_id;
};

/* Reads and checks one; what `out` holds after a failure means nothing. */
enum kh_status user_limit_reset_read(struct kh_json *in, struct user_limit_reset *out) KH_MUST_USE;
enum kh_status user_limit_reset_write(struct kh_json_writer *out,
                                      const struct user_limit_reset *value) KH_MUST_USE;

/* As a message of Protocol Buffers. */
extern const struct kh_proto_message user_limit_reset_proto;

/* Reads and checks an everyday message; of any other it says no more than that it is none. */
enum kh_status user_limit_reset_read_proto(struct kh_proto_reader *in,
                                           struct user_limit_reset *out) KH_MUST_USE;

#endif
