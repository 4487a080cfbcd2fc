/* JSON text: its shape, its escapes, numbers that read back exactly, and memory that runs out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "kh/alloc.h"
#include "kh/json_writer.h"
#include "kh/utf8.h"

#include "random_bits.h"

static void assert_text(const struct kh_json_writer *out, const char *expected)
{
    struct kh_str text = kh_json_writer_text(out);

    if (!kh_str_equal(text, kh_str_from(expected))) {
        fail_msg("%.*s instead of %s", KH_STR_ARG(text), expected);
    }
}

/* Something of everything. */
static enum kh_status write_sample(struct kh_json_writer *out)
{
    struct kh_decimal amount;
    struct kh_instant time;

    KH_TRY(kh_decimal_parse(KH_STR("-12.50"), &amount));
    KH_TRY(kh_instant_parse(KH_STR("2024-02-29T12:00:00.5+01:00"), &time));
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("na\"me")));
    KH_TRY(kh_json_write_str(out, KH_STR("line\n")));
    KH_TRY(kh_json_write_name(out, KH_STR("list")));
    KH_TRY(kh_json_write_array_begin(out));
    KH_TRY(kh_json_write_int64(out, -1));
    KH_TRY(kh_json_write_uint64(out, 2));
    KH_TRY(kh_json_write_double(out, 0.5));
    KH_TRY(kh_json_write_bool(out, true));
    KH_TRY(kh_json_write_bool(out, false));
    KH_TRY(kh_json_write_null(out));
    KH_TRY(kh_json_write_array_begin(out));
    KH_TRY(kh_json_write_array_end(out));
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_object_end(out));
    KH_TRY(kh_json_write_array_end(out));
    KH_TRY(kh_json_write_name(out, KH_STR("amount")));
    KH_TRY(kh_json_write_decimal(out, amount));
    KH_TRY(kh_json_write_name(out, KH_STR("time")));
    KH_TRY(kh_json_write_instant(out, time));
    KH_TRY(kh_json_write_name(out, KH_STR("raw")));
    KH_TRY(kh_json_write_raw(out, (struct kh_raw){ KH_STR_INIT("{\"a\": [1, 2]}") }));
    KH_TRY(kh_json_write_name(out, KH_STR("none")));
    KH_TRY(kh_json_write_raw(out, (struct kh_raw){ KH_STR_INIT("") }));
    KH_TRY(kh_json_write_name(out, KH_STR("bytes")));
    KH_TRY(kh_json_write_base64(out, KH_STR("\0\xFF")));
    KH_TRY(kh_json_write_object_end(out));
    return kh_json_write_newline(out);
}

static const char SAMPLE[] =
    "{\"na\\\"me\":\"line\\n\",\"list\":[-1,2,0.5,true,false,null,[],{}],\"amount\":\"-12.50\","
    "\"time\":\"2024-02-29T12:00:00.5+01:00\",\"raw\":{\"a\": [1, 2]},\"none\":null,"
    "\"bytes\":\"AP8=\"}\n";

static void commas_go_between_members_items_and_not_documents(void **state)
{
    struct kh_json_writer out;
    char twice[2 * sizeof SAMPLE];

    (void)state;
    kh_json_writer_init(&out);
    assert_text(&out, "");
    assert_int_equal(write_sample(&out), KH_OK);
    assert_text(&out, SAMPLE);
    assert_int_equal(write_sample(&out), KH_OK);
    snprintf(twice, sizeof twice, "%s%s", SAMPLE, SAMPLE);
    assert_text(&out, twice);

    /* Half a document leaves nothing behind after a reset. */
    assert_int_equal(kh_json_write_array_begin(&out), KH_OK);
    assert_int_equal(kh_json_write_null(&out), KH_OK);
    kh_json_writer_reset(&out);
    assert_text(&out, "");
    assert_int_equal(write_sample(&out), KH_OK);
    assert_text(&out, SAMPLE);
    kh_json_writer_clean_up(&out);
    assert_text(&out, "");
    assert_int_equal(write_sample(&out), KH_OK);
    assert_text(&out, SAMPLE);
    kh_json_writer_clean_up(&out);
}

static void assert_str(struct kh_str value, const char *expected)
{
    struct kh_json_writer out;

    kh_json_writer_init(&out);
    assert_int_equal(kh_json_write_str(&out, value), KH_OK);
    assert_text(&out, expected);
    kh_json_writer_clean_up(&out);
}

static void strings_are_escaped_where_they_must_be(void **state)
{
    (void)state;
    assert_str(KH_STR(""), "\"\"");
    assert_str((struct kh_str){ NULL, 0 }, "\"\"");
    assert_str(KH_STR("/<>&'\x7F"), "\"/<>&'\x7F\"");
    assert_str(KH_STR("\"\\"), "\"\\\"\\\\\"");
    assert_str(KH_STR("\0"), "\"\\u0000\"");
    assert_str(KH_STR("\xE2\x80\xA8\xE2\x80\xA9"), "\"\xE2\x80\xA8\xE2\x80\xA9\"");
    assert_str(KH_STR("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x92\xA9"),
               "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x92\xA9\"");
    for (char byte = 0; byte < 0x20; byte++) {
        char value[] = { 'a', byte, 'b' };
        char expected[16];
        const char *name = byte == '\0' ? NULL : strchr("\bb\tt\nn\ff\rr", byte);

        if (name != NULL) {
            snprintf(expected, sizeof expected, "\"a\\%cb\"", name[1]);
        } else {
            snprintf(expected, sizeof expected, "\"a\\u%04xb\"", (unsigned)byte);
        }
        assert_str((struct kh_str){ value, 3 }, expected);
    }
}

#define REPLACEMENT "\xEF\xBF\xBD"

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
    (void)state;
    assert_str(KH_STR("\xFF"), "\"" REPLACEMENT "\"");
    assert_str(KH_STR("a\x80"
                      "b"),
               "\"a" REPLACEMENT "b\"");
    assert_str(KH_STR("\xC3"), "\"" REPLACEMENT "\"");
    assert_str(KH_STR("\xC3\""), "\"" REPLACEMENT "\\\"\"");
    assert_str(KH_STR("\xE2\x82"), "\"" REPLACEMENT REPLACEMENT "\"");
    assert_str(KH_STR("\xED\xA0\x80"), "\"" REPLACEMENT REPLACEMENT REPLACEMENT "\"");
    assert_str(KH_STR("\xF0\x9F\x92\n"), "\"" REPLACEMENT REPLACEMENT REPLACEMENT "\\n\"");
    assert_str(KH_STR("\xC3\xA4\xFF\xC3\xA4"), "\"\xC3\xA4" REPLACEMENT "\xC3\xA4\"");
}

static void any_bytes_become_valid_text(void **state)
{
    struct kh_json_writer out;

    (void)state;
    kh_json_writer_init(&out);
    for (int i = 0; i < 20000; i++) {
        char bytes[80];
        size_t length = random_u64() % sizeof bytes;
        struct kh_str text;

        for (size_t j = 0; j < length; j++) {
            bytes[j] = (char)(random_u64() & 0xFF);
        }
        kh_json_writer_reset(&out);
        assert_int_equal(kh_json_write_str(&out, (struct kh_str){ bytes, length }), KH_OK);
        text = kh_json_writer_text(&out);
        assert_true(kh_utf8_is_valid(text));
        assert_true(text.length >= 2 && text.data[0] == '"' && text.data[text.length - 1] == '"');
        for (size_t j = 1; j + 1 < text.length; j++) {
            assert_true((unsigned char)text.data[j] >= 0x20 && text.data[j] != '"');
            j += text.data[j] == '\\';
        }
    }
    kh_json_writer_clean_up(&out);
}

static void integers_are_written_to_their_edges(void **state)
{
    struct kh_json_writer out;

    (void)state;
    kh_json_writer_init(&out);
    assert_int_equal(kh_json_write_array_begin(&out), KH_OK);
    assert_int_equal(kh_json_write_int64(&out, 0), KH_OK);
    assert_int_equal(kh_json_write_int64(&out, -9), KH_OK);
    assert_int_equal(kh_json_write_int64(&out, 10), KH_OK);
    assert_int_equal(kh_json_write_int64(&out, INT64_MAX), KH_OK);
    assert_int_equal(kh_json_write_int64(&out, INT64_MIN), KH_OK);
    assert_int_equal(kh_json_write_uint64(&out, 0), KH_OK);
    assert_int_equal(kh_json_write_uint64(&out, UINT64_MAX), KH_OK);
    assert_int_equal(kh_json_write_array_end(&out), KH_OK);
    assert_text(&out, "[0,-9,10,9223372036854775807,-9223372036854775808,0,18446744073709551615]");
    kh_json_writer_clean_up(&out);
}

static void doubles_are_short(void **state)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        { 0.0, "0" },
        { -0.0, "-0" },
        { 1.0, "1" },
        { -1.5, "-1.5" },
        { 0.1, "0.1" },
        { 0.1 + 0.2, "0.30000000000000004" },
        { 1.0 / 3, "0.3333333333333333" },
        { 100.0, "100" },
        { 1e22, "1e+22" },
        { 1e300, "1e+300" },
        { 1e-7, "1e-07" },
        { 123456789012345680.0, "1.2345678901234568e+17" },
        { DBL_MAX, "1.7976931348623157e+308" },
        { DBL_MIN, "2.2250738585072014e-308" },
        { 4.9e-324, "5e-324" },
        { -1e-320, "-1e-320" },
        { 2.2250738585072009e-308, "2.225073858507201e-308" },
        { (double)NAN, "null" },
        { (double)INFINITY, "null" },
        { -(double)INFINITY, "null" },
    };
    struct kh_json_writer out;

    (void)state;
    kh_json_writer_init(&out);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        kh_json_writer_reset(&out);
        assert_int_equal(kh_json_write_double(&out, rows[i].value), KH_OK);
        assert_text(&out, rows[i].text);
    }
    kh_json_writer_clean_up(&out);
}

static void doubles_read_back_bit_by_bit(void **state)
{
    struct kh_json_writer out;

    (void)state;
    kh_json_writer_init(&out);
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = random_u64();
        double value;
        double again;

        /* Subnormals are rare among random bits; here one in 64 is one. */
        bits &= i % 64 == 0 ? UINT64_C(0x800FFFFFFFFFFFFF) : UINT64_MAX;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value)) {
            continue;
        }
        kh_json_writer_reset(&out);
        assert_int_equal(kh_json_write_double(&out, value), KH_OK);
        assert_int_equal(kh_json_write_newline(&out), KH_OK);
        again = strtod(out.data, NULL);
        assert_memory_equal(&again, &value, sizeof value);
    }
    kh_json_writer_clean_up(&out);
}

static void doubles_do_not_depend_on_the_locale(void **state)
{
    struct kh_json_writer out;

    (void)state;
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL) {
        skip();
    }
    kh_json_writer_init(&out);
    assert_int_equal(kh_json_write_double(&out, 0.1 + 0.2), KH_OK);
    assert_text(&out, "0.30000000000000004");
    kh_json_writer_clean_up(&out);
    (void)setlocale(LC_NUMERIC, "C");
}

static void text_grows_beyond_any_first_size(void **state)
{
    struct kh_json_writer out;
    enum { SIZE = 3000000 };
    char *value = malloc(SIZE);
    struct kh_str text;

    (void)state;
    assert_non_null(value);
    memset(value, '\x01', SIZE);
    kh_json_writer_init(&out);
    assert_int_equal(kh_json_write_array_begin(&out), KH_OK);
    assert_int_equal(kh_json_write_str(&out, (struct kh_str){ value, SIZE }), KH_OK);
    assert_int_equal(kh_json_write_base64(&out, (struct kh_str){ value, SIZE }), KH_OK);
    assert_int_equal(kh_json_write_array_end(&out), KH_OK);
    text = kh_json_writer_text(&out);
    assert_int_equal(text.length, 2 + 2 + 6 * SIZE + 1 + 2 + SIZE / 3 * 4);
    assert_memory_equal(text.data, "[\"\\u0001\\u0001", 14);
    assert_memory_equal(text.data + text.length - 10, "AQEBAQEB\"]", 10);
    kh_json_writer_clean_up(&out);
    free(value);
}

/* A heap that refuses after a number of calls. */
static void *scarce_resize(void *context, void *memory, size_t size)
{
    int *left = context;

    if (*left == 0) {
        return NULL;
    }
    --*left;
    return realloc(memory, size);
}

static void *scarce_allocate(void *context, size_t size)
{
    return scarce_resize(context, NULL, size);
}

static void scarce_release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

static enum kh_status write_escapes(struct kh_json_writer *out, bool as_name)
{
    char value[2000];

    memset(value, '\x01', sizeof value);
    memset(value + 1000, '\xFF', 500);
    return as_name ? kh_json_write_name(out, (struct kh_str){ value, sizeof value })
                   : kh_json_write_str(out, (struct kh_str){ value, sizeof value });
}

static void a_write_without_memory_changes_nothing(void **state)
{
    int calls_needed = 0;

    (void)state;
    for (int as_name = 0; as_name <= 1; as_name++) {
        enum kh_status status = KH_NO_MEMORY;

        for (int calls = 1; status == KH_NO_MEMORY; calls++) {
            int left = calls;
            struct kh_allocator scarce = { scarce_allocate, scarce_resize, scarce_release, &left };
            struct kh_json_writer out;

            kh_allocator_set(&scarce);
            kh_json_writer_init(&out);
            assert_int_equal(kh_json_write_object_begin(&out), KH_OK);
            assert_int_equal(kh_json_write_name(&out, KH_STR("a")), KH_OK);
            assert_int_equal(kh_json_write_null(&out), KH_OK);
            status = write_escapes(&out, as_name == 1);
            if (status == KH_NO_MEMORY) {
                /* The next member goes on where the failed one would have been. */
                assert_text(&out, "{\"a\":null");
                assert_int_equal(kh_json_write_name(&out, KH_STR("b")), KH_OK);
                assert_int_equal(kh_json_write_bool(&out, true), KH_OK);
                assert_int_equal(kh_json_write_object_end(&out), KH_OK);
                assert_text(&out, "{\"a\":null,\"b\":true}");
            }
            kh_json_writer_clean_up(&out);
            kh_allocator_set(NULL);
            calls_needed = calls;
        }
        assert_int_equal(status, KH_OK);
        /* Doubling: 256 bytes to about 8,000 in a few steps. */
        assert_in_range(calls_needed, 3, 8);
    }
}

/* Writes the sample onto text of every length, so that each call once is the one that fails. */
static void every_call_reports_that_memory_is_short(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t length = 1; length < 255; length++) {
        int left = 1;
        struct kh_allocator scarce = { scarce_allocate, scarce_resize, scarce_release, &left };
        struct kh_json_writer out;
        char filler[256];
        enum kh_status status;

        memset(filler, ' ', sizeof filler);
        kh_allocator_set(&scarce);
        kh_json_writer_init(&out);
        assert_int_equal(kh_json_write_raw(&out, (struct kh_raw){ { filler, length } }), KH_OK);
        assert_int_equal(kh_json_write_newline(&out), KH_OK);
        status = write_sample(&out);
        if (status == KH_OK) {
            assert_memory_equal(out.data + out.length - sizeof SAMPLE + 1, SAMPLE,
                                sizeof SAMPLE - 1);
        } else {
            size_t written = out.length - length - 1;

            assert_int_equal(status, KH_NO_MEMORY);
            assert_true(written < sizeof SAMPLE - 1);
            assert_memory_equal(out.data + out.length - written, SAMPLE, written);
            failures++;
        }
        kh_json_writer_clean_up(&out);
        kh_allocator_set(NULL);
    }
    assert_in_range(failures, 150, 255);
}

static void the_first_allocation_may_fail(void **state)
{
    int left = 0;
    struct kh_allocator scarce = { scarce_allocate, scarce_resize, scarce_release, &left };
    struct kh_json_writer out;

    (void)state;
    kh_allocator_set(&scarce);
    kh_json_writer_init(&out);
    assert_int_equal(write_sample(&out), KH_NO_MEMORY);
    assert_int_equal(kh_json_write_object_end(&out), KH_NO_MEMORY);
    assert_int_equal(kh_json_write_newline(&out), KH_NO_MEMORY);
    assert_text(&out, "");
    left = 1;
    assert_int_equal(write_sample(&out), KH_OK);
    assert_text(&out, SAMPLE);
    kh_json_writer_clean_up(&out);
    kh_allocator_set(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_go_between_members_items_and_not_documents),
        cmocka_unit_test(strings_are_escaped_where_they_must_be),
        cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
        cmocka_unit_test(any_bytes_become_valid_text),
        cmocka_unit_test(integers_are_written_to_their_edges),
        cmocka_unit_test(doubles_are_short),
        cmocka_unit_test(doubles_read_back_bit_by_bit),
        cmocka_unit_test(doubles_do_not_depend_on_the_locale),
        cmocka_unit_test(text_grows_beyond_any_first_size),
        cmocka_unit_test(a_write_without_memory_changes_nothing),
        cmocka_unit_test(every_call_reports_that_memory_is_short),
        cmocka_unit_test(the_first_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
