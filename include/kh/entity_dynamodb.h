/*
 * An entity as a table of DynamoDB: generated.
 *
 * A table's or index's key attribute is a member itself where it can be: one string, enum or integer that is
 * always there, or absent, and never empty. Otherwise it is an attribute made for it: the order keys
 * (src/model/order_key.h) of its members in one string, see docs/dynamodb.md.
 */
#ifndef KH_ENTITY_DYNAMODB_H
#define KH_ENTITY_DYNAMODB_H

#include <stdbool.h>
#include <stddef.h>

#include "kh/str.h"

struct kh_dynamodb_key {
    struct kh_str name;   /* of the attribute */
    struct kh_str type;   /* "S" or "N" */
    const size_t *fields; /* positions in entity->fields */
    size_t field_count;   /* 0: the table has no such key */
    bool is_member;       /* the attribute is the one member itself */
};

struct kh_dynamodb_index {
    struct kh_dynamodb_key hash;
    struct kh_dynamodb_key range; /* ends with the table's key: no two rows are alike */
};

struct kh_entity_dynamodb {
    struct kh_dynamodb_key hash;
    struct kh_dynamodb_key range;
    const struct kh_dynamodb_index *indexes; /* in the order of entity->indexes */
};

#endif
