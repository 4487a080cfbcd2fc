/* What a verb prints as a table. */
#ifndef KH_TABLE_H
#define KH_TABLE_H

#include <stddef.h>

#include "edge/options.h"

struct kh_table {
    const char *const *columns; /* as members of the JSON objects */
    const char *const *titles;
    size_t column_count; /* 5 at most */
    const char **cells;  /* row after row */
    size_t row_count;
};

/* On standard output, as --json and --markdown say. The exit code. */
int kh_table_print(const struct kh_table *table, const struct kh_options *options);

#endif
