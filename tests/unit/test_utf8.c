/* UTF-8: what is valid, how far it is, and how many code points there are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "kh/utf8.h"

#include "random_bits.h"

/* On the heap with nothing behind it, so that the sanitizer sees every byte read too many. */
static size_t valid_prefix(const void *bytes, size_t length)
{
    char *copy = malloc(length == 0 ? 1 : length);
    size_t prefix;

    assert_non_null(copy);
    memcpy(copy, bytes, length);
    prefix = kh_utf8_valid_prefix((struct kh_str){ copy, length });
    free(copy);
    return prefix;
}

/* The textbook's encoder; surrogates and numbers beyond U+10FFFF are encoded as well. */
static size_t encode(uint32_t code_point, unsigned char out[4])
{
    if (code_point < 0x80) {
        out[0] = (unsigned char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (unsigned char)(0xC0 | code_point >> 6);
        out[1] = (unsigned char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (unsigned char)(0xE0 | code_point >> 12);
        out[1] = (unsigned char)(0x80 | (code_point >> 6 & 0x3F));
        out[2] = (unsigned char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    out[0] = (unsigned char)(0xF0 | code_point >> 18);
    out[1] = (unsigned char)(0x80 | (code_point >> 12 & 0x3F));
    out[2] = (unsigned char)(0x80 | (code_point >> 6 & 0x3F));
    out[3] = (unsigned char)(0x80 | (code_point & 0x3F));
    return 4;
}

static void every_code_point_is_valid_but_surrogates(void **state)
{
    (void)state;
    for (uint32_t code_point = 0; code_point < 0x1FFFFF; code_point++) {
        unsigned char bytes[4];
        size_t length = encode(code_point, bytes);
        bool valid = code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF);
        struct kh_str text = { (char *)bytes, length };

        if (kh_utf8_valid_prefix(text) != (valid ? length : 0)) {
            fail_msg("U+%04X", code_point);
        }
        if (valid) {
            assert_int_equal(kh_utf8_count(text), 1);
        }
    }
}

static void broken_sequences_are_refused(void **state)
{
    static const char *const texts[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xE0\x80\x80",
        "\xE0\x9F\xBF",
        "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xF8\x88\x80\x80",
        "\xFC\x84\x80\x80",
        "\xFE",
        "\xFF",
        "\xC3(",
        "\xE2\x82(",
        "\xE2(\xA1",
        "\xF0\x90\x8D(",
        "\xF0\x90(\xBC",
        "\xF0(\x8C\xBC",
        "\xC3\xC3",
        "\xE2\x82\xE2",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[40];

        if (valid_prefix(texts[i], strlen(texts[i])) != 0) {
            fail_msg("row %zu", i);
        }
        /* Behind ASCII of every length up to two words, with some more after it. */
        for (size_t before = 0; before <= 17; before++) {
            size_t length = before + strlen(texts[i]);

            memset(text, 'a', sizeof text);
            memcpy(text + before, texts[i], strlen(texts[i]));
            assert_int_equal(valid_prefix(text, length), before);
            assert_int_equal(valid_prefix(text, sizeof text), before);
        }
    }
}

static void a_truncated_sequence_ends_the_valid_part(void **state)
{
    static const char text[] = "12345678\xC3\xA4_\xE2\x82\xAC_\xF0\x9F\x92\xA9_\xF4\x8F\xBF\xBF";
    static const size_t boundaries[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 14, 15, 19, 20, 24 };

    (void)state;
    for (size_t length = 0; length < sizeof text; length++) {
        size_t expected = 0;

        for (size_t i = 0; i < sizeof boundaries / sizeof boundaries[0]; i++) {
            expected = boundaries[i] <= length ? boundaries[i] : expected;
        }
        assert_int_equal(valid_prefix(text, length), expected);
    }
}

static void random_text_is_valid_and_counted(void **state)
{
    enum { CODE_POINTS = 100000 };
    unsigned char *text = malloc(CODE_POINTS * 4);
    size_t length = 0;

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < CODE_POINTS; i++) {
        static const uint32_t LIMITS[] = { 0x80, 0x800, 0x10000, 0x110000 };
        uint32_t code_point = (uint32_t)(random_u64() % LIMITS[random_u64() >> 20 & 3]);

        if (code_point >= 0xD800 && code_point <= 0xDFFF) {
            code_point -= 0x800;
        }
        length += encode(code_point, text + length);
        if (i < 200) {
            struct kh_str beginning = { (char *)text, length };

            assert_true(kh_utf8_is_valid(beginning));
            assert_int_equal(kh_utf8_count(beginning), i + 1);
        }
    }
    assert_int_equal(valid_prefix(text, length), length);
    assert_int_equal(kh_utf8_count((struct kh_str){ (char *)text, length }), CODE_POINTS);
    free(text);
}

/* The definition of RFC 3629 section 4, sequence by sequence. */
static size_t model(const unsigned char *bytes, size_t length)
{
    size_t at = 0;

    while (at < length) {
        unsigned char best = 0;

        for (size_t size = 1; size <= 4 && size <= length - at; size++) {
            uint32_t code_point = size == 1 ? bytes[at] : bytes[at] & (0x7FU >> size);
            unsigned char again[4];

            for (size_t i = 1; i < size; i++) {
                code_point = code_point << 6 | (bytes[at + i] & 0x3FU);
            }
            if (code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF) &&
                encode(code_point, again) == size && memcmp(again, bytes + at, size) == 0) {
                best = (unsigned char)size;
                break;
            }
        }
        if (best == 0) {
            break;
        }
        at += best;
    }
    return at;
}

static void random_bytes_agree_with_the_definition(void **state)
{
    static const unsigned char LIKELY[] = { 0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0,
                                            0xBF, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4 };

    (void)state;
    for (int i = 0; i < 300000; i++) {
        unsigned char bytes[12];
        size_t length = random_u64() % (sizeof bytes + 1);

        for (size_t j = 0; j < length; j++) {
            uint64_t bits = random_u64();

            bytes[j] = bits % 3 == 0 ? (unsigned char)(bits >> 8) : LIKELY[bits >> 8 & 15];
        }
        assert_int_equal(kh_utf8_valid_prefix((struct kh_str){ (char *)bytes, length }),
                         model(bytes, length));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_is_valid_but_surrogates),
        cmocka_unit_test(broken_sequences_are_refused),
        cmocka_unit_test(a_truncated_sequence_ends_the_valid_part),
        cmocka_unit_test(random_text_is_valid_and_counted),
        cmocka_unit_test(random_bytes_agree_with_the_definition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
