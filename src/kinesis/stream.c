/* Naming a stream, calling, and what a stream tells of itself. */
#include "kinesis/stream.h"

#include "kh/alloc.h"

/* Of a record where the stream says nothing else. */
#define DEFAULT_RECORD_SIZE ((size_t)1 << 20)
/* GetRecords answers with 10 MiB of data, which is base64 in JSON. */
#define BODY_LIMIT ((size_t)32 << 20)
#define MAX_NAME 128
#define MAX_REGION 64

struct kh_kinesis_stream {
    struct kh_aws_resource resource; /* its name, with a NUL behind it, is behind the struct */
    struct kh_aws_timing timing;
    bool is_arn;
};

/* ---- Names --------------------------------------------------------------------------------- */

static bool is_name(struct kh_str name)
{
    for (size_t i = 0; i < name.length; i++) {
        char c = name.data[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!is_letter && !(c >= '0' && c <= '9') && c != '_' && c != '.' && c != '-') {
            return false;
        }
    }
    return name.length >= 1 && name.length <= MAX_NAME;
}

/* Takes what stands before the next colon off the front of `text`. */
static struct kh_str take_part(struct kh_str *text)
{
    const char *colon = text->length == 0 ? NULL : memchr(text->data, ':', text->length);
    size_t length = colon == NULL ? text->length : (size_t)(colon - text->data);
    struct kh_str part = { text->data, length };
    size_t taken = colon == NULL ? length : length + 1;

    *text = (struct kh_str){ text->data + taken, text->length - taken };
    return part;
}

/* arn:PARTITION:kinesis:REGION:ACCOUNT:stream/NAME */
static bool read_arn(struct kh_str arn, char region[MAX_REGION])
{
    static const struct kh_str kind = KH_STR_INIT("stream/");
    struct kh_str service;
    struct kh_str place;

    (void)take_part(&arn); /* arn */
    (void)take_part(&arn); /* the partition */
    service = take_part(&arn);
    place = take_part(&arn);
    (void)take_part(&arn); /* the account */
    if (!kh_str_equal(service, KH_STR("kinesis")) || place.length == 0 ||
        place.length >= MAX_REGION || arn.length < kind.length ||
        memcmp(arn.data, kind.data, kind.length) != 0) {
        return false;
    }
    memcpy(region, place.data, place.length);
    region[place.length] = '\0';
    return is_name((struct kh_str){ arn.data + kind.length, arn.length - kind.length });
}

static enum kh_status check_name(const char *name, bool *is_arn, char region[MAX_REGION],
                                 struct kh_error *error)
{
    *is_arn = strncmp(name, "arn:", 4) == 0;
    if (*is_arn && !read_arn(kh_str_from(name), region)) {
        return kh_fail(error, KH_BAD_SETTING,
                       "\"%s\" is not the ARN of a stream, which looks like "
                       "arn:aws:kinesis:eu-west-1:123456789012:stream/NAME",
                       name);
    }
    if (!*is_arn && !is_name(kh_str_from(name))) {
        return kh_fail(error, KH_BAD_SETTING,
                       "\"%s\" can't be the name of a stream: 1 to 128 letters, digits, "
                       "and _ . - or its whole ARN",
                       name);
    }
    return KH_OK;
}

/* ---- Beginning and end --------------------------------------------------------------------- */

enum kh_status kh_kinesis_stream_new(const struct kh_kinesis_options *options,
                                     struct kh_error *error, struct kh_kinesis_stream **out)
{
    char region[MAX_REGION] = "";
    struct kh_aws_options aws = { .service = "kinesis",
                                  .max_attempts = options->max_attempts,
                                  .body_limit = BODY_LIMIT,
                                  .log = options->log,
                                  .timing = options->timing };
    size_t length = strlen(options->stream);
    struct kh_kinesis_stream *stream;
    enum kh_status status;
    bool is_arn;

    KH_TRY(check_name(options->stream, &is_arn, region, error));
    stream = kh_calloc(1, sizeof *stream + length + 1);
    if (stream == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for a stream");
    }
    memcpy(stream + 1, options->stream, length);
    stream->resource = (struct kh_aws_resource){
        .kind = "stream",
        .name = { (const char *)(stream + 1), length },
        .target = "Kinesis_20131202.",
        .content_type = "application/x-amz-json-1.1",
        .missing = "ResourceNotFoundException",
    };
    stream->is_arn = is_arn;
    stream->timing = options->timing != NULL ? *options->timing : kh_aws_timing_system();
    aws.region = is_arn ? region : NULL;
    status = kh_aws_client_new(&aws, error, &stream->resource.client);
    if (status != KH_OK) {
        kh_free(stream);
        return status;
    }
    *out = stream;
    return KH_OK;
}

void kh_kinesis_stream_destroy(struct kh_kinesis_stream *stream)
{
    if (stream != NULL) {
        kh_aws_client_destroy(stream->resource.client);
        kh_free(stream);
    }
}

struct kh_str kh_kinesis_stream_name(const struct kh_kinesis_stream *stream)
{
    return stream->resource.name;
}

struct kh_aws_client *kh__kinesis_client(const struct kh_kinesis_stream *stream)
{
    return stream->resource.client;
}

const struct kh_aws_timing *kh__kinesis_timing(const struct kh_kinesis_stream *stream)
{
    return &stream->timing;
}

/* ---- Calls --------------------------------------------------------------------------------- */

enum kh_status kh__kinesis_write_stream(const struct kh_kinesis_stream *stream,
                                        struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_name(out, stream->is_arn ? KH_STR("StreamARN") : KH_STR("StreamName")));
    return kh_json_write_str(out, stream->resource.name);
}

enum kh_status kh__kinesis_call(struct kh_kinesis_stream *stream, const struct kh_call *call,
                                const char *operation, struct kh_str body,
                                struct kh_aws_answer *answer)
{
    return kh_aws_resource_call(&stream->resource, call, operation, body, answer);
}

enum kh_status kh__kinesis_unreadable(const struct kh_kinesis_stream *stream,
                                      const struct kh_call *call, const char *operation,
                                      enum kh_status status, const char *reason)
{
    return kh_aws_resource_unreadable(&stream->resource, call, operation,
                                      status == KH_NO_MEMORY ? status : KH_STORE, reason);
}

/* ---- What it tells of itself --------------------------------------------------------------- */

/* Emulators have null, or nothing. */
static enum kh_status read_record_size(struct kh_json *in, size_t *out)
{
    int32_t kilobytes;

    if (kh_json_take_null(in)) {
        return KH_OK;
    }
    KH_TRY(kh_json_read_int32(in, &kilobytes));
    if (kilobytes > 0) {
        *out = (size_t)kilobytes * 1024;
    }
    return KH_OK;
}

static enum kh_status read_description(struct kh_json *in, struct kh_kinesis_summary *out)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("StreamARN"))) {
            KH_TRY(kh_json_read_str(in, &out->arn));
        } else if (kh_json_member_is(&object, KH_STR("StreamStatus"))) {
            KH_TRY(kh_json_read_str(in, &out->status));
        } else if (kh_json_member_is(&object, KH_STR("MaxRecordSizeInKiB"))) {
            KH_TRY(read_record_size(in, &out->max_record_size));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static enum kh_status read_summary(struct kh_json *in, struct kh_kinesis_summary *out)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("StreamDescriptionSummary"))) {
            KH_TRY(read_description(in, out));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

enum kh_status kh_kinesis_describe(struct kh_kinesis_stream *stream, const struct kh_call *call,
                                   struct kh_kinesis_summary *out)
{
    struct kh_json_writer body;
    struct kh_aws_answer answer;
    struct kh_error unreadable;
    struct kh_json in;
    enum kh_status status;

    *out = (struct kh_kinesis_summary){ KH_STR_INIT(""), KH_STR_INIT(""), DEFAULT_RECORD_SIZE };
    kh_json_writer_init(&body);
    status = kh_json_write_object_begin(&body);
    if (status == KH_OK) {
        status = kh__kinesis_write_stream(stream, &body);
    }
    if (status == KH_OK) {
        status = kh_json_write_object_end(&body);
    }
    if (status == KH_OK) {
        status = kh__kinesis_call(stream, call, "DescribeStreamSummary", kh_json_writer_text(&body),
                                  &answer);
    }
    kh_json_writer_clean_up(&body);
    KH_TRY(status);
    kh_error_clear(&unreadable);
    kh_json_init(&in, answer.body, call->arena, &unreadable);
    if (read_summary(&in, out) != KH_OK) {
        return kh__kinesis_unreadable(stream, call, "DescribeStreamSummary", KH_STORE,
                                      unreadable.reason);
    }
    return KH_OK;
}
