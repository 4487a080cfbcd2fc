/*
 * Opens what stands around events: aggregates become their user records; headers of schema registries and
 * compression go away. How a record says what it is: docs/encodings.md.
 */
#ifndef KH_OPEN_H
#define KH_OPEN_H

#include <stdbool.h>
#include <stddef.h>

#include "kh/arena.h"
#include "kh/error.h"
#include "kh/source.h"
#include "kh/status.h"

/* The setting RECORD_ENCODING. */
enum kh_open_as {
    KH_OPEN_AS_FOUND,   /* each record says by its first bytes what it is */
    KH_OPEN_AS_JSON,    /* all are JSON, as they are */
    KH_OPEN_AS_PROTOBUF /* all are messages of Protocol Buffers, as they are */
};

struct kh_open_options {
    enum kh_open_as as;
    bool has_protobuf; /* the service reads Protocol Buffers; else whatever is left is JSON */
    size_t
        max_decompressed; /* bytes that one record may become; the setting MAX_DECOMPRESSED_BYTES */
};

/*
 * What all records of a batch together may become: decompressed, so many times max_decompressed; as user
 * records, so many. Neither depends on what a single record may become, so the first one always has room.
 */
#define KH_OPEN_BATCH_FACTOR 8
#define KH_OPEN_BATCH_USER_RECORDS 200000

/* Memory for opening, used again and again; one per thread. */
struct kh_opener;

/* NULL when memory is short. */
struct kh_opener *kh_opener_new(const struct kh_open_options *options);

/* NULL is allowed. */
void kh_opener_destroy(struct kh_opener *opener);

/*
 * The records of a batch as a source delivered them become events: `encoding` and `wrapping` of each are
 * set, and an aggregate is replaced by its user records, which have id, sequence number, shard, arrival
 * and position of the aggregate. Takes one look when all of them begin with {.
 *
 * What can't be opened stays as one record that holds what was delivered, with its status, and the reason in
 * its wrapping: KH_BAD_FRAME, KH_BAD_AGGREGATE, KH_TOO_LARGE; KH_NO_ROOM, which is to be retried, when it
 * has no room in this batch beside the others.
 *
 * Fails with KH_NO_MEMORY only; then the records are not to be used.
 */
enum kh_status kh_open(struct kh_opener *opener, struct kh_arena *arena, struct kh_error *error,
                       struct kh_records *records) KH_MUST_USE;

#endif
