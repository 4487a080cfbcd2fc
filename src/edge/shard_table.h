/*
 * The shards of a stream and who works on which: threads take one whose turn it is, and give it back with the time
 * of its next turn. A shard waits until its parents are finished, so that records of one key keep their order
 * when a stream is resharded. Looking for new shards is a turn as well.
 */
#ifndef KH_SHARD_TABLE_H
#define KH_SHARD_TABLE_H

#include <pthread.h>

#include "edge/shard_reader.h"
#include "kinesis/shards.h"

enum kh_shard_state { KH_SHARD_WAITING, KH_SHARD_READY, KH_SHARD_TAKEN, KH_SHARD_FINISHED };

struct kh_shard {
    struct kh_str id;
    struct kh_str parents[KH_KINESIS_MAX_PARENTS];
    size_t parent_count;
    enum kh_shard_state state;
    int64_t due_ms; /* monotonic: its next turn */
    struct kh_shard_reader reader;
};

struct kh_shard_table {
    pthread_mutex_t lock; /* of all below; a shard's reader belongs to who has taken it */
    pthread_cond_t changed;
    const struct kh_clock *clock;
    struct kh_arena arena; /* ids */
    struct kh_shard **shards;
    size_t count;
    size_t capacity;
    int64_t discovery_due_ms;
    bool is_discovering;
    bool is_stale; /* a shard was finished since the last discovery began, or there was none */
    bool is_stopped;
};

/* What a thread is to do. */
enum kh_shard_task { KH_TASK_STOP, KH_TASK_DISCOVER, KH_TASK_READ };

enum kh_status kh_shard_table_init(struct kh_shard_table *table, const struct kh_clock *clock,
                                   struct kh_error *error) KH_MUST_USE;
void kh_shard_table_clean_up(struct kh_shard_table *table);

/* Waits until there is something to do. KH_TASK_READ sets *shard. */
enum kh_shard_task kh_shard_table_take(struct kh_shard_table *table, struct kh_shard **shard);

/* After a turn. Finished ones have no other, and a discovery follows at once: their children are wanted. */
void kh_shard_table_give_back(struct kh_shard_table *table, struct kh_shard *shard, bool finished,
                              int64_t pause_ms);

/* By the thread that discovers: is there a shard with this id? */
bool kh_shard_table_has(struct kh_shard_table *table, struct kh_str id);

/* One that is new; `kept` is its checkpoint. KH_NO_MEMORY. */
enum kh_status kh_shard_table_add(struct kh_shard_table *table,
                                  const struct kh_kinesis_shard *shard,
                                  const struct kh_checkpoint *kept) KH_MUST_USE;

/* After a discovery, or one that failed. */
void kh_shard_table_discovered(struct kh_shard_table *table, bool succeeded, int64_t pause_ms);

/* Every shard is finished or was read to its present end, and no others can be there. */
bool kh_shard_table_is_idle(struct kh_shard_table *table);

/* Every thread gets KH_TASK_STOP from now on. */
void kh_shard_table_stop(struct kh_shard_table *table);
bool kh_shard_table_is_stopped(struct kh_shard_table *table);

#endif
