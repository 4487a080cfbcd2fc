/*
 * Opening an aggregate. What is handed out stands in the arena first, its size being known; what protobuf-c
 * makes of the message goes behind that, is copied, and given up.
 */
#include "kh/aggregate.h"

#include <kpl.pb-c.h>

#include "base/md5.h"
#include "kh/hash_key.h"
#include "kh/utf8.h"
#include "record/aggregate_format.h"
#include "record/aggregate_scan.h"

bool kh_aggregate_is(struct kh_str bytes)
{
    unsigned char digest[KH_MD5_SIZE];
    struct kh_str message;

    if (bytes.length <= KH__AGGREGATE_MAGIC_SIZE + KH_MD5_SIZE ||
        memcmp(bytes.data, KH__AGGREGATE_MAGIC, KH__AGGREGATE_MAGIC_SIZE) != 0) {
        return false;
    }
    message = (struct kh_str){ bytes.data + KH__AGGREGATE_MAGIC_SIZE,
                               bytes.length - KH__AGGREGATE_MAGIC_SIZE - KH_MD5_SIZE };
    kh_md5_of(message, digest);
    return memcmp(message.data + message.length, digest, sizeof digest) == 0;
}

bool kh__is_partition_key(struct kh_str key)
{
    return key.length <= 4 * (size_t)KH_PARTITION_KEY_LIMIT && kh_utf8_is_valid(key) &&
           kh_utf8_count(key) <= KH_PARTITION_KEY_LIMIT;
}

bool kh__is_hash_key(struct kh_str key)
{
    struct kh_shard_hash hash;

    return kh_shard_hash_parse(key, &hash) == KH_OK;
}

/* ---- Memory of protobuf-c ---------------------------------------------------------------- */

struct unpack_memory {
    struct kh_arena *arena;
    bool failed;
};

static void *allocate(void *context, size_t size)
{
    struct unpack_memory *memory = context;
    void *allocated = kh_arena_alloc(memory->arena, size);

    memory->failed = memory->failed || allocated == NULL;
    return allocated;
}

static void release(void *context, void *memory)
{
    (void)context;
    (void)memory; /* all of it at once, with the mark */
}

/* ---- User records ------------------------------------------------------------------------ */

/* What is handed out, while it is made. */
struct opening {
    struct kh_arena *arena;
    struct kh__aggregate_counts counts;
    struct kh_str *partition_keys;
    struct kh_str *hash_keys;
    struct kh_user_record *records;
    char *at; /* where the next bytes go */
    const char **reason;
};

static enum kh_status bad(const struct opening *o, const char *reason)
{
    *o->reason = reason;
    return KH_BAD_AGGREGATE;
}

static struct kh_str copy(struct opening *o, ProtobufCBinaryData bytes)
{
    struct kh_str text = { o->at, bytes.len };

    if (bytes.len > 0) {
        memcpy(o->at, bytes.data, bytes.len);
    }
    o->at += bytes.len;
    return text;
}

/* Room for everything; the bytes have KH_PADDING behind them. */
static enum kh_status make_room(struct opening *o)
{
    const struct kh__aggregate_counts *counts = &o->counts;

    o->records = kh_arena_alloc(o->arena, counts->records * sizeof *o->records);
    o->partition_keys =
        kh_arena_alloc(o->arena, counts->partition_keys * sizeof *o->partition_keys);
    o->hash_keys = kh_arena_alloc(o->arena, counts->hash_keys * sizeof *o->hash_keys);
    o->at = kh_arena_alloc(o->arena, counts->bytes + KH_PADDING);
    return o->records == NULL || o->partition_keys == NULL || o->hash_keys == NULL || o->at == NULL
               ? KH_NO_MEMORY
               : KH_OK;
}

static enum kh_status take_keys(struct opening *o, const KhKpl__AggregatedRecord *message)
{
    for (size_t i = 0; i < message->n_partition_key_table; i++) {
        o->partition_keys[i] = copy(o, message->partition_key_table[i]);
        if (!kh__is_partition_key(o->partition_keys[i])) {
            return bad(o, "a partition key is not UTF-8, or longer than 256 characters");
        }
    }
    for (size_t i = 0; i < message->n_explicit_hash_key_table; i++) {
        o->hash_keys[i] = copy(o, message->explicit_hash_key_table[i]);
        if (!kh__is_hash_key(o->hash_keys[i])) {
            return bad(o, "an explicit hash key is not a number from 0 to 2^128 - 1");
        }
    }
    return KH_OK;
}

static enum kh_status take_records(struct opening *o, const KhKpl__AggregatedRecord *message)
{
    for (size_t i = 0; i < message->n_records; i++) {
        const KhKpl__Record *from = message->records[i];
        struct kh_user_record *record = &o->records[i];

        if (from->partition_key_index >= message->n_partition_key_table) {
            return bad(o, "a user record names a partition key that is not there");
        }
        record->partition_key = o->partition_keys[from->partition_key_index];
        record->explicit_hash_key = KH_STR("");
        if (from->has_explicit_hash_key_index) {
            if (from->explicit_hash_key_index >= message->n_explicit_hash_key_table) {
                return bad(o, "a user record names an explicit hash key that is not there");
            }
            record->explicit_hash_key = o->hash_keys[from->explicit_hash_key_index];
        }
        record->data = copy(o, from->data);
    }
    return KH_OK;
}

/* Both have counted the same; what is copied has room for sure. */
static bool is_as_counted(const struct opening *o, const KhKpl__AggregatedRecord *message)
{
    return message->n_records == o->counts.records &&
           message->n_partition_key_table == o->counts.partition_keys &&
           message->n_explicit_hash_key_table == o->counts.hash_keys;
}

static enum kh_status unpack(struct opening *o, struct kh_str message)
{
    struct unpack_memory memory = { .arena = o->arena };
    ProtobufCAllocator allocator = { allocate, release, &memory };
    KhKpl__AggregatedRecord *unpacked = kh_kpl__aggregated_record__unpack(
        &allocator, message.length, (const uint8_t *)message.data);

    if (memory.failed) {
        return KH_NO_MEMORY;
    }
    if (unpacked == NULL || !is_as_counted(o, unpacked)) {
        /* It does not tell why, but the bytes are fields one after the other: we have been through them. */
        return bad(o, "a user record lacks its partition key or its data");
    }
    KH_TRY(take_keys(o, unpacked));
    return take_records(o, unpacked);
}

enum kh_status kh_aggregate_open(struct kh_str bytes, struct kh_arena *arena,
                                 struct kh_user_records *out, const char **reason)
{
    const struct kh_str message = { bytes.data + KH__AGGREGATE_MAGIC_SIZE,
                                    bytes.length - KH__AGGREGATE_MAGIC_SIZE - KH_MD5_SIZE };
    struct kh_arena_mark before = kh_arena_mark(arena);
    struct opening o = { .arena = arena, .reason = reason };
    struct kh_arena_mark mark;
    enum kh_status status;

    KH_TRY(kh__aggregate_scan(message, &o.counts, reason));
    KH_TRY(make_room(&o));
    mark = kh_arena_mark(arena);
    status = unpack(&o, message);
    kh_arena_release(arena, status == KH_OK ? mark : before);
    *out = (struct kh_user_records){ o.records, o.counts.records };
    return status;
}
