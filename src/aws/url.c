/*
 * Addresses are compared as numbers, and only those in their plain spelling are taken for addresses:
 * what a resolver might make of 127.1 or 0x7f000001 is nobody's loopback here.
 */
#include "aws/url.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char host_bytes[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
static const char address_bytes[] = "ABCDEFabcdef0123456789:.";
static const char digits[] = "0123456789";

static bool take_scheme(const char **at, bool *in_clear)
{
    *in_clear = strncasecmp(*at, "http://", 7) == 0;
    if (!*in_clear && strncasecmp(*at, "https://", 8) != 0) {
        return false;
    }
    *at += *in_clear ? 7 : 8;
    return true;
}

static bool take_host(const char **at, struct kh_aws_url *out)
{
    bool bracket = **at == '[';
    const char *begin = *at + (bracket ? 1 : 0);
    size_t length = strspn(begin, bracket ? address_bytes : host_bytes);
    struct in6_addr address;

    if (length == 0 || length >= sizeof out->host || (bracket && begin[length] != ']')) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        char c = begin[i];

        out->host[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    out->host[length] = '\0';
    *at = begin + length + (bracket ? 1 : 0);
    return !bracket || inet_pton(AF_INET6, out->host, &address) == 1;
}

/* 0: there is none. */
static bool take_port(const char **at, unsigned *port)
{
    size_t length;

    *port = 0;
    if (**at != ':') {
        return true;
    }
    length = strspn(*at + 1, digits);
    for (size_t i = 1; i <= length && *port <= UINT16_MAX; i++) {
        *port = *port * 10 + (unsigned)((*at)[i] - '0');
    }
    *at += 1 + length;
    return length > 0 && *port > 0 && *port <= UINT16_MAX;
}

static bool path_is_clean(const char *path)
{
    for (const char *at = path; *at != '\0'; at++) {
        if (*at <= ' ' || *at >= 0x7F || *at == '#' || *at == '\\') {
            return false;
        }
    }
    return path[0] == '\0' || path[0] == '/';
}

bool kh_aws_url_parse(const char *text, struct kh_aws_url *out)
{
    const char *at = text;
    char port_text[16] = "";
    unsigned port;
    bool bracket;

    if (!take_scheme(&at, &out->in_clear)) {
        return false;
    }
    bracket = *at == '[';
    if (!take_host(&at, out) || !take_port(&at, &port) || !path_is_clean(at)) {
        return false;
    }
    if (port != 0 && port != (out->in_clear ? 80U : 443U)) {
        (void)snprintf(port_text, sizeof port_text, ":%u", port);
    }
    (void)snprintf(out->authority, sizeof out->authority, "%s%s%s%s", bracket ? "[" : "", out->host,
                   bracket ? "]" : "", port_text);
    out->path = at;
    return true;
}

/* Whether the host is an address in a network. */
static bool is_in_v4(const char *host, uint32_t network, uint32_t mask)
{
    struct in_addr address;

    return inet_pton(AF_INET, host, &address) == 1 && (ntohl(address.s_addr) & mask) == network;
}

static bool is_v6(const char *host, const char *other)
{
    struct in6_addr address;
    struct in6_addr wanted;

    return inet_pton(AF_INET6, host, &address) == 1 && inet_pton(AF_INET6, other, &wanted) == 1 &&
           memcmp(&address, &wanted, sizeof address) == 0;
}

bool kh_aws_url_is_loopback(const struct kh_aws_url *url)
{
    return strcmp(url->host, "localhost") == 0 || is_in_v4(url->host, 0x7F000000, 0xFF000000) ||
           is_v6(url->host, "::1");
}

bool kh_aws_url_is_container_host(const struct kh_aws_url *url)
{
    return kh_aws_url_is_loopback(url) || strcmp(url->host, "169.254.170.2") == 0 ||
           strcmp(url->host, "169.254.170.23") == 0 || is_v6(url->host, "fd00:ec2::23");
}

bool kh_aws_url_is_metadata_host(const struct kh_aws_url *url)
{
    struct in6_addr address;

    if (inet_pton(AF_INET6, url->host, &address) == 1 && IN6_IS_ADDR_LINKLOCAL(&address)) {
        return true;
    }
    return kh_aws_url_is_loopback(url) || is_in_v4(url->host, 0xA9FE0000, 0xFFFF0000) ||
           is_v6(url->host, "fd00:ec2::254");
}
