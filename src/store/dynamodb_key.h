/* Key attributes of tables and indexes, as kh/entity_dynamodb.h describes them. */
#ifndef KH_STORE_DYNAMODB_KEY_H
#define KH_STORE_DYNAMODB_KEY_H

#include "kh/entity.h"
#include "kh/entity_dynamodb.h"
#include "kh/json_writer.h"

/*
 * The attribute's text. The value has all members of it. In the arena, or a part of the value. KH_INVALID: it
 * is empty, which a key must not be; KH_TOO_LARGE: longer than `limit` bytes; KH_NO_MEMORY.
 */
enum kh_status kh__dynamodb_key_text(const struct kh_entity *entity,
                                     const struct kh_dynamodb_key *key, const void *value,
                                     size_t limit, struct kh_arena *arena,
                                     struct kh_str *out) KH_MUST_USE;

/* DynamoDB's limits, in bytes. */
#define KH__DYNAMODB_HASH_LIMIT 2048
#define KH__DYNAMODB_RANGE_LIMIT 1024

/* Writes the members `"name":{"S":"text"}` of the table's key. As kh__dynamodb_key_text. */
enum kh_status kh__dynamodb_write_key(const struct kh_entity *entity, const void *value,
                                      struct kh_arena *arena,
                                      struct kh_json_writer *out) KH_MUST_USE;

/* The same of an index's key, without what is in the table's key already. */
enum kh_status kh__dynamodb_write_index_key(const struct kh_entity *entity, size_t index,
                                            const void *value, struct kh_arena *arena,
                                            struct kh_json_writer *out) KH_MUST_USE;

#endif
