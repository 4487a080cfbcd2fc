/*
 * Settings: each row of the map is looked up in the environment, then in the .env file, then in its
 * default; strictly, because a wrong value that is guessed at shows itself much later.
 */
#include "kh/settings.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kh/utf8.h"

/* A .env file is small; one that is not is something else. */
#define MAX_FILE_SIZE ((size_t)64 * 1024)

/* How much of a refused value is shown. */
#define SHOWN_SIZE 40

struct env_file {
    const char *path;
    struct kh_str text;
};

/* Where a value was found, for messages. */
struct source {
    const char *path; /* NULL: the environment or the default */
    size_t line;
};

/* ---- The .env file ------------------------------------------------------------------------- */

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

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct kh_str trim(struct kh_str text)
{
    while (text.length != 0 && is_blank(text.data[0])) {
        text.data++;
        text.length--;
    }
    while (text.length != 0 && is_blank(text.data[text.length - 1])) {
        text.length--;
    }
    return text;
}

static struct kh_str from(struct kh_str text, size_t at)
{
    return (struct kh_str){ text.data + at, text.length - at };
}

static struct kh_str take_line(struct kh_str *rest)
{
    const char *end = memchr(rest->data, '\n', rest->length);
    struct kh_str line = { rest->data, end == NULL ? rest->length : (size_t)(end - rest->data) };

    *rest = from(*rest, end == NULL ? line.length : line.length + 1);
    return line;
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
    text = trim(text);
    if (text.length != 0 && (text.data[0] == '"' || text.data[0] == '\'')) {
        const char *end = memchr(text.data + 1, text.data[0], text.length - 1);
        struct kh_str after;

        if (end == NULL) {
            return false;
        }
        *value = (struct kh_str){ text.data + 1, (size_t)(end - text.data) - 1 };
        after = trim(from(text, (size_t)(end - text.data) + 1));
        return after.length == 0 || after.data[0] == '#';
    }
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '#' && (i == 0 || is_blank(text.data[i - 1]))) {
            text.length = i;
        }
    }
    *value = trim(text);
    return true;
}

/* NAME=value; false if it is neither that nor empty or a comment. A name "" stands for these two. */
static bool parse_line(struct kh_str line, struct kh_str *name, struct kh_str *value)
{
    const char *equals;

    *name = KH_STR("");
    line = trim(line);
    if (line.length == 0 || line.data[0] == '#') {
        return true;
    }
    equals = memchr(line.data, '=', line.length);
    if (equals == NULL || memchr(line.data, '\0', line.length) != NULL) {
        return false;
    }
    *name = trim((struct kh_str){ line.data, (size_t)(equals - line.data) });
    return is_name(*name) && parse_value(from(line, (size_t)(equals - line.data) + 1), value);
}

static enum kh_status check_lines(const struct env_file *file, struct kh_error *error)
{
    struct kh_str rest = file->text;

    for (size_t number = 1; rest.length != 0; number++) {
        struct kh_str name;
        struct kh_str value;

        if (!parse_line(take_line(&rest), &name, &value)) {
            return kh_fail(error, KH_BAD_SETTING,
                           "%s:%zu is not NAME=value (with matching quotes, if any), "
                           "a # comment or an empty line",
                           file->path, number);
        }
    }
    return KH_OK;
}

/* The last line for `name` counts. */
static bool find_in_file(const struct env_file *file, const char *name, struct kh_str *value,
                         struct source *source)
{
    struct kh_str rest = file->text;
    bool found = false;

    for (size_t number = 1; rest.length != 0; number++) {
        struct kh_str line_name;
        struct kh_str line_value;

        if (parse_line(take_line(&rest), &line_name, &line_value) &&
            kh_str_equal(line_name, kh_str_from(name))) {
            *value = line_value;
            *source = (struct source){ file->path, number };
            found = true;
        }
    }
    return found;
}

/* ---- One setting --------------------------------------------------------------------------- */

static bool is_secret(const char *name)
{
    return strstr(name, "SECRET") != NULL || strstr(name, "TOKEN") != NULL ||
           strstr(name, "KEY") != NULL || strstr(name, "PASSWORD") != NULL;
}

/* `, not "value"`; control bytes and what is not ASCII are not repeated. */
static void describe_value(const struct kh_setting *row, struct kh_str value,
                           char out[SHOWN_SIZE + 16])
{
    char shown[SHOWN_SIZE + 1];
    size_t length = value.length < SHOWN_SIZE ? value.length : SHOWN_SIZE;

    if (is_secret(row->name)) {
        out[0] = '\0';
        return;
    }
    for (size_t i = 0; i < length; i++) {
        shown[i] = value.data[i] >= 0x20 && value.data[i] < 0x7F ? value.data[i] : '?';
    }
    shown[length] = '\0';
    (void)snprintf(out, SHOWN_SIZE + 16, ", not \"%s%s\"", shown,
                   length < value.length ? "..." : "");
}

static enum kh_status refuse(const struct kh_setting *row, struct kh_str value,
                             const struct source *source, struct kh_error *error,
                             const char *allowed)
{
    char shown[SHOWN_SIZE + 16];

    describe_value(row, value, shown);
    if (source->path == NULL) {
        return kh_fail(error, KH_BAD_SETTING, "%s must be %s%s", row->name, allowed, shown);
    }
    return kh_fail(error, KH_BAD_SETTING, "%s must be %s%s (%s:%zu)", row->name, allowed, shown,
                   source->path, source->line);
}

static bool parse_int(struct kh_str text, int64_t *out)
{
    char copy[32];
    char *end;
    size_t sign = text.length != 0 && text.data[0] == '-' ? 1 : 0;

    if (text.length == sign || text.length >= sizeof copy) {
        return false;
    }
    for (size_t i = sign; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    errno = 0;
    *out = strtoll(copy, &end, 10);
    return errno == 0;
}

static enum kh_status set_int(const struct kh_setting *row, struct kh_str value,
                              const struct source *source, struct kh_error *error, void *slot)
{
    char allowed[96];
    int64_t number;

    if (!parse_int(value, &number) || number < row->minimum || number > row->maximum) {
        (void)snprintf(allowed, sizeof allowed, "an integer from %" PRId64 " to %" PRId64,
                       row->minimum, row->maximum);
        return refuse(row, value, source, error, allowed);
    }
    memcpy(slot, &number, sizeof number);
    return KH_OK;
}

static enum kh_status set_choice(const struct kh_setting *row, struct kh_str value,
                                 const struct source *source, struct kh_error *error, void *slot)
{
    char allowed[160] = "one of";
    size_t length = strlen(allowed);

    for (size_t i = 0; i < row->choice_count; i++) {
        if (kh_str_equal(value, kh_str_from(row->choices[i]))) {
            int number = (int)i + 1;

            memcpy(slot, &number, sizeof number);
            return KH_OK;
        }
    }
    for (size_t i = 0; i < row->choice_count && length < sizeof allowed; i++) {
        length += (size_t)snprintf(allowed + length, sizeof allowed - length, "%s %s",
                                   i == 0 ? "" : ",", row->choices[i]);
    }
    return refuse(row, value, source, error, allowed);
}

static enum kh_status set_str(const struct kh_setting *row, struct kh_str value,
                              const struct source *source, struct kh_arena *arena,
                              struct kh_error *error, void *slot)
{
    char allowed[64];

    if (row->max_length != 0 && value.length > row->max_length) {
        (void)snprintf(allowed, sizeof allowed, "at most %zu bytes long", row->max_length);
        return refuse(row, value, source, error, allowed);
    }
    if (!kh_utf8_is_valid(value)) {
        return refuse(row, value, source, error, "valid UTF-8");
    }
    value = kh_arena_copy(arena, value);
    if (value.data == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "out of memory while reading the settings");
    }
    memcpy(slot, &value, sizeof value);
    return KH_OK;
}

static enum kh_status set_value(const struct kh_setting *row, struct kh_str value,
                                const struct source *source, struct kh_arena *arena,
                                struct kh_error *error, void *out)
{
    void *slot = (char *)out + row->offset;
    struct kh_decimal decimal;
    bool truth;

    switch (row->kind) {
    case KH_SETTING_STR:
        return set_str(row, value, source, arena, error, slot);
    case KH_SETTING_INT:
        return set_int(row, value, source, error, slot);
    case KH_SETTING_CHOICE:
        return set_choice(row, value, source, error, slot);
    case KH_SETTING_BOOL:
        truth = kh_str_equal(value, KH_STR("true"));
        if (!truth && !kh_str_equal(value, KH_STR("false"))) {
            return refuse(row, value, source, error, "true or false");
        }
        memcpy(slot, &truth, sizeof truth);
        return KH_OK;
    case KH_SETTING_DECIMAL:
        if (kh_decimal_parse(value, &decimal) != KH_OK) {
            return refuse(row, value, source, error,
                          "a decimal number such as 12.50, of at most 38 digits");
        }
        memcpy(slot, &decimal, sizeof decimal);
        return KH_OK;
    }
    return KH_OK;
}

static enum kh_status load_row(const struct kh_setting *row, const struct env_file *file,
                               struct kh_arena *arena, struct kh_error *error, void *out)
{
    struct source source = { NULL, 0 };
    struct kh_str value = KH_STR("");
    const char *text = getenv(row->name);
    bool found = true;

    if (text != NULL) {
        value = kh_str_from(text);
    } else if (!find_in_file(file, row->name, &value, &source)) {
        found = row->default_text != NULL;
        value = kh_str_from(row->default_text);
    }
    if (row->required && value.length == 0) {
        return kh_fail(error, KH_BAD_SETTING, "%s must be set: %s", row->name, row->description);
    }
    if (!found && row->kind != KH_SETTING_STR) {
        return KH_OK;
    }
    return set_value(row, value, &source, arena, error, out);
}

enum kh_status kh_settings_load(const struct kh_settings_map *map, const char *env_file,
                                struct kh_arena *arena, struct kh_error *error, void *out)
{
    struct env_file file = { env_file, KH_STR_INIT("") };

    memset(out, 0, map->size);
    if (env_file != NULL && env_file[0] != '\0') {
        KH_TRY(read_file(env_file, arena, error, &file.text));
    }
    KH_TRY(check_lines(&file, error));
    for (size_t i = 0; i < map->count; i++) {
        KH_TRY(load_row(&map->rows[i], &file, arena, error, out));
    }
    return KH_OK;
}

/* ---- Values by name ------------------------------------------------------------------------ */

static const struct kh_setting *find_row(const struct kh_settings_map *map, const char *name,
                                         enum kh_setting_kind kind)
{
    const struct kh_setting *found = NULL;

    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->rows[i].name, name) == 0 && map->rows[i].kind == kind) {
            found = &map->rows[i];
        }
    }
    assert(found != NULL);
    return found;
}

/* Copies the value out; leaves the caller's zero where the assertion is compiled out. */
static const struct kh_setting *read_setting(const struct kh_settings_map *map,
                                             const void *values, const char *name,
                                             enum kh_setting_kind kind, void *out, size_t size)
{
    const struct kh_setting *row = find_row(map, name, kind);

    if (row != NULL) {
        memcpy(out, (const char *)values + row->offset, size);
    }
    return row;
}

struct kh_str kh_settings_str(const struct kh_settings_map *map, const void *values,
                              const char *name)
{
    struct kh_str value = KH_STR("");

    (void)read_setting(map, values, name, KH_SETTING_STR, &value, sizeof value);
    return value;
}

int64_t kh_settings_int(const struct kh_settings_map *map, const void *values, const char *name)
{
    int64_t value = 0;

    (void)read_setting(map, values, name, KH_SETTING_INT, &value, sizeof value);
    return value;
}

bool kh_settings_bool(const struct kh_settings_map *map, const void *values, const char *name)
{
    bool value = false;

    (void)read_setting(map, values, name, KH_SETTING_BOOL, &value, sizeof value);
    return value;
}

const char *kh_settings_choice(const struct kh_settings_map *map, const void *values,
                               const char *name)
{
    int value = 0;
    const struct kh_setting *row =
        read_setting(map, values, name, KH_SETTING_CHOICE, &value, sizeof value);

    return row == NULL || value == 0 ? "" : row->choices[value - 1];
}
