/* Collecting: one pass lists every violation, and none that follows from another. */
#include "json_text.h"

#include "kh/check.h"

#include <stdio.h>

/* A type as the generator writes it, with a check behind every value. */
struct account {
    struct kh_str name;
    int64_t age;
    struct kh_decimal balance;
    struct kh_instant since;
    double rate;
    struct kh_str *tags;
    struct kh_raw extra;
};

enum {
    MEMBER_NAME,
    MEMBER_AGE,
    MEMBER_BALANCE,
    MEMBER_SINCE,
    MEMBER_RATE,
    MEMBER_TAGS,
    MEMBER_EXTRA,
    MEMBER_INNER,
    MEMBER_COUNT
};

static const struct kh_str names[MEMBER_COUNT] = {
    KH_STR_INIT("name"), KH_STR_INIT("age"),  KH_STR_INIT("balance"), KH_STR_INIT("since"),
    KH_STR_INIT("rate"), KH_STR_INIT("tags"), KH_STR_INIT("extra"),   KH_STR_INIT("inner"),
};
static const uint64_t required[] = { KH_SEEN(MEMBER_NAME) | KH_SEEN(MEMBER_AGE) |
                                     KH_SEEN(MEMBER_BALANCE) };

static enum kh_status tags_read(struct kh_json *in, struct account *out)
{
    struct kh_json_array array;

    out->tags = NULL;
    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        struct kh_str *tag;

        out->tags = kh_json_array_slot(in, &array, out->tags, sizeof *out->tags);
        if (out->tags == NULL) {
            return KH_NO_MEMORY;
        }
        tag = &out->tags[array.count - 1];
        KH_TRY(kh_json_read_str(in, tag));
        KH_TRY(kh_check_min_length(in, *tag, 2));
    }
    KH_TRY(kh_json_array_end(in, &array));
    KH_TRY(kh_check_min_items(in, &array, 2));
    KH_TRY(kh_check_max_items(in, &array, 3));
    return kh_check_unique_items(in, &array);
}

static enum kh_status inner_read(struct kh_json *in)
{
    static const struct kh_str inner_names[] = { KH_STR_INIT("x") };
    static const uint64_t inner_required[] = { 1 };
    uint64_t seen[1] = { 0 };
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        KH_TRY(kh_json_refuse_member(in, &object));
    }
    return kh_json_object_end(in, &object, seen, inner_required, inner_names, 1);
}

static enum kh_status account_read(struct kh_json *in, struct account *out)
{
    uint64_t seen[KH_SEEN_WORDS(MEMBER_COUNT)] = { 0 };
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("name"))) {
            KH_TRY(kh_json_once(in, &object, seen, MEMBER_NAME));
            KH_TRY(kh_json_read_str(in, &out->name));
            KH_TRY(kh_check_min_length(in, out->name, 3));
            KH_TRY(kh_check_max_length(in, out->name, 5));
            KH_TRY(kh_check_format(in, out->name.length > 0, "name"));
        } else if (kh_json_member_is(&object, KH_STR("age"))) {
            KH_TRY(kh_json_once(in, &object, seen, MEMBER_AGE));
            KH_TRY(kh_json_read_int64(in, &out->age));
            KH_TRY(kh_check_minimum_int64(in, out->age, 18));
            KH_TRY(kh_check_multiple_of_int64(in, out->age, 7));
        } else if (kh_json_member_is(&object, KH_STR("balance"))) {
            KH_TRY(kh_json_once(in, &object, seen, MEMBER_BALANCE));
            KH_TRY(kh_json_read_decimal(in, &out->balance));
            KH_TRY(kh_check_decimal_minimum(in, &out->balance, "1"));
            KH_TRY(kh_check_decimal_scale(in, &out->balance, 2));
        } else if (kh_json_member_is(&object, KH_STR("since"))) {
            KH_TRY(kh_json_once(in, &object, seen, MEMBER_SINCE));
            KH_TRY(kh_json_read_instant(in, &out->since));
        } else if (kh_json_member_is(&object, KH_STR("rate"))) {
            KH_TRY(kh_json_once(in, &object, seen, MEMBER_RATE));
            KH_TRY(kh_json_read_double(in, &out->rate));
            KH_TRY(kh_check_minimum(in, "0.1"));
            KH_TRY(kh_check_multiple_of(in, "0.1"));
            KH_TRY(kh_check_const_number(in, "0.5"));
        } else if (kh_json_member_is(&object, KH_STR("tags"))) {
            KH_TRY(kh_json_once(in, &object, seen, MEMBER_TAGS));
            KH_TRY(tags_read(in, out));
        } else if (kh_json_member_is(&object, KH_STR("extra"))) {
            KH_TRY(kh_json_once(in, &object, seen, MEMBER_EXTRA));
            KH_TRY(kh_json_read_raw_object(in, &out->extra));
        } else if (kh_json_member_is(&object, KH_STR("inner"))) {
            KH_TRY(kh_json_once(in, &object, seen, MEMBER_INNER));
            KH_TRY(inner_read(in));
        } else {
            KH_TRY(kh_json_refuse_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, seen, required, names, MEMBER_COUNT);
}

/* "keyword@pointer keyword@pointer ..." of everything that was listed. */
static void describe(struct json_text *t, char *out, size_t size)
{
    size_t length = 0;

    out[0] = '\0';
    for (const struct kh_violation *v = t->violations.first; v != NULL; v = v->next) {
        struct kh_str pointer;

        assert_int_equal(kh_json_pointer_at(t->text, v->offset, &t->arena, &pointer), KH_OK);
        assert_true(v->reason.length > 0);
        length += (size_t)snprintf(out + length, size - length, "%s%s@%.*s", length == 0 ? "" : " ",
                                   v->keyword, KH_STR_ARG(pointer));
        if (v->member.length > 0) {
            length +=
                (size_t)snprintf(out + length, size - length, "(%.*s)", KH_STR_ARG(v->member));
        }
        assert_true(length < size);
    }
}

static void assert_violations(const char *text, const char *expected)
{
    struct json_text t;
    struct account account;
    char found[2000];

    json_text_collect(&t, kh_str_from(text));
    assert_int_equal(account_read(&t.in, &account), KH_OK);
    assert_int_equal(kh_json_end(&t.in), KH_OK);
    assert_int_equal(t.error.status, KH_OK);
    assert_int_equal(t.in.depth, 0);
    describe(&t, found, sizeof found);
    assert_string_equal(found, expected);
    json_text_close(&t);

    /* The fast path stops at the first of them, or finds none either. */
    json_text_open(&t, kh_str_from(text));
    assert_int_equal(account_read(&t.in, &account), expected[0] == '\0' ? KH_OK : KH_INVALID);
    if (expected[0] != '\0') {
        assert_int_equal(strncmp(t.error.keyword, expected, strlen(t.error.keyword)), 0);
    }
    json_text_close(&t);
}

#define VALID_REST "\"balance\":\"5.00\",\"age\":21,\"name\":\"Anna\""

static void a_valid_value_has_no_violations(void **state)
{
    (void)state;
    assert_violations("{" VALID_REST "}", "");
    assert_violations("{" VALID_REST ",\"rate\":0.50,\"tags\":[\"aa\",\"bb\"],\"extra\":{},"
                      "\"since\":\"2024-01-01T00:00:00Z\"}",
                      "");
}

static void every_violation_is_listed_with_its_place(void **state)
{
    (void)state;
    assert_violations("{\"name\":\"Al\",\"age\":15,\"balance\":\"0.123\",\"since\":\"never\","
                      "\"rate\":0.05,\"tags\":[\"x\"],\"extra\":[],\"new\":{\"a\":[1]},"
                      "\"inner\":{\"y\":1}}",
                      "minLength@/name minimum@/age multipleOf@/age x-minimum@/balance "
                      "x-scale@/balance format@/since minimum@/rate multipleOf@/rate const@/rate "
                      "minLength@/tags/0 minItems@/tags type@/extra additionalProperties@/new "
                      "additionalProperties@/inner/y required@/inner(x)");
}

static void a_value_of_the_wrong_type_is_listed_once(void **state)
{
    (void)state;
    assert_violations("{\"name\":1,\"age\":\"x\",\"balance\":2,\"since\":3,\"rate\":\"0.5\","
                      "\"tags\":{\"a\":[]},\"extra\":7,\"inner\":[{}]}",
                      "type@/name type@/age type@/balance type@/since type@/rate type@/tags "
                      "type@/extra type@/inner");
}

static void a_number_that_does_not_fit_is_listed_once(void **state)
{
    (void)state;
    assert_violations("{\"balance\":\"5.00\",\"age\":1e400,\"name\":\"Anna\",\"rate\":-1e400}",
                      "type@/age type@/rate");
    assert_violations("{\"balance\":\"5.00\",\"age\":20.5,\"name\":\"Anna\"}", "type@/age");
}

static void a_text_that_is_no_decimal_is_listed_once(void **state)
{
    (void)state;
    assert_violations("{\"balance\":\"x\",\"age\":21,\"name\":\"Anna\"}", "format@/balance");
}

/* The checks of the next value are on again, and those of the array around wrong items too. */
static void a_wrong_type_does_not_hide_what_follows(void **state)
{
    (void)state;
    assert_violations("{\"balance\":[],\"age\":1,\"name\":\"Anna\"}",
                      "type@/balance minimum@/age multipleOf@/age");
    assert_violations("{" VALID_REST ",\"tags\":[1]}", "type@/tags/0 minItems@/tags");
    assert_violations("{" VALID_REST ",\"tags\":[\"aa\",\"aa\",2,{\"x\":1}]}",
                      "type@/tags/2 type@/tags/3 maxItems@/tags uniqueItems@/tags");
    assert_violations("{" VALID_REST ",\"rate\":\"\",\"new\":1}",
                      "type@/rate additionalProperties@/new");
    assert_violations("{\"balance\":1}", "type@/balance required@(name) required@(age)");
    assert_violations("{" VALID_REST ",\"inner\":{\"y\":1}}",
                      "additionalProperties@/inner/y required@/inner(x)");
}

static void what_is_no_object_misses_no_members(void **state)
{
    (void)state;
    assert_violations("[]", "type@");
    assert_violations(" 5 ", "type@");
    assert_violations("{" VALID_REST ",\"inner\":null}", "type@/inner");
    assert_violations("{}", "required@(name) required@(age) required@(balance)");
}

static void text_that_is_not_json_ends_the_list(void **state)
{
    static const char *const texts[] = {
        "{\"name\":1,\"age\":tru}",
        "{\"name\":[1,],\"age\":1}",
        "{\"name\":{\"a\":1,\"a\":2}}",
        "{\"new\":01}",
        "{\"name\":1",
        "{\"name\":1,\"name\":\"Anna\"}",
        "{\"tags\":[1,2,}",
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct json_text t;
        struct account account;

        json_text_collect(&t, kh_str_from(texts[i]));
        assert_int_equal(account_read(&t.in, &account), KH_NOT_JSON);
        assert_int_equal(t.error.status, KH_NOT_JSON);
        json_text_close(&t);
    }
}

static enum kh_status numbers_read(struct kh_json *in)
{
    struct kh_json_array array;

    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        int64_t value;

        KH_TRY(kh_json_read_int64(in, &value));
        KH_TRY(kh_check_minimum_int64(in, value, 1));
    }
    return kh_json_array_end(in, &array);
}

static void violations_beyond_the_limit_are_counted_only(void **state)
{
    char text[1000];
    size_t length = 0;
    size_t listed = 0;
    struct json_text t;

    (void)state;
    text[length++] = '[';
    for (int i = 0; i < 300; i++) {
        text[length++] = '0';
        text[length++] = i == 299 ? ']' : ',';
    }
    json_text_collect(&t, (struct kh_str){ text, length });
    assert_int_equal(numbers_read(&t.in), KH_OK);
    assert_int_equal(t.violations.count, 300);
    for (const struct kh_violation *v = t.violations.first; v != NULL; v = v->next) {
        assert_int_equal(v->offset, 1 + 2 * listed);
        listed++;
    }
    assert_int_equal(listed, KH_MAX_VIOLATIONS);
    json_text_close(&t);
}

static void a_union_that_fails_is_skipped(void **state)
{
    struct json_text t;

    (void)state;
    json_text_collect(&t, KH_STR("[ {\"kind\":\"x\",\"a\":[1]} , 7 ]"));
    t.in.at++;
    assert_int_equal(kh_check_union_failed(&t.in, KH_STR("kind")), KH_OK);
    assert_int_equal(kh_json_peek(&t.in), ',');
    assert_int_equal(t.violations.count, 1);
    assert_string_equal(t.violations.first->keyword, "oneOf");
    assert_int_equal(t.violations.first->offset, 2);
    json_text_close(&t);
    json_text_open(&t, KH_STR("  {}"));
    assert_int_equal(kh_check_union_failed(&t.in, KH_STR("kind")), KH_INVALID);
    assert_string_equal(t.error.keyword, "oneOf");
    assert_int_equal(t.error.offset, 2);
    assert_non_null(strstr(t.error.reason, "\"kind\""));
    json_text_close(&t);
}

static void a_long_reason_is_cut(void **state)
{
    struct json_text t;
    char long_text[1000];

    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    json_text_collect(&t, KH_STR("1"));
    assert_int_equal(kh_json_violation(&t.in, t.in.at, "pattern", "must match %s", long_text),
                     KH_OK);
    assert_int_equal(t.violations.first->reason.length, sizeof t.error.reason - 1);
    json_text_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_valid_value_has_no_violations),
        cmocka_unit_test(every_violation_is_listed_with_its_place),
        cmocka_unit_test(a_value_of_the_wrong_type_is_listed_once),
        cmocka_unit_test(a_number_that_does_not_fit_is_listed_once),
        cmocka_unit_test(a_text_that_is_no_decimal_is_listed_once),
        cmocka_unit_test(a_wrong_type_does_not_hide_what_follows),
        cmocka_unit_test(what_is_no_object_misses_no_members),
        cmocka_unit_test(text_that_is_not_json_ends_the_list),
        cmocka_unit_test(violations_beyond_the_limit_are_counted_only),
        cmocka_unit_test(a_union_that_fails_is_skipped),
        cmocka_unit_test(a_long_reason_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
