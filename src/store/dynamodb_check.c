/* One request that shows whether the store can be used, sent before the first event comes. */
#include "kh/entity_dynamodb.h"
#include "store/dynamodb.h"
#include "store/dynamodb_json.h"
#include "store/dynamodb_store.h"

static enum kh_status write_key_part(const struct kh_dynamodb_key *key, struct kh_json_writer *out)
{
    if (key->field_count == 0) {
        return KH_OK;
    }
    KH_TRY(kh_json_write_name(out, key->name));
    return kh__dynamodb_write_typed(out, key->type, KH_STR("0"));
}

/* Some key: it does not matter whether there is such a row. */
static enum kh_status write_any_key(const struct kh_entity_dynamodb *keys,
                                    struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_key_part(&keys->hash, out));
    KH_TRY(write_key_part(&keys->range, out));
    return kh_json_write_object_end(out);
}

static enum kh_status write_table(struct kh_str name, const struct kh_entity_dynamodb *keys,
                                  struct kh_json_writer *out)
{
    KH_TRY(kh__dynamodb_begin_object(out, name));
    KH_TRY(kh__dynamodb_begin_array(out, KH_STR("Keys")));
    KH_TRY(write_any_key(keys, out));
    KH_TRY(kh_json_write_array_end(out));
    return kh_json_write_object_end(out);
}

static enum kh_status write_request(const struct kh__dynamodb *dynamodb,
                                    const struct kh_dynamodb_options *options,
                                    struct kh_arena *arena, struct kh_json_writer *out)
{
    const struct kh_entity_dynamodb marks = {
        .hash = { .name = KH__DYNAMODB_MARK_KEY, .type = KH_STR_INIT("S"), .field_count = 1 }
    };
    struct kh_str name;

    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("RequestItems")));
    for (size_t i = 0; i < options->entity_count; i++) {
        KH_TRY(kh__dynamodb_table(dynamodb, options->entities[i], arena, &name));
        KH_TRY(write_table(name, options->entities[i]->dynamodb, out));
    }
    KH_TRY(write_table(dynamodb->marks_table, &marks, out));
    KH_TRY(kh_json_write_object_end(out));
    return kh_json_write_object_end(out);
}

enum kh_status kh_store_dynamodb_check(struct kh_store *store,
                                       const struct kh_dynamodb_options *options,
                                       const struct kh_call *call)
{
    const struct kh__dynamodb *dynamodb = kh__dynamodb_of(store);
    struct kh_json_writer body;
    struct kh_aws_answer answer;
    enum kh_status status;

    kh_json_writer_init(&body);
    status = write_request(dynamodb, options, call->arena, &body);
    if (status == KH_OK) {
        status = kh__dynamodb_call(dynamodb, call, "BatchGetItem", kh_json_writer_text(&body), NULL,
                                   &answer);
    }
    kh_json_writer_clean_up(&body);
    return status;
}
