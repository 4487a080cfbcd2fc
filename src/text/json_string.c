/*
 * Strings: found, checked (UTF-8, escapes, surrogates, control characters) and, only if they have
 * escapes, copied to the arena without them.
 */
#include "text/json_internal.h"

#include "text/vector.h"

/*
 * The first byte from `at` on that is not plain: a quote, a backslash, a control character or the
 * beginning of a character beyond ASCII; `end` if there is none.
 */
static inline const char *scan_plain(const char *at, const char *end)
{
    size_t plain = kh__scan_plain(at);

    if (plain < KH__SCAN_SIZE) {
        return (size_t)(end - at) < plain ? end : at + plain;
    }
    return (size_t)(end - at) <= plain
               ? end
               : at + kh__vector()->plain((struct kh_str){ at, (size_t)(end - at) });
}

/* The value of a hexadecimal digit, or -1. */
static int hex_digit(char byte)
{
    if (kh__is_digit(byte)) {
        return byte - '0';
    }
    if (byte >= 'a' && byte <= 'f') {
        return byte - 'a' + 10;
    }
    if (byte >= 'A' && byte <= 'F') {
        return byte - 'A' + 10;
    }
    return -1;
}

/* The value of the \uXXXX at `at`, or -1 if none is there before `end`. */
static int hex_escape(const char *at, const char *end)
{
    int value = 0;

    if (end - at < 6 || at[0] != '\\' || at[1] != 'u') {
        return -1;
    }
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(at[i]);

        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

static bool is_high_surrogate(int unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low_surrogate(int unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* Goes past the escape at *at, a surrogate pair being one. */
static enum kh_status check_escape(struct kh_json *in, const char **at)
{
    const char *begin = *at;
    int unit;

    if (in->end - begin < 2) {
        return kh__json_fail(in, KH_NOT_JSON, in->end, "the text ends inside a string");
    }
    if (begin[1] != 'u') {
        if (begin[1] == '\0' || strchr("\"\\/bfnrt", begin[1]) == NULL) {
            return kh__json_fail(in, KH_NOT_JSON, begin, "an escape that JSON does not have");
        }
        *at = begin + 2;
        return KH_OK;
    }
    unit = hex_escape(begin, in->end);
    if (unit < 0) {
        return kh__json_fail(in, KH_NOT_JSON, begin, "\\u must be followed by four hex digits");
    }
    *at = begin + 6;
    if (is_high_surrogate(unit) && is_low_surrogate(hex_escape(*at, in->end))) {
        *at += 6;
    } else if (is_high_surrogate(unit) || is_low_surrogate(unit)) {
        return kh__json_fail(in, KH_NOT_JSON, begin, "an escaped surrogate that has no partner");
    }
    return KH_OK;
}

/* Goes past the characters beyond ASCII at *at. */
static enum kh_status check_utf8(struct kh_json *in, const char **at)
{
    while (*at < in->end && (unsigned char)**at >= 0x80) {
        size_t length = kh__utf8_sequence(*at, in->end);

        if (length == 0) {
            return kh__json_fail(in, KH_NOT_UTF8, *at, "a string holds bytes that are not UTF-8");
        }
        *at += length;
    }
    return KH_OK;
}

enum kh_status kh__json_string(struct kh_json *in, struct kh__json_string *out)
{
    const char *begin = in->at + 1;
    const char *at = scan_plain(begin, in->end);

    out->escaped = false;
    while (at < in->end && *at != '"') {
        if (*at == '\\') {
            out->escaped = true;
            KH_TRY(check_escape(in, &at));
        } else if ((unsigned char)*at >= 0x80) {
            KH_TRY(check_utf8(in, &at));
        } else {
            return kh__json_fail(in, KH_NOT_JSON, at,
                                 "control characters in strings must be escaped");
        }
        at = scan_plain(at, in->end);
    }
    if (at == in->end) {
        return kh__json_fail(in, KH_NOT_JSON, at, "the text ends inside a string");
    }
    out->raw = (struct kh_str){ begin, (size_t)(at - begin) };
    in->at = at + 1;
    return KH_OK;
}

/* Writes a code point as UTF-8; returns the place behind it. */
static char *put_code_point(char *out, int code_point)
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
static char *put_escaped(char *out, const char **at, const char *end)
{
    static const char names[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    int code_point;

    if ((*at)[1] != 'u') {
        *out++ = meanings[strchr(names, (*at)[1]) - names];
        *at += 2;
        return out;
    }
    code_point = hex_escape(*at, end);
    *at += 6;
    if (is_high_surrogate(code_point)) {
        code_point = 0x10000 + (code_point - 0xD800) * 0x400 + hex_escape(*at, end) - 0xDC00;
        *at += 6;
    }
    return put_code_point(out, code_point);
}

enum kh_status kh__json_unescape(struct kh_json *in, struct kh_str raw, struct kh_str *out)
{
    const char *at = raw.data;
    const char *end = raw.data + raw.length;
    char *copy = kh_arena_alloc(in->arena, raw.length + KH__NAME_SLACK);
    char *to = copy;

    if (copy == NULL) {
        return kh__json_no_memory(in);
    }
    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((escape != NULL ? escape : end) - at);

        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (escape != NULL) {
            to = put_escaped(to, &at, end);
        }
    }
    /* Never longer than its escaped spelling; the slack is set so that reading it is defined. */
    memset(to, 0, KH__NAME_SLACK);
    *out = (struct kh_str){ copy, (size_t)(to - copy) };
    return KH_OK;
}

enum kh_status kh__json_text(struct kh_json *in, struct kh_str *out)
{
    struct kh__json_string string;

    KH_TRY(kh__json_string(in, &string));
    if (string.escaped) {
        return kh__json_unescape(in, string.raw, out);
    }
    *out = string.raw;
    return KH_OK;
}
