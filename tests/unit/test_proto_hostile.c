/* Messages that were cut or changed anywhere, that are deep, that grow, and memory that ends anywhere. */
#include "wire_bytes.h"

#include <pthread.h>

#include "failing_heap.h"
#include "kh/alloc.h"
#include "kh/json.h"
#include "sample_tables.h"

/* Some of everything, in all of its spellings. */
static const char rich[] =
    "5A 11 12 0F 0A 09 11 00 00 00 00 00 00 F0 3F 12 02 0A 00 0A 03 61 C3 A4 10 FD D7 E4 CD C3 34 "
    "18 FF FF FF FF FF FF FF FF FF 01 28 FF FF FF FF FF FF FF FF FF 01 31 9A 99 99 99 99 99 B9 3F "
    "38 01 40 07 48 02 52 00 62 12 0A 10 0A 01 61 12 0B 2A 09 0A 07 12 02 32 00 0A 01 62 6A 04 1A "
    "02 61 62 72 04 0A 02 20 00 7A 04 7A 02 18 05 7A 02 18 06 82 01 01 61 92 01 03 01 AC 02 90 01 "
    "05 AA 01 08 00 00 00 00 00 00 00 00 B2 01 02 01 00 BA 01 02 01 07 C2 01 00 DA 01 02 08 00 A5 "
    "06 01 02 03 04 FA FF FF FF 0F 06 82 80 01 02 05 06";

/* The status; text that was made is JSON, and is made into a message again if it violates nothing. */
static enum kh_status judge(struct kh_str bytes)
{
    struct conversion c;
    enum kh_status status;

    convert_to_json(&c, &everything_proto, bytes, NULL);
    status = c.status;
    if (status == KH_OK) {
        struct conversion back;
        struct kh_json in;

        assert_true(kh_proto_is_message(bytes));
        kh_json_init(&in, c.result, &c.arena, &c.error);
        assert_int_equal(kh_json_skip(&in), KH_OK);
        assert_true(in.at == in.end);
        convert_from_json(&back, &everything_proto, c.result, NULL);
        assert_true(back.status == KH_OK || back.status == KH_INVALID);
        conversion_end(&back);
    } else {
        assert_true(status == KH_NOT_PROTOBUF || status == KH_NOT_UTF8);
    }
    conversion_end(&c);
    return status;
}

static void a_message_cut_at_any_byte_is_refused_unless_a_field_ends_there(void **state)
{
    struct kh_str whole = wire_bytes_new(rich);
    size_t accepted = 0;

    (void)state;
    assert_int_equal(judge(whole), KH_OK);
    for (size_t length = 0; length < whole.length; length++) {
        struct kh_str cut = padded_text_new((struct kh_str){ whole.data, length });
        bool at_field = kh_proto_is_message(cut);

        assert_int_equal(judge(cut), at_field ? KH_OK : KH_NOT_PROTOBUF);
        accepted += at_field ? 1 : 0;
        padded_text_free(cut);
    }
    assert_int_equal(accepted, 25);
    padded_text_free(whole);
}

static void a_message_with_a_byte_changed_is_judged(void **state)
{
    struct kh_str whole = wire_bytes_new(rich);
    char *bytes = malloc(whole.length);

    (void)state;
    assert_non_null(bytes);
    for (size_t at = 0; at < whole.length; at++) {
        memcpy(bytes, whole.data, whole.length);
        /* All values, but not all at every place: 37 is prime to 256. */
        for (int i = 0; i < 32; i++) {
            struct kh_str changed;

            bytes[at] = (char)((at * 32 + (size_t)i) * 37);
            changed = padded_text_new((struct kh_str){ bytes, whole.length });
            (void)judge(changed);
            padded_text_free(changed);
        }
    }
    free(bytes);
    padded_text_free(whole);
}

/* ---- Depth ---- */

/* `levels` times the tag and the length of what follows; padded. Built from the innermost on. */
static struct kh_str nested(const char *const *tags, size_t tag_count, size_t levels)
{
    size_t size = levels * 10 + KH_PADDING;
    char *buffer = malloc(size);
    size_t at = size - KH_PADDING;
    struct kh_str bytes;

    assert_non_null(buffer);
    memset(buffer, 0, size);
    for (size_t i = levels; i > 0; i--) {
        struct kh_str tag = kh_str_from(tags[(i - 1) % tag_count]);
        size_t length = size - KH_PADDING - at;
        char varint[10];
        size_t count = 0;

        do {
            varint[count++] = (char)((length & 0x7F) | (length > 0x7F ? 0x80 : 0));
            length >>= 7;
        } while (length > 0);
        at -= count;
        memcpy(buffer + at, varint, count);
        at -= tag.length;
        memcpy(buffer + at, tag.data, tag.length);
    }
    bytes = padded_text_new((struct kh_str){ buffer + at, size - KH_PADDING - at });
    free(buffer);
    return bytes;
}

static const char *const CHILDREN[] = { "\x7A" };
static const char *const LISTED[] = { "\xFA\xFF\xFF\xFF\x0F" };
static const char *const POLYGONS[] = { "\x5A", "\x12", "\x12", "\x12", "\x12", "\x12", "\x12" };
static const char *const LISTS[] = { "\x6A", "\x32", "\x0A", "\x32", "\x0A", "\x32", "\x0A" };
static const char *const OBJECTS[] = { "\x6A", "\x2A", "\x0A", "\x12", "\x2A", "\x0A", "\x12" };

/* The first tag, and then the others over and over; more than 64 levels of any. */
static enum kh_status judge_nested(const char *const *tags, size_t tag_count, size_t levels)
{
    struct kh_str bytes = nested(tags, tag_count, levels);
    struct conversion c;
    enum kh_status status;

    convert_to_json(&c, &everything_proto, bytes, NULL);
    status = c.status;
    if (status == KH_OK) {
        struct kh_json in;

        kh_json_init(&in, c.result, &c.arena, &c.error);
        assert_int_equal(kh_json_skip(&in), KH_OK);
    }
    conversion_end(&c);
    padded_text_free(bytes);
    return status;
}

static void messages_are_as_deep_as_json_may_be(void **state)
{
    (void)state;
    /* The outermost message is a level too, and so is the list that the innermost lacks: []. */
    assert_int_equal(judge_nested(CHILDREN, 1, KH_PROTO_MAX_DEPTH - 2), KH_OK);
    assert_int_equal(judge_nested(CHILDREN, 1, KH_PROTO_MAX_DEPTH - 1), KH_TOO_DEEP);
    assert_int_equal(judge_nested(LISTED, 1, KH_PROTO_MAX_DEPTH / 2 - 1), KH_OK);
    assert_int_equal(judge_nested(LISTED, 1, KH_PROTO_MAX_DEPTH / 2), KH_TOO_DEEP);
}

/* Repeats what comes after the first tag. */
static struct kh_str bomb(const char *const *tags, size_t tag_count, size_t levels)
{
    const char **all = malloc(levels * sizeof *all);
    struct kh_str bytes;

    assert_non_null(all);
    all[0] = tags[0];
    for (size_t i = 1; i < levels; i++) {
        all[i] = tag_count == 1 ? tags[0] : tags[1 + (i - 1) % (tag_count - 1)];
    }
    bytes = nested(all, levels, levels);
    free(all);
    return bytes;
}

#define BOMB_LEVELS 1000000

static void *judge_bomb(void *bytes)
{
    static enum kh_status statuses[3];
    const struct kh_str *all = bytes;
    struct conversion c;

    convert_to_json(&c, &everything_proto, *all, NULL);
    statuses[0] = c.status;
    conversion_end(&c);
    return statuses;
}

static void *judge_text_bomb(void *text)
{
    static enum kh_status status;
    const struct kh_str *all = text;
    struct conversion c;

    convert_from_json(&c, &everything_proto, *all, NULL);
    status = c.status;
    conversion_end(&c);
    return &status;
}

static enum kh_status on_a_small_stack(void *(*function)(void *), struct kh_str *bytes)
{
    pthread_attr_t attributes;
    pthread_t thread;
    void *status;

    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstacksize(&attributes, (size_t)256 * 1024), 0);
    assert_int_equal(pthread_create(&thread, &attributes, function, bytes), 0);
    assert_int_equal(pthread_join(thread, &status), 0);
    assert_int_equal(pthread_attr_destroy(&attributes), 0);
    return *(const enum kh_status *)status;
}

static void a_million_levels_are_refused_on_a_small_stack(void **state)
{
    static const struct {
        const char *const *tags;
        size_t count;
    } kinds[] = { { CHILDREN, 1 }, { LISTED, 1 }, { POLYGONS, 7 }, { LISTS, 7 }, { OBJECTS, 7 } };

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct kh_str bytes = bomb(kinds[i].tags, kinds[i].count, BOMB_LEVELS);

        assert_int_equal(on_a_small_stack(judge_bomb, &bytes), KH_TOO_DEEP);
        assert_true(kh_proto_is_message(bytes));
        padded_text_free(bytes);
    }
}

static void a_text_of_a_million_levels_is_refused_on_a_small_stack(void **state)
{
    static const char begin[] = "{\"any\":";
    size_t length = strlen(begin) + BOMB_LEVELS;
    char *text = malloc(length);
    struct kh_str bytes;

    (void)state;
    assert_non_null(text);
    memset(text, '[', length);
    memcpy(text, begin, strlen(begin));
    bytes = padded_text_new((struct kh_str){ text, length });
    assert_int_equal(on_a_small_stack(judge_text_bomb, &bytes), KH_TOO_DEEP);
    padded_text_free(bytes);
    free(text);
}

/* ---- Size ---- */

struct counted_heap {
    size_t live;
    size_t peak;
};

/* Each block has its size before it. */
#define HEADER 16

static void *counted_resize(void *context, void *memory, size_t size)
{
    struct counted_heap *heap = context;
    char *old = memory == NULL ? NULL : (char *)memory - HEADER;
    size_t old_size = 0;
    char *block;

    if (old != NULL) {
        memcpy(&old_size, old, sizeof old_size);
    }
    block = realloc(old, size + HEADER);
    assert_non_null(block);
    memcpy(block, &size, sizeof size);
    heap->live += size;
    /* While it is copied both are there. */
    heap->peak = heap->live > heap->peak ? heap->live : heap->peak;
    heap->live -= old_size;
    return block + HEADER;
}

static void *counted_allocate(void *context, size_t size)
{
    return counted_resize(context, NULL, size);
}

static void counted_release(void *context, void *memory)
{
    struct counted_heap *heap = context;
    size_t size;

    if (memory == NULL) {
        return;
    }
    memcpy(&size, (char *)memory - HEADER, sizeof size);
    heap->live -= size;
    free((char *)memory - HEADER);
}

/* The most memory that was needed at a time. */
static size_t peak_of(const struct kh_proto_message *message, struct kh_str bytes,
                      enum kh_status status)
{
    struct counted_heap heap = { 0, 0 };
    struct kh_allocator counted = { counted_allocate, counted_resize, counted_release, &heap };
    struct conversion c;

    kh_allocator_set(&counted);
    convert_to_json(&c, message, bytes, NULL);
    assert_int_equal(c.status, status);
    conversion_end(&c);
    kh_allocator_set(NULL);
    assert_int_equal(heap.live, 0);
    return heap.peak;
}

/* As often as they fit into a MiB: in a field, whose tag is `outer`. */
static struct kh_str many(const char *outer, struct kh_str one)
{
    size_t count = ((size_t)1 << 20) / one.length;
    size_t length = count * one.length;
    char *buffer = malloc(length + 16);
    size_t at = strlen(outer);
    struct kh_str bytes;

    assert_non_null(buffer);
    memcpy(buffer, outer, at);
    if (at > 0) {
        for (size_t left = length; left > 0; left >>= 7) {
            buffer[at++] = (char)((left & 0x7F) | (left > 0x7F ? 0x80 : 0));
        }
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(buffer + at, one.data, one.length);
        at += one.length;
    }
    bytes = padded_text_new((struct kh_str){ buffer, at });
    free(buffer);
    return bytes;
}

static void a_mebibyte_of_small_messages_needs_little_memory(void **state)
{
    static const struct {
        const char *outer;
        struct kh_str one;
        const struct kh_proto_message *message;
    } bombs[] = {
        { "\x12", KH_STR_INIT("\x0A\x00"), &shape_proto },      /* corners of a polygon */
        { "\x12", KH_STR_INIT("\x12\x00"), &shape_proto },      /* an inner union, in parts */
        { "", KH_STR_INIT("\x0A\x00"), &shape_proto },          /* an arm, in parts */
        { "", KH_STR_INIT("\x0A\x00\x12\x00"), &shape_proto },  /* one arm after the other */
        { "\x72", KH_STR_INIT("\x0A\x00"), &everything_proto }, /* items of a list */
        { "\x62", KH_STR_INIT("\x0A\x00"), &everything_proto }, /* entries, all of one name */
        { "", KH_STR_INIT("\x62\x00"), &everything_proto },     /* an object, in parts */
        { "", KH_STR_INIT("\x18\x00"), &everything_proto },     /* a number over and over */
        { "", KH_STR_INIT("\xFA\xFF\xFF\xFF\x0F\x00"), &everything_proto },
        { "", KH_STR_INIT("\xF0\x06\x00"), &everything_proto }, /* unknown fields */
    };

    (void)state;
    for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
        struct kh_str bytes = many(bombs[i].outer, bombs[i].one);
        size_t peak = peak_of(bombs[i].message, bytes, KH_OK);

        if (peak > 16 * bytes.length + (size_t)256 * 1024) {
            fail_msg("bomb %zu: %zu bytes of memory for %zu", i, peak, bytes.length);
        }
        padded_text_free(bytes);
    }
}

/* As many names as fit into a MiB: an object's entries without values. */
static void a_mebibyte_of_names_needs_little_memory(void **state)
{
    enum { ENTRIES = 149000, ENTRY = 7 };
    char *entries = malloc((size_t)ENTRIES * ENTRY);
    struct kh_str all;
    struct kh_str bytes;

    (void)state;
    assert_non_null(entries);
    for (int i = 0; i < ENTRIES; i++) {
        const char entry[ENTRY] = {
            0x0A, 5, 0x0A, 3, (char)(i & 0x7F), (char)(i >> 7 & 0x7F), (char)(i >> 14 & 0x7F)
        };

        memcpy(entries + (size_t)i * ENTRY, entry, ENTRY);
    }
    all = (struct kh_str){ entries, (size_t)ENTRIES * ENTRY };
    bytes = many("\x62", all);
    assert_true(peak_of(&everything_proto, bytes, KH_OK) < 16 * bytes.length);
    padded_text_free(bytes);
    free(entries);
}

static void names_of_absent_members_make_only_so_much_text(void **state)
{
#define ABSENT                                                                                     \
    {                                                                                              \
        .number = 1, .kind = KH_PROTO_BOOL, .absent = KH_PROTO_NULL,                               \
        .name = KH_STR_INIT("aRequiredMemberThatMayBeNull")                                        \
    }
    static const struct kh_proto_field fields[] = { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT };
    static const struct kh_proto_message item = { "Item", fields, 5, KH_STR_INIT("") };
    static const struct kh_proto_field list = { .number = 1,
                                                .kind = KH_PROTO_MESSAGE,
                                                .is_repeated = true,
                                                .name = KH_STR_INIT("list"),
                                                .message = &item };
    static const struct kh_proto_message message = { "Message", &list, 1, KH_STR_INIT("") };
    struct kh_str bytes = many("", KH_STR("\x0A\x00"));
    size_t limit = KH_PROTO_TEXT_EXTRA + KH_PROTO_TEXT_FACTOR * bytes.length;
    size_t peak = peak_of(&message, bytes, KH_TOO_LARGE);
    struct kh_str fewer = padded_text_new((struct kh_str){ bytes.data, 16384 });

    (void)state;
    assert_true(peak < 4 * limit);
    (void)peak_of(&message, fewer, KH_OK);
    padded_text_free(fewer);
    padded_text_free(bytes);
}

/* ---- Memory that ends ---- */

static enum kh_status there_and_back(struct kh_str bytes)
{
    struct kh_arena arena;
    struct kh_error error;
    struct kh_str text;
    struct kh_str again;
    enum kh_status status;

    kh_arena_init(&arena);
    kh_error_clear(&error);
    status = kh_proto_to_json(&everything_proto, bytes, NULL, &arena, &error, &text);
    if (status == KH_OK) {
        status = kh_proto_from_json(&everything_proto, text, NULL, &arena, &error, &again);
    }
    assert_int_equal(error.status, status);
    kh_arena_clean_up(&arena);
    return status;
}

static void short_memory_is_told_wherever_it_happens(void **state)
{
    struct kh_str one = wire_bytes_new(rich);
    struct kh_str bytes = many("", one);
    size_t fail_at = 0;

    (void)state;
    failing_heap = (struct failing_heap){ .fail_at = 0 };
    failing_heap_use();
    do {
        size_t injected = failing_heap.injected;
        enum kh_status status;

        fail_at++;
        failing_heap.calls = 0;
        failing_heap.fail_at = fail_at;
        failing_heap.persistent = fail_at % 2 == 0;
        status = there_and_back(bytes);
        assert_int_equal(failing_heap.live, 0);
        if (failing_heap.injected == injected) {
            assert_int_equal(status, KH_OK);
            break;
        }
        assert_int_equal(status, KH_NO_MEMORY);
    } while (fail_at < 1000);
    kh_allocator_set(NULL);
    assert_true(fail_at > 10 && fail_at < 1000);
    padded_text_free(bytes);
    padded_text_free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_cut_at_any_byte_is_refused_unless_a_field_ends_there),
        cmocka_unit_test(a_message_with_a_byte_changed_is_judged),
        cmocka_unit_test(messages_are_as_deep_as_json_may_be),
        cmocka_unit_test(a_million_levels_are_refused_on_a_small_stack),
        cmocka_unit_test(a_text_of_a_million_levels_is_refused_on_a_small_stack),
        cmocka_unit_test(a_mebibyte_of_small_messages_needs_little_memory),
        cmocka_unit_test(a_mebibyte_of_names_needs_little_memory),
        cmocka_unit_test(names_of_absent_members_make_only_so_much_text),
        cmocka_unit_test(short_memory_is_told_wherever_it_happens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
