/*
 * Taking records out of a file: the one call of kh_file_next, shared by the files file*.c. A
 * failure that concerns the text begins its reason with line and column.
 */
#ifndef KH_FILE_TAKE_H
#define KH_FILE_TAKE_H

#include "kh/source.h"
#include "record/window.h"

enum kh__form {
    KH__FORM_UNDECIDED,
    KH__FORM_LINES,
    KH__FORM_DOCUMENTS,
    KH__FORM_ARRAY,
    KH__FORM_BINARY /* no text: one record */
};

struct kh_file {
    struct kh_window window;
    enum kh__form form;
    bool started;    /* the first bytes were looked at */
    size_t items;    /* of the array so far */
    size_t position; /* of the next record */
    uint64_t size;
    struct kh_error failure; /* held back until the records before it were handed out */
};

/* One call of kh_file_next. */
struct kh__take {
    struct kh_file *file;
    struct kh_arena *arena;
    struct kh_error *error;
    struct kh_records *out;
    size_t capacity;
};

/* Puts the place of byte `offset` of `text`, which the window begins with, before the reason. */
enum kh_status kh__take_failed_at(struct kh__take *t, struct kh_str text,
                                  size_t offset) KH_MUST_USE;

/* The same for a reason of its own, at the window's beginning. */
enum kh_status kh__take_fail(struct kh__take *t, enum kh_status status,
                             const char *reason) KH_MUST_USE;

bool kh__take_is_blank(char byte);

/* Reads on. */
enum kh_status kh__take_grow(struct kh__take *t) KH_MUST_USE;

/* Goes to the first byte that is not blank. */
enum kh_status kh__take_skip_blanks(struct kh__take *t, char *first) KH_MUST_USE;

/* After kh__take_skip_blanks: the file holds nothing more. */
bool kh__take_is_exhausted(const struct kh__take *t);

/* The line from byte `from` of the window to its newline, which is not part of it. */
enum kh_status kh__take_find_line(struct kh__take *t, size_t from, struct kh_str *line) KH_MUST_USE;

/* The value that the window begins with, over as many lines as it takes; empty: it has no end. */
enum kh_status kh__take_find_value(struct kh__take *t, struct kh_str *value) KH_MUST_USE;

struct kh_str kh__take_trim_end(struct kh_str text);

/* Judged by quotes and brackets. */
bool kh__take_is_one_value(struct kh_str text);

/* In the arena, with KH_PADDING behind it. */
enum kh_status kh__take_copy(struct kh__take *t, struct kh_str text,
                             struct kh_str *copy) KH_MUST_USE;

/* A record of the text as it stands; whoever processes it finds out whether it is JSON. */
enum kh_status kh__take_add_unread(struct kh__take *t, struct kh_str text) KH_MUST_USE;

/*
 * An event, or the records of a captured Lambda event. On failure t->error->offset counts from the
 * document's beginning; the place is for the caller to add.
 */
enum kh_status kh__take_add_document(struct kh__take *t, struct kh_str text) KH_MUST_USE;

/*
 * Decides t->file->form by what stands first in the window, which is neither blank nor a bracket.
 */
enum kh_status kh__take_decide_form(struct kh__take *t, char first) KH_MUST_USE;

/* At the very beginning of the file: makes t->file->form binary if the file is no text. */
enum kh_status kh__take_find_binary(struct kh__take *t) KH_MUST_USE;

#endif
