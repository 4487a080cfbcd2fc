#include "sample_event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "kh/alloc.h"
#include "kh/base64.h"

/* Room for one record, with all that is around its data. */
#define RECORD_SIZE 2048

static int print_event(char *out, size_t size, enum sample_kind kind, size_t limit, unsigned number)
{
    char data[512];

    (void)snprintf(
        data, sizeof data,
        kind == SAMPLE_CREATED
            ? "\"activeFrom\":1,\"brandId\":\"brand-1\",\"currencyCode\":\"EUR\","
              "\"period\":\"WEEK\",\"status\":\"ACTIVE\",\"type\":\"BET\","
              "\"userId\":\"user-%zu\",\"userLimitId\":\"limit-%05zu\",\"value\":\"98.00\""
            : "\"brandId\":\"brand-1\",\"currencyCode\":\"EUR\",\"nextResetTime\":2,"
              "\"period\":\"WEEK\",\"resetAmount\":\"0\",\"resetPercentage\":\"0.00\","
              "\"type\":\"BET\",\"unusedAmount\":\"98.00\",\"userId\":\"user-%zu\","
              "\"userLimitId\":\"limit-%05zu\"",
        limit / 2, limit);
    return snprintf(out, size,
                    "{\"aggregateId\":\"limit-user-%zu\",\"context\":{\"correlationId\":\"c-1\"},"
                    "\"createdAt\":1795434901337,\"data\":{%s},\"eventId\":\"%08u-%08zu\","
                    "\"sequenceNumber\":%zu,\"source\":\"limits\",\"type\":\"%s\"}",
                    limit / 2, data, number, limit, limit,
                    kind == SAMPLE_CREATED ? "USER_LIMIT_CREATED" : "USER_LIMIT_RESET");
}

static void put_record(char *out, enum sample_kind kind, size_t limit, unsigned number)
{
    char event[RECORD_SIZE];
    int length = print_event(event, sizeof event, kind, limit, number);
    int written =
        snprintf(out, RECORD_SIZE,
                 "%s{\"kinesis\":{\"kinesisSchemaVersion\":\"1.0\",\"partitionKey\":\"p\","
                 "\"sequenceNumber\":\"4965%052zu\",\"data\":\"",
                 limit > 0 ? "," : "", limit);

    assert_in_range(length, 1, sizeof event - 1);
    out += written;
    out += kh_base64_encode((struct kh_str){ event, (size_t)length }, out);
    (void)snprintf(out, RECORD_SIZE,
                   "\",\"approximateArrivalTimestamp\":1795434900.125},"
                   "\"eventSource\":\"aws:kinesis\",\"eventVersion\":\"1.0\","
                   "\"eventID\":\"shardId-000000000003:4965%052zu\","
                   "\"eventName\":\"aws:kinesis:record\",\"invokeIdentityArn\":"
                   "\"arn:aws:iam::111122223333:role/limits-consumer\","
                   "\"awsRegion\":\"eu-west-1\",\"eventSourceARN\":"
                   "\"arn:aws:kinesis:eu-west-1:111122223333:stream/limits\"}",
                   limit);
}

struct kh_str sample_event_new(enum sample_kind kind, size_t count, unsigned number)
{
    char *text = kh_malloc(count * RECORD_SIZE + 64 + KH_PADDING);
    size_t length;

    assert_non_null(text);
    length = (size_t)sprintf(text, "{\"Records\":[");
    for (size_t i = 0; i < count; i++) {
        put_record(text + length, kind, i, number);
        length += strlen(text + length);
    }
    length += (size_t)sprintf(text + length, "]}");
    text = kh_realloc(text, length + KH_PADDING);
    assert_non_null(text);
    memset(text + length, 0, KH_PADDING);
    return (struct kh_str){ text, length };
}

void sample_event_free(struct kh_str text)
{
    kh_free((void *)(uintptr_t)text.data);
}
