/*
 * What the entries of one Lambda event have in common. Of the 700 bytes that AWS writes around the
 * data of a record only five values differ from record to record: so an entry that was read is the
 * shape of the next one, which then is compared in whole stretches, and only the values between them
 * are read. Equal bytes mean the same JSON, so nothing of the strictness is lost.
 */
#ifndef KH_ENTRY_SHAPE_H
#define KH_ENTRY_SHAPE_H

#include <stdbool.h>

#include "kh/json.h"
#include "kh/record.h"

/* A value that differs. */
enum kh_hole_kind {
    KH_HOLE_PARTITION_KEY,
    KH_HOLE_SEQUENCE_NUMBER,
    KH_HOLE_DATA,
    KH_HOLE_ARRIVAL,
    KH_HOLE_SEQUENCE_AGAIN, /* in eventID */
    KH_HOLE_COUNT
};

struct kh_hole {
    enum kh_hole_kind kind;
    const char *begin;
    const char *end;
};

struct kh_entry_shape {
    const char *begin; /* NULL: none was learned */
    const char *end;
    struct kh_hole holes[KH_HOLE_COUNT]; /* as they stand in the text */
    unsigned hole_count;
    struct kh_str shard_id;
    struct kh_str source_arn;
};

/* None learned yet. */
void kh_entry_shape_init(struct kh_entry_shape *shape);

/* At the beginning of an entry that is going to be read. */
void kh_entry_shape_begin(struct kh_entry_shape *shape, const char *begin);

/* A value that differs has been read. */
void kh_entry_shape_hole(struct kh_entry_shape *shape, enum kh_hole_kind kind, const char *begin,
                         const char *end);

/* The entry has been read; it becomes the shape if it has all the holes. */
void kh_entry_shape_end(struct kh_entry_shape *shape, const char *end,
                        const struct kh_record *record);

/* Reads the entry at the cursor if it is of this shape; otherwise false, and the cursor stays. */
bool kh_entry_shape_read(const struct kh_entry_shape *shape, struct kh_json *in,
                         struct kh_record *record);

/* Is it a part of the text that is read? What has escapes is not, so that its bytes are not those sent. */
bool kh_entry_is_slice(const struct kh_json *in, struct kh_str value);

/* Seconds with a fraction, as milliseconds; what can't be a time is 0. */
enum kh_status kh_entry_read_arrival(struct kh_json *in, int64_t *arrival_ms) KH_MUST_USE;

#endif
