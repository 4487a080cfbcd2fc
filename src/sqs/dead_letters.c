/* Each entry is a message. */
#include "sqs/dead_letters.h"

#include <string.h>

#include "kh/alloc.h"

/* It is given up after so long: the invocation may have minutes. */
#define PATIENCE_MS 20000
/* An entry with nothing but reason and provenance has room in it. */
#define LEAST_SIZE 8192

struct dead_letter_queue {
    struct kh_dead_letters head;
    struct kh_sqs_queue *queue;
    struct kh_log log;
};

static struct dead_letter_queue *queue_of(struct kh_dead_letters *target)
{
    return (struct dead_letter_queue *)target;
}

/*
 * SQS takes no U+FFFE and U+FFFF, which names in an event may hold. They become U+FFFD, so that the entry stays as
 * long as it is; the event's own bytes are base64.
 */
static enum kh_status replace_refused(struct kh_str text, struct kh_arena *arena,
                                      struct kh_str *out)
{
    const struct kh_str known[] = { KH_STR_INIT("\xEF\xBF\xBE"), KH_STR_INIT("\xEF\xBF\xBF") };
    char *end;

    *out = text;
    if (memmem(text.data, text.length, known[0].data, 3) == NULL &&
        memmem(text.data, text.length, known[1].data, 3) == NULL) {
        return KH_OK;
    }
    *out = kh_arena_copy(arena, text);
    if (out->data == NULL) {
        return KH_NO_MEMORY;
    }
    end = (char *)(uintptr_t)out->data + out->length;
    for (char *at = end - out->length; end - at >= 3; at++) {
        if (memcmp(at, known[0].data, 3) == 0 || memcmp(at, known[1].data, 3) == 0) {
            at[2] = '\xBD';
        }
    }
    return KH_OK;
}

static enum kh_status send_letters(struct dead_letter_queue *target,
                                   const struct kh_dead_letter *letters, size_t count,
                                   const struct kh_call *call)
{
    struct kh_sqs_message *messages = kh_arena_alloc(call->arena, count * sizeof *messages);

    if (messages == NULL) {
        return kh_fail(call->error, KH_NO_MEMORY, "no memory for the dead letters");
    }
    for (size_t i = 0; i < count; i++) {
        messages[i].is_sent = false;
        KH_TRY(replace_refused(letters[i].text, call->arena, &messages[i].body));
    }
    return kh_sqs_send(target->queue, call, messages, count);
}

static enum kh_status queue_write(struct kh_dead_letters *head,
                                  const struct kh_dead_letter *letters, size_t count,
                                  int64_t deadline_ms, struct kh_error *error)
{
    struct dead_letter_queue *target = queue_of(head);
    int64_t patience_ms = kh_clock_wall_ms(kh_clock_system()) + PATIENCE_MS;
    struct kh_arena arena;
    const struct kh_call call = { .arena = &arena,
                                  .error = error,
                                  .log = target->log,
                                  .deadline_ms =
                                      deadline_ms < patience_ms ? deadline_ms : patience_ms };
    enum kh_status status;

    kh_arena_init(&arena);
    status = send_letters(target, letters, count, &call);
    kh_arena_clean_up(&arena);
    return status;
}

static void queue_destroy(struct kh_dead_letters *head)
{
    struct dead_letter_queue *target = queue_of(head);

    kh_sqs_queue_destroy(target->queue);
    kh_free(target);
}

static enum kh_status look_at(struct dead_letter_queue *target, const struct kh_call *call)
{
    size_t size;

    KH_TRY(kh_sqs_max_message_size(target->queue, call, &size));
    if (size < LEAST_SIZE) {
        return kh_fail(call->error, KH_BAD_SETTING,
                       "queue %.*s: its messages may have %zu bytes, dead letters need %d at least",
                       KH_STR_ARG(kh_sqs_queue_url(target->queue)), size, LEAST_SIZE);
    }
    target->head.max_length = size < KH_SQS_REQUEST_BYTES ? size : KH_SQS_REQUEST_BYTES;
    return KH_OK;
}

enum kh_status kh_dead_letters_sqs_new(const struct kh_sqs_options *options,
                                       const struct kh_call *call, struct kh_dead_letters **out)
{
    static const struct kh_dead_letters_ops ops = { queue_write, queue_destroy };
    struct dead_letter_queue *target = kh_calloc(1, sizeof *target);
    enum kh_status status;

    if (target == NULL) {
        return kh_fail(call->error, KH_NO_MEMORY, "no memory for the dead letters");
    }
    target->head.ops = &ops;
    target->log = options->log;
    status = kh_sqs_queue_new(options, call->error, &target->queue);
    if (status == KH_OK) {
        status = look_at(target, call);
    }
    if (status != KH_OK) {
        queue_destroy(&target->head);
        return status;
    }
    *out = &target->head;
    return KH_OK;
}
