/*
 * Settings: each row of the map is looked up in the environment, then in the .env file, then in its
 * default; strictly, because a wrong value that is guessed at shows itself much later.
 */
#include "kh/settings.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kh/utf8.h"
#include "model/env_file.h"

/* How much of a refused value is shown. */
#define SHOWN_SIZE 40

/* Where a value was found, for messages. */
struct source {
    const char *path; /* NULL: the environment or the default */
    size_t line;
};

/* ---- One setting --------------------------------------------------------------------------- */

static bool is_secret(const char *name)
{
    return strstr(name, "SECRET") != NULL || strstr(name, "TOKEN") != NULL ||
           strstr(name, "KEY") != NULL || strstr(name, "PASSWORD") != NULL;
}

/* `, not "value"`, as far as it is UTF-8 and fits; control bytes are not repeated. */
static void describe_value(const struct kh_setting *row, struct kh_str value,
                           char out[SHOWN_SIZE + 16])
{
    char shown[SHOWN_SIZE + 1];
    size_t most = value.length < SHOWN_SIZE ? value.length : SHOWN_SIZE;
    size_t length = kh_utf8_valid_prefix((struct kh_str){ value.data, most });

    if (is_secret(row->name)) {
        out[0] = '\0';
        return;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)value.data[i];
        shown[i] = byte >= 0x20 && byte != 0x7F ? value.data[i] : '?';
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

static enum kh_status load_row(const struct kh_setting *row, const struct kh__env_file *file,
                               struct kh_arena *arena, struct kh_error *error, void *out)
{
    struct source source = { NULL, 0 };
    struct kh_str value = KH_STR("");
    const char *text = getenv(row->name);
    bool found = true;

    if (text != NULL) {
        value = kh_str_from(text);
    } else if (kh__env_file_find(file, row->name, &value, &source.line)) {
        source.path = file->path;
    } else {
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
    struct kh__env_file file;

    memset(out, 0, map->size);
    KH_TRY(kh__env_file_read(env_file, arena, error, &file));
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
static const struct kh_setting *read_setting(const struct kh_settings_map *map, const void *values,
                                             const char *name, enum kh_setting_kind kind, void *out,
                                             size_t size)
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
