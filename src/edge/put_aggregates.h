/*
 * Packing the events of a batch into aggregates, as the Kinesis Producer Library does: user records of one shard
 * together, for a reader that knows its shard's range may drop those that are not its own.
 */
#ifndef KH_PUT_AGGREGATES_H
#define KH_PUT_AGGREGATES_H

#include "kinesis/put.h"

struct kh_aggregator;

/* NULL when memory is short. */
struct kh_aggregator *kh_aggregator_new(struct kh_kinesis_stream *stream,
                                        const struct kh_clock *clock);
/* NULL is allowed. */
void kh_aggregator_destroy(struct kh_aggregator *aggregator);

/*
 * Packs `count` records into fewer, which keep the order of each shard; `carriers[i]` is the position of the one
 * that record i is in. A record that is alone stays as it is. Everything is in the arena. Asks the stream for its
 * shards now and then: they may have been split or merged. As kh_kinesis_list_shards; KH_INVALID: an explicit hash key
 * is none; KH_NO_MEMORY.
 */
enum kh_status kh_aggregate_records(struct kh_aggregator *aggregator,
                                    const struct kh_put_record *records, size_t count,
                                    struct kh_arena *arena, struct kh_error *error,
                                    struct kh_put_record **out, size_t *out_count,
                                    size_t *carriers) KH_MUST_USE;

#endif
