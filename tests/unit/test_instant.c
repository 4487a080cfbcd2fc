/* Instants: what RFC 3339 allows, the moment it means, and the text it is written back as. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kh/instant.h"

#include "random_bits.h"

/* The text is on the heap with nothing behind it, for the sanitizer. */
static enum kh_status parse(const char *text, size_t length, struct kh_instant *out)
{
    char *copy = malloc(length == 0 ? 1 : length);
    enum kh_status status;

    assert_non_null(copy);
    memcpy(copy, text, length);
    status = kh_instant_parse((struct kh_str){ copy, length }, out);
    free(copy);
    return status;
}

static struct kh_instant instant(const char *text)
{
    struct kh_instant value = { 0 };

    if (parse(text, strlen(text), &value) != KH_OK) {
        fail_msg("%s", text);
    }
    return value;
}

static void valid_texts_mean_their_moment_and_are_written_back(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
        int32_t nanoseconds;
        const char *canonical; /* NULL: the text itself */
    } rows[] = {
        { "1970-01-01T00:00:00Z", 0, 0, NULL },
        { "1963-06-19T08:30:06.283185Z", -206292594, 283185000, NULL },
        { "1963-06-19t08:30:06.283185z", -206292594, 283185000, "1963-06-19T08:30:06.283185Z" },
        { "1963-06-19T08:30:06Z", -206292594, 0, NULL },
        { "1985-04-12T23:20:50.52Z", 482196050, 520000000, NULL },
        { "1937-01-01T12:00:27.87+00:20", -1041337173, 870000000, NULL },
        { "1990-12-31T15:59:50.123-08:00", 662687990, 123000000, NULL },
        { "1990-02-28T15:59:59.123-08:00", 636249599, 123000000, NULL },
        { "1969-12-31T23:59:59.999999999Z", -1, 999999999, NULL },
        { "0000-01-01T00:00:00Z", -62167219200, 0, NULL },
        { "0000-02-29T00:00:00Z", -62162121600, 0, NULL },
        { "0000-01-01T00:00:00+23:59", -62167305540, 0, NULL },
        { "9999-12-31T23:59:59Z", 253402300799, 0, NULL },
        { "9999-12-31T23:59:59.999999999-23:59", 253402387139, 999999999, NULL },
        { "0400-02-29T00:00:00Z", -49539340800, 0, NULL },
        { "2000-02-29T12:00:00Z", 951825600, 0, NULL },
        { "2024-02-29T23:59:59Z", 1709251199, 0, NULL },
        { "2038-01-19T03:14:08Z", 2147483648, 0, NULL },
        { "2024-01-01T00:00:00.000Z", 1704067200, 0, NULL },
        { "2024-01-01T00:00:00.1Z", 1704067200, 100000000, NULL },
        { "2024-01-01T00:00:00.123456789123456789123Z", 1704067200, 123456789,
          "2024-01-01T00:00:00.123456789Z" },
        { "2024-01-01T00:00:00+00:00", 1704067200, 0, "2024-01-01T00:00:00Z" },
        { "2024-01-01T00:00:00-00:00", 1704067200, 0, "2024-01-01T00:00:00Z" },
        { "2024-01-01T00:00:00+05:30", 1704047400, 0, NULL },
        { "2024-01-01T00:00:00-00:01", 1704067260, 0, NULL },
        /* Leap seconds are in the last second of the day, wherever it is written. */
        { "1998-12-31T23:59:60Z", 915148799, 1000000000, NULL },
        { "1998-12-31T23:59:60.123Z", 915148799, 1123000000, NULL },
        { "1998-12-31T15:59:60.123-08:00", 915148799, 1123000000, NULL },
        { "1999-01-01T05:29:60+05:30", 915148799, 1000000000, NULL },
        { "1998-12-31T23:58:60-00:01", 915148799, 1000000000, NULL },
        { "1999-01-01T23:58:60+23:59", 915148799, 1000000000, NULL },
        { "2016-07-04T23:59:60Z", 1467676799, 1000000000, NULL },
        { "9999-12-31T23:59:60.999999999Z", 253402300799, 1999999999, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kh_instant value = instant(rows[i].text);
        const char *canonical = rows[i].canonical == NULL ? rows[i].text : rows[i].canonical;
        char text[KH_INSTANT_TEXT_SIZE];
        size_t length = kh_instant_format(value, text);

        if (value.seconds != rows[i].seconds || value.nanoseconds != rows[i].nanoseconds) {
            fail_msg("%s: %lld, %d", rows[i].text, (long long)value.seconds, value.nanoseconds);
        }
        assert_string_equal(text, canonical);
        assert_int_equal(length, strlen(canonical));
    }
}

static void other_texts_are_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "T",
        "2024",
        "2024-01-01",
        "08:30:06Z",
        "2024-01-01T",
        "2024-01-01T00:00:00",
        "2024-01-01T00:00Z",
        "2024-01-01T00Z",
        "2024-01-01 00:00:00Z",
        "2024-01-01_00:00:00Z",
        "2024-01-01T00:00:00z ",
        " 2024-01-01T00:00:00Z",
        "2024-01-01T00:00:00Z\n",
        "2024-01-01T00:00:00ZZ",
        "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00,5Z",
        "2024-01-01T00:00:00.5",
        "2024-01-01T00:00:00.5.5Z",
        "2024-01-01T00:00:00.-5Z",
        "24-01-01T00:00:00Z",
        "12024-01-01T00:00:00Z",
        "-2024-01-01T00:00:00Z",
        "+2024-01-01T00:00:00Z",
        "2024-1-01T00:00:00Z",
        "2024-01-1T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-01-00T00:00:00Z",
        "2024-01-32T00:00:00Z",
        "2024-04-31T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z",
        "2024-01-01T00:00:61Z",
        "2024-01-01T0:00:00Z",
        "2024-01-01T00:0:00Z",
        "2024-01-01T00:00:0Z",
        "2024-01-01T000000Z",
        "20240101T00:00:00Z",
        "2024-001T00:00:00Z",
        "2024-W01-1T00:00:00Z",
        "2024-01-01T00:00:00+24:00",
        "2024-01-01T00:00:00+00:60",
        "2024-01-01T00:00:00-24:00",
        "2024-01-01T00:00:00+0000",
        "2024-01-01T00:00:00+00",
        "2024-01-01T00:00:00+0:00",
        "2024-01-01T00:00:00 +00:00",
        "2024-01-01T00:00:00+00:00Z",
        "2024-01-01T00:00:00Z+00:00",
        "2024-01-01T00:00:00~00:00",
        "2024-01-01T00:00:00+00-00",
        "2024-01-01T00:00:00\xE2\x88\x92"
        "01:00",
        "1998-12-31T23:58:60Z",
        "1998-12-31T22:59:60Z",
        "1998-12-31T00:00:60Z",
        "1998-12-31T23:59:61Z",
        "1998-12-31T23:59:60+01:00",
        "1998-12-31T23:59:60-08:00",
        "1998-12-31T15:59:60+08:00",
        "1963-06-1\xE0\xA7\xAA"
        "T00:00:00Z",
        "1963-06-11T0\xE0\xA7\xAA:00:00Z",
        "06/19/1963 08:30:06 PST",
    };
    struct kh_instant value;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (parse(texts[i], strlen(texts[i]), &value) != KH_INVALID) {
            fail_msg("%s", texts[i]);
        }
    }
    assert_int_equal(parse("2024-01-01T00:00:00Z\0", 21, &value), KH_INVALID);
}

static void every_beginning_of_a_text_is_refused(void **state)
{
    static const char text[] = "1998-12-31T15:59:60.123-08:00";
    struct kh_instant value;

    (void)state;
    for (size_t length = 0; length < sizeof text - 1; length++) {
        assert_int_equal(parse(text, length, &value), KH_INVALID);
    }
}

static void the_ends_of_every_month_are_the_libcs(void **state)
{
    static const int DAYS[] = { 1, 28, 29, 30, 31 };

    (void)state;
    for (int i = 0; i < 10000 * 12 * 5; i++) {
        int year = i / 60;
        int month = i / 5 % 12 + 1;
        int day = DAYS[i % 5];
        struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };
        int64_t seconds = timegm(&tm);
        struct kh_instant value;
        char text[64];
        char again[KH_INSTANT_TEXT_SIZE];

        snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z", year, month, day);
        if (tm.tm_mday != day) {
            assert_int_equal(kh_instant_parse(kh_str_from(text), &value), KH_INVALID);
            continue;
        }
        assert_int_equal(kh_instant_parse(kh_str_from(text), &value), KH_OK);
        assert_true(value.seconds == seconds);
        (void)kh_instant_format(value, again);
        assert_string_equal(again, text);
    }
}

static void random_instants_round_trip(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        struct kh_instant value = {
            .seconds = (int64_t)(random_u64() % UINT64_C(315569347200)) - 62167132800,
            .offset_minutes = (int16_t)((int)(random_u64() % 2879) - 1439),
            .fraction_digits = (uint8_t)(random_u64() % 10),
        };
        struct kh_instant again = { 0 };
        char text[KH_INSTANT_TEXT_SIZE];
        int32_t grain = 1000000000;

        for (int digit = 0; digit < value.fraction_digits; digit++) {
            grain /= 10;
        }
        value.nanoseconds = (int32_t)(random_u64() % 1000000000) / grain * grain;
        if ((value.seconds + 62167219200) % 86400 == 86399) {
            value.nanoseconds += 1000000000;
        }
        (void)kh_instant_format(value, text);
        assert_int_equal(kh_instant_parse(kh_str_from(text), &again), KH_OK);
        assert_true(again.seconds == value.seconds);
        assert_int_equal(again.nanoseconds, value.nanoseconds);
        assert_int_equal(again.offset_minutes, value.offset_minutes);
        assert_int_equal(again.fraction_digits, value.fraction_digits);
    }
}

static void milliseconds_count_through_1970(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        { 0, "1970-01-01T00:00:00.000Z" },
        { 1, "1970-01-01T00:00:00.001Z" },
        { -1, "1969-12-31T23:59:59.999Z" },
        { -999, "1969-12-31T23:59:59.001Z" },
        { -1000, "1969-12-31T23:59:59.000Z" },
        { -1001, "1969-12-31T23:59:58.999Z" },
        { 1704067200123, "2024-01-01T00:00:00.123Z" },
        { -62167219200000, "0000-01-01T00:00:00.000Z" },
        { 253402300799999, "9999-12-31T23:59:59.999Z" },
    };
    static const int64_t edges[] = { INT64_MIN, INT64_MIN + 1, INT64_MAX, INT64_MAX - 999 };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[KH_INSTANT_TEXT_SIZE];

        (void)kh_instant_format(kh_instant_from_ms(rows[i].ms), text);
        assert_string_equal(text, rows[i].text);
        assert_true(kh_instant_to_ms(instant(rows[i].text)) == rows[i].ms);
    }
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        assert_true(kh_instant_to_ms(kh_instant_from_ms(edges[i])) == edges[i]);
    }
    assert_true(kh_instant_to_ms(instant("1969-12-31T23:59:59.9999Z")) == -1);
    assert_true(kh_instant_to_ms(instant("1970-01-01T02:00:00.0019+01:00")) == 3600001);
}

static void instants_beyond_the_text_become_the_nearest(void **state)
{
    char text[KH_INSTANT_TEXT_SIZE];
    struct kh_instant local = instant("9999-12-31T23:59:59Z");

    (void)state;
    (void)kh_instant_format(kh_instant_from_ms(INT64_MIN), text);
    assert_string_equal(text, "0000-01-01T00:00:00.000Z");
    (void)kh_instant_format(kh_instant_from_ms(-62167219200001), text);
    assert_string_equal(text, "0000-01-01T00:00:00.000Z");
    (void)kh_instant_format(kh_instant_from_ms(253402300800000), text);
    assert_string_equal(text, "9999-12-31T23:59:59.999Z");
    (void)kh_instant_format(kh_instant_from_ms(INT64_MAX), text);
    assert_string_equal(text, "9999-12-31T23:59:59.999Z");
    local.offset_minutes = 60;
    (void)kh_instant_format(local, text);
    assert_string_equal(text, "9999-12-31T23:59:59+01:00");
}

static void order_is_that_of_the_moments(void **state)
{
    static const char *const ascending[] = {
        "0000-01-01T00:00:00Z",      "1969-12-31T23:59:59.999Z",
        "1970-01-01T00:00:00Z",      "1998-12-31T23:59:59.999999999Z",
        "1998-12-31T23:59:60Z",      "1999-01-01T00:59:60.5+01:00",
        "1998-12-31T16:00:00-08:00", "1999-01-01T00:00:00.000000001Z",
        "1999-01-01T09:00:01+09:00", "9999-12-31T23:59:60Z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof ascending / sizeof ascending[0]; i++) {
        for (size_t j = 0; j < sizeof ascending / sizeof ascending[0]; j++) {
            assert_int_equal(kh_instant_compare(instant(ascending[i]), instant(ascending[j])),
                             (i > j) - (i < j));
        }
    }
    assert_int_equal(kh_instant_compare(instant("2024-01-01T00:00:00Z"),
                                        instant("2024-01-01T01:00:00.000+01:00")),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_texts_mean_their_moment_and_are_written_back),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(every_beginning_of_a_text_is_refused),
        cmocka_unit_test(the_ends_of_every_month_are_the_libcs),
        cmocka_unit_test(random_instants_round_trip),
        cmocka_unit_test(milliseconds_count_through_1970),
        cmocka_unit_test(instants_beyond_the_text_become_the_nearest),
        cmocka_unit_test(order_is_that_of_the_moments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
