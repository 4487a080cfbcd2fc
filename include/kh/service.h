/*
 * The one thing the runtime is given: a generated description of the service. Everything the runtime
 * does with events of a service goes through these tables.
 */
#ifndef KH_SERVICE_H
#define KH_SERVICE_H

#include "kh/context.h"
#include "kh/entity.h"
#include "kh/event.h"
#include "kh/json.h"
#include "kh/migration.h"
#include "kh/record.h"
#include "kh/settings.h"
#include "kh/status.h"
#include "kh/str.h"

/* Generated code and runtime must agree on this number; counted up when they no longer would. */
#define KH_GENERATED_ABI 5

struct kh_proto_message;
struct kh_proto_reader;

/* One row per event schema. */
struct kh_route {
    struct kh_str type;
    size_t event_size; /* of the generated struct */
    /* Reads and checks the payload; sets all of `event`, whatever was in it. */
    enum kh_status (*read)(struct kh_json *in, void *event);
    enum kh_status (*handle)(struct kh_context *context, const void *envelope, const void *event);
    const struct kh_entity *entity; /* that the event concerns; NULL: none in particular */
    void (*set_key)(const void *event, void *key); /* sets the key members of that entity's row */
    uint8_t encodings; /* that it may come in, 1u << KH_ENCODING_JSON and so on; 0: JSON alone */
    const struct kh_proto_message *proto; /* the payload as a message; NULL: it is none */
    /* As `read`, of an everyday message; any other status says that it was none (kh/proto_reader.h). */
    enum kh_status (*read_proto)(struct kh_proto_reader *in, void *event);
};

struct kh_service {
    const char *name;
    struct kh_str type_member; /* of the envelope: the one that names the event type */
    size_t envelope_size;
    /* Reads and checks the envelope; sets all of it and of `event`, which is what the runtime needs. */
    enum kh_status (*read_envelope)(struct kh_json *in, void *envelope, struct kh_event *event);
    const struct kh_proto_message *envelope_proto; /* NULL: it is no message */
    /* As read_envelope, of an everyday message. event->payload are the payload's bytes; the envelope has {}. */
    enum kh_status (*read_envelope_proto)(struct kh_proto_reader *in, void *envelope,
                                          struct kh_event *event);
    const struct kh_route *routes; /* sorted by the length of the type, then bytewise */
    size_t route_count;
    const struct kh_entity *const *entities; /* sorted bytewise by name */
    size_t entity_count;
    const struct kh_migrations *migrations; /* for SQLite; NULL: there are none */
    struct kh_settings_map settings;
};

#endif
