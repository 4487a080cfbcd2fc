/*
 * A mailbox of RFC 5321 section 4.1.2, in ASCII, with the lengths of section 4.5.3.1: dot-string or
 * quoted string, then a domain or an address literal. Of literals only IPv4 and IPv6 are known.
 */
#include "kh/format.h"

#include "text/ascii.h"

#define LOCAL_PART_MAX 64
#define DOMAIN_MAX 255
#define LABEL_MAX 63

static bool is_atext(char c)
{
    return kh__is_alpha(c) || kh__is_digit(c) ||
           (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool is_printable(char c)
{
    return c >= ' ' && c <= '~';
}

/* Atoms joined by single dots. Returns the place behind them, NULL if there is none. */
static const char *read_dot_string(const char *at, const char *end)
{
    for (;;) {
        const char *begin = at;

        while (at < end && is_atext(*at)) {
            at++;
        }
        if (at == begin) {
            return NULL;
        }
        if (at == end || *at != '.') {
            return at;
        }
        at++;
    }
}

/* From the first quote to behind the last; NULL if it is broken. */
static const char *read_quoted_string(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++) {
        if (*at == '\\') {
            at++;
        }
        if (at == end || !is_printable(*at)) {
            return NULL;
        }
    }
    return at == end ? NULL : at + 1;
}

static bool is_address_literal(struct kh_str text)
{
    static const char TAG[] = "ipv6:";
    size_t tag = sizeof TAG - 1;
    struct kh_str address;

    if (text.length < 2 || text.data[text.length - 1] != ']') {
        return false;
    }
    address = (struct kh_str){ text.data + 1, text.length - 2 };
    for (size_t i = 0; i < tag; i++) {
        /* Setting the bit makes letters lower-case; it turns nothing else into the tag's bytes. */
        if (i >= address.length ||
            (kh__is_alpha(address.data[i]) ? address.data[i] | 0x20 : address.data[i]) != TAG[i]) {
            return kh_format_is_ipv4(address);
        }
    }
    return kh_format_is_ipv6((struct kh_str){ address.data + tag, address.length - tag });
}

/* Labels of letters, digits and inner hyphens, joined by single dots. */
static bool is_domain(struct kh_str text)
{
    const char *label = text.data;
    const char *end = text.data + text.length;

    if (text.length > DOMAIN_MAX) {
        return false;
    }
    for (;;) {
        const char *at = label;

        while (at < end && (kh__is_alpha(*at) || kh__is_digit(*at) || *at == '-')) {
            at++;
        }
        if (at == label || at - label > LABEL_MAX || *label == '-' || at[-1] == '-') {
            return false;
        }
        if (at == end) {
            return true;
        }
        if (*at != '.') {
            return false;
        }
        label = at + 1;
    }
}

bool kh_format_is_email(struct kh_str text)
{
    const char *at = text.data;
    const char *end = text.data + text.length;
    struct kh_str host;

    if (text.length == 0) {
        return false;
    }
    at = *at == '"' ? read_quoted_string(at, end) : read_dot_string(at, end);
    if (at == NULL || at == end || *at != '@' || at - text.data > LOCAL_PART_MAX) {
        return false;
    }
    host = (struct kh_str){ at + 1, (size_t)(end - at - 1) };
    return host.length > 0 && host.data[0] == '[' ? is_address_literal(host) : is_domain(host);
}
