/* A window over a file that is read in pieces: it slides on, and grows as far as it is asked to. */
#ifndef KH_WINDOW_H
#define KH_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kh/error.h"
#include "kh/status.h"
#include "kh/str.h"

struct kh_window {
    int fd;
    bool at_end; /* of the file: nothing is left to be read */
    char *data;
    size_t capacity;
    size_t begin; /* the window is data[begin .. end) */
    size_t end;
    uint64_t read;   /* bytes so far */
    uint64_t line;   /* where the window begins, from 1 */
    uint64_t column; /* in bytes, from 1 */
};

void kh_window_init(struct kh_window *window, int fd);
void kh_window_clean_up(struct kh_window *window);

/*
 * Reads on; nothing happens at the end of the file. KH_IO; KH_NO_MEMORY; KH_TOO_LARGE when the
 * window has reached `limit` bytes already.
 */
enum kh_status kh_window_grow(struct kh_window *window, size_t limit,
                              struct kh_error *error) KH_MUST_USE;

/* What is in the window now; valid until it grows. */
struct kh_str kh_window_text(const struct kh_window *window);

/* Lets go of the first `length` bytes. */
void kh_window_take(struct kh_window *window, size_t length);

/* The line and column of byte `offset` of a text that begins at `line` and `column`. */
void kh_window_locate(struct kh_str text, size_t offset, uint64_t *line, uint64_t *column);

#endif
