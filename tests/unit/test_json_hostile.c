/* Texts that were cut or changed anywhere, and memory that ends anywhere. */
#include "json_text.h"

#include "kh/alloc.h"
#include "kh/utf8.h"

/* Some of everything: blanks, nesting, escapes, UTF-8 of each length, numbers, escaped names. */
static const char rich[] =
    " { \"id\" : \"a-1\" ,\"n\":[0,-1,1.5,2e3,-0.0E-2, 18446744073709551615],\r\n"
    "\t\"s\":\"pl\xC3\xA4in \xE2\x82\xAC \xF0\x9F\x98\x80\",\"e\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\","
    "\"u\":\"\\u0000\\u00e9\\uD83D\\uDE00\",\"esc\\u0061ped\":[true,false,null],"
    "\"o\":{\"a\":{},\"b\":[[],[{\"c\":[]}]],\"\":\"\"},\"l\":\"more than eight bytes long\"} ";

static enum kh_status skip_text(struct json_text *t)
{
    KH_TRY(kh_json_skip(&t->in));
    return kh_json_end(&t->in);
}

/* Reads every value by the reader of its type: the way of the generated code, for any text. */
static enum kh_status read_any(struct kh_json *in, int level);

static enum kh_status read_any_object(struct kh_json *in, int level)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        KH_TRY(kh_json_once_unknown(in, &object));
        KH_TRY(read_any(in, level + 1));
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static enum kh_status read_any_array(struct kh_json *in, int level)
{
    struct kh_json_array array;
    size_t *items = NULL;

    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        items = kh_json_array_slot(in, &array, items, sizeof *items);
        if (items == NULL) {
            return KH_NO_MEMORY;
        }
        items[array.count - 1] = array.count;
        KH_TRY(read_any(in, level + 1));
    }
    for (size_t i = 0; i < array.count && array.status == KH_OK; i++) {
        assert_int_equal(items[i], i + 1);
    }
    return kh_json_array_end(in, &array);
}

static enum kh_status read_any(struct kh_json *in, int level)
{
    struct kh_str str;
    double number;
    bool boolean;

    switch (kh_json_peek(in)) {
    case '{':
        return read_any_object(in, level);
    case '[':
        return read_any_array(in, level);
    case '"':
        KH_TRY(kh_json_read_str(in, &str));
        assert_true(kh_utf8_is_valid(str));
        return KH_OK;
    case 't':
    case 'f':
        return kh_json_read_bool(in, &boolean);
    case 'n':
        return kh_json_read_null(in);
    default:
        return kh_json_read_double(in, &number);
    }
}

static enum kh_status read_text(struct json_text *t)
{
    KH_TRY(read_any(&t->in, 0));
    return kh_json_end(&t->in);
}

static enum kh_status run(enum kh_status (*way)(struct json_text *), struct kh_str text,
                          char padding, size_t *offset)
{
    struct json_text t;
    enum kh_status status;

    json_text_open_padded(&t, text, padding);
    status = way(&t);
    assert_int_equal(t.error.status, status);
    assert_true(t.error.offset <= text.length);
    *offset = t.error.offset;
    json_text_close(&t);
    return status;
}

/* Skipping and reading agree, on the place of the failure too; numbers too large aside. */
static enum kh_status assert_ways_agree(struct kh_str text, char padding)
{
    size_t skipped_to = 0;
    size_t read_to = 0;
    enum kh_status skipped = run(skip_text, text, padding, &skipped_to);
    enum kh_status read = run(read_text, text, padding, &read_to);

    if (read != KH_INVALID) {
        assert_int_equal(read, skipped);
        assert_int_equal(read_to, skipped_to);
    }
    return skipped;
}

static void the_rich_text_is_json(void **state)
{
    (void)state;
    assert_int_equal(assert_ways_agree(kh_str_from(rich), '}'), KH_OK);
}

/* Whatever bytes follow: those that would complete it are not there. */
static void a_text_cut_at_any_byte_is_refused(void **state)
{
    static const char paddings[] = { '}', '"', ']', '0', ' ', '\xA4' };
    size_t whole = strlen(rich) - 1; /* the last byte is a blank */

    (void)state;
    for (size_t length = 0; length < whole; length++) {
        for (size_t i = 0; i < sizeof paddings; i++) {
            struct kh_str text = { rich, length };

            assert_int_not_equal(assert_ways_agree(text, paddings[i]), KH_OK);
        }
    }
}

static void a_text_with_any_byte_changed_is_judged_alike_by_all_readers(void **state)
{
    char changed[sizeof rich];

    (void)state;
    for (size_t at = 0; at < sizeof rich - 1; at++) {
        memcpy(changed, rich, sizeof rich);
        for (int byte = 0; byte < 256; byte++) {
            struct kh_str text = { changed, sizeof rich - 1 };

            changed[at] = (char)byte;
            if (assert_ways_agree(text, '"') == KH_OK) {
                assert_true(kh_utf8_is_valid(text));
            }
        }
    }
}

static void a_text_with_any_byte_left_out_or_doubled_is_judged_alike(void **state)
{
    char changed[sizeof rich + 1];
    size_t length = sizeof rich - 1;

    (void)state;
    for (size_t at = 0; at < length; at++) {
        memcpy(changed, rich, at);
        memcpy(changed + at, rich + at + 1, length - at - 1);
        (void)assert_ways_agree((struct kh_str){ changed, length - 1 }, ' ');
        memcpy(changed, rich, at + 1);
        memcpy(changed + at + 1, rich + at, length - at);
        (void)assert_ways_agree((struct kh_str){ changed, length + 1 }, ' ');
    }
}

static void pointers_are_found_at_every_offset_of_every_broken_text(void **state)
{
    (void)state;
    for (size_t length = 0; length < sizeof rich; length++) {
        struct json_text t;

        json_text_open(&t, (struct kh_str){ rich, length });
        for (size_t offset = 0; offset <= length; offset++) {
            struct kh_str pointer;

            assert_int_equal(kh_json_pointer_at(t.text, offset, &t.arena, &pointer), KH_OK);
            assert_true(pointer.length == 0 || pointer.data[0] == '/');
        }
        json_text_close(&t);
    }
}

static size_t allocations_left;

static void *limited_allocate(void *context, size_t size)
{
    (void)context;
    if (allocations_left == 0) {
        return NULL;
    }
    allocations_left--;
    return malloc(size);
}

static void *limited_resize(void *context, void *memory, size_t size)
{
    (void)context;
    return realloc(memory, size);
}

static void limited_release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

/* A text that needs several blocks: large copies, many items, many names. */
static struct kh_str large_text(void)
{
    size_t size = 600000;
    char *text = malloc(size);
    size_t length = 0;

    assert_non_null(text);
    text[length++] = '[';
    while (length < size - 300000) {
        memcpy(text + length, "\"\\u0041bc\",", 11);
        length += 11;
    }
    text[length++] = '{';
    for (int name = 0; length < size - 100; name++) {
        text[length++] = '"';
        for (int n = name; n > 0; n /= 10) {
            text[length++] = (char)('0' + n % 10);
        }
        memcpy(text + length, "\":0,", 4);
        length += 4;
    }
    text[length - 1] = '}';
    text[length++] = ']';
    return (struct kh_str){ text, length };
}

static void short_memory_is_told_wherever_it_happens(void **state)
{
    static const struct kh_allocator limited = { limited_allocate, limited_resize, limited_release,
                                                 NULL };
    struct kh_str text = large_text();
    size_t limit = 0;
    enum kh_status read;
    enum kh_status skipped;

    (void)state;
    kh_allocator_set(&limited);
    do {
        size_t offset;

        allocations_left = limit;
        skipped = run(skip_text, text, ' ', &offset);
        assert_true(skipped == KH_OK || skipped == KH_NO_MEMORY);
        allocations_left = limit;
        read = run(read_text, text, ' ', &offset);
        assert_true(read == KH_OK || read == KH_NO_MEMORY);
        limit++;
    } while ((read != KH_OK || skipped != KH_OK) && limit < 100);
    kh_allocator_set(NULL);
    assert_int_equal(read, KH_OK);
    assert_int_equal(skipped, KH_OK);
    assert_true(limit > 3);
    free((void *)(uintptr_t)text.data);
}

static void short_memory_is_told_by_lists_and_pointers(void **state)
{
    static const struct kh_allocator limited = { limited_allocate, limited_resize, limited_release,
                                                 NULL };
    struct json_text t;
    struct kh_str pointer;

    (void)state;
    kh_allocator_set(&limited);
    allocations_left = 0;
    json_text_collect(&t, KH_STR("[1]"));
    assert_int_equal(kh_json_violation(&t.in, t.in.at, "type", "must be %s", "else"), KH_NO_MEMORY);
    assert_int_equal(t.error.status, KH_NO_MEMORY);
    assert_int_equal(kh_json_pointer_at(t.text, 1, &t.arena, &pointer), KH_NO_MEMORY);
    json_text_close(&t);
    kh_allocator_set(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rich_text_is_json),
        cmocka_unit_test(a_text_cut_at_any_byte_is_refused),
        cmocka_unit_test(a_text_with_any_byte_changed_is_judged_alike_by_all_readers),
        cmocka_unit_test(a_text_with_any_byte_left_out_or_doubled_is_judged_alike),
        cmocka_unit_test(pointers_are_found_at_every_offset_of_every_broken_text),
        cmocka_unit_test(short_memory_is_told_wherever_it_happens),
        cmocka_unit_test(short_memory_is_told_by_lists_and_pointers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
