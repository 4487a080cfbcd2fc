/*
 * nanopb: strings in arrays of the struct (messages.options says how long), as its users have them. The
 * envelope's context is passed over, since a Struct has no largest size. UTF-8 is not checked.
 */
#include <string.h>

#include <pb_decode.h>

#include "messages.h"

#include "user_limits/envelope.pb.h"
#include "user_limits/events/user_limit_created.pb.h"
#include "user_limits/events/user_limit_progress_changed.pb.h"
#include "user_limits/events/user_limit_reset.pb.h"

union payload {
    user_limits_UserLimitCreated created;
    user_limits_UserLimitProgressChanged progress_changed;
    user_limits_UserLimitReset reset;
};

/* ---- For the checksum: into the structs that it is taken of ---- */

static struct kh_str text_of(const char *text)
{
    return (struct kh_str){ text, strlen(text) };
}

static bool to_decimal(const char *text, struct kh_decimal *out)
{
    return kh_decimal_parse(text_of(text), out) == KH_OK;
}

static bool show_created(const user_limits_UserLimitCreated *from, struct bench_event *event,
                         bench_visit *visit, void *context)
{
    struct user_limit_created to = {
        .active_from = from->active_from,
        .has_active_until = from->has_active_until,
        .active_until = from->active_until,
        .brand_id = text_of(from->brand_id),
        .has_created_at = from->has_created_at,
        .created_at = from->created_at,
        .currency_code = text_of(from->currency_code),
        .has_next_reset_time = from->has_next_reset_time,
        .next_reset_time = from->next_reset_time,
        .period = (enum limit_period)from->period,
        .has_previous_limit_value = from->has_previous_limit_value,
        .has_progress = from->has_progress,
        .status = (enum limit_status)from->status,
        .type = (enum limit_type)from->type,
        .user_id = text_of(from->user_id),
        .user_limit_id = text_of(from->user_limit_id),
    };

    if ((to.has_previous_limit_value &&
         !to_decimal(from->previous_limit_value, &to.previous_limit_value)) ||
        (to.has_progress && !to_decimal(from->progress, &to.progress)) ||
        !to_decimal(from->value, &to.value)) {
        return false;
    }
    event->payload = &to;
    visit(context, event);
    return true;
}

static bool show_progress_changed(const user_limits_UserLimitProgressChanged *from,
                                  struct bench_event *event, bench_visit *visit, void *context)
{
    struct user_limit_progress_changed to = {
        .brand_id = text_of(from->brand_id),
        .currency_code = text_of(from->currency_code),
        .next_reset_time = from->next_reset_time,
        .has_remaining_amount = from->has_remaining_amount,
        .user_id = text_of(from->user_id),
        .user_limit_id = text_of(from->user_limit_id),
    };

    if (!to_decimal(from->amount, &to.amount) ||
        !to_decimal(from->previous_progress, &to.previous_progress) ||
        (to.has_remaining_amount && !to_decimal(from->remaining_amount, &to.remaining_amount))) {
        return false;
    }
    event->payload = &to;
    visit(context, event);
    return true;
}

static bool show_reset(const user_limits_UserLimitReset *from, struct bench_event *event,
                       bench_visit *visit, void *context)
{
    struct user_limit_reset to = {
        .brand_id = text_of(from->brand_id),
        .currency_code = text_of(from->currency_code),
        .next_reset_time = from->next_reset_time,
        .period = (enum limit_period)from->period,
        .type = (enum limit_type)from->type,
        .user_id = text_of(from->user_id),
        .user_limit_id = text_of(from->user_limit_id),
    };

    if (!to_decimal(from->reset_amount, &to.reset_amount) ||
        !to_decimal(from->reset_percentage, &to.reset_percentage) ||
        !to_decimal(from->unused_amount, &to.unused_amount)) {
        return false;
    }
    event->payload = &to;
    visit(context, event);
    return true;
}

static bool show(const user_limits_Envelope *from, enum bench_kind kind,
                 const union payload *payload, bench_visit *visit, void *context)
{
    struct envelope envelope = {
        .aggregate_id = text_of(from->aggregate_id),
        .created_at = from->created_at,
        .event_id = text_of(from->event_id),
        .sequence_number = from->sequence_number,
        .source = text_of(from->source),
        .type = text_of(from->type),
    };
    struct bench_event event = { .envelope = &envelope, .kind = kind };

    switch (kind) {
    case BENCH_CREATED:
        return show_created(&payload->created, &event, visit, context);
    case BENCH_PROGRESS_CHANGED:
        return show_progress_changed(&payload->progress_changed, &event, visit, context);
    case BENCH_RESET:
        return show_reset(&payload->reset, &event, visit, context);
    }
    return false;
}

/* ---- What is timed ---- */

static const pb_msgdesc_t *const payloads[] = {
    [BENCH_CREATED] = &user_limits_UserLimitCreated_msg,
    [BENCH_PROGRESS_CHANGED] = &user_limits_UserLimitProgressChanged_msg,
    [BENCH_RESET] = &user_limits_UserLimitReset_msg,
};

static bool decode_one(struct kh_str bytes, bench_visit *visit, void *context)
{
    static user_limits_Envelope envelope;
    static union payload payload;
    pb_istream_t in = pb_istream_from_buffer((const pb_byte_t *)bytes.data, bytes.length);
    enum bench_kind kind;

    if (!pb_decode(&in, &user_limits_Envelope_msg, &envelope) ||
        !bench_kind_of(text_of(envelope.type), &kind)) {
        return false;
    }
    in = pb_istream_from_buffer(envelope.data.bytes, envelope.data.size);
    return pb_decode(&in, payloads[kind], &payload) &&
           (visit == NULL || show(&envelope, kind, &payload, visit, context));
}

static bool decode(struct kh_str text, bench_visit *visit, void *context)
{
    struct kh_str bytes;

    while (bench_next_message(&text, &bytes)) {
        if (!decode_one(bytes, visit, context)) {
            return false;
        }
    }
    return text.length == 0;
}

int main(int argc, char **argv)
{
    static const struct bench_decoder decoder = { .name = "nanopb",
                                                  .unpacks_only = true,
                                                  .decode = decode };

    return bench_main(argc, argv, &decoder);
}
