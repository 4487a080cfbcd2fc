/*
 * Going past a value as strictly as if it were read: grammar, UTF-8, depth, duplicate names.
 * Without recursion; what the names take from the arena is given back when their object ends.
 */
#include "text/json_internal.h"

/* An object or array that is open. */
struct frame {
    struct kh_name_set *names;
    struct kh_arena_mark mark; /* objects: before its names */
    char closing;              /* the bracket that ends it */
};

enum kh_status kh__json_skip_scalar(struct kh_json *in, char first)
{
    struct kh__json_string string;
    struct kh_str token;

    switch (first) {
    case '"':
        return kh__json_string(in, &string);
    case 't':
        return kh__json_literal(in, KH_STR("true"));
    case 'f':
        return kh__json_literal(in, KH_STR("false"));
    case 'n':
        return kh__json_literal(in, KH_STR("null"));
    default:
        if (first == '-' || kh__is_digit(first)) {
            return kh__json_number(in, &token);
        }
        return kh__json_unexpected(in, "a value");
    }
}

/* To the value of the next member; the cursor is before its name. */
static enum kh_status skip_name(struct kh_json *in, struct frame *object)
{
    const char *begin;
    struct kh_str name;

    if (kh__json_byte(in) != '"') {
        return kh__json_unexpected(in, "a member's name");
    }
    begin = in->at;
    KH_TRY(kh__json_text(in, &name));
    KH_TRY(kh__json_colon(in));
    return kh__json_add_name(in, &object->names, name, begin);
}

static enum kh_status open_frame(struct kh_json *in, struct frame *frame, char opening)
{
    KH_TRY(kh__json_open(in));
    frame->names = NULL;
    frame->mark = kh_arena_mark(in->arena);
    frame->closing = opening == '{' ? '}' : ']';
    return KH_OK;
}

/*
 * Behind a value: goes past all brackets that close here, and to the next value of what is still
 * open.
 */
static enum kh_status go_on(struct kh_json *in, struct frame *frames, int *open)
{
    while (*open > 0) {
        struct frame *frame = &frames[*open - 1];
        char byte = kh__json_byte(in);

        if (byte == ',') {
            in->at++;
            return frame->closing == '}' ? skip_name(in, frame) : KH_OK;
        }
        if (byte != frame->closing) {
            return kh__json_unexpected(in, frame->closing == '}' ? "a comma or a closing brace"
                                                                 : "a comma or a closing bracket");
        }
        in->at++;
        in->depth--;
        if (frame->names != NULL) {
            kh_arena_release(in->arena, frame->mark);
        }
        (*open)--;
    }
    return KH_OK;
}

enum kh_status kh_json_skip(struct kh_json *in)
{
    struct frame frames[KH_JSON_MAX_DEPTH];
    int open = 0;
    char byte = kh__json_byte(in);

    kh__json_begin_value(in);
    do {
        byte = kh__json_byte(in);
        if (byte == '{' || byte == '[') {
            struct frame *frame = &frames[open];

            KH_TRY(open_frame(in, frame, byte));
            open++;
            if (kh__json_byte(in) != frame->closing) {
                if (frame->closing == '}') {
                    KH_TRY(skip_name(in, frame));
                }
                continue;
            }
        } else {
            KH_TRY(kh__json_skip_scalar(in, byte));
        }
        KH_TRY(go_on(in, frames, &open));
    } while (open > 0);
    return KH_OK;
}
