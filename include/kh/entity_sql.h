/*
 * An entity as a table of SQLite: generated, in agreement with the migrations that make the table.
 *
 * Columns of the entity's members, in the order of entity->fields:
 *
 *   string, enum (its name)   TEXT
 *   boolean, integer          INTEGER
 *   uint64                    TEXT of 20 digits
 *   double                    REAL
 *   decimal, instant          TEXT as written
 *   anything else             TEXT, JSON
 *
 * Behind a member's column stand NAME__null, which is 1 when a nullable member is null, and NAME__order, the
 * order key (src/model/order_key.h) of a decimal or instant that is in the key or an index. A member
 * that is absent or null is NULL in its own column and in that of the order key. Behind the last member
 * is kh__version.
 *
 * Rows are compared by the order key of members that have one, of others by the member's own column.
 */
#ifndef KH_ENTITY_SQL_H
#define KH_ENTITY_SQL_H

#include <stdbool.h>

/*
 * Both select the members' columns without order keys, and kh__version. Parameters: the members of the
 * index that must be equal; for `after` the others that the cursor's row has, and its key; the limit.
 */
struct kh_query_sql {
    const char *first;
    const char *after;
};

struct kh_entity_sql {
    const bool *ordered; /* of each field: has it a column for its order key? */
    const char *get;     /* columns as above; parameters: the key */
    const char *version; /* kh__version; parameters: the key */
    const char
        *insert; /* parameters: all columns, kh__version too; does nothing if the key is there */
    const char *update; /* parameters: as insert, and the version that it must have */
    const char *remove; /* parameters: the key, and the version that it must have */
    struct kh_query_sql all;
    const struct kh_query_sql *indexes; /* in the order of entity->indexes */
};

#endif
