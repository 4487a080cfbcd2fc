/*
 * Aggregates: many user records in one record of a stream, as the Kinesis Producer Library packs them.
 *
 *     F3 89 9A C2   a message of Protocol Buffers (src/record/kpl.proto)   its MD5
 */
#ifndef KH_AGGREGATE_H
#define KH_AGGREGATE_H

#include <stdbool.h>

#include "kh/arena.h"
#include "kh/hash.h"
#include "kh/status.h"
#include "kh/str.h"

/* How many user records one aggregate may hold, and keys in each of its tables. */
#define KH_AGGREGATE_LIMIT 100000

/* The longest partition key, in characters: what Kinesis takes. */
#define KH_PARTITION_KEY_LIMIT 256

/* ---- Opening ----------------------------------------------------------------------------- */

struct kh_user_record {
    struct kh_str data; /* KH_PADDING readable bytes follow */
    struct kh_str partition_key;
    struct kh_str explicit_hash_key; /* decimal; or "" */
};

/* In their order; the place of each is its sub-sequence number. */
struct kh_user_records {
    const struct kh_user_record *items;
    size_t count;
};

/* Whether the bytes begin and end as an aggregate does. What only looks a bit like one is a plain record. */
bool kh_aggregate_is(struct kh_str bytes);

/*
 * The user records of what is an aggregate, in the arena. KH_BAD_AGGREGATE: *reason (static) says why none
 * of them is handed out: it is no message, an index points nowhere, a key is not one that Kinesis takes,
 * there are no user records or more than the limit. KH_NO_MEMORY.
 */
enum kh_status kh_aggregate_open(struct kh_str bytes, struct kh_arena *arena,
                                 struct kh_user_records *out, const char **reason) KH_MUST_USE;

/* ---- Writing ----------------------------------------------------------------------------- */

/* Bytes that grow; on the heap. */
struct kh__bytes {
    char *data;
    size_t length;
    size_t capacity;
};

/* Keys, each once, found by their hash. */
struct kh__key_table {
    struct kh__bytes encoded; /* as they stand in the message */
    struct kh__key_slot *slots;
    size_t slot_count; /* a power of two, or 0 */
    size_t count;
};

/* Gathers user records into one aggregate after the other. */
struct kh_aggregate_writer {
    struct kh__key_table partition_keys;
    struct kh__key_table hash_keys;
    struct kh__bytes records;
    struct kh__bytes finished;
    size_t count; /* user records so far */
};

/* Takes nothing from the heap yet. */
void kh_aggregate_writer_init(struct kh_aggregate_writer *writer);
void kh_aggregate_writer_clean_up(struct kh_aggregate_writer *writer);

/* Without user records again; keeps the memory. */
void kh_aggregate_writer_reset(struct kh_aggregate_writer *writer);

/* How long the aggregate is now, and how long it would be with one more user record. */
size_t kh_aggregate_size(const struct kh_aggregate_writer *writer);
size_t kh_aggregate_size_with(const struct kh_aggregate_writer *writer,
                              const struct kh_user_record *record);

/*
 * Adds a user record, of which nothing is kept but copies. That all of them belong to the same shard
 * (kh/hash_key.h) is for the caller to see to, or readers that check it lose them. KH_TOO_LARGE: it is full,
 * at KH_AGGREGATE_LIMIT user records or 1 GiB. KH_INVALID: the partition key or the explicit hash key is
 * not one that Kinesis takes. After a failure the aggregate is what it was.
 */
enum kh_status kh_aggregate_add(struct kh_aggregate_writer *writer,
                                const struct kh_user_record *record) KH_MUST_USE;

/*
 * The aggregate's bytes, which live until the next call for this writer. It can be added to all the same.
 * (Producers send a single user record as it is.) KH_NO_MEMORY.
 */
enum kh_status kh_aggregate_finish(struct kh_aggregate_writer *writer,
                                   struct kh_str *bytes) KH_MUST_USE;

#endif
