/*
 * protobuf-c: code of protoc-c, and memory either from malloc, as it comes, or from an arena that starts
 * over with every event. UTF-8 is not checked.
 *
 *     protobuf_c malloc|arena FILE ...
 */
#include <stdlib.h>
#include <string.h>

#include "kh/arena.h"

#include "messages.h"

#include "user_limits/envelope.pb-c.h"
#include "user_limits/events/user_limit_created.pb-c.h"
#include "user_limits/events/user_limit_progress_changed.pb-c.h"
#include "user_limits/events/user_limit_reset.pb-c.h"

/* ---- For the checksum: into the structs that it is taken of ---- */

static struct kh_str text_of(const char *text)
{
    return text == NULL ? KH_STR("") : (struct kh_str){ text, strlen(text) };
}

static bool to_decimal(const char *text, struct kh_decimal *out)
{
    return kh_decimal_parse(text_of(text), out) == KH_OK;
}

static bool to_optional_decimal(const char *text, bool *is_there, struct kh_decimal *out)
{
    *is_there = text != NULL;
    return text == NULL || to_decimal(text, out);
}

static bool show_created(const UserLimits__UserLimitCreated *from, struct bench_event *event,
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
        .status = (enum limit_status)from->status,
        .type = (enum limit_type)from->type,
        .user_id = text_of(from->user_id),
        .user_limit_id = text_of(from->user_limit_id),
    };

    if (!to_optional_decimal(from->previous_limit_value, &to.has_previous_limit_value,
                             &to.previous_limit_value) ||
        !to_optional_decimal(from->progress, &to.has_progress, &to.progress) ||
        !to_decimal(from->value, &to.value)) {
        return false;
    }
    event->payload = &to;
    visit(context, event);
    return true;
}

static bool show_progress_changed(const UserLimits__UserLimitProgressChanged *from,
                                  struct bench_event *event, bench_visit *visit, void *context)
{
    struct user_limit_progress_changed to = {
        .brand_id = text_of(from->brand_id),
        .currency_code = text_of(from->currency_code),
        .next_reset_time = from->next_reset_time,
        .user_id = text_of(from->user_id),
        .user_limit_id = text_of(from->user_limit_id),
    };

    if (!to_decimal(from->amount, &to.amount) ||
        !to_decimal(from->previous_progress, &to.previous_progress) ||
        !to_optional_decimal(from->remaining_amount, &to.has_remaining_amount,
                             &to.remaining_amount)) {
        return false;
    }
    event->payload = &to;
    visit(context, event);
    return true;
}

static bool show_reset(const UserLimits__UserLimitReset *from, struct bench_event *event,
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

static bool show(const UserLimits__Envelope *from, enum bench_kind kind,
                 const ProtobufCMessage *payload, bench_visit *visit, void *context)
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
        return show_created((const UserLimits__UserLimitCreated *)payload, &event, visit, context);
    case BENCH_PROGRESS_CHANGED:
        return show_progress_changed((const UserLimits__UserLimitProgressChanged *)payload, &event,
                                     visit, context);
    case BENCH_RESET:
        return show_reset((const UserLimits__UserLimitReset *)payload, &event, visit, context);
    }
    return false;
}

/* ---- What is timed ---- */

static const ProtobufCMessageDescriptor *const payloads[] = {
    [BENCH_CREATED] = &user_limits__user_limit_created__descriptor,
    [BENCH_PROGRESS_CHANGED] = &user_limits__user_limit_progress_changed__descriptor,
    [BENCH_RESET] = &user_limits__user_limit_reset__descriptor,
};

/* NULL for the allocator means malloc; whoever has an arena frees nothing. */
static bool decode_one(struct kh_str bytes, ProtobufCAllocator *allocator, bench_visit *visit,
                       void *context)
{
    UserLimits__Envelope *envelope =
        user_limits__envelope__unpack(allocator, bytes.length, (const uint8_t *)bytes.data);
    ProtobufCMessage *payload;
    enum bench_kind kind;
    bool fine;

    if (envelope == NULL || !bench_kind_of(text_of(envelope->type), &kind)) {
        return false;
    }
    payload = protobuf_c_message_unpack(payloads[kind], allocator, envelope->data.len,
                                        envelope->data.data);
    fine = payload != NULL && (visit == NULL || show(envelope, kind, payload, visit, context));
    if (allocator == NULL) {
        protobuf_c_message_free_unpacked(payload, NULL);
        user_limits__envelope__free_unpacked(envelope, NULL);
    }
    return fine;
}

static bool decode_with_malloc(struct kh_str text, bench_visit *visit, void *context)
{
    struct kh_str bytes;

    while (bench_next_message(&text, &bytes)) {
        if (!decode_one(bytes, NULL, visit, context)) {
            return false;
        }
    }
    return text.length == 0;
}

static void *take(void *arena, size_t size)
{
    return kh_arena_alloc(arena, size);
}

static void give_back(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

static bool decode_with_arena(struct kh_str text, bench_visit *visit, void *context)
{
    static struct kh_arena arena;
    ProtobufCAllocator allocator = { take, give_back, &arena };
    struct kh_str bytes;

    kh_arena_reset(&arena);
    while (bench_next_message(&text, &bytes)) {
        struct kh_arena_mark mark = kh_arena_mark(&arena);

        if (!decode_one(bytes, &allocator, visit, context)) {
            return false;
        }
        kh_arena_release(&arena, mark);
    }
    return text.length == 0;
}

int main(int argc, char **argv)
{
    static const struct bench_decoder with_malloc = { .name = "protobuf-c, malloc",
                                                      .unpacks_only = true,
                                                      .decode = decode_with_malloc };
    static const struct bench_decoder with_arena = { .name = "protobuf-c, arena",
                                                     .unpacks_only = true,
                                                     .decode = decode_with_arena };

    if (argc < 2) {
        return bench_main(argc, argv, &with_malloc);
    }
    return bench_main(argc - 1, argv + 1,
                      strcmp(argv[1], "arena") == 0 ? &with_arena : &with_malloc);
}
