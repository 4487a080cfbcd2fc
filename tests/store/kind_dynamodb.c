#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "entities/moment.h"
#include "entities/other.h"
#include "entities/thing.h"
#include "store/dynamodb.h"
#include "store_kinds.h"

static const struct kh_entity *const entities[] = { &moment_entity, &other_entity, &thing_entity };

static struct kh_dynamodb_options options_of(const struct store_place *place)
{
    return (struct kh_dynamodb_options){ .prefix = place->name,
                                         .mark_ttl_s = 86400,
                                         .entities = entities,
                                         .entity_count = 3,
                                         .clock = kh_clock_system() };
}

/* Does it to the tables of this place. */
static void do_to_tables(const struct store_place *place, enum kh_dynamodb_tables_action action)
{
    const struct kh_dynamodb_options options = options_of(place);
    struct kh_dynamodb_table tables[4];
    struct kh_store *store = NULL;
    struct kh_arena arena;
    struct kh_error error;
    struct kh_call call = { .arena = &arena, .error = &error };

    kh_arena_init(&arena);
    kh_error_clear(&error);
    call.deadline_ms = kh_clock_wall_ms(options.clock) + 30000;
    if (kh_store_dynamodb_new(&options, &error, &store) != KH_OK ||
        kh_dynamodb_tables(store, &options, action, &call, tables) != KH_OK) {
        fail_msg("%s", error.reason);
    }
    kh_store_destroy(store);
    kh_arena_clean_up(&arena);
}

static void make_place(struct store_place *place)
{
    static unsigned count;

    (void)snprintf(place->name, sizeof place->name, "test-%ld-%u-", (long)getpid(), count++);
    do_to_tables(place, KH_DYNAMODB_CREATE);
}

static enum kh_status open_dynamodb(const struct store_place *place, struct kh_error *error,
                                    struct kh_store **out)
{
    const struct kh_dynamodb_options options = options_of(place);

    return kh_store_dynamodb_new(&options, error, out);
}

static void clear_place(struct store_place *place)
{
    do_to_tables(place, KH_DYNAMODB_DELETE);
}

const struct store_kind dynamodb_kind = {
    .name = "dynamodb",
    .is_shared = true,
    .needs_server = true,
    .make_place = make_place,
    .open = open_dynamodb,
    .clear_place = clear_place,
};
