/*
 * Our own decoder, by the functions that the runtime calls: the invocation's envelope, base64, the
 * event's envelope, its payload. Prints bytes, events, best and median time, MB/s.
 */
#include "harness.h"

#include "flow/message.h"
#include "kh/source.h"
#include "service.h"

static enum bench_kind kind_of(const struct kh_route *route)
{
    return kh_str_equal(route->type, KH_STR("USER_LIMIT_CREATED")) ? BENCH_CREATED
           : kh_str_equal(route->type, KH_STR("USER_LIMIT_RESET")) ? BENCH_RESET
                                                                   : BENCH_PROGRESS_CHANGED;
}

static bool decode_record(const struct kh_record *record, struct kh_arena *arena,
                          struct kh_error *error, struct bench_event *event)
{
    struct kh__message message;
    struct kh_json in;

    kh_json_init(&in, record->data, arena, error);
    if (kh__message_read(&service, &in, arena, &message) != KH_OK || message.route == NULL) {
        return false;
    }
    if (message.payload == NULL) {
        message.payload = kh__message_room(message.route, arena);
        kh_json_init(&in, message.event.payload, arena, error);
        if (message.payload == NULL ||
            kh__message_read_payload(&message, &in, message.payload) != KH_OK) {
            return false;
        }
    }
    event->partition_key = record->partition_key;
    event->sequence_number = record->sequence_number;
    event->envelope = message.envelope;
    event->kind = kind_of(message.route);
    event->payload = message.payload;
    return true;
}

static bool decode(struct kh_str text, bench_visit *visit, void *context)
{
    static struct kh_arena arena;
    struct kh_records records;
    struct kh_error error;
    bool found;

    kh_arena_reset(&arena);
    kh_error_clear(&error);
    if (kh_lambda_event_read(text, &arena, &error, &records, &found) != KH_OK || !found) {
        return false;
    }
    for (size_t i = 0; i < records.count; i++) {
        struct kh_arena_mark mark = kh_arena_mark(&arena);
        struct bench_event event;

        if (records.items[i].status != KH_OK ||
            !decode_record(&records.items[i], &arena, &error, &event)) {
            return false;
        }
        visit(context, &event);
        kh_arena_release(&arena, mark);
    }
    return true;
}

int main(int argc, char **argv)
{
    static const struct bench_decoder decoder = { .name = "kinesis-handler",
                                                  .validates = true,
                                                  .decode = decode };

    return bench_main(argc, argv, &decoder);
}
