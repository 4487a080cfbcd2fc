/* From the bytes of a record to its event: envelope, route and payload, however they are encoded. */
#include "flow/batch.h"

#include "kh/cloudevents.h"

/* Both in one address space: whether `part` is a part of `whole`. */
static bool is_inside(struct kh_str part, struct kh_str whole)
{
    uintptr_t begin = (uintptr_t)whole.data;
    uintptr_t at = (uintptr_t)part.data;

    return at >= begin && at - begin <= whole.length &&
           part.length <= whole.length - (size_t)(at - begin);
}

/* A payload that is encoded in the envelope's text (base64), and is no JSON. */
static bool has_message_payload(const struct kh__run *run)
{
    const struct kh__message *message = &run->message;

    return message->route != NULL && message->route->proto != NULL && message->event.has_payload &&
           !is_inside(message->event.payload, run->text) &&
           kh_proto_is_likely(message->event.payload);
}

/* The event from its text. */
static enum kh_status read_text(struct kh_batch *batch, struct kh__run *run)
{
    struct kh_json in;

    kh_json_init(&in, run->text, &batch->arena, &batch->error);
    KH_TRY(kh__message_read(batch->options.service, &in, &batch->rooms, &run->message));
    if (run->message.payload == NULL && has_message_payload(run)) {
        run->encoding = KH_ENCODING_PROTOBUF;
    }
    return KH_OK;
}

/* The long way from a message to its event. */
static enum kh_status read_as_text(struct kh_batch *batch, struct kh__run *run, struct kh_str bytes)
{
    run->encoding = KH_ENCODING_PROTOBUF;
    KH_TRY(kh__message_to_json(batch->options.service, bytes, &batch->arena, &batch->error,
                               &run->text));
    return read_text(batch, run);
}

static enum kh_status read_message(struct kh_batch *batch, struct kh__run *run, struct kh_str bytes)
{
    enum kh_status status;

    run->encoding = KH_ENCODING_PROTOBUF;
    status = kh__message_read_proto(batch->options.service, bytes, &batch->arena, &batch->rooms,
                                    &run->message);
    return status == KH_OK ? status : read_as_text(batch, run, bytes);
}

static enum kh_status read_event(struct kh_batch *batch, struct kh__run *run, struct kh_str bytes,
                                 enum kh_encoding encoding)
{
    run->text = (struct kh_str){ NULL, 0 };
    if (encoding == KH_ENCODING_PROTOBUF) {
        return read_message(batch, run, bytes);
    }
    run->text = bytes;
    run->encoding = encoding;
    return read_text(batch, run);
}

/*
 * The event is of another envelope than that of the service, for the reason in batch->error: perhaps it is inside
 * a CloudEvent, which is told from its own events by nothing but that they can't be read.
 */
static enum kh_status read_inside(struct kh_batch *batch, struct kh__run *run,
                                  enum kh_status status)
{
    struct kh_error why = batch->error;
    struct kh_cloud_event outside;
    bool is_message;
    bool found;

    kh_error_clear(&batch->error);
    KH_TRY(kh_cloud_event_open(run->text, &batch->arena, &batch->error, &outside, &found));
    if (!found) {
        batch->error = why;
        return status;
    }
    run->text_pointer = outside.pointer;
    is_message = outside.is_binary && batch->options.service->envelope_proto != NULL &&
                 kh_proto_is_likely(outside.data);
    return read_event(batch, run, outside.data,
                      is_message ? KH_ENCODING_PROTOBUF : KH_ENCODING_JSON);
}

/* It could not be opened. */
static enum kh_status refuse(struct kh_batch *batch, const struct kh_record *record)
{
    const struct kh_wrapping *wrapping = record->wrapping;

    if (wrapping != NULL && wrapping->reason != NULL) {
        return kh_fail(&batch->error, record->status, "%s", wrapping->reason);
    }
    return kh_fail(&batch->error, record->status, "the record is %s",
                   kh_status_text(record->status));
}

enum kh_status kh__run_read(struct kh_batch *batch, struct kh__run *run)
{
    const struct kh_record *record = run->record;
    enum kh_status status;

    run->text = (struct kh_str){ NULL, 0 };
    run->text_pointer = "";
    if (record->status != KH_OK) {
        return refuse(batch, record);
    }
    if (record->data.length > batch->options.max_record_size) {
        return kh_fail(&batch->error, KH_TOO_LARGE, "the record has %zu bytes, %zu are allowed",
                       record->data.length, batch->options.max_record_size);
    }
    status = read_event(batch, run, record->data, record->encoding);
    if (status == KH_INVALID && record->encoding == KH_ENCODING_JSON &&
        !batch->options.service->envelope_is_cloud_event) {
        status = read_inside(batch, run, status);
    }
    if (status != KH_OK) {
        run->message = (struct kh__message){ 0 };
        return status;
    }
    run->is_read = true;
    return KH_OK;
}

void kh__run_payload(const struct kh__run *run, struct kh_arena *arena, struct kh_error *error,
                     struct kh_json *in, struct kh_str *text, const char **pointer)
{
    const struct kh_event *event = &run->message.event;

    *text = run->text;
    *pointer = "";
    if (event->has_payload && !is_inside(event->payload, run->text)) {
        *text = event->payload;
        *pointer = event->payload_pointer;
    }
    kh_json_init(in, event->has_payload ? event->payload : *text, arena, error);
    in->begin = text->data;
}

enum kh_status kh__run_check_encoding(struct kh_batch *batch, const struct kh__run *run)
{
    if ((run->message.route->encodings & 1u << run->encoding) != 0) {
        return KH_OK;
    }
    return kh_fail(&batch->error, KH_WRONG_ENCODING,
                   "the event is in %s, which its schema does not accept (x-event, encodings)",
                   run->encoding == KH_ENCODING_PROTOBUF ? "Protocol Buffers" : "JSON");
}

enum kh_status kh__run_read_payload(struct kh_batch *batch, struct kh__run *run)
{
    struct kh_event *event = &run->message.event;
    const char *pointer;
    struct kh_str text;
    struct kh_json in;
    void *payload;

    KH_TRY(kh__run_check_encoding(batch, run));
    if (has_message_payload(run)) {
        KH_TRY(kh__payload_to_json(run->message.route, event->payload, &batch->arena, &batch->error,
                                   &event->payload));
    }
    payload = kh__message_room(run->message.route, &batch->rooms);
    if (payload == NULL) {
        return KH_NO_MEMORY;
    }
    kh__run_payload(run, &batch->arena, &batch->error, &in, &text, &pointer);
    KH_TRY(kh__message_read_payload(&run->message, &in, payload));
    run->message.payload = payload;
    return KH_OK;
}
