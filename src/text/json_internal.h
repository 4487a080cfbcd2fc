/* What the files of the JSON reader share. The hot paths are inline, everything else is not. */
#ifndef KH_TEXT_JSON_INTERNAL_H
#define KH_TEXT_JSON_INTERNAL_H

#include "kh/json.h"
#include "text/utf8_sequence.h"

/* Goes past blanks; the byte there, or 0 at the end of the text. */
char kh__json_byte_after_blanks(struct kh_json *in);

/* The next byte that is not blank, the cursor on it; 0 at the end of the text. */
static inline char kh__json_byte(struct kh_json *in)
{
    if (in->at < in->end && (unsigned char)*in->at > ' ') {
        return *in->at;
    }
    return kh__json_byte_after_blanks(in);
}

static inline bool kh__is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* The cursor is at the beginning of a value that is about to be read. */
static inline void kh__json_begin_value(struct kh_json *in)
{
    in->value = in->at;
    in->wrong_type = false;
}

/* ---- Failures ---- */

/* Records the failure at a place in the text; returns `status`. */
enum kh_status kh__json_fail(struct kh_json *in, enum kh_status status, const char *at,
                             const char *reason) KH_MUST_USE;

/* The byte at the cursor is not what the grammar asks for ("a value", "a comma"). */
enum kh_status kh__json_unexpected(struct kh_json *in, const char *expected) KH_MUST_USE;

enum kh_status kh__json_no_memory(struct kh_json *in) KH_MUST_USE;

/*
 * The value read last can't be had as its C type, or (kh__json_wrong_type) the one at the cursor
 * can't, which is skipped. A violation; when collecting, checks of that value are off after it.
 */
enum kh_status kh__json_refuse_value(struct kh_json *in, const char *keyword,
                                     const char *reason) KH_MUST_USE;
enum kh_status kh__json_wrong_type(struct kh_json *in, const char *reason) KH_MUST_USE;

/* A violation of `required` by the object that begins at `value`. */
enum kh_status kh__json_missing_member(struct kh_json *in, const char *value,
                                       struct kh_str member) KH_MUST_USE;

/* ---- Tokens ---- */

/* What stands between the quotes, checked. */
struct kh__json_string {
    struct kh_str raw;
    bool escaped; /* there is something to unescape */
};

/*
 * The closing quote of the string whose text begins at `at`; or the first thing that is wrong with it,
 * which never is a quote; or `end`. Sets *escaped if there are escapes.
 */
const char *kh__json_string_end(const char *at, const char *end, bool *escaped);

/* Reads the string at the cursor, which is on the quote. */
enum kh_status kh__json_string(struct kh_json *in, struct kh__json_string *out) KH_MUST_USE;

/*
 * The meaning of a checked string, in the arena, with KH_PADDING readable bytes behind it, KH__NAME_SLACK
 * of them set (a slice of the text has them anyway).
 */
enum kh_status kh__json_unescape(struct kh_json *in, struct kh_str raw,
                                 struct kh_str *out) KH_MUST_USE;

/* Both: the string at the cursor, as a slice if it can be one. */
enum kh_status kh__json_text(struct kh_json *in, struct kh_str *out) KH_MUST_USE;

/* Reads the number at the cursor, which is on '-' or a digit; the token is a valid JSON number. */
enum kh_status kh__json_number(struct kh_json *in, struct kh_str *token) KH_MUST_USE;

/* The token of the number that begins at `at` and was read before. */
struct kh_str kh__json_number_token(const struct kh_json *in, const char *at);

/* Goes past the literal (true, false, null) at the cursor. */
enum kh_status kh__json_literal(struct kh_json *in, struct kh_str literal) KH_MUST_USE;

/*
 * The place behind the number that begins at `at`. NULL if the grammar is broken: *wrong is where,
 * either a digit behind a leading 0 or something else than a digit.
 */
const char *kh__json_number_end(const char *at, const char *end, const char **wrong);

/* Goes past the value at the cursor if it is an everyday one; false: nothing has happened. */
bool kh__json_quick_skip(struct kh_json *in);

/* Goes past any value at the cursor, or tells what is wrong with it. */
enum kh_status kh__json_skip_exactly(struct kh_json *in) KH_MUST_USE;

/* Goes past the scalar at the cursor, whose first byte is `first`. */
enum kh_status kh__json_skip_scalar(struct kh_json *in, char first) KH_MUST_USE;

/* Goes past the bracket at the cursor, one level down. */
enum kh_status kh__json_open(struct kh_json *in) KH_MUST_USE;

/* Goes past the colon between a name and its value. */
enum kh_status kh__json_colon(struct kh_json *in) KH_MUST_USE;

/* ---- Names in another spelling ---- */

/* From the value of the member that was named last to that name in the shortest spelling. */
enum kh_status kh__json_begin_detour(struct kh_json *in, struct kh_json_object *object) KH_MUST_USE;

/* Back to the value. */
void kh__json_end_detour(struct kh_json *in);

/* ---- Names seen in one object ---- */

#define KH__NAME_SLACK 8

/* Equal for equal names, and rarely for others. KH__NAME_SLACK bytes behind the name are readable. */
static inline uint64_t kh__json_name_word(struct kh_str name)
{
    uint64_t first = kh__load64(name.data);
    uint64_t last;

    if (name.length < sizeof first) {
        /* Of the slack nothing may count. */
        return (first & ((UINT64_C(1) << name.length * 8) - 1)) | (uint64_t)name.length << 56;
    }
    last = kh__load64(name.data + name.length - sizeof last);
    return first ^ (last << 29 | last >> 35) ^ name.length;
}

/*
 * Adds a name (with KH__NAME_SLACK readable bytes behind it) that stands at `begin` to the set,
 * which is NULL at first; KH_NOT_JSON if it is there already. All memory is the arena's.
 */
enum kh_status kh__json_add_name(struct kh_json *in, struct kh_name_set **set, struct kh_str name,
                                 const char *begin) KH_MUST_USE;

#endif
