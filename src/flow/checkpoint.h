/*
 * How far the consumer of a stream has come, in the store of the service. One row per shard; and one of the
 * consumer itself, which says where it began: new shards that have no row are read from there.
 */
#ifndef KH_FLOW_CHECKPOINT_H
#define KH_FLOW_CHECKPOINT_H

#include "kh/clock.h"
#include "kh/store.h"
#include "model/checkpoint.h"

/* A sequence number has up to 129 digits. */
#define KH_SEQUENCE_NUMBER_SIZE 130

/* All borrowed. */
struct kh_checkpoints {
    struct kh_store *store;
    const char *stream; /* its name, never its ARN: they are the same whichever is given */
    const char *consumer;
    const struct kh_clock *clock;
};

/*
 * Of each shard ("": of the consumer) what is kept, in the call's arena; an empty `id` where nothing is. Statuses
 * as those of kh_store_ops.fetch.
 */
enum kh_status kh_checkpoints_read(const struct kh_checkpoints *checkpoints,
                                   const struct kh_call *call, const struct kh_str *shards,
                                   size_t count, struct kh_checkpoint *out) KH_MUST_USE;

/*
 * Keeps `next` where `known` was kept before (NULL: nothing); its id and time are set here. KH_CONFLICT, with
 * an error: there is something else, so another process reads the same shard as the same consumer. Other
 * statuses as those of kh_store_ops.commit. Writing the same again does no harm.
 */
enum kh_status kh_checkpoints_write(const struct kh_checkpoints *checkpoints,
                                    const struct kh_call *call, struct kh_str shard,
                                    const struct kh_checkpoint *known,
                                    const struct kh_checkpoint *next) KH_MUST_USE;

#endif
