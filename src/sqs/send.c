/* Sending, ten messages in a request, again for those that were refused for a passing reason. */
#include "sqs/queue.h"

struct sending {
    struct kh_sqs_queue *queue;
    const struct kh_call *call;
    struct kh_sqs_message *messages;
    size_t count;
    struct kh_json_writer body;
    size_t sent[KH_SQS_MESSAGES]; /* of the request at hand */
    size_t sent_count;
    bool was_refused;
};

/* The next ones that are not sent. */
static void choose(struct sending *sending)
{
    size_t bytes = 0;

    sending->sent_count = 0;
    for (size_t i = 0; i < sending->count && sending->sent_count < KH_SQS_MESSAGES; i++) {
        const struct kh_sqs_message *message = &sending->messages[i];

        if (message->is_sent) {
            continue;
        }
        bytes += message->body.length;
        if (bytes > KH_SQS_REQUEST_BYTES && sending->sent_count > 0) {
            return;
        }
        sending->sent[sending->sent_count++] = i;
    }
}

static enum kh_status write_request(struct sending *sending)
{
    struct kh_json_writer *out = &sending->body;

    KH_TRY(kh__sqs_begin(sending->queue, out));
    KH_TRY(kh_json_write_name(out, KH_STR("Entries")));
    KH_TRY(kh_json_write_array_begin(out));
    for (size_t i = 0; i < sending->sent_count; i++) {
        KH_TRY(kh_json_write_object_begin(out));
        KH_TRY(kh__sqs_write_id(i, out));
        KH_TRY(kh_json_write_name(out, KH_STR("MessageBody")));
        KH_TRY(kh_json_write_str(out, sending->messages[sending->sent[i]].body));
        KH_TRY(kh_json_write_object_end(out));
    }
    KH_TRY(kh_json_write_array_end(out));
    return kh_json_write_object_end(out);
}

/* One message of the request. */
static enum kh_status settle(struct sending *sending, size_t at, const struct kh__sqs_fate *fate)
{
    struct kh_sqs_message *message = &sending->messages[sending->sent[at]];
    struct kh_str url = kh_sqs_queue_url(sending->queue);

    if (fate->is_done && kh__sqs_is_body(message->body, fate->md5)) {
        message->is_sent = true;
        return KH_OK;
    }
    if (fate->is_done) {
        return kh_fail(sending->call->error, KH_IO,
                       "queue %.*s: SendMessageBatch: a message has arrived with another body",
                       KH_STR_ARG(url));
    }
    if (fate->is_final) {
        return kh_fail(sending->call->error, KH_STORE,
                       "queue %.*s: SendMessageBatch: a message is refused: %.*s", KH_STR_ARG(url),
                       KH_STR_ARG(fate->code));
    }
    sending->was_refused = true;
    return KH_OK;
}

/* All of them, also behind one that failed: whatever is in the queue is known then. */
static enum kh_status settle_all(struct sending *sending, const struct kh__sqs_fate *fates)
{
    enum kh_status status = KH_OK;

    sending->was_refused = false;
    for (size_t i = 0; i < sending->sent_count; i++) {
        enum kh_status one = settle(sending, i, &fates[i]);

        status = status == KH_OK ? one : status;
    }
    return status;
}

static enum kh_status send(struct sending *sending)
{
    struct kh__sqs_fate fates[KH_SQS_MESSAGES];
    struct kh_aws_answer answer;
    struct kh_error unreadable;
    struct kh_json in;

    KH_TRY(write_request(sending));
    KH_TRY(kh__sqs_call(sending->queue, sending->call, "SendMessageBatch",
                        kh_json_writer_text(&sending->body), &answer));
    kh_error_clear(&unreadable);
    kh_json_init(&in, answer.body, sending->call->arena, &unreadable);
    if (kh__sqs_read_fates(&in, fates, sending->sent_count) != KH_OK) {
        return kh__sqs_unreadable(sending->queue, sending->call, "SendMessageBatch",
                                  unreadable.reason);
    }
    return settle_all(sending, fates);
}

static enum kh_status send_all(struct sending *sending)
{
    unsigned retry = 0;

    for (;;) {
        struct kh_arena_mark mark = kh_arena_mark(sending->call->arena);

        choose(sending);
        if (sending->sent_count == 0) {
            return KH_OK;
        }
        KH_TRY(send(sending));
        kh_arena_release(sending->call->arena, mark);
        retry = sending->was_refused ? retry + 1 : 0;
        if (retry > 0) {
            KH_TRY(kh_aws_client_back_off(kh__sqs_client(sending->queue), retry - 1,
                                          sending->call->deadline_ms, sending->call->error));
        }
    }
}

enum kh_status kh_sqs_send(struct kh_sqs_queue *queue, const struct kh_call *call,
                           struct kh_sqs_message *messages, size_t count)
{
    struct sending sending = { .queue = queue, .call = call, .messages = messages, .count = count };
    enum kh_status status;

    kh_json_writer_init(&sending.body);
    status = send_all(&sending);
    kh_json_writer_clean_up(&sending.body);
    return status;
}
