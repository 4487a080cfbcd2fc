/* Formats that need no grammar of their own: dates, times, UUIDs. */
#include "kh/format.h"

#include "text/ascii.h"
#include "text/rfc3339.h"

bool kh_format_is_date(struct kh_str text)
{
    const char *end = text.data + text.length;
    struct kh__date date;

    return kh__read_full_date(text.data, end, &date) == end;
}

bool kh_format_is_time(struct kh_str text)
{
    const char *end = text.data + text.length;
    struct kh__time time;

    return kh__read_full_time(text.data, end, &time) == end;
}

/* Any version and variant: the RFC leaves room for others than it defines. */
bool kh_format_is_uuid(struct kh_str text)
{
    if (text.length != 36) {
        return false;
    }
    for (size_t i = 0; i < text.length; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? text.data[i] != '-' : !kh__is_hex_digit(text.data[i])) {
            return false;
        }
    }
    return true;
}
