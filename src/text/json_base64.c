/*
 * Strings of base64. The closing quote is found by decoding: it is the first character that is not of
 * the alphabet. Where the result ends is not known before, so it is made in what is left of the
 * arena's block, and only if that does not suffice is the string measured first.
 */
#include "kh/base64.h"

#include "text/base64_end.h"
#include "text/json_internal.h"
#include "text/vector.h"

/* Kept free behind the bytes: what the decoder stores too much, and the padding of the result. */
#define KEPT_FREE ((size_t)2 * KH_PADDING)

/* The string at the cursor, if it is base64, plain, and its bytes fit into the block. */
static inline bool decode_in_block(struct kh_json *in, struct kh_str *out)
{
    const char *begin = in->at + 1;
    const char *end;
    size_t room;
    char *bytes = kh_arena_next(in->arena, &room);
    struct kh_str text = { begin, (size_t)(in->end - begin) };
    size_t characters;
    size_t padding;
    size_t length;

    if (*in->at != '"' || in->at == in->end || room <= KEPT_FREE) {
        return false;
    }
    /* As many characters as there is room for bytes, of which they make fewer. */
    text.length = text.length < room - KEPT_FREE ? text.length : room - KEPT_FREE;
    characters = kh__vector()->base64(text, bytes);
    padding = kh__base64_padding(begin + characters);
    end = begin + characters + padding;
    if (end >= in->end || *end != '"' || !kh__base64_end(characters, padding, bytes, &length)) {
        return false;
    }
    kh__json_begin_value(in);
    in->at = end + 1;
    /* The block has room for the padding, and may use it for what comes next: it is only read. */
    (void)kh_arena_alloc(in->arena, length);
    *out = (struct kh_str){ bytes, length };
    return true;
}

enum kh_status kh_json_read_base64(struct kh_json *in, struct kh_str *out, bool *decoded)
{
    struct kh_str text;
    size_t length;
    char *bytes;

    *decoded = true;
    if (KH__LIKELY(decode_in_block(in, out))) {
        return KH_OK;
    }
    KH_TRY(kh_json_read_str(in, &text));
    bytes = kh_arena_alloc(in->arena, text.length + KH_PADDING);
    if (bytes == NULL) {
        return kh__json_no_memory(in);
    }
    *decoded = kh_base64_decode(text, bytes, &length) == KH_OK;
    if (!*decoded) {
        length = text.length;
        if (length > 0) {
            memcpy(bytes, text.data, length);
        }
    }
    *out = (struct kh_str){ bytes, length };
    return KH_OK;
}
