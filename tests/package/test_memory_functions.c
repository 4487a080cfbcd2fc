/*
 * memcpy, memmove and memcmp of the C library that a static executable is linked with, some of which are
 * in package/musl, against loops over single bytes. What they work on ends where a page ends behind
 * which nothing may be touched, or begins where one begins.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "random_bits.h"

#define PAGES 4
#define SHORT_LENGTHS 160
#define ALIGNMENTS 33

/* Lengths at which an implementation may go on in another way. */
static const size_t long_lengths[] = { 255,  256,  257,  1023, 1024, 2015, 2016, 2017, 2046,
                                       2047, 2048, 2049, 2050, 2080, 2081, 4095, 4096, 5000 };

/* Volatile, so that the library's functions are called whatever the compiler knows about them. */
static void *(*volatile copy)(void *, const void *, size_t) = memcpy;
static void *(*volatile move)(void *, const void *, size_t) = memmove;
static int (*volatile compare)(const void *, const void *, size_t) = memcmp;

/* Memory between two pages that can't be touched. */
struct fenced {
    unsigned char *begin;
    unsigned char *end;
};

static struct fenced left;
static struct fenced right;
static unsigned char *expected;

static struct fenced fence(void)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *all =
        mmap(NULL, (PAGES + 2) * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_ptr_not_equal(all, MAP_FAILED);
    assert_int_equal(mprotect(all, page, PROT_NONE), 0);
    assert_int_equal(mprotect(all + (PAGES + 1) * page, page, PROT_NONE), 0);
    return (struct fenced){ all + page, all + (PAGES + 1) * page };
}

static void fill(unsigned char *at, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        at[i] = (unsigned char)random_u64();
    }
}

static int set_up(void **state)
{
    (void)state;
    left = fence();
    right = fence();
    expected = malloc((size_t)(left.end - left.begin));
    return expected == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(expected);
    return 0;
}

static void copy_bytes(unsigned char *to, const unsigned char *from, size_t length)
{
    for (volatile size_t i = 0; i < length; i++) {
        to[i] = from[i];
    }
}

static void check_equal(const unsigned char *got, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (got[i] != expected[i]) {
            fail_msg("of %zu bytes, number %zu is %u instead of %u", length, i, got[i],
                     expected[i]);
        }
    }
}

static void for_each_length(void (*check)(size_t length))
{
    for (size_t length = 0; length <= SHORT_LENGTHS; length++) {
        check(length);
    }
    for (size_t i = 0; i < sizeof long_lengths / sizeof long_lengths[0]; i++) {
        check(long_lengths[i]);
    }
}

/* ---- Copies ------------------------------------------------------------------------------- */

/* Copies between two places, and looks at the bytes around the target too. */
static void check_one_copy(unsigned char *to, const unsigned char *from, size_t length)
{
    const size_t ahead = (size_t)(to - left.begin);
    const size_t behind = (size_t)(left.end - to) - length;
    const size_t before = ahead > 64 ? 64 : ahead;
    const size_t after = behind > 64 ? 64 : behind;
    unsigned char *seen = to - before;

    fill(seen, before + length + after);
    copy_bytes(expected, seen, before + length + after);
    copy_bytes(expected + before, from, length);
    assert_ptr_equal(copy(to, from, length), to);
    check_equal(seen, before + length + after);
}

static void check_copies(size_t length)
{
    fill(right.begin, (size_t)(right.end - right.begin));
    for (size_t to = 0; to < ALIGNMENTS; to++) {
        for (size_t from = 0; from < ALIGNMENTS; from += to % 3 + 1) {
            check_one_copy(left.begin + to, right.end - length - from, length);
            check_one_copy(left.end - length - to, right.begin + from, length);
        }
    }
}

static void copies_are_exact_and_touch_nothing_else(void **state)
{
    (void)state;
    for_each_length(check_copies);
}

/* ---- Overlapping memory ------------------------------------------------------------------- */

static void check_one_move(unsigned char *begin, size_t to, size_t from, size_t length)
{
    const size_t all = (to > from ? to : from) + length;

    fill(begin, all);
    copy_bytes(right.begin, begin, all);
    copy_bytes(expected, begin, all);
    copy_bytes(expected + to, right.begin + from, length);
    assert_ptr_equal(move(begin + to, begin + from, length), begin + to);
    check_equal(begin, all);
}

static void check_moves(size_t length)
{
    static const size_t distances[] = {
        0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 100, 1000
    };

    for (size_t i = 0; i < sizeof distances / sizeof distances[0]; i++) {
        for (size_t at = 0; at < 17; at++) {
            const size_t distance = distances[i];
            const size_t last = (size_t)(left.end - left.begin) - length - distance - at;

            check_one_move(left.begin + at, distance, 0, length);
            check_one_move(left.begin + at, 0, distance, length);
            check_one_move(left.begin + last, distance, 0, length);
            check_one_move(left.begin + last, 0, distance, length);
        }
    }
}

static void moves_take_overlaps_either_way(void **state)
{
    (void)state;
    for_each_length(check_moves);
}

/* ---- Comparisons -------------------------------------------------------------------------- */

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static int order(const unsigned char *a, const unsigned char *b, size_t length)
{
    for (volatile size_t i = 0; i < length; i++) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return 0;
}

/* Equal but for two bytes, of which the first decides; they differ in the highest bit too. */
static void check_one_comparison(unsigned char *a, unsigned char *b, size_t length)
{
    fill(a, length);
    copy_bytes(b, a, length);
    assert_int_equal(compare(a, b, length), 0);
    for (size_t tries = 0; length > 0 && tries < 4; tries++) {
        const size_t first = random_u64() % length;
        const size_t second = first + random_u64() % (length - first);
        const unsigned char kept[2] = { b[first], b[second] };

        b[second] ^= (unsigned char)(1 + random_u64() % 255);
        b[first] = (unsigned char)(a[first] ^ (1U << random_u64() % 8));
        assert_int_equal(sign(compare(a, b, length)), order(a, b, length));
        assert_int_equal(sign(compare(b, a, length)), order(b, a, length));
        b[second] = kept[1];
        b[first] = kept[0];
    }
}

static void check_comparisons(size_t length)
{
    for (size_t a = 0; a < ALIGNMENTS; a++) {
        for (size_t b = 0; b < ALIGNMENTS; b += a % 3 + 1) {
            check_one_comparison(left.end - length - a, right.begin + b, length);
            check_one_comparison(left.begin + a, right.end - length - b, length);
        }
    }
}

static void comparisons_go_by_the_first_byte_that_differs(void **state)
{
    (void)state;
    for_each_length(check_comparisons);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_are_exact_and_touch_nothing_else),
        cmocka_unit_test(moves_take_overlaps_either_way),
        cmocka_unit_test(comparisons_go_by_the_first_byte_that_differs),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
