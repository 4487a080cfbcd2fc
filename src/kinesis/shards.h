/* Which shards a stream has, and which came of which. */
#ifndef KH_KINESIS_SHARDS_H
#define KH_KINESIS_SHARDS_H

#include "kinesis/stream.h"

#define KH_KINESIS_MAX_PARENTS 2

/* Strings are in the arena of the call. */
struct kh_kinesis_shard {
    struct kh_str id;
    /* One after a split, two after a merge. They need not be listed any more. */
    struct kh_str parents[KH_KINESIS_MAX_PARENTS];
    size_t parent_count;
    struct kh_str begin_hash; /* of its range of hash keys, decimal; the last one is in it, too */
    struct kh_str end_hash;
    bool is_closed; /* split or merged: it takes no more records */
};

struct kh_kinesis_shards {
    struct kh_kinesis_shard *items;
    size_t count;
};

/*
 * All that still have records, the closed ones too, however many pages they take. As kh_aws_call, but KH_IO where the service itself failed; KH_STORE
 * also for an answer that can't be read.
 */
enum kh_status kh_kinesis_list_shards(struct kh_kinesis_stream *stream, const struct kh_call *call,
                                      struct kh_kinesis_shards *out) KH_MUST_USE;

#endif
