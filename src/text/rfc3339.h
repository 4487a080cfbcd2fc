/* The parts of RFC 3339 section 5.6 that dates, times and instants share. */
#ifndef KH_TEXT_RFC3339_H
#define KH_TEXT_RFC3339_H

#include <stdint.h>

struct kh__date {
    int year; /* 0..9999 */
    int month;
    int day;
};

struct kh__time {
    int hour;
    int minute;
    int second; /* 60 only in the last minute of a UTC day */
    int32_t nanoseconds;
    uint8_t fraction_digits; /* 0..9; further ones are cut off */
    int16_t offset_minutes;
};

/* Both read from `at` and return the place behind what they read, or NULL if it is none. */
const char *kh__read_full_date(const char *at, const char *end, struct kh__date *out);
const char *kh__read_full_time(const char *at, const char *end, struct kh__time *out);

#endif
