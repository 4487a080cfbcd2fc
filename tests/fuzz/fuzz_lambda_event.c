/*
 * An entry of a Lambda event means the same whether it comes alone, behind one that it may share its
 * shape with, or behind itself.
 */
#include "fuzz_support.h"

#include "kh/source.h"

#define SEQUENCE "49650000000000000000000000000000000000000000000000000017"

static const char FIRST[] =
    "{\"kinesis\":{\"kinesisSchemaVersion\":\"1.0\",\"partitionKey\":\"k\","
    "\"sequenceNumber\":\"" SEQUENCE "\",\"data\":\"e30=\","
    "\"approximateArrivalTimestamp\":1795434900.125},\"eventSource\":\"aws:kinesis\","
    "\"eventVersion\":\"1.0\",\"eventID\":\"shardId-000000000003:" SEQUENCE "\","
    "\"eventName\":\"aws:kinesis:record\",\"invokeIdentityArn\":\"arn:aws:iam::1:role/r\","
    "\"awsRegion\":\"eu-west-1\",\"eventSourceARN\":\"arn:aws:kinesis:eu-west-1:1:stream/s\"}";

struct reading {
    struct kh_arena arena;
    struct kh_records records;
    struct kh_str text;
    enum kh_status status;
};

/* {"Records":[ENTRY,ENTRY,…]}; empty entries are left out. */
static void read_entries(struct reading *r, const struct kh_str *entries, size_t count)
{
    char *text = malloc(1024 + count * 65536);
    struct kh_error error = { 0 };
    size_t length = 0;
    bool found;

    FUZZ_CHECK(text != NULL);
    length += (size_t)sprintf(text, "{\"Records\":[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            text[length++] = ',';
        }
        memcpy(text + length, entries[i].data, entries[i].length);
        length += entries[i].length;
    }
    length += (size_t)sprintf(text + length, "]}");
    r->text = fuzz_text((const uint8_t *)text, length);
    free(text);
    kh_arena_init(&r->arena);
    r->records.count = 0;
    r->status = kh_lambda_event_read(r->text, &r->arena, &error, &r->records, &found);
}

static void end(struct reading *r)
{
    kh_arena_clean_up(&r->arena);
    fuzz_text_free(r->text);
}

static void same_record(const struct kh_record *a, const struct kh_record *b)
{
    FUZZ_CHECK(a->status == b->status);
    FUZZ_CHECK(kh_str_equal(a->data, b->data));
    FUZZ_CHECK(kh_str_equal(a->id, b->id));
    FUZZ_CHECK(kh_str_equal(a->sequence_number, b->sequence_number));
    FUZZ_CHECK(kh_str_equal(a->partition_key, b->partition_key));
    FUZZ_CHECK(kh_str_equal(a->shard_id, b->shard_id));
    FUZZ_CHECK(kh_str_equal(a->source_arn, b->source_arn));
    FUZZ_CHECK(a->arrival_ms == b->arrival_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kh_str first = { FIRST, sizeof FIRST - 1 };
    struct kh_str entry = { (const char *)data, size };
    struct reading alone;
    struct reading behind;

    if (size > 32768) {
        return 0;
    }
    read_entries(&alone, &entry, 1);
    read_entries(&behind, (const struct kh_str[]){ first, entry, entry }, 3);
    FUZZ_CHECK(alone.status == KH_OK || behind.status != KH_OK);
    /* An input may be several entries, or none. */
    if (alone.status == KH_OK && alone.records.count == 1) {
        FUZZ_CHECK(behind.status == KH_OK && behind.records.count == 3);
        same_record(&alone.records.items[0], &behind.records.items[1]);
        same_record(&alone.records.items[0], &behind.records.items[2]);
    }
    end(&alone);
    end(&behind);
    return 0;
}
