/* See decode_cases.h. */
#include "decode_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kh/json.h"
#include "kh/json_writer.h"
#include "padded_text.h"

struct decode_case {
    const struct kh_codec *codec;
    const struct decode_message *message; /* NULL: the type is none */
    char *name;
    char *text;
    char *keyword; /* NULL: the text is valid */
    char *pointer;
};

/* What one reading of a text came to. */
struct reading {
    enum kh_status status;
    struct kh_error error;
    struct kh_violations violations;
    void *value;
};

static void read_text(const struct kh_codec *codec, struct kh_str text, bool collect,
                      struct kh_arena *arena, struct reading *out)
{
    struct kh_json in;

    *out = (struct reading){ .value = kh_arena_alloc(arena, codec->size) };
    assert_non_null(out->value);
    memset(out->value, 0xa5, codec->size); /* a reader must not count on zeros */
    kh_json_init(&in, text, arena, &out->error);
    in.violations = collect ? &out->violations : NULL;
    out->status = codec->read(&in, out->value);
    if (out->status == KH_OK) {
        out->status = kh_json_end(&in);
    }
}

static void expect_pointer(struct kh_str text, size_t offset, const char *expected,
                           struct kh_arena *arena)
{
    struct kh_str pointer;

    assert_int_equal(KH_OK, kh_json_pointer_at(text, offset, arena, &pointer));
    assert_int_equal(strlen(expected), pointer.length);
    assert_memory_equal(expected, pointer.data, pointer.length);
}

static void expect_invalid(const struct decode_case *c, struct kh_str text, struct kh_arena *arena)
{
    struct reading fast, all;

    read_text(c->codec, text, false, arena, &fast);
    assert_string_equal(kh_status_name(KH_INVALID), kh_status_name(fast.status));
    assert_string_equal(c->keyword, fast.error.keyword);
    expect_pointer(text, fast.error.offset, c->pointer, arena);

    read_text(c->codec, text, true, arena, &all);
    assert_string_equal(kh_status_name(KH_OK), kh_status_name(all.status));
    assert_int_equal(1, all.violations.count);
    assert_string_equal(c->keyword, all.violations.first->keyword);
    expect_pointer(text, all.violations.first->offset, c->pointer, arena);
    assert_true(all.violations.first->reason.length > 0);
}

static void expect_truncations_to_fail(const struct decode_case *c, struct kh_str text,
                                       struct kh_arena *arena)
{
    struct kh_arena_mark mark = kh_arena_mark(arena);
    struct reading reading;

    for (size_t length = 0; length < text.length; length++) {
        struct kh_str cut = padded_text_new((struct kh_str){ text.data, length });
        read_text(c->codec, cut, false, arena, &reading);
        assert_int_not_equal(KH_OK, reading.status);
        read_text(c->codec, cut, true, arena, &reading);
        assert_int_not_equal(KH_OK, reading.status);
        padded_text_free(cut);
        kh_arena_release(arena, mark);
    }
}

static void expect_valid(const struct decode_case *c, struct kh_str text, struct kh_arena *arena)
{
    struct kh_json_writer first, second;
    struct reading fast, all, again;

    read_text(c->codec, text, false, arena, &fast);
    assert_string_equal("", fast.error.reason);
    assert_string_equal(kh_status_name(KH_OK), kh_status_name(fast.status));
    read_text(c->codec, text, true, arena, &all);
    assert_int_equal(KH_OK, all.status);
    assert_int_equal(0, all.violations.count);

    kh_json_writer_init(&first);
    kh_json_writer_init(&second);
    assert_int_equal(KH_OK, c->codec->write(&first, fast.value));
    struct kh_str written = padded_text_new(kh_json_writer_text(&first));
    read_text(c->codec, written, false, arena, &again);
    assert_int_equal(KH_OK, again.status);
    assert_int_equal(KH_OK, c->codec->write(&second, again.value));
    assert_true(kh_str_equal(written, kh_json_writer_text(&second)));
    padded_text_free(written);
    kh_json_writer_clean_up(&first);
    kh_json_writer_clean_up(&second);
}

static void expect_the_message_to_agree(const struct decode_case *c, struct kh_str text,
                                        struct kh_arena *arena)
{
    struct kh_str back;

    if (c->keyword == NULL) {
        message_cases_expect_valid(c->codec, c->message, text, arena);
    } else if (message_cases_carry(c->codec, c->message, text, arena, &back)) {
        expect_invalid(c, back, arena);
    }
}

static void run_case(void **state)
{
    const struct decode_case *c = *state;
    struct kh_str text = padded_text_new(kh_str_from(c->text));
    struct kh_arena arena;

    kh_arena_init(&arena);
    if (c->keyword == NULL) {
        expect_valid(c, text, &arena);
        expect_truncations_to_fail(c, text, &arena);
    } else {
        expect_invalid(c, text, &arena);
    }
    if (c->message != NULL) {
        expect_the_message_to_agree(c, text, &arena);
    }
    kh_arena_clean_up(&arena);
    padded_text_free(text);
}

/* %0A and the like, as in the fragment of a URI. */
static void decode_percent(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        unsigned byte;
        if (*from == '%' && sscanf(from + 1, "%2x", &byte) == 1) {
            *to++ = (char)byte;
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

/* Splits "kind: name[: keyword at #pointer]"; false if the line is not of that form. */
static bool parse_head(char *line, struct decode_case *out)
{
    char *name = strstr(line, ": ");

    if (name == NULL) {
        return false;
    }
    *name = '\0';
    out->name = strdup(name + 2);
    if (strcmp(line, "valid") == 0) {
        return true;
    }
    char *keyword = strstr(out->name, ": ");
    char *pointer = keyword == NULL ? NULL : strstr(keyword, " at #");
    if (pointer == NULL) {
        return false;
    }
    *keyword = '\0';
    *pointer = '\0';
    out->keyword = keyword + 2;
    out->pointer = pointer + strlen(" at #");
    decode_percent(out->pointer);
    return strcmp(line, "invalid") == 0 || strcmp(line, "beyond") == 0;
}

/* Reads a line without its newline; false at the end of the file. */
static bool read_line(FILE *file, char **line, size_t *capacity)
{
    ssize_t length = getline(line, capacity, file);

    if (length > 0 && (*line)[length - 1] == '\n') {
        (*line)[length - 1] = '\0';
    }
    return length >= 0;
}

static size_t read_cases(FILE *file, const struct kh_codec *codec,
                         const struct decode_message *message, struct CMUnitTest **tests)
{
    size_t count = 0, capacity = 0;
    char *line = NULL;

    while (read_line(file, &line, &capacity)) {
        if (line[0] == '#') {
            continue;
        }
        struct decode_case *c = calloc(1, sizeof *c);
        if (c == NULL || !parse_head(line, c) || !read_line(file, &line, &capacity)) {
            fprintf(stderr, "case %zu: cannot be read\n", count + 1);
            exit(1);
        }
        c->codec = codec;
        c->message = message;
        c->text = strdup(line);
        *tests = realloc(*tests, (count + 1) * sizeof **tests);
        (*tests)[count++] =
            (struct CMUnitTest){ .name = c->name, .test_func = run_case, .initial_state = c };
    }
    free(line);
    return count;
}

int decode_cases_run(const char *name, const char *path, const struct kh_codec *codec)
{
    return decode_cases_run_message(name, path, codec, NULL);
}

int decode_cases_run_message(const char *name, const char *path, const struct kh_codec *codec,
                             const struct decode_message *message)
{
    struct CMUnitTest *tests = NULL;
    FILE *file = fopen(path, "r");

    if (file == NULL) {
        fprintf(stderr, "%s: cannot be opened\n", path);
        return 1;
    }
    size_t count = read_cases(file, codec, message, &tests);
    fclose(file);
    if (count == 0) {
        fprintf(stderr, "%s: holds no case\n", path);
        return 1;
    }
    int failed = _cmocka_run_group_tests(name, tests, count, NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        struct decode_case *c = tests[i].initial_state;
        free(c->name);
        free(c->text);
        free(c);
    }
    free(tests);
    return failed;
}
