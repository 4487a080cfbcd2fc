/* Both ways walk the text with a stack of their own: what is nested comes from events. */
#include "store/dynamodb_nested.h"

#include "store/dynamodb_json.h"
#include "store/dynamodb_number.h"

/* ---- JSON to attribute --------------------------------------------------------------------- */

struct open_value {
    bool is_object;
    struct kh_json_object object;
    struct kh_json_array array;
};

/* The text of the number at the cursor, which goes behind it. */
static enum kh_status read_number_text(struct kh_json *in, struct kh_str *text)
{
    struct kh_raw raw;

    KH_TRY(kh_json_read_raw(in, &raw));
    *text = raw.text;
    return KH_OK;
}

static enum kh_status write_scalar(struct kh_json *in, struct kh_json_writer *out)
{
    char first = kh_json_peek(in);
    struct kh_str text;
    bool truth;

    switch (first) {
    case '"':
        KH_TRY(kh_json_read_str(in, &text));
        return kh__dynamodb_write_typed(out, KH_STR("S"), text);
    case 't':
    case 'f':
        KH_TRY(kh_json_read_bool(in, &truth));
        KH_TRY(kh_json_write_object_begin(out));
        KH_TRY(kh_json_write_name(out, KH_STR("BOOL")));
        KH_TRY(kh_json_write_bool(out, truth));
        return kh_json_write_object_end(out);
    case 'n':
        KH_TRY(kh_json_read_null(in));
        KH_TRY(kh_json_write_object_begin(out));
        KH_TRY(kh_json_write_name(out, KH_STR("NULL")));
        KH_TRY(kh_json_write_bool(out, true));
        return kh_json_write_object_end(out);
    default:
        KH_TRY(read_number_text(in, &text));
        KH_TRY(kh__dynamodb_number(text, in->arena, &text));
        return kh__dynamodb_write_typed(out, KH_STR("N"), text);
    }
}

static enum kh_status open_object(struct kh_json *in, struct kh_json_writer *out,
                                  struct open_value *open)
{
    open->is_object = true;
    KH_TRY(kh_json_object_begin(in, &open->object));
    KH_TRY(kh_json_write_object_begin(out));
    return kh__dynamodb_begin_object(out, KH_STR("M"));
}

static enum kh_status open_array(struct kh_json *in, struct kh_json_writer *out,
                                 struct open_value *open)
{
    open->is_object = false;
    KH_TRY(kh_json_array_begin(in, &open->array));
    KH_TRY(kh_json_write_object_begin(out));
    return kh__dynamodb_begin_array(out, KH_STR("L"));
}

/* Goes to the next member or item of the innermost value; false: there is none. */
static bool next_inside(struct kh_json *in, struct open_value *open)
{
    return open->is_object ? kh_json_object_next(in, &open->object)
                           : kh_json_array_next(in, &open->array);
}

static enum kh_status close_value(struct kh_json *in, struct kh_json_writer *out,
                                  struct open_value *open)
{
    if (open->is_object) {
        KH_TRY(kh_json_object_end(in, &open->object, NULL, NULL, NULL, 0));
        KH_TRY(kh_json_write_object_end(out));
    } else {
        KH_TRY(kh_json_array_end(in, &open->array));
        KH_TRY(kh_json_write_array_end(out));
    }
    return kh_json_write_object_end(out);
}

enum kh_status kh__dynamodb_write_nested(struct kh_str json, struct kh_arena *arena,
                                         struct kh_json_writer *out)
{
    struct open_value open[KH__DYNAMODB_MAX_DEPTH];
    struct kh_error error;
    struct kh_json in;
    size_t depth = 0;

    kh_error_clear(&error);
    kh_json_init(&in, json, arena, &error);
    do {
        char first = kh_json_peek(&in);

        if (first == '{' || first == '[') {
            if (depth == KH__DYNAMODB_MAX_DEPTH) {
                return KH_TOO_DEEP;
            }
            KH_TRY(first == '{' ? open_object(&in, out, &open[depth])
                                : open_array(&in, out, &open[depth]));
            depth++;
        } else {
            KH_TRY(write_scalar(&in, out));
        }
        while (depth > 0 && !next_inside(&in, &open[depth - 1])) {
            depth--;
            KH_TRY(close_value(&in, out, &open[depth]));
        }
        if (depth > 0 && open[depth - 1].is_object) {
            KH_TRY(kh_json_once_unknown(&in, &open[depth - 1].object));
            KH_TRY(kh_json_write_name(out, open[depth - 1].object.name));
        }
    } while (depth > 0);
    return kh_json_end(&in);
}

/* ---- Attribute to JSON --------------------------------------------------------------------- */

enum inside {
    INSIDE_MAP,
    INSIDE_LIST,
    INSIDE_STRINGS, /* sets: their items have no type of their own */
    INSIDE_NUMBERS
};

struct open_attribute {
    enum inside inside;
    struct kh_json_object wrapper; /* {"M": ...} */
    struct kh_json_object object;
    struct kh_json_array array;
};

static enum kh_status read_number(struct kh_json *in, struct kh_json_writer *out)
{
    struct kh_str text;

    KH_TRY(kh_json_read_str(in, &text));
    KH_TRY(kh__dynamodb_number(text, in->arena, &text));
    return kh_json_write_raw(out, (struct kh_raw){ text });
}

static enum kh_status read_text(struct kh_json *in, struct kh_json_writer *out)
{
    struct kh_str text;

    KH_TRY(kh_json_read_str(in, &text));
    return kh_json_write_str(out, text);
}

static enum kh_status read_bool(struct kh_json *in, struct kh_json_writer *out)
{
    bool truth;

    KH_TRY(kh_json_read_bool(in, &truth));
    return kh_json_write_bool(out, truth);
}

static enum kh_status end_wrapper(struct kh_json *in, struct kh_json_object *wrapper)
{
    return kh_json_object_next(in, wrapper) ? KH_NOT_JSON
                                            : kh_json_object_end(in, wrapper, NULL, NULL, NULL, 0);
}

/* Goes into the attribute at the cursor. *opened: it has something inside, else it is written. */
static enum kh_status enter(struct kh_json *in, struct kh_json_writer *out,
                            struct open_attribute *open, bool *opened)
{
    struct kh_json_object *wrapper = &open->wrapper;
    bool truth;

    *opened = false;
    KH_TRY(kh_json_object_begin(in, wrapper));
    if (!kh_json_object_next(in, wrapper)) {
        KH_TRY(kh_json_object_end(in, wrapper, NULL, NULL, NULL, 0));
        return KH_INVALID;
    }
    if (kh_json_member_is(wrapper, KH_STR("S")) || kh_json_member_is(wrapper, KH_STR("B"))) {
        KH_TRY(read_text(in, out));
    } else if (kh_json_member_is(wrapper, KH_STR("N"))) {
        KH_TRY(read_number(in, out));
    } else if (kh_json_member_is(wrapper, KH_STR("BOOL"))) {
        KH_TRY(read_bool(in, out));
    } else if (kh_json_member_is(wrapper, KH_STR("NULL"))) {
        KH_TRY(kh_json_read_bool(in, &truth));
        KH_TRY(kh_json_write_null(out));
    } else if (kh_json_member_is(wrapper, KH_STR("M"))) {
        *opened = true;
        open->inside = INSIDE_MAP;
        KH_TRY(kh_json_object_begin(in, &open->object));
        return kh_json_write_object_begin(out);
    } else {
        *opened = true;
        if (kh_json_member_is(wrapper, KH_STR("L"))) {
            open->inside = INSIDE_LIST;
        } else if (kh_json_member_is(wrapper, KH_STR("NS"))) {
            open->inside = INSIDE_NUMBERS;
        } else if (kh_json_member_is(wrapper, KH_STR("SS")) ||
                   kh_json_member_is(wrapper, KH_STR("BS"))) {
            open->inside = INSIDE_STRINGS;
        } else {
            return KH_INVALID;
        }
        KH_TRY(kh_json_array_begin(in, &open->array));
        return kh_json_write_array_begin(out);
    }
    return end_wrapper(in, wrapper);
}

static enum kh_status leave(struct kh_json *in, struct kh_json_writer *out,
                            struct open_attribute *open)
{
    if (open->inside == INSIDE_MAP) {
        KH_TRY(kh_json_object_end(in, &open->object, NULL, NULL, NULL, 0));
        KH_TRY(kh_json_write_object_end(out));
    } else {
        KH_TRY(kh_json_array_end(in, &open->array));
        KH_TRY(kh_json_write_array_end(out));
    }
    return end_wrapper(in, &open->wrapper);
}

/*
 * Goes to the next attribute inside the innermost one; *there is false when there is none. Items of sets are
 * written on the way.
 */
static enum kh_status go_on(struct kh_json *in, struct kh_json_writer *out,
                            struct open_attribute *open, bool *there)
{
    *there = false;
    if (open->inside == INSIDE_MAP) {
        if (kh_json_object_next(in, &open->object)) {
            *there = true;
            KH_TRY(kh_json_once_unknown(in, &open->object));
            return kh_json_write_name(out, open->object.name);
        }
        return KH_OK;
    }
    while (kh_json_array_next(in, &open->array)) {
        if (open->inside == INSIDE_LIST) {
            *there = true;
            return KH_OK;
        }
        KH_TRY(open->inside == INSIDE_NUMBERS ? read_number(in, out) : read_text(in, out));
    }
    return KH_OK;
}

enum kh_status kh__dynamodb_read_nested(struct kh_json *in, struct kh_json_writer *out)
{
    struct open_attribute open[KH_JSON_MAX_DEPTH / 2];
    size_t depth = 0;
    bool there;

    do {
        bool opened;

        if (depth == sizeof open / sizeof open[0]) {
            return KH_TOO_DEEP;
        }
        KH_TRY(enter(in, out, &open[depth], &opened));
        depth += opened ? 1 : 0;
        there = false;
        while (depth > 0 && !there) {
            KH_TRY(go_on(in, out, &open[depth - 1], &there));
            if (!there) {
                depth--;
                KH_TRY(leave(in, out, &open[depth]));
            }
        }
    } while (depth > 0);
    return KH_OK;
}
