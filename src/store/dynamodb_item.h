/*
 * Rows as items of DynamoDB, and back.
 *
 * A member is an attribute of its name: strings, enums and instants S, numbers and decimals N, booleans BOOL,
 * anything else as dynamodb_nested.h says; null is NULL, what is absent has no attribute. Beside
 * members and the keys of kh/entity_dynamodb.h an item has:
 *
 *   kh#version   N, counted up by each change
 *   kh#marks     B, the marks of the events last applied (dynamodb_ring.h)
 *   kh#spilled   N, until when marks of this row may have items of their own, in seconds since 1970
 *   kh#removed   BOOL, there is no row any more, only its marks
 *   kh#expires   N, of those: when DynamoDB may delete it, in seconds since 1970
 */
#ifndef KH_STORE_DYNAMODB_ITEM_H
#define KH_STORE_DYNAMODB_ITEM_H

#include <stdint.h>

#include "kh/entity.h"
#include "kh/error.h"
#include "kh/json.h"
#include "kh/json_writer.h"

#define KH__DYNAMODB_VERSION KH_STR("kh#version")
#define KH__DYNAMODB_MARKS KH_STR("kh#marks")
#define KH__DYNAMODB_SPILLED KH_STR("kh#spilled")
#define KH__DYNAMODB_REMOVED KH_STR("kh#removed")
#define KH__DYNAMODB_EXPIRES KH_STR("kh#expires")

/* What is kept of an item beside its members: kh_row_state.kept. */
struct kh__dynamodb_kept {
    bool has_version; /* an item that others have written has none */
    uint64_t version;
    struct kh_str marks;
    int64_t spilled_until_s;
    size_t size; /* of the item without its marks, at most */
};

struct kh__dynamodb_item {
    void *value; /* in the arena; if the row is removed only its key is set */
    bool is_removed;
    const struct kh__dynamodb_kept *kept;
};

/*
 * The item at the cursor. KH_BAD_ROW, with an error that names table and member: a member that is required is
 * not there, or one is not of its type. `only_key`: nothing else is expected.
 */
enum kh_status kh__dynamodb_read_item(struct kh_json *in, const struct kh_entity *entity,
                                      bool only_key, struct kh__dynamodb_item *out) KH_MUST_USE;

/*
 * The attribute's value of a member that is there. KH_OUT_OF_RANGE, KH_INVALID, KH_TOO_DEEP: DynamoDB can't keep
 * it; KH_NO_MEMORY.
 */
enum kh_status kh__dynamodb_write_member(const struct kh_field *field, const void *value,
                                         struct kh_arena *arena,
                                         struct kh_json_writer *out) KH_MUST_USE;

/* One attribute of a row: a member that is no key of the table, or made for the key of an index. */
struct kh__dynamodb_attribute {
    struct kh_str name;
    struct kh_str json; /* its value, as `{"S":"text"}`; empty: the row has none */
    size_t size;        /* what DynamoDB counts for it, about */
};

/*
 * All attributes of the row, in the arena. KH_OUT_OF_RANGE, KH_INVALID, KH_TOO_LARGE, KH_TOO_DEEP: DynamoDB
 * can't keep a member, which the error names.
 */
enum kh_status kh__dynamodb_attributes(const struct kh_entity *entity, const void *value,
                                       struct kh_arena *arena, struct kh_error *error,
                                       struct kh__dynamodb_attribute **out,
                                       size_t *count) KH_MUST_USE;

#endif
