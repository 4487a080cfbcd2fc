/* For tests of all stores: a store to try, and short words for what is done with it. */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include "entities/other.h"
#include "entities/thing.h"
#include "store_kinds.h"

struct fixture {
    const struct store_kind *kind;
    struct store_place place;
    struct kh_store *store;
    struct kh_arena arena; /* of call; states live as long as it does */
    struct kh_error error;
    struct kh_call call;
};

/* Which kind the following set-ups are of. */
void fixture_choose(const struct store_kind *kind);

/* cmocka's; *state is a struct fixture with an open store. */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);

/* Room for calls beside those of the fixture, in a thread of its own for instance. */
void fixture_use(struct fixture *made, const struct store_kind *kind, struct kh_store *store);
void fixture_end_use(struct fixture *made);

/* A further store at the same place; fails the test if there is none. */
struct kh_store *fixture_open(struct fixture *fixture);

/* ---- Things -------------------------------------------------------------------------------- */

/* In the group "g", at second 0, green; nothing that is optional. */
struct thing thing_of(const char *id, int32_t part);

struct kh_instant instant_of(const char *text);
struct kh_decimal decimal_of(const char *text);

/* Fails the test when a member differs; decimals by value, and as written if the store keeps that. */
void assert_same_thing(const struct fixture *fixture, const struct thing *found,
                       const struct thing *expected);
bool is_same_thing(bool as_written, const struct thing *a, const struct thing *b);

/* ---- Changes ------------------------------------------------------------------------------- */

/* `other` has the members of `thing`: the struct of one is good for both. */
struct kh_change put_of(const struct thing *thing, struct kh_row_state state);
struct kh_change remove_of(const struct thing *key, struct kh_row_state state);
struct kh_change none_of(const struct thing *key, struct kh_row_state state);
struct kh_change of_other(struct kh_change change);

/* The state of a row that is not there and never was. */
extern const struct kh_row_state no_row;

/* The error is of this call afterwards. */
enum kh_status commit(struct fixture *fixture, const struct kh_change *changes, size_t change_count,
                      const struct kh_mark *marks, size_t mark_count);
enum kh_status commit_one(struct fixture *fixture, struct kh_change change);
/* With a mark whose home is the change. */
enum kh_status commit_marked(struct fixture *fixture, struct kh_change change, const char *mark_id);

/* As it is now, whatever was there; fails the test when the store fails. */
void put_now(struct fixture *fixture, const struct thing *thing);
void remove_now(struct fixture *fixture, const struct thing *key);

/* ---- Looking ------------------------------------------------------------------------------- */

enum kh_status fetch(struct fixture *fixture, struct kh_wanted *rows, size_t row_count,
                     const struct kh_mark *marks, size_t mark_count, bool *found);

/* The row as it is now; version 0: it is not there. `out` may be NULL. Fails the test otherwise. */
struct kh_row_state look(struct fixture *fixture, const struct thing *key, struct thing *out);
struct kh_row_state look_other(struct fixture *fixture, const struct thing *key, struct thing *out);
bool is_there(struct fixture *fixture, const struct thing *key);

struct kh_mark mark_of(struct kh_str id, size_t home);
/* `home` NULL: it has none. */
bool is_marked(struct fixture *fixture, const char *id, const struct thing *home);

/* ---- Queries ------------------------------------------------------------------------------- */

/* The indexes of things, which are in the order of their names. */
#define by_price (&thing_entity.indexes[0])
#define by_time (&thing_entity.indexes[1])

enum kh_status query(struct fixture *fixture, const struct kh_index *index, const char *group,
                     struct kh_str cursor, size_t limit, struct kh_page *page);

#endif
