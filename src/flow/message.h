/* One event as it was sent: its envelope, the route its type leads to, and its payload. */
#ifndef KH_FLOW_MESSAGE_H
#define KH_FLOW_MESSAGE_H

#include "kh/service.h"

struct kh__message {
    struct kh_event event;
    void *envelope;               /* the generated struct */
    const struct kh_route *route; /* NULL: no schema for this type */
    void *payload;                /* the route's struct; NULL: not read yet */
};

/*
 * Reads the envelope at the cursor, to the end of the text, and the payload with it as far as its
 * type can be known or guessed by then. A payload that breaks a rule is left unread: whoever needs it
 * reads it with kh__message_read_payload, to say why. The two structs are of the arena `rooms`, what
 * they point to is of the text and of in->arena. After a failure *out means nothing.
 */
enum kh_status kh__message_read(const struct kh_service *service, struct kh_json *in,
                                struct kh_arena *rooms, struct kh__message *out) KH_MUST_USE;

/*
 * The same from a message of Protocol Buffers, the quick way. The payload is read too, unless its type has no
 * route or no field numbers. Whatever it returns but KH_OK says nothing about the message:
 * kh__message_to_json and kh__message_read do.
 */
enum kh_status kh__message_read_proto(const struct kh_service *service, struct kh_str bytes,
                                      struct kh_arena *arena, struct kh_arena *rooms,
                                      struct kh__message *out) KH_MUST_USE;

/*
 * A message as the JSON text it stands for, payload and all, in the arena. KH_NOT_PROTOBUF and its like,
 * with the place in error->reason and error->offset 0.
 */
enum kh_status kh__message_to_json(const struct kh_service *service, struct kh_str bytes,
                                   struct kh_arena *arena, struct kh_error *error,
                                   struct kh_str *text) KH_MUST_USE;

/* The same for a payload by itself, of a route that has field numbers. */
enum kh_status kh__payload_to_json(const struct kh_route *route, struct kh_str bytes,
                                   struct kh_arena *arena, struct kh_error *error,
                                   struct kh_str *text) KH_MUST_USE;

/* The route of an event type; NULL: no schema for it. */
const struct kh_route *kh__message_route(const struct kh_service *service, struct kh_str type);

/* Room for the route's struct; NULL when memory is short. */
void *kh__message_room(const struct kh_route *route, struct kh_arena *rooms);

/* Reads the payload at the cursor, all of it, into `payload`. */
enum kh_status kh__message_read_payload(const struct kh__message *message, struct kh_json *in,
                                        void *payload) KH_MUST_USE;

#endif
