/* The verb `tables`. */
#include <string.h>

#include "edge/stores.h"
#include "edge/table.h"
#include "edge/verbs.h"
#include "model/checkpoint.h"

/* New tables with indexes take up to minutes. */
#define TIMEOUT_MS INT64_C(600000)

static enum kh_dynamodb_tables_action action_of(const struct kh_options *options)
{
    if (strcmp(options->files[0], "create") == 0) {
        return KH_DYNAMODB_CREATE;
    }
    if (strcmp(options->files[0], "delete") == 0 && options->yes) {
        return KH_DYNAMODB_DELETE;
    }
    return KH_DYNAMODB_DESCRIBE;
}

/* Names and statuses have no NUL behind them. NULL: no memory. */
static const char *text(struct kh_arena *arena, struct kh_str from)
{
    return kh_arena_copy(arena, from).data;
}

static int print(const struct kh_options *options, const struct kh_dynamodb_table *tables,
                 size_t count, struct kh_arena *arena)
{
    static const char *const columns[] = { "table", "status", "change" };
    struct kh_table table = { columns, columns, 3, NULL, count };
    enum kh_dynamodb_tables_action action = action_of(options);

    table.cells = kh_arena_alloc(arena, count * 3 * sizeof *table.cells);
    for (size_t i = 0; table.cells != NULL && i < count; i++) {
        const char **cells = &table.cells[i * 3];

        cells[0] = text(arena, tables[i].name);
        cells[1] = text(arena, tables[i].status);
        cells[2] = !tables[i].changed             ? "none"
                   : action == KH_DYNAMODB_CREATE ? "created"
                                                  : "deleted";
        if (cells[0] == NULL || cells[1] == NULL) {
            return 1;
        }
    }
    return table.cells == NULL ? 1 : kh_table_print(&table, options);
}

/* As many as are to be there are there, or none. */
static bool is_as_wanted(const struct kh_options *options, const struct kh_dynamodb_table *tables,
                         size_t count)
{
    bool gone = strcmp(options->files[0], "delete") == 0;

    for (size_t i = 0; i < count; i++) {
        if (kh_str_equal(tables[i].status, KH_STR("MISSING")) != gone) {
            return false;
        }
    }
    return true;
}

/* The tables of the service's entities, and that of a worker's checkpoints. */
static const struct kh_entity **list_entities(const struct kh_service *service,
                                              struct kh_arena *arena)
{
    const struct kh_entity **entities =
        kh_arena_alloc(arena, (service->entity_count + 1) * sizeof *entities);

    if (entities != NULL) {
        for (size_t i = 0; i < service->entity_count; i++) {
            entities[i] = service->entities[i];
        }
        entities[service->entity_count] = &kh_checkpoint_entity;
    }
    return entities;
}

static int act(struct kh_startup *startup, const struct kh_options *options, struct kh_arena *arena)
{
    struct kh_error error;
    struct kh_call call = { .arena = arena, .error = &error, .log = startup->log };
    const struct kh_entity **entities = list_entities(startup->service, arena);
    size_t count = startup->service->entity_count + 2;
    struct kh_dynamodb_table *tables = kh_arena_alloc(arena, count * sizeof *tables);
    struct kh_dynamodb_options dynamodb;
    enum kh_status status = KH_NO_MEMORY;
    int code;

    kh_error_clear(&error);
    if (entities != NULL && tables != NULL) {
        status = kh_dynamodb_settings(startup, &error, &dynamodb);
    }
    if (status == KH_OK) {
        dynamodb.entities = entities;
        dynamodb.entity_count = count - 1;
        status = kh_store_dynamodb_new(&dynamodb, &error, &startup->options.store);
    }
    if (status == KH_OK) {
        call.deadline_ms = kh_clock_wall_ms(dynamodb.clock) + TIMEOUT_MS;
        status = kh_dynamodb_tables(startup->options.store, &dynamodb, action_of(options), &call,
                                    tables);
    }
    if (status != KH_OK) {
        kh_complain(NULL, error.reason);
        return 1;
    }
    code = print(options, tables, count, arena);
    if (strcmp(options->files[0], "delete") == 0 && !options->yes) {
        kh_complain(NULL, "nothing was deleted: `tables delete --yes` deletes all rows and marks");
    }
    return code == 0 && is_as_wanted(options, tables, count) ? 0 : 1;
}

int kh_tables(const struct kh_service *service, const struct kh_options *options)
{
    struct kh_startup startup;
    struct kh_arena arena;
    int code = 1;

    kh_arena_init(&arena);
    if (kh_verb_start(&startup, service, options) == KH_OK) {
        code = act(&startup, options, &arena);
    }
    kh_startup_clean_up(&startup);
    kh_arena_clean_up(&arena);
    return code;
}
