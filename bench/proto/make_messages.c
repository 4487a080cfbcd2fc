/*
 * Makes messages of events in JSON:
 *
 *     make_messages < EVENTS > MESSAGES
 *
 * Both are as bench/proto/messages.h says. Ends with 1 and a message when an event is none of the sample's.
 */
#include <stdio.h>
#include <stdlib.h>

#include "messages.h"

#include "flow/message.h"
#include "kh/arena.h"
#include "kh/proto.h"
#include "service.h"

#define MOST_BYTES ((size_t)64 << 20)

static bool write_message(struct kh_str bytes)
{
    unsigned char head[4];

    for (size_t i = 0; i < sizeof head; i++) {
        head[i] = (unsigned char)(bytes.length >> (8 * i));
    }
    return fwrite(head, 1, sizeof head, stdout) == sizeof head &&
           fwrite(bytes.data, 1, bytes.length, stdout) == bytes.length;
}

static enum kh_status convert(struct kh_str text, struct kh_arena *arena, struct kh_error *error,
                              struct kh_str *bytes)
{
    struct kh__message message;
    struct kh_json in;

    kh_json_init(&in, text, arena, error);
    KH_TRY(kh__message_read(&service, &in, arena, &message));
    if (message.route == NULL) {
        return kh_fail(error, KH_INVALID, "the event's type has no schema");
    }
    return kh_proto_from_json(service.envelope_proto, text, message.route->proto, arena, error,
                              bytes);
}

static bool convert_all(struct kh_str events, struct kh_arena *arena)
{
    struct kh_error error;
    struct kh_str text;
    struct kh_str bytes;

    kh_error_clear(&error);
    while (bench_next_message(&events, &text)) {
        struct kh_arena_mark mark = kh_arena_mark(arena);

        if (convert(text, arena, &error, &bytes) != KH_OK) {
            fprintf(stderr, "make_messages: %s\n", error.reason);
            return false;
        }
        if (!write_message(bytes)) {
            perror("make_messages");
            return false;
        }
        kh_arena_release(arena, mark);
    }
    return events.length == 0;
}

int main(void)
{
    /* Texts have readable bytes behind them. */
    char *data = calloc(1, MOST_BYTES + KH_PADDING);
    struct kh_arena arena;
    bool fine = false;

    kh_arena_init(&arena);
    if (data != NULL) {
        fine = convert_all((struct kh_str){ data, fread(data, 1, MOST_BYTES, stdin) }, &arena);
    }
    kh_arena_clean_up(&arena);
    free(data);
    return fine ? 0 : 1;
}
