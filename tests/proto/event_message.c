/*
 * Events of the sample service as messages: reads lines of JSON, writes a line of base64 for each. For tests that
 * hand our messages to other libraries.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kh/json_writer.h"
#include "kh/proto.h"
#include "service.h"

/* What the payload of this event is; the type is one of the service's. */
static const struct kh_proto_message *payload_of(const char *line)
{
    for (size_t i = 0; i < service.route_count; i++) {
        char type[128];

        (void)snprintf(type, sizeof type, "\"type\":\"%.*s\"", KH_STR_ARG(service.routes[i].type));
        if (strstr(line, type) != NULL) {
            return service.routes[i].proto;
        }
    }
    return NULL;
}

static enum kh_status print_message(const char *line, size_t length, struct kh_arena *arena,
                                    struct kh_error *error)
{
    struct kh_json_writer out;
    struct kh_str bytes;
    struct kh_str text;
    enum kh_status status;

    KH_TRY(kh_proto_from_json(service.envelope_proto, (struct kh_str){ line, length },
                              payload_of(line), arena, error, &bytes));
    kh_json_writer_init(&out);
    status = kh_json_write_base64(&out, bytes);
    text = kh_json_writer_text(&out);
    /* Without the quotes. */
    (void)printf("%.*s\n", (int)text.length - 2, text.data + 1);
    kh_json_writer_clean_up(&out);
    return status;
}

int main(void)
{
    static char line[1 << 16];
    struct kh_arena arena;
    struct kh_error error;
    int code = 0;

    kh_arena_init(&arena);
    kh_error_clear(&error);
    while (code == 0 && fgets(line, (int)(sizeof line - KH_PADDING), stdin) != NULL) {
        if (print_message(line, strlen(line), &arena, &error) != KH_OK) {
            (void)fprintf(stderr, "%s\n", error.reason);
            code = 1;
        }
        kh_arena_reset(&arena);
    }
    kh_arena_clean_up(&arena);
    return code;
}
