/*
 * Generated from schema/envelope.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/event.h"
#include "kh/json.h"
#include "kh/json_writer.h"

#include "types/identifier.h"
#include "types/timestamp.h"

struct kh_proto_message;
struct kh_proto_reader;

/* Envelope. What every event of the stream is wrapped in. */
struct envelope {
    /*
     * The aggregate the event belongs to; events of one aggregate are in order. At least 1
     * character.
     */
    struct kh_str aggregate_id;

    /* Where the event came about; may hold a correlationId. Optional. Any JSON object. */
    bool has_context;
    struct kh_raw context;

    /* When the event came about. Milliseconds since 1970-01-01 UTC. At least 0. */
    int64_t created_at;

    /* The payload, by the event's own schema. Any JSON value. */
    struct kh_raw data;

    /*
     * Identifies the event: one that comes again has the same. Names a thing for good. 1 to 64
     * characters.
     */
    struct kh_str event_id;

    /* Position of the event within its aggregate. Gaps are normal. At least 0. */
    int64_t sequence_number;

    /* The service that produced the event. */
    struct kh_str source;

    /* Names the event's schema. At least 1 character. */
    struct kh_str type;
};

/* Reads and checks one; what `out` holds after a failure means nothing. */
enum kh_status envelope_read(struct kh_json *in, struct envelope *out) KH_MUST_USE;
enum kh_status envelope_write(struct kh_json_writer *out, const struct envelope *value) KH_MUST_USE;

/* As a message of Protocol Buffers. */
extern const struct kh_proto_message envelope_proto;

/* Reads and checks an everyday message; of any other it says no more than that it is none. */
enum kh_status envelope_read_proto(struct kh_proto_reader *in, struct envelope *out) KH_MUST_USE;

/*
 * What the runtime needs of an envelope that was read from `in`: slices of it, but a payload in
 * base64 is decoded into the arena.
 */
enum kh_status envelope_fill(struct kh_json *in, const struct envelope *envelope,
                             struct kh_event *event) KH_MUST_USE;

/*
 * The same of one that envelope_read_proto has read. The event has the payload's bytes; what the
 * envelope keeps of it is {}.
 */
enum kh_status envelope_fill_proto(struct kh_proto_reader *in, struct envelope *envelope,
                                   struct kh_event *event) KH_MUST_USE;

#endif
