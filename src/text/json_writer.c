/*
 * JSON text on the heap. Every function first makes room and then writes, or goes back to where it
 * began: after KH_NO_MEMORY the text is what it was before the call.
 */
#include "kh/json_writer.h"

#include <math.h>

#include "kh/alloc.h"
#include "kh/base64.h"
#include "kh/utf8.h"
#include "text/json_escape.h"
#include "text/number.h"

#define FIRST_CAPACITY 256

void kh_json_writer_init(struct kh_json_writer *out)
{
    *out = (struct kh_json_writer){ 0 };
}

void kh_json_writer_reset(struct kh_json_writer *out)
{
    out->length = 0;
    out->comma = false;
}

void kh_json_writer_clean_up(struct kh_json_writer *out)
{
    kh_free(out->data);
    kh_json_writer_init(out);
}

struct kh_str kh_json_writer_text(const struct kh_json_writer *out)
{
    return (struct kh_str){ out->data == NULL ? "" : out->data, out->length };
}

/* Makes room for `size` more bytes. */
static enum kh_status reserve(struct kh_json_writer *out, size_t size)
{
    size_t capacity = out->capacity == 0 ? FIRST_CAPACITY : out->capacity;
    char *data;

    if (out->capacity - out->length >= size) {
        return KH_OK;
    }
    if (size > SIZE_MAX / 2 - out->length) {
        return KH_NO_MEMORY;
    }
    while (capacity - out->length < size) {
        capacity *= 2;
    }
    data = kh_realloc(out->data, capacity);
    if (data == NULL) {
        return KH_NO_MEMORY;
    }
    out->data = data;
    out->capacity = capacity;
    return KH_OK;
}

/* For what `reserve` made room for. */
static void put(struct kh_json_writer *out, const char *bytes, size_t length)
{
    memcpy(out->data + out->length, bytes, length);
    out->length += length;
}

static void put_byte(struct kh_json_writer *out, char byte)
{
    out->data[out->length++] = byte;
}

/* Makes room for a value or name of `size` bytes and puts the comma that belongs before it. */
static enum kh_status begin_value(struct kh_json_writer *out, size_t size)
{
    KH_TRY(reserve(out, 1 + size));
    if (out->comma) {
        put_byte(out, ',');
    }
    out->comma = true;
    return KH_OK;
}

/* A whole value that needs no escapes. */
static enum kh_status write_token(struct kh_json_writer *out, const char *token, size_t length)
{
    KH_TRY(begin_value(out, length));
    put(out, token, length);
    return KH_OK;
}

static enum kh_status open_container(struct kh_json_writer *out, char bracket)
{
    KH_TRY(write_token(out, &bracket, 1));
    out->comma = false;
    return KH_OK;
}

static enum kh_status close_container(struct kh_json_writer *out, char bracket)
{
    KH_TRY(reserve(out, 1));
    put_byte(out, bracket);
    out->comma = true;
    return KH_OK;
}

enum kh_status kh_json_write_object_begin(struct kh_json_writer *out)
{
    return open_container(out, '{');
}

enum kh_status kh_json_write_object_end(struct kh_json_writer *out)
{
    return close_container(out, '}');
}

enum kh_status kh_json_write_array_begin(struct kh_json_writer *out)
{
    return open_container(out, '[');
}

enum kh_status kh_json_write_array_end(struct kh_json_writer *out)
{
    return close_container(out, ']');
}

/* The inside of a string, from valid UTF-8. */
static enum kh_status write_escaped(struct kh_json_writer *out, struct kh_str text)
{
    size_t at = 0;

    while (at < text.length) {
        size_t begin = at;

        while (at < text.length && !kh__json_needs_escape(text.data[at])) {
            at++;
        }
        KH_TRY(reserve(out, at - begin + KH__JSON_ESCAPE_SIZE));
        put(out, text.data + begin, at - begin);
        if (at < text.length) {
            char *end = kh__json_escape(out->data + out->length, text.data[at]);

            out->length = (size_t)(end - out->data);
            at++;
        }
    }
    return KH_OK;
}

static enum kh_status write_quoted(struct kh_json_writer *out, struct kh_str text)
{
    /* Room for text that needs no escapes, the usual case, in one step. */
    KH_TRY(begin_value(out, text.length + 2));
    put_byte(out, '"');
    while (text.length > 0) {
        size_t valid = kh_utf8_valid_prefix(text);

        KH_TRY(write_escaped(out, (struct kh_str){ text.data, valid }));
        text.data += valid;
        text.length -= valid;
        if (text.length > 0) {
            KH_TRY(reserve(out, 3));
            put(out, "\xEF\xBF\xBD", 3); /* U+FFFD */
            text.data++;
            text.length--;
        }
    }
    KH_TRY(reserve(out, 1));
    put_byte(out, '"');
    return KH_OK;
}

enum kh_status kh_json_write_str(struct kh_json_writer *out, struct kh_str value)
{
    size_t length = out->length;
    bool comma = out->comma;
    enum kh_status status = write_quoted(out, value);

    if (status != KH_OK) {
        out->length = length;
        out->comma = comma;
    }
    return status;
}

enum kh_status kh_json_write_name(struct kh_json_writer *out, struct kh_str name)
{
    size_t length = out->length;
    bool comma = out->comma;
    enum kh_status status = kh_json_write_str(out, name);

    if (status == KH_OK) {
        status = reserve(out, 1);
    }
    if (status != KH_OK) {
        out->length = length;
        out->comma = comma;
        return status;
    }
    put_byte(out, ':');
    out->comma = false;
    return KH_OK;
}

enum kh_status kh_json_write_bool(struct kh_json_writer *out, bool value)
{
    return value ? write_token(out, "true", 4) : write_token(out, "false", 5);
}

enum kh_status kh_json_write_null(struct kh_json_writer *out)
{
    return write_token(out, "null", 4);
}

/* UINT64_MAX has 20 digits, a sign comes before them. */
#define INTEGER_TEXT_SIZE 21

static enum kh_status write_integer(struct kh_json_writer *out, bool negative, uint64_t size)
{
    char text[INTEGER_TEXT_SIZE];
    size_t at = sizeof text;

    do {
        text[--at] = (char)('0' + size % 10);
        size /= 10;
    } while (size > 0);
    if (negative) {
        text[--at] = '-';
    }
    return write_token(out, text + at, sizeof text - at);
}

enum kh_status kh_json_write_int64(struct kh_json_writer *out, int64_t value)
{
    return write_integer(out, value < 0, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

enum kh_status kh_json_write_uint64(struct kh_json_writer *out, uint64_t value)
{
    return write_integer(out, false, value);
}

enum kh_status kh_json_write_double(struct kh_json_writer *out, double value)
{
    char text[KH__NUMBER_TEXT_SIZE];

    if (!isfinite(value)) {
        return kh_json_write_null(out);
    }
    return write_token(out, text, kh__number_from_double(value, text));
}

/* ASCII that needs no escapes, in quotes. */
static enum kh_status write_plain_str(struct kh_json_writer *out, const char *text, size_t length)
{
    KH_TRY(begin_value(out, length + 2));
    put_byte(out, '"');
    put(out, text, length);
    put_byte(out, '"');
    return KH_OK;
}

enum kh_status kh_json_write_decimal(struct kh_json_writer *out, struct kh_decimal value)
{
    char text[KH_DECIMAL_TEXT_SIZE];

    return write_plain_str(out, text, kh_decimal_format(value, text));
}

enum kh_status kh_json_write_instant(struct kh_json_writer *out, struct kh_instant value)
{
    char text[KH_INSTANT_TEXT_SIZE];

    return write_plain_str(out, text, kh_instant_format(value, text));
}

enum kh_status kh_json_write_raw(struct kh_json_writer *out, struct kh_raw value)
{
    if (value.text.length == 0) {
        return kh_json_write_null(out);
    }
    return write_token(out, value.text.data, value.text.length);
}

enum kh_status kh_json_write_base64(struct kh_json_writer *out, struct kh_str bytes)
{
    KH_TRY(begin_value(out, KH_BASE64_ENCODED_SIZE(bytes.length) + 2));
    put_byte(out, '"');
    out->length += kh_base64_encode(bytes, out->data + out->length);
    put_byte(out, '"');
    return KH_OK;
}

enum kh_status kh_json_write_newline(struct kh_json_writer *out)
{
    KH_TRY(reserve(out, 1));
    put_byte(out, '\n');
    out->comma = false;
    return KH_OK;
}
