/* The stores there are, for tests that are for each of them. A new one joins by a row in store_kinds.c. */
#ifndef STORE_KINDS_H
#define STORE_KINDS_H

#include <stdbool.h>

#include "kh/store.h"

/* Where stores keep things: the path of a file, the prefix of tables; nothing in memory. */
struct store_place {
    char name[128];
};

struct store_kind {
    const char *name;
    bool is_shared; /* several stores at one place see the same, and a later one what was there */
    bool
        keeps_all; /* any value of any member, and a decimal's zeros at the end; or some are refused */
    bool needs_server; /* whose address is in the environment */
    /* A place of its own with nothing in it; fails the test if there can be none. */
    void (*make_place)(struct store_place *place);
    enum kh_status (*open)(const struct store_place *place, struct kh_error *error,
                           struct kh_store **out);
    void (*clear_place)(struct store_place *place);
};

/* NULL: there is none of this name. */
const struct store_kind *store_kind_named(const char *name);

/*
 * Calls `run` for the kind that the command line names, or for all that need no server; returns the sum.
 * 2 if there is no such kind.
 */
int for_store_kinds(int argc, char **argv, int (*run)(const struct store_kind *kind));

/* The rows of store_kinds.c. */
extern const struct store_kind memory_kind;
extern const struct store_kind sqlite_kind;
extern const struct store_kind dynamodb_kind;

#endif
