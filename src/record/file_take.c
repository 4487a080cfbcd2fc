/* Reading on, finding lines and values, and making records of them. */
#include "record/file_take.h"

#include <string.h>

#include "kh/json.h"
#include "record/extent.h"

/* ---- Failures with their place ---------------------------------------------------------- */

enum kh_status kh__take_failed_at(struct kh__take *t, struct kh_str text, size_t offset)
{
    const struct kh_error cause = *t->error;
    uint64_t line = t->file->window.line;
    uint64_t column = t->file->window.column;

    kh_window_locate(text, offset, &line, &column);
    kh_error_clear(t->error);
    return kh_fail(t->error, cause.status, "line %llu, column %llu: %s", (unsigned long long)line,
                   (unsigned long long)column, cause.reason);
}

enum kh_status kh__take_fail(struct kh__take *t, enum kh_status status, const char *reason)
{
    kh_error_clear(t->error);
    (void)kh_fail(t->error, status, "%s", reason);
    return kh__take_failed_at(t, KH_STR(""), 0);
}

/* ---- Reading on ------------------------------------------------------------------------- */

enum kh_status kh__take_grow(struct kh__take *t)
{
    enum kh_status status = kh_window_grow(&t->file->window, KH_FILE_DOCUMENT_LIMIT, t->error);

    return status == KH_TOO_LARGE ? kh__take_failed_at(t, KH_STR(""), 0) : status;
}

bool kh__take_is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

enum kh_status kh__take_skip_blanks(struct kh__take *t, char *first)
{
    struct kh_window *window = &t->file->window;

    for (;;) {
        struct kh_str text = kh_window_text(window);
        size_t blanks = 0;

        while (blanks < text.length && kh__take_is_blank(text.data[blanks])) {
            blanks++;
        }
        *first = blanks < text.length ? text.data[blanks] : '\0';
        kh_window_take(window, blanks);
        if (blanks < text.length || window->at_end) {
            return KH_OK;
        }
        KH_TRY(kh__take_grow(t));
    }
}

bool kh__take_is_exhausted(const struct kh__take *t)
{
    return kh_window_text(&t->file->window).length == 0;
}

enum kh_status kh__take_find_line(struct kh__take *t, size_t from, struct kh_str *line)
{
    const struct kh_window *window = &t->file->window;
    size_t looked_at = from;

    for (;;) {
        struct kh_str text = kh_window_text(window);
        const char *newline = memchr(text.data + looked_at, '\n', text.length - looked_at);

        if (newline != NULL || window->at_end) {
            const char *end = newline != NULL ? newline : text.data + text.length;

            *line = (struct kh_str){ text.data + from, (size_t)(end - text.data) - from };
            return KH_OK;
        }
        looked_at = text.length;
        KH_TRY(kh__take_grow(t));
    }
}

enum kh_status kh__take_find_value(struct kh__take *t, struct kh_str *value)
{
    struct kh_extent extent = { 0 };

    for (;;) {
        struct kh_str text = kh_window_text(&t->file->window);

        if (kh_extent_find(&extent, text, t->file->window.at_end)) {
            *value = (struct kh_str){ text.data, extent.length };
            return KH_OK;
        }
        if (t->file->window.at_end) {
            *value = KH_STR("");
            return KH_OK;
        }
        KH_TRY(kh__take_grow(t));
    }
}

struct kh_str kh__take_trim_end(struct kh_str text)
{
    while (text.length > 0 && kh__take_is_blank(text.data[text.length - 1])) {
        text.length--;
    }
    return text;
}

bool kh__take_is_one_value(struct kh_str text)
{
    struct kh_extent extent = { 0 };

    return kh_extent_find(&extent, text, true) && extent.length == text.length;
}

/* ---- Records ---------------------------------------------------------------------------- */

static enum kh_status append(struct kh__take *t, const struct kh_record *records, size_t count)
{
    struct kh_records *out = t->out;

    if (out->count + count > t->capacity) {
        size_t capacity =
            t->capacity * 2 > out->count + count ? t->capacity * 2 : out->count + count;
        struct kh_record *items =
            kh_arena_grow(t->arena, out->items, out->count, capacity, sizeof *items);

        if (items == NULL) {
            return kh_fail(t->error, KH_NO_MEMORY, "no memory for records");
        }
        out->items = items;
        t->capacity = capacity;
    }
    for (size_t i = 0; i < count; i++) {
        out->all_objects = out->all_objects && kh_str_begins(records[i].data, '{');
        out->items[out->count] = records[i];
        out->items[out->count++].position = t->file->position++;
    }
    return KH_OK;
}

enum kh_status kh__take_copy(struct kh__take *t, struct kh_str text, struct kh_str *copy)
{
    *copy = kh_arena_copy_padded(t->arena, text);
    return copy->data != NULL ? KH_OK : kh_fail(t->error, KH_NO_MEMORY, "no memory for a record");
}

enum kh_status kh__take_add_unread(struct kh__take *t, struct kh_str text)
{
    struct kh_record record = { .id = KH_STR(""),
                                .sequence_number = KH_STR(""),
                                .partition_key = KH_STR(""),
                                .shard_id = KH_STR(""),
                                .source_arn = KH_STR("") };

    KH_TRY(kh__take_copy(t, text, &record.data));
    return append(t, &record, 1);
}

enum kh_status kh__take_add_document(struct kh__take *t, struct kh_str text)
{
    struct kh_records records;
    struct kh_str copy;

    KH_TRY(kh__take_copy(t, text, &copy));
    KH_TRY(kh_invocation_read(copy, t->arena, t->error, &records));
    return append(t, records.items, records.count);
}
