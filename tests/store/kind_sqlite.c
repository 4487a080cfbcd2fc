#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "migrations.h"
#include "store/sqlite.h"
#include "store_kinds.h"

static const char *const file = "/things.db";

static void make_place(struct store_place *place)
{
    char folder[] = "/tmp/kh-store-XXXXXX";

    assert_non_null(mkdtemp(folder));
    (void)snprintf(place->name, sizeof place->name, "%s%s", folder, file);
}

static enum kh_status open_sqlite(const struct store_place *place, struct kh_error *error,
                                  struct kh_store **out)
{
    const struct kh_sqlite_options options = { .path = place->name,
                                               .migrations = &migrations,
                                               .mark_ttl_s = 86400,
                                               .clock = kh_clock_system() };

    return kh_store_sqlite_new(&options, error, out);
}

static void clear_place(struct store_place *place)
{
    const struct dirent *entry;
    DIR *folder;

    place->name[strlen(place->name) - strlen(file)] = '\0';
    folder = opendir(place->name);
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        (void)unlinkat(dirfd(folder), entry->d_name, 0);
    }
    (void)closedir(folder);
    (void)rmdir(place->name);
}

const struct store_kind sqlite_kind = {
    .name = "sqlite",
    .is_shared = true,
    .keeps_all = true,
    .make_place = make_place,
    .open = open_sqlite,
    .clear_place = clear_place,
};
