/*
 * The cursor: where it starts, how it goes past blanks, literals and punctuation, and how it tells
 * what it found instead.
 */
#include "text/json_internal.h"

void kh_json_init(struct kh_json *in, struct kh_str text, struct kh_arena *arena,
                  struct kh_error *error)
{
    in->at = text.data;
    in->end = text.data + text.length;
    in->begin = text.data;
    in->value = text.data;
    in->arena = arena;
    in->error = error;
    in->violations = NULL;
    in->payload_reader = NULL;
    in->detour_end = NULL;
    in->detour_back = NULL;
    in->depth = 0;
    in->wrong_type = false;
}

char kh__json_byte_after_blanks(struct kh_json *in)
{
    const char *at;
    const char *end = in->end;

    if (in->at == in->detour_end) {
        kh__json_end_detour(in);
    }
    at = in->at;
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) {
        at++;
    }
    in->at = at;
    return at < end ? *at : '\0';
}

char kh_json_peek(struct kh_json *in)
{
    return kh__json_byte(in);
}

enum kh_status kh_json_end(struct kh_json *in)
{
    (void)kh__json_byte(in);
    if (in->at == in->end) {
        return KH_OK;
    }
    return kh__json_unexpected(in, "the end of the text");
}

enum kh_status kh__json_literal(struct kh_json *in, struct kh_str literal)
{
    if ((size_t)(in->end - in->at) < literal.length ||
        memcmp(in->at, literal.data, literal.length) != 0) {
        return kh__json_unexpected(in, "a value");
    }
    in->at += literal.length;
    return KH_OK;
}

bool kh_json_take_null(struct kh_json *in)
{
    if (kh__json_byte(in) != 'n' || in->end - in->at < 4 || memcmp(in->at, "null", 4) != 0) {
        return false;
    }
    kh__json_begin_value(in);
    in->at += 4;
    return true;
}

enum kh_status kh__json_open(struct kh_json *in)
{
    if (in->depth >= KH_JSON_MAX_DEPTH) {
        return kh__json_fail(in, KH_TOO_DEEP, in->at, "objects and arrays are nested too deeply");
    }
    in->depth++;
    in->at++;
    return KH_OK;
}

enum kh_status kh__json_colon(struct kh_json *in)
{
    if (kh__json_byte(in) != ':') {
        return kh__json_unexpected(in, "a colon behind a member's name");
    }
    in->at++;
    return KH_OK;
}

enum kh_status kh__json_fail(struct kh_json *in, enum kh_status status, const char *at,
                             const char *reason)
{
    bool first = in->error->status == KH_OK;

    (void)kh_fail(in->error, status, "%s", reason);
    if (first) {
        in->error->offset = (size_t)(at - in->begin);
    }
    return status;
}

enum kh_status kh__json_no_memory(struct kh_json *in)
{
    return kh__json_fail(in, KH_NO_MEMORY, in->at, kh_status_text(KH_NO_MEMORY));
}

enum kh_status kh__json_unexpected(struct kh_json *in, const char *expected)
{
    bool first = in->error->status == KH_OK;
    enum kh_status status = KH_NOT_JSON;

    if (in->at == in->end) {
        (void)kh_fail(in->error, status, "the text ends where %s was expected", expected);
    } else if ((unsigned char)*in->at >= 0x80 && kh__utf8_sequence(in->at, in->end) == 0) {
        status = KH_NOT_UTF8;
        (void)kh_fail(in->error, status, "a byte that is not UTF-8 where %s was expected",
                      expected);
    } else {
        (void)kh_fail(in->error, status, "expected %s", expected);
    }
    if (first) {
        in->error->offset = (size_t)(in->at - in->begin);
    }
    return status;
}
