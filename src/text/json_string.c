/* Strings: found, and checked (UTF-8, escapes, surrogates, control characters). */
#include "text/json_internal.h"

#include "text/json_unescape.h"

/*
 * The first byte from `at` on that is not plain: a quote, a backslash, a control character or the
 * beginning of a character beyond ASCII; `end` if there is none.
 */
static inline const char *scan_plain(const char *at, const char *end)
{
    size_t plain;

    do {
        plain = kh__scan_plain(at);
        at += plain;
    } while (plain == KH__SCAN_SIZE && at < end);
    return at < end ? at : end;
}

/* The place behind the character beyond ASCII at `at`; NULL if it is not UTF-8. */
static inline const char *utf8_end(const char *at, const char *end)
{
    /* Of a character of three bytes: four bits of the first and the highest of the second, which
     * are neither those of a longer spelling of another one nor those of a surrogate. */
    const uint32_t telling = 0x200F;
    uint32_t bytes = (uint32_t)kh__load64(at);
    size_t length;

    if ((bytes & 0xC0E0) == 0x80C0 && (bytes & 0x1E) != 0 && end - at >= 2) {
        return at + 2;
    }
    if ((bytes & 0xC0C0F0) == 0x8080E0 && (bytes & telling) != 0 && (bytes & telling) != 0x200D &&
        end - at >= 3) {
        return at + 3;
    }
    length = kh__utf8_sequence(at, end);

    return length == 0 ? NULL : at + length;
}

const char *kh__json_string_end(const char *at, const char *end, bool *escaped)
{
    for (;;) {
        const char *next = NULL;

        at = scan_plain(at, end);
        if (at == end || *at == '"') {
            return at;
        }
        if (*at == '\\') {
            *escaped = true;
            next = kh__json_escape_end(at, end);
        } else if ((unsigned char)*at >= 0x80) {
            next = utf8_end(at, end);
        }
        if (next == NULL) {
            return at;
        }
        at = next;
    }
}

/* What the wrong escape at `at` lacks. */
static enum kh_status fail_escape(struct kh_json *in, const char *at)
{
    if (in->end - at < 2) {
        return kh__json_fail(in, KH_NOT_JSON, in->end, "the text ends inside a string");
    }
    if (at[1] != 'u') {
        return kh__json_fail(in, KH_NOT_JSON, at, "an escape that JSON does not have");
    }
    if (in->end - at < 6 || kh__json_hex4(at + 2) < 0) {
        return kh__json_fail(in, KH_NOT_JSON, at, "\\u must be followed by four hex digits");
    }
    return kh__json_fail(in, KH_NOT_JSON, at, "an escaped surrogate that has no partner");
}

/* What is wrong with the string at `at`, the place that kh__json_string_end stopped at. */
static KH__COLD enum kh_status fail_string(struct kh_json *in, const char *at)
{
    if (at == in->end) {
        return kh__json_fail(in, KH_NOT_JSON, at, "the text ends inside a string");
    }
    if (*at == '\\') {
        return fail_escape(in, at);
    }
    if ((unsigned char)*at >= 0x80) {
        return kh__json_fail(in, KH_NOT_UTF8, at, "a string holds bytes that are not UTF-8");
    }
    return kh__json_fail(in, KH_NOT_JSON, at, "control characters in strings must be escaped");
}

enum kh_status kh__json_string(struct kh_json *in, struct kh__json_string *out)
{
    const char *begin = in->at + 1;
    const char *end;

    out->escaped = false;
    end = kh__json_string_end(begin, in->end, &out->escaped);
    if (end == in->end || *end != '"') {
        return fail_string(in, end);
    }
    out->raw = (struct kh_str){ begin, (size_t)(end - begin) };
    in->at = end + 1;
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
