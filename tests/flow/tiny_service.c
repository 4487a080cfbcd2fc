#include "tiny_service.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- Entity -------------------------------------------------------------------------------- */

static const struct kh_field fields[] = {
    { .name = KH_STR_INIT("id"), .kind = KH_FIELD_STR, .offset = offsetof(struct account, id) },
    { .name = KH_STR_INIT("owner"),
      .kind = KH_FIELD_STR,
      .offset = offsetof(struct account, owner) },
    { .name = KH_STR_INIT("balance"),
      .kind = KH_FIELD_INT64,
      .offset = offsetof(struct account, balance) },
    { .name = KH_STR_INIT("events"),
      .kind = KH_FIELD_INT64,
      .offset = offsetof(struct account, events) },
    { .name = KH_STR_INIT("note"),
      .kind = KH_FIELD_STR,
      .presence = KH_FIELD_OPTIONAL,
      .offset = offsetof(struct account, note),
      .presence_offset = offsetof(struct account, has_note) },
};

static const size_t key[] = { 0 };
static const size_t strings[] = { 0, 1, 4 };
static const size_t owner_index[] = { 1, 2 };
static const struct kh_index indexes[] = {
    { .name = KH_STR_INIT("owner"), .fields = owner_index, .field_count = 2, .equal_count = 1 },
};
static const struct kh_codec codec = { .size = sizeof(struct account) };

const struct kh_entity tiny_account = {
    .name = KH_STR_INIT("account"),
    .table = KH_STR_INIT("account"),
    .fields = fields,
    .field_count = sizeof fields / sizeof fields[0],
    .key = key,
    .key_count = 1,
    .strings = strings,
    .string_count = sizeof strings / sizeof strings[0],
    .indexes = indexes,
    .index_count = 1,
    .codec = &codec,
};

/* ---- Envelope ------------------------------------------------------------------------------ */

struct envelope {
    struct kh_str id;
    struct kh_str type;
    struct kh_raw data;
};

static enum kh_status read_id(struct kh_json *in, struct kh_str *out)
{
    KH_TRY(kh_json_read_str(in, out));
    if (!in->wrong_type && out->length == 0) {
        return kh_json_violation(in, in->value, "minLength", "must have 1 character at least");
    }
    return KH_OK;
}

static enum kh_status read_envelope(struct kh_json *in, void *out, struct kh_event *event)
{
    static const struct kh_str names[] = { KH_STR_INIT("id"), KH_STR_INIT("type"),
                                           KH_STR_INIT("data") };
    static const uint64_t required[] = { KH_SEEN(0) | KH_SEEN(1) };
    struct envelope *envelope = out;
    struct kh_json_object object;
    uint64_t seen[1] = { 0 };

    kh_clear(envelope, sizeof *envelope);
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("id"))) {
            KH_TRY(kh_json_once(in, &object, seen, 0));
            KH_TRY(read_id(in, &envelope->id));
        } else if (kh_json_member_is(&object, KH_STR("type"))) {
            KH_TRY(kh_json_once(in, &object, seen, 1));
            KH_TRY(kh_json_read_str(in, &envelope->type));
        } else if (kh_json_member_is(&object, KH_STR("data"))) {
            KH_TRY(kh_json_once(in, &object, seen, 2));
            KH_TRY(kh_json_read_payload(in, envelope->type, &envelope->data));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    KH_TRY(kh_json_object_end(in, &object, seen, required, names, 3));
    event->id = envelope->id;
    event->type = envelope->type;
    event->payload = envelope->data.text;
    event->has_payload = kh_json_seen(seen, 2);
    event->payload_pointer = "/data";
    return KH_OK;
}

/* ---- Events -------------------------------------------------------------------------------- */

struct payload {
    struct kh_str account;
    struct kh_str owner;
    int64_t amount;
};

enum { ACCOUNT, OWNER, AMOUNT };

static enum kh_status read_amount(struct kh_json *in, int64_t *out)
{
    KH_TRY(kh_json_read_int64(in, out));
    if (!in->wrong_type && *out < 1) {
        KH_TRY(kh_json_violation(in, in->value, "minimum", "must be at least 1"));
    }
    if (!in->wrong_type && *out > 1000) {
        KH_TRY(kh_json_violation(in, in->value, "maximum", "must be at most 1000"));
    }
    return KH_OK;
}

static enum kh_status read_payload(struct kh_json *in, struct payload *out,
                                   const uint64_t *required)
{
    static const struct kh_str names[] = { KH_STR_INIT("account"), KH_STR_INIT("owner"),
                                           KH_STR_INIT("amount") };
    struct kh_json_object object;
    uint64_t seen[1] = { 0 };

    kh_clear(out, sizeof *out);
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("account"))) {
            KH_TRY(kh_json_once(in, &object, seen, ACCOUNT));
            KH_TRY(read_id(in, &out->account));
        } else if (kh_json_member_is(&object, KH_STR("owner"))) {
            KH_TRY(kh_json_once(in, &object, seen, OWNER));
            KH_TRY(kh_json_read_str(in, &out->owner));
        } else if (kh_json_member_is(&object, KH_STR("amount"))) {
            KH_TRY(kh_json_once(in, &object, seen, AMOUNT));
            KH_TRY(read_amount(in, &out->amount));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, seen, required, names, 3);
}

static enum kh_status read_open(struct kh_json *in, void *out)
{
    static const uint64_t required[] = { KH_SEEN(ACCOUNT) | KH_SEEN(OWNER) };

    return read_payload(in, out, required);
}

static enum kh_status read_deposit(struct kh_json *in, void *out)
{
    static const uint64_t required[] = { KH_SEEN(ACCOUNT) | KH_SEEN(AMOUNT) };

    return read_payload(in, out, required);
}

static enum kh_status read_close(struct kh_json *in, void *out)
{
    static const uint64_t required[] = { KH_SEEN(ACCOUNT) };

    return read_payload(in, out, required);
}

/* ---- Handlers ------------------------------------------------------------------------------ */

static enum kh_status finish(struct kh_context *context, enum kh_status status)
{
    const struct tiny_settings *settings = context->settings;

    if (settings != NULL && settings->forced != KH_OK) {
        return settings->forced;
    }
    return settings != NULL && settings->ignore_failures ? KH_OK : status;
}

static void before(struct kh_context *context, const void *envelope)
{
    const struct tiny_settings *settings = context->settings;

    if (settings != NULL && settings->before != NULL) {
        settings->before(context, envelope, settings->data);
    }
}

static enum kh_status on_open(struct kh_context *context, const void *envelope, const void *event)
{
    const struct payload *payload = event;
    struct account account = { .id = payload->account, .owner = payload->owner, .events = 1 };

    before(context, envelope);
    return finish(context, kh_unit_create(context, &tiny_account, &account));
}

static enum kh_status deposit(struct kh_context *context, const struct payload *payload)
{
    struct account account = { .id = payload->account };

    KH_TRY(kh_unit_get(context, &tiny_account, &account, &account));
    account.balance += payload->amount;
    account.events++;
    KH_TRY(kh_unit_put(context, &tiny_account, &account));
    /* After the change, so that a refusal has something to undo. */
    return account.balance > 10000 ? kh_refuse(context, "the balance may not exceed 10000") : KH_OK;
}

static enum kh_status on_deposit(struct kh_context *context, const void *envelope,
                                 const void *event)
{
    before(context, envelope);
    return finish(context, deposit(context, event));
}

static enum kh_status on_close(struct kh_context *context, const void *envelope, const void *event)
{
    const struct payload *payload = event;
    struct account account = { .id = payload->account };

    before(context, envelope);
    return finish(context, kh_unit_remove(context, &tiny_account, &account));
}

static void set_key(const void *event, void *row)
{
    const struct payload *payload = event;
    struct account *account = row;

    account->id = payload->account;
}

#define ROUTE(name)                                                                                \
    {                                                                                              \
        .type = KH_STR_INIT(#name), .event_size = sizeof(struct payload), .read = read_##name,     \
        .encodings = 1u << KH_ENCODING_JSON, .handle = on_##name, .entity = &tiny_account,         \
        .set_key = set_key                                                                         \
    }

static const struct kh_route routes[] = { ROUTE(open), ROUTE(close), ROUTE(deposit) };

static const struct kh_entity *const entities[] = { &tiny_account };

const struct kh_service tiny_service = {
    .name = "tiny",
    .type_member = KH_STR_INIT("type"),
    .envelope_size = sizeof(struct envelope),
    .read_envelope = read_envelope,
    .routes = routes,
    .route_count = 3,
    .entities = entities,
    .entity_count = 1,
};

struct kh_record tiny_record(struct kh_arena *arena, size_t position, const char *format, ...)
{
    char *text = kh_arena_alloc(arena, 1024 + KH_PADDING);
    char *id = kh_arena_alloc(arena, 32);
    va_list arguments;
    int length;

    memset(text, 0, 1024 + KH_PADDING);
    va_start(arguments, format);
    length = vsnprintf(text, 1024, format, arguments);
    va_end(arguments);
    (void)snprintf(id, 32, "%zu", 1000 + position);
    return (struct kh_record){ .data = { text, (size_t)length },
                               .id = kh_str_from(id),
                               .sequence_number = kh_str_from(id),
                               .partition_key = KH_STR("p"),
                               .shard_id = KH_STR("shardId-000000000000"),
                               .source_arn = KH_STR("arn:aws:kinesis:eu-west-1:1:stream/s"),
                               .arrival_ms = 1700000000000,
                               .position = position };
}
