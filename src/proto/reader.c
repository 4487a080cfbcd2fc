/* What the readers of kh/proto_reader.h do not do inline. */
#include "kh/proto_reader.h"

#include <math.h>

#include "kh/utf8.h"
#include "proto/free_form.h"
#include "proto/plain_form.h"
#include "proto/wire.h"
#include "text/number.h"

_Static_assert(KH_PROTO_DIGITS >= KH__NUMBER_TEXT_SIZE, "room for any double");

#define FIRST_CAPACITY ((size_t)4)

/* JSON levels of an envelope that is as deep as this reader goes, each message of it in an array. */
#define ENVELOPE_LEVELS (2 * (KH_PROTO_READER_DEPTH + 1))

void kh_proto_reader_init(struct kh_proto_reader *in, struct kh_str bytes, struct kh_arena *arena,
                          struct kh_error *scratch)
{
    in->at = kh__wire_begin(bytes);
    in->end = kh__wire_end(bytes);
    in->depth = 0;
    in->digits[0] = '\0';
    kh_json_init(&in->check, KH_STR(""), arena, scratch);
}

bool kh__proto_next_slow(struct kh_proto_reader *in, uint32_t *tag)
{
    const unsigned char *at = kh__wire_tag(in->at, in->end, tag);

    if (at == NULL) {
        return false;
    }
    in->at = at;
    return true;
}

enum kh_status kh__proto_read_length_slow(struct kh_proto_reader *in, size_t *out)
{
    uint64_t length;

    KH_TRY(kh__proto_read_varint(in, &length));
    if (length > (uint64_t)(in->end - in->at)) {
        return KH_NOT_PROTOBUF;
    }
    *out = (size_t)length;
    return KH_OK;
}

enum kh_status kh_proto_skip(struct kh_proto_reader *in, uint32_t tag)
{
    const unsigned char *at = kh__wire_skip(in->at, in->end, tag);

    if (at == NULL) {
        return KH_NOT_PROTOBUF;
    }
    in->at = at;
    return KH_OK;
}

void *kh__proto_slot_slow(struct kh_proto_reader *in, void *items, size_t count, size_t *capacity,
                          size_t item_size)
{
    size_t larger = count == 0 ? FIRST_CAPACITY : count * 2;

    items = kh_arena_grow(in->check.arena, items, count, larger, item_size);
    if (items != NULL) {
        *capacity = larger;
    }
    return items;
}

enum kh_status kh__proto_check_utf8(struct kh_str text)
{
    return kh_utf8_is_valid(text) ? KH_OK : KH_NOT_UTF8;
}

enum kh_status kh__proto_read_decimal_slow(struct kh_str text, struct kh_decimal *out)
{
    return kh_decimal_parse(text, out);
}

enum kh_status kh_proto_read_double(struct kh_proto_reader *in, double *out)
{
    if (in->end - in->at < 8) {
        return KH_NOT_PROTOBUF;
    }
    *out = kh__wire_double(in->at);
    in->at += 8;
    return isfinite(*out) ? KH_OK : KH_INVALID;
}

enum kh_status kh_proto_read_instant(struct kh_proto_reader *in, struct kh_instant *out)
{
    int64_t milliseconds;

    KH_TRY(kh_proto_read_int64(in, &milliseconds));
    if (milliseconds < KH__FIRST_INSTANT_MS || milliseconds > KH__LAST_INSTANT_MS) {
        return KH_INVALID;
    }
    *out = kh_instant_from_ms(milliseconds);
    return KH_OK;
}

enum kh_status kh__proto_read_enum_slow(struct kh_proto_reader *in,
                                        const struct kh_proto_enum *values, int *out)
{
    int32_t number;

    KH_TRY(kh_proto_read_int32(in, &number));
    *out = kh__proto_enum_value(values, number);
    return *out != 0 ? KH_OK : KH_INVALID;
}

int kh__proto_search_enum(const struct kh_proto_enum *values, int32_t number)
{
    for (size_t i = 0; i < values->names->count; i++) {
        if (values->numbers[i] == number) {
            return (int)i + 1;
        }
    }
    return 0;
}

enum kh_status kh_proto_read_raw(struct kh_proto_reader *in, enum kh_proto_kind kind,
                                 struct kh_raw *out)
{
    /* As deep as the value may be wherever it comes to stand. */
    int levels = KH_PROTO_MAX_DEPTH - ENVELOPE_LEVELS - 2 * ((int)in->depth + 1);
    struct kh_str bytes;

    KH_TRY(kh_proto_read_bytes(in, &bytes));
    if (KH__LIKELY(kh__plain_form_to_json(kind, bytes, levels, in->check.arena, &out->text))) {
        return KH_OK;
    }
    return kh__free_form_to_json(kind, bytes, levels, in->check.arena, in->check.error, &out->text);
}

void kh_proto_number_text(struct kh_proto_reader *in, double value)
{
    struct kh_str digits = { in->digits, kh__number_from_double(value, in->digits) };

    in->check.begin = digits.data;
    in->check.at = digits.data;
    in->check.value = digits.data;
    in->check.end = digits.data + digits.length;
    in->check.wrong_type = false;
}
