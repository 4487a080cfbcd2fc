/*
 * URIs and URI references of RFC 3986, by its grammar alone: nothing is normalised and no scheme
 * has rules of its own. Zone ids (RFC 6874) are refused.
 */
#include "kh/format.h"

#include "text/ascii.h"

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_unreserved_or_sub_delim(char c)
{
    return kh__is_alpha(c) || kh__is_digit(c) || is_one_of(c, "-._~!$&'()*+,;=");
}

/*
 * Goes past everything a component may hold: unreserved characters, percent-encoded bytes, the
 * sub-delimiters and those of `also`.
 */
static const char *skip(const char *at, const char *end, const char *also)
{
    while (at < end) {
        if (*at == '%') {
            if (end - at < 3 || !kh__is_hex_digit(at[1]) || !kh__is_hex_digit(at[2])) {
                return at;
            }
            at += 3;
        } else if (is_unreserved_or_sub_delim(*at) || is_one_of(*at, also)) {
            at++;
        } else {
            return at;
        }
    }
    return at;
}

/* "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) */
static bool is_future_address(struct kh_str text)
{
    const char *at = text.data;
    const char *end = text.data + text.length;
    const char *version = at + 1;

    if (at == end || (*at != 'v' && *at != 'V')) {
        return false;
    }
    for (at = version; at < end && kh__is_hex_digit(*at);) {
        at++;
    }
    if (at == version || end - at < 2 || *at != '.') {
        return false;
    }
    for (at++; at < end; at++) {
        if (!is_unreserved_or_sub_delim(*at) && *at != ':') {
            return false;
        }
    }
    return true;
}

/* [ userinfo "@" ] host [ ":" port ] */
static bool is_authority(const char *at, const char *end)
{
    const char *userinfo_end = skip(at, end, ":");

    if (userinfo_end < end && *userinfo_end == '@') {
        at = userinfo_end + 1;
    }
    if (at < end && *at == '[') {
        const char *close = memchr(at, ']', (size_t)(end - at));
        struct kh_str address;

        if (close == NULL) {
            return false;
        }
        address = (struct kh_str){ at + 1, (size_t)(close - at - 1) };
        if (!kh_format_is_ipv6(address) && !is_future_address(address)) {
            return false;
        }
        at = close + 1;
    } else {
        at = skip(at, end, "");
    }
    if (at < end && *at == ':') {
        at++;
        while (at < end && kh__is_digit(*at)) {
            at++;
        }
    }
    return at == end;
}

/* What follows the scheme: hier-part or relative-part, query, fragment. */
static bool is_rest(const char *at, const char *end)
{
    if (end - at >= 2 && at[0] == '/' && at[1] == '/') {
        const char *authority = at + 2;

        for (at = authority; at < end && !is_one_of(*at, "/?#");) {
            at++;
        }
        if (!is_authority(authority, at)) {
            return false;
        }
    }
    at = skip(at, end, ":@/");
    if (at < end && *at == '?') {
        at = skip(at + 1, end, ":@/?");
    }
    if (at < end && *at == '#') {
        at = skip(at + 1, end, ":@/?");
    }
    return at == end;
}

/* Behind the scheme and its colon, NULL if there is none. */
static const char *skip_scheme(const char *at, const char *end)
{
    if (at == end || !kh__is_alpha(*at)) {
        return NULL;
    }
    while (at < end && (kh__is_alpha(*at) || kh__is_digit(*at) || is_one_of(*at, "+-."))) {
        at++;
    }
    return at < end && *at == ':' ? at + 1 : NULL;
}

bool kh_format_is_uri(struct kh_str text)
{
    const char *end = text.data + text.length;
    const char *rest = skip_scheme(text.data, end);

    return rest != NULL && is_rest(rest, end);
}

bool kh_format_is_uri_reference(struct kh_str text)
{
    const char *end = text.data + text.length;
    const char *at = text.data;

    if (kh_format_is_uri(text)) {
        return true;
    }
    /* Without a scheme no colon may stand in the first segment: it would look like one. */
    while (at < end && !is_one_of(*at, "/?#")) {
        if (*at == ':') {
            return false;
        }
        at++;
    }
    return is_rest(text.data, end);
}
