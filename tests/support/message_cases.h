/*
 * Holds a type's cases against its message of Protocol Buffers: what JSON says, the message has to say as well, and
 * the two ways of reading it have to agree.
 */
#ifndef MESSAGE_CASES_H
#define MESSAGE_CASES_H

#include <stdbool.h>

#include "kh/arena.h"
#include "kh/entity.h"
#include "kh/proto_reader.h"

struct decode_message {
    const struct kh_proto_message *message;
    enum kh_status (*read)(struct kh_proto_reader *in, void *out);
    bool is_respelled; /* values may come back in another spelling: date-times, free-form ones */
    bool may_decline;  /* the reader does not take every valid message */
    void (*forget)(void *out); /* of an envelope: its payload becomes {}; else NULL */
};

/* A text that is valid: its message gives the same struct, by way of JSON and straight. */
void message_cases_expect_valid(const struct kh_codec *codec, const struct decode_message *of,
                                struct kh_str text, struct kh_arena *arena);

/*
 * A text that is not: if a message can carry it, `*back` is the JSON that comes of it, in the arena, which then has to be
 * refused as the text is; the reader of messages refuses it. False if no message can.
 */
bool message_cases_carry(const struct kh_codec *codec, const struct decode_message *of,
                         struct kh_str text, struct kh_arena *arena, struct kh_str *back);

#endif
