/* What message a JSON text is. */
#include "wire_bytes.h"

#include <stdio.h>

#include "sample_tables.h"

struct row {
    const char *json;
    const char *hex;
};

static void assert_bytes(const struct kh_proto_message *message, const char *json,
                         const struct kh_proto_message *payload, const char *hex)
{
    struct kh_str text = padded_text_new(kh_str_from(json));
    struct kh_str expected = wire_bytes_new(hex);
    struct conversion c;

    convert_from_json(&c, message, text, payload);
    if (c.status != KH_OK || !kh_str_equal(c.result, expected)) {
        (void)fprintf(stderr, "made:");
        for (size_t i = 0; i < c.result.length; i++) {
            (void)fprintf(stderr, " %02X", (unsigned char)c.result.data[i]);
        }
        fail_msg("%s is not %s: %s", json, hex, c.error.reason);
    }
    for (size_t i = 0; i < KH_PADDING; i++) {
        assert_int_equal(c.result.data[c.result.length + i], 0);
    }
    conversion_end(&c);
    padded_text_free(expected);
    padded_text_free(text);
}

#define ASSERT_ROWS(rows)                                                                          \
    do {                                                                                           \
        for (size_t i_ = 0; i_ < sizeof(rows) / sizeof(rows)[0]; i_++) {                           \
            assert_bytes(&everything_proto, (rows)[i_].json, NULL, (rows)[i_].hex);                \
        }                                                                                          \
    } while (0)

static void scalars_of_each_kind_become_fields(void **state)
{
    static const struct row rows[] = {
        { "{}", "" },
        { " { } ", "" },
        { "{\"text\":\"\"}", "0A 00" },
        { "{\"text\":\"\\u00e4\\n\\u0000\"}", "0A 04 C3 A4 0A 00" },
        { "{\"te\\u0078t\":\"a\"}", "0A 01 61" },
        { "{\"moment\":\"1970-01-01T00:00:00Z\"}", "10 00" },
        { "{\"moment\":\"1970-01-01T01:00:00.001+01:00\"}", "10 01" },
        { "{\"moment\":\"1969-12-31T23:59:59.999Z\"}", "10 FF FF FF FF FF FF FF FF FF 01" },
        { "{\"moment\":\"9999-12-31T23:59:59.999000Z\"}", "10 FF B7 FF 90 FD CE 39" },
        { "{\"moment\":\"0000-01-01T00:00:00Z\"}", "10 80 C0 EE 87 D9 EE F1 FF FF 01" },
        { "{\"small\":-1}", "18 FF FF FF FF FF FF FF FF FF 01" },
        { "{\"small\":2147483647}", "18 FF FF FF FF 07" },
        { "{\"small\":3.0e2}", "18 AC 02" },
        { "{\"large\":-9223372036854775808}", "20 80 80 80 80 80 80 80 80 80 01" },
        { "{\"huge\":18446744073709551615}", "28 FF FF FF FF FF FF FF FF FF 01" },
        { "{\"number\":0.1}", "31 9A 99 99 99 99 99 B9 3F" },
        { "{\"number\":-0}", "31 00 00 00 00 00 00 00 80" },
        { "{\"flag\":false}", "38 00" },
        { "{\"flag\":true}", "38 01" },
        { "{\"colour\":\"blue\"}", "40 07" },
        { "{\"size\":\"large\"}", "48 02" },
        { "{\"note\":null,\"always\":[]}", "" },
        { "{\"note\":\"\"}", "FA 7F 00" },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

static void fields_come_in_the_schemas_order(void **state)
{
    static const struct row rows[] = {
        { "{\"large\":2,\"unknown\":[{\"text\":\"b\"}],\"text\":\"a\",\"shape\":{\"radius\":1,"
          "\"kind\":\"circle shape\"},\"small\":1}",
          "5A 0B 0A 09 09 00 00 00 00 00 00 F0 3F 0A 01 61 18 01 20 02" },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

static void messages_and_lists_become_fields(void **state)
{
    static const struct row rows[] = {
        { "{\"point\":{}}", "52 00" },
        { "{\"point\":{\"y\":0}}", "52 09 11 00 00 00 00 00 00 00 00" },
        { "{\"child\":{\"child\":{\"small\":5}}}", "7A 04 7A 02 18 05" },
        { "{\"texts\":[\"a\",\"\"]}", "82 01 01 61 82 01 00" },
        { "{\"smalls\":[1,300,-1]}", "92 01 0D 01 AC 02 FF FF FF FF FF FF FF FF FF 01" },
        { "{\"numbers\":[0]}", "AA 01 08 00 00 00 00 00 00 00 00" },
        { "{\"flags\":[true,false]}", "B2 01 02 01 00" },
        { "{\"colours\":[\"red\",\"blue\"]}", "BA 01 02 01 07" },
        { "{\"moments\":[\"1970-01-01T00:00:00Z\"]}", "8A 01 01 00" },
        { "{\"points\":[{},{\"x\":0}]}", "C2 01 00 C2 01 09 09 00 00 00 00 00 00 00 00" },
        { "{\"children\":[{\"note\":null}, {\"small\" : 1 }],\"small\":2}",
          "18 02 FA FF FF FF 0F 00 FA FF FF FF 0F 02 18 01" },
        { "{\"always\":[5]}", "82 80 01 01 05" },
        { "{\"shapes\":[{\"kind\":\"polygon\",\"corners\":[{}]},{\"kind\":\"circle shape\"}]}",
          "CA 01 04 12 02 0A 00 CA 01 02 0A 00" },
        { "{\"shape\":{\"inside\":{\"kind\":\"circle shape\"},\"corners\":[],\"kind\":\"polygon\"}}",
          "5A 06 12 04 12 02 0A 00" },
    };

    (void)state;
    ASSERT_ROWS(rows);
    assert_bytes(&shape_proto, "{\"kind\":\"circle shape\"}", NULL, "0A 00");
}

static void free_form_values_become_fields(void **state)
{
    static const struct row rows[] = {
        { "{\"any\":null}", "6A 02 08 00" },
        { "{\"any\":true}", "6A 02 20 01" },
        { "{\"any\":\"a\\u0062\"}", "6A 04 1A 02 61 62" },
        { "{\"any\":1.5}", "6A 09 11 00 00 00 00 00 00 F8 3F" },
        { "{\"any\":15e-1}", "6A 09 11 00 00 00 00 00 00 F8 3F" },
        { "{\"any\":[]}", "6A 02 32 00" },
        { "{\"any\":{}}", "6A 02 2A 00" },
        { "{\"any\":[null,[{}]]}", "6A 0E 32 0C 0A 02 08 00 0A 06 32 04 0A 02 2A 00" },
        { "{\"object\":{}}", "62 00" },
        { "{\"object\":{\"a\\u0062\":true,\"\":null}}",
          "62 12 0A 08 0A 02 61 62 12 02 20 01 0A 06 0A 00 12 02 08 00" },
        { "{\"object\":{\"a\":{\"b\":[]}}}",
          "62 12 0A 10 0A 01 61 12 0B 2A 09 0A 07 0A 01 62 12 02 32 00" },
        { "{\"list\":[ ]}", "72 00" },
        { "{\"list\":[false]}", "72 04 0A 02 20 00" },
        { "{\"anys\":[null,[]]}", "DA 01 02 08 00 DA 01 02 32 00" },
        { "{\"objects\":[{}]}", "D2 01 00" },
        { "{\"lists\":[[],[null]]}", "E2 01 00 E2 01 04 0A 02 08 00" },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

static void lengths_of_any_size_are_put_before_what_they_count(void **state)
{
    static const size_t sizes[] = { 0, 1, 126, 127, 128, 129, 16382, 16383, 16384, 70000 };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        static const char before[] = "{\"child\":{\"child\":{\"text\":\"";
        char *json = malloc(sizes[i] + 64);
        struct conversion c;
        struct conversion back;
        struct kh_str text;
        size_t length = strlen(before);

        assert_non_null(json);
        memcpy(json, before, length);
        memset(json + length, 'a', sizes[i]);
        length += sizes[i];
        memcpy(json + length, "\",\"small\":1}}}", 14);
        text = padded_text_new((struct kh_str){ json, length + 14 });
        convert_from_json(&c, &everything_proto, text, NULL);
        assert_int_equal(c.status, KH_OK);
        convert_to_json(&back, &everything_proto, c.result, NULL);
        assert_int_equal(back.status, KH_OK);
        assert_true(back.result.length > text.length);
        assert_memory_equal(back.result.data, text.data, text.length - 3);
        conversion_end(&back);
        conversion_end(&c);
        padded_text_free(text);
        free(json);
    }
}

static void a_payload_becomes_bytes(void **state)
{
    (void)state;
    assert_bytes(&envelope_proto, "{\"type\":\"t\",\"payload\":{\"small\":6}}", &everything_proto,
                 "12 01 74 1A 02 18 06");
    assert_bytes(&envelope_proto, "{\"payload\":{\"kind\":\"circle shape\"}}", &shape_proto,
                 "1A 02 0A 00");
    assert_bytes(&envelope_proto, "{\"payload\":{\"small\":6},\"id\":\"i\"}", NULL,
                 "0A 01 69 1A 00");
}

struct refused {
    const char *json;
    enum kh_status status;
    size_t offset;
};

static void what_no_message_can_carry_is_refused(void **state)
{
    static const struct refused rows[] = {
        { "{\"small\":2147483648}", KH_INVALID, 9 },
        { "{\"small\":1.5}", KH_INVALID, 9 },
        { "{\"small\":\"1\"}", KH_INVALID, 9 },
        { "{\"large\":9223372036854775808}", KH_INVALID, 9 },
        { "{\"huge\":-1}", KH_INVALID, 8 },
        { "{\"number\":1e400}", KH_INVALID, 10 },
        { "{\"flag\":1}", KH_INVALID, 8 },
        { "{\"colour\":\"pink\"}", KH_INVALID, 10 },
        { "{\"colour\":1}", KH_INVALID, 10 },
        { "{\"text\":null}", KH_INVALID, 8 },
        { "{\"texts\":[null]}", KH_INVALID, 10 },
        { "{\"texts\":\"a\"}", KH_INVALID, 9 },
        { "{\"smalls\":[1,\"2\"]}", KH_INVALID, 13 },
        { "{\"point\":[]}", KH_INVALID, 9 },
        { "{\"points\":[1]}", KH_INVALID, 11 },
        { "{\"object\":[]}", KH_INVALID, 10 },
        { "{\"object\":null}", KH_INVALID, 10 },
        { "{\"list\":{}}", KH_INVALID, 8 },
        { "{\"shape\":{}}", KH_INVALID, 9 },
        { "{\"shape\":{\"kind\":\"square\"}}", KH_INVALID, 9 },
        { "{\"shape\":5}", KH_INVALID, 9 },
        { "[]", KH_INVALID, 0 },
        { "{\"moment\":\"yesterday\"}", KH_INVALID, 10 },
        { "{\"moment\":\"1970-01-01T00:00:00.0001Z\"}", KH_OUT_OF_RANGE, 10 },
        { "{\"moment\":\"1990-12-31T23:59:60Z\"}", KH_OUT_OF_RANGE, 10 },
        { "{\"moment\":\"9999-12-31T23:59:59-00:01\"}", KH_OUT_OF_RANGE, 10 },
        { "{\"moment\":\"0000-01-01T00:00:00+00:01\"}", KH_OUT_OF_RANGE, 10 },
        { "{\"any\":9007199254740993}", KH_OUT_OF_RANGE, 7 },
        { "{\"any\":0.10000000000000000001}", KH_OUT_OF_RANGE, 7 },
        { "{\"any\":[1e400]}", KH_OUT_OF_RANGE, 8 },
        { "{\"any\":1e-400}", KH_OUT_OF_RANGE, 7 },
        /* Neither "nothing" nor "null" could be told from it. */
        { "{\"texts\":[]}", KH_OUT_OF_RANGE, 9 },
        { "", KH_NOT_JSON, 0 },
        { "{\"text\":\"a\"", KH_NOT_JSON, 11 },
        { "{} x", KH_NOT_JSON, 3 },
        { "{\"text\":\"a\",\"text\":\"b\"}", KH_NOT_JSON, 12 },
        { "{\"text\":\"\xFF\"}", KH_NOT_UTF8, 9 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kh_str text = padded_text_new(kh_str_from(rows[i].json));
        struct conversion c;

        convert_from_json(&c, &everything_proto, text, NULL);
        if (c.status != rows[i].status || c.error.offset != rows[i].offset) {
            fail_msg("%s: %s at %zu (%s)", rows[i].json, kh_status_name(c.status), c.error.offset,
                     c.error.reason);
        }
        conversion_end(&c);
        padded_text_free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_of_each_kind_become_fields),
        cmocka_unit_test(fields_come_in_the_schemas_order),
        cmocka_unit_test(messages_and_lists_become_fields),
        cmocka_unit_test(free_form_values_become_fields),
        cmocka_unit_test(lengths_of_any_size_are_put_before_what_they_count),
        cmocka_unit_test(a_payload_becomes_bytes),
        cmocka_unit_test(what_no_message_can_carry_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
