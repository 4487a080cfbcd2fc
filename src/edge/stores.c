/* Opens the store that the setting DB names. */
#include "edge/stores.h"

#include <string.h>

#include "store/sqlite.h"

static enum kh_status open_memory(struct kh_startup *startup, struct kh_error *error)
{
    startup->options.store =
        kh_store_memory_new((size_t)kh_startup_int(startup, "MARKS_IN_MEMORY"));
    return startup->options.store == NULL ? kh_fail(error, KH_NO_MEMORY, "no memory for the store")
                                          : KH_OK;
}

static enum kh_status open_sqlite(struct kh_startup *startup, struct kh_error *error)
{
    const char *path = kh_startup_text(startup, "SQLITE_PATH");

    if (path == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for the settings");
    }
    if (path[0] == '\0') {
        return kh_fail(error, KH_BAD_SETTING,
                       "SQLITE_PATH is not set, and DB=sqlite needs the path of its file");
    }
    return kh_store_sqlite_new(
        &(struct kh_sqlite_options){
            .path = path,
            .migrations = startup->service->migrations,
            .mark_ttl_s = kh_startup_int(startup, "IDEMPOTENCY_TTL_S"),
            .full_sync = strcmp(kh_startup_choice(startup, "SQLITE_SYNCHRONOUS"), "full") == 0,
            .clock = kh_clock_system(),
        },
        error, &startup->options.store);
}

enum kh_status kh_dynamodb_settings(struct kh_startup *startup, struct kh_error *error,
                                    struct kh_dynamodb_options *out)
{
    *out = (struct kh_dynamodb_options){
        .prefix = kh_startup_text(startup, "DYNAMODB_TABLE_PREFIX"),
        .mark_ttl_s = kh_startup_int(startup, "IDEMPOTENCY_TTL_S"),
        .entities = startup->service->entities,
        .entity_count = startup->service->entity_count,
        .clock = kh_clock_system(),
        .log = kh_log_named(startup->log, "store"),
    };
    return out->prefix == NULL ? kh_fail(error, KH_NO_MEMORY, "no memory for the settings") : KH_OK;
}

static enum kh_status open_dynamodb(struct kh_startup *startup, struct kh_error *error)
{
    struct kh_call call = { .error = error, .log = kh_log_named(startup->log, "store") };
    struct kh_dynamodb_options options;
    struct kh_arena arena;
    enum kh_status status;

    KH_TRY(kh_dynamodb_settings(startup, error, &options));
    KH_TRY(kh_store_dynamodb_new(&options, error, &startup->options.store));
    kh_arena_init(&arena);
    call.arena = &arena;
    call.deadline_ms = kh_clock_wall_ms(options.clock) + KH_START_TIMEOUT_MS;
    status = kh_store_dynamodb_check(startup->options.store, &options, &call);
    kh_arena_clean_up(&arena);
    return status;
}

enum kh_status kh_startup_store(struct kh_startup *startup, struct kh_error *error)
{
    const char *name = kh_startup_choice(startup, "DB");

    if (strcmp(name, "sqlite") == 0) {
        return open_sqlite(startup, error);
    }
    return strcmp(name, "dynamodb") == 0 ? open_dynamodb(startup, error)
                                         : open_memory(startup, error);
}
