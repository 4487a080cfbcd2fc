/*
 * The Lambda event of a Kinesis stream. AWS writes members in the order of the tables below, so a
 * lookup tries the member that comes next first. Members of AWS that nobody needs are in the tables
 * as well: skipping a known name costs less than keeping track of an unknown one.
 */
#include "kh/json.h"
#include "kh/source.h"
#include "record/entry_shape.h"

enum entry_member {
    ENTRY_KINESIS,
    ENTRY_EVENT_SOURCE,
    ENTRY_EVENT_VERSION,
    ENTRY_EVENT_ID,
    ENTRY_EVENT_NAME,
    ENTRY_INVOKE_IDENTITY_ARN,
    ENTRY_AWS_REGION,
    ENTRY_EVENT_SOURCE_ARN,
    ENTRY_COUNT
};

static const struct kh_str entry_members[ENTRY_COUNT] = {
    KH_STR_INIT("kinesis"),   KH_STR_INIT("eventSource"),    KH_STR_INIT("eventVersion"),
    KH_STR_INIT("eventID"),   KH_STR_INIT("eventName"),      KH_STR_INIT("invokeIdentityArn"),
    KH_STR_INIT("awsRegion"), KH_STR_INIT("eventSourceARN"),
};

enum kinesis_member {
    KINESIS_SCHEMA_VERSION,
    KINESIS_PARTITION_KEY,
    KINESIS_SEQUENCE_NUMBER,
    KINESIS_DATA,
    KINESIS_ARRIVAL,
    KINESIS_ENCRYPTION_TYPE,
    KINESIS_COUNT
};

static const struct kh_str kinesis_members[KINESIS_COUNT] = {
    KH_STR_INIT("kinesisSchemaVersion"),
    KH_STR_INIT("partitionKey"),
    KH_STR_INIT("sequenceNumber"),
    KH_STR_INIT("data"),
    KH_STR_INIT("approximateArrivalTimestamp"),
    KH_STR_INIT("encryptionType"),
};

/* The member's position in the table, or `count`; `expected` is tried first. */
static unsigned find_member(const struct kh_json_object *object, const struct kh_str *members,
                            unsigned count, unsigned expected)
{
    if (expected < count && kh_json_member_is(object, members[expected])) {
        return expected;
    }
    for (unsigned i = 0; i < count; i++) {
        if (kh_json_member_is(object, members[i])) {
            return i;
        }
    }
    return count;
}

/* An entry while it is read. */
struct entry {
    struct kh_record *record;
    struct kh_entry_shape *shape;
};

/* The value read last differs from entry to entry. */
static void note_hole(const struct entry *entry, enum kh_hole_kind kind, const struct kh_json *in)
{
    kh_entry_shape_hole(entry->shape, kind, in->value, in->at);
}

static enum kh_status read_data(struct kh_json *in, struct kh_record *record)
{
    bool decoded;

    KH_TRY(kh_json_read_base64(in, &record->data, &decoded));
    record->status = decoded ? KH_OK : KH_NOT_BASE64;
    return KH_OK;
}

static enum kh_status read_kinesis(struct kh_json *in, const struct entry *entry)
{
    struct kh_record *record = entry->record;
    static const uint64_t required[] = { KH_SEEN(KINESIS_SEQUENCE_NUMBER) | KH_SEEN(KINESIS_DATA) };
    uint64_t seen[KH_SEEN_WORDS(KINESIS_COUNT)] = { 0 };
    struct kh_json_object object;
    unsigned member = 0;

    KH_TRY(kh_json_object_begin(in, &object));
    for (; kh_json_object_next(in, &object); member++) {
        member = find_member(&object, kinesis_members, KINESIS_COUNT, member);
        if (member == KINESIS_COUNT) {
            KH_TRY(kh_json_skip_member(in, &object));
            continue;
        }
        KH_TRY(kh_json_once(in, &object, seen, member));
        switch (member) {
        case KINESIS_PARTITION_KEY:
            KH_TRY(kh_json_read_str(in, &record->partition_key));
            note_hole(entry, KH_HOLE_PARTITION_KEY, in);
            break;
        case KINESIS_SEQUENCE_NUMBER:
            KH_TRY(kh_json_read_str(in, &record->sequence_number));
            record->id = record->sequence_number;
            note_hole(entry, KH_HOLE_SEQUENCE_NUMBER, in);
            break;
        case KINESIS_DATA:
            KH_TRY(read_data(in, record));
            note_hole(entry, KH_HOLE_DATA, in);
            break;
        case KINESIS_ARRIVAL:
            KH_TRY(kh_entry_read_arrival(in, &record->arrival_ms));
            note_hole(entry, KH_HOLE_ARRIVAL, in);
            break;
        default:
            KH_TRY(kh_json_skip(in));
        }
    }
    return kh_json_object_end(in, &object, seen, required, kinesis_members, KINESIS_COUNT);
}

/* shardId-000000000003:4965…, where the sequence number is that of the record. */
static enum kh_status read_event_id(struct kh_json *in, const struct entry *entry)
{
    struct kh_record *record = entry->record;
    struct kh_str text;
    struct kh_str sequence;
    const char *colon;

    KH_TRY(kh_json_read_str(in, &text));
    colon = text.length == 0 ? NULL : memchr(text.data, ':', text.length);
    if (colon == NULL) {
        return KH_OK;
    }
    record->shard_id = (struct kh_str){ text.data, (size_t)(colon - text.data) };
    sequence = (struct kh_str){ colon + 1, text.length - record->shard_id.length - 1 };
    /* Where the sequence number comes later, there is nothing yet that a next one could be compared with. */
    if (record->sequence_number.length > 0 && kh_str_equal(sequence, record->sequence_number) &&
        kh_entry_is_slice(in, text)) {
        kh_entry_shape_hole(entry->shape, KH_HOLE_SEQUENCE_AGAIN, colon + 1, in->at - 1);
    }
    return KH_OK;
}

/* With enhanced fan-out the ARN is that of the consumer; the stream's is its beginning. */
static struct kh_str stream_of(struct kh_str arn)
{
    static const char consumer[] = "/consumer/";
    const char *at =
        arn.length == 0 ? NULL : memmem(arn.data, arn.length, consumer, sizeof consumer - 1);

    return at == NULL ? arn : (struct kh_str){ arn.data, (size_t)(at - arn.data) };
}

/* `position` in Records, for the reason of a failure. */
static enum kh_status check_entry(struct kh_json *in, size_t position, struct kh_str source,
                                  bool has_kinesis, const struct kh_record *record)
{
    if (source.length > 0 && !kh_str_equal(source, KH_STR("aws:kinesis"))) {
        struct kh_str shown = { source.data, source.length < 64 ? source.length : 64 };

        return kh_fail(in->error, KH_INVALID,
                       "Records[%zu] comes from %.*s; this service reads aws:kinesis", position,
                       KH_STR_ARG(shown));
    }
    if (!has_kinesis) {
        return kh_fail(in->error, KH_INVALID, "Records[%zu] has no member \"kinesis\"", position);
    }
    if (record->sequence_number.length == 0) {
        return kh_fail(in->error, KH_INVALID, "Records[%zu] has an empty sequence number",
                       position);
    }
    return KH_OK;
}

static enum kh_status read_entry(struct kh_json *in, size_t position, const struct entry *entry)
{
    struct kh_record *record = entry->record;
    static const uint64_t required[KH_SEEN_WORDS(ENTRY_COUNT)] = { 0 };
    uint64_t seen[KH_SEEN_WORDS(ENTRY_COUNT)] = { 0 };
    struct kh_str source = KH_STR("");
    struct kh_str text;
    struct kh_json_object object;
    unsigned member = 0;

    *record = (struct kh_record){ .data = KH_STR(""),
                                  .id = KH_STR(""),
                                  .sequence_number = KH_STR(""),
                                  .partition_key = KH_STR(""),
                                  .shard_id = KH_STR(""),
                                  .source_arn = KH_STR(""),
                                  .position = position };
    (void)kh_json_peek(in);
    kh_entry_shape_begin(entry->shape, in->at);
    KH_TRY(kh_json_object_begin(in, &object));
    for (; kh_json_object_next(in, &object); member++) {
        member = find_member(&object, entry_members, ENTRY_COUNT, member);
        if (member == ENTRY_COUNT) {
            KH_TRY(kh_json_skip_member(in, &object));
            continue;
        }
        KH_TRY(kh_json_once(in, &object, seen, member));
        switch (member) {
        case ENTRY_KINESIS:
            KH_TRY(read_kinesis(in, entry));
            break;
        case ENTRY_EVENT_SOURCE:
            KH_TRY(kh_json_read_str(in, &source));
            break;
        case ENTRY_EVENT_ID:
            KH_TRY(read_event_id(in, entry));
            break;
        case ENTRY_EVENT_SOURCE_ARN:
            KH_TRY(kh_json_read_str(in, &text));
            record->source_arn = stream_of(text);
            break;
        default:
            KH_TRY(kh_json_skip(in));
        }
    }
    KH_TRY(kh_json_object_end(in, &object, seen, required, entry_members, ENTRY_COUNT));
    KH_TRY(check_entry(in, position, source, kh_json_seen(seen, ENTRY_KINESIS), record));
    kh_entry_shape_end(entry->shape, in->at, record);
    return KH_OK;
}

/* Room for one more record. Entries are about as long as the first one, which tells their number. */
static struct kh_record *next_record(struct kh_json *in, struct kh_records *records,
                                     size_t *capacity)
{
    size_t wanted;
    struct kh_record *items;

    if (records->count < *capacity) {
        return &records->items[records->count++];
    }
    wanted = *capacity + 1;
    if (records->count > 0) {
        size_t length = (size_t)(in->at - in->begin) / records->count;

        wanted += (size_t)(in->end - in->at) / length * 17 / 16 + 1;
    }
    items = kh_arena_grow(in->arena, records->items, *capacity, wanted, sizeof *items);
    if (items == NULL) {
        return NULL;
    }
    records->items = items;
    *capacity = wanted;
    return &records->items[records->count++];
}

static enum kh_status read_entries(struct kh_json *in, struct kh_records *out)
{
    struct kh_records records = { .all_objects = true };
    struct kh_entry_shape shape;
    struct kh_json_array array;
    size_t capacity = 0;

    kh_entry_shape_init(&shape);
    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        struct kh_record *record = next_record(in, &records, &capacity);

        if (record == NULL) {
            return kh_fail(in->error, KH_NO_MEMORY, "no memory for a record");
        }
        if (kh_entry_shape_read(&shape, in, record)) {
            record->position = array.count - 1;
        } else {
            KH_TRY(read_entry(in, array.count - 1, &(struct entry){ record, &shape }));
        }
        records.all_objects = records.all_objects && kh_str_begins(record->data, '{');
    }
    KH_TRY(kh_json_array_end(in, &array));
    *out = records;
    return KH_OK;
}

enum kh_status kh_lambda_event_read(struct kh_str text, struct kh_arena *arena,
                                    struct kh_error *error, struct kh_records *out, bool *found)
{
    static const struct kh_str members[] = { KH_STR_INIT("Records") };
    static const uint64_t required[] = { 0 };
    uint64_t seen[1] = { 0 };
    struct kh_json_object object;
    struct kh_json in;

    *found = false;
    kh_json_init(&in, text, arena, error);
    if (kh_json_peek(&in) != '{') {
        KH_TRY(kh_json_skip(&in));
        return kh_json_end(&in);
    }
    KH_TRY(kh_json_object_begin(&in, &object));
    while (kh_json_object_next(&in, &object)) {
        if (!kh_json_member_is(&object, members[0])) {
            KH_TRY(kh_json_skip_member(&in, &object));
            continue;
        }
        KH_TRY(kh_json_once(&in, &object, seen, 0));
        if (kh_json_peek(&in) == '[') {
            KH_TRY(read_entries(&in, out));
            *found = true;
        } else {
            KH_TRY(kh_json_skip(&in));
        }
    }
    KH_TRY(kh_json_object_end(&in, &object, seen, required, members, 1));
    return kh_json_end(&in);
}
