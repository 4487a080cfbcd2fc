/*
 * What form a file has, from its first line: lines that stand for themselves, or documents over
 * several lines. An array shows itself, and so does what is no text.
 */
#include "record/file_take.h"

#include "kh/json.h"
#include "kh/proto.h"
#include "record/extent.h"

static enum kh_status is_json(struct kh__take *t, struct kh_str text, bool *answer)
{
    struct kh_arena_mark mark = kh_arena_mark(t->arena);
    struct kh_error error;
    struct kh_json in;
    struct kh_str copy;
    enum kh_status status;

    KH_TRY(kh__take_copy(t, text, &copy));
    kh_error_clear(&error);
    kh_json_init(&in, copy, t->arena, &error);
    status = kh_json_skip(&in);
    kh_arena_release(t->arena, mark);
    if (status == KH_NO_MEMORY) {
        return kh_fail(t->error, status, "no memory for a record");
    }
    *answer = status == KH_OK;
    return KH_OK;
}

/* True when the first line that is not blank from byte `from` on is an object, or there is none. */
static enum kh_status line_stands_alone(struct kh__take *t, size_t from, bool *answer)
{
    struct kh_str line;

    do {
        KH_TRY(kh__take_find_line(t, from, &line));
        from += line.length + 1;
        line = kh__take_trim_end(line);
    } while (line.length == 0 && from <= kh_window_text(&t->file->window).length);
    *answer = line.length == 0 || (line.data[0] == '{' && kh__take_is_one_value(line));
    return KH_OK;
}

/*
 * The first line opens an object and does not close it. Either it goes on in the lines that follow,
 * or it is a broken line of NDJSON: if those are not its continuation, and the next one stands
 * alone.
 */
static enum kh_status decide_open_object(struct kh__take *t, size_t line_length)
{
    bool alone = false;
    bool goes_on = false;
    struct kh_str value;
    enum kh_status status = kh__take_find_value(t, &value);

    if (status == KH_OK && value.length > 0) {
        KH_TRY(is_json(t, value, &goes_on));
    } else if (status == KH_TOO_LARGE) {
        kh_error_clear(t->error);
    } else {
        KH_TRY(status);
    }
    if (!goes_on) {
        KH_TRY(line_stands_alone(t, line_length, &alone));
    }
    t->file->form = alone ? KH__FORM_LINES : KH__FORM_DOCUMENTS;
    return KH_OK;
}

enum kh_status kh__take_decide_form(struct kh__take *t, char first)
{
    struct kh_extent extent = { 0 };
    struct kh_str line;

    t->file->form = KH__FORM_LINES;
    KH_TRY(kh__take_find_line(t, 0, &line));
    if (first != '{' || kh_extent_find(&extent, line, true) || extent.in_string) {
        return KH_OK;
    }
    return decide_open_object(t, line.length);
}

/* ---- Files that are no text ------------------------------------------------------------------ */

/* One that stands nowhere in JSON. */
static bool has_control_byte(struct kh_str text)
{
    for (size_t i = 0; i < text.length; i++) {
        if ((unsigned char)text.data[i] < ' ' && !kh__take_is_blank(text.data[i])) {
            return true;
        }
    }
    return false;
}

/*
 * A message of Protocol Buffers may begin with a blank; then all of it has to be looked at. A short text may
 * be one by accident (" [ ]" is two numbers), but all messages of two fields have control bytes.
 */
static enum kh_status is_message(struct kh__take *t, bool *answer)
{
    struct kh_window *window = &t->file->window;

    while (!window->at_end && kh_window_text(window).length < KH_FILE_DOCUMENT_LIMIT) {
        KH_TRY(kh__take_grow(t));
    }
    *answer = window->at_end && has_control_byte(kh_window_text(window)) &&
              kh_proto_is_message(kh_window_text(window));
    return KH_OK;
}

enum kh_status kh__take_find_binary(struct kh__take *t)
{
    struct kh_str text = kh_window_text(&t->file->window);
    bool binary = false;

    if (text.length == 0) {
        return KH_OK;
    }
    if (kh__take_is_blank(text.data[0])) {
        KH_TRY(is_message(t, &binary));
    } else {
        binary = text.data[0] < ' ' || text.data[0] > '~';
    }
    t->file->form = binary ? KH__FORM_BINARY : t->file->form;
    return KH_OK;
}
