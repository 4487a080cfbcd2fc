/*
 * What is wrong with a record that was refused by its schema. The fast path stops at the first
 * violation; this is the slow, second pass that lists them all.
 */
#include "flow/batch.h"

/* The payload of a broken envelope is looked at as well, if that much of the envelope could be read. */
static bool can_read_payload(const struct kh__run *run, const struct kh_violations *violations,
                             struct kh_str text)
{
    if (run->message.route == NULL) {
        return false;
    }
    /* All offsets have to count in the same text. */
    return violations->count == 0 ||
           (run->message.event.has_payload && text.data == run->text.data);
}

/* What offsets count in, and the pointer to that. */
static enum kh_status set_text(struct kh__run *run, struct kh_str text, const char *pointer,
                               struct kh_arena *arena)
{
    run->violations_text = text;
    run->pointer_prefix =
        kh_arena_join(arena, kh_str_from(run->text_pointer), kh_str_from(pointer));
    return run->pointer_prefix.data == NULL ? KH_NO_MEMORY : KH_OK;
}

static enum kh_status collect_payload(struct kh__run *run, struct kh_violations *violations,
                                      struct kh_arena *arena)
{
    struct kh_error error;
    struct kh_json in;
    struct kh_str text;
    const char *pointer;
    void *payload;

    kh_error_clear(&error);
    kh__run_payload(run, arena, &error, &in, &text, &pointer);
    if (!can_read_payload(run, violations, text)) {
        return KH_OK;
    }
    KH_TRY(set_text(run, text, pointer, arena));
    payload = kh__message_room(run->message.route, arena);
    if (payload == NULL) {
        return KH_NO_MEMORY;
    }
    in.violations = violations;
    return kh__message_read_payload(&run->message, &in, payload);
}

/* `scratch` is the run with the envelope's event as far as it can be read. */
static enum kh_status collect_envelope(const struct kh_batch *batch, struct kh__run *scratch,
                                       struct kh_violations *violations, struct kh_arena *arena)
{
    struct kh_error error;
    struct kh_json in;

    kh_error_clear(&error);
    kh_json_init(&in, scratch->text, arena, &error);
    in.violations = violations;
    KH_TRY(kh__message_read(batch->options.service, &in, arena, &scratch->message));
    /* When collecting, the reader goes on without a payload that is required, but not there. */
    scratch->message.event.has_payload = scratch->message.event.payload.data != NULL;
    return KH_OK;
}

static enum kh_status collect(struct kh_batch *batch, struct kh__run *run)
{
    struct kh_violations *violations = kh_arena_alloc(&batch->arena, sizeof *violations);
    struct kh__run scratch = *run;
    enum kh_status status = KH_OK;

    if (violations == NULL) {
        return KH_NO_MEMORY;
    }
    *violations = (struct kh_violations){ 0 };
    if (!run->is_read) {
        status = collect_envelope(batch, &scratch, violations, &batch->arena);
    }
    if (status == KH_OK) {
        status = collect_payload(&scratch, violations, &batch->arena);
    }
    run->violations = violations;
    run->violations_text = scratch.violations_text;
    run->pointer_prefix = scratch.pointer_prefix;
    /* Text that turns out broken further on ends the list, no more. */
    return status == KH_NO_MEMORY ? status : KH_OK;
}

enum kh_status kh__run_explain(struct kh_batch *batch, struct kh__run *run, enum kh_status status)
{
    struct kh_error *error = kh_arena_alloc(&batch->arena, sizeof *error);

    if (error == NULL) {
        return KH_NO_MEMORY;
    }
    *error = batch->error;
    run->error = error;
    run->violations = NULL;
    run->violations_text = run->text;
    run->pointer_prefix = kh_str_from(run->text_pointer);
    if (run->is_decoded || run->text.data == NULL) {
        return KH_OK;
    }
    if (run->is_read && run->message.route != NULL) {
        struct kh_json in;
        struct kh_error unused;
        struct kh_str text;
        const char *pointer;

        kh__run_payload(run, &batch->arena, &unused, &in, &text, &pointer);
        KH_TRY(set_text(run, text, pointer, &batch->arena));
    }
    return status == KH_INVALID ? collect(batch, run) : KH_OK;
}

enum kh_status kh__run_pointer(const struct kh__run *run, const struct kh_violation *violation,
                               struct kh_arena *arena, struct kh_str *pointer)
{
    size_t offset = violation != NULL ? violation->offset : run->error->offset;
    struct kh_str inner = KH_STR("");

    if (run->violations_text.data != NULL) {
        KH_TRY(kh_json_pointer_at(run->violations_text, offset, arena, &inner));
    }
    *pointer = kh_arena_join(arena, run->pointer_prefix, inner);
    return pointer->data == NULL ? KH_NO_MEMORY : KH_OK;
}
