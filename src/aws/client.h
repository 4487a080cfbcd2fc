/*
 * Calls to one AWS service over its JSON protocol (DynamoDB, Kinesis, SQS): signed, repeated where a
 * repetition can help, and answered before a deadline. Credentials, region and endpoint come from where
 * AWS's own tools take them, see docs/aws.md.
 */
#ifndef KH_AWS_CLIENT_H
#define KH_AWS_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/timing.h"
#include "kh/arena.h"
#include "kh/error.h"
#include "kh/log.h"
#include "kh/status.h"
#include "kh/str.h"

struct kh_aws_client;

/* Strings are copied. */
struct kh_aws_options {
    /* As its host and its signatures have it: "dynamodb", "kinesis", "sqs". */
    const char *service;
    /* NULL: AWS_REGION, AWS_DEFAULT_REGION, the profile's. */
    const char *region;
    /*
     * NULL: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's, else the service's own.
     * http:// for loopback addresses only.
     */
    const char *endpoint;
    unsigned max_attempts;   /* of one call; 0: AWS_MAX_ATTEMPTS, else what the retry mode says */
    long attempt_timeout_ms; /* of one attempt; 0: 10 s */
    size_t body_limit;       /* of an answer; 0: 32 MiB */
    struct kh_log log;
    const struct kh_aws_timing *timing; /* NULL: kh_aws_timing_system */
    const char *container_base;         /* NULL: http://169.254.170.2; another one for tests */
};

/* Strings are in the arena of the call. */
struct kh_aws_answer {
    long code;          /* the status of HTTP; 0: there was no answer */
    struct kh_str body; /* KH_PADDING readable bytes behind it */
    /* "ConditionalCheckFailedException"; "" on success, and when the answer has none. */
    struct kh_str error_type;
    /* Or "". May repeat values and even credentials of the request: never to be logged. */
    struct kh_str error_message;
    unsigned attempts; /* how many were made */
    /*
     * An attempt was sent of which it is not known what became of it: the service may have done what it
     * says, and a condition that fails now may fail because of that.
     */
    bool maybe_applied;
};

/* What a caller makes of an error answer. */
enum kh_aws_judgement {
    KH_AWS_FINAL,    /* no repetition helps */
    KH_AWS_THROTTLE, /* repeat it after a pause: the service asks to slow down */
    KH_AWS_TRANSIENT /* repeat it after a pause: it failed for a passing reason */
};

struct kh_aws_request {
    const char *target;       /* "DynamoDB_20120810.GetItem" */
    const char *content_type; /* "application/x-amz-json-1.0" */
    struct kh_str body;       /* the same bytes in every attempt */
    int64_t deadline_ms;      /* wall clock; kh_aws_call returns before, or very soon after */
    /*
     * Asked about error answers that the retry rules take for final, such as one whose reasons stand in
     * its body; NULL: they are final.
     */
    enum kh_aws_judgement (*judge)(void *context, const struct kh_aws_answer *answer);
    void *judge_context;
};

/*
 * Reads settings from the environment and the profile files; connects to nobody. KH_BAD_SETTING: no
 * region, an endpoint that is not allowed, a number that is none; KH_IO: a file can't be read;
 * KH_NO_MEMORY. Not to be called while another thread changes the environment.
 */
enum kh_status kh_aws_client_new(const struct kh_aws_options *options, struct kh_error *error,
                                 struct kh_aws_client **out) KH_MUST_USE;
/* When no call is in progress. NULL is allowed. */
void kh_aws_client_destroy(struct kh_aws_client *client);

/*
 * One call, any number of attempts. By any number of threads at once: each call in progress has a
 * connection of its own, and connections are kept.
 *
 * KH_OK          a success answer (2xx), whole, its checksum right where it has one
 * KH_STORE       an error answer that no further attempt was, or could be, made about: the caller looks
 *                at answer->error_type, and clears `error` where that is a result to him
 *                (ConditionalCheckFailedException, TransactionCanceledException, ...). This too
 *                when `judge` had it repeated in vain; and an answer that is longer than allowed, which
 *                has no error_type
 * KH_THROTTLED   the last attempt was answered by "slow down"
 * KH_TIMEOUT     the deadline came, or the last attempt was not answered in time
 * KH_IO          the last attempt had no whole answer: no connection, cut, wrong checksum; or nobody
 *                could be asked for credentials
 * KH_BAD_SETTING no credentials, and where they were looked for; or a setting that can't be used
 * KH_NO_MEMORY
 *
 * Whatever it returns, *answer is set; its strings are in the arena. `error` names service, operation
 * and what came back, and repeats nothing of the request.
 */
enum kh_status kh_aws_call(struct kh_aws_client *client, const struct kh_aws_request *request,
                           struct kh_arena *arena, struct kh_error *error,
                           struct kh_aws_answer *answer) KH_MUST_USE;

/*
 * For a caller who sends a new request for what was left undone (UnprocessedKeys, UnprocessedItems,
 * FailedRecordCount): sleeps as long as before retry number `retry` (from 0) of a throttled call.
 * KH_THROTTLED, at once, when that would last until the deadline or longer.
 */
enum kh_status kh_aws_client_back_off(struct kh_aws_client *client, unsigned retry,
                                      int64_t deadline_ms, struct kh_error *error) KH_MUST_USE;

#endif
