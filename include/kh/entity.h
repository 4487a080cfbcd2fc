/*
 * What the generator says about an entity: its members, its key, its indexes, and how its values are
 * read and written as JSON. Stores walk these tables; nothing in them is written by hand.
 *
 * An entity's value is a generated C struct; "a value" below is a pointer to one. "A key" is a value
 * of which only the key members (or the members of one index) are set.
 */
#ifndef KH_ENTITY_H
#define KH_ENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kh/arena.h"
#include "kh/enum.h"
#include "kh/json.h"
#include "kh/json_writer.h"
#include "kh/status.h"
#include "kh/str.h"

/* Reading and writing a C type as JSON; generated. */
struct kh_codec {
    enum kh_status (*read)(struct kh_json *in, void *out);
    enum kh_status (*write)(struct kh_json_writer *out, const void *value);
    size_t size;
};

enum kh_field_kind {
    KH_FIELD_STR,     /* struct kh_str */
    KH_FIELD_BOOL,    /* bool */
    KH_FIELD_INT32,   /* int32_t */
    KH_FIELD_INT64,   /* int64_t */
    KH_FIELD_UINT64,  /* uint64_t */
    KH_FIELD_DOUBLE,  /* double */
    KH_FIELD_DECIMAL, /* struct kh_decimal */
    KH_FIELD_INSTANT, /* struct kh_instant */
    KH_FIELD_ENUM,    /* int, a value of field->names */
    KH_FIELD_JSON     /* anything else: read and written by field->codec */
};

/* How the absence of a member is kept. */
enum kh_field_presence {
    KH_FIELD_REQUIRED, /* always there */
    KH_FIELD_OPTIONAL, /* a bool at presence_offset: there or not */
    KH_FIELD_NULLABLE  /* an enum kh_presence at presence_offset: absent, null or there */
};

struct kh_field {
    struct kh_str name; /* as in the schema */
    enum kh_field_kind kind;
    enum kh_field_presence presence;
    size_t offset;
    size_t presence_offset;
    const struct kh_enum *names;  /* KH_FIELD_ENUM */
    const struct kh_codec *codec; /* KH_FIELD_JSON: reads into and writes from `offset` */
    int16_t scale; /* KH_FIELD_DECIMAL: digits behind the point, by the schema; or 0 */
};

/* A way to find rows by members other than the key. */
struct kh_index {
    struct kh_str name;
    const size_t *fields; /* positions in entity->fields: equal members first, then the order */
    size_t field_count;
    size_t equal_count; /* so many of them must be given in a query; the others only sort */
};

struct kh_entity_dynamodb;
struct kh_entity_sql;

struct kh_entity {
    struct kh_str name; /* as in the schema */
    struct kh_str table;
    const struct kh_field *fields;
    size_t field_count;
    const size_t *key; /* positions in `fields`; required scalars */
    size_t key_count;
    const size_t *strings; /* positions of all KH_FIELD_STR */
    size_t string_count;
    const size_t *nested; /* and of all KH_FIELD_JSON */
    size_t nested_count;
    const struct kh_index *indexes;
    size_t index_count;
    const struct kh_codec *codec;              /* the whole value */
    const struct kh_entity_sql *sql;           /* kh/entity_sql.h */
    const struct kh_entity_dynamodb *dynamodb; /* kh/entity_dynamodb.h */
};

/*
 * A deep copy into `out` (entity->codec->size bytes): strings and nested values are copied to the
 * arena; not those strings that are the very ones of `known`, a value that lives as long as the copy
 * (NULL: there is none). KH_NO_MEMORY; KH_INVALID etc. for a nested value that its own reader refuses.
 */
enum kh_status kh_entity_copy(const struct kh_entity *entity, const void *value, const void *known,
                              struct kh_arena *arena, void *out) KH_MUST_USE;

/* Order by the key members (strings and the names of enums bytewise, numbers by value). */
int kh_entity_compare_keys(const struct kh_entity *entity, const void *a, const void *b);

/* Order by the index's first `count` members; a value that lacks one comes first. */
int kh_entity_compare_index(const struct kh_entity *entity, const struct kh_index *index,
                            size_t count, const void *a, const void *b);

/* False for a value that lacks a member of the index (optional and absent, or null). */
bool kh_entity_has_index(const struct kh_entity *entity, const struct kh_index *index,
                         const void *value);

/* The key members as text that is equal exactly when the keys are; in the arena. KH_NO_MEMORY. */
enum kh_status kh_entity_key_text(const struct kh_entity *entity, const void *value,
                                  struct kh_arena *arena, struct kh_str *out) KH_MUST_USE;

#endif
