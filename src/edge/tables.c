/* What can be told without settings and store. */
#include "edge/tables.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/version.h"
#include "edge/libraries.h"
#include "edge/table.h"
#include "kh/arena.h"

/* ---- Settings --------------------------------------------------------------------------- */

static const char *text_of_choices(const struct kh_setting *row, struct kh_arena *arena)
{
    char text[512];
    size_t length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < row->choice_count && length < sizeof text; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", i == 0 ? "" : ", ",
                                   row->choices[i]);
    }
    return kh_arena_copy(arena, kh_str_from(text)).data;
}

/* What may be set, in words; NULL: no memory. */
static const char *allowed(const struct kh_setting *row, struct kh_arena *arena)
{
    char text[128];

    switch (row->kind) {
    case KH_SETTING_BOOL:
        return "true, false";
    case KH_SETTING_CHOICE:
        return text_of_choices(row, arena);
    case KH_SETTING_DECIMAL:
        return "a decimal number";
    case KH_SETTING_INT:
        if (row->minimum == INT64_MIN && row->maximum == INT64_MAX) {
            return "an integer";
        }
        (void)snprintf(text, sizeof text, "%" PRId64 " to %" PRId64, row->minimum, row->maximum);
        break;
    case KH_SETTING_STR:
        if (row->max_length == 0) {
            return "text";
        }
        (void)snprintf(text, sizeof text, "text of up to %zu bytes", row->max_length);
        break;
    }
    return kh_arena_copy(arena, kh_str_from(text)).data;
}

int kh_print_settings(const struct kh_service *service, const struct kh_options *options)
{
    static const char *const columns[] = { "name", "allowed", "default", "description" };
    static const char *const titles[] = { "setting", "allowed", "default", "meaning" };
    const struct kh_settings_map *map = &service->settings;
    struct kh_table table = { columns, titles, 4, NULL, map->count };
    struct kh_arena arena;
    bool fine;
    int code = 1;

    kh_arena_init(&arena);
    table.cells = kh_arena_alloc(&arena, (map->count + 1) * 4 * sizeof *table.cells);
    fine = table.cells != NULL;
    for (size_t i = 0; fine && i < map->count; i++) {
        const struct kh_setting *row = &map->rows[i];
        const char **cells = &table.cells[i * 4];

        cells[0] = row->name;
        cells[1] = allowed(row, &arena);
        cells[2] = row->default_text != NULL ? row->default_text : row->required ? "required" : "";
        cells[3] = row->description;
        fine = cells[1] != NULL;
    }
    if (fine) {
        code = kh_table_print(&table, options);
    }
    kh_arena_clean_up(&arena);
    return code;
}

/* ---- Statuses --------------------------------------------------------------------------- */

int kh_print_statuses(const struct kh_options *options)
{
    static const char *const columns[] = { "name", "verdict", "text" };
    static const char *const titles[] = { "status", "verdict", "meaning" };
    const char *cells[KH_STATUS_COUNT * 3];
    const struct kh_table table = { columns, titles, 3, cells, KH_STATUS_COUNT };

    for (enum kh_status status = 0; status < KH_STATUS_COUNT; status++) {
        const char **row = &cells[(size_t)status * 3];

        row[0] = kh_status_name(status);
        row[1] = kh_verdict_name(kh_status_verdict(status));
        row[2] = kh_status_text(status);
    }
    return kh_table_print(&table, options);
}

/* ---- Versions --------------------------------------------------------------------------- */

int kh_print_versions(const struct kh_options *options)
{
    static const char *const columns[] = { "name", "version" };
    struct kh_library libraries[KH_LIBRARY_COUNT];
    const char *cells[(1 + KH_LIBRARY_COUNT) * 2] = { "kinesis-handler", KH_VERSION };
    const struct kh_table table = { columns, columns, 2, cells, 1 + KH_LIBRARY_COUNT };

    kh_libraries(libraries);
    for (size_t i = 0; i < KH_LIBRARY_COUNT; i++) {
        cells[2 + i * 2] = libraries[i].name;
        cells[2 + i * 2 + 1] = libraries[i].version;
    }
    return kh_table_print(&table, options);
}
