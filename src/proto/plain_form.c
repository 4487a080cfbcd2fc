/*
 * Free-form values in one pass over their bytes, straight to text in the arena. What is taken: a few levels of objects
 * and arrays, a few members each with names of their own, name before value, one value in each Value. Then all
 * messages inside each other end at the same place, so that there is little to keep in mind.
 */
#include "proto/plain_form.h"

#include <math.h>

#include "kh/utf8.h"
#include "proto/free_form.h"
#include "proto/wire.h"
#include "text/json_escape.h"
#include "text/number.h"

#define MOST_OPEN 8
#define MOST_MEMBERS 16

/*
 * Room for the text of `length` bytes. A byte of a string has six characters at most, all else fewer for each of its
 * bytes; strings are copied in whole steps.
 */
#define ROOM_FOR(length) ((length)*KH__JSON_ESCAPE_SIZE + 2 * (size_t)KH__SCAN_STEP)

struct container {
    const unsigned char *end;
    char close;
    unsigned count;                    /* of members or items */
    struct kh_str names[MOST_MEMBERS]; /* of an object */
};

struct run {
    const unsigned char *at;
    char *out;
    struct container open[MOST_OPEN];
    int depth; /* containers that are open */
    int levels;
};

/* The bytes of a field that has this tag, at the cursor; they end before `end`. */
static inline bool take_bytes(struct run *run, uint32_t tag, const unsigned char *end,
                              struct kh_str *out)
{
    const unsigned char *at = run->at;

    /* A length of one byte and what it is of, all before the end. */
    if (*at == tag && KH__LIKELY(at[1] < 0x80 && at[1] < end - at - 1)) {
        *out = (struct kh_str){ (const char *)at + 2, at[1] };
        run->at = at + 2 + at[1];
        return true;
    }
    if (at == end || *at != tag) {
        return false;
    }
    run->at = kh__wire_bytes(at + 1, end, out);
    return run->at != NULL;
}

/* ---- Text ---- */

static void put(struct run *run, const char *text, size_t length)
{
    memcpy(run->out, text, length);
    run->out += length;
}

/* Copies what is plain at the beginning of the text, a step at most; returns how much that is. */
static inline size_t copy_plain(char *out, struct kh_str text)
{
    uint64_t special = kh__scan_special(text.data);
    size_t plain = special == 0 ? KH__SCAN_STEP : (size_t)__builtin_ctzll(special) / KH__SCAN_BITS;

    memcpy(out, text.data, KH__SCAN_STEP);
    /* What is behind the end does not count. */
    return plain < text.length ? plain : text.length;
}

/* The rest of a string, from where it has escapes or text beyond ASCII; false if that is not UTF-8. */
static bool put_odd_str(struct run *run, struct kh_str rest)
{
    const char *end = rest.data + rest.length;
    const char *at = rest.data;
    char *out = run->out;

    if (!kh_utf8_is_valid(rest)) {
        return false;
    }
    while (at < end) {
        size_t plain = copy_plain(out, (struct kh_str){ at, (size_t)(end - at) });

        out += plain;
        at += plain;
        while (at < end && ((*at & 0x80) != 0 || kh__json_needs_escape(*at))) {
            out = kh__json_escape(out, *at++);
        }
    }
    *out++ = '"';
    run->out = out;
    return true;
}

static inline bool put_str(struct run *run, struct kh_str text)
{
    *run->out++ = '"';
    while (text.length > 0) {
        size_t plain = copy_plain(run->out, text);

        run->out += plain;
        text.data += plain;
        text.length -= plain;
        if (plain < KH__SCAN_STEP && text.length > 0) {
            return put_odd_str(run, text);
        }
    }
    *run->out++ = '"';
    return true;
}

/* ---- Values ---- */

static bool open_container(struct run *run, bool is_object, const unsigned char *end)
{
    struct container *opened = &run->open[run->depth];

    if (run->depth == MOST_OPEN || run->depth == run->levels) {
        return false;
    }
    run->depth++;
    opened->end = end;
    opened->close = is_object ? '}' : ']';
    opened->count = 0;
    *run->out++ = is_object ? '{' : '[';
    return true;
}

static bool put_number(struct run *run)
{
    double value = kh__wire_double(run->at);

    if (!isfinite(value)) {
        return false;
    }
    run->out += kh__number_from_double(value, run->out);
    run->at += 8;
    return true;
}

/* The Value at the cursor, which ends at `end`. */
static bool take_value(struct run *run, const unsigned char *end)
{
    size_t length = (size_t)(end - run->at);
    struct kh_str bytes;
    unsigned tag;

    if (length < 2) {
        return false;
    }
    tag = *run->at;
    switch (tag) {
    case KH_PROTO_TAG(KH__VALUE_NULL, KH_WIRE_VARINT):
        if (length != 2 || run->at[1] != 0) {
            return false;
        }
        put(run, "null", 4);
        run->at = end;
        return true;
    case KH_PROTO_TAG(KH__VALUE_BOOL, KH_WIRE_VARINT):
        if (length != 2 || run->at[1] > 1) {
            return false;
        }
        put(run, run->at[1] == 1 ? "true" : "false", run->at[1] == 1 ? 4 : 5);
        run->at = end;
        return true;
    case KH_PROTO_TAG(KH__VALUE_NUMBER, KH_WIRE_FIXED64):
        run->at++;
        return length == 9 && put_number(run);
    case KH_PROTO_TAG(KH__VALUE_STRING, KH_WIRE_BYTES):
        return take_bytes(run, tag, end, &bytes) && run->at == end && put_str(run, bytes);
    case KH_PROTO_TAG(KH__VALUE_STRUCT, KH_WIRE_BYTES):
    case KH_PROTO_TAG(KH__VALUE_LIST, KH_WIRE_BYTES):
        if (!take_bytes(run, tag, end, &bytes) || run->at != end) {
            return false;
        }
        run->at = kh__wire_begin(bytes);
        return open_container(run, tag == KH_PROTO_TAG(KH__VALUE_STRUCT, KH_WIRE_BYTES), end);
    default:
        return false;
    }
}

/* The next member's name; false as well if there was one of that name. */
static bool take_name(struct run *run, struct container *object, const unsigned char *end)
{
    struct kh_str name;

    if (object->count == MOST_MEMBERS ||
        !take_bytes(run, KH_PROTO_TAG(KH__ENTRY_KEY, KH_WIRE_BYTES), end, &name)) {
        return false;
    }
    for (unsigned i = 0; i < object->count; i++) {
        if (kh_str_equal(object->names[i], name)) {
            return false;
        }
    }
    object->names[object->count] = name;
    if (!put_str(run, name)) {
        return false;
    }
    *run->out++ = ':';
    return true;
}

/* The next member or item of the innermost container. */
static bool take_next(struct run *run, struct container *container)
{
    const unsigned char *end;
    struct kh_str bytes;

    if (container->count > 0) {
        *run->out++ = ',';
    }
    /* An entry of the map; or a Value of the list, which has the same field number. */
    if (!take_bytes(run, KH_PROTO_TAG(KH__STRUCT_FIELDS, KH_WIRE_BYTES), container->end, &bytes)) {
        return false;
    }
    end = run->at;
    run->at = kh__wire_begin(bytes);
    if (container->close == '}') {
        if (!take_name(run, container, end) ||
            !take_bytes(run, KH_PROTO_TAG(KH__ENTRY_VALUE, KH_WIRE_BYTES), end, &bytes) ||
            run->at != end) {
            return false;
        }
        run->at = kh__wire_begin(bytes);
    }
    container->count++;
    return take_value(run, end);
}

_Static_assert(KH__STRUCT_FIELDS == KH__LIST_VALUES, "entries and items have the same tag");

static bool take_all(struct run *run)
{
    while (run->depth > 0) {
        struct container *innermost = &run->open[run->depth - 1];

        if (run->at == innermost->end) {
            *run->out++ = innermost->close;
            run->depth--;
        } else if (!take_next(run, innermost)) {
            return false;
        }
    }
    return true;
}

bool kh__plain_form_to_json(enum kh_proto_kind kind, struct kh_str bytes, int levels,
                            struct kh_arena *arena, struct kh_str *text)
{
    const unsigned char *end = kh__wire_end(bytes);
    struct run run;
    size_t room;

    run.at = kh__wire_begin(bytes);
    run.out = kh_arena_next(arena, &room);
    run.depth = 0;
    run.levels = levels;
    if (room < KH_PADDING || bytes.length >= room / KH__JSON_ESCAPE_SIZE ||
        ROOM_FOR(bytes.length) + KH_PADDING > room) {
        return false;
    }
    if (kind == KH_PROTO_VALUE ? !take_value(&run, end)
                               : !open_container(&run, kind == KH_PROTO_STRUCT, end)) {
        return false;
    }
    if (!take_all(&run)) {
        return false;
    }
    *text = (struct kh_str){ NULL, (size_t)(run.out - kh_arena_next(arena, &room)) };
    memset(run.out, 0, KH_PADDING);
    text->data = kh_arena_alloc(arena, text->length + KH_PADDING);
    return text->data != NULL;
}
