/*
 * Settings: declared once in JSON Schema (schema/config.schema.json), read from the environment and
 * from a .env file, checked before anything else happens. The generator makes a struct for handlers
 * (settings(ctx)->on_duplicate_limit) and the rows below for the runtime.
 */
#ifndef KH_SETTINGS_H
#define KH_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kh/arena.h"
#include "kh/decimal.h"
#include "kh/error.h"
#include "kh/status.h"
#include "kh/str.h"

enum kh_setting_kind {
    KH_SETTING_STR,     /* struct kh_str in the struct; "" when not set and without default */
    KH_SETTING_INT,     /* int64_t */
    KH_SETTING_BOOL,    /* bool; "true" or "false" */
    KH_SETTING_DECIMAL, /* struct kh_decimal */
    KH_SETTING_CHOICE   /* int, 1..choice_count */
};

struct kh_setting {
    const char *name; /* of the environment variable */
    enum kh_setting_kind kind;
    size_t offset;              /* in the generated struct */
    const char *default_text;   /* NULL: none */
    bool required;              /* must be set when there is no default */
    int64_t minimum, maximum;   /* KH_SETTING_INT */
    size_t max_length;          /* KH_SETTING_STR, in bytes; 0: no limit */
    const char *const *choices; /* KH_SETTING_CHOICE */
    size_t choice_count;
    const char *description; /* one line */
};

struct kh_settings_map {
    const struct kh_setting *rows;
    size_t count;
    size_t size; /* of the generated struct */
};

/*
 * Fills `out` (map->size bytes). Order: environment, then the file's lines (NAME=value, # comments,
 * optional quotes; `env_file` empty: none is read), then the default. Strings are copied to the arena.
 * KH_BAD_SETTING: error->reason names setting, value and what is allowed. KH_IO: the file is there but
 * can't be read; a file that is not there is no error.
 */
enum kh_status kh_settings_load(const struct kh_settings_map *map, const char *env_file,
                                struct kh_arena *arena, struct kh_error *error,
                                void *out) KH_MUST_USE;

/* One value by name, for the runtime's own settings; the name must be in the map (asserted). */
struct kh_str kh_settings_str(const struct kh_settings_map *map, const void *values,
                              const char *name);
int64_t kh_settings_int(const struct kh_settings_map *map, const void *values, const char *name);
bool kh_settings_bool(const struct kh_settings_map *map, const void *values, const char *name);
/* The text of a KH_SETTING_CHOICE. */
const char *kh_settings_choice(const struct kh_settings_map *map, const void *values,
                               const char *name);

#endif
