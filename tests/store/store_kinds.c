#include "store_kinds.h"

#include <stdio.h>
#include <string.h>

static const struct store_kind *const kinds[] = {
    &memory_kind,
    &sqlite_kind,
    &dynamodb_kind,
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

const struct store_kind *store_kind_named(const char *name)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i]->name, name) == 0) {
            return kinds[i];
        }
    }
    return NULL;
}

int for_store_kinds(int argc, char **argv, int (*run)(const struct store_kind *kind))
{
    int sum = 0;

    if (argc > 1) {
        const struct store_kind *kind = store_kind_named(argv[1]);

        if (kind == NULL) {
            (void)fprintf(stderr, "there is no store %s\n", argv[1]);
        }
        return kind == NULL ? 2 : run(kind);
    }
    for (size_t i = 0; i < KINDS; i++) {
        sum += kinds[i]->needs_server ? 0 : run(kinds[i]);
    }
    return sum;
}
