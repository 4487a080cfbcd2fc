/* What JSON a message is. */
#include "wire_bytes.h"

#include <stdio.h>

#include "kh/json.h"
#include "proto/free_form.h"
#include "sample_tables.h"

struct row {
    const char *hex;
    const char *json; /* without what an absent `note` and `always` become */
};

/* An Everything's members and what the absent ones become. */
static void assert_everything(const struct row *row)
{
    static const char absent[] = "\"note\":null,\"always\":[]}";
    struct kh_str bytes = wire_bytes_new(row->hex);
    size_t length = strlen(row->json);
    struct conversion c;

    convert_to_json(&c, &everything_proto, bytes, NULL);
    if (c.status != KH_OK || c.result.length != length + strlen(absent) ||
        memcmp(c.result.data, row->json, length) != 0 ||
        memcmp(c.result.data + length, absent, strlen(absent)) != 0) {
        fail_msg("%s is %.*s, not %s: %s", row->hex, KH_STR_ARG(c.result), row->json,
                 c.error.reason);
    }
    conversion_end(&c);
    padded_text_free(bytes);
}

#define ASSERT_ROWS(rows)                                                                          \
    do {                                                                                           \
        for (size_t i_ = 0; i_ < sizeof(rows) / sizeof(rows)[0]; i_++) {                           \
            assert_everything(&(rows)[i_]);                                                        \
        }                                                                                          \
    } while (0)

static void assert_json(const struct kh_proto_message *message, const char *hex,
                        const struct kh_proto_message *payload, const char *json)
{
    struct kh_str bytes = wire_bytes_new(hex);
    struct conversion c;

    convert_to_json(&c, message, bytes, payload);
    if (c.status != KH_OK || !kh_str_equal(c.result, kh_str_from(json))) {
        fail_msg("%s is %.*s, not %s: %s", hex, KH_STR_ARG(c.result), json, c.error.reason);
    }
    conversion_end(&c);
    padded_text_free(bytes);
}

static void scalars_of_each_kind_become_json(void **state)
{
    static const struct row rows[] = {
        { "", "{" },
        { "0A 00", "{\"text\":\"\"," },
        { "0A 05 61 22 0A C3 A4", "{\"text\":\"a\\\"\\n\xC3\xA4\"," },
        { "0A 02 00 7F", "{\"text\":\"\\u0000\x7F\"," },
        { "10 00", "{\"moment\":\"1970-01-01T00:00:00.000Z\"," },
        { "10 FD D7 E4 CD C3 34", "{\"moment\":\"2027-03-12T12:31:41.053Z\"," },
        { "10 FF B7 FF 90 FD CE 39", "{\"moment\":\"9999-12-31T23:59:59.999Z\"," },
        { "10 80 C0 EE 87 D9 EE F1 FF FF 01", "{\"moment\":\"0000-01-01T00:00:00.000Z\"," },
        { "10 FF FF FF FF FF FF FF FF FF 01", "{\"moment\":\"1969-12-31T23:59:59.999Z\"," },
        { "18 00", "{\"small\":0," },
        { "18 FF FF FF FF 07", "{\"small\":2147483647," },
        { "18 80 80 80 80 F8 FF FF FF FF 01", "{\"small\":-2147483648," },
        { "20 FF FF FF FF FF FF FF FF 7F", "{\"large\":9223372036854775807," },
        { "20 80 80 80 80 80 80 80 80 80 01", "{\"large\":-9223372036854775808," },
        { "28 FF FF FF FF FF FF FF FF FF 01", "{\"huge\":18446744073709551615," },
        { "31 00 00 00 00 00 00 00 80", "{\"number\":-0," },
        { "31 9A 99 99 99 99 99 B9 3F", "{\"number\":0.1," },
        { "38 00", "{\"flag\":false," },
        { "38 01", "{\"flag\":true," },
        { "40 01", "{\"colour\":\"red\"," },
        { "40 07", "{\"colour\":\"blue\"," },
        { "48 02", "{\"size\":\"large\"," },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

static void numbers_are_cut_to_their_type_as_the_wire_format_has_it(void **state)
{
    static const struct row rows[] = {
        { "18 FF FF FF FF 1F", "{\"small\":-1," },
        { "18 80 80 80 80 10", "{\"small\":0," },
        { "38 02", "{\"flag\":true," },
        { "38 80 80 80 80 10", "{\"flag\":true," },
        { "40 81 80 80 80 10", "{\"colour\":\"red\"," },
        /* Spelled longer than need be. */
        { "18 85 80 80 80 80 80 80 80 80 00", "{\"small\":5," },
        { "98 80 80 80 00 05", "{\"small\":5," },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

static void what_no_json_can_say_becomes_what_no_schema_allows(void **state)
{
    static const struct row rows[] = {
        { "40 00", "{\"colour\":0," },
        { "40 03", "{\"colour\":3," },
        { "40 FF FF FF FF FF FF FF FF FF 01", "{\"colour\":-1," },
        { "48 03", "{\"size\":3," },
        { "31 00 00 00 00 00 00 F8 7F", "{\"number\":null," },
        { "31 00 00 00 00 00 00 F0 FF", "{\"number\":null," },
        { "10 80 B8 FF 90 FD CE 39", "{\"moment\":253402300800000," },
        { "10 FF BF EE 87 D9 EE F1 FF FF 01", "{\"moment\":-62167219200001," },
        { "5A 00", "{\"shape\":{}," },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

static void of_a_field_that_comes_more_than_once_the_last_one_counts(void **state)
{
    static const struct row rows[] = {
        { "0A 01 61 18 01 0A 01 62", "{\"text\":\"b\",\"small\":1," },
        /* What does not count is not looked into. */
        { "0A 01 FF 0A 01 62", "{\"text\":\"b\"," },
    };

    (void)state;
    ASSERT_ROWS(rows);
    assert_json(&everything_proto, "FA 7F 01 61 FA 7F 01 62", NULL,
                "{\"note\":\"b\",\"always\":[]}");
}

static void messages_that_come_more_than_once_are_merged(void **state)
{
    static const struct row rows[] = {
        /* x; nothing; another x and y */
        { "52 09 09 00 00 00 00 00 00 F0 3F 52 00 52 12 09 00 00 00 00 00 00 00 40 "
          "11 00 00 00 00 00 00 08 40",
          "{\"point\":{\"x\":2,\"y\":3}," },
        /* In a child that is itself merged, lists go on. */
        { "7A 03 82 01 00 0A 01 61 7A 04 82 01 01 62",
          "{\"text\":\"a\",\"child\":{\"texts\":[\"\",\"b\"],\"note\":null,\"always\":[]}," },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

static void of_a_union_the_last_arm_counts(void **state)
{
    static const struct row rows[] = {
        { "5A 02 0A 00", "{\"shape\":{\"kind\":\"circle shape\"}," },
        { "5A 02 12 00", "{\"shape\":{\"corners\":[],\"kind\":\"polygon\"}," },
        { "5A 04 12 00 0A 00", "{\"shape\":{\"kind\":\"circle shape\"}," },
        /* The same arm is merged, over several values of the union too. */
        { "5A 0B 0A 09 09 00 00 00 00 00 00 F0 3F 5A 04 0A 02 12 00",
          "{\"shape\":{\"kind\":\"circle shape\",\"radius\":1,\"centre\":{}}," },
        /* Not with what came before another arm. */
        { "5A 0F 0A 09 09 00 00 00 00 00 00 F0 3F 12 00 0A 00",
          "{\"shape\":{\"kind\":\"circle shape\"}," },
        /* A union inside an arm; a list of unions. */
        { "5A 06 12 04 12 02 0A 00",
          "{\"shape\":{\"corners\":[],\"kind\":\"polygon\",\"inside\":{\"kind\":\"circle "
          "shape\"}}," },
        { "CA 01 02 0A 00 CA 01 02 12 00",
          "{\"shapes\":[{\"kind\":\"circle shape\"},{\"corners\":[],\"kind\":\"polygon\"}]," },
    };

    (void)state;
    ASSERT_ROWS(rows);
    assert_json(&shape_proto, "0A 00", NULL, "{\"kind\":\"circle shape\"}");
    assert_json(&shape_proto, "", NULL, "{}");
    assert_json(&shape_proto, "18 01", NULL, "{}");
}

static void repeated_fields_become_arrays(void **state)
{
    static const struct row rows[] = {
        { "82 01 01 61 82 01 00", "{\"texts\":[\"a\",\"\"]," },
        { "8A 01 01 00", "{\"moments\":[\"1970-01-01T00:00:00.000Z\"]," },
        { "92 01 03 01 AC 02", "{\"smalls\":[1,300]," },
        { "90 01 01 90 01 AC 02", "{\"smalls\":[1,300]," },
        { "90 01 01 92 01 02 02 03 0A 00 90 01 04", "{\"text\":\"\",\"smalls\":[1,2,3,4]," },
        { "9A 01 0A FF FF FF FF FF FF FF FF FF 01", "{\"larges\":[-1]," },
        { "A2 01 0A FF FF FF FF FF FF FF FF FF 01", "{\"huges\":[18446744073709551615]," },
        { "AA 01 10 00 00 00 00 00 00 F0 3F 00 00 00 00 00 00 F8 7F A9 01 00 00 00 00 00 00 00 40",
          "{\"numbers\":[1,null,2]," },
        { "B2 01 03 00 01 02", "{\"flags\":[false,true,true]," },
        { "BA 01 04 01 02 07 05", "{\"colours\":[\"red\",\"green\",\"blue\",5]," },
        { "C2 01 00 C2 01 09 09 00 00 00 00 00 00 F0 3F", "{\"points\":[{},{\"x\":1}]," },
        { "D2 01 00 D2 01 07 0A 05 0A 01 61 12 00", "{\"objects\":[{},{\"a\":null}]," },
        { "DA 01 00 DA 01 02 20 01", "{\"anys\":[null,true]," },
        { "E2 01 00 E2 01 02 0A 00", "{\"lists\":[[],[null]]," },
        { "FA FF FF FF 0F 00", "{\"children\":[{\"note\":null,\"always\":[]}]," },
        /* Nothing, packed, is nothing. */
        { "92 01 00", "{" },
        { "92 01 00 90 01 05 92 01 00", "{\"smalls\":[5]," },
    };

    (void)state;
    ASSERT_ROWS(rows);
    assert_json(&everything_proto, "82 80 01 01 05", NULL, "{\"note\":null,\"always\":[5]}");
    assert_json(&everything_proto, "82 80 01 00", NULL, "{\"note\":null,\"always\":[]}");
}

static void unknown_fields_are_passed_over(void **state)
{
    static const struct row rows[] = {
        { "A0 06 96 01 A1 06 01 02 03 04 05 06 07 08 A2 06 02 FF FF A5 06 01 02 03 04 18 05",
          "{\"small\":5," },
        /* The highest number but one, a number reserved for libraries. */
        { "F0 FF FF FF 0F 01 C0 A9 09 01", "{" },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

static void free_form_values_become_json(void **state)
{
    static const struct row rows[] = {
        { "6A 00", "{\"any\":null," },
        { "6A 02 08 00", "{\"any\":null," },
        { "6A 09 11 00 00 00 00 00 00 F8 3F", "{\"any\":1.5," },
        { "6A 09 11 00 00 00 00 00 00 F0 7F", "{\"any\":null," },
        { "6A 03 1A 01 61", "{\"any\":\"a\"," },
        { "6A 02 20 00", "{\"any\":false," },
        { "6A 02 2A 00", "{\"any\":{}," },
        { "6A 02 32 00", "{\"any\":[]," },
        /* The last kind counts; the same one is merged. */
        { "6A 05 20 01 1A 01 61", "{\"any\":\"a\"," },
        { "6A 06 32 02 0A 00 20 01 6A 04 32 02 0A 00", "{\"any\":[null]," },
        { "6A 04 32 02 0A 00 6A 06 32 04 0A 02 20 01", "{\"any\":[null,true]," },
        { "72 04 0A 02 20 01 72 04 0A 02 20 00", "{\"list\":[true,false]," },
        { "62 09 0A 07 0A 01 61 12 02 20 01", "{\"object\":{\"a\":true}," },
        /* The value first; neither; only the one or the other. */
        { "62 09 0A 07 12 02 20 01 0A 01 61", "{\"object\":{\"a\":true}," },
        { "62 02 0A 00", "{\"object\":{\"\":null}," },
        { "62 05 0A 03 0A 01 61", "{\"object\":{\"a\":null}," },
        { "62 06 0A 04 12 02 20 01", "{\"object\":{\"\":true}," },
        /* Of a name that comes twice, the last one, whatever comes between. */
        { "62 19 0A 07 0A 01 61 12 02 20 01 0A 05 0A 01 62 12 00 0A 07 0A 01 61 12 02 20 00",
          "{\"object\":{\"b\":null,\"a\":false}," },
        { "62 07 0A 05 0A 01 61 12 00 62 09 0A 07 0A 01 61 12 02 20 01",
          "{\"object\":{\"a\":true}," },
        /* A name twice in one entry; a value in two parts. */
        { "62 10 0A 0E 0A 01 61 12 02 32 00 0A 01 62 12 02 32 00", "{\"object\":{\"b\":[]}," },
        /* Unknown fields everywhere. */
        { "62 0D 38 01 0A 09 38 01 0A 01 61 12 02 38 01", "{\"object\":{\"a\":null}," },
        { "6A 0A 2A 08 0A 06 12 04 32 02 0A 00", "{\"any\":{\"\":[null]}," },
    };

    (void)state;
    ASSERT_ROWS(rows);
}

/* A list of a free-form object with more names than the first table has room for, each twice. */
static void of_many_names_the_last_of_each_stays(void **state)
{
    enum { NAMES = 3000, ENTRY = 15 };
    size_t length = (size_t)2 * NAMES * ENTRY;
    char *entries = malloc(length + 1);
    struct kh_str bytes;
    struct conversion c;
    struct kh_json in;
    struct kh_json_object object;
    size_t count = 0;

    (void)state;
    assert_non_null(entries);
    for (int i = 0; i < 2 * NAMES; i++) {
        /* objects: one entry, whose name has five digits; its value says whether it is the second. */
        (void)snprintf(entries + (size_t)i * ENTRY, ENTRY + 1,
                       "\x0A\x0D\x0A\x05%05d\x12\x04\x20%c\x38\x01", i % NAMES, i < NAMES ? 0 : 1);
    }
    bytes = padded_text_new((struct kh_str){ entries, length });
    kh_arena_init(&c.arena);
    kh_error_clear(&c.error);
    assert_int_equal(
        kh__free_form_to_json(KH_PROTO_STRUCT, bytes, 2, &c.arena, &c.error, &c.result), KH_OK);
    kh_json_init(&in, c.result, &c.arena, &c.error);
    assert_int_equal(kh_json_object_begin(&in, &object), KH_OK);
    while (kh_json_object_next(&in, &object)) {
        bool value;

        assert_int_equal(kh_json_once_unknown(&in, &object), KH_OK);
        assert_int_equal(kh_json_read_bool(&in, &value), KH_OK);
        assert_true(value);
        count++;
    }
    assert_int_equal(kh_json_object_end(&in, &object, NULL, NULL, NULL, 0), KH_OK);
    assert_int_equal(count, NAMES);
    conversion_end(&c);
    padded_text_free(bytes);
    free(entries);
}

static void a_payload_is_a_message_or_nothing(void **state)
{
    (void)state;
    assert_json(&envelope_proto, "12 01 74 1A 04 18 05 18 06", &everything_proto,
                "{\"type\":\"t\",\"payload\":{\"small\":6,\"note\":null,\"always\":[]}}");
    assert_json(&envelope_proto, "12 01 74 1A 04 18 05 18 06", NULL,
                "{\"type\":\"t\",\"payload\":{}}");
    assert_json(&envelope_proto, "12 01 74", &everything_proto, "{\"type\":\"t\"}");
    assert_json(&envelope_proto, "1A 00", &shape_proto, "{\"payload\":{}}");
    assert_json(&envelope_proto, "1A 02 12 00", &shape_proto,
                "{\"payload\":{\"corners\":[],\"kind\":\"polygon\"}}");
    /* Bytes are not merged. */
    assert_json(&envelope_proto, "1A 02 18 05 1A 02 20 06", &everything_proto,
                "{\"payload\":{\"large\":6,\"note\":null,\"always\":[]}}");
}

struct refused {
    const char *hex;
    enum kh_status status;
    size_t offset;
};

static void what_is_no_message_is_refused_where_it_is_wrong(void **state)
{
    static const struct refused rows[] = {
        /* Tags: number 0, beyond 32 bits, cut, without a value, too long. */
        { "00", KH_NOT_PROTOBUF, 0 },
        { "07 01", KH_NOT_PROTOBUF, 0 },
        { "18 01 02 00", KH_NOT_PROTOBUF, 2 },
        { "80 80 80 80 10 01", KH_NOT_PROTOBUF, 0 },
        { "F8 FF FF FF 1F 01", KH_NOT_PROTOBUF, 0 },
        { "98", KH_NOT_PROTOBUF, 0 },
        { "18", KH_NOT_PROTOBUF, 0 },
        { "98 80 80 80 80 80 80 80 80 80 00 05", KH_NOT_PROTOBUF, 0 },
        /* Groups, and wire types that do not exist. */
        { "A3 06 A4 06", KH_NOT_PROTOBUF, 0 },
        { "A4 06", KH_NOT_PROTOBUF, 0 },
        { "18 01 A6 06 01", KH_NOT_PROTOBUF, 2 },
        { "A7 06 01", KH_NOT_PROTOBUF, 0 },
        /* Numbers longer than 64 bits, and cut. */
        { "18 80 80 80 80 80 80 80 80 80 02", KH_NOT_PROTOBUF, 0 },
        { "18 80 80 80 80 80 80 80 80 80 80 00", KH_NOT_PROTOBUF, 0 },
        { "18 80", KH_NOT_PROTOBUF, 0 },
        { "31 00 00 00 00 00 00 00", KH_NOT_PROTOBUF, 0 },
        { "A5 06 00 00 00", KH_NOT_PROTOBUF, 0 },
        { "92 01 02 01 80", KH_NOT_PROTOBUF, 4 },
        { "92 01 0B 80 80 80 80 80 80 80 80 80 80 00", KH_NOT_PROTOBUF, 3 },
        { "AA 01 07 00 00 00 00 00 00 00", KH_NOT_PROTOBUF, 3 },
        /* Lengths behind the end, of the message and of one in it. */
        { "0A 01", KH_NOT_PROTOBUF, 0 },
        { "0A FF FF FF FF FF FF FF FF FF 01", KH_NOT_PROTOBUF, 0 },
        { "52 02 09 00", KH_NOT_PROTOBUF, 2 },
        { "7A 02 0A 05", KH_NOT_PROTOBUF, 2 },
        { "7A 01 18", KH_NOT_PROTOBUF, 2 },
        { "6A 02 1A 05", KH_NOT_PROTOBUF, 2 },
        { "62 03 0A 01 0A", KH_NOT_PROTOBUF, 4 },
        /* Known fields of another wire type. */
        { "08 01", KH_NOT_PROTOBUF, 0 },
        { "18 01 1A 01 61", KH_NOT_PROTOBUF, 2 },
        { "1D 01 02 03 04", KH_NOT_PROTOBUF, 0 },
        { "30 01", KH_NOT_PROTOBUF, 0 },
        { "35 01 02 03 04", KH_NOT_PROTOBUF, 0 },
        { "50 01", KH_NOT_PROTOBUF, 0 },
        { "60 01", KH_NOT_PROTOBUF, 0 },
        { "80 01 01", KH_NOT_PROTOBUF, 0 },
        { "95 01 01 02 03 04", KH_NOT_PROTOBUF, 0 },
        { "6A 02 10 01", KH_NOT_PROTOBUF, 2 },
        { "72 02 08 01", KH_NOT_PROTOBUF, 2 },
        { "62 04 0A 02 08 01", KH_NOT_PROTOBUF, 4 },
        { "58 01", KH_NOT_PROTOBUF, 0 },
        { "5A 02 08 01", KH_NOT_PROTOBUF, 2 },
        /* Strings that are not UTF-8: overlong, a surrogate, cut, as a name. */
        { "0A 01 FF", KH_NOT_UTF8, 2 },
        { "0A 03 61 C0 80", KH_NOT_UTF8, 3 },
        { "0A 03 ED A0 80", KH_NOT_UTF8, 2 },
        { "0A 02 E2 82 18 01", KH_NOT_UTF8, 2 },
        { "82 01 01 61 82 01 01 80", KH_NOT_UTF8, 7 },
        { "6A 03 1A 01 80", KH_NOT_UTF8, 4 },
        { "62 05 0A 03 0A 01 80", KH_NOT_UTF8, 6 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kh_str bytes = wire_bytes_new(rows[i].hex);
        struct conversion c;

        convert_to_json(&c, &everything_proto, bytes, NULL);
        if (c.status != rows[i].status || c.error.offset != rows[i].offset) {
            fail_msg("%s: %s at %zu (%s)", rows[i].hex, kh_status_name(c.status), c.error.offset,
                     c.error.reason);
        }
        assert_true(strlen(c.error.reason) > 0);
        conversion_end(&c);
        padded_text_free(bytes);
    }
}

static void a_string_is_found_without_the_rest(void **state)
{
    static const struct {
        const char *hex;
        const char *name;
        enum kh_status status;
        const char *found;
    } rows[] = {
        { "", "type", KH_OK, "" },
        { "12 01 74", "type", KH_OK, "t" },
        { "12 01 74 0A 01 69 12 02 75 75", "type", KH_OK, "uu" },
        { "1A 02 FF FF 12 01 74", "type", KH_OK, "t" },
        { "1A 02 FF FF 12 01 74", "id", KH_OK, "" },
        { "12 01 74", "payload", KH_OK, "" },
        { "12 01 74", "other", KH_OK, "" },
        { "10 05", "type", KH_OK, "" },
        { "12 01", "type", KH_NOT_PROTOBUF, "" },
        { "12 01 74 00", "type", KH_NOT_PROTOBUF, "t" },
        { "0B", "type", KH_NOT_PROTOBUF, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kh_str bytes = wire_bytes_new(rows[i].hex);
        struct kh_error error;
        struct kh_str found;

        kh_error_clear(&error);
        assert_int_equal(
            kh_proto_find_string(&envelope_proto, bytes, kh_str_from(rows[i].name), &error, &found),
            rows[i].status);
        assert_int_equal(error.status, rows[i].status);
        assert_true(kh_str_equal(found, kh_str_from(rows[i].found)));
        padded_text_free(bytes);
    }
}

static void text_is_told_from_messages(void **state)
{
    static const struct {
        const char *hex;
        bool is_message;
    } rows[] = {
        { "", true },
        { "0A 01 61", true },
        { "18 05 A5 06 01 02 03 04", true },
        { "7B 7D", false },    /* {} */
        { "5B 31 5D", false }, /* [1] */
        { "20 7B 7D", false }, /* a blank before it */
        { "0A 7B 7D", false }, /* a newline before it */
        { "0A 01 61 03", false },
        { "18", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kh_str bytes = wire_bytes_new(rows[i].hex);

        assert_int_equal(kh_proto_is_message(bytes), rows[i].is_message);
        padded_text_free(bytes);
    }
}

static void the_text_has_padding_and_the_arena_nothing_else(void **state)
{
    struct kh_str bytes = wire_bytes_new("7A 04 82 01 01 62 FA FF FF FF 0F 00");
    struct conversion c;

    (void)state;
    convert_to_json(&c, &everything_proto, bytes, NULL);
    assert_int_equal(c.status, KH_OK);
    for (size_t i = 0; i < KH_PADDING; i++) {
        assert_int_equal(c.result.data[c.result.length + i], 0);
    }
    assert_true(c.arena.at <= c.result.data + c.result.length + KH_PADDING + KH_ARENA_ALIGNMENT);
    conversion_end(&c);
    padded_text_free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_of_each_kind_become_json),
        cmocka_unit_test(numbers_are_cut_to_their_type_as_the_wire_format_has_it),
        cmocka_unit_test(what_no_json_can_say_becomes_what_no_schema_allows),
        cmocka_unit_test(of_a_field_that_comes_more_than_once_the_last_one_counts),
        cmocka_unit_test(messages_that_come_more_than_once_are_merged),
        cmocka_unit_test(of_a_union_the_last_arm_counts),
        cmocka_unit_test(repeated_fields_become_arrays),
        cmocka_unit_test(unknown_fields_are_passed_over),
        cmocka_unit_test(free_form_values_become_json),
        cmocka_unit_test(of_many_names_the_last_of_each_stays),
        cmocka_unit_test(a_payload_is_a_message_or_nothing),
        cmocka_unit_test(what_is_no_message_is_refused_where_it_is_wrong),
        cmocka_unit_test(a_string_is_found_without_the_rest),
        cmocka_unit_test(text_is_told_from_messages),
        cmocka_unit_test(the_text_has_padding_and_the_arena_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
