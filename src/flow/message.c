/*
 * The payload is read where it stands, while the envelope is. Where its type comes only behind it
 * (members in alphabetical order put "data" before "type"), the type is guessed from the end of the
 * text, where it mostly stands. A guess decides which reader has the first try, and nothing else: the
 * struct is kept only if the envelope names that very type in the end.
 */
#include "flow/message.h"

#include <string.h>

/* Reads payloads on the way. */
struct reader {
    struct kh_json_payload_reader head;
    const struct kh_service *service;
    struct kh_arena *rooms;
    const struct kh_route *route; /* of what was read; NULL: nothing was */
    struct kh_str type;           /* for that */
    void *payload;
};

/* Routes are in the order of the lengths of their types, which mostly tells them apart. */
const struct kh_route *kh__message_route(const struct kh_service *service, struct kh_str type)
{
    const struct kh_route *route = service->routes;
    const struct kh_route *end = route + service->route_count;

    for (size_t left = service->route_count; left > 1; left -= left / 2) {
        route += route[left / 2 - 1].type.length < type.length ? left / 2 : 0;
    }
    for (; route < end && route->type.length <= type.length; route++) {
        if (kh_str_equal(route->type, type)) {
            return route;
        }
    }
    return NULL;
}

/* The value of the member `name`, if it is the last of the text and a string; else empty. */
static struct kh_str last_member(const struct kh_json *in, struct kh_str name)
{
    const char *close = in->end - 2; /* "} */
    const char *open;

    if (in->end - in->at < 4 || close[0] != '"' || close[1] != '}') {
        return KH_STR("");
    }
    open = memrchr(in->at, '"', (size_t)(close - in->at));
    /* "name": in front of it */
    if (open == NULL || (size_t)(open - in->at) < name.length + 3 || open[-1] != ':' ||
        open[-2] != '"' || memcmp(open - 2 - name.length, name.data, name.length) != 0 ||
        open[-3 - (ptrdiff_t)name.length] != '"') {
        return KH_STR("");
    }
    return (struct kh_str){ open + 1, (size_t)(close - open - 1) };
}

static bool read_on_the_way(struct kh_json_payload_reader *head, struct kh_json *in,
                            struct kh_str type)
{
    struct reader *reader = (struct reader *)head;
    const struct kh_route *route;
    void *payload;

    if (type.length == 0) {
        type = last_member(in, reader->service->type_member);
    }
    route = kh__message_route(reader->service, type);
    if (route == NULL) {
        return false;
    }
    payload = kh__message_room(route, reader->rooms);
    if (payload == NULL || route->read(in, payload) != KH_OK) {
        return false;
    }
    reader->route = route;
    reader->type = type;
    reader->payload = payload;
    return true;
}

/* Whether the payload was read as of this type; mostly the guess was made by the very same text. */
static bool is_type_of(const struct reader *reader, struct kh_str type)
{
    return (reader->type.data == type.data && reader->type.length == type.length) ||
           kh_str_equal(reader->type, type);
}

enum kh_status kh__message_read(const struct kh_service *service, struct kh_json *in,
                                struct kh_arena *rooms, struct kh__message *out)
{
    struct reader reader = { .head = { read_on_the_way }, .service = service, .rooms = rooms };

    out->envelope = kh_arena_alloc(rooms, service->envelope_size);
    out->route = NULL;
    out->payload = NULL;
    if (out->envelope == NULL) {
        return kh_fail(in->error, KH_NO_MEMORY, "no memory for an envelope");
    }
    in->payload_reader = &reader.head;
    KH_TRY(service->read_envelope(in, out->envelope, &out->event));
    in->payload_reader = NULL;
    KH_TRY(kh_json_end(in));
    if (reader.route != NULL && is_type_of(&reader, out->event.type)) {
        out->route = reader.route;
        out->payload = reader.payload;
    } else {
        out->route = kh__message_route(service, out->event.type);
    }
    return KH_OK;
}

void *kh__message_room(const struct kh_route *route, struct kh_arena *rooms)
{
    return kh_arena_alloc(rooms, route->event_size);
}

enum kh_status kh__message_read_payload(const struct kh__message *message, struct kh_json *in,
                                        void *payload)
{
    if (!message->event.has_payload) {
        return kh_json_violation(in, in->begin, "required", "the payload is missing");
    }
    KH_TRY(message->route->read(in, payload));
    return kh_json_end(in);
}
