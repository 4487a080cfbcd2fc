/*
 * Going past a value that is as values mostly are: not deep, its objects of few members. All is
 * checked; but whatever else it meets, or is wrong, it gives up, and kh_json_skip takes the value from
 * its beginning in the way that knows everything.
 */
#include "text/json_internal.h"
#include "text/json_unescape.h"

/* Brackets within each other, and members of an object, at most. */
#define MOST_LEVELS 4
#define MOST_MEMBERS ((size_t)16)
/* Bytes of a name that has escapes. */
#define LONGEST_NAME ((size_t)64)

/* To the next token; mostly it is right here. */
static inline const char *token_at(const char *at, const char *end)
{
    if (KH__LIKELY((unsigned char)*at > ' ')) {
        return at;
    }
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) {
        at++;
    }
    return at;
}

/* ---- Scalars: each returns the place behind what begins at `at`, or NULL to give up --------- */

static KH__SLOW const char *odd_string_end(const char *at, const char *end, bool *escaped)
{
    const char *quote = kh__json_string_end(at + 1, end, escaped);

    return quote < end && *quote == '"' ? quote + 1 : NULL;
}

static inline const char *string_end(const char *at, const char *end, bool *escaped)
{
    const char *quote = at + 1 + kh__scan_plain(at + 1);

    return KH__LIKELY(quote < end && *quote == '"') ? quote + 1 : odd_string_end(at, end, escaped);
}

static inline const char *number_end(const char *at, const char *end)
{
    unsigned digits = kh__scan_digits(at);
    const char *wrong;

    if (digits > 0 && digits < KH__SCAN_DIGITS && *at != '0' &&
        (at[digits] == ',' || at[digits] == '}') && end - at > (ptrdiff_t)digits) {
        return at + digits;
    }
    return kh__json_number_end(at, end, &wrong);
}

static inline const char *literal_end(const char *at, const char *end, struct kh_str literal)
{
    bool is_it =
        (size_t)(end - at) >= literal.length && memcmp(at, literal.data, literal.length) == 0;

    return is_it ? at + literal.length : NULL;
}

static const char *other_scalar_end(const char *at, const char *end)
{
    switch (*at) {
    case 't':
        return literal_end(at, end, KH_STR("true"));
    case 'f':
        return literal_end(at, end, KH_STR("false"));
    case 'n':
        return literal_end(at, end, KH_STR("null"));
    default:
        return number_end(at, end);
    }
}

/* ---- Objects and arrays: the same --------------------------------------------------------- */

static const char *object_end(const char *at, const char *end, int levels);
static const char *array_end(const char *at, const char *end, int levels);

static inline const char *value_end(const char *at, const char *end, int levels)
{
    bool escaped;

    if (at >= end) {
        return NULL;
    }
    if (*at == '"') {
        return string_end(at, end, &escaped);
    }
    if (*at == '{') {
        return levels == 0 ? NULL : object_end(at, end, levels - 1);
    }
    if (*at == '[') {
        return levels == 0 ? NULL : array_end(at, end, levels - 1);
    }
    return other_scalar_end(at, end);
}

/* Whether none of the names seen so far may be this one. */
static inline bool is_new(const uint64_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (words[i] == words[count]) {
            return false;
        }
    }
    return true;
}

/* The word of a name whose spelling has escapes. Such names are never longer than LONGEST_NAME. */
static KH__SLOW uint64_t escaped_name_word(struct kh_str raw)
{
    char name[LONGEST_NAME + KH__UNESCAPE_SLACK];

    return kh__json_name_word(kh__json_unescape_to(name, raw));
}

static const char *object_end(const char *at, const char *end, int levels)
{
    uint64_t words[MOST_MEMBERS];
    size_t count = 0;

    do {
        const char *name = token_at(at + 1, end);
        bool escaped = false;
        struct kh_str raw;

        if (name >= end || *name != '"' || count == MOST_MEMBERS) {
            return NULL;
        }
        at = string_end(name, end, &escaped);
        if (at == NULL) {
            return NULL;
        }
        raw = (struct kh_str){ name + 1, (size_t)(at - name) - 2 };
        if (escaped && raw.length > LONGEST_NAME) {
            return NULL;
        }
        words[count] = KH__LIKELY(!escaped) ? kh__json_name_word(raw) : escaped_name_word(raw);
        if (!is_new(words, count)) {
            return NULL;
        }
        count++;
        at = token_at(at, end);
        if (*at != ':') {
            return NULL;
        }
        at = value_end(token_at(at + 1, end), end, levels);
        if (at == NULL) {
            return NULL;
        }
        at = token_at(at, end);
    } while (*at == ',');
    return *at == '}' ? at + 1 : NULL;
}

static const char *array_end(const char *at, const char *end, int levels)
{
    do {
        at = value_end(token_at(at + 1, end), end, levels);
        if (at == NULL) {
            return NULL;
        }
        at = token_at(at, end);
    } while (*at == ',');
    return *at == ']' ? at + 1 : NULL;
}

bool kh__json_quick_skip(struct kh_json *in)
{
    int levels = KH_JSON_MAX_DEPTH - in->depth;
    const char *end = value_end(in->at, in->end, levels < MOST_LEVELS ? levels : MOST_LEVELS);

    /* Brackets may have been looked at that are behind the end. */
    if (end == NULL || end > in->end) {
        return false;
    }
    in->at = end;
    return true;
}
