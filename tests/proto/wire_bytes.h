/*
 * Messages under test, spelled in hexadecimal, with exactly the padding that readers ask for behind
 * them.
 */
#ifndef WIRE_BYTES_H
#define WIRE_BYTES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kh/proto.h"
#include "padded_text.h"

static inline int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* "0A 01 61": free with padded_text_free. */
static inline struct kh_str wire_bytes_new(const char *hex)
{
    char *bytes = malloc(strlen(hex) / 2 + 1);
    struct kh_str padded;
    size_t length = 0;

    assert_non_null(bytes);
    for (; *hex != '\0'; hex++) {
        if (*hex != ' ') {
            bytes[length++] = (char)(hex_digit(hex[0]) << 4 | hex_digit(hex[1]));
            hex++;
        }
    }
    padded = padded_text_new((struct kh_str){ bytes, length });
    free(bytes);
    return padded;
}

/* What one conversion came to. */
struct conversion {
    struct kh_arena arena;
    struct kh_error error;
    enum kh_status status;
    struct kh_str result; /* in the arena */
};

static inline void convert_to_json(struct conversion *c, const struct kh_proto_message *message,
                                   struct kh_str bytes, const struct kh_proto_message *payload)
{
    kh_arena_init(&c->arena);
    kh_error_clear(&c->error);
    c->result = KH_STR("");
    c->status = kh_proto_to_json(message, bytes, payload, &c->arena, &c->error, &c->result);
    assert_int_equal(c->error.status, c->status);
    assert_true(c->error.offset <= bytes.length);
}

static inline void convert_from_json(struct conversion *c, const struct kh_proto_message *message,
                                     struct kh_str text, const struct kh_proto_message *payload)
{
    kh_arena_init(&c->arena);
    kh_error_clear(&c->error);
    c->result = KH_STR("");
    c->status = kh_proto_from_json(message, text, payload, &c->arena, &c->error, &c->result);
    assert_int_equal(c->error.status, c->status);
    assert_true(c->error.offset <= text.length);
}

static inline void conversion_end(struct conversion *c)
{
    kh_arena_clean_up(&c->arena);
}

#endif
