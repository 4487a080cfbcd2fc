/* Members and items: unknown, required, duplicate, many of them, and looking ahead. */
#include "json_text.h"

#include <stdalign.h>
#include <stdio.h>
#include <time.h>

#include "kh/alloc.h"

/* A type as the generator writes it: two members and an array. */
struct order {
    struct kh_str id;
    int64_t amount;
    struct kh_str *tags;
    size_t tag_count;
};

enum { MEMBER_ID, MEMBER_AMOUNT, MEMBER_TAGS, MEMBER_COUNT };

static const struct kh_str names[MEMBER_COUNT] = {
    KH_STR_INIT("id"),
    KH_STR_INIT("amount"),
    KH_STR_INIT("tags"),
};
static const uint64_t required[] = { KH_SEEN(MEMBER_ID) | KH_SEEN(MEMBER_AMOUNT) };

static enum kh_status tags_read(struct kh_json *in, struct order *out)
{
    struct kh_json_array array;

    out->tags = NULL;
    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        out->tags = kh_json_array_slot(in, &array, out->tags, sizeof *out->tags);
        if (out->tags == NULL) {
            return KH_NO_MEMORY;
        }
        KH_TRY(kh_json_read_str(in, &out->tags[array.count - 1]));
    }
    out->tag_count = array.count;
    return kh_json_array_end(in, &array);
}

static enum kh_status order_read(struct kh_json *in, struct order *out)
{
    uint64_t seen[KH_SEEN_WORDS(MEMBER_COUNT)] = { 0 };
    struct kh_json_object object;

    *out = (struct order){ .amount = 0 };
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("id"))) {
            KH_TRY(kh_json_once(in, &object, seen, MEMBER_ID));
            KH_TRY(kh_json_read_str(in, &out->id));
        } else if (kh_json_member_is(&object, KH_STR("amount"))) {
            KH_TRY(kh_json_once(in, &object, seen, MEMBER_AMOUNT));
            KH_TRY(kh_json_read_int64(in, &out->amount));
        } else if (kh_json_member_is(&object, KH_STR("tags"))) {
            KH_TRY(kh_json_once(in, &object, seen, MEMBER_TAGS));
            KH_TRY(tags_read(in, out));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, seen, required, names, MEMBER_COUNT);
}

static void members_are_read_in_any_order_among_unknown_ones(void **state)
{
    struct json_text t;
    struct order order;

    (void)state;
    json_text_open(&t, KH_STR(" { \"x\" : { \"id\" : 1 } , \"tags\" : [ \"a\" , \"\\u0062\" ] ,"
                              " \"amount\" : -5 , \"y\" : [ ] , \"id\" : \"o-1\" } "));
    assert_int_equal(order_read(&t.in, &order), KH_OK);
    assert_int_equal(kh_json_end(&t.in), KH_OK);
    assert_str_equal(order.id, KH_STR("o-1"));
    assert_int_equal(order.amount, -5);
    assert_int_equal(order.tag_count, 2);
    assert_str_equal(order.tags[0], KH_STR("a"));
    assert_str_equal(order.tags[1], KH_STR("b"));
    assert_int_equal(t.in.depth, 0);
    json_text_close(&t);
}

static void a_name_spelled_with_escapes_is_the_same_name(void **state)
{
    struct json_text t;
    struct order order;

    (void)state;
    json_text_open(&t, KH_STR("{\"\\u0069d\":\"o-1\",\"am\\u006Funt\":3}"));
    assert_int_equal(order_read(&t.in, &order), KH_OK);
    assert_str_equal(order.id, KH_STR("o-1"));
    assert_int_equal(order.amount, 3);
    json_text_close(&t);
}

/* The same, as generated readers do it. */
static enum kh_status order_read_guessing(struct kh_json *in, struct order *out)
{
    uint64_t seen[KH_SEEN_WORDS(MEMBER_COUNT)] = { 0 };
    struct kh_json_object object;

    *out = (struct order){ .amount = 0 };
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_more(in, &object)) {
        if (kh_json_take_member(in, &object, seen, MEMBER_ID, KH_STR("\"id\":"))) {
            KH_TRY(kh_json_read_str(in, &out->id));
        }
        if (kh_json_take_member(in, &object, seen, MEMBER_AMOUNT, KH_STR("\"amount\":"))) {
            KH_TRY(kh_json_read_int64(in, &out->amount));
        }
        KH_TRY(kh_json_other_member(in, &object));
    }
    return kh_json_object_end(in, &object, seen, required, names, MEMBER_COUNT);
}

/* Memory in three places, one above the other: the text is in the middle. */
static struct {
    alignas(64) char places[3][(size_t)256 * 1024];
    size_t used;
    unsigned place; /* where the arena's memory comes from */
} memory;

static void *take_from_place(void *context, size_t size)
{
    char *taken = memory.places[memory.place] + memory.used;

    (void)context;
    memory.used += (size + 63) / 64 * 64;
    return memory.used <= sizeof memory.places[0] ? taken : NULL;
}

static void *refuse_to_resize(void *context, void *block, size_t size)
{
    (void)context;
    (void)block;
    (void)size;
    return NULL;
}

static void keep(void *context, void *block)
{
    (void)context;
    (void)block;
}

static enum kh_status read_in_place(const char *text, unsigned place, struct order *out)
{
    static const struct kh_allocator allocator = { take_from_place, refuse_to_resize, keep, NULL };
    size_t length = strlen(text);
    struct kh_arena arena;
    struct kh_error error;
    struct kh_json in;
    enum kh_status status;

    memory.place = place;
    memory.used = 0;
    memcpy(memory.places[1], text, length + 1);
    kh_allocator_set(&allocator);
    kh_arena_init(&arena);
    kh_error_clear(&error);
    kh_json_init(&in, (struct kh_str){ memory.places[1], length }, &arena, &error);
    status = order_read_guessing(&in, out);
    kh_arena_clean_up(&arena);
    kh_allocator_set(NULL);
    return status;
}

static void names_spelled_otherwise_are_found_wherever_memory_is(void **state)
{
    struct order order;

    (void)state;
    for (unsigned place = 0; place <= 2; place += 2) {
        assert_int_equal(read_in_place("{\"\\u0069d\":\"o-1\",\"amount\" :3}", place, &order),
                         KH_OK);
        assert_str_equal(order.id, KH_STR("o-1"));
        assert_int_equal(order.amount, 3);
        assert_int_equal(
            read_in_place("{\"id\":\"o-1\",\"am\\u006Funt\":3,\"amount\":4}", place, &order),
            KH_NOT_JSON);
        assert_int_equal(
            read_in_place("{\"id\":\"o-1\",\"amount\":3,\"amount\" :4}", place, &order),
            KH_NOT_JSON);
    }
}

static void a_name_that_goes_on_behind_nul_is_another_name(void **state)
{
    struct json_text t;
    struct order order;

    (void)state;
    json_text_open(&t, KH_STR("{\"id\\u0000\":1,\"id\":\"o-1\",\"amount\":3}"));
    assert_int_equal(order_read(&t.in, &order), KH_OK);
    assert_str_equal(order.id, KH_STR("o-1"));
    json_text_close(&t);
}

static void a_missing_required_member_is_named(void **state)
{
    struct json_text t;
    struct order order;

    (void)state;
    json_text_open(&t, KH_STR("  {\"id\":\"o-1\",\"tags\":[]}"));
    assert_int_equal(order_read(&t.in, &order), KH_INVALID);
    assert_string_equal(t.error.keyword, "required");
    assert_int_equal(t.error.offset, 2);
    assert_non_null(strstr(t.error.reason, "\"amount\""));
    json_text_close(&t);
}

/* More than 64 members need more than one word. */
static void required_members_beyond_the_first_word_are_found(void **state)
{
    struct kh_str many[130];
    const uint64_t all[KH_SEEN_WORDS(130)] = { UINT64_MAX, UINT64_MAX, 3 };
    uint64_t seen[KH_SEEN_WORDS(130)];

    (void)state;
    for (unsigned i = 0; i < 130; i++) {
        many[i] = KH_STR("m");
    }
    for (unsigned missing = 0; missing <= 130; missing++) {
        struct json_text t;
        struct kh_json_object object;

        memset(seen, 0, sizeof seen);
        json_text_open(&t, KH_STR("{}"));
        assert_int_equal(kh_json_object_begin(&t.in, &object), KH_OK);
        for (unsigned i = 0; i < 130; i++) {
            if (i != missing) {
                assert_int_equal(kh_json_once(&t.in, &object, seen, i), KH_OK);
            }
        }
        assert_false(kh_json_object_next(&t.in, &object));
        assert_int_equal(kh_json_object_end(&t.in, &object, seen, all, many, 130),
                         missing < 130 ? KH_INVALID : KH_OK);
        json_text_close(&t);
    }
}

static void duplicate_members_are_refused_wherever_they_are(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
    } rows[] = {
        { "{\"id\":\"a\",\"id\":\"a\"}", 10 },
        { "{\"id\":\"a\",\"\\u0069d\":\"a\"}", 10 },
        { "{\"x\":1,\"x\":2}", 7 },
        { "{\"x\":1,\"\\u0078\":2}", 7 },
        { "{\"\\u0078\":1,\"x\":2}", 12 },
        { "{\"x\":{\"y\":1,\"y\":2}}", 12 },
        { "{\"x\":[{\"y\":[{\"z\":1,\"\\u007A\":2}]}]}", 19 },
        { "{\"tags\":[],\"tags\":[]}", 11 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json_text t;
        struct order order;

        json_text_open(&t, kh_str_from(rows[i].text));
        assert_int_equal(order_read(&t.in, &order), KH_NOT_JSON);
        assert_int_equal(t.error.offset, rows[i].offset);
        assert_non_null(strstr(t.error.reason, "same name"));
        json_text_close(&t);
    }
}

/* {"n0":0,"n1":0,...} with `count` members, and one more of the name `last` if it is given. */
static struct kh_str many_members(size_t count, const char *last)
{
    char *text = malloc(count * 24 + 64);
    size_t length = 1;

    assert_non_null(text);
    text[0] = '{';
    for (size_t i = 0; i < count; i++) {
        length += (size_t)sprintf(text + length, "%s\"n%zu\":0", i == 0 ? "" : ",", i);
    }
    if (last != NULL) {
        length += (size_t)sprintf(text + length, ",\"%s\":0", last);
    }
    text[length++] = '}';
    return (struct kh_str){ text, length };
}

static enum kh_status skip_all_members(struct kh_json *in)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        KH_TRY(kh_json_skip_member(in, &object));
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static void a_duplicate_is_found_among_100000_names(void **state)
{
    static const struct {
        const char *last;
        enum kh_status status;
    } rows[] = {
        { NULL, KH_OK },           { "n100000", KH_OK },        { "n0", KH_NOT_JSON },
        { "n99999", KH_NOT_JSON }, { "\\u006e7", KH_NOT_JSON },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kh_str text = many_members(100000, rows[i].last);
        struct json_text t;
        clock_t begin = clock();

        json_text_open(&t, text);
        assert_int_equal(kh_json_skip(&t.in), rows[i].status);
        json_text_close(&t);
        json_text_open(&t, text);
        assert_int_equal(skip_all_members(&t.in), rows[i].status);
        json_text_close(&t);
        /* Hours if it were quadratic; generous for sanitizers on slow machines. */
        assert_true(clock() - begin < 20 * CLOCKS_PER_SEC);
        free((void *)(uintptr_t)text.data);
    }
}

/* Every number of names around those where the set changes its shape. */
static void a_duplicate_is_found_whatever_the_number_of_names(void **state)
{
    (void)state;
    for (size_t count = 1; count < 150; count++) {
        for (size_t again = 0; again <= count; again++) {
            char last[32];
            struct kh_str text;
            struct json_text t;

            (void)snprintf(last, sizeof last, "n%zu", again);
            text = many_members(count, last);
            json_text_open(&t, text);
            assert_int_equal(kh_json_skip(&t.in), again < count ? KH_NOT_JSON : KH_OK);
            json_text_close(&t);
            free((void *)(uintptr_t)text.data);
        }
    }
}

static void names_that_share_their_first_and_last_bytes_are_told_apart(void **state)
{
    struct json_text t;

    (void)state;
    json_text_open(&t, KH_STR("{\"aaaaaaaa1bbbbbbbb\":0,\"aaaaaaaa2bbbbbbbb\":0,\"aaaaaaaa\":0,"
                              "\"aaaaaaaaa\":0,\"aaaaaaa\":0,\"\":0,\"\\u0000\":0,"
                              "\"\\u0000\\u0000\":0}"));
    assert_int_equal(kh_json_skip(&t.in), KH_OK);
    json_text_close(&t);
}

static void skipping_gives_back_what_it_took_from_the_arena(void **state)
{
    struct kh_str text = many_members(1000, NULL);
    struct json_text t;
    struct kh_arena_mark before;
    struct kh_arena_mark after;

    (void)state;
    json_text_open(&t, text);
    assert_non_null(kh_arena_alloc(&t.arena, 8));
    before = kh_arena_mark(&t.arena);
    assert_int_equal(kh_json_skip(&t.in), KH_OK);
    after = kh_arena_mark(&t.arena);
    assert_ptr_equal(after.block, before.block);
    assert_ptr_equal(after.at, before.at);
    json_text_close(&t);
    free((void *)(uintptr_t)text.data);
}

static void an_unknown_member_may_be_read_after_it_was_marked(void **state)
{
    struct json_text t;
    struct kh_json_object object;
    int64_t sum = 0;
    enum kh_status status = KH_OK;

    (void)state;
    json_text_open(&t, KH_STR("{\"a\":1,\"b\":2,\"a\":4}"));
    assert_int_equal(kh_json_object_begin(&t.in, &object), KH_OK);
    while (status == KH_OK && kh_json_object_next(&t.in, &object)) {
        int64_t value = 0;

        status = kh_json_once_unknown(&t.in, &object);
        if (status == KH_OK) {
            assert_int_equal(kh_json_read_int64(&t.in, &value), KH_OK);
            sum += value;
        }
    }
    assert_int_equal(status, KH_NOT_JSON);
    assert_int_equal(sum, 3);
    json_text_close(&t);
}

static void a_refused_member_is_a_violation_at_its_value(void **state)
{
    struct json_text t;
    struct kh_json_object object;

    (void)state;
    json_text_open(&t, KH_STR("{\"a\": [1]}"));
    assert_int_equal(kh_json_object_begin(&t.in, &object), KH_OK);
    assert_true(kh_json_object_next(&t.in, &object));
    assert_int_equal(kh_json_refuse_member(&t.in, &object), KH_INVALID);
    assert_string_equal(t.error.keyword, "additionalProperties");
    assert_int_equal(t.error.offset, 6);
    json_text_close(&t);
}

static void arrays_of_any_length_are_kept_whole(void **state)
{
    (void)state;
    for (size_t count = 0; count < 2000; count = count * 3 + 1) {
        char *text = malloc(count * 16 + 64);
        size_t length;
        struct json_text t;
        struct order order;

        assert_non_null(text);
        length = (size_t)sprintf(text, "{\"id\":\"\",\"amount\":0,\"tags\":[");
        for (size_t i = 0; i < count; i++) {
            length += (size_t)sprintf(text + length, "%s\"\\u0074%zu\"", i == 0 ? "" : ",", i);
        }
        length += (size_t)sprintf(text + length, "]}");
        json_text_open(&t, (struct kh_str){ text, length });
        assert_int_equal(order_read(&t.in, &order), KH_OK);
        assert_int_equal(order.tag_count, count);
        for (size_t i = 0; i < count; i++) {
            char expected[32];

            (void)snprintf(expected, sizeof expected, "t%zu", i);
            assert_str_equal(order.tags[i], kh_str_from(expected));
        }
        json_text_close(&t);
        free(text);
    }
}

static void broken_arrays_and_objects_are_not_json(void **state)
{
    static const char *const texts[] = {
        "{\"tags\":[\"a\",]}",
        "{\"tags\":[,]}",
        "{\"tags\":[\"a\" \"b\"]}",
        "{\"tags\":[\"a\"}",
        "{\"tags\":[\"a\"",
        "{\"id\":\"a\",}",
        "{,}",
        "{\"id\" \"a\"}",
        "{\"id\":\"a\" \"amount\":1}",
        "{id:1}",
        "{\"id\":\"a\"",
        "{\"amount\":1 2}",
        "{\"amount\":}",
        "{\"tags\":[\"a\":1]}",
        "{\"amount\":01}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct json_text t;
        struct order order;

        json_text_open(&t, kh_str_from(texts[i]));
        assert_int_equal(order_read(&t.in, &order), KH_NOT_JSON);
        assert_int_equal(t.error.status, KH_NOT_JSON);
        json_text_close(&t);
    }
}

static void a_value_of_the_wrong_type_is_a_violation_of_type(void **state)
{
    struct json_text t;
    struct order order;

    (void)state;
    json_text_open(&t, KH_STR(" []"));
    assert_int_equal(order_read(&t.in, &order), KH_INVALID);
    assert_string_equal(t.error.keyword, "type");
    assert_int_equal(t.error.offset, 1);
    json_text_close(&t);
    json_text_open(&t, KH_STR("{\"tags\":{}}"));
    assert_int_equal(order_read(&t.in, &order), KH_INVALID);
    assert_string_equal(t.error.keyword, "type");
    assert_int_equal(t.error.offset, 8);
    json_text_close(&t);
}

/* What a look ahead for "kind" finds in a text: its value, or "" and false. */
static void assert_peek(const char *text, enum kh_status status, bool found, const char *value)
{
    struct json_text t;
    struct kh_str peeked;
    bool was_found;

    json_text_collect(&t, kh_str_from(text));
    assert_int_equal(kh_json_peek_member(&t.in, KH_STR("kind"), &peeked, &was_found), status);
    assert_ptr_equal(t.in.at, t.text.data);
    assert_int_equal(t.in.depth, 0);
    assert_int_equal(t.violations.count, 0);
    assert_int_equal(t.error.status, status);
    assert_int_equal(was_found, found);
    assert_str_equal(peeked, kh_str_from(value));
    json_text_close(&t);
}

static void looking_ahead_finds_a_member_without_moving(void **state)
{
    (void)state;
    assert_peek("{\"kind\":\"a\"}", KH_OK, true, "a");
    assert_peek(" {\"x\":{\"kind\":\"b\"},\"y\":[1],\"kind\" : \"a\" }", KH_OK, true, "a");
    assert_peek("{\"\\u006bind\":\"\\u0061\"}", KH_OK, true, "a");
    assert_peek("{\"kind\":1}", KH_OK, false, "");
    assert_peek("{\"kind\":null,\"x\":1}", KH_OK, false, "");
    assert_peek("{\"x\":1}", KH_OK, false, "");
    assert_peek("{}", KH_OK, false, "");
    assert_peek("[\"kind\"]", KH_OK, false, "");
    assert_peek("\"kind\"", KH_OK, false, "");
    assert_peek("", KH_OK, false, "");
    assert_peek("{\"x\":tru,\"kind\":\"a\"}", KH_NOT_JSON, false, "");
    assert_peek("{\"x\":1", KH_NOT_JSON, false, "");
    assert_peek("{\"x\":\"\xFF\"}", KH_NOT_UTF8, false, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_read_in_any_order_among_unknown_ones),
        cmocka_unit_test(a_name_spelled_with_escapes_is_the_same_name),
        cmocka_unit_test(names_spelled_otherwise_are_found_wherever_memory_is),
        cmocka_unit_test(a_name_that_goes_on_behind_nul_is_another_name),
        cmocka_unit_test(a_missing_required_member_is_named),
        cmocka_unit_test(required_members_beyond_the_first_word_are_found),
        cmocka_unit_test(duplicate_members_are_refused_wherever_they_are),
        cmocka_unit_test(a_duplicate_is_found_among_100000_names),
        cmocka_unit_test(a_duplicate_is_found_whatever_the_number_of_names),
        cmocka_unit_test(names_that_share_their_first_and_last_bytes_are_told_apart),
        cmocka_unit_test(skipping_gives_back_what_it_took_from_the_arena),
        cmocka_unit_test(an_unknown_member_may_be_read_after_it_was_marked),
        cmocka_unit_test(a_refused_member_is_a_violation_at_its_value),
        cmocka_unit_test(arrays_of_any_length_are_kept_whole),
        cmocka_unit_test(broken_arrays_and_objects_are_not_json),
        cmocka_unit_test(a_value_of_the_wrong_type_is_a_violation_of_type),
        cmocka_unit_test(looking_ahead_finds_a_member_without_moving),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
