/*
 * Reading messages of Protocol Buffers straight into structs, for the readers that are generated of
 * types with field numbers:
 *
 *     enum kh_status T_read_proto(struct kh_proto_reader *in, T *out)
 *     {
 *         uint64_t seen[KH_SEEN_WORDS(MEMBERS)] = { 0 };
 *
 *         kh_clear(out, sizeof *out);
 *         while (in->at < in->end) {
 *             const unsigned char *pass = in->at;
 *
 *             if (kh_proto_take(in, KH_PROTO_TAG(1, KH_WIRE_BYTES))) {
 *                 KH_TRY(kh_proto_once(seen, MEMBER_ID));
 *                 KH_TRY(kh_proto_read_str(in, &out->id));
 *             }
 *             ...
 *             if (in->at == pass) {
 *                 uint32_t tag;
 *
 *                 if (!kh_proto_next(in, &tag) || the field is one of those above) {
 *                     return KH_NOT_PROTOBUF;
 *                 }
 *                 KH_TRY(kh_proto_skip(in, tag));
 *             }
 *         }
 *         return kh_proto_end(in, seen, required, MEMBERS);
 *     }
 *
 * Producers write fields in the order of their numbers, so that one pass takes them all; in another order it takes
 * more passes. A comparison whose outcome is known beforehand costs less than a jump by a table.
 *
 * For everyday messages only. A status other than KH_OK says no more than that it was not one: nothing
 * is recorded anywhere, and kh_proto_to_json (kh/proto.h) has the last word. What these functions
 * accept, that way accepts as well, with the same values; they refuse more: a singular field that comes
 * twice, a number of no enum value, messages deeper than KH_PROTO_READER_DEPTH.
 *
 * Strings are slices of the message. The bytes must have KH_PADDING readable ones behind them.
 */
#ifndef KH_PROTO_READER_H
#define KH_PROTO_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/arena.h"
#include "kh/decimal.h"
#include "kh/error.h"
#include "kh/instant.h"
#include "kh/json.h"
#include "kh/proto.h"
#include "kh/status.h"
#include "kh/str.h"

/* How a field's value stands in the bytes. Groups (3 and 4) are not of proto3. */
enum kh_wire { KH_WIRE_VARINT = 0, KH_WIRE_FIXED64 = 1, KH_WIRE_BYTES = 2, KH_WIRE_FIXED32 = 5 };

/* What stands before a value. */
#define KH_PROTO_TAG(number, wire) ((uint32_t)(number) << 3 | (wire))

/*
 * Messages inside the one that is read first. JSON of that, each of them in an array and all of them in
 * an envelope of the same depth, is less deep than JSON may be.
 */
#define KH_PROTO_READER_DEPTH 15

/* Longest text of a double, with NUL. */
#define KH_PROTO_DIGITS 32

struct kh_proto_reader {
    const unsigned char *at;  /* next byte to read */
    const unsigned char *end; /* behind the last byte of the message being read */
    struct kh_json check;     /* what functions of kh/check.h are given */
    unsigned depth;           /* messages open around this one */
    char digits[KH_PROTO_DIGITS];
};

/*
 * All pointers are borrowed. `arena` is for arrays and free-form values; `scratch` is where checks
 * leave what they found, which nobody needs.
 */
void kh_proto_reader_init(struct kh_proto_reader *in, struct kh_str bytes, struct kh_arena *arena,
                          struct kh_error *scratch);

/* ---- Varints ---- */

/* For those of nine and ten bytes. */
const unsigned char *kh__proto_long_varint(const unsigned char *at, uint64_t *out);

/*
 * The place behind the varint at `at`; NULL if it is longer than ten bytes or than 64 bits. Looks at
 * ten bytes at most, and at the padding if need be: the caller compares with the end.
 */
static inline const unsigned char *kh__proto_varint(const unsigned char *at, uint64_t *out)
{
    uint64_t word;
    uint64_t ends;

    if (KH__LIKELY(at[0] < 0x80)) {
        *out = at[0];
        return at + 1;
    }
    word = kh__load64((const char *)at);
    ends = ~word & KH__HIGH_BITS;
    if (!KH__LIKELY(ends != 0)) {
        return kh__proto_long_varint(at, out);
    }
    /* The bytes up to the first without a highest bit; seven bits of each are then moved together. */
    word &= (ends ^ (ends - 1)) & ~KH__HIGH_BITS;
    word = (word & UINT64_C(0x007F007F007F007F)) | (word & UINT64_C(0x7F007F007F007F00)) >> 1;
    word = (word & UINT64_C(0x00003FFF00003FFF)) | (word & UINT64_C(0x3FFF00003FFF0000)) >> 2;
    *out = (word & UINT64_C(0x0FFFFFFF)) | (word & UINT64_C(0x0FFFFFFF00000000)) >> 4;
    return at + (size_t)__builtin_ctzll(ends) / 8 + 1;
}

KH_MUST_USE static inline enum kh_status kh__proto_read_varint(struct kh_proto_reader *in,
                                                               uint64_t *out)
{
    const unsigned char *at = kh__proto_varint(in->at, out);

    if (!KH__LIKELY(at != NULL && at <= in->end)) {
        return KH_NOT_PROTOBUF;
    }
    in->at = at;
    return KH_OK;
}

/* For lengths of 128 and more, and for those that are broken. */
enum kh_status kh__proto_read_length_slow(struct kh_proto_reader *in, size_t *out) KH__SLOW;

/* The length at the cursor, of what must end before the end. */
KH_MUST_USE static inline enum kh_status kh__proto_read_length(struct kh_proto_reader *in,
                                                               size_t *out)
{
    const unsigned char *at = in->at;

    if (!KH__LIKELY(*at < 0x80 && *at < in->end - at)) {
        return kh__proto_read_length_slow(in, out);
    }
    *out = *at;
    in->at = at + 1;
    return KH_OK;
}

/* ---- Messages ---- */

/* For those that are longer than two bytes, or broken. */
bool kh__proto_next_slow(struct kh_proto_reader *in, uint32_t *tag);

/*
 * Goes to the next field's value; false at the end of the message, or before a tag that is none:
 * kh_proto_end tells which.
 */
static inline bool kh_proto_next(struct kh_proto_reader *in, uint32_t *tag)
{
    const unsigned char *at = in->at;

    if (at >= in->end) {
        return false;
    }
    /* Field numbers 1 to 15, and 16 to 2047. */
    if (KH__LIKELY(at[0] >= 0x08 && at[0] < 0x80)) {
        *tag = at[0];
        in->at = at + 1;
        return true;
    }
    if (KH__LIKELY(at[0] >= 0x80 && at[1] > 0 && at[1] < 0x80 && in->end - at >= 2)) {
        *tag = (uint32_t)at[1] << 7 | (at[0] & 0x7F);
        in->at = at + 2;
        return true;
    }
    return kh__proto_next_slow(in, tag);
}

/* Bytes of a tag, which is a constant wherever this is used. */
static inline unsigned kh__proto_tag_size(uint32_t tag)
{
    return tag < UINT32_C(1) << 7    ? 1
           : tag < UINT32_C(1) << 14 ? 2
           : tag < UINT32_C(1) << 21 ? 3
           : tag < UINT32_C(1) << 28 ? 4
                                     : 5;
}

/* Goes past the tag if it is the next one, in its shortest spelling. */
static inline bool kh_proto_take(struct kh_proto_reader *in, uint32_t tag)
{
    const unsigned char *at = in->at;
    unsigned size = kh__proto_tag_size(tag);

    for (unsigned i = 0; i < size; i++) {
        if (at[i] != ((tag >> (7 * i) & 0x7F) | (i + 1 < size ? 0x80 : 0))) {
            return false;
        }
    }
    if (in->end - at < (ptrdiff_t)size) {
        return false;
    }
    in->at = at + size;
    return true;
}

/* Marks a singular member as seen; not KH_OK when it was seen before. */
KH_MUST_USE static inline enum kh_status kh_proto_once(uint64_t *seen, unsigned member)
{
    if (!KH__LIKELY(!kh_json_seen(seen, member))) {
        return KH_INVALID;
    }
    seen[member / 64] |= KH_SEEN(member);
    return KH_OK;
}

/* Marks a repeated member as seen: with its first item, as packed numbers may be none. */
static inline void kh_proto_see(uint64_t *seen, unsigned member)
{
    seen[member / 64] |= KH_SEEN(member);
}

/* Goes past the value of an unknown field. */
enum kh_status kh_proto_skip(struct kh_proto_reader *in, uint32_t tag) KH_MUST_USE;

/* After the loop: whether the message ends here, and every required member was there. */
KH_MUST_USE static inline enum kh_status kh_proto_end(const struct kh_proto_reader *in,
                                                      const uint64_t *seen,
                                                      const uint64_t *required, size_t member_count)
{
    uint64_t missing = 0;

    for (size_t word = 0; word < KH_SEEN_WORDS(member_count); word++) {
        missing |= required[word] & ~seen[word];
    }
    return KH__LIKELY(in->at == in->end && missing == 0) ? KH_OK : KH_INVALID;
}

/*
 * Into the message at the cursor, or packed numbers, which are read until in->at == in->end; and out
 * again behind its end, where *outer_end is what it was.
 */
KH_MUST_USE static inline enum kh_status kh_proto_enter(struct kh_proto_reader *in,
                                                        const unsigned char **outer_end)
{
    size_t length;

    KH_TRY(kh__proto_read_length(in, &length));
    if (!KH__LIKELY(in->depth < KH_PROTO_READER_DEPTH)) {
        return KH_TOO_DEEP;
    }
    in->depth++;
    *outer_end = in->end;
    in->end = in->at + length;
    return KH_OK;
}

static inline void kh_proto_leave(struct kh_proto_reader *in, const unsigned char *outer_end)
{
    in->depth--;
    in->end = outer_end;
}

void *kh__proto_slot_slow(struct kh_proto_reader *in, void *items, size_t count, size_t *capacity,
                          size_t item_size);

/*
 * Room for one more item of a repeated field, zeroed, *count being that with it; returns the items'
 * (perhaps new) place in the arena, NULL when memory is short. NULL, 0 and 0 at first.
 */
static inline void *kh_proto_slot(struct kh_proto_reader *in, void *items, size_t *count,
                                  size_t *capacity, size_t item_size)
{
    if (*count == *capacity) {
        items = kh__proto_slot_slow(in, items, *count, capacity, item_size);
        if (items == NULL) {
            return NULL;
        }
    }
    kh_clear((char *)items + *count * item_size, item_size);
    ++*count;
    return items;
}

/* ---- Values ---- */

enum kh_status kh__proto_check_utf8(struct kh_str text) KH_MUST_USE;
enum kh_status kh__proto_read_decimal_slow(struct kh_str text, struct kh_decimal *out) KH_MUST_USE;

/* Bytes, as a slice of the message. */
KH_MUST_USE static inline enum kh_status kh_proto_read_bytes(struct kh_proto_reader *in,
                                                             struct kh_str *out)
{
    size_t length;

    KH_TRY(kh__proto_read_length(in, &length));
    *out = (struct kh_str){ (const char *)in->at, length };
    in->at += length;
    return KH_OK;
}

/* Nothing beyond ASCII? Looks at some bytes behind the text. */
static inline bool kh__proto_is_ascii(struct kh_str text)
{
    const char *at = text.data;
    size_t left = text.length;

    for (; left > KH__SCAN_STEP; left -= KH__SCAN_STEP, at += KH__SCAN_STEP) {
        if (kh__scan_beyond_ascii(at) != 0) {
            return false;
        }
    }
    return left == 0 || kh__scan_beyond_ascii(at) << (64 - left * KH__SCAN_BITS) == 0;
}

KH_MUST_USE static inline enum kh_status kh_proto_read_str(struct kh_proto_reader *in,
                                                           struct kh_str *out)
{
    KH_TRY(kh_proto_read_bytes(in, out));
    return KH__LIKELY(kh__proto_is_ascii(*out)) ? KH_OK : kh__proto_check_utf8(*out);
}

KH_MUST_USE static inline enum kh_status kh_proto_read_decimal(struct kh_proto_reader *in,
                                                               struct kh_decimal *out)
{
    struct kh_str text;

    KH_TRY(kh_proto_read_bytes(in, &text));
    return KH__LIKELY(kh__plain_decimal(text, out)) ? KH_OK
                                                    : kh__proto_read_decimal_slow(text, out);
}

KH_MUST_USE static inline enum kh_status kh_proto_read_bool(struct kh_proto_reader *in, bool *out)
{
    uint64_t value;

    KH_TRY(kh__proto_read_varint(in, &value));
    *out = value != 0;
    return KH_OK;
}

/* Of a longer number the lowest 32 bits, as the wire format has it. */
KH_MUST_USE static inline enum kh_status kh_proto_read_int32(struct kh_proto_reader *in,
                                                             int32_t *out)
{
    uint64_t value;

    KH_TRY(kh__proto_read_varint(in, &value));
    *out = (int32_t)(uint32_t)value;
    return KH_OK;
}

KH_MUST_USE static inline enum kh_status kh_proto_read_int64(struct kh_proto_reader *in,
                                                             int64_t *out)
{
    uint64_t value;

    KH_TRY(kh__proto_read_varint(in, &value));
    *out = (int64_t)value;
    return KH_OK;
}

KH_MUST_USE static inline enum kh_status kh_proto_read_uint64(struct kh_proto_reader *in,
                                                              uint64_t *out)
{
    return kh__proto_read_varint(in, out);
}

/* Not what JSON has no number for: NaN and infinities. */
enum kh_status kh_proto_read_double(struct kh_proto_reader *in, double *out) KH_MUST_USE;

/* Milliseconds since 1970, within the years that RFC 3339 has. */
enum kh_status kh_proto_read_instant(struct kh_proto_reader *in,
                                     struct kh_instant *out) KH_MUST_USE;

/* The value of the C enum, 1.., that has this number; 0 if none has. */
int kh__proto_search_enum(const struct kh_proto_enum *values, int32_t number);

static inline int kh__proto_enum_value(const struct kh_proto_enum *values, int32_t number)
{
    if (KH__LIKELY(values->numbers == NULL)) {
        return number > 0 && (size_t)number <= values->names->count ? number : 0;
    }
    return kh__proto_search_enum(values, number);
}

/* For numbers of 128 and more, and for those that are broken. */
enum kh_status kh__proto_read_enum_slow(struct kh_proto_reader *in,
                                        const struct kh_proto_enum *values, int *out) KH__SLOW;

/* The value of the C enum, 1.. */
KH_MUST_USE static inline enum kh_status kh_proto_read_enum(struct kh_proto_reader *in,
                                                            const struct kh_proto_enum *values,
                                                            int *out)
{
    if (!KH__LIKELY(*in->at < 0x80 && in->at < in->end)) {
        return kh__proto_read_enum_slow(in, values, out);
    }
    *out = kh__proto_enum_value(values, *in->at++);
    return KH__LIKELY(*out != 0) ? KH_OK : KH_INVALID;
}

/* A KH_PROTO_STRUCT, KH_PROTO_VALUE or KH_PROTO_LIST as JSON text, in the arena. */
enum kh_status kh_proto_read_raw(struct kh_proto_reader *in, enum kh_proto_kind kind,
                                 struct kh_raw *out) KH_MUST_USE;

/*
 * The number is what functions of kh/check.h look at next that compare digits: in->check.value is its
 * text, as kh_proto_to_json writes it.
 */
void kh_proto_number_text(struct kh_proto_reader *in, double value);

#endif
