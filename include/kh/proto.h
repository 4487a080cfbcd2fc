/*
 * Protocol Buffers (the wire format of proto3) for the types of the schemas.
 *
 * A message is another spelling of the JSON value that the schema describes, and this header goes from
 * one to the other by generated tables: what a message says about names, presence, enums and unions is
 * put into JSON, and the reader of the JSON type judges it. So there is one set of rules, and one text
 * that pointers of violations point into. Where speed matters kh/proto_reader.h goes straight from the
 * bytes to the struct; what it does not take, comes here.
 *
 * How members are mapped: docs/protobuf.md. Field numbers: keyword x-proto-field.
 */
#ifndef KH_PROTO_H
#define KH_PROTO_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/arena.h"
#include "kh/enum.h"
#include "kh/error.h"
#include "kh/status.h"
#include "kh/str.h"

/*
 * Objects and arrays inside each other in the JSON of a message; as many as JSON may have. A union is
 * no level beside its arm, and google.protobuf.Value is none.
 */
#define KH_PROTO_MAX_DEPTH 64

/*
 * A message becomes at most so much JSON: so many times its length, and so much more. Names of members,
 * which messages do not hold, make JSON longer; a hostile message could grow by hundreds.
 */
#define KH_PROTO_TEXT_FACTOR ((size_t)16)
#define KH_PROTO_TEXT_EXTRA ((size_t)4 * 1024 * 1024)

enum kh_proto_kind {
    KH_PROTO_STRING,  /* string; also decimals, dates and all other texts */
    KH_PROTO_INSTANT, /* int64, milliseconds since 1970; a date-time in JSON */
    KH_PROTO_INT32,
    KH_PROTO_INT64,
    KH_PROTO_UINT64,
    KH_PROTO_DOUBLE,
    KH_PROTO_BOOL,
    KH_PROTO_ENUM,
    KH_PROTO_MESSAGE, /* of a type of the schemas */
    KH_PROTO_STRUCT,  /* google.protobuf.Struct: any JSON object */
    KH_PROTO_VALUE,   /* google.protobuf.Value: any JSON value */
    KH_PROTO_LIST,    /* google.protobuf.ListValue: any JSON array */
    KH_PROTO_PAYLOAD, /* bytes, of an envelope: the message of the event's type */
    KH_PROTO_CONSTANT /* in JSON only, always the same: a union's discriminator */
};

/* What a member is in JSON that is not in the message. */
enum kh_proto_absent {
    KH_PROTO_LEFT_OUT, /* it is not there either */
    KH_PROTO_NULL,     /* null: required, and may be null */
    KH_PROTO_EMPTY     /* []: a required array */
};

/* The numbers of an enum's values, in the order of its names; 0 is "unspecified", no value of it. */
struct kh_proto_enum {
    const struct kh_enum *names;
    const int32_t *numbers; /* NULL: 1, 2, 3 and so on */
};

struct kh_proto_message;

struct kh_proto_field {
    uint32_t number; /* 1 to 536,870,911; 0 for KH_PROTO_CONSTANT */
    enum kh_proto_kind kind;
    enum kh_proto_absent absent;
    bool is_repeated;
    struct kh_str
        name; /* of the member in JSON; in a union: the discriminator's value for this arm */
    const struct kh_proto_message *message; /* KH_PROTO_MESSAGE */
    const struct kh_proto_enum *values;     /* KH_PROTO_ENUM */
    struct kh_str constant; /* KH_PROTO_CONSTANT: the string, as it is in the schema */
};

struct kh_proto_message {
    const char *name;                    /* "user_limits.UserLimitCreated" */
    const struct kh_proto_field *fields; /* in the schema's order */
    size_t field_count;
    /*
     * Of a union (a message with one oneof, whose fields are the arms, messages that are no unions): the
     * member that tells the arms apart. Its JSON is that of the arm. Else empty.
     */
    struct kh_str discriminator;
};

/*
 * The message as JSON text, compact, members in the schema's order, in the arena with KH_PADDING behind
 * it. `bytes` have KH_PADDING readable bytes behind them too. `payload` is what a field of kind
 * KH_PROTO_PAYLOAD holds; NULL: it becomes {} whatever it holds.
 *
 * The text may violate the schema: that is for the reader of the JSON to say. What no JSON can say
 * becomes something that violates it: a number of no enum value stays a number, as does a moment that
 * is not in the years 0000 to 9999; a double that is NaN or infinite becomes null; a union without an
 * arm becomes {}.
 *
 * As the wire format has it: unknown fields are passed over; of a field that comes more than once the
 * last one counts, messages are merged, repeated ones may be packed or not (and nothing, packed, is
 * nothing); of a oneof the last one counts. What does not count in the end is not looked into.
 *
 * KH_NOT_PROTOBUF: the bytes are no message, or one that ends too early, or a known field has another
 * wire type. KH_NOT_UTF8. KH_TOO_DEEP. KH_TOO_LARGE: more JSON than said above, or a message beyond 2
 * GiB. error->offset counts in `bytes`. KH_NO_MEMORY.
 */
enum kh_status kh_proto_to_json(const struct kh_proto_message *message, struct kh_str bytes,
                                const struct kh_proto_message *payload, struct kh_arena *arena,
                                struct kh_error *error, struct kh_str *text) KH_MUST_USE;

/*
 * The other way: JSON text that the type's writer has written, or that its reader has accepted, as a
 * message in the arena (KH_PADDING behind it), fields in the schema's order. Members that the message
 * has no field for are left out; a date-time loses its offset. `payload` NULL: a field of kind
 * KH_PROTO_PAYLOAD stays empty.
 *
 * KH_INVALID: a value is not of the field's type. KH_OUT_OF_RANGE: a message can't carry it: a
 * date-time finer than a millisecond or in a leap second, a number in a free-form value with more
 * digits than a double has, an empty array where absence is not that. KH_NOT_JSON and its like;
 * KH_NO_MEMORY. error->offset counts in `text`.
 */
enum kh_status kh_proto_from_json(const struct kh_proto_message *message, struct kh_str text,
                                  const struct kh_proto_message *payload, struct kh_arena *arena,
                                  struct kh_error *error, struct kh_str *bytes) KH_MUST_USE;

/*
 * The last value of the string member `name` of a message, without looking at anything else: for an
 * envelope's type, before it is known what its payload is. Empty when it is not there.
 * It may be no UTF-8. KH_NOT_PROTOBUF as above.
 */
enum kh_status kh_proto_find_string(const struct kh_proto_message *message, struct kh_str bytes,
                                    struct kh_str name, struct kh_error *error,
                                    struct kh_str *out) KH_MUST_USE;

/*
 * Whether the bytes are fields one after the other to the very end, as far as that can be told without a
 * schema: what tells a message from text that is not one.
 */
bool kh_proto_is_message(struct kh_str bytes);

/*
 * Whether bytes that nothing else tells about are a message, in a service that reads messages, and no JSON: they
 * do not begin with {, and where they begin as a text may, with a printable character or a blank, all of them
 * are a message. The table in docs/encodings.md.
 */
bool kh_proto_is_likely(struct kh_str bytes);

#endif
