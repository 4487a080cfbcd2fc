/*
 * Dead letters once more through the handlers. replay.c has the verb and files, replay_queue.c queues,
 * replay_stream.c streams.
 */
#ifndef KH_REPLAY_H
#define KH_REPLAY_H

#include "edge/handling.h"

struct kh_replay {
    struct kh_handling handling;
    const char *source;          /* as it was named */
    struct kh_dead_letters stay; /* the target when a queue is replayed */
    size_t entries;              /* read so far */
};

/*
 * Takes one entry (KH_PADDING readable bytes behind it; in the arena of the batch) to the records of a batch.
 * What can't be read is told on standard error, counted, and false: it is not among them. The record's position
 * is that of the entry. KH_NO_MEMORY.
 */
enum kh_status kh_replay_take(struct kh_replay *replay, struct kh_str entry,
                              struct kh_records *records, bool *taken,
                              struct kh_error *error) KH_MUST_USE;

/* Room for `count` records in the arena of the batch, none of them yet. KH_NO_MEMORY. */
enum kh_status kh_replay_begin(struct kh_replay *replay, size_t count, struct kh_records *records,
                               struct kh_error *error) KH_MUST_USE;

/*
 * All entries of the queue, by its URL; messages whose records are done, duplicates or skipped are deleted, the
 * others stay. It is the target of dead letters itself. KH_BAD_SETTING, and as the calls; handled is what was
 * before.
 */
enum kh_status kh_replay_queue(struct kh_replay *replay, const char *url,
                               struct kh_error *error) KH_MUST_USE;

/* The target that lets messages stay where they are. */
struct kh_dead_letters *kh_replay_stay(struct kh_replay *replay);

/* All entries of the stream, from the oldest to its present end, the shards' parents first. */
enum kh_status kh_replay_stream(struct kh_replay *replay, const char *stream,
                                struct kh_error *error) KH_MUST_USE;

#endif
