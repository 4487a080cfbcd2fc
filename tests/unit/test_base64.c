/* Base64: the RFC's vectors, round trips, and nothing but the canonical spelling accepted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "kh/base64.h"

#include "random_bits.h"

static const char CHARACTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/*
 * Text and result are on the heap with no more than the padding behind them, for the sanitizer. The
 * padding looks like base64.
 */
static enum kh_status decode(const char *text, size_t length, char *out, size_t *out_length)
{
    char *in = malloc(length + KH_PADDING);
    size_t room = KH_BASE64_DECODED_SIZE(length);
    char *result = malloc(room + KH_PADDING);
    enum kh_status status;

    assert_non_null(in);
    assert_non_null(result);
    memcpy(in, text, length);
    memset(in + length, 'A', KH_PADDING);
    status = kh_base64_decode((struct kh_str){ in, length }, result, out_length);
    if (status == KH_OK) {
        assert_true(*out_length <= room);
        memcpy(out, result, *out_length);
    }
    free(in);
    free(result);
    return status;
}

/* What RFC 4648 says, a character at a time. */
static bool model(const char *text, size_t length, char *out, size_t *out_length)
{
    size_t characters = length;
    uint32_t bits = 0;
    unsigned held = 0;

    *out_length = 0;
    if (length % 4 != 0) {
        return false;
    }
    for (int padding = 0; padding < 2 && characters > 0 && text[characters - 1] == '='; padding++) {
        characters--;
    }
    for (size_t i = 0; i < characters; i++) {
        const char *at = text[i] == '\0' ? NULL : strchr(CHARACTERS, text[i]);

        if (at == NULL) {
            return false;
        }
        bits = (bits << 6 | (uint32_t)(at - CHARACTERS)) & 0xFFFF;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[(*out_length)++] = (char)(bits >> held & 0xFF);
        }
    }
    return (bits & ((1U << held) - 1)) == 0;
}

static void assert_as_the_model(const char *text, size_t length)
{
    char expected[256];
    char result[256];
    size_t expected_length;
    size_t result_length;
    bool valid = model(text, length, expected, &expected_length);

    assert_int_equal(decode(text, length, result, &result_length), valid ? KH_OK : KH_NOT_BASE64);
    if (valid) {
        assert_int_equal(result_length, expected_length);
        assert_memory_equal(result, expected, expected_length);
    }
}

static void vectors_of_rfc_4648(void **state)
{
    static const char *const rows[][2] = {
        { "", "" },
        { "f", "Zg==" },
        { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" },
        { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[16];
        size_t length = kh_base64_encode(kh_str_from(rows[i][0]), out);

        assert_int_equal(length, strlen(rows[i][1]));
        assert_memory_equal(out, rows[i][1], length);
        assert_int_equal(decode(rows[i][1], length, out, &length), KH_OK);
        assert_int_equal(length, strlen(rows[i][0]));
        assert_memory_equal(out, rows[i][0], length);
    }
}

static void every_length_round_trips(void **state)
{
    (void)state;
    for (size_t length = 0; length <= 100; length++) {
        for (int round = 0; round < 50; round++) {
            char bytes[100];
            char back[100];
            char *text = malloc(KH_BASE64_ENCODED_SIZE(length) + 1);
            size_t text_length;
            size_t back_length;

            assert_non_null(text);
            for (size_t i = 0; i < length; i++) {
                bytes[i] = (char)(random_u64() & 0xFF);
            }
            text_length = kh_base64_encode((struct kh_str){ bytes, length }, text);
            assert_int_equal(text_length, KH_BASE64_ENCODED_SIZE(length));
            assert_int_equal(decode(text, text_length, back, &back_length), KH_OK);
            assert_int_equal(back_length, length);
            assert_memory_equal(back, bytes, length);
            free(text);
        }
    }
}

static void every_byte_at_every_place_is_judged_as_the_rfc_does(void **state)
{
    (void)state;
    for (size_t length = 4; length <= 44; length += 4) {
        for (size_t padding = 0; padding <= 2; padding++) {
            char text[44];

            for (size_t i = 0; i < length; i++) {
                text[i] = CHARACTERS[random_u64() % 64];
            }
            memset(text + length - padding, '=', padding);
            for (size_t place = 0; place < length; place++) {
                char good = text[place];

                for (int byte = 0; byte < 256; byte++) {
                    text[place] = (char)byte;
                    assert_as_the_model(text, length);
                }
                text[place] = good;
            }
        }
    }
}

static void wrong_lengths_padding_and_stray_bits_are_refused(void **state)
{
    static const char *const texts[] = {
        "Z",        "Zg",         "Zg=",    "Zg===",         "Zm9vZ",        "Zm9vZg",
        "Zm9vZg=",  "=",          "==",     "===",           "====",         "Z===",
        "Zg==Zg==", "Zm8=Zm9v",   "Zh==",   "Zm9=",          "Zm9vZh==",     "Zg=A",
        "Zg= ",     " Zg==",      "Zg==\n", "Zm9v\nZm9vYmF", "Zm9v Zm9vYmF", "Zm9-",
        "Zm9_",     "Z\xC3\xA4v",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char out[32];
        size_t length;

        if (decode(texts[i], strlen(texts[i]), out, &length) != KH_NOT_BASE64) {
            fail_msg("%s", texts[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_rfc_4648),
        cmocka_unit_test(every_length_round_trips),
        cmocka_unit_test(every_byte_at_every_place_is_judged_as_the_rfc_does),
        cmocka_unit_test(wrong_lengths_padding_and_stray_bits_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
