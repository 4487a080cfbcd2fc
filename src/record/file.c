/*
 * A file of events as records. What form it has is decided at its first document: an array; lines
 * that stand for themselves, so that a broken one costs only itself; or documents over several
 * lines. What is no text is one record.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kh/alloc.h"
#include "record/extent.h"
#include "record/file_take.h"

enum kh_status kh_file_open(const char *path, struct kh_error *error, struct kh_file **out)
{
    bool standard_input = strcmp(path, "-") == 0;
    struct kh_file *file;
    struct stat about;
    int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        return kh_fail(error, KH_IO, "%m");
    }
    file = kh_calloc(1, sizeof *file);
    if (file == NULL) {
        if (!standard_input) {
            close(fd);
        }
        return kh_fail(error, KH_NO_MEMORY, "no memory to read a file");
    }
    kh_window_init(&file->window, fd);
    kh_error_clear(&file->failure);
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) {
        file->size = (uint64_t)about.st_size;
    }
    *out = file;
    return KH_OK;
}

void kh_file_close(struct kh_file *file)
{
    if (file == NULL) {
        return;
    }
    if (file->window.fd != STDIN_FILENO) {
        close(file->window.fd);
    }
    kh_window_clean_up(&file->window);
    kh_free(file);
}

uint64_t kh_file_done(const struct kh_file *file)
{
    return file->window.read;
}

uint64_t kh_file_size(const struct kh_file *file)
{
    return file->size;
}

/* A line is taken whole or not at all, so what it may ask for has an end. */
#define MAX_RECORDS_PER_LINE 100000

/* ---- Lines ------------------------------------------------------------------------------ */

/* False for text that can't be a captured Lambda event, which spares reading it twice. */
static bool mentions_records(struct kh_str text)
{
    static const char name[] = "\"Records\"";

    return memmem(text.data, text.length, name, sizeof name - 1) != NULL;
}

/*
 * The documents on a line; *whole is false when it does not consist of JSON documents that can be
 * read, or of so many that they are hardly meant.
 */
static enum kh_status add_documents_of_line(struct kh__take *t, struct kh_str line, bool *whole)
{
    struct kh_str rest = line;
    size_t count = t->out->count;

    *whole = true;
    while (rest.length > 0) {
        struct kh_extent extent = { 0 };
        enum kh_status status;

        *whole = kh_extent_find(&extent, rest, true) && extent.length > 0;
        if (!*whole) {
            return KH_OK;
        }
        if (t->out->count - count > MAX_RECORDS_PER_LINE) {
            *whole = false;
            return KH_OK;
        }
        status = kh__take_add_document(t, (struct kh_str){ rest.data, extent.length });
        if (status == KH_INVALID) {
            return kh__take_failed_at(t, line, (size_t)(rest.data - line.data) + t->error->offset);
        }
        *whole = status == KH_OK;
        if (!*whole) {
            return status == KH_NO_MEMORY ? status : KH_OK;
        }
        while (extent.length < rest.length && kh__take_is_blank(rest.data[extent.length])) {
            extent.length++;
        }
        rest = (struct kh_str){ rest.data + extent.length, rest.length - extent.length };
    }
    return KH_OK;
}

static enum kh_status add_line(struct kh__take *t, struct kh_str line)
{
    size_t count = t->out->count;
    size_t position = t->file->position;
    bool whole;

    if (kh__take_is_one_value(line) && !mentions_records(line)) {
        return kh__take_add_unread(t, line);
    }
    KH_TRY(add_documents_of_line(t, line, &whole));
    if (whole) {
        return KH_OK;
    }
    kh_error_clear(t->error);
    t->out->count = count;
    t->file->position = position;
    return kh__take_add_unread(t, line);
}

static enum kh_status next_line(struct kh__take *t)
{
    struct kh_str line;

    KH_TRY(kh__take_find_line(t, 0, &line));
    KH_TRY(add_line(t, kh__take_trim_end(line)));
    kh_window_take(&t->file->window, line.length);
    return KH_OK;
}

/* ---- Documents and arrays --------------------------------------------------------------- */

/* Takes the value at the window's beginning, whatever lines it is on. */
static enum kh_status next_value(struct kh__take *t)
{
    enum kh_status status;
    struct kh_str value;

    KH_TRY(kh__take_find_value(t, &value));
    if (value.length == 0) {
        bool open = memchr("{[\"", kh_window_text(&t->file->window).data[0], 3) != NULL;

        return kh__take_fail(t, KH_NOT_JSON,
                             open ? "what begins here does not end" : "a value is expected here");
    }
    status = kh__take_add_document(t, value);
    if (status != KH_OK) {
        return status == KH_NO_MEMORY ? status : kh__take_failed_at(t, value, t->error->offset);
    }
    kh_window_take(&t->file->window, value.length);
    return KH_OK;
}

static enum kh_status next_item(struct kh__take *t, char first)
{
    struct kh_file *file = t->file;

    if (first == ']') {
        kh_window_take(&file->window, 1);
        file->form = KH__FORM_UNDECIDED;
        return KH_OK;
    }
    if (file->items > 0 && !kh__take_is_exhausted(t)) {
        if (first != ',') {
            return kh__take_fail(t, KH_NOT_JSON, "expected , or ]");
        }
        kh_window_take(&file->window, 1);
        KH_TRY(kh__take_skip_blanks(t, &first));
    }
    if (kh__take_is_exhausted(t)) {
        return kh__take_fail(t, KH_NOT_JSON, "the array is not closed");
    }
    KH_TRY(next_value(t));
    file->items++;
    return KH_OK;
}

/* ---- The whole -------------------------------------------------------------------------- */

static enum kh_status refuse_byte_order_mark(struct kh__take *t)
{
    static const char mark[] = "\xEF\xBB\xBF";
    struct kh_window *window = &t->file->window;
    struct kh_str text = kh_window_text(window);

    while (text.length < sizeof mark - 1 && !window->at_end) {
        KH_TRY(kh__take_grow(t));
        text = kh_window_text(window);
    }
    if (text.length >= sizeof mark - 1 && memcmp(text.data, mark, sizeof mark - 1) == 0) {
        return kh__take_fail(t, KH_NOT_JSON,
                             "a UTF-8 byte order mark; save the file as UTF-8 without one");
    }
    t->file->started = true;
    return KH_OK;
}

/* All of the file. */
static enum kh_status next_whole(struct kh__take *t)
{
    struct kh_window *window = &t->file->window;

    while (!window->at_end) {
        KH_TRY(kh__take_grow(t));
    }
    KH_TRY(kh__take_add_unread(t, kh_window_text(window)));
    kh_window_take(window, kh_window_text(window).length);
    return KH_OK;
}

/* One line, document or item; *more is false at the end of the file. */
static enum kh_status next_piece(struct kh__take *t, bool *more)
{
    struct kh_file *file = t->file;
    char first;

    if (!file->started) {
        KH_TRY(refuse_byte_order_mark(t));
        KH_TRY(kh__take_find_binary(t));
    }
    if (file->form == KH__FORM_BINARY) {
        *more = !kh__take_is_exhausted(t);
        return *more ? next_whole(t) : KH_OK;
    }
    KH_TRY(kh__take_skip_blanks(t, &first));
    *more = !kh__take_is_exhausted(t);
    if (file->form == KH__FORM_ARRAY) {
        *more = true;
        return next_item(t, first);
    }
    if (!*more) {
        return KH_OK;
    }
    if (first == '[' && file->form != KH__FORM_LINES) {
        kh_window_take(&file->window, 1);
        file->form = KH__FORM_ARRAY;
        file->items = 0;
        return KH_OK;
    }
    if (file->form == KH__FORM_UNDECIDED) {
        KH_TRY(kh__take_decide_form(t, first));
    }
    return file->form == KH__FORM_LINES ? next_line(t) : next_value(t);
}

enum kh_status kh_file_next(struct kh_file *file, size_t limit, struct kh_arena *arena,
                            struct kh_error *error, struct kh_records *out)
{
    struct kh__take taking = { file, arena, error, out, 0 };
    bool more = true;

    *out = (struct kh_records){ .all_objects = true };
    if (file->failure.status != KH_OK) {
        *error = file->failure;
        return error->status;
    }
    kh_error_clear(error);
    while (more && out->count < limit) {
        enum kh_status status = next_piece(&taking, &more);

        if (status != KH_OK && out->count > 0) {
            file->failure = *error;
            kh_error_clear(error);
            return KH_OK;
        }
        KH_TRY(status);
    }
    return KH_OK;
}
