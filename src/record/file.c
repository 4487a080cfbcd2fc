/*
 * A file of events as records. What form it has is decided at its first document: an array; lines
 * that stand for themselves, so that a broken one costs only itself; or documents over several lines.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kh/alloc.h"
#include "kh/json.h"
#include "kh/source.h"
#include "record/extent.h"
#include "record/window.h"

enum form { FORM_UNDECIDED, FORM_LINES, FORM_DOCUMENTS, FORM_ARRAY };

struct kh_file {
    struct kh_window window;
    enum form form;
    bool started;            /* the first bytes were looked at */
    size_t items;            /* of the array so far */
    size_t position;         /* of the next record */
    uint64_t size;
    struct kh_error failure; /* held back until the records before it were handed out */
};

/* One call of kh_file_next. */
struct taking {
    struct kh_file *file;
    struct kh_arena *arena;
    struct kh_error *error;
    struct kh_records *out;
    size_t capacity;
};

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

/* ---- Failures with their place ---------------------------------------------------------- */

/* Puts the place of byte `offset` of `text`, which the window begins with, before the reason. */
static enum kh_status failed_at(struct taking *t, struct kh_str text, size_t offset)
{
    const struct kh_error cause = *t->error;
    uint64_t line = t->file->window.line;
    uint64_t column = t->file->window.column;

    kh_window_locate(text, offset, &line, &column);
    kh_error_clear(t->error);
    return kh_fail(t->error, cause.status, "line %llu, column %llu: %s", (unsigned long long)line,
                   (unsigned long long)column, cause.reason);
}

static enum kh_status fail_here(struct taking *t, enum kh_status status, const char *reason)
{
    kh_error_clear(t->error);
    status = kh_fail(t->error, status, "%s", reason);
    (void)failed_at(t, KH_STR(""), 0);
    return status;
}

/* ---- Reading on ------------------------------------------------------------------------- */

static enum kh_status grow(struct taking *t)
{
    enum kh_status status = kh_window_grow(&t->file->window, KH_FILE_DOCUMENT_LIMIT, t->error);

    return status == KH_TOO_LARGE ? failed_at(t, KH_STR(""), 0) : status;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Goes to the first byte that is not blank. */
static enum kh_status skip_blanks(struct taking *t, char *first)
{
    struct kh_window *window = &t->file->window;

    for (;;) {
        struct kh_str text = kh_window_text(window);
        size_t blanks = 0;

        while (blanks < text.length && is_blank(text.data[blanks])) {
            blanks++;
        }
        *first = blanks < text.length ? text.data[blanks] : '\0';
        kh_window_take(window, blanks);
        if (blanks < text.length || window->at_end) {
            return KH_OK;
        }
        KH_TRY(grow(t));
    }
}

/* After skip_blanks: the file holds nothing more. */
static bool is_exhausted(const struct taking *t)
{
    return kh_window_text(&t->file->window).length == 0;
}

/* The line from byte `from` of the window to its newline, which is not part of it. */
static enum kh_status find_line(struct taking *t, size_t from, struct kh_str *line)
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
        KH_TRY(grow(t));
    }
}

/* The value that the window begins with, over as many lines as it takes; empty: it has no end. */
static enum kh_status find_value(struct taking *t, struct kh_str *value)
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
        KH_TRY(grow(t));
    }
}

/* ---- Records ---------------------------------------------------------------------------- */

static enum kh_status append(struct taking *t, const struct kh_record *records, size_t count)
{
    struct kh_records *out = t->out;

    if (out->count + count > t->capacity) {
        size_t capacity = t->capacity * 2 > out->count + count ? t->capacity * 2
                                                               : out->count + count;
        struct kh_record *items = kh_arena_grow(t->arena, out->items, out->count, capacity,
                                                sizeof *items);

        if (items == NULL) {
            return kh_fail(t->error, KH_NO_MEMORY, "no memory for records");
        }
        out->items = items;
        t->capacity = capacity;
    }
    for (size_t i = 0; i < count; i++) {
        out->items[out->count] = records[i];
        out->items[out->count++].position = t->file->position++;
    }
    return KH_OK;
}

static enum kh_status copy_padded(struct taking *t, struct kh_str text, struct kh_str *copy)
{
    char *data = kh_arena_alloc(t->arena, text.length + KH_PADDING);

    if (data == NULL) {
        return kh_fail(t->error, KH_NO_MEMORY, "no memory for a record");
    }
    if (text.length > 0) {
        memcpy(data, text.data, text.length);
    }
    *copy = (struct kh_str){ data, text.length };
    return KH_OK;
}

/* A record of the text as it stands; whoever processes it finds out whether it is JSON. */
static enum kh_status add_unread(struct taking *t, struct kh_str text)
{
    struct kh_record record = { .id = KH_STR(""),
                                .sequence_number = KH_STR(""),
                                .partition_key = KH_STR(""),
                                .shard_id = KH_STR(""),
                                .source_arn = KH_STR("") };

    KH_TRY(copy_padded(t, text, &record.data));
    return append(t, &record, 1);
}

/* An event, or the records of a captured Lambda event. t->error->offset counts from its beginning. */
static enum kh_status add_document(struct taking *t, struct kh_str text)
{
    struct kh_records records;
    struct kh_str copy;

    KH_TRY(copy_padded(t, text, &copy));
    KH_TRY(kh_invocation_read(copy, t->arena, t->error, &records));
    return append(t, records.items, records.count);
}

/* ---- Lines ------------------------------------------------------------------------------ */

static struct kh_str trim_end(struct kh_str text)
{
    while (text.length > 0 && is_blank(text.data[text.length - 1])) {
        text.length--;
    }
    return text;
}

static bool is_one_value(struct kh_str text)
{
    struct kh_extent extent = { 0 };

    return kh_extent_find(&extent, text, true) && extent.length == text.length;
}

/* False for text that can't be a captured Lambda event, which spares reading it twice. */
static bool mentions_records(struct kh_str text)
{
    static const char name[] = "\"Records\"";

    return memmem(text.data, text.length, name, sizeof name - 1) != NULL;
}

/* The documents on a line; *whole is false when it does not consist of JSON documents. */
static enum kh_status add_documents_of_line(struct taking *t, struct kh_str line, bool *whole)
{
    struct kh_str rest = line;

    *whole = true;
    while (rest.length > 0) {
        struct kh_extent extent = { 0 };
        enum kh_status status;

        *whole = kh_extent_find(&extent, rest, true) && extent.length > 0;
        if (!*whole) {
            return KH_OK;
        }
        status = add_document(t, (struct kh_str){ rest.data, extent.length });
        if (status == KH_INVALID) {
            return failed_at(t, line, (size_t)(rest.data - line.data) + t->error->offset);
        }
        *whole = status == KH_OK;
        if (!*whole) {
            return status == KH_NO_MEMORY ? status : KH_OK;
        }
        while (extent.length < rest.length && is_blank(rest.data[extent.length])) {
            extent.length++;
        }
        rest = (struct kh_str){ rest.data + extent.length, rest.length - extent.length };
    }
    return KH_OK;
}

static enum kh_status add_line(struct taking *t, struct kh_str line)
{
    size_t count = t->out->count;
    size_t position = t->file->position;
    bool whole;

    if (is_one_value(line) && !mentions_records(line)) {
        return add_unread(t, line);
    }
    KH_TRY(add_documents_of_line(t, line, &whole));
    if (whole) {
        return KH_OK;
    }
    kh_error_clear(t->error);
    t->out->count = count;
    t->file->position = position;
    return add_unread(t, line);
}

static enum kh_status next_line(struct taking *t)
{
    struct kh_str line;

    KH_TRY(find_line(t, 0, &line));
    KH_TRY(add_line(t, trim_end(line)));
    kh_window_take(&t->file->window, line.length);
    return KH_OK;
}

/* ---- Documents and arrays --------------------------------------------------------------- */

/* Takes the value at the window's beginning, whatever lines it is on. */
static enum kh_status next_value(struct taking *t)
{
    enum kh_status status;
    struct kh_str value;

    KH_TRY(find_value(t, &value));
    if (value.length == 0) {
        bool open = memchr("{[\"", kh_window_text(&t->file->window).data[0], 3) != NULL;

        return fail_here(t, KH_NOT_JSON,
                         open ? "what begins here does not end" : "a value is expected here");
    }
    status = add_document(t, value);
    if (status != KH_OK) {
        return status == KH_NO_MEMORY ? status : failed_at(t, value, t->error->offset);
    }
    kh_window_take(&t->file->window, value.length);
    return KH_OK;
}

static enum kh_status next_item(struct taking *t, char first)
{
    struct kh_file *file = t->file;

    if (first == ']') {
        kh_window_take(&file->window, 1);
        file->form = FORM_UNDECIDED;
        return KH_OK;
    }
    if (file->items > 0 && !is_exhausted(t)) {
        if (first != ',') {
            return fail_here(t, KH_NOT_JSON, "expected , or ]");
        }
        kh_window_take(&file->window, 1);
        KH_TRY(skip_blanks(t, &first));
    }
    if (is_exhausted(t)) {
        return fail_here(t, KH_NOT_JSON, "the array is not closed");
    }
    KH_TRY(next_value(t));
    file->items++;
    return KH_OK;
}

/* ---- Deciding the form ------------------------------------------------------------------ */

static enum kh_status is_json(struct taking *t, struct kh_str text, bool *answer)
{
    struct kh_arena_mark mark = kh_arena_mark(t->arena);
    struct kh_error error;
    struct kh_json in;
    struct kh_str copy;
    enum kh_status status;

    KH_TRY(copy_padded(t, text, &copy));
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
static enum kh_status line_stands_alone(struct taking *t, size_t from, bool *answer)
{
    struct kh_str line;

    do {
        KH_TRY(find_line(t, from, &line));
        from += line.length + 1;
        line = trim_end(line);
    } while (line.length == 0 && from <= kh_window_text(&t->file->window).length);
    *answer = line.length == 0 || (line.data[0] == '{' && is_one_value(line));
    return KH_OK;
}

/*
 * The first line opens an object and does not close it. Either it goes on in the lines that follow, or
 * it is a broken line of NDJSON: if those are not its continuation, and the next one stands alone.
 */
static enum kh_status decide_open_object(struct taking *t, size_t line_length)
{
    bool alone = false;
    bool goes_on = false;
    struct kh_str value;
    enum kh_status status = find_value(t, &value);

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
    t->file->form = alone ? FORM_LINES : FORM_DOCUMENTS;
    return KH_OK;
}

static enum kh_status decide(struct taking *t, char first)
{
    struct kh_extent extent = { 0 };
    struct kh_str line;

    t->file->form = FORM_LINES;
    KH_TRY(find_line(t, 0, &line));
    if (first != '{' || kh_extent_find(&extent, line, true) || extent.in_string) {
        return KH_OK;
    }
    return decide_open_object(t, line.length);
}

/* ---- The whole -------------------------------------------------------------------------- */

static enum kh_status refuse_byte_order_mark(struct taking *t)
{
    static const char mark[] = "\xEF\xBB\xBF";
    struct kh_window *window = &t->file->window;
    struct kh_str text = kh_window_text(window);

    while (text.length < sizeof mark - 1 && !window->at_end) {
        KH_TRY(grow(t));
        text = kh_window_text(window);
    }
    if (text.length >= sizeof mark - 1 && memcmp(text.data, mark, sizeof mark - 1) == 0) {
        return fail_here(t, KH_NOT_JSON,
                         "a UTF-8 byte order mark; save the file as UTF-8 without one");
    }
    t->file->started = true;
    return KH_OK;
}

/* One line, document or item; *more is false at the end of the file. */
static enum kh_status next_piece(struct taking *t, bool *more)
{
    struct kh_file *file = t->file;
    char first;

    if (!file->started) {
        KH_TRY(refuse_byte_order_mark(t));
    }
    KH_TRY(skip_blanks(t, &first));
    *more = !is_exhausted(t);
    if (file->form == FORM_ARRAY) {
        *more = true;
        return next_item(t, first);
    }
    if (!*more) {
        return KH_OK;
    }
    if (first == '[' && file->form != FORM_LINES) {
        kh_window_take(&file->window, 1);
        file->form = FORM_ARRAY;
        file->items = 0;
        return KH_OK;
    }
    if (file->form == FORM_UNDECIDED) {
        KH_TRY(decide(t, first));
    }
    return file->form == FORM_LINES ? next_line(t) : next_value(t);
}

enum kh_status kh_file_next(struct kh_file *file, size_t limit, struct kh_arena *arena,
                            struct kh_error *error, struct kh_records *out)
{
    struct taking taking = { file, arena, error, out, 0 };
    bool more = true;

    *out = (struct kh_records){ 0 };
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
