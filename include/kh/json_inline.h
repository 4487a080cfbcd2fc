/*
 * The quick halves of kh/json.h, inline, so that a generated reader keeps its cursor in a register.
 * Each takes what is compact, plain and well formed, and hands everything else, at the place where it
 * began, to its slow half, which knows all of JSON. Included by kh/json.h only.
 */
#ifndef KH_JSON_INLINE_H
#define KH_JSON_INLINE_H

#include "kh/scan.h"

/* A slow half: kept out of the way of the quick ones. */
#define KH__SLOW __attribute__((noinline))
/* What only a bad text needs. */
#define KH__COLD __attribute__((cold, noinline))

/* ---- Objects ---- */

enum kh_status kh__json_object_begin_slow(struct kh_json *in,
                                          struct kh_json_object *object) KH__SLOW;
enum kh_status kh__json_other_member_slow(struct kh_json *in, struct kh_json_object *object,
                                          bool refuse) KH__SLOW;
enum kh_status kh__json_seen_twice(struct kh_json *in, const char *name) KH__COLD;
/* For up to 64 members, and for more: those behind the one word are found in the masks. */
enum kh_status kh__json_missing_members(struct kh_json *in, struct kh_json_object *object,
                                        uint64_t missing, const struct kh_str *names) KH__COLD;
enum kh_status kh__json_missing_of_many(struct kh_json *in, struct kh_json_object *object,
                                        const uint64_t *seen, const uint64_t *required,
                                        const struct kh_str *names, size_t count) KH__COLD;

KH_MUST_USE static inline enum kh_status kh_json_object_begin(struct kh_json *in,
                                                              struct kh_json_object *object)
{
    const char *at = in->at;

    object->begin = at;
    object->respelled = NULL;
    object->unknown = NULL;
    object->first = true;
    object->wrong_type = false;
    object->status = KH_OK;
    object->separator = '{';
    /* Behind a quote something must stand, so both bytes are before the end. */
    if (KH__LIKELY(in->end - at > 2 && at[0] == '{' && at[1] == '"' &&
                   in->depth < KH_JSON_MAX_DEPTH)) {
        in->depth++;
        return KH_OK;
    }
    return kh__json_object_begin_slow(in, object);
}

static inline bool kh_json_object_more(const struct kh_json *in, struct kh_json_object *object)
{
    object->pass = in->at;
    return *in->at != '}' && !object->wrong_type;
}

/* Bytes from the cursor to the end of the text, or of the detour. */
static inline size_t kh__json_left(const struct kh_json *in, const struct kh_json_object *object)
{
    return (size_t)((in->at == object->respelled ? in->detour_end : in->end) - in->at);
}

static inline bool kh_json_take_member(struct kh_json *in, struct kh_json_object *object,
                                       uint64_t *seen, unsigned member, struct kh_str spelling)
{
    const char *at = in->at + 1;

    /* A long name might end behind the padding. */
    if (spelling.length > KH_PADDING - 1 && kh__json_left(in, object) <= spelling.length) {
        return false;
    }
    /*
     * On a detour the cursor is outside the text, so that this is a large number whichever is above the
     * other, as it should be: no spelling has the byte that ends a detour.
     */
    if (memcmp(at, spelling.data, spelling.length) != 0 || at[-1] != object->separator ||
        (uintptr_t)in->end - (uintptr_t)in->at <= spelling.length) {
        return false;
    }
    if (!KH__LIKELY(!kh_json_seen(seen, member))) {
        object->status = kh__json_seen_twice(in, at);
        return false;
    }
    seen[member / 64] |= KH_SEEN(member);
    object->separator = ',';
    in->at = at + spelling.length;
    return true;
}

KH_MUST_USE static inline enum kh_status kh_json_other_member(struct kh_json *in,
                                                              struct kh_json_object *object)
{
    return KH__LIKELY(*in->at == '}' && in->at < in->end)
               ? object->status
               : kh__json_other_member_slow(in, object, false);
}

KH_MUST_USE static inline enum kh_status kh_json_refuse_other_member(struct kh_json *in,
                                                                     struct kh_json_object *object)
{
    return KH__LIKELY(*in->at == '}' && in->at < in->end)
               ? object->status
               : kh__json_other_member_slow(in, object, true);
}

KH_MUST_USE static inline enum kh_status kh_json_once(struct kh_json *in,
                                                      struct kh_json_object *object, uint64_t *seen,
                                                      unsigned member)
{
    if (kh_json_seen(seen, member)) {
        return kh__json_seen_twice(in, object->name_begin);
    }
    seen[member / 64] |= KH_SEEN(member);
    return KH_OK;
}

KH_MUST_USE static inline enum kh_status kh_json_object_end(
    struct kh_json *in, struct kh_json_object *object, const uint64_t *seen,
    const uint64_t *required, const struct kh_str *names, size_t count)
{
    uint64_t missing = 0;

    KH_TRY(object->status);
    in->value = object->begin;
    in->wrong_type = object->wrong_type;
    if (object->wrong_type) {
        return KH_OK;
    }
    in->at++;
    in->depth--;
    for (size_t word = 0; word < KH_SEEN_WORDS(count); word++) {
        missing |= required[word] & ~seen[word];
    }
    if (KH__LIKELY(missing == 0)) {
        return KH_OK;
    }
    return count <= 64 ? kh__json_missing_members(in, object, missing, names)
                       : kh__json_missing_of_many(in, object, seen, required, names, count);
}

/* ---- Values ---- */

enum kh_status kh__json_read_str_slow(struct kh_json *in, struct kh_str *out) KH__SLOW;
enum kh_status kh__json_read_int32_slow(struct kh_json *in, int32_t *out) KH__SLOW;
enum kh_status kh__json_read_int64_slow(struct kh_json *in, int64_t *out) KH__SLOW;
enum kh_status kh__json_read_uint64_slow(struct kh_json *in, uint64_t *out) KH__SLOW;

/* Goes past a string of plain text that ends within KH__SCAN_SIZE bytes. */
static inline bool kh__json_plain_str(struct kh_json *in, struct kh_str *out)
{
    const char *begin = in->at + 1;
    const char *end;

    if (!KH__LIKELY(*in->at == '"')) {
        return false;
    }
    end = begin + kh__scan_plain(begin);
    if (!KH__LIKELY(end < in->end && *end == '"')) {
        return false;
    }
    in->at = end + 1;
    *out = (struct kh_str){ begin, (size_t)(end - begin) };
    return true;
}

/* The cursor is behind a value that begins at `begin`. */
static inline void kh__json_value_was(struct kh_json *in, const char *begin)
{
    in->value = begin;
    in->wrong_type = false;
}

KH_MUST_USE static inline enum kh_status kh_json_read_str(struct kh_json *in, struct kh_str *out)
{
    const char *begin = in->at;

    if (KH__LIKELY(kh__json_plain_str(in, out))) {
        kh__json_value_was(in, begin);
        return KH_OK;
    }
    return kh__json_read_str_slow(in, out);
}

enum kh_status kh__json_read_decimal_slow(struct kh_json *in, struct kh_decimal *out) KH__SLOW;

/* A decimal of at most 8 characters, without a sign. Reads 8 bytes. */
static inline bool kh__plain_decimal(struct kh_str text, struct kh_decimal *out)
{
    /* Of no length, or a 0 in front of another digit. */
    bool odd =
        text.length - 1 > 7 || (text.data[0] == '0' && text.length > 1 && text.data[1] != '.');
    /* The last character in the highest byte; zeros before the first. */
    uint64_t digits = (kh__load64(text.data) ^ KH__BYTES('0')) << (64 - 8 * text.length) % 64;
    uint64_t point = kh__zero_bytes(digits ^ KH__BYTES('.' ^ '0'));
    unsigned decimals = 0;

    if (point != 0) {
        uint64_t before;

        /* The highest bit of the byte that is the first point, and all bits of those before it. */
        point &= -point;
        before = (point >> 7) - 1;
        decimals = (unsigned)__builtin_clzll(point) / 8;
        /* Closed up from below. */
        digits = (digits & before) << 8 | (digits & ~before & ~(before << 8 | 0xFF));
        odd = odd || decimals == 0 || text.data[0] == '.';
    }
    if (odd || kh__no_digits(digits) != 0) {
        return false;
    }
    *out = (struct kh_decimal){ .coefficient = kh__digits_sum(digits), .scale = (int16_t)decimals };
    return true;
}

KH_MUST_USE static inline enum kh_status kh_json_read_decimal(struct kh_json *in,
                                                              struct kh_decimal *out)
{
    const char *begin = in->at;
    struct kh_str text;

    if (KH__LIKELY(kh__json_plain_str(in, &text) && kh__plain_decimal(text, out))) {
        kh__json_value_was(in, begin);
        return KH_OK;
    }
    in->at = begin;
    return kh__json_read_decimal_slow(in, out);
}

/* A member or item that is an integer of fewer than KH__SCAN_DIGITS digits and nothing else. */
static inline bool kh__json_plain_digits(struct kh_json *in, uint64_t *out)
{
    const char *begin = in->at;
    unsigned count = kh__scan_digits(begin);
    const char *end = begin + count;

    if (!KH__LIKELY((*end == ',' || *end == '}') && end < in->end && count > 0 &&
                    (*begin != '0' || count == 1))) {
        return false;
    }
    kh__json_value_was(in, begin);
    in->at = end;
    *out = kh__digits_value(begin, count);
    return true;
}

KH_MUST_USE static inline enum kh_status kh_json_read_int64(struct kh_json *in, int64_t *out)
{
    uint64_t value;

    if (KH__LIKELY(kh__json_plain_digits(in, &value))) {
        *out = (int64_t)value;
        return KH_OK;
    }
    return kh__json_read_int64_slow(in, out);
}

KH_MUST_USE static inline enum kh_status kh_json_read_uint64(struct kh_json *in, uint64_t *out)
{
    return KH__LIKELY(kh__json_plain_digits(in, out)) ? KH_OK : kh__json_read_uint64_slow(in, out);
}

KH_MUST_USE static inline enum kh_status kh_json_read_int32(struct kh_json *in, int32_t *out)
{
    const char *begin = in->at;
    uint64_t value;

    if (KH__LIKELY(kh__json_plain_digits(in, &value))) {
        if (KH__LIKELY(value <= INT32_MAX)) {
            *out = (int32_t)value;
            return KH_OK;
        }
        in->at = begin;
    }
    return kh__json_read_int32_slow(in, out);
}

#endif
