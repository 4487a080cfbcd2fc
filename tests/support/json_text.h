/* A text under test, with exactly the padding the reader asks for: AddressSanitizer sees every byte
 * read behind it. */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kh/json.h"

struct json_text {
    char *buffer;
    struct kh_str text;
    struct kh_arena arena;
    struct kh_error error;
    struct kh_violations violations;
    struct kh_json in;
};

/* A cursor at the beginning of a copy of `text`, the padding filled with `padding`. */
static inline void json_text_open_padded(struct json_text *t, struct kh_str text, char padding)
{
    t->buffer = malloc(text.length + KH_PADDING);
    assert_non_null(t->buffer);
    if (text.length > 0) {
        memcpy(t->buffer, text.data, text.length);
    }
    memset(t->buffer + text.length, padding, KH_PADDING);
    t->text = (struct kh_str){ t->buffer, text.length };
    t->violations = (struct kh_violations){ NULL, NULL, 0 };
    kh_arena_init(&t->arena);
    kh_error_clear(&t->error);
    kh_json_init(&t->in, t->text, &t->arena, &t->error);
}

static inline void json_text_open(struct json_text *t, struct kh_str text)
{
    json_text_open_padded(t, text, '"');
}

/* The same, listing violations. */
static inline void json_text_collect(struct json_text *t, struct kh_str text)
{
    json_text_open(t, text);
    t->in.violations = &t->violations;
}

static inline void json_text_close(struct json_text *t)
{
    kh_arena_clean_up(&t->arena);
    free(t->buffer);
}

#define assert_str_equal(actual, expected)                                                         \
    do {                                                                                           \
        struct kh_str actual_str = (actual);                                                       \
        struct kh_str expected_str = (expected);                                                   \
        assert_int_equal(actual_str.length, expected_str.length);                                  \
        assert_memory_equal(actual_str.data, expected_str.data, expected_str.length);              \
    } while (0)

#endif
