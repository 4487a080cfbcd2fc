/*
 * Aggregates for a producer: the two tables of keys and the user records grow side by side, and are put one
 * after the other in the end.
 */
#include <stdint.h>

#include "base/md5.h"
#include "kh/aggregate.h"
#include "kh/alloc.h"
#include "record/aggregate_format.h"

/* All lengths are far from what their types hold. */
#define SIZE_LIMIT ((size_t)1 << 30)

/* A place of the table: a key that is in it, or none. */
struct kh__key_slot {
    uint64_t hash;
    size_t offset; /* of the key in what is encoded */
    size_t length;
    size_t number; /* of the key, from 1; 0: nothing is here */
};

/* ---- Bytes ------------------------------------------------------------------------------- */

static enum kh_status reserve(struct kh__bytes *bytes, size_t more)
{
    size_t needed = bytes->length + more;
    size_t capacity = needed < 512 ? 1024 : needed * 2;
    char *data;

    if (needed <= bytes->capacity) {
        return KH_OK;
    }
    data = kh_realloc(bytes->data, capacity);
    if (data == NULL) {
        return KH_NO_MEMORY;
    }
    bytes->data = data;
    bytes->capacity = capacity;
    return KH_OK;
}

/* There must be room for it. */
static void put(struct kh__bytes *bytes, const void *data, size_t length)
{
    if (length > 0) {
        memcpy(bytes->data + bytes->length, data, length);
        bytes->length += length;
    }
}

static size_t varint_size(size_t value)
{
    size_t size = 1;

    for (; value >= 0x80; value >>= 7) {
        size++;
    }
    return size;
}

static void put_varint(struct kh__bytes *bytes, size_t value)
{
    for (; value >= 0x80; value >>= 7) {
        bytes->data[bytes->length++] = (char)((value & 0x7f) | 0x80);
    }
    bytes->data[bytes->length++] = (char)value;
}

static void put_tag(struct kh__bytes *bytes, unsigned number, unsigned wire)
{
    put_varint(bytes, number << 3 | wire);
}

/* A field of bytes, its tag (all of ours have one byte) included. */
static size_t field_size(size_t length)
{
    return 1 + varint_size(length) + length;
}

/* ---- Keys -------------------------------------------------------------------------------- */

static bool holds(const struct kh__key_table *table, const struct kh__key_slot *slot,
                  struct kh_str key, uint64_t hash)
{
    return slot->hash == hash && slot->length == key.length &&
           kh_str_equal((struct kh_str){ table->encoded.data + slot->offset, slot->length }, key);
}

/* Where the key is, or would be. */
static struct kh__key_slot *find_slot(const struct kh__key_table *table, struct kh_str key,
                                      uint64_t hash)
{
    size_t mask = table->slot_count - 1;
    size_t at = (size_t)hash & mask;

    for (;; at = (at + 1) & mask) {
        struct kh__key_slot *slot = &table->slots[at];

        if (slot->number == 0 || holds(table, slot, key, hash)) {
            return slot;
        }
    }
}

/* Half of the slots are free at least. */
static enum kh_status make_slots(struct kh__key_table *table)
{
    size_t count = table->slot_count == 0 ? 64 : table->slot_count * 2;
    struct kh__key_slot *old = table->slots;
    struct kh__key_slot *slots;

    if (table->count * 2 < table->slot_count) {
        return KH_OK;
    }
    slots = kh_calloc(count, sizeof *slots);
    if (slots == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < table->slot_count; i++) {
        size_t at = (size_t)old[i].hash & (count - 1);

        while (old[i].number != 0 && slots[at].number != 0) {
            at = (at + 1) & (count - 1);
        }
        if (old[i].number != 0) {
            slots[at] = old[i];
        }
    }
    kh_free(old);
    table->slots = slots;
    table->slot_count = count;
    return KH_OK;
}

/* The key's number, from 1, which it has or would have; *is_new says which. */
static size_t number_of(const struct kh__key_table *table, struct kh_str key, bool *is_new)
{
    size_t number = table->slot_count == 0 ? 0 : find_slot(table, key, kh_hash(key))->number;

    *is_new = number == 0;
    return *is_new ? table->count + 1 : number;
}

static enum kh_status prepare_key(struct kh__key_table *table, struct kh_str key)
{
    KH_TRY(make_slots(table));
    return reserve(&table->encoded, field_size(key.length));
}

/* After prepare_key, so it can't fail; the key's index. */
static size_t add_key(struct kh__key_table *table, unsigned field, struct kh_str key)
{
    uint64_t hash = kh_hash(key);
    struct kh__key_slot *slot = find_slot(table, key, hash);

    if (slot->number == 0) {
        put_tag(&table->encoded, field, KH__WIRE_BYTES);
        put_varint(&table->encoded, key.length);
        *slot = (struct kh__key_slot){ hash, table->encoded.length, key.length, ++table->count };
        put(&table->encoded, key.data, key.length);
    }
    return slot->number - 1;
}

static void reset_keys(struct kh__key_table *table)
{
    if (table->count > 0) {
        memset(table->slots, 0, table->slot_count * sizeof *table->slots);
    }
    table->count = 0;
    table->encoded.length = 0;
}

static void clean_up_keys(struct kh__key_table *table)
{
    kh_free(table->slots);
    kh_free(table->encoded.data);
}

/* ---- User records ------------------------------------------------------------------------ */

/* What one more user record takes: in the tables and where the records are. */
struct sizes {
    size_t keys;
    size_t content; /* of the field that the record is */
};

static struct sizes measure(const struct kh_aggregate_writer *writer,
                            const struct kh_user_record *record)
{
    struct sizes sizes = { 0, field_size(record->data.length) };
    bool is_new;

    sizes.content +=
        1 + varint_size(number_of(&writer->partition_keys, record->partition_key, &is_new) - 1);
    sizes.keys += is_new ? field_size(record->partition_key.length) : 0;
    if (record->explicit_hash_key.length > 0) {
        sizes.content +=
            1 + varint_size(number_of(&writer->hash_keys, record->explicit_hash_key, &is_new) - 1);
        sizes.keys += is_new ? field_size(record->explicit_hash_key.length) : 0;
    }
    return sizes;
}

size_t kh_aggregate_size(const struct kh_aggregate_writer *writer)
{
    return KH__AGGREGATE_MAGIC_SIZE + writer->partition_keys.encoded.length +
           writer->hash_keys.encoded.length + writer->records.length + KH_MD5_SIZE;
}

size_t kh_aggregate_size_with(const struct kh_aggregate_writer *writer,
                              const struct kh_user_record *record)
{
    struct sizes more = measure(writer, record);

    return kh_aggregate_size(writer) + more.keys + field_size(more.content);
}

static enum kh_status check(const struct kh_aggregate_writer *writer,
                            const struct kh_user_record *record)
{
    if (writer->count == KH_AGGREGATE_LIMIT || record->data.length > SIZE_LIMIT ||
        kh_aggregate_size(writer) + record->data.length > SIZE_LIMIT) {
        return KH_TOO_LARGE;
    }
    return kh__is_partition_key(record->partition_key) &&
                   (record->explicit_hash_key.length == 0 ||
                    kh__is_hash_key(record->explicit_hash_key))
               ? KH_OK
               : KH_INVALID;
}

enum kh_status kh_aggregate_add(struct kh_aggregate_writer *writer,
                                const struct kh_user_record *record)
{
    bool has_hash_key = record->explicit_hash_key.length > 0;
    struct kh__bytes *out = &writer->records;
    size_t content;

    KH_TRY(check(writer, record));
    content = measure(writer, record).content;
    KH_TRY(prepare_key(&writer->partition_keys, record->partition_key));
    if (has_hash_key) {
        KH_TRY(prepare_key(&writer->hash_keys, record->explicit_hash_key));
    }
    KH_TRY(reserve(out, field_size(content)));

    put_tag(out, KH__AGGREGATE_RECORD, KH__WIRE_BYTES);
    put_varint(out, content);
    put_tag(out, KH__USER_RECORD_PARTITION_KEY, KH__WIRE_VARINT);
    put_varint(
        out, add_key(&writer->partition_keys, KH__AGGREGATE_PARTITION_KEY, record->partition_key));
    if (has_hash_key) {
        put_tag(out, KH__USER_RECORD_HASH_KEY, KH__WIRE_VARINT);
        put_varint(out,
                   add_key(&writer->hash_keys, KH__AGGREGATE_HASH_KEY, record->explicit_hash_key));
    }
    put_tag(out, KH__USER_RECORD_DATA, KH__WIRE_BYTES);
    put_varint(out, record->data.length);
    put(out, record->data.data, record->data.length);
    writer->count++;
    return KH_OK;
}

/* ---- The whole --------------------------------------------------------------------------- */

void kh_aggregate_writer_init(struct kh_aggregate_writer *writer)
{
    *writer = (struct kh_aggregate_writer){ .count = 0 };
}

void kh_aggregate_writer_clean_up(struct kh_aggregate_writer *writer)
{
    clean_up_keys(&writer->partition_keys);
    clean_up_keys(&writer->hash_keys);
    kh_free(writer->records.data);
    kh_free(writer->finished.data);
}

void kh_aggregate_writer_reset(struct kh_aggregate_writer *writer)
{
    reset_keys(&writer->partition_keys);
    reset_keys(&writer->hash_keys);
    writer->records.length = 0;
    writer->count = 0;
}

enum kh_status kh_aggregate_finish(struct kh_aggregate_writer *writer, struct kh_str *bytes)
{
    struct kh__bytes *out = &writer->finished;
    struct kh_str message;
    unsigned char digest[KH_MD5_SIZE];

    out->length = 0;
    KH_TRY(reserve(out, kh_aggregate_size(writer)));
    put(out, KH__AGGREGATE_MAGIC, KH__AGGREGATE_MAGIC_SIZE);
    put(out, writer->partition_keys.encoded.data, writer->partition_keys.encoded.length);
    put(out, writer->hash_keys.encoded.data, writer->hash_keys.encoded.length);
    put(out, writer->records.data, writer->records.length);
    message = (struct kh_str){ out->data + KH__AGGREGATE_MAGIC_SIZE,
                               out->length - KH__AGGREGATE_MAGIC_SIZE };
    kh_md5_of(message, digest);
    put(out, digest, sizeof digest);
    *bytes = (struct kh_str){ out->data, out->length };
    return KH_OK;
}
