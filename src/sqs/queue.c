/* Naming a queue, calling, what a queue tells of itself, and what answers about many messages have in common. */
#include "sqs/queue.h"

#include <stdio.h>
#include <strings.h>

#include "aws/url.h"
#include "base/md5.h"
#include "kh/alloc.h"

/* Ten messages of 1 MiB, whose every byte may be escaped. */
#define BODY_LIMIT ((size_t)64 << 20)
#define MAX_REGION 64
#define MAX_ENDPOINT 300

struct kh_sqs_queue {
    struct kh_aws_resource
        resource; /* its name, the URL with a NUL behind it, is behind the struct */
};

/* ---- URLs ---------------------------------------------------------------------------------- */

/* Who calls, for which region, and where. */
struct address {
    char region[MAX_REGION];     /* "": as the environment has it */
    char endpoint[MAX_ENDPOINT]; /* "": as the environment has it */
};

static bool has_end(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t end_length = strlen(end);

    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static bool is_of_aws(const char *host)
{
    return has_end(host, ".amazonaws.com") || has_end(host, ".amazonaws.com.cn");
}

/* sqs.REGION.amazonaws.com, or REGION.queue.amazonaws.com as it once was. */
static void read_region(const char *host, char region[MAX_REGION])
{
    const char *begin = strncmp(host, "sqs.", 4) == 0 ? host + 4 : host;
    size_t length = strcspn(begin, ".");

    if (begin == host && strncmp(host + length, ".queue.", 7) != 0) {
        length = 0;
    }
    if (length < MAX_REGION) {
        memcpy(region, begin, length);
        region[length] = '\0';
    }
}

static enum kh_status read_url(const char *text, struct address *out, struct kh_error *error)
{
    struct kh_aws_url url;

    *out = (struct address){ "", "" };
    if (!kh_aws_url_parse(text, &url) || url.path[0] == '\0' || url.path[1] == '\0' ||
        strchr(url.path, '?') != NULL) {
        return kh_fail(error, KH_BAD_SETTING,
                       "\"%s\" is not the URL of a queue, which looks like "
                       "https://sqs.eu-west-1.amazonaws.com/123456789012/NAME",
                       text);
    }
    if (has_end(url.path, ".fifo")) {
        return kh_fail(error, KH_BAD_SETTING,
                       "%s is a FIFO queue; a standard queue is what is needed here", text);
    }
    if (is_of_aws(url.host)) {
        read_region(url.host, out->region);
    } else {
        (void)snprintf(out->endpoint, sizeof out->endpoint, "http%s://%s", url.in_clear ? "" : "s",
                       url.authority);
    }
    return KH_OK;
}

/* ---- Beginning and end --------------------------------------------------------------------- */

enum kh_status kh_sqs_queue_new(const struct kh_sqs_options *options, struct kh_error *error,
                                struct kh_sqs_queue **out)
{
    struct kh_aws_options aws = { .service = "sqs",
                                  .max_attempts = options->max_attempts,
                                  .attempt_timeout_ms = 30000, /* of which it may wait for 20 */
                                  .body_limit = BODY_LIMIT,
                                  .log = options->log,
                                  .timing = options->timing };
    size_t length = strlen(options->url);
    struct kh_sqs_queue *queue;
    struct address address;
    enum kh_status status;

    KH_TRY(read_url(options->url, &address, error));
    queue = kh_calloc(1, sizeof *queue + length + 1);
    if (queue == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for a queue");
    }
    memcpy(queue + 1, options->url, length);
    queue->resource = (struct kh_aws_resource){
        .kind = "queue",
        .name = { (const char *)(queue + 1), length },
        .target = "AmazonSQS.",
        .content_type = "application/x-amz-json-1.0",
        .missing = "QueueDoesNotExist",
    };
    aws.region = address.region[0] == '\0' ? NULL : address.region;
    aws.endpoint = address.endpoint[0] == '\0' ? NULL : address.endpoint;
    status = kh_aws_client_new(&aws, error, &queue->resource.client);
    if (status != KH_OK) {
        kh_free(queue);
        return status;
    }
    *out = queue;
    return KH_OK;
}

void kh_sqs_queue_destroy(struct kh_sqs_queue *queue)
{
    if (queue != NULL) {
        kh_aws_client_destroy(queue->resource.client);
        kh_free(queue);
    }
}

struct kh_str kh_sqs_queue_url(const struct kh_sqs_queue *queue)
{
    return queue->resource.name;
}

struct kh_aws_client *kh__sqs_client(const struct kh_sqs_queue *queue)
{
    return queue->resource.client;
}

/* ---- Calls --------------------------------------------------------------------------------- */

enum kh_status kh__sqs_begin(const struct kh_sqs_queue *queue, struct kh_json_writer *out)
{
    kh_json_writer_reset(out);
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("QueueUrl")));
    return kh_json_write_str(out, queue->resource.name);
}

enum kh_status kh__sqs_write_id(size_t position, struct kh_json_writer *out)
{
    const char digit = (char)('0' + position);

    KH_TRY(kh_json_write_name(out, KH_STR("Id")));
    return kh_json_write_str(out, (struct kh_str){ &digit, 1 });
}

enum kh_status kh__sqs_call(struct kh_sqs_queue *queue, const struct kh_call *call,
                            const char *operation, struct kh_str body, struct kh_aws_answer *answer)
{
    return kh_aws_resource_call(&queue->resource, call, operation, body, answer);
}

enum kh_status kh__sqs_unreadable(const struct kh_sqs_queue *queue, const struct kh_call *call,
                                  const char *operation, const char *why)
{
    return kh_aws_resource_unreadable(&queue->resource, call, operation, KH_STORE, why);
}

/* ---- What a queue tells of itself ---------------------------------------------------------- */

static enum kh_status read_size(struct kh_json *in, size_t *out)
{
    struct kh_str text;
    size_t size = 0;

    KH_TRY(kh_json_read_str(in, &text));
    for (size_t i = 0; i < text.length && size < SIZE_MAX / 100; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return KH_INVALID;
        }
        size = size * 10 + (size_t)(text.data[i] - '0');
    }
    *out = size;
    return KH_OK;
}

static enum kh_status read_attributes(struct kh_json *in, size_t *out)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("MaximumMessageSize"))) {
            KH_TRY(read_size(in, out));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static enum kh_status read_answer(struct kh_json *in, size_t *out)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("Attributes"))) {
            KH_TRY(read_attributes(in, out));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static enum kh_status write_question(const struct kh_sqs_queue *queue, struct kh_json_writer *out)
{
    KH_TRY(kh__sqs_begin(queue, out));
    KH_TRY(kh_json_write_name(out, KH_STR("AttributeNames")));
    KH_TRY(kh_json_write_array_begin(out));
    KH_TRY(kh_json_write_str(out, KH_STR("MaximumMessageSize")));
    KH_TRY(kh_json_write_array_end(out));
    return kh_json_write_object_end(out);
}

enum kh_status kh_sqs_max_message_size(struct kh_sqs_queue *queue, const struct kh_call *call,
                                       size_t *out)
{
    struct kh_json_writer body;
    struct kh_aws_answer answer;
    struct kh_error unreadable;
    struct kh_json in;
    enum kh_status status;

    *out = 0;
    kh_json_writer_init(&body);
    status = write_question(queue, &body);
    if (status == KH_OK) {
        status =
            kh__sqs_call(queue, call, "GetQueueAttributes", kh_json_writer_text(&body), &answer);
    }
    kh_json_writer_clean_up(&body);
    KH_TRY(status);
    kh_error_clear(&unreadable);
    kh_json_init(&in, answer.body, call->arena, &unreadable);
    if (read_answer(&in, out) != KH_OK || *out == 0) {
        return kh__sqs_unreadable(queue, call, "GetQueueAttributes",
                                  *out == 0 ? "it has no MaximumMessageSize" : unreadable.reason);
    }
    return KH_OK;
}

/* ---- What became of many messages ---------------------------------------------------------- */

/* One entry of Successful or Failed. */
static enum kh_status read_fate(struct kh_json *in, struct kh__sqs_fate *fate, struct kh_str *id)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("Id"))) {
            KH_TRY(kh_json_read_str(in, id));
        } else if (kh_json_member_is(&object, KH_STR("MD5OfMessageBody"))) {
            KH_TRY(kh_json_read_str(in, &fate->md5));
        } else if (kh_json_member_is(&object, KH_STR("Code"))) {
            KH_TRY(kh_json_read_str(in, &fate->code));
        } else if (kh_json_member_is(&object, KH_STR("SenderFault"))) {
            KH_TRY(kh_json_read_bool(in, &fate->is_final));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static enum kh_status read_list(struct kh_json *in, bool is_done, struct kh__sqs_fate *fates,
                                size_t count)
{
    struct kh_json_array array;

    if (kh_json_take_null(in)) {
        return KH_OK;
    }
    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        struct kh__sqs_fate fate = { .is_told = true, .is_done = is_done };
        struct kh_str id = KH_STR("");

        fate.code = KH_STR("");
        fate.md5 = KH_STR("");
        KH_TRY(read_fate(in, &fate, &id));
        if (id.length != 1 || id.data[0] < '0' || (size_t)(id.data[0] - '0') >= count) {
            return kh_fail(in->error, KH_INVALID, "it is about a message that was not sent");
        }
        fates[id.data[0] - '0'] = fate;
    }
    return kh_json_array_end(in, &array);
}

enum kh_status kh__sqs_read_fates(struct kh_json *in, struct kh__sqs_fate *fates, size_t count)
{
    struct kh_json_object object;

    memset(fates, 0, count * sizeof *fates);
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("Successful"))) {
            KH_TRY(read_list(in, true, fates, count));
        } else if (kh_json_member_is(&object, KH_STR("Failed"))) {
            KH_TRY(read_list(in, false, fates, count));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    KH_TRY(kh_json_object_end(in, &object, NULL, NULL, NULL, 0));
    for (size_t i = 0; i < count; i++) {
        if (!fates[i].is_told) {
            return kh_fail(in->error, KH_INVALID, "it does not tell of every message");
        }
    }
    return KH_OK;
}

bool kh__sqs_is_body(struct kh_str body, struct kh_str md5)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[KH_MD5_SIZE];
    char text[KH_MD5_SIZE * 2];

    if (md5.length == 0) {
        return true;
    }
    kh_md5_of(body, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        text[i * 2] = digits[digest[i] >> 4];
        text[i * 2 + 1] = digits[digest[i] & 15];
    }
    return md5.length == sizeof text && strncasecmp(md5.data, text, sizeof text) == 0;
}
