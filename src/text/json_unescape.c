/* Strings with escapes are copied to the arena without them. */
#include "text/json_unescape.h"

#include "text/json_internal.h"

const char kh__json_meanings[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

const unsigned char kh__hex_values[256] = {
    ['0'] = 0x10, ['1'] = 0x11, ['2'] = 0x12, ['3'] = 0x13, ['4'] = 0x14, ['5'] = 0x15,
    ['6'] = 0x16, ['7'] = 0x17, ['8'] = 0x18, ['9'] = 0x19, ['a'] = 0x1A, ['b'] = 0x1B,
    ['c'] = 0x1C, ['d'] = 0x1D, ['e'] = 0x1E, ['f'] = 0x1F, ['A'] = 0x1A, ['B'] = 0x1B,
    ['C'] = 0x1C, ['D'] = 0x1D, ['E'] = 0x1E, ['F'] = 0x1F,
};

/* Writes a code point as UTF-8; returns the place behind it. */
static inline char *put_code_point(char *out, int code_point)
{
    unsigned c = (unsigned)code_point;

    if (c < 0x80) {
        *out++ = (char)c;
        return out;
    }
    if (c < 0x800) {
        *out++ = (char)(0xC0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *out++ = (char)(0xE0 | c >> 12);
        } else {
            *out++ = (char)(0xF0 | c >> 18);
            *out++ = (char)(0x80 | (c >> 12 & 0x3F));
        }
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
    }
    *out++ = (char)(0x80 | (c & 0x3F));
    return out;
}

/* Writes what the (checked) escape at *at means and goes past it. */
static inline char *put_escaped(char *out, const char **at)
{
    const char *begin = *at;
    char meaning = kh__json_meanings[(unsigned char)begin[1]];
    int code_point;

    if (meaning != 0) {
        *out++ = meaning;
        *at = begin + 2;
        return out;
    }
    code_point = kh__json_hex4(begin + 2);
    *at = begin + 6;
    if (code_point >= 0xD800 && code_point <= 0xDBFF) {
        code_point = 0x10000 + (code_point - 0xD800) * 0x400 + kh__json_hex4(begin + 8) - 0xDC00;
        *at = begin + 12;
    }
    return put_code_point(out, code_point);
}

struct kh_str kh__json_unescape_to(char *out, struct kh_str raw)
{
    const char *at = raw.data;
    const char *end = raw.data + raw.length;
    char *to = out;

    while (at < end) {
        size_t plain = kh__copy_to_backslash(to, at);

        plain = plain < (size_t)(end - at) ? plain : (size_t)(end - at);
        at += plain;
        to += plain;
        if (plain < KH__SCAN_STEP && at < end) {
            to = put_escaped(to, &at);
        }
    }
    /* Set, so that reading the slack is defined. */
    memset(to, 0, KH__NAME_SLACK);
    return (struct kh_str){ out, (size_t)(to - out) };
}

enum kh_status kh__json_unescape(struct kh_json *in, struct kh_str raw, struct kh_str *out)
{
    char *copy = kh_arena_alloc(in->arena, raw.length + KH_PADDING);

    if (copy == NULL) {
        return kh__json_no_memory(in);
    }
    *out = kh__json_unescape_to(copy, raw);
    return KH_OK;
}
