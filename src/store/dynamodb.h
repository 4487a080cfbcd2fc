/*
 * The store in DynamoDB: for any number of processes. How its tables look, what a commit costs and what its settings
 * mean is in docs/dynamodb.md.
 *
 *   dynamodb.c          opening, calling, closing
 *   dynamodb_fetch.c    rows and marks by key
 *   dynamodb_query.c    rows by index
 *   dynamodb_commit.c   a commit as a transaction, and what became of it
 *   dynamodb_action.c   one write of it
 *   dynamodb_read.c     items as rows
 *   dynamodb_write.c    rows as items
 *   dynamodb_nested.c   nested values
 *   dynamodb_number.c   numbers
 *   dynamodb_key.c      the keys of tables and indexes
 *   dynamodb_ring.c     marks in a row
 *   dynamodb_tables.c   makes the tables
 */
#ifndef KH_STORE_DYNAMODB_H
#define KH_STORE_DYNAMODB_H

#include "kh/clock.h"
#include "kh/json_writer.h"
#include "kh/store.h"

struct kh_dynamodb_options {
    const char *prefix;    /* of the names of all tables; may be empty */
    int64_t mark_ttl_s;    /* marks are kept for so many seconds at least; >= 1 */
    unsigned max_attempts; /* of one request; 0: as AWS's tools have it */
    const struct kh_entity *const *entities;
    size_t entity_count;
    const struct kh_clock *clock;
    struct kh_log log;
};

/*
 * A store, which has asked nobody anything yet. KH_BAD_SETTING: no region, an endpoint that is not allowed;
 * KH_IO, KH_NO_MEMORY. Ends with kh_store_destroy. Not while another thread changes the environment.
 */
enum kh_status kh_store_dynamodb_new(const struct kh_dynamodb_options *options,
                                     struct kh_error *error, struct kh_store **out) KH_MUST_USE;

/*
 * Asks for one key of every table, so that a store that can't be used is known at start: no credentials,
 * no connection, a table that is not there.
 */
enum kh_status kh_store_dynamodb_check(struct kh_store *store,
                                       const struct kh_dynamodb_options *options,
                                       const struct kh_call *call) KH_MUST_USE;

/* What became of a table. */
struct kh_dynamodb_table {
    struct kh_str name;   /* in the call's arena, like the status */
    struct kh_str status; /* DynamoDB's: "ACTIVE"; "MISSING": there is none */
    bool changed;         /* it was made or deleted by this call */
};

enum kh_dynamodb_tables_action {
    KH_DYNAMODB_CREATE,
    KH_DYNAMODB_DESCRIBE,
    KH_DYNAMODB_DELETE,
};

/*
 * Does it to the tables of all entities and that of marks, the last one; `tables` has room for
 * entity_count + 1. Waits until they are ready, or gone. A table that is there already is not made again:
 * KH_BAD_SETTING if its keys or indexes are not those of the schemas. One that is not there need not be
 * deleted.
 */
enum kh_status kh_dynamodb_tables(struct kh_store *store, const struct kh_dynamodb_options *options,
                                  enum kh_dynamodb_tables_action action, const struct kh_call *call,
                                  struct kh_dynamodb_table *tables) KH_MUST_USE;

#endif
