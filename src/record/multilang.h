/*
 * What the Kinesis Client Library's MultiLangDaemon says to a record processor: one JSON object a line.
 */
#ifndef KH_RECORD_MULTILANG_H
#define KH_RECORD_MULTILANG_H

#include "kh/source.h"

enum kh_multilang_action {
    KH_MULTILANG_OTHER, /* of a daemon that knows more than we */
    KH_MULTILANG_INITIALIZE,
    KH_MULTILANG_PROCESS_RECORDS,
    KH_MULTILANG_CHECKPOINT, /* the answer to ours */
    KH_MULTILANG_LEASE_LOST,
    KH_MULTILANG_SHARD_ENDED,
    KH_MULTILANG_SHUTDOWN_REQUESTED
};

/* What is absent or null is "", or -1. */
struct kh_multilang_message {
    enum kh_multilang_action action; /* `shutdown` is one of the others, by its reason */
    struct kh_str name;              /* of the action, as it was sent: the answer repeats it */
    struct kh_str shard_id;          /* KH_MULTILANG_INITIALIZE */
    struct kh_str sequence_number;   /* KH_MULTILANG_INITIALIZE: where it begins */
    struct kh_str error;             /* KH_MULTILANG_CHECKPOINT: the name of a Java exception */
    int64_t behind_ms;               /* KH_MULTILANG_PROCESS_RECORDS */
    /*
     * Of KH_MULTILANG_PROCESS_RECORDS, those of aggregates one by one. A record's id is its sequence number, and
     * its place in the aggregate behind a slash where that is not 0.
     */
    struct kh_records records;
};

/*
 * Reads a line (KH_PADDING readable bytes behind it). Strings are slices of it, or in the arena, like the records'
 * data. KH_NOT_JSON and its like, KH_INVALID, KH_NO_MEMORY.
 */
enum kh_status kh_multilang_read(struct kh_str line, struct kh_arena *arena, struct kh_error *error,
                                 struct kh_multilang_message *out) KH_MUST_USE;

/* The two numbers that name a record of kh_multilang_read to the daemon. */
uint64_t kh_multilang_sub_sequence_number(const struct kh_record *record);

#endif
