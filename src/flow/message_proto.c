/*
 * Messages of Protocol Buffers. The generated readers go straight from the bytes to the structs, and take what
 * is in order. Everything else is turned into JSON, whose reader says what is wrong with it, if anything is.
 */
#include "flow/message.h"

#include "kh/proto_reader.h"

static enum kh_status read_payload(struct kh__message *message, struct kh_arena *arena,
                                   struct kh_arena *rooms, struct kh_error *scratch)
{
    struct kh_proto_reader in;
    void *payload = kh__message_room(message->route, rooms);

    if (payload == NULL) {
        return KH_NO_MEMORY;
    }
    kh_proto_reader_init(&in, message->event.payload, arena, scratch);
    KH_TRY(message->route->read_proto(&in, payload));
    message->payload = payload;
    return KH_OK;
}

enum kh_status kh__message_read_proto(const struct kh_service *service, struct kh_str bytes,
                                      struct kh_arena *arena, struct kh_arena *rooms,
                                      struct kh__message *out)
{
    struct kh_proto_reader in;
    struct kh_error scratch;

    out->envelope = kh_arena_alloc(rooms, service->envelope_size);
    out->payload = NULL;
    if (out->envelope == NULL) {
        return KH_NO_MEMORY;
    }
    kh_error_clear(&scratch);
    kh_proto_reader_init(&in, bytes, arena, &scratch);
    KH_TRY(service->read_envelope_proto(&in, out->envelope, &out->event));
    out->route = kh__message_route(service, out->event.type);
    if (out->route == NULL || out->route->proto == NULL) {
        return KH_OK;
    }
    return read_payload(out, arena, rooms, &scratch);
}

/* A pointer can't name a place in bytes. */
static enum kh_status tell_place(struct kh_error *error, enum kh_status status)
{
    struct kh_error why = *error;

    if (why.status != status) {
        return status; /* no memory */
    }
    kh_error_clear(error);
    return kh_fail(error, status, "%s, at byte %zu of the message", why.reason, why.offset);
}

enum kh_status kh__message_to_json(const struct kh_service *service, struct kh_str bytes,
                                   struct kh_arena *arena, struct kh_error *error,
                                   struct kh_str *text)
{
    const struct kh_proto_message *envelope = service->envelope_proto;
    const struct kh_route *route = NULL;
    struct kh_str type;
    enum kh_status status;

    status = kh_proto_find_string(envelope, bytes, service->type_member, error, &type);
    if (status == KH_OK) {
        route = kh__message_route(service, type);
        status = kh_proto_to_json(envelope, bytes, route == NULL ? NULL : route->proto, arena,
                                  error, text);
    }
    return status == KH_OK ? status : tell_place(error, status);
}

enum kh_status kh__payload_to_json(const struct kh_route *route, struct kh_str bytes,
                                   struct kh_arena *arena, struct kh_error *error,
                                   struct kh_str *text)
{
    enum kh_status status = kh_proto_to_json(route->proto, bytes, NULL, arena, error, text);

    return status == KH_OK ? status : tell_place(error, status);
}
