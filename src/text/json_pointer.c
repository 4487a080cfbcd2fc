/*
 * From a byte offset back to the JSON pointer: failures are recorded as offsets, which cost
 * nothing, and only those that are shown to somebody are looked up. Walks the text, without
 * recursion.
 */
#include "text/json_internal.h"

#include <stdio.h>

/* What an object or array that is open has been entered at. */
struct step {
    struct kh__json_string name; /* objects: of the member */
    size_t index;                /* arrays: of the item */
    bool in_object;
};

struct path {
    struct step steps[KH_JSON_MAX_DEPTH];
    size_t open;
};

/* Longest index, with slash and NUL. */
#define INDEX_TEXT_SIZE 24

/* To the value of the next member; false if the text is broken there. */
static bool walk_name(struct kh_json *in, struct step *step)
{
    if (kh__json_byte(in) != '"' || kh__json_string(in, &step->name) != KH_OK) {
        return false;
    }
    return kh__json_colon(in) == KH_OK;
}

/*
 * Behind a value: to the value that comes next, out of what closes. False if there is none, or what
 * closes is what contains the target, or the text is broken.
 */
static bool walk_on(struct kh_json *in, struct path *path, const char *target)
{
    while (path->open > 0) {
        struct step *step = &path->steps[path->open - 1];
        char byte = kh__json_byte(in);

        if (byte == ',') {
            in->at++;
            step->index++;
            if (!step->in_object || walk_name(in, step)) {
                return true;
            }
            break;
        }
        if (byte != (step->in_object ? '}' : ']')) {
            break;
        }
        in->at++;
        if (in->at > target) {
            break;
        }
        path->open--;
    }
    return false;
}

/* Goes past the bracket at the cursor; whether there is nothing between it and the closing one. */
static bool walk_in(struct kh_json *in, struct path *path, bool object)
{
    path->steps[path->open] = (struct step){ .in_object = object };
    path->open++;
    in->at++;
    return kh__json_byte(in) == (object ? '}' : ']');
}

/* Walks to the value that begins at the target or contains it; how many steps lead there. */
static size_t walk(struct kh_json *in, struct path *path, const char *target)
{
    path->open = 0;
    for (;;) {
        char byte = kh__json_byte(in);

        if (in->at == target) {
            return path->open;
        }
        if (in->at > target) {
            break;
        }
        if (byte == '{' || byte == '[') {
            if (path->open == KH_JSON_MAX_DEPTH) {
                return path->open;
            }
            if (!walk_in(in, path, byte == '{')) {
                struct step *step = &path->steps[path->open - 1];

                if (step->in_object && !walk_name(in, step)) {
                    break;
                }
                continue;
            }
        } else if (kh__json_skip_scalar(in, byte) != KH_OK || in->at > target) {
            return path->open;
        }
        if (!walk_on(in, path, target)) {
            break;
        }
    }
    /* Between two values: in the one around them. */
    return path->open > 0 ? path->open - 1 : 0;
}

/* Writes a reference token with its escapes (RFC 6901 section 3); returns the place behind it. */
static char *put_token(char *out, struct kh_str name)
{
    *out++ = '/';
    for (size_t i = 0; i < name.length; i++) {
        if (name.data[i] == '~' || name.data[i] == '/') {
            *out++ = '~';
            *out++ = name.data[i] == '~' ? '0' : '1';
        } else {
            *out++ = name.data[i];
        }
    }
    return out;
}

enum kh_status kh_json_pointer_at(struct kh_str text, size_t offset, struct kh_arena *arena,
                                  struct kh_str *pointer)
{
    struct kh_error error;
    struct kh_json in;
    struct path path;
    size_t steps;
    size_t size = 1;
    char *begin;
    char *out;

    kh_error_clear(&error);
    kh_json_init(&in, text, arena, &error);
    steps = walk(&in, &path, text.data + (offset < text.length ? offset : text.length));
    for (size_t i = 0; i < steps; i++) {
        size += INDEX_TEXT_SIZE + path.steps[i].name.raw.length * 2;
    }
    begin = kh_arena_alloc(arena, size);
    if (begin == NULL) {
        return KH_NO_MEMORY;
    }
    out = begin;
    for (size_t i = 0; i < steps; i++) {
        const struct step *step = &path.steps[i];
        struct kh_str name = step->name.raw;

        if (step->in_object) {
            if (step->name.escaped) {
                KH_TRY(kh__json_unescape(&in, step->name.raw, &name));
            }
            out = put_token(out, name);
        } else {
            out += snprintf(out, INDEX_TEXT_SIZE, "/%zu", step->index);
        }
    }
    *pointer = (struct kh_str){ begin, (size_t)(out - begin) };
    return KH_OK;
}
