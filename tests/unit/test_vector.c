/*
 * Every table of functions that this machine has does what one byte at a time does, and touches
 * nothing beyond the padding: texts end where a page ends that may not be read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "kh/scan.h"
#include "random_bits.h"
#include "text/vector.h"

/* Longer than any step of any table, twice. */
#define LONGEST 200

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Memory of `size` bytes, the byte behind which may not be touched. */
static char *guarded(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t whole = (size + page - 1) / page * page;
    char *memory =
        mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_true(memory != MAP_FAILED);
    assert_int_equal(mprotect(memory + whole, page, PROT_NONE), 0);
    return memory + whole - size;
}

/* Room for texts and results of up to LONGEST bytes; one of `length` ends KH_PADDING before its end. */
struct rooms {
    char *text_end;
    char *other_end;
    char *out_end;
};

static struct rooms rooms;

static int set_up(void **state)
{
    size_t size = LONGEST + KH_PADDING;

    (void)state;
    rooms.text_end = guarded(size) + LONGEST;
    rooms.other_end = guarded(size) + LONGEST;
    rooms.out_end = guarded(size) + LONGEST;
    return 0;
}

static struct kh_str text_of(size_t length)
{
    return (struct kh_str){ rooms.text_end - length, length };
}

static char *bytes_of(struct kh_str text)
{
    return (char *)(uintptr_t)text.data;
}

typedef void check(const struct kh__vector *vector);

/* Runs `check` with every table. */
static void with_all(check *run)
{
    const struct kh__vector *tables[KH__VECTOR_TABLES];
    size_t count = kh__vector_all(tables);

    assert_in_range(count, 1, KH__VECTOR_TABLES);
    assert_string_equal(tables[0]->name, "portable");
    for (size_t i = 0; i < count; i++) {
        run(tables[i]);
    }
}

/* ---- Base64 ---- */

static bool is_of_the_alphabet(char character)
{
    return character != '\0' && strchr(ALPHABET, character) != NULL;
}

/* The characters' bits, one after the other, from the highest bit of the first byte on. */
static size_t base64_model(struct kh_str text, char out[LONGEST])
{
    size_t count = 0;

    memset(out, 0, LONGEST);
    for (; count < text.length && is_of_the_alphabet(text.data[count]); count++) {
        unsigned value = (unsigned)(strchr(ALPHABET, text.data[count]) - ALPHABET);

        for (size_t bit = 0; bit < 6; bit++) {
            size_t place = count * 6 + bit;

            if (value >> (5 - bit) & 1) {
                out[place / 8] = (char)(out[place / 8] | 0x80 >> place % 8);
            }
        }
    }
    return count;
}

static void compare_base64(const struct kh__vector *vector, struct kh_str text)
{
    size_t room = KH_PADDING + text.length / 4 * 3;
    char *out = rooms.out_end + KH_PADDING - room;
    char expected[LONGEST];
    size_t count = base64_model(text, expected);
    size_t size = (count * 6 + 7) / 8;

    memset(out, 0x55, room);
    assert_int_equal(vector->base64(text, out), count);
    /* The byte behind a whole number of groups is cleared as well. */
    assert_memory_equal(out, expected, count % 4 == 0 ? size + 1 : size);
}

static void check_base64_lengths(const struct kh__vector *vector)
{
    for (size_t length = 0; length <= LONGEST; length++) {
        struct kh_str text = text_of(length);

        for (size_t i = 0; i < length; i++) {
            bytes_of(text)[i] = ALPHABET[random_u64() % 64];
        }
        memset(rooms.text_end, 'A', KH_PADDING);
        compare_base64(vector, text);
    }
}

static void base64_of_every_length_is_decoded(void **state)
{
    (void)state;
    with_all(check_base64_lengths);
}

/* Every byte at every place of a step. */
static void check_base64_bytes(const struct kh__vector *vector)
{
    for (size_t place = 0; place < 70; place++) {
        for (int byte = 0; byte < 256; byte++) {
            struct kh_str text = text_of(100);

            memset(bytes_of(text), 'z', text.length);
            bytes_of(text)[place] = (char)byte;
            compare_base64(vector, text);
        }
    }
}

static void base64_ends_at_any_other_character_wherever_it_is(void **state)
{
    (void)state;
    with_all(check_base64_bytes);
}

/* ---- Plain text ---- */

static bool is_plain(char byte)
{
    unsigned char value = (unsigned char)byte;

    return value >= 0x20 && value < 0x80 && byte != '"' && byte != '\\';
}

static size_t plain_model(struct kh_str text)
{
    size_t count = 0;

    while (count < text.length && is_plain(text.data[count])) {
        count++;
    }
    return count;
}

static void plain_text_ends_at_the_first_byte_that_is_not(void **state)
{
    (void)state;
    for (size_t place = 0; place < KH__SCAN_SIZE; place++) {
        for (int byte = 0; byte < 256; byte++) {
            struct kh_str text = text_of(KH__SCAN_SIZE);

            memset(bytes_of(text), '~', text.length);
            bytes_of(text)[place] = (char)byte;
            assert_int_equal(kh__scan_plain(text.data), plain_model(text));
        }
    }
}

/* ---- Equality ---- */

static void texts_are_equal_if_all_their_bytes_are(void **state)
{
    (void)state;
    for (size_t length = 0; length <= LONGEST; length++) {
        struct kh_str text = text_of(length);
        char *other = rooms.other_end - length;

        for (size_t i = 0; i < length; i++) {
            bytes_of(text)[i] = other[i] = (char)(i * 31);
        }
        memset(rooms.text_end, 1, KH_PADDING);
        memset(rooms.other_end, 2, KH_PADDING);
        assert_true(kh__scan_equal(text.data, other, length));
        for (size_t place = 0; place < length; place++) {
            other[place] = (char)(other[place] ^ 0x80);
            assert_false(kh__scan_equal(text.data, other, length));
            other[place] = (char)(other[place] ^ 0x80);
        }
    }
}

/* ---- Copies up to a backslash ---- */

static void the_first_backslash_is_found_while_copying(void **state)
{
    char copy[KH__SCAN_STEP];

    (void)state;
    for (size_t place = 0; place <= KH__SCAN_STEP; place++) {
        struct kh_str text = text_of(KH__SCAN_STEP);

        memset(bytes_of(text), 'x', KH__SCAN_STEP);
        memset(bytes_of(text) + place, '\\', KH__SCAN_STEP - place);
        assert_int_equal(kh__copy_to_backslash(copy, text.data), place);
        assert_memory_equal(copy, text.data, KH__SCAN_STEP);
    }
}

/* ---- Digits ---- */

static void digits_are_counted_and_added_up(void **state)
{
    (void)state;
    for (unsigned count = 0; count <= KH__SCAN_DIGITS; count++) {
        for (int byte = 0; byte < 256; byte++) {
            char digits[KH__SCAN_DIGITS + KH_PADDING];
            uint64_t value = 0;
            bool digit = byte >= '0' && byte <= '9';

            memset(digits, '7', sizeof digits);
            for (unsigned i = 0; i < count; i++) {
                digits[i] = (char)('0' + (i * 3 + (unsigned)byte) % 10);
                value = value * 10 + (unsigned)(digits[i] - '0');
            }
            digits[count] = (char)byte;
            assert_int_equal(kh__scan_digits(digits), digit ? KH__SCAN_DIGITS : count);
            if (count > 0) {
                assert_int_equal(kh__digits_value(digits, count), value);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_of_every_length_is_decoded),
        cmocka_unit_test(base64_ends_at_any_other_character_wherever_it_is),
        cmocka_unit_test(plain_text_ends_at_the_first_byte_that_is_not),
        cmocka_unit_test(texts_are_equal_if_all_their_bytes_are),
        cmocka_unit_test(the_first_backslash_is_found_while_copying),
        cmocka_unit_test(digits_are_counted_and_added_up),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
