/*
 * Generated from schema/events/user_limit_progress_changed.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef EVENTS_USER_LIMIT_PROGRESS_CHANGED_H
#define EVENTS_USER_LIMIT_PROGRESS_CHANGED_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/json.h"
#include "kh/json_writer.h"

#include "types/currency_code.h"
#include "types/identifier.h"
#include "types/money.h"
#include "types/timestamp.h"

struct kh_proto_message;
struct kh_proto_reader;

/* USER_LIMIT_PROGRESS_CHANGED. A user spent something that counts towards a limit. */
struct user_limit_progress_changed {
    /*
     * What was spent by this change. An exact amount in the currency's major unit. Exact decimal,
     * at least 0.
     */
    struct kh_decimal amount;

    /* The brand the user plays with. Names a thing for good. 1 to 64 characters. */
    struct kh_str brand_id;

    /*
     * The currency of all amounts. A currency by its three letters, as ISO 4217 has them. Matches
     * ^[A-Z]{3}$
     */
    struct kh_str currency_code;

    /* When progress starts over the next time. Milliseconds since 1970-01-01 UTC. At least 0. */
    int64_t next_reset_time;

    /*
     * What had been spent before this change. An exact amount in the currency's major unit. Exact
     * decimal, at least 0.
     */
    struct kh_decimal previous_progress;

    /*
     * What is left of the limit after this change. Optional. An exact amount in the currency's
     * major unit. Exact decimal, at least 0.
     */
    bool has_remaining_amount;
    struct kh_decimal remaining_amount;

    /* The user the limit belongs to. Names a thing for good. 1 to 64 characters. */
    struct kh_str user_id;

    /* Identifies the limit. Names a thing for good. 1 to 64 characters. */
    struct kh_str user_limit_id;
};

/* Reads and checks one; what `out` holds after a failure means nothing. */
enum kh_status user_limit_progress_changed_read(
    struct kh_json *in, struct user_limit_progress_changed *out) KH_MUST_USE;
enum kh_status user_limit_progress_changed_write(
    struct kh_json_writer *out, const struct user_limit_progress_changed *value) KH_MUST_USE;

/* As a message of Protocol Buffers. */
extern const struct kh_proto_message user_limit_progress_changed_proto;

/* Reads and checks an everyday message; of any other it says no more than that it is none. */
enum kh_status user_limit_progress_changed_read_proto(
    struct kh_proto_reader *in, struct user_limit_progress_changed *out) KH_MUST_USE;

#endif
