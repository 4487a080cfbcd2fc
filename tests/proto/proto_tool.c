/*
 * Messages of sample.proto for tests in other languages: answers each line with one.
 *
 *   to HEX           the bytes of an Everything as JSON
 *   from JSON        an Everything as bytes, in hexadecimal
 *   to-envelope HEX, from-envelope JSON    the same for an Envelope around an Everything
 *
 * or with "!STATUS: reason". Exit codes: 0 all lines were of that form, 1 one was not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kh/proto.h"
#include "sample_tables.h"

static int digit(char c)
{
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* Decodes into the arena, with what must be readable behind it. */
static struct kh_str decode(const char *text, struct kh_arena *arena)
{
    size_t length = strlen(text) / 2;
    char *bytes = kh_arena_alloc(arena, length + KH_PADDING);

    if (bytes == NULL) {
        return (struct kh_str){ NULL, 0 };
    }
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (char)(digit(text[2 * i]) * 16 + digit(text[2 * i + 1]));
    }
    memset(bytes + length, 0, KH_PADDING);
    return (struct kh_str){ bytes, length };
}

static struct kh_str padded(const char *text, struct kh_arena *arena)
{
    size_t length = strlen(text);
    char *copy = kh_arena_alloc(arena, length + KH_PADDING);

    if (copy == NULL) {
        return (struct kh_str){ NULL, 0 };
    }
    memcpy(copy, text, length);
    memset(copy + length, 0, KH_PADDING);
    return (struct kh_str){ copy, length };
}

static void say_bytes(struct kh_str bytes)
{
    for (size_t i = 0; i < bytes.length; i++) {
        (void)printf("%02x", (unsigned char)bytes.data[i]);
    }
    (void)putchar('\n');
}

static int answer(const char *command, const char *rest, struct kh_arena *arena)
{
    bool in_envelope = strstr(command, "-envelope") != NULL;
    const struct kh_proto_message *message = in_envelope ? &envelope_proto : &everything_proto;
    struct kh_error error;
    struct kh_str result;
    enum kh_status status;

    kh_error_clear(&error);
    if (strncmp(command, "to", 2) == 0) {
        status = kh_proto_to_json(message, decode(rest, arena), &everything_proto, arena, &error,
                                  &result);
        if (status == KH_OK) {
            (void)printf("%.*s\n", KH_STR_ARG(result));
        }
    } else if (strncmp(command, "from", 4) == 0) {
        status = kh_proto_from_json(message, padded(rest, arena), &everything_proto, arena, &error,
                                    &result);
        if (status == KH_OK) {
            say_bytes(result);
        }
    } else {
        return 1;
    }
    if (status != KH_OK) {
        (void)printf("!%s: %s\n", kh_status_name(status), error.reason);
    }
    return 0;
}

int main(void)
{
    struct kh_arena arena;
    char *line = NULL;
    size_t capacity = 0;
    int result = 0;

    kh_arena_init(&arena);
    while (result == 0 && getline(&line, &capacity, stdin) > 0) {
        char *blank = strchr(line, ' ');

        line[strcspn(line, "\n")] = '\0';
        if (blank == NULL) {
            result = 1;
        } else {
            *blank = '\0';
            result = answer(line, blank + 1, &arena);
        }
        (void)fflush(stdout);
        kh_arena_reset(&arena);
    }
    free(line);
    kh_arena_clean_up(&arena);
    return result;
}
