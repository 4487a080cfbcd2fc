/* Opening, calling, closing. */
#include "store/dynamodb.h"

#include <stdio.h>

#include "kh/alloc.h"
#include "store/dynamodb_store.h"

/* ---- Calls --------------------------------------------------------------------------------- */

enum kh_status kh__dynamodb_table(const struct kh__dynamodb *dynamodb,
                                  const struct kh_entity *entity, struct kh_arena *arena,
                                  struct kh_str *out)
{
    size_t length = dynamodb->prefix.length + entity->table.length;
    char *name = kh_arena_alloc(arena, length);

    if (name == NULL) {
        return KH_NO_MEMORY;
    }
    memcpy(name, dynamodb->prefix.data, dynamodb->prefix.length);
    memcpy(name + dynamodb->prefix.length, entity->table.data, entity->table.length);
    *out = (struct kh_str){ name, length };
    return KH_OK;
}

enum kh_status kh__dynamodb_call(const struct kh__dynamodb *dynamodb, const struct kh_call *call,
                                 const char *operation, struct kh_str body,
                                 enum kh_aws_judgement (*judge)(void *,
                                                                const struct kh_aws_answer *),
                                 struct kh_aws_answer *answer)
{
    char target[64];
    const struct kh_aws_request request = { .target = target,
                                            .content_type = "application/x-amz-json-1.0",
                                            .body = body,
                                            .deadline_ms = call->deadline_ms,
                                            .judge = judge,
                                            .judge_context = call->arena };
    enum kh_status status;

    (void)snprintf(target, sizeof target, "DynamoDB_20120810.%s", operation);
    status = kh_aws_call(dynamodb->client, &request, call->arena, call->error, answer);
    if (status == KH_STORE &&
        kh_str_equal(answer->error_type, KH_STR("ResourceNotFoundException"))) {
        kh_error_clear(call->error);
        return kh_fail(
            call->error, KH_STORE,
            "a table or index is not there: `kinesis-handler tables describe` tells which, "
            "`tables create` makes it");
    }
    return status;
}

void kh__dynamodb_open_answer(struct kh_json *in, const struct kh_aws_answer *answer,
                              const struct kh_call *call)
{
    kh_json_init(in, answer->body, call->arena, call->error);
}

struct kh_row_state kh__dynamodb_state(const struct kh__dynamodb_item *item, int64_t now_s)
{
    /* An item that others have written may have no version, or 0, but it is there. */
    uint64_t version = item->kept->version == 0 ? 1 : item->kept->version;

    return (struct kh_row_state){ .version = item->is_removed ? 0 : version,
                                  .kept = item->kept,
                                  .is_full = item->kept->spilled_until_s > now_s };
}

/* A hundred rows are 16 MB at most, which are some times as many in JSON. */
#define BODY_LIMIT ((size_t)128 << 20)

/* ---- Beginning and end --------------------------------------------------------------------- */

static void destroy(struct kh_store *store)
{
    struct kh__dynamodb *dynamodb = kh__dynamodb_of(store);

    kh_aws_client_destroy(dynamodb->client);
    kh_free(dynamodb);
}

/* With the prefix and the name of the marks' table behind it. */
static struct kh__dynamodb *allocate(const char *prefix)
{
    size_t length = strlen(prefix);
    size_t own = strlen(KH__DYNAMODB_MARKS_TABLE);
    struct kh__dynamodb *dynamodb = kh_calloc(1, sizeof *dynamodb + length + own);
    char *text;

    if (dynamodb == NULL) {
        return NULL;
    }
    text = (char *)(dynamodb + 1);
    memcpy(text, prefix, length);
    memcpy(text + length, KH__DYNAMODB_MARKS_TABLE, own);
    dynamodb->prefix = (struct kh_str){ text, length };
    dynamodb->marks_table = (struct kh_str){ text, length + own };
    return dynamodb;
}

enum kh_status kh_store_dynamodb_new(const struct kh_dynamodb_options *options,
                                     struct kh_error *error, struct kh_store **out)
{
    static const struct kh_store_ops ops = { .name = "dynamodb",
                                             .is_remote = true,
                                             .max_changes = 100,
                                             .fetch = kh__dynamodb_fetch,
                                             .query = kh__dynamodb_query,
                                             .commit = kh__dynamodb_commit,
                                             .destroy = destroy };
    const struct kh_aws_options aws = { .service = "dynamodb",
                                        .max_attempts = options->max_attempts,
                                        .body_limit = BODY_LIMIT,
                                        .log = options->log };
    struct kh__dynamodb *dynamodb = allocate(options->prefix);
    enum kh_status status;

    if (dynamodb == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for the store");
    }
    dynamodb->head.ops = &ops;
    dynamodb->mark_ttl_s = options->mark_ttl_s;
    dynamodb->clock = options->clock;
    status = kh_aws_client_new(&aws, error, &dynamodb->client);
    if (status != KH_OK) {
        kh_free(dynamodb);
        return status;
    }
    *out = &dynamodb->head;
    return KH_OK;
}
