/* Records out of files of every form, sound and not, small and large. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "kh/alloc.h"
#include "kh/json.h"
#include "kh/source.h"

#define KINESIS(data, sequence)                                                                    \
    "{\"kinesis\":{\"sequenceNumber\":\"" sequence "\",\"data\":\"" data "\"}}"

/* A file read to its end. */
struct reading {
    char path[32];
    char *records; /* of all calls, joined by newlines */
    size_t length;
    size_t capacity;
    size_t count;
    size_t calls;
    enum kh_status status;
    char reason[sizeof((struct kh_error *)0)->reason];
};

static void keep(struct reading *r, const struct kh_records *records)
{
    for (size_t i = 0; i < records->count; i++) {
        const struct kh_record *record = &records->items[i];

        assert_int_equal(record->position, r->count);
        if (r->capacity < r->length + record->data.length + 2) {
            r->capacity = 2 * (r->length + record->data.length + 2);
            r->records = realloc(r->records, r->capacity);
            assert_non_null(r->records);
        }
        memcpy(r->records + r->length, record->data.data, record->data.length);
        r->length += record->data.length;
        r->records[r->length++] = '\n';
        r->records[r->length] = '\0';
        r->count++;
    }
}

static void read_path(struct reading *r, const char *path, size_t limit)
{
    struct kh_file *file = NULL;
    struct kh_records records;
    struct kh_arena arena;
    struct kh_error error;

    r->records = calloc(1, 1);
    r->capacity = 1;
    kh_arena_init(&arena);
    kh_error_clear(&error);
    r->status = kh_file_open(path, &error, &file);
    while (r->status == KH_OK) {
        kh_arena_reset(&arena);
        r->status = kh_file_next(file, limit, &arena, &error, &records);
        if (r->status != KH_OK || records.count == 0) {
            break;
        }
        keep(r, &records);
        r->calls++;
    }
    memcpy(r->reason, error.reason, sizeof r->reason);
    kh_file_close(file);
    kh_arena_clean_up(&arena);
}

static void write_file(char path[32], const char *text, size_t length)
{
    int fd;

    memcpy(path, "/tmp/kh_test_file_XXXXXX", 25);
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), length);
    close(fd);
}

static void read_text(struct reading *r, const char *text, size_t length, size_t limit)
{
    memset(r, 0, sizeof *r);
    write_file(r->path, text, length);
    read_path(r, r->path, limit);
    unlink(r->path);
}

static void end(struct reading *r)
{
    free(r->records);
}

/* `text` holds these records, joined by newlines. */
static void holds(const char *text, const char *expected)
{
    for (size_t limit = 1; limit < 4; limit++) {
        struct reading r;

        read_text(&r, text, strlen(text), limit);
        if (r.status != KH_OK || strcmp(r.records, expected) != 0) {
            fail_msg("%s\n%s: %s\n%s", text, kh_status_name(r.status), r.reason, r.records);
        }
        end(&r);
    }
}

/* Reading ends with an error whose reason begins so, after these records. */
static void breaks(const char *text, const char *records, enum kh_status status, const char *reason)
{
    struct reading r;

    read_text(&r, text, strlen(text), 2);
    if (r.status != status || strncmp(r.reason, reason, strlen(reason)) != 0 ||
        strcmp(r.records, records) != 0) {
        fail_msg("%s\n%s: %s\n%s", text, kh_status_name(r.status), r.reason, r.records);
    }
    end(&r);
}

/* ---- Forms -------------------------------------------------------------------------------- */

static void an_empty_file_holds_nothing(void **state)
{
    (void)state;
    holds("", "");
    holds("\n\r\n \t\n", "");
    holds("[]", "");
    holds(" [ ] \n", "");
    holds("{\"Records\":[]}", "");
}

static void a_line_is_an_event(void **state)
{
    (void)state;
    holds("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
    holds("{\"a\":1}\n{\"a\":2}", "{\"a\":1}\n{\"a\":2}\n");
    holds("\n\n{\"a\":1}\r\n\r\n  {\"a\":2} \t\r\n\n", "{\"a\":1}\n{\"a\":2}\n");
    holds("{\"a\":\"}{\\\"\"}\n{}\n", "{\"a\":\"}{\\\"\"}\n{}\n");
}

static void several_documents_may_share_a_line(void **state)
{
    (void)state;
    holds("{\"a\":1}{\"a\":2} {\"a\":3}\n{\"a\":4}\n",
          "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n");
}

static void an_array_holds_events(void **state)
{
    (void)state;
    holds("[{\"a\":1},{\"a\":2}]", "{\"a\":1}\n{\"a\":2}\n");
    holds("[\n  {\n    \"a\": 1\n  },\n  {\"a\":[1,{}]}\n]\n",
          "{\n    \"a\": 1\n  }\n{\"a\":[1,{}]}\n");
    holds("[1,\"x,]\",null,[2]]", "1\n\"x,]\"\nnull\n[2]\n");
    holds("[{\"a\":1}][{\"a\":2}]\n[]\n{\"a\":3}\n{\"a\":4}\n",
          "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n");
}

static void documents_may_take_several_lines(void **state)
{
    (void)state;
    holds("{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n{\"a\":3}\n",
          "{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n{\"a\":3}\n");
    holds("{\"a\":\n{\"b\":1}\n}", "{\"a\":\n{\"b\":1}\n}\n");
}

static void a_captured_lambda_event_holds_its_records(void **state)
{
    (void)state;
    holds("{\"Records\":[" KINESIS("YQ==", "1") "," KINESIS("Yg==", "2") "]}", "a\nb\n");
    holds("{\n\"Records\": [\n" KINESIS("YQ==", "1") "\n]\n}\n", "a\n");
    holds("[{\"Records\":[" KINESIS("YQ==", "1") "]},{\"a\":1}]", "a\n{\"a\":1}\n");
    holds("{\"Records\":[" KINESIS("YQ==", "1") "]}\n{\"a\":1}\n{\"Records\":[" KINESIS("Yg==",
                                                                                        "1") "]}\n",
          "a\n{\"a\":1}\nb\n");
}

static void an_event_may_mention_records(void **state)
{
    (void)state;
    holds("{\"data\":{\"Records\":[1]}}\n{\"Records\":null}\n",
          "{\"data\":{\"Records\":[1]}}\n{\"Records\":null}\n");
}

static void limits_are_kept_but_for_lambda_events(void **state)
{
    static const char lines[] = "{}\n{}\n{}\n{}\n{}\n";
    static const char lambda[] = "{\"Records\":[" KINESIS("YQ==", "1") "," KINESIS(
        "Yg==", "2") "," KINESIS("Yw==", "3") "]}\n{}\n";
    struct reading r;

    (void)state;
    read_text(&r, lines, strlen(lines), 2);
    assert_int_equal(r.count, 5);
    assert_int_equal(r.calls, 3);
    end(&r);
    read_text(&r, lambda, strlen(lambda), 2);
    assert_int_equal(r.count, 4);
    assert_int_equal(r.calls, 2);
    end(&r);
}

/* ---- What is broken ------------------------------------------------------------------------ */

static void a_broken_line_costs_only_itself(void **state)
{
    (void)state;
    holds("{\"a\":1}\n{\"a\":\n{\"a\":3}\n", "{\"a\":1}\n{\"a\":\n{\"a\":3}\n");
    holds("no json\n{\"a\":2}\n", "no json\n{\"a\":2}\n");
    holds("{\"a\":1}\n{\"a\":2} x\n{\"a\":3}\n", "{\"a\":1}\n{\"a\":2} x\n{\"a\":3}\n");
    holds("{\"a\":1}\n}}\n\"\n{\"a\":3}\n", "{\"a\":1}\n}}\n\"\n{\"a\":3}\n");
    holds("{\"a\":1}\n[1,\n{\"a\":3}\n", "{\"a\":1}\n[1,\n{\"a\":3}\n");
    holds("{\"a\":1}\n{\"Records\":[\n{\"a\":3}\n", "{\"a\":1}\n{\"Records\":[\n{\"a\":3}\n");
}

static void the_first_line_may_be_the_broken_one(void **state)
{
    (void)state;
    holds("{\"a\":\n{\"a\":2}\n{\"a\":3}\n", "{\"a\":\n{\"a\":2}\n{\"a\":3}\n");
    holds("{\"a\":[\n\n{\"a\":2}\n", "{\"a\":[\n{\"a\":2}\n");
    holds("{\"a\":\"\n{\"a\":2}\n", "{\"a\":\"\n{\"a\":2}\n");
    holds("{\"a\":", "{\"a\":\n");
    holds("{\"a\":\n\n", "{\"a\":\n");
}

static void a_broken_array_is_told_with_its_place(void **state)
{
    (void)state;
    breaks("[{\"a\":1},\n {\"a\" 2}]", "{\"a\":1}\n", KH_NOT_JSON, "line 2, column 7: ");
    breaks("[{\"a\":1}\n{\"a\":2}]", "{\"a\":1}\n", KH_NOT_JSON,
           "line 2, column 1: expected , or ]");
    breaks("[{\"a\":1},]", "{\"a\":1}\n", KH_NOT_JSON, "line 1, column 10: ");
    breaks("[,]", "", KH_NOT_JSON, "line 1, column 2: a value is expected here");
    breaks("[", "", KH_NOT_JSON, "line 1, column 2: the array is not closed");
    breaks("[{\"a\":1}\n", "{\"a\":1}\n", KH_NOT_JSON, "line 2, column 1: the array is not closed");
    breaks("[{\"a\":1},\n\n  {\"a\":\n", "{\"a\":1}\n", KH_NOT_JSON,
           "line 3, column 3: what begins here does not end");
    breaks("[{},{},{},{\"a\":nul}]", "{}\n{}\n{}\n", KH_NOT_JSON, "line 1, column ");
    breaks("[{\"a\":1,\"a\":1}]", "", KH_NOT_JSON, "line 1, column ");
}

static void a_broken_document_is_told_with_its_place(void **state)
{
    (void)state;
    breaks("{\n \"a\": 1\n}\n{\n \"a\" 2\n}\n", "{\n \"a\": 1\n}\n", KH_NOT_JSON,
           "line 5, column 6: ");
    breaks("{\n \"a\": 1\n}\n{\n", "{\n \"a\": 1\n}\n", KH_NOT_JSON,
           "line 4, column 1: what begins here does not end");
    breaks("{\n \"a\": 1\n", "", KH_NOT_JSON, "line 1, column 1: ");
    breaks("{\n \"a\": 1\n}\ngarbage\n", "{\n \"a\": 1\n}\n", KH_NOT_JSON, "line 4, column ");
}

static void a_lambda_event_of_another_source_is_refused(void **state)
{
    (void)state;
    breaks("{\"a\":1}\n{\"Records\":[{\"eventSource\":\"aws:sqs\",\"body\":\"\"}]}\n",
           "{\"a\":1}\n", KH_INVALID, "line 2, column 1: Records[0] comes from aws:sqs");
    breaks("[{\"Records\":[{\"eventSource\":\"aws:sqs\"}]}]", "", KH_INVALID,
           "line 1, column 2: Records[0] comes from aws:sqs");
}

static void a_byte_order_mark_is_refused(void **state)
{
    (void)state;
    breaks("\xEF\xBB\xBF{\"a\":1}\n", "", KH_NOT_JSON, "line 1, column 1: a UTF-8 byte order mark");
    holds("\xEF\xBB", "\xEF\xBB\n");
}

/* The whole text is one record. */
static void is_one_record(const char *text, size_t length)
{
    for (size_t limit = 1; limit < 3; limit++) {
        struct reading r;

        read_text(&r, text, length, limit);
        assert_int_equal(r.status, KH_OK);
        assert_int_equal(r.count, 1);
        assert_int_equal(r.length, length + 1);
        assert_memory_equal(r.records, text, length);
        end(&r);
    }
}

static void a_file_that_is_no_text_is_one_record(void **state)
{
    static const char gzip[] = "\x1F\x8B\x08\n{\"a\":1}\n\n";
    static const char aggregate[] = "\xF3\x89\x9A\xC2\n\x01k \n";
    static const char confluent[] = "\0\0\0\0\7{\"a\":1}\n";
    /* A string of three bytes, and a number. */
    static const char message[] = "\n\3{\n\n\x10\x01";

    (void)state;
    is_one_record(gzip, sizeof gzip - 1);
    is_one_record(aggregate, sizeof aggregate - 1);
    is_one_record(confluent, sizeof confluent - 1);
    is_one_record(message, sizeof message - 1);
    is_one_record("\xC3\xA4\n{}\n", 6);
}

static void text_with_blanks_in_front_stays_text(void **state)
{
    (void)state;
    holds("\n{\"a\":1}\n", "{\"a\":1}\n");
    holds("\r\n\t {\"a\":1}\n{\"b\":2}\n", "{\"a\":1}\n{\"b\":2}\n");
    holds("  ", "");
    holds(" \n", "");
    holds("\n\n\n", "");
    holds("what\n{\"a\":1}\n", "what\n{\"a\":1}\n");
}

static void a_large_file_that_is_no_text_is_one_record(void **state)
{
    size_t length = (size_t)3 << 20;
    char *text = malloc(length);

    (void)state;
    assert_non_null(text);
    memset(text, '\n', length);
    text[0] = '\x1F';
    is_one_record(text, length);
    free(text);
}

static void bytes_of_zero_are_bytes_like_others(void **state)
{
    static const char lines[] = "{\"a\":1}\n\0\n{\"a\":3}\n";
    static const char array[] = "[{\"a\":1},\0]";
    struct reading r;

    (void)state;
    read_text(&r, lines, sizeof lines - 1, 10);
    assert_int_equal(r.status, KH_OK);
    assert_int_equal(r.count, 3);
    end(&r);
    read_text(&r, array, sizeof array - 1, 10);
    assert_int_equal(r.status, KH_NOT_JSON);
    assert_int_equal(r.count, 1);
    end(&r);
}

static void what_can_not_be_opened_or_read_is_said(void **state)
{
    struct reading r = { .status = KH_OK };

    (void)state;
    read_path(&r, "/nonexistent/events.ndjson", 1);
    assert_int_equal(r.status, KH_IO);
    assert_string_equal(r.reason, "No such file or directory");
    end(&r);
    read_path(&r, "/tmp", 1);
    assert_int_equal(r.status, KH_IO);
    assert_non_null(strstr(r.reason, "Is a directory"));
    end(&r);
}

/* ---- Size ---------------------------------------------------------------------------------- */

/* `count` events, each with `padding` more bytes, between the given texts. */
static char *make_events(const char *begin, const char *separator, const char *last, size_t count,
                         size_t padding, size_t *length)
{
    char *text = malloc(count * (padding + 64) + 64);
    size_t at;

    assert_non_null(text);
    at = (size_t)sprintf(text, "%s", begin);
    for (size_t i = 0; i < count; i++) {
        at += (size_t)sprintf(text + at, "%s{\"n\":%zu,\"x\":\"", i == 0 ? "" : separator, i);
        memset(text + at, 'x', padding);
        at += padding;
        at += (size_t)sprintf(text + at, "\"}");
    }
    at += (size_t)sprintf(text + at, "%s", last);
    *length = at;
    return text;
}

static void events_may_lie_across_the_pieces_that_are_read(void **state)
{
    static const struct {
        const char *begin, *separator, *last;
    } forms[] = { { "", "\n", "\n" }, { "[", ",\n", "]" }, { "{\n}", "\n", "" }, { "", "", "" } };
    static const size_t sizes[][2] = {
        { 20000, 10 }, { 300, 4000 }, { 5, 400000 }, { 2, 3000000 }
    };

    (void)state;
    for (size_t form = 0; form < 4; form++) {
        for (size_t size = 0; size < 4; size++) {
            size_t length;
            char *text = make_events(forms[form].begin, forms[form].separator, forms[form].last,
                                     sizes[size][0], sizes[size][1], &length);
            struct reading r;

            read_text(&r, text, length, 1000);
            assert_int_equal(r.status, KH_OK);
            assert_int_equal(r.count, sizes[size][0] + (form == 2));
            end(&r);
            free(text);
        }
    }
}

static void a_document_that_is_too_large_is_told_with_its_place(void **state)
{
    size_t length;
    char *text = make_events("{}\n{}\n", "\n", "\n", 1, KH_FILE_DOCUMENT_LIMIT + 1000000, &length);
    struct reading r;

    (void)state;
    read_text(&r, text, length, 10);
    assert_int_equal(r.status, KH_TOO_LARGE);
    assert_int_equal(r.count, 2);
    assert_string_equal(r.reason, "line 3, column 1: a single document is larger than 64 MiB");
    end(&r);
    free(text);
}

static void many_broken_lines_take_no_more_than_their_bytes(void **state)
{
    const size_t count = 200000;
    char *text = malloc(count * 8 + 1);
    struct reading r;

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < count; i++) {
        memcpy(text + i * 8, i == 1 ? "{\"a\":1}\n" : "{\"a\":{[\n", 8);
    }
    read_text(&r, text, count * 8, 1000);
    assert_int_equal(r.status, KH_OK);
    assert_int_equal(r.count, count);
    end(&r);
    free(text);
}

/* ---- Memory -------------------------------------------------------------------------------- */

static void *short_allocate(void *context, size_t size)
{
    size_t *left = context;

    return *left == 0 ? NULL : (--*left, malloc(size));
}

static void *short_resize(void *context, void *memory, size_t size)
{
    size_t *left = context;

    return *left == 0 ? NULL : (--*left, realloc(memory, size));
}

static void short_release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

static void short_memory_is_said_wherever_it_happens(void **state)
{
    static const char text[] = "{\n\"Records\":[" KINESIS("YQ==", "1") "]}\n[{},{}]\n{}\n{\n";
    enum kh_status status = KH_NO_MEMORY;
    size_t left;
    const struct kh_allocator allocator = { short_allocate, short_resize, short_release, &left };

    (void)state;
    for (size_t allowed = 0; status != KH_OK; allowed++) {
        struct reading r;

        assert_true(allowed < 1000);
        left = allowed;
        kh_allocator_set(&allocator);
        read_text(&r, text, sizeof text - 1, 2);
        status = r.status;
        assert_true(status == KH_OK || status == KH_NO_MEMORY);
        end(&r);
        kh_allocator_set(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_holds_nothing),
        cmocka_unit_test(a_line_is_an_event),
        cmocka_unit_test(several_documents_may_share_a_line),
        cmocka_unit_test(an_array_holds_events),
        cmocka_unit_test(documents_may_take_several_lines),
        cmocka_unit_test(a_captured_lambda_event_holds_its_records),
        cmocka_unit_test(an_event_may_mention_records),
        cmocka_unit_test(limits_are_kept_but_for_lambda_events),
        cmocka_unit_test(a_broken_line_costs_only_itself),
        cmocka_unit_test(the_first_line_may_be_the_broken_one),
        cmocka_unit_test(a_broken_array_is_told_with_its_place),
        cmocka_unit_test(a_broken_document_is_told_with_its_place),
        cmocka_unit_test(a_lambda_event_of_another_source_is_refused),
        cmocka_unit_test(a_byte_order_mark_is_refused),
        cmocka_unit_test(bytes_of_zero_are_bytes_like_others),
        cmocka_unit_test(a_file_that_is_no_text_is_one_record),
        cmocka_unit_test(text_with_blanks_in_front_stays_text),
        cmocka_unit_test(a_large_file_that_is_no_text_is_one_record),
        cmocka_unit_test(what_can_not_be_opened_or_read_is_said),
        cmocka_unit_test(events_may_lie_across_the_pieces_that_are_read),
        cmocka_unit_test(a_document_that_is_too_large_is_told_with_its_place),
        cmocka_unit_test(many_broken_lines_take_no_more_than_their_bytes),
        cmocka_unit_test(short_memory_is_said_wherever_it_happens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
