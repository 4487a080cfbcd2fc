/* One write of a commit: on its own or as a part of a transaction, its body is the same. */
#ifndef KH_STORE_DYNAMODB_ACTION_H
#define KH_STORE_DYNAMODB_ACTION_H

#include "store/dynamodb_store.h"

enum kh__action_kind {
    KH__ACTION_PUT,
    KH__ACTION_UPDATE,
    KH__ACTION_DELETE,
    KH__ACTION_CHECK /* changes nothing; only in a transaction */
};

struct kh__action {
    enum kh__action_kind kind;
    struct kh_str body; /* a JSON object, in the arena */
};

/* The marks that a change brings to its row. */
struct kh__new_marks {
    const struct kh__ring_id *ids;
    size_t count;
};

/*
 * What the change needs done. Marks that the row has no room for are handed out in *spilled. KH_CONFLICT: one
 * of the marks was there when the row was read. KH_INVALID,
 * KH_OUT_OF_RANGE, KH_TOO_LARGE, KH_TOO_DEEP with an error: the row is none that DynamoDB can keep;
 * KH_NO_MEMORY.
 */
enum kh_status kh__action_of_change(const struct kh__dynamodb *dynamodb, const struct kh_call *call,
                                    const struct kh_change *change, struct kh__new_marks marks,
                                    struct kh__action *out,
                                    struct kh__new_marks *spilled) KH_MUST_USE;

/* A mark as an item of its own; `must_be_new`: unless it is there. */
enum kh_status kh__action_of_mark(const struct kh__dynamodb *dynamodb, const struct kh_call *call,
                                  const struct kh__ring_id *id, bool must_be_new,
                                  struct kh__action *out) KH_MUST_USE;

#endif
