/*
 * Going past a value as strictly as if it were read: grammar, UTF-8, depth, duplicate names.
 * Without recursion; what the names take from the arena is given back when their object ends.
 */
#include "text/json_internal.h"

/* An object or array that is open. */
struct frame {
    struct kh_str first_name; /* kept here, as many objects have only one; data NULL: none yet */
    const char *first_begin;
    struct kh_name_set *names; /* NULL as long as there is one at most */
    struct kh_arena_mark mark; /* objects: before its names */
    char closing;              /* the bracket that ends it */
};

enum kh_status kh__json_skip_scalar(struct kh_json *in, char first)
{
    struct kh__json_string string;
    struct kh_str token;

    switch (first) {
    case '"':
        return kh__json_plain_str(in, &token) ? KH_OK : kh__json_string(in, &string);
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

static enum kh_status note_name(struct kh_json *in, struct frame *object, struct kh_str name,
                                const char *begin)
{
    if (object->first_name.data == NULL) {
        object->first_name = name;
        object->first_begin = begin;
        return KH_OK;
    }
    if (object->names == NULL) {
        KH_TRY(kh__json_add_name(in, &object->names, object->first_name, object->first_begin));
    }
    return kh__json_add_name(in, &object->names, name, begin);
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
    if (!kh__json_plain_str(in, &name)) {
        KH_TRY(kh__json_text(in, &name));
    }
    if (KH__LIKELY(in->at < in->end && *in->at == ':')) {
        in->at++;
    } else {
        KH_TRY(kh__json_colon(in));
    }
    return note_name(in, object, name, begin);
}

static enum kh_status open_frame(struct kh_json *in, struct frame *frame, char opening)
{
    KH_TRY(kh__json_open(in));
    frame->first_name = (struct kh_str){ NULL, 0 };
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
        if (frame->first_name.data != NULL) {
            kh_arena_release(in->arena, frame->mark);
        }
        (*open)--;
    }
    return KH_OK;
}

enum kh_status kh__json_skip_exactly(struct kh_json *in)
{
    struct frame frames[KH_JSON_MAX_DEPTH];
    int open = 0;

    do {
        char byte = kh__json_byte(in);

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

enum kh_status kh_json_skip(struct kh_json *in)
{
    (void)kh__json_byte(in);
    kh__json_begin_value(in);
    return KH__LIKELY(kh__json_quick_skip(in)) ? KH_OK : kh__json_skip_exactly(in);
}
