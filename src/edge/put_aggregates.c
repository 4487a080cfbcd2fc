#include "edge/put_aggregates.h"

#include "kh/aggregate.h"
#include "kh/alloc.h"
#include "kh/hash_key.h"
#include "kinesis/shards.h"

/* As the Kinesis Producer Library has it: two of the units that a put is paid by. */
#define AGGREGATE_BYTES 51200
/* How old the list of shards may be. */
#define SHARDS_MS 30000
#define CALL_TIMEOUT_MS 60000
/* The partition key of aggregates; their explicit hash key says where they go. */
#define AGGREGATE_KEY KH_STR("a")

/* An open shard, and what is on its way there. */
struct place {
    struct kh_str id;
    struct kh_shard_hash begin;
    struct kh_shard_hash end;
    struct kh_aggregate_writer writer;
    size_t first; /* record in the writer, and the last one */
    size_t last;
};

struct kh_aggregator {
    struct kh_kinesis_stream *stream;
    const struct kh_clock *clock;
    struct kh_arena arena; /* of the list of shards */
    struct place *places;
    size_t place_count;
    int64_t listed_ms; /* when; 0: never */
};

/* What is done with one batch. */
struct packing {
    struct kh_aggregator *aggregator;
    const struct kh_put_record *records;
    struct kh_arena *arena;
    struct kh_error *error;
    struct kh_put_record *out;
    size_t out_count;
    size_t *carriers;
    size_t *next; /* the record that follows in the same aggregate */
};

/* ---- Shards ----------------------------------------------------------------------------- */

static void forget_places(struct kh_aggregator *aggregator)
{
    for (size_t i = 0; i < aggregator->place_count; i++) {
        kh_aggregate_writer_clean_up(&aggregator->places[i].writer);
    }
    aggregator->place_count = 0;
    kh_arena_reset(&aggregator->arena);
}

static enum kh_status add_place(struct kh_aggregator *aggregator,
                                const struct kh_kinesis_shard *shard, struct kh_error *error)
{
    struct place *place = &aggregator->places[aggregator->place_count];

    *place = (struct place){ .id = shard->id };
    if (kh_shard_hash_parse(shard->begin_hash, &place->begin) != KH_OK ||
        kh_shard_hash_parse(shard->end_hash, &place->end) != KH_OK) {
        return kh_fail(error, KH_STORE, "stream %.*s: ListShards: shard %.*s has no hash key range",
                       KH_STR_ARG(kh_kinesis_stream_name(aggregator->stream)),
                       KH_STR_ARG(shard->id));
    }
    kh_aggregate_writer_init(&place->writer);
    aggregator->place_count++;
    return KH_OK;
}

static enum kh_status list_shards(struct kh_aggregator *aggregator, struct kh_error *error)
{
    int64_t now_ms = kh_clock_wall_ms(aggregator->clock);
    const struct kh_call call = { .arena = &aggregator->arena,
                                  .error = error,
                                  .deadline_ms = now_ms + CALL_TIMEOUT_MS };
    struct kh_kinesis_shards shards;

    if (aggregator->listed_ms != 0 && now_ms - aggregator->listed_ms < SHARDS_MS) {
        return KH_OK;
    }
    forget_places(aggregator);
    KH_TRY(kh_kinesis_list_shards(aggregator->stream, &call, &shards));
    aggregator->places =
        kh_arena_alloc(&aggregator->arena, shards.count * sizeof *aggregator->places);
    if (aggregator->places == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < shards.count; i++) {
        if (!shards.items[i].is_closed) {
            KH_TRY(add_place(aggregator, &shards.items[i], error));
        }
    }
    aggregator->listed_ms = now_ms;
    return KH_OK;
}

/* NULL: in none of them, if their list is older than a split. */
static struct place *find_place(struct kh_aggregator *aggregator, const struct kh_shard_hash *hash)
{
    for (size_t i = 0; i < aggregator->place_count; i++) {
        struct place *place = &aggregator->places[i];

        if (kh_shard_hash_is_in(hash, &place->begin, &place->end)) {
            return place;
        }
    }
    return NULL;
}

/* ---- Aggregates ------------------------------------------------------------------------- */

/* Where the first of them goes, the others go as well. */
static enum kh_status set_hash_key(const struct kh_put_record *first, struct kh_arena *arena,
                                   struct kh_str *out)
{
    char text[KH_SHARD_HASH_DIGITS + 1];
    struct kh_shard_hash hash;
    size_t length;

    KH_TRY(kh_shard_hash_find(first->partition_key, first->explicit_hash_key, &hash));
    length = kh_shard_hash_text(&hash, text);
    *out = kh_arena_copy(arena, (struct kh_str){ text, length });
    return out->data == NULL ? KH_NO_MEMORY : KH_OK;
}

static enum kh_status write_aggregate(struct packing *packing, struct place *place,
                                      struct kh_put_record *out)
{
    struct kh_str bytes;

    KH_TRY(kh_aggregate_finish(&place->writer, &bytes));
    *out = (struct kh_put_record){ .data = kh_arena_copy(packing->arena, bytes),
                                   .partition_key = AGGREGATE_KEY };
    if (out->data.data == NULL) {
        return KH_NO_MEMORY;
    }
    return set_hash_key(&packing->records[place->first], packing->arena, &out->explicit_hash_key);
}

/* What the place holds becomes one record, after those that went there before. */
static enum kh_status close_place(struct packing *packing, struct place *place)
{
    struct kh_put_record *out = &packing->out[packing->out_count];

    if (place->writer.count == 0) {
        return KH_OK;
    }
    if (place->writer.count == 1) {
        *out = packing->records[place->first];
    } else {
        KH_TRY(write_aggregate(packing, place, out));
    }
    out->order_key = place->id;
    for (size_t at = place->first;; at = packing->next[at]) {
        packing->carriers[at] = packing->out_count;
        if (at == place->last) {
            break;
        }
    }
    packing->out_count++;
    kh_aggregate_writer_reset(&place->writer);
    return KH_OK;
}

static enum kh_status add_record(struct packing *packing, size_t at)
{
    const struct kh_put_record *record = &packing->records[at];
    const struct kh_user_record user = { record->data, record->partition_key,
                                         record->explicit_hash_key };
    struct kh_shard_hash hash;
    struct place *place;

    KH_TRY(kh_shard_hash_find(record->partition_key, record->explicit_hash_key, &hash));
    place = find_place(packing->aggregator, &hash);
    if (place == NULL) {
        return kh_fail(packing->error, KH_STORE,
                       "stream %.*s: no open shard has the hash key of a record",
                       KH_STR_ARG(kh_kinesis_stream_name(packing->aggregator->stream)));
    }
    if (kh_aggregate_size_with(&place->writer, &user) > AGGREGATE_BYTES) {
        KH_TRY(close_place(packing, place));
    }
    if (place->writer.count == 0) {
        place->first = at;
    } else {
        packing->next[place->last] = at;
    }
    place->last = at;
    return kh_aggregate_add(&place->writer, &user);
}

static enum kh_status pack(struct packing *packing, size_t count)
{
    struct kh_aggregator *aggregator = packing->aggregator;

    packing->out = kh_arena_alloc(packing->arena, (count + 1) * sizeof *packing->out);
    packing->next = kh_arena_alloc(packing->arena, (count + 1) * sizeof *packing->next);
    if (packing->out == NULL || packing->next == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        KH_TRY(add_record(packing, i));
    }
    for (size_t i = 0; i < aggregator->place_count; i++) {
        KH_TRY(close_place(packing, &aggregator->places[i]));
    }
    return KH_OK;
}

enum kh_status kh_aggregate_records(struct kh_aggregator *aggregator,
                                    const struct kh_put_record *records, size_t count,
                                    struct kh_arena *arena, struct kh_error *error,
                                    struct kh_put_record **out, size_t *out_count, size_t *carriers)
{
    struct packing packing = { .aggregator = aggregator,
                               .records = records,
                               .arena = arena,
                               .error = error,
                               .carriers = carriers };
    enum kh_status status;

    KH_TRY(list_shards(aggregator, error));
    status = pack(&packing, count);
    if (status != KH_OK) {
        aggregator->listed_ms = 0; /* what is half done goes with the places */
        return kh_fail(error, status, "aggregates: %s", kh_status_text(status));
    }
    *out = packing.out;
    *out_count = packing.out_count;
    return KH_OK;
}

/* ---- Beginning and end ------------------------------------------------------------------ */

struct kh_aggregator *kh_aggregator_new(struct kh_kinesis_stream *stream,
                                        const struct kh_clock *clock)
{
    struct kh_aggregator *aggregator = kh_calloc(1, sizeof *aggregator);

    if (aggregator != NULL) {
        aggregator->stream = stream;
        aggregator->clock = clock;
        kh_arena_init(&aggregator->arena);
    }
    return aggregator;
}

void kh_aggregator_destroy(struct kh_aggregator *aggregator)
{
    if (aggregator != NULL) {
        forget_places(aggregator);
        kh_arena_clean_up(&aggregator->arena);
        kh_free(aggregator);
    }
}
