/* The steps that make a SQLite database what the entities need; generated from schema/migrations. */
#ifndef KH_MIGRATION_H
#define KH_MIGRATION_H

#include <stddef.h>

#include "kh/str.h"

struct kh_migration {
    const char *name;           /* of the file; it begins with the step's number */
    const char *sha256;         /* of the file, in hexadecimal */
    const struct kh_str *parts; /* of its SQL: compilers promise no long strings */
    size_t part_count;
};

struct kh_migrations {
    const struct kh_migration *rows; /* step 1 first */
    size_t count;
};

#endif
