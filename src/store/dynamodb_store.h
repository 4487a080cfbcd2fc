/* What the parts of the DynamoDB store share. See dynamodb.h for which part does what. */
#ifndef KH_STORE_DYNAMODB_STORE_H
#define KH_STORE_DYNAMODB_STORE_H

#include "aws/client.h"
#include "kh/json_writer.h"
#include "kh/store.h"
#include "store/dynamodb_item.h"
#include "store/dynamodb_ring.h"

struct kh__dynamodb {
    struct kh_store head;
    struct kh_aws_client *client;
    struct kh_str prefix;      /* of the tables' names */
    struct kh_str marks_table; /* the prefix included */
    int64_t mark_ttl_s;
    const struct kh_clock *clock;
};

/* Marks with items of their own: their table behind the prefix, and its key. */
#define KH__DYNAMODB_MARKS_TABLE "kh-marks"
#define KH__DYNAMODB_MARK_KEY KH_STR("id")

static inline struct kh__dynamodb *kh__dynamodb_of(struct kh_store *store)
{
    return (struct kh__dynamodb *)store;
}

static inline int64_t kh__dynamodb_now_s(const struct kh__dynamodb *dynamodb)
{
    return kh_clock_wall_ms(dynamodb->clock) / 1000;
}

/* The name of the entity's table, in the arena. KH_NO_MEMORY. */
enum kh_status kh__dynamodb_table(const struct kh__dynamodb *dynamodb,
                                  const struct kh_entity *entity, struct kh_arena *arena,
                                  struct kh_str *out) KH_MUST_USE;

/*
 * One call; `operation` as "GetItem". As kh_aws_call, but KH_STORE only for answers that nobody here can make
 * anything of: a table that is not there is told as such. `judge` may be NULL.
 */
enum kh_status kh__dynamodb_call(const struct kh__dynamodb *dynamodb, const struct kh_call *call,
                                 const char *operation, struct kh_str body,
                                 enum kh_aws_judgement (*judge)(void *,
                                                                const struct kh_aws_answer *),
                                 struct kh_aws_answer *answer) KH_MUST_USE;

/* Reads an answer from its beginning. */
void kh__dynamodb_open_answer(struct kh_json *in, const struct kh_aws_answer *answer,
                              const struct kh_call *call);

/* Of a row that is there, or of the marks of one that is not. */
struct kh_row_state kh__dynamodb_state(const struct kh__dynamodb_item *item, int64_t now_s);

/* As kh_store_ops. */
enum kh_status kh__dynamodb_fetch(struct kh_store *store, const struct kh_call *call,
                                  struct kh_wanted *rows, size_t row_count,
                                  const struct kh_mark *marks, size_t mark_count, bool *found);
enum kh_status kh__dynamodb_query(struct kh_store *store, const struct kh_call *call,
                                  const struct kh_entity *entity, const struct kh_index *index,
                                  const void *key, struct kh_str cursor, size_t limit,
                                  struct kh_page *page);
enum kh_status kh__dynamodb_commit(struct kh_store *store, const struct kh_call *call,
                                   const struct kh_commit *commit);

#endif
