/*
 * Reads RFC 3339's full-date and full-time strictly: every field has its range, days exist in their
 * month, and second 60 is taken only where leap seconds are put: at 23:59 UTC. On which dates they
 * were is not looked up, since the list grows.
 */
#include "text/rfc3339.h"

#include <stdbool.h>
#include <stddef.h>

#include "text/ascii.h"

/* Reads exactly `digits` digits. */
static const char *read_digits(const char *at, const char *end, int digits, int *out)
{
    int value = 0;

    if (end - at < digits) {
        return NULL;
    }
    for (const char *stop = at + digits; at < stop; at++) {
        if (!kh__is_digit(*at)) {
            return NULL;
        }
        value = value * 10 + (*at - '0');
    }
    *out = value;
    return at;
}

/* Reads `separator` and two digits of at most `maximum`. */
static const char *read_field(const char *at, const char *end, char separator, int maximum,
                              int *out)
{
    if (at == end || *at != separator) {
        return NULL;
    }
    at = read_digits(at + 1, end, 2, out);
    return at == NULL || *out > maximum ? NULL : at;
}

static int days_of_month(int year, int month)
{
    static const int DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && leap ? 29 : DAYS[month - 1];
}

const char *kh__read_full_date(const char *at, const char *end, struct kh__date *out)
{
    at = read_digits(at, end, 4, &out->year);
    at = at == NULL ? NULL : read_field(at, end, '-', 12, &out->month);
    at = at == NULL ? NULL : read_field(at, end, '-', 31, &out->day);
    if (at == NULL || out->month < 1 || out->day < 1 ||
        out->day > days_of_month(out->year, out->month)) {
        return NULL;
    }
    return at;
}

/* An optional point and at least one digit. */
static const char *read_fraction(const char *at, const char *end, struct kh__time *out)
{
    int32_t place = 100000000;

    out->nanoseconds = 0;
    out->fraction_digits = 0;
    if (at == end || *at != '.') {
        return at;
    }
    at++;
    if (at == end || !kh__is_digit(*at)) {
        return NULL;
    }
    for (; at < end && kh__is_digit(*at); at++) {
        if (place > 0) {
            out->nanoseconds += (*at - '0') * place;
            out->fraction_digits++;
            place /= 10;
        }
    }
    return at;
}

static const char *read_offset(const char *at, const char *end, int16_t *out)
{
    int hours = 0;
    int minutes = 0;
    bool west;

    if (at == end) {
        return NULL;
    }
    if (*at == 'Z' || *at == 'z') {
        *out = 0;
        return at + 1;
    }
    west = *at == '-';
    at = read_field(at, end, west ? '-' : '+', 23, &hours);
    at = at == NULL ? NULL : read_field(at, end, ':', 59, &minutes);
    *out = (int16_t)((hours * 60 + minutes) * (west ? -1 : 1));
    return at;
}

const char *kh__read_full_time(const char *at, const char *end, struct kh__time *out)
{
    at = read_digits(at, end, 2, &out->hour);
    at = at == NULL || out->hour > 23 ? NULL : read_field(at, end, ':', 59, &out->minute);
    at = at == NULL ? NULL : read_field(at, end, ':', 60, &out->second);
    at = at == NULL ? NULL : read_fraction(at, end, out);
    at = at == NULL ? NULL : read_offset(at, end, &out->offset_minutes);
    if (at != NULL && out->second == 60) {
        int minute = out->hour * 60 + out->minute - out->offset_minutes;

        /* One minute before midnight, a day earlier or later. */
        if ((minute + 1) % 1440 != 0) {
            return NULL;
        }
    }
    return at;
}
