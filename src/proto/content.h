/*
 * What is in a message, found in two passes over its bytes: where the values of each field stand.
 * Places are offsets of tags in the bytes that are read, the outermost message's.
 *
 * A message that is a field which comes more than once is all of its values one after the other. They
 * are not put together: a message's content is a list of values.
 */
#ifndef KH_PROTO_CONTENT_H
#define KH_PROTO_CONTENT_H

#include "kh/proto.h"
#include "proto/wire.h"

/* The bytes, and what is needed on the way. */
struct kh__proto_source {
    struct kh_str bytes;
    struct kh_arena *arena; /* for places, given up by whoever asked for them */
    struct kh_error *error;
};

/* Values that are one message together. */
struct kh__proto_content {
    const uint32_t *tags; /* NULL: all of the bytes, which have no tag */
    uint32_t count;
};

/* The values of field number i (of the table) are tags[starts[i]] to tags[starts[i + 1] - 1]. */
struct kh__proto_index {
    uint32_t *starts;
    uint32_t *tags;
};

/* Records the failure at a place in the bytes; returns `status`. */
enum kh_status kh__proto_fail(const struct kh__proto_source *source, enum kh_status status,
                              const unsigned char *at, const char *reason) KH_MUST_USE;
enum kh_status kh__proto_no_memory(const struct kh__proto_source *source) KH_MUST_USE;

/* Records a failure that nobody has told more about; returns `status`. */
enum kh_status kh__proto_record(const struct kh__proto_source *source,
                                enum kh_status status) KH_MUST_USE;

/* KH_TOO_LARGE for more than messages have: 2 GiB. */
enum kh_status kh__proto_check_length(const struct kh__proto_source *source) KH_MUST_USE;

/* The value of the field whose tag is at the offset: where it begins, and with `type` its wire type. */
const unsigned char *kh__proto_value(const struct kh__proto_source *source, uint32_t offset,
                                     unsigned *type);

/* The same for bytes. */
struct kh_str kh__proto_bytes(const struct kh__proto_source *source, uint32_t offset);

/* Whether the field is one whose values may be packed: a number of some kind. */
bool kh__proto_is_packable(const struct kh_proto_field *field);

/* Goes through the fields of a message. */
struct kh__proto_scan {
    const struct kh__proto_source *source;
    struct kh__proto_content content;
    uint32_t part; /* the next value of the content */
    const unsigned char *at;
    const unsigned char *end;
    uint32_t offset; /* of the field found last: its tag's place */
    uint32_t tag;
};

void kh__proto_scan_init(struct kh__proto_scan *scan, const struct kh__proto_source *source,
                         struct kh__proto_content content);

/* Goes past the next field; *found is false at the end. KH_NOT_PROTOBUF. */
enum kh_status kh__proto_scan_next(struct kh__proto_scan *scan, bool *found) KH_MUST_USE;

/*
 * The position of the field found last in the table, field_count if it is unknown. *guess is where it
 * probably is, 0 at first. KH_NOT_PROTOBUF if its wire type is not that of the table.
 */
enum kh_status kh__proto_scan_known(const struct kh__proto_scan *scan,
                                    const struct kh_proto_message *message, size_t *guess,
                                    size_t *position) KH_MUST_USE;

/* All values of all known fields. */
enum kh_status kh__proto_index(const struct kh__proto_source *source,
                               const struct kh_proto_message *message,
                               struct kh__proto_content content,
                               struct kh__proto_index *index) KH_MUST_USE;

/* The values of one field of an index. */
static inline struct kh__proto_content kh__proto_indexed(const struct kh__proto_index *index,
                                                         size_t position)
{
    uint32_t start = index->starts[position];

    return (struct kh__proto_content){ index->tags + start, index->starts[position + 1] - start };
}

/*
 * Of a message with one oneof: the field that is set in the end, NULL if none is, and its values since
 * another one was set.
 */
enum kh_status kh__proto_oneof(const struct kh__proto_source *source,
                               const struct kh_proto_message *message,
                               struct kh__proto_content content,
                               const struct kh_proto_field **field,
                               struct kh__proto_content *values) KH_MUST_USE;

#endif
