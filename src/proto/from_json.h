/*
 * JSON text on its way to a message. Objects and arrays that are open are on a stack, one frame each,
 * and `step` does the next thing to the innermost: nothing here calls itself.
 */
#ifndef KH_PROTO_FROM_JSON_H
#define KH_PROTO_FROM_JSON_H

#include "kh/json.h"
#include "kh/proto.h"
#include "proto/wire_writer.h"

/* An entry of a free-form object, its value, and the object or array in that. */
#define KH__PROTO_LENGTHS 3

/* Places of lengths that are put when what follows them is written. */
struct kh__proto_lengths {
    size_t places[KH__PROTO_LENGTHS];
    int count;
};

enum kh__proto_part_kind {
    KH__PROTO_PART_MESSAGE, /* an object, by its table */
    KH__PROTO_PART_STRUCT,  /* a free-form object */
    KH__PROTO_PART_LIST     /* a free-form array */
};

struct kh__proto_part {
    enum kh__proto_part_kind kind;
    const struct kh_proto_message *message; /* KH__PROTO_PART_MESSAGE */
    const char **values;          /* of its fields, by position: places in the text; or NULL */
    const char *end;              /* of the object, in the text */
    size_t field;                 /* position of the field to write next */
    bool in_array;                /* it is repeated, and `array` is being read */
    struct kh_json_array array;   /* of a list too */
    struct kh_json_object object; /* KH__PROTO_PART_STRUCT */
    struct kh__proto_lengths lengths;
    struct kh_arena_mark mark;
};

struct kh__proto_build {
    struct kh_json in;
    const struct kh_proto_message *payload;
    struct kh__wire_writer out;
    struct kh__proto_lengths lengths; /* opened for what is written next */
    int open;                         /* parts */
    struct kh__proto_part parts[KH_JSON_MAX_DEPTH];
};

/*
 * A tag and a length that is not known yet; a value that has none behind it must end with
 * kh__proto_end_lengths.
 */
enum kh_status kh__proto_begin_length(struct kh__proto_build *build, uint32_t number) KH_MUST_USE;
enum kh_status kh__proto_end_lengths(struct kh__proto_build *build,
                                     struct kh__proto_lengths *lengths) KH_MUST_USE;

/* A part for the object or array at the cursor, which the open lengths belong to. */
struct kh__proto_part *kh__proto_push_part(struct kh__proto_build *build,
                                           enum kh__proto_part_kind kind);

/* The innermost part is written. */
enum kh_status kh__proto_pop_part(struct kh__proto_build *build) KH_MUST_USE;

/* A string of the text, behind its length. */
enum kh_status kh__proto_put_str(struct kh__proto_build *build) KH_MUST_USE;

/* The scalar at the cursor, without a tag. */
enum kh_status kh__proto_put_scalar(struct kh__proto_build *build,
                                    const struct kh_proto_field *field) KH_MUST_USE;

/* Behind the open lengths: the free-form value at the cursor; written, or opened as a part. */
enum kh_status kh__proto_put_free_form(struct kh__proto_build *build,
                                       enum kh_proto_kind kind) KH_MUST_USE;

/* The next thing to do to the innermost part, which is a free-form one. */
enum kh_status kh__proto_build_struct(struct kh__proto_build *build) KH_MUST_USE;
enum kh_status kh__proto_build_list(struct kh__proto_build *build) KH_MUST_USE;

#endif
