/*
 * One stream of Kinesis Data Streams, as whoever puts or reads records has it: a client, the stream's name,
 * and calls whose failures say which stream they are about.
 */
#ifndef KH_KINESIS_STREAM_H
#define KH_KINESIS_STREAM_H

#include "aws/resource.h"
#include "kh/json_writer.h"
#include "kh/store.h"

struct kh_kinesis_stream;

/* Strings are copied. */
struct kh_kinesis_options {
    /* Its name, or its ARN: then the region is that of the ARN. */
    const char *stream;
    unsigned max_attempts; /* of one call; 0: as kh_aws_options */
    struct kh_log log;
    const struct kh_aws_timing *timing; /* NULL: that of the operating system */
};

/* Connects to nobody. KH_BAD_SETTING: no stream can have such a name, or as kh_aws_client_new. */
enum kh_status kh_kinesis_stream_new(const struct kh_kinesis_options *options,
                                     struct kh_error *error,
                                     struct kh_kinesis_stream **out) KH_MUST_USE;
/* NULL is allowed. */
void kh_kinesis_stream_destroy(struct kh_kinesis_stream *stream);

/* As it was named in the options. */
struct kh_str kh_kinesis_stream_name(const struct kh_kinesis_stream *stream);

/* What kh_kinesis_describe tells; strings in the arena of the call. */
struct kh_kinesis_summary {
    struct kh_str arn;
    struct kh_str status;   /* "ACTIVE", "CREATING", "UPDATING", "DELETING" */
    size_t max_record_size; /* bytes of a record's data and partition key */
};

/* DescribeStreamSummary. As kh__kinesis_call. */
enum kh_status kh_kinesis_describe(struct kh_kinesis_stream *stream, const struct kh_call *call,
                                   struct kh_kinesis_summary *out) KH_MUST_USE;

/* ---- For the other files of this folder ---- */

/* The member that names the stream, "StreamName" or "StreamARN". */
enum kh_status kh__kinesis_write_stream(const struct kh_kinesis_stream *stream,
                                        struct kh_json_writer *out) KH_MUST_USE;

/* As kh_aws_resource_call. */
enum kh_status kh__kinesis_call(struct kh_kinesis_stream *stream, const struct kh_call *call,
                                const char *operation, struct kh_str body,
                                struct kh_aws_answer *answer) KH_MUST_USE;

/* An answer can't be read: KH_STORE, or KH_NO_MEMORY if `status` is that. */
enum kh_status kh__kinesis_unreadable(const struct kh_kinesis_stream *stream,
                                      const struct kh_call *call, const char *operation,
                                      enum kh_status status, const char *reason);

/* The client that calls, for kh_aws_client_back_off; and its time. */
struct kh_aws_client *kh__kinesis_client(const struct kh_kinesis_stream *stream);
const struct kh_aws_timing *kh__kinesis_timing(const struct kh_kinesis_stream *stream);

#endif
