/* Reading a file piece by piece, with the line and column of where one is. */
#include "record/window.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kh/alloc.h"

#define PIECE ((size_t)256 * 1024)

void kh_window_init(struct kh_window *window, int fd)
{
    *window = (struct kh_window){ .fd = fd, .line = 1, .column = 1 };
}

void kh_window_clean_up(struct kh_window *window)
{
    kh_free(window->data);
    window->data = NULL;
}

/* Makes room for a piece behind the window: by sliding it to the front, or by doubling. */
static enum kh_status make_room(struct kh_window *window, struct kh_error *error)
{
    size_t length = window->end - window->begin;
    size_t capacity = window->capacity < PIECE ? PIECE : window->capacity;
    char *data;

    if (window->capacity - window->end >= PIECE / 2) {
        return KH_OK;
    }
    if (window->begin > 0) {
        memmove(window->data, window->data + window->begin, length);
        window->begin = 0;
        window->end = length;
    }
    while (capacity - length < PIECE / 2) {
        capacity *= 2;
    }
    if (capacity == window->capacity) {
        return KH_OK;
    }
    data = kh_realloc(window->data, capacity);
    if (data == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory to read on");
    }
    window->data = data;
    window->capacity = capacity;
    return KH_OK;
}

enum kh_status kh_window_grow(struct kh_window *window, size_t limit, struct kh_error *error)
{
    ssize_t length;

    if (window->at_end) {
        return KH_OK;
    }
    if (window->end - window->begin >= limit) {
        return kh_fail(error, KH_TOO_LARGE, "a single document is larger than %zu MiB",
                       limit >> 20);
    }
    KH_TRY(make_room(window, error));
    do {
        length = read(window->fd, window->data + window->end, window->capacity - window->end);
    } while (length < 0 && errno == EINTR);
    if (length < 0) {
        return kh_fail(error, KH_IO, "reading failed: %m");
    }
    window->at_end = length == 0;
    window->end += (size_t)length;
    window->read += (uint64_t)length;
    return KH_OK;
}

struct kh_str kh_window_text(const struct kh_window *window)
{
    return window->data == NULL
               ? KH_STR("")
               : (struct kh_str){ window->data + window->begin, window->end - window->begin };
}

void kh_window_take(struct kh_window *window, size_t length)
{
    kh_window_locate(kh_window_text(window), length, &window->line, &window->column);
    window->begin += length;
}

void kh_window_locate(struct kh_str text, size_t offset, uint64_t *line, uint64_t *column)
{
    const char *at = text.data;
    const char *end = text.data + (offset < text.length ? offset : text.length);
    const char *newline;

    while (at < end && (newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        *line += 1;
        *column = 1;
        at = newline + 1;
    }
    *column += (uint64_t)(end - at);
}
