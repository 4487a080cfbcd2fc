/* Tables are made from the generated keys of entities, paid by request, with an expiry for marks. */
#include "kh/entity_dynamodb.h"
#include "store/dynamodb.h"
#include "store/dynamodb_json.h"
#include "store/dynamodb_store.h"

/* One table on its way. */
struct work {
    struct kh__dynamodb *dynamodb;
    const struct kh_call *call;
    const struct kh_entity *entity; /* NULL: the marks' table */
    struct kh_str name;
};

static const struct kh_entity_dynamodb marks_keys = {
    .hash = { .name = KH_STR_INIT("id"), .type = KH_STR_INIT("S"), .field_count = 1 },
};

static const struct kh_entity_dynamodb *keys_of(const struct work *work)
{
    return work->entity == NULL ? &marks_keys : work->entity->dynamodb;
}

static size_t index_count(const struct work *work)
{
    return work->entity == NULL ? 0 : work->entity->index_count;
}

/* ---- CreateTable --------------------------------------------------------------------------- */

static enum kh_status write_attribute(const struct kh_dynamodb_key *key, struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("AttributeName"), key->name));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("AttributeType"), key->type));
    return kh_json_write_object_end(out);
}

/* All keys of the table and its indexes: two for the table, two for each index. */
static const struct kh_dynamodb_key *key_at(const struct work *work, size_t at)
{
    const struct kh_entity_dynamodb *keys = keys_of(work);

    if (at < 2) {
        return at == 0 ? &keys->hash : &keys->range;
    }
    return at % 2 == 0 ? &keys->indexes[at / 2 - 1].hash : &keys->indexes[at / 2 - 1].range;
}

static size_t key_count(const struct work *work)
{
    return 2 + 2 * index_count(work);
}

/* Is it a key whose attribute is not that of one before? */
static bool is_first(const struct work *work, size_t at)
{
    const struct kh_dynamodb_key *key = key_at(work, at);
    bool is_new = key->field_count > 0;

    for (size_t i = 0; i < at; i++) {
        is_new = is_new && !kh_str_equal(key->name, key_at(work, i)->name);
    }
    return is_new;
}

/* Each attribute that is in some key, once. */
static enum kh_status write_attributes(const struct work *work, struct kh_json_writer *out)
{
    KH_TRY(kh__dynamodb_begin_array(out, KH_STR("AttributeDefinitions")));
    for (size_t i = 0; i < key_count(work); i++) {
        if (is_first(work, i)) {
            KH_TRY(write_attribute(key_at(work, i), out));
        }
    }
    return kh_json_write_array_end(out);
}

static enum kh_status write_schema_part(const struct kh_dynamodb_key *key, struct kh_str type,
                                        struct kh_json_writer *out)
{
    if (key->field_count == 0) {
        return KH_OK;
    }
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("AttributeName"), key->name));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("KeyType"), type));
    return kh_json_write_object_end(out);
}

static enum kh_status write_schema(const struct kh_dynamodb_key *hash,
                                   const struct kh_dynamodb_key *range, struct kh_json_writer *out)
{
    KH_TRY(kh__dynamodb_begin_array(out, KH_STR("KeySchema")));
    KH_TRY(write_schema_part(hash, KH_STR("HASH"), out));
    KH_TRY(write_schema_part(range, KH_STR("RANGE"), out));
    return kh_json_write_array_end(out);
}

/* Nothing but keys, and members of the table's key that are not told by its attributes. */
static enum kh_status write_projection(const struct kh_entity *entity, struct kh_json_writer *out)
{
    const struct kh_dynamodb_key *keys[] = { &entity->dynamodb->hash, &entity->dynamodb->range };
    bool only_keys = true;

    for (size_t i = 0; i < entity->key_count; i++) {
        only_keys = only_keys && keys[i]->is_member;
    }
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("Projection")));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("ProjectionType"),
                                   only_keys ? KH_STR("KEYS_ONLY") : KH_STR("INCLUDE")));
    if (!only_keys) {
        KH_TRY(kh__dynamodb_begin_array(out, KH_STR("NonKeyAttributes")));
        for (size_t i = 0; i < entity->key_count; i++) {
            if (!keys[i]->is_member) {
                KH_TRY(kh_json_write_str(out, entity->fields[entity->key[i]].name));
            }
        }
        KH_TRY(kh_json_write_array_end(out));
    }
    return kh_json_write_object_end(out);
}

static enum kh_status write_indexes(const struct work *work, struct kh_json_writer *out)
{
    if (index_count(work) == 0) {
        return KH_OK;
    }
    KH_TRY(kh__dynamodb_begin_array(out, KH_STR("GlobalSecondaryIndexes")));
    for (size_t i = 0; i < work->entity->index_count; i++) {
        const struct kh_dynamodb_index *index = &work->entity->dynamodb->indexes[i];

        KH_TRY(kh_json_write_object_begin(out));
        KH_TRY(kh__dynamodb_write_text(out, KH_STR("IndexName"), work->entity->indexes[i].name));
        KH_TRY(write_schema(&index->hash, &index->range, out));
        KH_TRY(write_projection(work->entity, out));
        KH_TRY(kh_json_write_object_end(out));
    }
    return kh_json_write_array_end(out);
}

static enum kh_status write_create(const struct work *work, struct kh_json_writer *out)
{
    const struct kh_entity_dynamodb *keys = keys_of(work);

    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("TableName"), work->name));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("BillingMode"), KH_STR("PAY_PER_REQUEST")));
    KH_TRY(write_attributes(work, out));
    KH_TRY(write_schema(&keys->hash, &keys->range, out));
    KH_TRY(write_indexes(work, out));
    return kh_json_write_object_end(out);
}

static enum kh_status write_expiry(const struct work *work, struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("TableName"), work->name));
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("TimeToLiveSpecification")));
    KH_TRY(kh_json_write_name(out, KH_STR("Enabled")));
    KH_TRY(kh_json_write_bool(out, true));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("AttributeName"), KH__DYNAMODB_EXPIRES));
    KH_TRY(kh_json_write_object_end(out));
    return kh_json_write_object_end(out);
}

static enum kh_status write_name(const struct work *work, struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("TableName"), work->name));
    return kh_json_write_object_end(out);
}

static enum kh_status send(const struct work *work, const char *operation,
                           enum kh_status (*write)(const struct work *, struct kh_json_writer *),
                           struct kh_aws_answer *answer)
{
    struct kh_json_writer body;
    enum kh_status status;

    kh_json_writer_init(&body);
    status = write(work, &body);
    if (status == KH_OK) {
        status = kh__dynamodb_call(work->dynamodb, work->call, operation,
                                   kh_json_writer_text(&body), NULL, answer);
    }
    kh_json_writer_clean_up(&body);
    return status;
}

/* ---- DescribeTable ------------------------------------------------------------------------- */

/* What is compared of a table that is there. */
struct found {
    struct kh_str status;
    struct kh_str hash;
    struct kh_str range;
    size_t known_attributes; /* so many attributes of keys are there with the right type */
    size_t known_indexes;    /* so many indexes of the entity are there with the right keys */
};

/* An object of AttributeName and another member that is a string. */
static enum kh_status read_named(struct kh_json *in, struct kh_str member, struct kh_str *name,
                                 struct kh_str *value)
{
    struct kh_json_object object;

    *name = KH_STR("");
    *value = KH_STR("");
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("AttributeName"))) {
            KH_TRY(kh_json_read_str(in, name));
        } else if (kh_json_member_is(&object, member)) {
            KH_TRY(kh_json_read_str(in, value));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static enum kh_status read_schema_part(struct kh_json *in, struct kh_str *hash,
                                       struct kh_str *range)
{
    struct kh_str name;
    struct kh_str type;

    KH_TRY(read_named(in, KH_STR("KeyType"), &name, &type));
    *(kh_str_equal(type, KH_STR("HASH")) ? hash : range) = name;
    return KH_OK;
}

static enum kh_status read_schema(struct kh_json *in, struct kh_str *hash, struct kh_str *range)
{
    struct kh_json_array array;

    *hash = KH_STR("");
    *range = KH_STR("");
    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        KH_TRY(read_schema_part(in, hash, range));
    }
    return kh_json_array_end(in, &array);
}

static bool is_known_index(const struct work *work, struct kh_str name, struct kh_str hash,
                           struct kh_str range)
{
    for (size_t i = 0; i < index_count(work); i++) {
        const struct kh_dynamodb_index *index = &work->entity->dynamodb->indexes[i];

        if (kh_str_equal(work->entity->indexes[i].name, name)) {
            return kh_str_equal(index->hash.name, hash) && kh_str_equal(index->range.name, range);
        }
    }
    return false;
}

static enum kh_status read_index(const struct work *work, struct kh_json *in, struct found *found)
{
    struct kh_json_object object;
    struct kh_str name = { "", 0 };
    struct kh_str hash = { "", 0 };
    struct kh_str range = { "", 0 };

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("IndexName"))) {
            KH_TRY(kh_json_read_str(in, &name));
        } else if (kh_json_member_is(&object, KH_STR("KeySchema"))) {
            KH_TRY(read_schema(in, &hash, &range));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    found->known_indexes += is_known_index(work, name, hash, range) ? 1 : 0;
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static enum kh_status read_indexes(const struct work *work, struct kh_json *in, struct found *found)
{
    struct kh_json_array array;

    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        KH_TRY(read_index(work, in, found));
    }
    return kh_json_array_end(in, &array);
}

static enum kh_status read_definition(const struct work *work, struct kh_json *in,
                                      struct found *found)
{
    struct kh_str name;
    struct kh_str type;

    KH_TRY(read_named(in, KH_STR("AttributeType"), &name, &type));
    for (size_t i = 0; i < key_count(work); i++) {
        const struct kh_dynamodb_key *key = key_at(work, i);

        if (is_first(work, i) && kh_str_equal(key->name, name) && kh_str_equal(key->type, type)) {
            found->known_attributes++;
        }
    }
    return KH_OK;
}

static enum kh_status read_definitions(const struct work *work, struct kh_json *in,
                                       struct found *found)
{
    struct kh_json_array array;

    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        KH_TRY(read_definition(work, in, found));
    }
    return kh_json_array_end(in, &array);
}

static enum kh_status read_table(const struct work *work, struct kh_json *in, struct found *found)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("TableStatus"))) {
            KH_TRY(kh_json_read_str(in, &found->status));
        } else if (kh_json_member_is(&object, KH_STR("KeySchema"))) {
            KH_TRY(read_schema(in, &found->hash, &found->range));
        } else if (kh_json_member_is(&object, KH_STR("AttributeDefinitions"))) {
            KH_TRY(read_definitions(work, in, found));
        } else if (kh_json_member_is(&object, KH_STR("GlobalSecondaryIndexes"))) {
            KH_TRY(read_indexes(work, in, found));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static enum kh_status read_description(const struct work *work, const struct kh_aws_answer *answer,
                                       struct found *found)
{
    struct kh_json_object object;
    struct kh_json in;

    kh__dynamodb_open_answer(&in, answer, work->call);
    KH_TRY(kh_json_object_begin(&in, &object));
    while (kh_json_object_next(&in, &object)) {
        if (kh_json_member_is(&object, KH_STR("Table"))) {
            KH_TRY(read_table(work, &in, found));
        } else {
            KH_TRY(kh_json_skip_member(&in, &object));
        }
    }
    return kh_json_object_end(&in, &object, NULL, NULL, NULL, 0);
}

/* `found->status` is "MISSING" when there is no such table. */
static enum kh_status describe(const struct work *work, struct found *found)
{
    struct kh_aws_answer answer;
    enum kh_status status = send(work, "DescribeTable", write_name, &answer);

    *found = (struct found){ .status = KH_STR_INIT("MISSING") };
    if (status == KH_STORE &&
        kh_str_equal(answer.error_type, KH_STR("ResourceNotFoundException"))) {
        kh_error_clear(work->call->error);
        return KH_OK;
    }
    KH_TRY(status);
    if (read_description(work, &answer, found) != KH_OK) {
        kh_error_clear(work->call->error);
        return kh_fail(work->call->error, KH_STORE, "an answer of DynamoDB can't be read");
    }
    return KH_OK;
}

static enum kh_status wait_for(const struct work *work, struct kh_str wanted, struct found *found)
{
    for (unsigned retry = 0;; retry++) {
        KH_TRY(describe(work, found));
        if (kh_str_equal(found->status, wanted)) {
            return KH_OK;
        }
        /* The longest pause of the retry rules is long enough for a table. */
        KH_TRY(kh_aws_client_back_off(work->dynamodb->client, retry < 3 ? retry : 3,
                                      work->call->deadline_ms, work->call->error));
    }
}

/* ---- The actions --------------------------------------------------------------------------- */

static enum kh_status check(const struct work *work, const struct found *found)
{
    const struct kh_entity_dynamodb *keys = keys_of(work);
    size_t attributes = 0;

    for (size_t i = 0; i < key_count(work); i++) {
        attributes += is_first(work, i) ? 1 : 0;
    }
    if (!kh_str_equal(found->hash, keys->hash.name) ||
        !kh_str_equal(found->range, keys->range.name)) {
        return kh_fail(
            work->call->error, KH_BAD_SETTING,
            "table %.*s is there, but its key is not that of the schema: delete it, or choose "
            "another DYNAMODB_TABLE_PREFIX",
            KH_STR_ARG(work->name));
    }
    if (found->known_indexes != index_count(work) || found->known_attributes != attributes) {
        return kh_fail(
            work->call->error, KH_BAD_SETTING,
            "table %.*s is there, but lacks an index of the schema, or has keys of other "
            "types: add it with `aws dynamodb update-table`, or delete the table",
            KH_STR_ARG(work->name));
    }
    return KH_OK;
}

static enum kh_status create(const struct work *work, struct kh_dynamodb_table *table)
{
    struct kh_aws_answer answer;
    struct found found;

    KH_TRY(describe(work, &found));
    if (kh_str_equal(found.status, KH_STR("MISSING"))) {
        KH_TRY(send(work, "CreateTable", write_create, &answer));
        table->changed = true;
    }
    KH_TRY(wait_for(work, KH_STR("ACTIVE"), &found));
    table->status = found.status;
    KH_TRY(check(work, &found));
    return table->changed ? send(work, "UpdateTimeToLive", write_expiry, &answer) : KH_OK;
}

static enum kh_status delete (const struct work *work, struct kh_dynamodb_table *table) {
    struct kh_aws_answer answer; struct found found;

    KH_TRY(describe(work, &found)); if (!kh_str_equal(found.status, KH_STR("MISSING"))){
        KH_TRY(send(work, "DeleteTable", write_name, &answer)); table->changed = true;
        KH_TRY(wait_for(work, KH_STR("MISSING"), &found)); }
table->status = found.status;
return KH_OK;
}

static enum kh_status act(const struct work *work, enum kh_dynamodb_tables_action action,
                          struct kh_dynamodb_table *table)
{
    struct found found;

    *table = (struct kh_dynamodb_table){ .name = work->name, .status = KH_STR_INIT("MISSING") };
    switch (action) {
    case KH_DYNAMODB_CREATE:
        return create(work, table);
    case KH_DYNAMODB_DELETE:
        return delete (work, table);
    case KH_DYNAMODB_DESCRIBE:
        break;
    }
    KH_TRY(describe(work, &found));
    table->status = found.status;
    return kh_str_equal(found.status, KH_STR("MISSING")) ? KH_OK : check(work, &found);
}

enum kh_status kh_dynamodb_tables(struct kh_store *store, const struct kh_dynamodb_options *options,
                                  enum kh_dynamodb_tables_action action, const struct kh_call *call,
                                  struct kh_dynamodb_table *tables)
{
    struct work work = { .dynamodb = kh__dynamodb_of(store), .call = call };

    for (size_t i = 0; i <= options->entity_count; i++) {
        work.entity = i < options->entity_count ? options->entities[i] : NULL;
        work.name = work.dynamodb->marks_table;
        if (work.entity != NULL) {
            KH_TRY(kh__dynamodb_table(work.dynamodb, work.entity, call->arena, &work.name));
        }
        KH_TRY(act(&work, action, &tables[i]));
    }
    return KH_OK;
}
