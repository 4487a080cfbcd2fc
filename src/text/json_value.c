/* Reading scalars that are not numbers, and values that stay text. */
#include "text/json_internal.h"

/* Is `first` the beginning of the value at the cursor? Begins reading it. */
static inline bool begin_with(struct kh_json *in, char first)
{
    char byte = kh__json_byte(in);

    kh__json_begin_value(in);
    return byte == first;
}

static enum kh_status read_string(struct kh_json *in, struct kh_str *out, const char *reason)
{
    if (!begin_with(in, '"')) {
        *out = KH_STR("");
        return kh__json_wrong_type(in, reason);
    }
    return kh__json_text(in, out);
}

enum kh_status kh__json_read_str_slow(struct kh_json *in, struct kh_str *out)
{
    return read_string(in, out, "must be a string");
}

enum kh_status kh_json_read_bool(struct kh_json *in, bool *out)
{
    *out = begin_with(in, 't');
    if (*out) {
        return kh__json_literal(in, KH_STR("true"));
    }
    if (in->at < in->end && *in->at == 'f') {
        return kh__json_literal(in, KH_STR("false"));
    }
    return kh__json_wrong_type(in, "must be true or false");
}

enum kh_status kh_json_read_null(struct kh_json *in)
{
    if (!begin_with(in, 'n')) {
        return kh__json_wrong_type(in, "must be null");
    }
    return kh__json_literal(in, KH_STR("null"));
}

enum kh_status kh__json_read_decimal_slow(struct kh_json *in, struct kh_decimal *out)
{
    enum kh_status status;
    struct kh_str text;

    *out = (struct kh_decimal){ 0, 0, false };
    KH_TRY(read_string(in, &text, "must be a string that holds a decimal number"));
    if (in->wrong_type) {
        return KH_OK;
    }
    status = kh_decimal_parse(text, out);
    if (status == KH_OK) {
        return KH_OK;
    }
    *out = (struct kh_decimal){ 0, 0, false };
    return kh__json_refuse_value(in, "format",
                                 status == KH_OUT_OF_RANGE
                                     ? "must have at most 38 digits, 130 of them after the point"
                                     : "must be a decimal number such as 9800.00");
}

enum kh_status kh_json_read_instant(struct kh_json *in, struct kh_instant *out)
{
    struct kh_str text;

    *out = (struct kh_instant){ 0, 0, 0, 0 };
    KH_TRY(read_string(in, &text, "must be a string that holds a date-time"));
    if (in->wrong_type || kh_instant_parse(text, out) == KH_OK) {
        return KH_OK;
    }
    *out = (struct kh_instant){ 0, 0, 0, 0 };
    return kh__json_refuse_value(in, "format",
                                 "must be an RFC 3339 date-time such as 2024-05-01T12:00:00Z");
}

enum kh_status kh_json_read_raw(struct kh_json *in, struct kh_raw *out)
{
    KH_TRY(kh_json_skip(in));
    out->text = (struct kh_str){ in->value, (size_t)(in->at - in->value) };
    return KH_OK;
}

static enum kh_status read_raw_of_type(struct kh_json *in, struct kh_raw *out, char first,
                                       const char *reason)
{
    if (kh__json_byte(in) != first) {
        out->text = KH_STR("");
        return kh__json_wrong_type(in, reason);
    }
    return kh_json_read_raw(in, out);
}

enum kh_status kh_json_read_raw_object(struct kh_json *in, struct kh_raw *out)
{
    return read_raw_of_type(in, out, '{', "must be an object");
}

enum kh_status kh_json_read_raw_array(struct kh_json *in, struct kh_raw *out)
{
    return read_raw_of_type(in, out, '[', "must be an array");
}

/* Lets the payload reader have the value; false, and nothing has happened, if it does not want it. */
static bool read_by_reader(struct kh_json *in, struct kh_str type, struct kh_raw *out)
{
    struct kh_json_payload_reader *reader = in->payload_reader;
    struct kh_arena_mark mark = kh_arena_mark(in->arena);
    const char *begin;
    int depth = in->depth;

    if (reader == NULL || in->violations != NULL) {
        return false;
    }
    (void)kh__json_byte(in);
    begin = in->at;
    /* A payload has no payload. */
    in->payload_reader = NULL;
    if (!reader->read(reader, in, type)) {
        kh_error_clear(in->error);
        kh_arena_release(in->arena, mark);
        in->payload_reader = reader;
        in->at = begin;
        in->depth = depth;
        return false;
    }
    in->payload_reader = reader;
    in->value = begin;
    out->text = (struct kh_str){ begin, (size_t)(in->at - begin) };
    return true;
}

enum kh_status kh_json_read_payload(struct kh_json *in, struct kh_str type, struct kh_raw *out)
{
    return read_by_reader(in, type, out) ? KH_OK : kh_json_read_raw(in, out);
}

enum kh_status kh_json_read_payload_object(struct kh_json *in, struct kh_str type,
                                           struct kh_raw *out)
{
    return read_by_reader(in, type, out) ? KH_OK : kh_json_read_raw_object(in, out);
}
