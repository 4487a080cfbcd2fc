/*
 * One queue of Amazon SQS: messages are sent, received and deleted, ten in a request. queue.c has the calls and
 * what a queue tells of itself, send.c and receive.c the rest.
 */
#ifndef KH_SQS_QUEUE_H
#define KH_SQS_QUEUE_H

#include "aws/resource.h"
#include "kh/json_writer.h"
#include "kh/store.h"

struct kh_sqs_queue;

/* Strings are copied. */
struct kh_sqs_options {
    /*
     * As AWS tells it, https://sqs.REGION.amazonaws.com/ACCOUNT/NAME: the region is the one it names. Another
     * host, as emulators have it, is the endpoint.
     */
    const char *url;
    unsigned max_attempts; /* of one call; 0: as kh_aws_options */
    struct kh_log log;
    const struct kh_aws_timing *timing; /* NULL: that of the operating system */
};

/* Connects to nobody. KH_BAD_SETTING: it is no queue's URL, or as kh_aws_client_new. */
enum kh_status kh_sqs_queue_new(const struct kh_sqs_options *options, struct kh_error *error,
                                struct kh_sqs_queue **out) KH_MUST_USE;
/* NULL is allowed. */
void kh_sqs_queue_destroy(struct kh_sqs_queue *queue);

/* As it was named in the options. */
struct kh_str kh_sqs_queue_url(const struct kh_sqs_queue *queue);

/* So many messages in a request. */
#define KH_SQS_MESSAGES 10

/* GetQueueAttributes: how many bytes a message may have. As kh__sqs_call. */
enum kh_status kh_sqs_max_message_size(struct kh_sqs_queue *queue, const struct kh_call *call,
                                       size_t *out) KH_MUST_USE;

/* ---- Sending ------------------------------------------------------------------------------- */

/* What all queues of today take; in a request, too. */
#define KH_SQS_REQUEST_BYTES ((size_t)1 << 20)

struct kh_sqs_message {
    /* UTF-8 of the characters that SQS takes: U+0009, U+000A, U+000D, U+0020 and on, but U+FFFE and U+FFFF. */
    struct kh_str body;
    bool is_sent; /* it is in the queue */
};

/*
 * Sends those that are not sent yet. KH_OK: all are. Otherwise `is_sent` tells which are: as kh_aws_call;
 * KH_STORE for one that the queue will never take; KH_THROTTLED when some were refused until the time was
 * over; KH_IO when the queue has got another body than was sent. A message whose answer was lost may be
 * there twice.
 */
enum kh_status kh_sqs_send(struct kh_sqs_queue *queue, const struct kh_call *call,
                           struct kh_sqs_message *messages, size_t count) KH_MUST_USE;

/* ---- Receiving ----------------------------------------------------------------------------- */

/* Strings in the arena of the call. */
struct kh_sqs_received {
    struct kh_str id; /* of the message, the same each time it is received */
    struct kh_str receipt;
    struct kh_str body; /* KH_PADDING readable bytes behind it */
};

/*
 * Up to ten messages, which nobody else receives for `hidden_s` seconds. Waits up to `wait_s` seconds (at most
 * 20) for the first; none: there were none. As kh__sqs_call; KH_STORE when a body is not what was sent.
 */
enum kh_status kh_sqs_receive(struct kh_sqs_queue *queue, const struct kh_call *call, int wait_s,
                              int hidden_s, struct kh_sqs_received out[KH_SQS_MESSAGES],
                              size_t *count) KH_MUST_USE;

/*
 * Deletes messages by their receipts, KH_SQS_MESSAGES at most. KH_OK: they are gone. KH_STORE: some are not,
 * and come again.
 */
enum kh_status kh_sqs_delete(struct kh_sqs_queue *queue, const struct kh_call *call,
                             const struct kh_str *receipts, size_t count) KH_MUST_USE;

/* ---- For the other files of this folder ---- */

/* What a request of many says of one of them. */
struct kh__sqs_fate {
    bool is_told;
    bool is_done;
    bool is_final;      /* a failure that no repetition helps */
    struct kh_str code; /* of a failure */
    struct kh_str md5;  /* of the body that was sent; or "" */
};

/* Reads an answer with Successful and Failed, whose ids are the positions; sets fates[0..count). */
enum kh_status kh__sqs_read_fates(struct kh_json *in, struct kh__sqs_fate *fates,
                                  size_t count) KH_MUST_USE;

/* "QueueUrl":"…", the first member of every request; and an entry's "Id", its position. */
enum kh_status kh__sqs_begin(const struct kh_sqs_queue *queue,
                             struct kh_json_writer *out) KH_MUST_USE;
enum kh_status kh__sqs_write_id(size_t position, struct kh_json_writer *out) KH_MUST_USE;

/* Whether the MD5 (hexadecimal; "": not told) is that of the body. */
bool kh__sqs_is_body(struct kh_str body, struct kh_str md5);

/* As kh_aws_resource_call. */
enum kh_status kh__sqs_call(struct kh_sqs_queue *queue, const struct kh_call *call,
                            const char *operation, struct kh_str body,
                            struct kh_aws_answer *answer) KH_MUST_USE;

/* The answer can't be read, as `why` has it: KH_STORE. */
enum kh_status kh__sqs_unreadable(const struct kh_sqs_queue *queue, const struct kh_call *call,
                                  const char *operation, const char *why) KH_MUST_USE;

struct kh_aws_client *kh__sqs_client(const struct kh_sqs_queue *queue);

#endif
