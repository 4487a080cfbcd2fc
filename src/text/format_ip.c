/*
 * IP addresses as text. IPv4 is four decimal numbers without leading zeros, which some programs
 * would read as octal. IPv6 has no zone id: that is no part of an address outside its host.
 */
#include "kh/format.h"

#include "text/ascii.h"

/* A number of 0 to 255; NULL if there is none. */
static const char *read_octet(const char *at, const char *end)
{
    const char *begin = at;
    int value = 0;

    while (at < end && kh__is_digit(*at) && at - begin < 3) {
        value = value * 10 + (*at - '0');
        at++;
    }
    if (at == begin || value > 255 || (*begin == '0' && at - begin > 1)) {
        return NULL;
    }
    return at;
}

bool kh_format_is_ipv4(struct kh_str text)
{
    const char *at = text.data;
    const char *end = text.data + text.length;

    for (int octet = 0; octet < 4; octet++) {
        if (octet > 0) {
            if (at == end || *at != '.') {
                return false;
            }
            at++;
        }
        at = read_octet(at, end);
        if (at == NULL) {
            return false;
        }
    }
    return at == end;
}

/* One to four hexadecimal digits; NULL if there are none. */
static const char *read_group(const char *at, const char *end)
{
    const char *begin = at;

    while (at < end && kh__is_hex_digit(*at) && at - begin < 4) {
        at++;
    }
    return at == begin ? NULL : at;
}

bool kh_format_is_ipv6(struct kh_str text)
{
    const char *at = text.data;
    const char *end = text.data + text.length;
    int groups = 0;
    bool compressed = false;

    if (text.length >= 2 && at[0] == ':' && at[1] == ':') {
        compressed = true;
        at += 2;
    }
    /* Each round stands where a group must begin, or at the end behind a "::". */
    while (!(compressed && at == end && at[-1] == ':' && at[-2] == ':')) {
        const char *group = at;

        at = read_group(at, end);
        if (at != NULL && at < end && *at == '.') {
            /* The last two groups may be written as an IPv4 address. */
            groups += 2;
            if (!kh_format_is_ipv4((struct kh_str){ group, (size_t)(end - group) })) {
                return false;
            }
            break;
        }
        groups++;
        if (at == NULL || groups > 8) {
            return false;
        }
        if (at == end) {
            break;
        }
        if (*at != ':') {
            return false;
        }
        at++;
        if (at < end && *at == ':') {
            if (compressed) {
                return false;
            }
            compressed = true;
            at++;
        }
    }
    /* "::" stands for one group of zeros at least. */
    return compressed ? groups <= 7 : groups == 8;
}
