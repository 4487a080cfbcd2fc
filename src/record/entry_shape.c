#include "record/entry_shape.h"

#include <math.h>
#include <stdint.h>

void kh_entry_shape_init(struct kh_entry_shape *shape)
{
    shape->begin = NULL;
}

void kh_entry_shape_begin(struct kh_entry_shape *shape, const char *begin)
{
    shape->begin = begin;
    shape->hole_count = 0;
}

void kh_entry_shape_hole(struct kh_entry_shape *shape, enum kh_hole_kind kind, const char *begin,
                         const char *end)
{
    shape->holes[shape->hole_count++] = (struct kh_hole){ kind, begin, end };
}

void kh_entry_shape_end(struct kh_entry_shape *shape, const char *end,
                        const struct kh_record *record)
{
    shape->end = end;
    shape->shard_id = record->shard_id;
    shape->source_arn = record->source_arn;
    if (shape->hole_count < KH_HOLE_COUNT) {
        shape->begin = NULL;
    }
}

bool kh_entry_is_slice(const struct kh_json *in, struct kh_str value)
{
    return (uintptr_t)value.data - (uintptr_t)in->begin < (uintptr_t)in->end - (uintptr_t)in->begin;
}

/* The seconds of our time have so many digits. */
#define SECONDS_DIGITS 10

/* The time as AWS writes it: 1795434900.125, or with fewer digits. False for anything else. */
static bool plain_arrival(struct kh_json *in, int64_t *arrival_ms)
{
    static const int64_t scale[] = { 0, 100, 10, 1 };
    const char *at = in->at;
    const char *fraction = at + SECONDS_DIGITS + 1;
    unsigned digits = kh__scan_digits(fraction);
    int64_t seconds;

    if (kh__scan_digits(at) != SECONDS_DIGITS || *at == '0' || fraction[-1] != '.' || digits < 1 ||
        digits > 3 || (fraction[digits] | 0x20) == 'e' || in->end - fraction < 4) {
        return false;
    }
    seconds = (int64_t)kh__digits_value8(at, 8) * 100 + (int64_t)(at[8] - '0') * 10 + (at[9] - '0');
    *arrival_ms = seconds * 1000 + (int64_t)kh__digits_value8(fraction, digits) * scale[digits];
    in->value = at;
    in->at = fraction + digits;
    return true;
}

enum kh_status kh_entry_read_arrival(struct kh_json *in, int64_t *arrival_ms)
{
    double seconds;

    if (plain_arrival(in, arrival_ms)) {
        return KH_OK;
    }
    KH_TRY(kh_json_read_double(in, &seconds));
    *arrival_ms = seconds > 0 && seconds < 1e12 ? (int64_t)llround(seconds * 1000) : 0;
    return KH_OK;
}

/* Goes past `length` bytes if they are the same as those at `begin`. */
static inline bool take_stretch(struct kh_json *in, const char *begin, size_t length)
{
    if ((size_t)(in->end - in->at) < length || !kh__scan_equal(in->at, begin, length)) {
        return false;
    }
    in->at += length;
    return true;
}

static inline bool take_value(struct kh_json *in, enum kh_hole_kind kind, struct kh_record *record)
{
    bool decoded;

    switch (kind) {
    case KH_HOLE_PARTITION_KEY:
        return kh_json_read_str(in, &record->partition_key) == KH_OK;
    case KH_HOLE_SEQUENCE_NUMBER:
        return kh_json_read_str(in, &record->sequence_number) == KH_OK;
    case KH_HOLE_DATA:
        return kh_json_read_base64(in, &record->data, &decoded) == KH_OK && decoded;
    case KH_HOLE_ARRIVAL:
        return kh_entry_read_arrival(in, &record->arrival_ms) == KH_OK;
    default:
        return kh_entry_is_slice(in, record->sequence_number) &&
               take_stretch(in, record->sequence_number.data, record->sequence_number.length);
    }
}

static bool read_entry(const struct kh_entry_shape *shape, struct kh_json *in,
                       struct kh_record *record)
{
    const char *from = shape->begin;

    for (unsigned i = 0; i < KH_HOLE_COUNT; i++) {
        const struct kh_hole *hole = &shape->holes[i];

        if (!take_stretch(in, from, (size_t)(hole->begin - from)) ||
            !take_value(in, hole->kind, record)) {
            return false;
        }
        from = hole->end;
    }
    record->id = record->sequence_number;
    record->shard_id = shape->shard_id;
    record->source_arn = shape->source_arn;
    record->status = KH_OK;
    record->wrapping = NULL;
    record->encoding = KH_ENCODING_JSON;
    return take_stretch(in, from, (size_t)(shape->end - from)) &&
           record->sequence_number.length > 0;
}

bool kh_entry_shape_read(const struct kh_entry_shape *shape, struct kh_json *in,
                         struct kh_record *record)
{
    struct kh_arena_mark mark = kh_arena_mark(in->arena);
    const char *begin = in->at;

    if (shape->begin == NULL) {
        return false;
    }
    if (read_entry(shape, in, record)) {
        return true;
    }
    kh_error_clear(in->error);
    kh_arena_release(in->arena, mark);
    in->at = begin;
    return false;
}
