/* Reading one shard: from where, and what is there. */
#ifndef KH_KINESIS_RECORDS_H
#define KH_KINESIS_RECORDS_H

#include "kh/source.h"
#include "kinesis/stream.h"

/* More than this GetRecords does not give at once. */
#define KH_KINESIS_MAX_RECORDS 10000

enum kh_kinesis_start {
    KH_KINESIS_TRIM_HORIZON, /* the oldest record there is */
    KH_KINESIS_AT_TIME,      /* the first that came at `time_ms` or later */
    KH_KINESIS_AFTER         /* the one behind `sequence_number` */
};

struct kh_kinesis_position {
    enum kh_kinesis_start start;
    int64_t time_ms; /* since 1970 */
    struct kh_str sequence_number;
};

/*
 * GetShardIterator; *out is in the arena of the call, and good for five minutes. As kh_aws_call, but KH_IO where the service itself failed; KH_STORE also
 * for an answer that can't be read.
 */
enum kh_status kh_kinesis_iterator(struct kh_kinesis_stream *stream, const struct kh_call *call,
                                   struct kh_str shard_id,
                                   const struct kh_kinesis_position *position,
                                   struct kh_str *out) KH_MUST_USE;

/* Everything is in the arena of the call, but shard_id and source_arn of the records. */
struct kh_kinesis_page {
    struct kh_records records; /* may be none, though there are more behind them */
    struct kh_str next;        /* the iterator to go on with; "": the shard has ended */
    int64_t behind_ms;         /* how old the newest record of the shard is that is not read yet */
    bool expired;              /* the iterator was too old: there is nothing else, get a new one */
};

/*
 * GetRecords of an iterator, up to `limit` records. Each gets `shard_id` and `source_arn`, which must live as
 * long. As kh_kinesis_iterator.
 */
enum kh_status kh_kinesis_records(struct kh_kinesis_stream *stream, const struct kh_call *call,
                                  struct kh_str iterator, size_t limit, struct kh_str shard_id,
                                  struct kh_str source_arn,
                                  struct kh_kinesis_page *out) KH_MUST_USE;

#endif
