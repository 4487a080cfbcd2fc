/*
 * Points in time. The calendar is the proleptic Gregorian one, in plain integer arithmetic: no time
 * zone data, no locale, no libc.
 */
#include "kh/instant.h"

#include "text/rfc3339.h"

#define SECONDS_OF_DAY 86400
#define NANOSECONDS 1000000000

/* The years 0000 to 9999. */
#define FIRST_SECOND (-INT64_C(719528) * SECONDS_OF_DAY)
#define LAST_SECOND (INT64_C(2932897) * SECONDS_OF_DAY - 1)

/*
 * Days since 1970-01-01 and back. Years are counted from 1 March, so that the day which comes and
 * goes is the last one, in cycles of 400 years, which are 146,097 days. All is shifted by one cycle
 * to keep it positive.
 */
#define CYCLE 146097
#define EPOCH (719468 + CYCLE)

static int64_t days_from_date(struct kh__date date)
{
    int month = (date.month + 9) % 12; /* March is 0 */
    int year = date.year + 400 - (month >= 10 ? 1 : 0);
    int day_of_year = (153 * month + 2) / 5 + date.day - 1;

    return (int64_t)year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - EPOCH;
}

static struct kh__date date_from_days(int64_t days)
{
    int64_t shifted = days + EPOCH;
    int64_t cycle = shifted / CYCLE;
    int day = (int)(shifted % CYCLE);
    int year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int day_of_year = day - (365 * year + year / 4 - year / 100);
    int month = (5 * day_of_year + 2) / 153;

    return (struct kh__date){
        .year = (int)(cycle - 1) * 400 + year + (month >= 10 ? 1 : 0),
        .month = (month + 2) % 12 + 1,
        .day = day_of_year - (153 * month + 2) / 5 + 1,
    };
}

static int64_t seconds_of_offset(int16_t minutes)
{
    return INT64_C(60) * minutes;
}

enum kh_status kh_instant_parse(struct kh_str text, struct kh_instant *out)
{
    const char *end = text.data + text.length;
    struct kh__date date;
    struct kh__time time;
    const char *at = kh__read_full_date(text.data, end, &date);
    int second_of_day;
    int leap;

    if (at == NULL || at == end || (*at != 'T' && *at != 't')) {
        return KH_INVALID;
    }
    at = kh__read_full_time(at + 1, end, &time);
    if (at != end) {
        return KH_INVALID;
    }
    leap = time.second == 60 ? 1 : 0;
    second_of_day = time.hour * 3600 + time.minute * 60 + time.second - leap;
    out->seconds = days_from_date(date) * SECONDS_OF_DAY + second_of_day -
                   seconds_of_offset(time.offset_minutes);
    out->nanoseconds = time.nanoseconds + leap * NANOSECONDS;
    out->offset_minutes = time.offset_minutes;
    out->fraction_digits = time.fraction_digits;
    return KH_OK;
}

static char *put_digits(char *at, int digits, int value)
{
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + digits;
}

static char *put_field(char *at, char separator, int value)
{
    *at = separator;
    return put_digits(at + 1, 2, value);
}

/* The instant itself if its local time is in the years 0000 to 9999, or the nearest that is. */
static struct kh_instant to_nearest_with_text(struct kh_instant instant)
{
    int64_t first = FIRST_SECOND - seconds_of_offset(instant.offset_minutes);
    int64_t last = LAST_SECOND - seconds_of_offset(instant.offset_minutes);

    if (instant.seconds < first) {
        instant.seconds = first;
        instant.nanoseconds = 0;
    } else if (instant.seconds > last) {
        instant.seconds = last;
        instant.nanoseconds = NANOSECONDS - 1;
    }
    return instant;
}

size_t kh_instant_format(struct kh_instant instant, char out[KH_INSTANT_TEXT_SIZE])
{
    struct kh_instant nearest = to_nearest_with_text(instant);
    int64_t local = nearest.seconds + seconds_of_offset(nearest.offset_minutes) - FIRST_SECOND;
    int second_of_day = (int)(local % SECONDS_OF_DAY);
    int leap = nearest.nanoseconds / NANOSECONDS;
    struct kh__date date = date_from_days((local - second_of_day + FIRST_SECOND) / SECONDS_OF_DAY);
    char *at = out;

    at = put_digits(at, 4, date.year);
    at = put_field(at, '-', date.month);
    at = put_field(at, '-', date.day);
    at = put_field(at, 'T', second_of_day / 3600);
    at = put_field(at, ':', second_of_day / 60 % 60);
    at = put_field(at, ':', second_of_day % 60 + leap);
    if (nearest.fraction_digits > 0) {
        *at++ = '.';
        (void)put_digits(at, 9, nearest.nanoseconds % NANOSECONDS);
        at += nearest.fraction_digits;
    }
    if (nearest.offset_minutes == 0) {
        *at++ = 'Z';
    } else {
        int offset = nearest.offset_minutes;

        at = put_field(at, offset < 0 ? '-' : '+', (offset < 0 ? -offset : offset) / 60);
        at = put_field(at, ':', (offset < 0 ? -offset : offset) % 60);
    }
    *at = '\0';
    return (size_t)(at - out);
}

int kh_instant_compare(struct kh_instant a, struct kh_instant b)
{
    if (a.seconds != b.seconds) {
        return a.seconds < b.seconds ? -1 : 1;
    }
    return (a.nanoseconds > b.nanoseconds) - (a.nanoseconds < b.nanoseconds);
}

struct kh_instant kh_instant_from_ms(int64_t milliseconds_since_1970)
{
    int64_t seconds = milliseconds_since_1970 / 1000;
    int32_t milliseconds = (int32_t)(milliseconds_since_1970 % 1000);

    /* Division goes towards zero; seconds count from below. */
    if (milliseconds < 0) {
        milliseconds += 1000;
        seconds--;
    }
    return (struct kh_instant){
        .seconds = seconds,
        .nanoseconds = milliseconds * 1000000,
        .fraction_digits = 3,
    };
}

int64_t kh_instant_to_ms(struct kh_instant instant)
{
    /* In this order, because the smallest int64_t's second times 1000 would not fit. */
    if (instant.seconds < 0) {
        return (instant.seconds + 1) * 1000 + instant.nanoseconds / 1000000 - 1000;
    }
    return instant.seconds * 1000 + instant.nanoseconds / 1000000;
}
