/* The records of a batch: aggregates become their user records, everything else goes through its frames. */
#include "kh/open.h"

#include "kh/aggregate.h"
#include "kh/alloc.h"
#include "record/opener.h"

struct kh_opener *kh_opener_new(const struct kh_open_options *options)
{
    struct kh_opener *opener = kh_calloc(1, sizeof *opener);

    if (opener != NULL) {
        opener->options = *options;
        kh__decompressor_init(&opener->decompressor);
    }
    return opener;
}

void kh_opener_destroy(struct kh_opener *opener)
{
    if (opener != NULL) {
        kh__decompressor_clean_up(&opener->decompressor);
        kh_free(opener);
    }
}

/* ---- The events -------------------------------------------------------------------------- */

/* The records as they become events: in the same array, until there is an aggregate among them. */
struct events {
    struct kh_record *items;
    size_t count;
    size_t capacity;
};

/* Room for `count` events that take the place of one record, and for the `left` records behind it. */
static enum kh_status make_room(struct events *events, struct kh_arena *arena, size_t count,
                                size_t left)
{
    size_t capacity = events->count + count + left;
    struct kh_record *items;

    if (capacity <= events->capacity) {
        return KH_OK;
    }
    capacity += capacity / 2;
    items = kh_arena_alloc(arena, capacity * sizeof *items);
    if (items == NULL) {
        return KH_NO_MEMORY;
    }
    if (events->count > 0) {
        memcpy(items, events->items, events->count * sizeof *items);
    }
    events->items = items;
    events->capacity = capacity;
    return KH_OK;
}

static enum kh_status add_user_records(struct kh_opener *opener, const struct kh_record *outer,
                                       const struct kh_user_records *found, struct events *events)
{
    struct kh_wrapping *wrappings = kh_arena_alloc(opener->arena, found->count * sizeof *wrappings);

    if (wrappings == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < found->count; i++) {
        const struct kh_user_record *user = &found->items[i];
        struct kh_record *record = &events->items[events->count++];

        wrappings[i] = (struct kh_wrapping){ .delivered = user->data,
                                             .frames = KH_STR(""),
                                             .schema_id = KH_STR(""),
                                             .is_user_record = true,
                                             .sub_sequence_number = i,
                                             .explicit_hash_key = user->explicit_hash_key };
        *record = *outer;
        record->data = user->data;
        record->partition_key = user->partition_key;
        record->wrapping = &wrappings[i];
        KH_TRY(kh__frames_open(opener, record));
    }
    return KH_OK;
}

/* An aggregate that can't be opened, or not in this batch, stays one record. */
static enum kh_status keep_aggregate(struct kh_opener *opener, const struct kh_record *outer,
                                     struct events *events, enum kh_status status,
                                     const char *reason)
{
    struct kh_record *record = &events->items[events->count++];

    *record = *outer;
    return kh__open_failed(opener, record, status, reason);
}

static enum kh_status open_aggregate(struct kh_opener *opener, const struct kh_record *outer,
                                     size_t left, struct events *events)
{
    struct kh_arena_mark mark = kh_arena_mark(opener->arena);
    struct kh_user_records found;
    const char *reason = NULL;
    enum kh_status status = kh_aggregate_open(outer->data, opener->arena, &found, &reason);

    if (status == KH_BAD_AGGREGATE) {
        return keep_aggregate(opener, outer, events, status, reason);
    }
    KH_TRY(status);
    if (opener->user_records > 0 &&
        found.count > KH_OPEN_BATCH_USER_RECORDS - opener->user_records) {
        kh_arena_release(opener->arena, mark);
        return keep_aggregate(opener, outer, events, KH_NO_ROOM,
                              "this batch is full: it holds 200,000 user records of aggregates; "
                              "smaller batches help");
    }
    opener->user_records += found.count;
    KH_TRY(make_room(events, opener->arena, found.count, left));
    return add_user_records(opener, outer, &found, events);
}

/* ---- The records ------------------------------------------------------------------------- */

static enum kh_status open_record(struct kh_opener *opener, struct kh_record *outer, size_t left,
                                  struct events *events)
{
    /* In the same array it is where it was. */
    const struct kh_record copy = *outer;
    struct kh_record *record;

    opener->others = opener->decompressed;
    if (copy.status == KH_OK && kh_aggregate_is(copy.data)) {
        return open_aggregate(opener, &copy, left, events);
    }
    record = &events->items[events->count++];
    *record = copy;
    return record->status == KH_OK ? kh__frames_open(opener, record) : KH_OK;
}

static enum kh_status open_all(struct kh_opener *opener, struct kh_records *records)
{
    struct events events = { records->items, 0, records->count };

    for (size_t i = 0; i < records->count; i++) {
        KH_TRY(open_record(opener, &records->items[i], records->count - i - 1, &events));
    }
    records->items = events.items;
    records->count = events.count;
    return KH_OK;
}

enum kh_status kh_open(struct kh_opener *opener, struct kh_arena *arena, struct kh_error *error,
                       struct kh_records *records)
{
    enum kh_open_as as = opener->options.as;

    if (as == KH_OPEN_AS_PROTOBUF) {
        for (size_t i = 0; i < records->count; i++) {
            records->items[i].encoding = KH_ENCODING_PROTOBUF;
        }
        return KH_OK;
    }
    if (as == KH_OPEN_AS_JSON || records->all_objects) {
        return KH_OK;
    }
    opener->arena = arena;
    opener->decompressed = 0;
    opener->user_records = 0;
    if (open_all(opener, records) != KH_OK) {
        return kh_fail(error, KH_NO_MEMORY, "no memory to open the records");
    }
    return KH_OK;
}
