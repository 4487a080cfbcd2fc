/*
 * The Lambda event of a Kinesis stream. AWS writes members in the order of the tables below, so a
 * lookup tries the member that comes next first. Members of AWS that nobody needs are in the tables
 * as well: skipping a known name costs less than keeping track of an unknown one.
 */
#include <math.h>

#include "kh/base64.h"
#include "kh/json.h"
#include "kh/source.h"

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

static const struct kh_json_member entry_members[ENTRY_COUNT] = {
    { KH_STR_INIT("kinesis"), false },      { KH_STR_INIT("eventSource"), false },
    { KH_STR_INIT("eventVersion"), false }, { KH_STR_INIT("eventID"), false },
    { KH_STR_INIT("eventName"), false },    { KH_STR_INIT("invokeIdentityArn"), false },
    { KH_STR_INIT("awsRegion"), false },    { KH_STR_INIT("eventSourceARN"), false },
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

static const struct kh_json_member kinesis_members[KINESIS_COUNT] = {
    { KH_STR_INIT("kinesisSchemaVersion"), false },
    { KH_STR_INIT("partitionKey"), false },
    { KH_STR_INIT("sequenceNumber"), true },
    { KH_STR_INIT("data"), true },
    { KH_STR_INIT("approximateArrivalTimestamp"), false },
    { KH_STR_INIT("encryptionType"), false },
};

/* The member's position in the table, or `count`; `expected` is tried first. */
static unsigned find_member(const struct kh_json_object *object,
                            const struct kh_json_member *members, unsigned count, unsigned expected)
{
    if (expected < count && kh_json_member_is(object, members[expected].name)) {
        return expected;
    }
    for (unsigned i = 0; i < count; i++) {
        if (kh_json_member_is(object, members[i].name)) {
            return i;
        }
    }
    return count;
}

/* `text` in the arena with KH_PADDING behind it: an unescaped string has none of its own. */
static enum kh_status keep_undecoded(struct kh_json *in, struct kh_str text,
                                     struct kh_record *record)
{
    char *copy = kh_arena_alloc(in->arena, text.length + KH_PADDING);

    if (copy == NULL) {
        return kh_fail(in->error, KH_NO_MEMORY, "no memory for a record");
    }
    if (text.length > 0) {
        memcpy(copy, text.data, text.length);
    }
    record->data = (struct kh_str){ copy, text.length };
    record->status = KH_NOT_BASE64;
    return KH_OK;
}

static enum kh_status read_data(struct kh_json *in, struct kh_record *record)
{
    struct kh_arena_mark mark;
    struct kh_str text;
    size_t length;
    char *bytes;

    KH_TRY(kh_json_read_str(in, &text));
    mark = kh_arena_mark(in->arena);
    bytes = kh_arena_alloc(in->arena, KH_BASE64_DECODED_SIZE(text.length) + KH_PADDING);
    if (bytes == NULL) {
        return kh_fail(in->error, KH_NO_MEMORY, "no memory for a record");
    }
    if (kh_base64_decode(text, bytes, &length) != KH_OK) {
        kh_arena_release(in->arena, mark);
        return keep_undecoded(in, text, record);
    }
    record->data = (struct kh_str){ bytes, length };
    return KH_OK;
}

/* Seconds with a fraction, to milliseconds; what can't be a time is not known. */
static enum kh_status read_arrival(struct kh_json *in, struct kh_record *record)
{
    double seconds;

    KH_TRY(kh_json_read_double(in, &seconds));
    record->arrival_ms = seconds > 0 && seconds < 1e12 ? (int64_t)llround(seconds * 1000) : 0;
    return KH_OK;
}

static enum kh_status read_kinesis(struct kh_json *in, struct kh_record *record)
{
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
            break;
        case KINESIS_SEQUENCE_NUMBER:
            KH_TRY(kh_json_read_str(in, &record->sequence_number));
            record->id = record->sequence_number;
            break;
        case KINESIS_DATA:
            KH_TRY(read_data(in, record));
            break;
        case KINESIS_ARRIVAL:
            KH_TRY(read_arrival(in, record));
            break;
        default:
            KH_TRY(kh_json_skip(in));
        }
    }
    return kh_json_object_end(in, &object, seen, kinesis_members, KINESIS_COUNT);
}

/* shardId-000000000003:4965… */
static struct kh_str shard_of(struct kh_str event_id)
{
    const char *colon = event_id.length == 0 ? NULL : memchr(event_id.data, ':', event_id.length);

    return colon == NULL ? KH_STR("")
                         : (struct kh_str){ event_id.data, (size_t)(colon - event_id.data) };
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

static enum kh_status read_entry(struct kh_json *in, size_t position, struct kh_record *record)
{
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
            KH_TRY(read_kinesis(in, record));
            break;
        case ENTRY_EVENT_SOURCE:
            KH_TRY(kh_json_read_str(in, &source));
            break;
        case ENTRY_EVENT_ID:
            KH_TRY(kh_json_read_str(in, &text));
            record->shard_id = shard_of(text);
            break;
        case ENTRY_EVENT_SOURCE_ARN:
            KH_TRY(kh_json_read_str(in, &text));
            record->source_arn = stream_of(text);
            break;
        default:
            KH_TRY(kh_json_skip(in));
        }
    }
    KH_TRY(kh_json_object_end(in, &object, seen, entry_members, ENTRY_COUNT));
    return check_entry(in, position, source, kh_json_seen(seen, ENTRY_KINESIS), record);
}

static enum kh_status read_entries(struct kh_json *in, struct kh_records *out)
{
    struct kh_record *items = NULL;
    struct kh_json_array array;

    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        items = kh_json_array_slot(in, &array, items, sizeof *items);
        if (items == NULL) {
            return KH_NO_MEMORY;
        }
        KH_TRY(read_entry(in, array.count - 1, &items[array.count - 1]));
    }
    KH_TRY(kh_json_array_end(in, &array));
    *out = (struct kh_records){ .items = items, .count = array.count };
    return KH_OK;
}

enum kh_status kh_lambda_event_read(struct kh_str text, struct kh_arena *arena,
                                    struct kh_error *error, struct kh_records *out, bool *found)
{
    static const struct kh_json_member members[] = { { KH_STR_INIT("Records"), false } };
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
        if (!kh_json_member_is(&object, members[0].name)) {
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
    KH_TRY(kh_json_object_end(&in, &object, seen, members, 1));
    return kh_json_end(&in);
}
