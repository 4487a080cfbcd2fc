/*
 * Our own readers of messages, by the functions that the runtime calls:
 *
 *     bench_proto fast FILE ...    straight into the structs
 *     bench_proto long FILE ...    by way of JSON, as messages go that the first way does not take
 *     bench_proto json FILE ...    the events as JSON, for comparison
 */
#include <stdio.h>
#include <string.h>

#include "messages.h"

#include "flow/message.h"
#include "kh/proto.h"
#include "kh/proto_reader.h"
#include "service.h"

static const struct kh_route *find_route(struct kh_str type, enum bench_kind *kind)
{
    for (size_t i = 0; i < service.route_count; i++) {
        if (kh_str_equal(service.routes[i].type, type)) {
            return bench_kind_of(type, kind) ? &service.routes[i] : NULL;
        }
    }
    return NULL;
}

static bool read_fast(struct kh_str bytes, struct kh_arena *arena, struct kh_error *error,
                      struct bench_event *out)
{
    void *envelope = kh_arena_alloc(arena, service.envelope_size);
    struct kh_proto_reader in;
    struct kh_event event;
    const struct kh_route *route;
    void *payload;

    kh_proto_reader_init(&in, bytes, arena, error);
    if (envelope == NULL || service.read_envelope_proto(&in, envelope, &event) != KH_OK) {
        return false;
    }
    route = find_route(event.type, &out->kind);
    payload = route == NULL ? NULL : kh__message_room(route, arena);
    kh_proto_reader_init(&in, event.payload, arena, error);
    if (payload == NULL || route->read_proto(&in, payload) != KH_OK) {
        return false;
    }
    out->envelope = envelope;
    out->payload = payload;
    return true;
}

static bool read_json(struct kh_str text, struct kh_arena *arena, struct kh_error *error,
                      struct bench_event *out)
{
    struct kh__message message;
    struct kh_json in;

    kh_json_init(&in, text, arena, error);
    if (kh__message_read(&service, &in, arena, &message) != KH_OK || message.payload == NULL ||
        !bench_kind_of(message.event.type, &out->kind)) {
        return false;
    }
    out->envelope = message.envelope;
    out->payload = message.payload;
    return true;
}

static bool read_long(struct kh_str bytes, struct kh_arena *arena, struct kh_error *error,
                      struct bench_event *out)
{
    const struct kh_route *route;
    struct kh_str type;
    struct kh_str text;

    if (kh_proto_find_string(service.envelope_proto, bytes, service.type_member, error, &type) !=
        KH_OK) {
        return false;
    }
    route = find_route(type, &out->kind);
    return route != NULL &&
           kh_proto_to_json(service.envelope_proto, bytes, route->proto, arena, error, &text) ==
               KH_OK &&
           read_json(text, arena, error, out);
}

typedef bool read_event(struct kh_str bytes, struct kh_arena *arena, struct kh_error *error,
                        struct bench_event *out);

static inline bool decode(struct kh_str text, read_event *read, bench_visit *visit, void *context)
{
    static struct kh_arena arena;
    struct kh_error error;
    struct kh_str bytes;

    kh_arena_reset(&arena);
    kh_error_clear(&error);
    while (bench_next_message(&text, &bytes)) {
        struct kh_arena_mark mark = kh_arena_mark(&arena);
        struct bench_event event = { .payload = NULL };

        if (!read(bytes, &arena, &error, &event)) {
            return false;
        }
        visit(context, &event);
        kh_arena_release(&arena, mark);
    }
    return text.length == 0;
}

static bool decode_fast(struct kh_str text, bench_visit *visit, void *context)
{
    return decode(text, read_fast, visit, context);
}

static bool decode_long(struct kh_str text, bench_visit *visit, void *context)
{
    return decode(text, read_long, visit, context);
}

static bool decode_json(struct kh_str text, bench_visit *visit, void *context)
{
    return decode(text, read_json, visit, context);
}

int main(int argc, char **argv)
{
    static const struct bench_decoder ways[] = {
        { .name = "fast", .validates = true, .decode = decode_fast },
        { .name = "long", .validates = true, .decode = decode_long },
        { .name = "json", .validates = true, .decode = decode_json },
    };

    for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(argv[1], ways[i].name) == 0) {
            return bench_main(argc - 1, argv + 1, &ways[i]);
        }
    }
    fprintf(stderr, "usage: %s fast|long|json FILE [--json] [--seconds N]\n", argv[0]);
    return 2;
}
