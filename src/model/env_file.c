/* Reading a .env file, all of it at once: it is small, and one that is not is something else. */
#include "model/env_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "text/lines.h"

#define MAX_FILE_SIZE ((size_t)64 * 1024)

static enum kh_status read_all(int fd, const char *path, struct kh_arena *arena,
                               struct kh_error *error, struct kh_str *out)
{
    char *data = kh_arena_alloc(arena, MAX_FILE_SIZE + 1);
    size_t length = 0;
    ssize_t count = 1;

    if (data == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "out of memory while reading %s", path);
    }
    while (count != 0 && length <= MAX_FILE_SIZE) {
        count = read(fd, data + length, MAX_FILE_SIZE + 1 - length);
        if (count < 0 && errno != EINTR) {
            return kh_fail(error, KH_IO, "%s can't be read: %s", path, strerror(errno));
        }
        length += count > 0 ? (size_t)count : 0;
    }
    if (length > MAX_FILE_SIZE) {
        return kh_fail(error, KH_IO, "%s is larger than %zu bytes", path, MAX_FILE_SIZE);
    }
    *out = (struct kh_str){ data, length };
    return KH_OK;
}

static enum kh_status read_file(const char *path, struct kh_arena *arena, struct kh_error *error,
                                struct kh_str *out)
{
    enum kh_status status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return KH_OK;
        }
        return kh_fail(error, KH_IO, "%s can't be read: %s", path, strerror(errno));
    }
    status = read_all(fd, path, arena, error, out);
    close(fd);
    return status;
}

static bool is_name(struct kh_str text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];

        if (!(c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              (i > 0 && c >= '0' && c <= '9'))) {
            return false;
        }
    }
    return text.length != 0;
}

/* The value without quotes and without the comment behind it; false if its quotes don't match. */
static bool parse_value(struct kh_str text, struct kh_str *value)
{
    text = kh__trim(text);
    if (text.length != 0 && (text.data[0] == '"' || text.data[0] == '\'')) {
        const char *end = memchr(text.data + 1, text.data[0], text.length - 1);
        struct kh_str after;

        if (end == NULL) {
            return false;
        }
        *value = (struct kh_str){ text.data + 1, (size_t)(end - text.data) - 1 };
        after = kh__trim(kh__from(text, (size_t)(end - text.data) + 1));
        return after.length == 0 || after.data[0] == '#';
    }
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '#' && (i == 0 || kh__is_blank(text.data[i - 1]))) {
            text.length = i;
        }
    }
    *value = kh__trim(text);
    return true;
}

/* NAME=value; false if it is neither that nor empty or a comment. A name "" stands for these two. */
static bool parse_line(struct kh_str line, struct kh_str *name, struct kh_str *value)
{
    const char *equals;

    *name = KH_STR("");
    line = kh__trim(line);
    if (line.length == 0 || line.data[0] == '#') {
        return true;
    }
    equals = memchr(line.data, '=', line.length);
    if (equals == NULL || memchr(line.data, '\0', line.length) != NULL) {
        return false;
    }
    *name = kh__trim((struct kh_str){ line.data, (size_t)(equals - line.data) });
    return is_name(*name) && parse_value(kh__from(line, (size_t)(equals - line.data) + 1), value);
}

static enum kh_status check_lines(const struct kh__env_file *file, struct kh_error *error)
{
    struct kh_str rest = file->text;

    for (size_t number = 1; rest.length != 0; number++) {
        struct kh_str name;
        struct kh_str value;

        if (!parse_line(kh__take_line(&rest), &name, &value)) {
            return kh_fail(error, KH_BAD_SETTING,
                           "%s:%zu is not NAME=value (with matching quotes, if any), "
                           "a # comment or an empty line",
                           file->path, number);
        }
    }
    return KH_OK;
}

bool kh__env_file_find(const struct kh__env_file *file, const char *name, struct kh_str *value,
                       size_t *line)
{
    struct kh_str rest = file->text;
    bool found = false;

    for (size_t number = 1; rest.length != 0; number++) {
        struct kh_str line_name;
        struct kh_str line_value;

        if (parse_line(kh__take_line(&rest), &line_name, &line_value) &&
            kh_str_equal(line_name, kh_str_from(name))) {
            *value = line_value;
            *line = number;
            found = true;
        }
    }
    return found;
}

enum kh_status kh__env_file_read(const char *path, struct kh_arena *arena, struct kh_error *error,
                                 struct kh__env_file *out)
{
    *out = (struct kh__env_file){ path, KH_STR_INIT("") };
    if (path == NULL || path[0] == '\0') {
        return KH_OK;
    }
    KH_TRY(read_file(path, arena, error, &out->text));
    return check_lines(out, error);
}
