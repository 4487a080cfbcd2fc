/*
 * Generated from schema/.
 * To change this file, edit the schema and build.
 */
#include "service.h"

#include "handlers.h"
#include "migrations.h"

static enum kh_status read_envelope(struct kh_json *in, void *envelope, struct kh_event *event)
{
    KH_TRY(envelope_read(in, envelope));
    return envelope_fill(in, envelope, event);
}

static enum kh_status read_envelope_proto(struct kh_proto_reader *in, void *envelope,
                                          struct kh_event *event)
{
    KH_TRY(envelope_read_proto(in, envelope));
    return envelope_fill_proto(in, envelope, event);
}

static enum kh_status read_user_limit_reset(struct kh_json *in, void *event)
{
    return user_limit_reset_read(in, event);
}

static enum kh_status read_proto_user_limit_reset(struct kh_proto_reader *in, void *event)
{
    return user_limit_reset_read_proto(in, event);
}

static enum kh_status handle_user_limit_reset(struct kh_context *ctx, const void *envelope,
                                              const void *event)
{
    return on_user_limit_reset(ctx, envelope, event);
}

static void set_key_of_user_limit_reset(const void *event, void *key)
{
    const struct user_limit_reset *from = event;
    struct user_limit *to = key;

    to->user_limit_id = from->user_limit_id;
}

static enum kh_status read_user_limit_created(struct kh_json *in, void *event)
{
    return user_limit_created_read(in, event);
}

static enum kh_status read_proto_user_limit_created(struct kh_proto_reader *in, void *event)
{
    return user_limit_created_read_proto(in, event);
}

static enum kh_status handle_user_limit_created(struct kh_context *ctx, const void *envelope,
                                                const void *event)
{
    return on_user_limit_created(ctx, envelope, event);
}

static void set_key_of_user_limit_created(const void *event, void *key)
{
    const struct user_limit_created *from = event;
    struct user_limit *to = key;

    to->user_limit_id = from->user_limit_id;
}

static enum kh_status read_user_limit_progress_changed(struct kh_json *in, void *event)
{
    return user_limit_progress_changed_read(in, event);
}

static enum kh_status read_proto_user_limit_progress_changed(struct kh_proto_reader *in,
                                                             void *event)
{
    return user_limit_progress_changed_read_proto(in, event);
}

static enum kh_status handle_user_limit_progress_changed(struct kh_context *ctx,
                                                         const void *envelope, const void *event)
{
    return on_user_limit_progress_changed(ctx, envelope, event);
}

static void set_key_of_user_limit_progress_changed(const void *event, void *key)
{
    const struct user_limit_progress_changed *from = event;
    struct user_limit *to = key;

    to->user_limit_id = from->user_limit_id;
}

static const struct kh_route routes[] = {
    {
        .type = KH_STR_INIT("USER_LIMIT_RESET"),
        .event_size = sizeof(struct user_limit_reset),
        .read = read_user_limit_reset,
        .handle = handle_user_limit_reset,
        .entity = &user_limit_entity,
        .set_key = set_key_of_user_limit_reset,
        .encodings = 1u << KH_ENCODING_JSON | 1u << KH_ENCODING_PROTOBUF,
        .proto = &user_limit_reset_proto,
        .read_proto = read_proto_user_limit_reset,
    },
    {
        .type = KH_STR_INIT("USER_LIMIT_CREATED"),
        .event_size = sizeof(struct user_limit_created),
        .read = read_user_limit_created,
        .handle = handle_user_limit_created,
        .entity = &user_limit_entity,
        .set_key = set_key_of_user_limit_created,
        .encodings = 1u << KH_ENCODING_JSON | 1u << KH_ENCODING_PROTOBUF,
        .proto = &user_limit_created_proto,
        .read_proto = read_proto_user_limit_created,
    },
    {
        .type = KH_STR_INIT("USER_LIMIT_PROGRESS_CHANGED"),
        .event_size = sizeof(struct user_limit_progress_changed),
        .read = read_user_limit_progress_changed,
        .handle = handle_user_limit_progress_changed,
        .entity = &user_limit_entity,
        .set_key = set_key_of_user_limit_progress_changed,
        .encodings = 1u << KH_ENCODING_JSON | 1u << KH_ENCODING_PROTOBUF,
        .proto = &user_limit_progress_changed_proto,
        .read_proto = read_proto_user_limit_progress_changed,
    },
};

static const struct kh_entity *const entities[] = {
    &user_limit_entity,
};

const struct kh_service service = {
    .name = "user-limits",
    .type_member = KH_STR_INIT("type"),
    .envelope_size = sizeof(struct envelope),
    .read_envelope = read_envelope,
    .envelope_proto = &envelope_proto,
    .read_envelope_proto = read_envelope_proto,
    .routes = routes,
    .route_count = sizeof routes / sizeof routes[0],
    .entities = entities,
    .entity_count = sizeof entities / sizeof entities[0],
    .migrations = &migrations,
    .settings = {
        .rows = settings_rows,
        .count = sizeof settings_rows / sizeof settings_rows[0],
        .size = sizeof(struct settings),
    },
};
