/* Receiving messages, and deleting them. */
#include "sqs/queue.h"

/* ---- Receiving ----------------------------------------------------------------------------- */

static enum kh_status write_int(struct kh_json_writer *out, struct kh_str name, int value)
{
    KH_TRY(kh_json_write_name(out, name));
    return kh_json_write_int64(out, value);
}

static enum kh_status write_wish(const struct kh_sqs_queue *queue, int wait_s, int hidden_s,
                                 struct kh_json_writer *out)
{
    KH_TRY(kh__sqs_begin(queue, out));
    KH_TRY(write_int(out, KH_STR("MaxNumberOfMessages"), KH_SQS_MESSAGES));
    KH_TRY(write_int(out, KH_STR("WaitTimeSeconds"), wait_s));
    KH_TRY(write_int(out, KH_STR("VisibilityTimeout"), hidden_s));
    return kh_json_write_object_end(out);
}

static enum kh_status read_message(struct kh_json *in, struct kh_sqs_received *out,
                                   struct kh_str *md5)
{
    struct kh_json_object object;

    *out = (struct kh_sqs_received){ KH_STR_INIT(""), KH_STR_INIT(""), KH_STR_INIT("") };
    *md5 = KH_STR("");
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("MessageId"))) {
            KH_TRY(kh_json_read_str(in, &out->id));
        } else if (kh_json_member_is(&object, KH_STR("ReceiptHandle"))) {
            KH_TRY(kh_json_read_str(in, &out->receipt));
        } else if (kh_json_member_is(&object, KH_STR("Body"))) {
            KH_TRY(kh_json_read_str(in, &out->body));
        } else if (kh_json_member_is(&object, KH_STR("MD5OfBody"))) {
            KH_TRY(kh_json_read_str(in, md5));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static enum kh_status read_messages(struct kh_json *in, struct kh_sqs_received *out, size_t *count)
{
    struct kh_json_array array;

    if (kh_json_take_null(in)) {
        return KH_OK;
    }
    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        struct kh_str md5;

        if (*count == KH_SQS_MESSAGES) {
            return kh_fail(in->error, KH_INVALID, "it has more messages than were asked for");
        }
        KH_TRY(read_message(in, &out[*count], &md5));
        if (out[*count].receipt.length == 0) {
            return kh_fail(in->error, KH_INVALID, "a message has no receipt");
        }
        if (!kh__sqs_is_body(out[*count].body, md5)) {
            return kh_fail(in->error, KH_IO, "a message is not what was sent");
        }
        ++*count;
    }
    return kh_json_array_end(in, &array);
}

static enum kh_status read_answer(struct kh_json *in, struct kh_sqs_received *out, size_t *count)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("Messages"))) {
            KH_TRY(read_messages(in, out, count));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

enum kh_status kh_sqs_receive(struct kh_sqs_queue *queue, const struct kh_call *call, int wait_s,
                              int hidden_s, struct kh_sqs_received out[KH_SQS_MESSAGES],
                              size_t *count)
{
    struct kh_json_writer body;
    struct kh_aws_answer answer;
    struct kh_error unreadable;
    struct kh_json in;
    enum kh_status status;

    *count = 0;
    kh_json_writer_init(&body);
    status = write_wish(queue, wait_s, hidden_s, &body);
    if (status == KH_OK) {
        status = kh__sqs_call(queue, call, "ReceiveMessage", kh_json_writer_text(&body), &answer);
    }
    kh_json_writer_clean_up(&body);
    KH_TRY(status);
    kh_error_clear(&unreadable);
    kh_json_init(&in, answer.body, call->arena, &unreadable);
    if (read_answer(&in, out, count) != KH_OK) {
        *count = 0;
        return kh__sqs_unreadable(queue, call, "ReceiveMessage", unreadable.reason);
    }
    /* Unescaped strings may stand at the very end of the arena's block. */
    for (size_t i = 0; i < *count; i++) {
        out[i].body = kh_arena_copy_padded(call->arena, out[i].body);
        if (out[i].body.data == NULL) {
            return KH_NO_MEMORY;
        }
    }
    return KH_OK;
}

/* ---- Deleting ------------------------------------------------------------------------------ */

static enum kh_status write_deletion(const struct kh_sqs_queue *queue,
                                     const struct kh_str *receipts, size_t count,
                                     struct kh_json_writer *out)
{
    KH_TRY(kh__sqs_begin(queue, out));
    KH_TRY(kh_json_write_name(out, KH_STR("Entries")));
    KH_TRY(kh_json_write_array_begin(out));
    for (size_t i = 0; i < count; i++) {
        KH_TRY(kh_json_write_object_begin(out));
        KH_TRY(kh__sqs_write_id(i, out));
        KH_TRY(kh_json_write_name(out, KH_STR("ReceiptHandle")));
        KH_TRY(kh_json_write_str(out, receipts[i]));
        KH_TRY(kh_json_write_object_end(out));
    }
    KH_TRY(kh_json_write_array_end(out));
    return kh_json_write_object_end(out);
}

enum kh_status kh_sqs_delete(struct kh_sqs_queue *queue, const struct kh_call *call,
                             const struct kh_str *receipts, size_t count)
{
    struct kh__sqs_fate fates[KH_SQS_MESSAGES];
    struct kh_json_writer body;
    struct kh_aws_answer answer;
    struct kh_error unreadable;
    struct kh_json in;
    enum kh_status status;

    kh_json_writer_init(&body);
    status = write_deletion(queue, receipts, count, &body);
    if (status == KH_OK) {
        status =
            kh__sqs_call(queue, call, "DeleteMessageBatch", kh_json_writer_text(&body), &answer);
    }
    kh_json_writer_clean_up(&body);
    KH_TRY(status);
    kh_error_clear(&unreadable);
    kh_json_init(&in, answer.body, call->arena, &unreadable);
    if (kh__sqs_read_fates(&in, fates, count) != KH_OK) {
        return kh__sqs_unreadable(queue, call, "DeleteMessageBatch", unreadable.reason);
    }
    for (size_t i = 0; i < count; i++) {
        if (!fates[i].is_done) {
            return kh_fail(call->error, KH_STORE,
                           "queue %.*s: DeleteMessageBatch: a message is not deleted: %.*s",
                           KH_STR_ARG(kh_sqs_queue_url(queue)), KH_STR_ARG(fates[i].code));
        }
    }
    return KH_OK;
}
