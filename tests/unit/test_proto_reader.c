/* The functions that generated readers of messages are made of. */
#include "wire_bytes.h"

#include <math.h>

#include "json_text.h"
#include "kh/check.h"
#include "kh/proto_reader.h"
#include "random_bits.h"
#include "reader_model.h"
#include "sample_tables.h"

/* A reader at the beginning of a message. */
struct reading {
    struct kh_str bytes;
    struct kh_arena arena;
    struct kh_error scratch;
    struct kh_proto_reader in;
};

static struct kh_proto_reader *begin(struct reading *r, struct kh_str bytes)
{
    r->bytes = bytes;
    kh_arena_init(&r->arena);
    kh_error_clear(&r->scratch);
    kh_proto_reader_init(&r->in, r->bytes, &r->arena, &r->scratch);
    return &r->in;
}

static struct kh_proto_reader *begin_hex(struct reading *r, const char *hex)
{
    return begin(r, wire_bytes_new(hex));
}

static void end(struct reading *r)
{
    kh_arena_clean_up(&r->arena);
    padded_text_free(r->bytes);
}

static bool is_at_end(const struct reading *r)
{
    return r->in.at == r->in.end;
}

static void varints_of_all_lengths_are_read(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits <= 64; bits++) {
        for (int more = -1; more <= 1; more++) {
            uint64_t value = (bits == 64 ? 0 : UINT64_C(1) << bits) + (uint64_t)(int64_t)more;

            /* In as few bytes as it takes, and in more. */
            for (size_t least = 1; least <= 10; least++) {
                char bytes[10];
                size_t length = 0;
                struct reading r;
                uint64_t read;

                for (uint64_t left = value; left > 0 || length < least; left >>= 7) {
                    bytes[length++] = (char)(left | 0x80);
                }
                bytes[length - 1] &= 0x7F;
                for (size_t cut = 0; cut < length; cut++) {
                    struct kh_str part = padded_text_new((struct kh_str){ bytes, cut });

                    assert_int_equal(kh_proto_read_uint64(begin(&r, part), &read), KH_NOT_PROTOBUF);
                    assert_true(r.in.at == (const unsigned char *)part.data);
                    end(&r);
                }
                assert_int_equal(
                    kh_proto_read_uint64(
                        begin(&r, padded_text_new((struct kh_str){ bytes, length })), &read),
                    KH_OK);
                assert_true(read == value && is_at_end(&r));
                end(&r);
            }
        }
    }
}

static void varints_beyond_64_bits_are_refused(void **state)
{
    static const char *const broken[] = { "80 80 80 80 80 80 80 80 80 02",
                                          "FF FF FF FF FF FF FF FF FF 7F",
                                          "80 80 80 80 80 80 80 80 80 80",
                                          "FF FF FF FF FF FF FF FF FF FF 01", "" };

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct reading r;
        struct kh_str text;
        uint64_t value;
        bool flag;

        assert_int_equal(kh_proto_read_uint64(begin_hex(&r, broken[i]), &value), KH_NOT_PROTOBUF);
        assert_int_equal(kh_proto_read_bool(&r.in, &flag), KH_NOT_PROTOBUF);
        assert_int_equal(kh_proto_read_str(&r.in, &text), KH_NOT_PROTOBUF);
        assert_true(r.in.at == (const unsigned char *)r.bytes.data);
        end(&r);
    }
}

static void tags_are_read_whatever_their_length(void **state)
{
    static const struct {
        const char *hex;
        uint32_t tag; /* 0: there is none */
    } rows[] = {
        { "08", KH_PROTO_TAG(1, KH_WIRE_VARINT) },
        { "7D", KH_PROTO_TAG(15, KH_WIRE_FIXED32) },
        { "82 01", KH_PROTO_TAG(16, KH_WIRE_BYTES) },
        { "F9 7F", KH_PROTO_TAG(2047, KH_WIRE_FIXED64) },
        { "80 80 01", KH_PROTO_TAG(2048, KH_WIRE_VARINT) },
        { "FA FF FF FF 0F", KH_PROTO_TAG(536870911, KH_WIRE_BYTES) },
        { "88 00", KH_PROTO_TAG(1, KH_WIRE_VARINT) },
        { "8A 80 80 00", KH_PROTO_TAG(1, KH_WIRE_BYTES) },
        { "0B", KH_PROTO_TAG(1, 3) },
        { "", 0 },
        { "00", 0 },
        { "07", 0 },
        { "80 00", 0 },
        { "87 80 00", 0 },
        { "80", 0 },
        { "FF FF", 0 },
        { "80 80 80 80 10", 0 },
        { "FF FF FF FF FF FF FF FF FF 01", 0 },
        { "80 80 80 80 80 80 80 80 80 80 01", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct reading r;
        uint32_t tag = 0;
        bool found = kh_proto_next(begin_hex(&r, rows[i].hex), &tag);

        assert_int_equal(found, rows[i].tag != 0);
        if (found) {
            assert_int_equal(tag, rows[i].tag);
        }
        assert_int_equal(is_at_end(&r), found || r.bytes.length == 0);
        end(&r);
    }
}

static void a_message_ends_where_it_must_with_all_that_is_required(void **state)
{
    uint64_t seen[2] = { 0, 0 };
    const uint64_t required[2] = { KH_SEEN(3), KH_SEEN(64) };
    struct reading r;
    uint32_t tag;

    (void)state;
    (void)begin_hex(&r, "00");
    assert_int_equal(kh_proto_once(seen, 3), KH_OK);
    assert_int_not_equal(kh_proto_once(seen, 3), KH_OK);
    kh_proto_see(seen, 64);
    kh_proto_see(seen, 64);
    assert_false(kh_proto_next(&r.in, &tag));
    assert_int_not_equal(kh_proto_end(&r.in, seen, required, 65), KH_OK);
    r.in.at++;
    assert_int_equal(kh_proto_end(&r.in, seen, required, 65), KH_OK);
    seen[1] = 0;
    assert_int_not_equal(kh_proto_end(&r.in, seen, required, 65), KH_OK);
    assert_int_equal(kh_proto_end(&r.in, seen, required, 64), KH_OK);
    end(&r);
}

static void unknown_values_are_skipped(void **state)
{
    static const struct {
        const char *hex;
        uint32_t wire;
        bool good;
    } rows[] = {
        { "80 80 01", KH_WIRE_VARINT, true },
        { "01 02 03 04 05 06 07 08", KH_WIRE_FIXED64, true },
        { "02 FF FF", KH_WIRE_BYTES, true },
        { "01 02 03 04", KH_WIRE_FIXED32, true },
        { "80", KH_WIRE_VARINT, false },
        { "01 02 03 04 05 06 07", KH_WIRE_FIXED64, false },
        { "02 FF", KH_WIRE_BYTES, false },
        { "FF FF FF FF FF FF FF FF FF 01", KH_WIRE_BYTES, false },
        { "01 02 03", KH_WIRE_FIXED32, false },
        { "0C", 3, false },
        { "", 4, false },
        { "00", 6, false },
        { "00", 7, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct reading r;

        assert_int_equal(kh_proto_skip(begin_hex(&r, rows[i].hex), KH_PROTO_TAG(9, rows[i].wire)) ==
                             KH_OK,
                         rows[i].good);
        assert_int_equal(is_at_end(&r), rows[i].good || r.bytes.length == 0);
        end(&r);
    }
}

static void strings_are_slices_of_utf8(void **state)
{
    struct reading r;
    struct kh_str text;

    (void)state;
    for (size_t length = 0; length < 40; length++) {
        for (size_t odd = 0; odd <= length; odd++) {
            char bytes[48] = { (char)length };
            struct kh_str padded;

            memset(bytes + 1, 'a', length);
            if (odd < length) {
                bytes[1 + odd] = '\x80';
            }
            padded = padded_text_new((struct kh_str){ bytes, length + 1 });
            /* What is behind it does not matter. */
            memset((char *)(uintptr_t)padded.data + length + 1, '\xFF', KH_PADDING);
            assert_int_equal(kh_proto_read_str(begin(&r, padded), &text),
                             odd < length ? KH_NOT_UTF8 : KH_OK);
            assert_true(text.data == padded.data + 1 && text.length == length);
            end(&r);
        }
    }
    assert_int_equal(kh_proto_read_str(begin_hex(&r, "03 E2 82 AC"), &text), KH_OK);
    end(&r);
    assert_int_equal(kh_proto_read_str(begin_hex(&r, "02 E2 82 AC"), &text), KH_NOT_UTF8);
    end(&r);
    assert_int_equal(kh_proto_read_bytes(begin_hex(&r, "02 FF 00"), &text), KH_OK);
    assert_true(is_at_end(&r) && text.length == 2);
    end(&r);
    assert_int_equal(kh_proto_read_bytes(begin_hex(&r, "03 FF 00"), &text), KH_NOT_PROTOBUF);
    end(&r);
}

static void decimals_are_read_as_from_json(void **state)
{
    static const char *const texts[] = { "0",
                                         "9800.00",
                                         "-0.5",
                                         "12345678",
                                         "123456789.01",
                                         "1234.5678",
                                         "",
                                         ".5",
                                         "5.",
                                         "00",
                                         "1e5",
                                         "1.2.3",
                                         "-",
                                         "1 ",
                                         "0.00",
                                         "99999999999999999999999999999999999999",
                                         "999999999999999999999999999999999999999" };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char bytes[80] = { (char)strlen(texts[i]) };
        char json[80] = "\"";
        struct kh_decimal read = { 0, 0, false };
        struct kh_decimal expected = { 0, 0, false };
        struct json_text t;
        struct reading r;
        enum kh_status status;

        memcpy(bytes + 1, texts[i], strlen(texts[i]));
        memcpy(json + 1, texts[i], strlen(texts[i]));
        json[strlen(texts[i]) + 1] = '"';
        json_text_open(&t, kh_str_from(json));
        status = kh_json_read_decimal(&t.in, &expected);
        (void)begin(&r, padded_text_new((struct kh_str){ bytes, strlen(texts[i]) + 1 }));
        assert_int_equal(kh_proto_read_decimal(&r.in, &read) == KH_OK, status == KH_OK);
        if (status == KH_OK) {
            assert_true(read.coefficient == expected.coefficient);
            assert_int_equal(read.scale, expected.scale);
            assert_int_equal(read.negative, expected.negative);
        }
        end(&r);
        json_text_close(&t);
    }
}

static void numbers_are_those_that_json_has(void **state)
{
    struct kh_instant instant;
    struct reading r;
    int32_t small;
    int64_t large;
    double number;
    int value;
    bool flag;

    (void)state;
    assert_int_equal(kh_proto_read_int32(begin_hex(&r, "FF FF FF FF 1F"), &small), KH_OK);
    assert_int_equal(small, -1);
    end(&r);
    assert_int_equal(kh_proto_read_int64(begin_hex(&r, "FF FF FF FF FF FF FF FF FF 01"), &large),
                     KH_OK);
    assert_true(large == -1);
    end(&r);
    assert_int_equal(kh_proto_read_bool(begin_hex(&r, "80 80 80 80 10"), &flag), KH_OK);
    assert_true(flag);
    end(&r);
    assert_int_equal(kh_proto_read_double(begin_hex(&r, "00 00 00 00 00 00 F8 3F"), &number),
                     KH_OK);
    assert_true(number == 1.5 && is_at_end(&r));
    end(&r);
    assert_int_not_equal(kh_proto_read_double(begin_hex(&r, "00 00 00 00 00 00 F8 7F"), &number),
                         KH_OK);
    end(&r);
    assert_int_not_equal(kh_proto_read_double(begin_hex(&r, "00 00 00 00 00 00 F8"), &number),
                         KH_OK);
    end(&r);
    assert_int_equal(kh_proto_read_instant(begin_hex(&r, "FF B7 FF 90 FD CE 39"), &instant), KH_OK);
    assert_true(kh_instant_to_ms(instant) == INT64_C(253402300799999));
    assert_int_equal(instant.fraction_digits, 3);
    end(&r);
    assert_int_not_equal(kh_proto_read_instant(begin_hex(&r, "80 B8 FF 90 FD CE 39"), &instant),
                         KH_OK);
    end(&r);
    assert_int_equal(kh_proto_read_enum(begin_hex(&r, "07"), &colour_values, &value), KH_OK);
    assert_int_equal(value, 3);
    end(&r);
    assert_int_not_equal(kh_proto_read_enum(begin_hex(&r, "03"), &colour_values, &value), KH_OK);
    end(&r);
    assert_int_equal(kh_proto_read_enum(begin_hex(&r, "02"), &size_values, &value), KH_OK);
    assert_int_equal(value, 2);
    end(&r);
    for (size_t i = 0; i < 3; i++) {
        static const char *const none[] = { "00", "03", "FF FF FF FF FF FF FF FF FF 01" };

        assert_int_not_equal(kh_proto_read_enum(begin_hex(&r, none[i]), &size_values, &value),
                             KH_OK);
        end(&r);
    }
}

static void messages_are_entered_and_left_but_not_too_deep(void **state)
{
    const unsigned char *ends[KH_PROTO_READER_DEPTH];
    const unsigned char *outer_end;
    char bytes[KH_PROTO_READER_DEPTH + 2];
    struct reading r;
    uint64_t value;

    (void)state;
    /* Lengths only: each message begins with the next one. */
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)(sizeof bytes - 1 - i);
    }
    (void)begin(&r, padded_text_new((struct kh_str){ bytes, sizeof bytes }));
    for (size_t i = 0; i < KH_PROTO_READER_DEPTH; i++) {
        assert_int_equal(kh_proto_enter(&r.in, &ends[i]), KH_OK);
    }
    assert_int_equal(kh_proto_enter(&r.in, &outer_end), KH_TOO_DEEP);
    for (size_t i = KH_PROTO_READER_DEPTH; i > 0; i--) {
        kh_proto_leave(&r.in, ends[i - 1]);
    }
    assert_int_equal(r.in.depth, 0);
    assert_true(r.in.end == (const unsigned char *)r.bytes.data + r.bytes.length);
    end(&r);

    /* A value does not go beyond its message. */
    assert_int_equal(kh_proto_enter(begin_hex(&r, "01 80 01 05"), &outer_end), KH_OK);
    assert_int_equal(kh_proto_read_uint64(&r.in, &value), KH_NOT_PROTOBUF);
    end(&r);
    assert_int_equal(kh_proto_enter(begin_hex(&r, "02 05"), &outer_end), KH_NOT_PROTOBUF);
    end(&r);
}

static void items_are_zeroed_and_stay(void **state)
{
    struct item {
        uint64_t number;
        char text[9];
    };
    struct item *items = NULL;
    size_t count = 0;
    size_t capacity = 0;
    struct reading r;

    (void)state;
    (void)begin_hex(&r, "");
    for (size_t i = 0; i < 1000; i++) {
        items = kh_proto_slot(&r.in, items, &count, &capacity, sizeof *items);
        assert_non_null(items);
        assert_int_equal(count, i + 1);
        assert_true(capacity >= count);
        assert_true(items[i].number == 0 && items[i].text[8] == '\0');
        items[i].number = i;
        memset(items[i].text, 'x', sizeof items[i].text);
        /* Something else takes from the arena in between. */
        memset(kh_arena_alloc(&r.arena, 40), 0xFF, 40);
    }
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(items[i].number, i);
    }
    end(&r);
}

static void checks_look_at_the_digits_of_a_number(void **state)
{
    struct reading r;

    (void)state;
    (void)begin_hex(&r, "");
    kh_proto_number_text(&r.in, 0.1);
    assert_int_equal(kh_check_minimum(&r.in.check, "0.1"), KH_OK);
    assert_int_equal(kh_check_maximum(&r.in.check, "0.1"), KH_OK);
    assert_int_equal(kh_check_exclusive_minimum(&r.in.check, "0.1"), KH_INVALID);
    assert_int_equal(kh_check_multiple_of(&r.in.check, "0.01"), KH_OK);
    kh_proto_number_text(&r.in, -1.7976931348623157e308);
    assert_int_equal(kh_check_maximum(&r.in.check, "-1e308"), KH_OK);
    kh_proto_number_text(&r.in, 5e-324);
    assert_int_equal(kh_check_exclusive_minimum(&r.in.check, "0"), KH_OK);
    kh_proto_number_text(&r.in, 1e6);
    assert_int_equal(kh_check_const_number(&r.in.check, "1000000"), KH_OK);
    end(&r);
}

static void free_form_values_are_not_as_deep_as_json_may_be(void **state)
{
    struct reading r;
    struct kh_raw raw;
    char bytes[200];
    size_t depth = 0;
    enum kh_status status;

    (void)state;
    assert_int_equal(kh_proto_read_raw(begin_hex(&r, "04 0A 02 20 01"), KH_PROTO_LIST, &raw),
                     KH_OK);
    assert_str_equal(raw.text, KH_STR("[true]"));
    assert_true(is_at_end(&r));
    end(&r);
    do {
        size_t at = sizeof bytes;

        depth++;
        for (size_t i = 0; i < depth; i++) {
            size_t length = sizeof bytes - at;

            /* A list, in a value. */
            if (i > 0) {
                bytes[at - 1] = (char)length;
                bytes[at - 2] = 0x32;
                bytes[at - 3] = (char)(length + 2);
                bytes[at - 4] = 0x0A;
                at -= 4;
            }
        }
        bytes[at - 1] = (char)(sizeof bytes - at);
        at--;
        (void)begin(&r, padded_text_new((struct kh_str){ bytes + at, sizeof bytes - at }));
        status = kh_proto_read_raw(&r.in, KH_PROTO_LIST, &raw);
        end(&r);
    } while (status == KH_OK);
    assert_int_equal(status, KH_TOO_DEEP);
    /* An envelope may stand around the message, and the message is one level, in a list another. */
    assert_int_equal(depth - 1, KH_PROTO_MAX_DEPTH - 2 * (KH_PROTO_READER_DEPTH + 1) - 2);
}

/* ---- The law: what a reader accepts, the way by JSON accepts with the same value ---- */

static bool assert_law(struct kh_str bytes)
{
    struct kh_json_writer out;
    struct conversion c;
    struct reading r;
    enum kh_status status;

    kh_json_writer_init(&out);
    (void)begin(&r, padded_text_new(bytes));
    status = reader_model_read(&r.in, &everything_proto, &out);
    if (status == KH_OK) {
        convert_to_json(&c, &everything_proto, r.bytes, NULL);
        assert_int_equal(c.status, KH_OK);
        assert_str_equal(kh_json_writer_text(&out), c.result);
        conversion_end(&c);
    }
    kh_json_writer_clean_up(&out);
    end(&r);
    return status == KH_OK;
}

static void what_readers_accept_is_what_the_way_by_json_accepts(void **state)
{
    static const char everyday[] =
        "5A 04 0A 02 12 00 0A 03 61 C3 A4 10 FD D7 E4 CD C3 34 18 FF FF FF FF FF FF FF FF FF 01 28 "
        "05 31 9A 99 99 99 99 99 B9 3F 38 01 40 07 48 02 52 00 62 12 0A 10 0A 01 61 12 0B 2A 09 0A "
        "07 12 02 32 00 0A 01 62 6A 04 1A 02 61 62 72 04 0A 02 20 00 7A 04 7A 02 18 05 82 01 01 61 "
        "92 01 03 01 AC 02 90 01 05 AA 01 08 00 00 00 00 00 00 00 00 B2 01 02 01 00 BA 01 02 01 07 "
        "C2 01 00 DA 01 02 08 00 A5 06 01 02 03 04 FA FF FF FF 0F 06 82 80 01 02 05 06";
    struct kh_str whole = wire_bytes_new(everyday);
    char *bytes = malloc(whole.length);
    size_t accepted = 0;

    (void)state;
    assert_non_null(bytes);
    assert_true(assert_law(whole));
    for (size_t at = 0; at < whole.length; at++) {
        memcpy(bytes, whole.data, whole.length);
        for (unsigned bit = 0; bit < 8; bit++) {
            bytes[at] = (char)((unsigned char)whole.data[at] ^ 1U << bit);
            accepted += assert_law((struct kh_str){ bytes, whole.length }) ? 1 : 0;
        }
    }
    for (int i = 0; i < 10000; i++) {
        size_t length = whole.length;

        memcpy(bytes, whole.data, length);
        for (uint64_t changes = random_u64() % 4 + 1; changes > 0; changes--) {
            size_t at = (size_t)(random_u64() % length);

            bytes[at] = random_u64() % 2 == 0 ? (char)random_u64() : bytes[random_u64() % length];
        }
        length -= random_u64() % 2 == 0 ? (size_t)(random_u64() % length) : 0;
        accepted += assert_law((struct kh_str){ bytes, length }) ? 1 : 0;
    }
    assert_true(accepted > 1000);
    free(bytes);
    padded_text_free(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(varints_of_all_lengths_are_read),
        cmocka_unit_test(varints_beyond_64_bits_are_refused),
        cmocka_unit_test(tags_are_read_whatever_their_length),
        cmocka_unit_test(a_message_ends_where_it_must_with_all_that_is_required),
        cmocka_unit_test(unknown_values_are_skipped),
        cmocka_unit_test(strings_are_slices_of_utf8),
        cmocka_unit_test(decimals_are_read_as_from_json),
        cmocka_unit_test(numbers_are_those_that_json_has),
        cmocka_unit_test(messages_are_entered_and_left_but_not_too_deep),
        cmocka_unit_test(items_are_zeroed_and_stay),
        cmocka_unit_test(checks_look_at_the_digits_of_a_number),
        cmocka_unit_test(free_form_values_are_not_as_deep_as_json_may_be),
        cmocka_unit_test(what_readers_accept_is_what_the_way_by_json_accepts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
