/*
 * One shard on its way through the service: read, gathered into batches, delivered, and its checkpoint kept. A
 * reader is used by one thread at a time, not always by the same.
 */
#ifndef KH_SHARD_READER_H
#define KH_SHARD_READER_H

#include "edge/consumer.h"
#include "flow/checkpoint.h"
#include "flow/delivery.h"
#include "kh/batch.h"
#include "kinesis/records.h"

/* AWS has up to 512 characters. */
#define KH_ITERATOR_SIZE 2048

/* What all readers share. */
struct kh_shard_source {
    struct kh_kinesis_stream *stream;
    struct kh_str arn; /* of the stream */
    struct kh_checkpoints checkpoints;
    const struct kh_consumer *consumer;
    const struct kh_startup *startup; /* its options are those of the batch */
    struct kh_log log;
    const struct kh_batch_observer *observer; /* called by any thread */
    int64_t from_ms;                          /* where a shard without a checkpoint is begun */
    bool (*must_stop)(void *context);
    void *stop_context;
};

/* What a thread brings along. */
struct kh_shard_tools {
    struct kh_batch *batch;
    struct kh_opener *opener;
    struct kh_arena scratch;
    struct kh_json_writer writer;
};

struct kh_shard_reader {
    struct kh_str shard_id; /* borrowed */

    /* Progress. All up to `settled` is done; `kept` is what the store was told of that. */
    struct kh_checkpoint kept; /* its strings are below; an empty id: nothing */
    char kept_number[KH_SEQUENCE_NUMBER_SIZE];
    char settled_number[KH_SEQUENCE_NUMBER_SIZE];
    bool is_unsaved;
    bool is_finished; /* the shard ended, and all of it is done */

    /* Reading. */
    char read_number[KH_SEQUENCE_NUMBER_SIZE]; /* of the last record that was read; or "" */
    char iterator[KH_ITERATOR_SIZE];           /* "": there is none */
    bool has_ended;                            /* nothing comes behind what was read */
    bool is_idle;                              /* all was read that there is */
    int64_t behind_ms;
    int64_t next_read_ms; /* times without a date are monotonic */
    unsigned failures;    /* of calls, one after the other */

    /* What was read and is not settled: `count` records from `first` on, in one of two arenas. */
    struct kh_arena arenas[2];
    unsigned used;
    struct kh_record *records;
    size_t first;
    size_t count;
    int64_t waiting_since_ms; /* the first of them */

    /* The batch in hand. */
    bool is_delivering;
    struct kh_delivery delivery;
    int64_t next_try_ms;
};

/* `kept` is what the store has of the shard; an empty id: nothing. */
void kh_shard_reader_init(struct kh_shard_reader *reader, struct kh_str shard_id,
                          const struct kh_checkpoint *kept);
void kh_shard_reader_clean_up(struct kh_shard_reader *reader);

enum kh_turn {
    KH_TURN_PAUSED,   /* there is nothing to do for some time */
    KH_TURN_FINISHED, /* the shard has ended, all of it is done, and its checkpoint says so */
    KH_TURN_FAILED    /* the worker can't go on */
};

/*
 * Does what there is to do now, up to a pause or until a stop is wanted. KH_TURN_PAUSED sets *pause_ms;
 * KH_TURN_FAILED fills `error`.
 */
enum kh_turn kh_shard_reader_turn(struct kh_shard_reader *reader,
                                  const struct kh_shard_source *source,
                                  struct kh_shard_tools *tools, int64_t *pause_ms,
                                  struct kh_error *error);

/* A call may be made again: it failed for a passing reason. */
bool kh_shard_failure_passes(enum kh_status status);

/* How long to wait after so many failures of calls. */
int64_t kh_shard_back_off_ms(unsigned failures);

/* How long a call may take. */
#define KH_SHARD_CALL_MS 15000

#endif
