/*
 * Queries. An index holds nothing but keys, so that a change of a row costs nothing in the indexes it does not
 * move in; the rows are read from the table afterwards, as they are now. Indexes follow their table a
 * moment later: a row that no longer belongs to the query is left out, a very new one may be missing.
 *
 * All rows of a table by their key: DynamoDB has no such order, so all keys are read and sorted here.
 */
#include <stdlib.h>

#include "kh/entity_dynamodb.h"
#include "model/position.h"
#include "store/dynamodb_json.h"
#include "store/dynamodb_key.h"
#include "store/dynamodb_store.h"

/* No page is larger, whoever asks for more. */
#define MAX_ROWS 1000

struct query {
    struct kh__dynamodb *dynamodb;
    const struct kh_call *call;
    const struct kh_entity *entity;
    const struct kh_index *index; /* NULL: all rows */
    const void *key;
    const void *position; /* rows after it; NULL: all */
    size_t limit;
    struct kh_raw start; /* where the next request goes on; empty: at `position` */
    void *keys;          /* values of which the key is set */
    size_t key_count;
    size_t key_room;
    struct kh_wanted *rows; /* that are of the query */
    size_t row_count;
    size_t row_room;
};

static size_t size_of(const struct query *query)
{
    return query->entity->codec->size;
}

static size_t index_of(const struct query *query)
{
    return (size_t)(query->index - query->entity->indexes);
}

/* ---- Keys ---------------------------------------------------------------------------------- */

static enum kh_status add_key(struct query *query, const void *value)
{
    if (query->key_count == query->key_room) {
        size_t room = query->key_room == 0 ? 64 : query->key_room * 2;
        void *grown =
            kh_arena_grow(query->call->arena, query->keys, query->key_count, room, size_of(query));

        if (grown == NULL) {
            return KH_NO_MEMORY;
        }
        query->keys = grown;
        query->key_room = room;
    }
    memcpy((char *)query->keys + query->key_count * size_of(query), value, size_of(query));
    query->key_count++;
    return KH_OK;
}

static enum kh_status read_keys(struct query *query, struct kh_json *in)
{
    struct kh_json_array array;

    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        struct kh__dynamodb_item item;

        KH_TRY(kh__dynamodb_read_item(in, query->entity, true, &item));
        if (!item.is_removed) {
            KH_TRY(add_key(query, item.value));
        }
    }
    return kh_json_array_end(in, &array);
}

/* Items and LastEvaluatedKey of an answer. */
static enum kh_status read_page(struct query *query, const struct kh_aws_answer *answer)
{
    struct kh_json_object object;
    struct kh_json in;

    query->start = (struct kh_raw){ { "", 0 } };
    kh__dynamodb_open_answer(&in, answer, query->call);
    KH_TRY(kh_json_object_begin(&in, &object));
    while (kh_json_object_next(&in, &object)) {
        if (kh_json_member_is(&object, KH_STR("Items"))) {
            KH_TRY(read_keys(query, &in));
        } else if (kh_json_member_is(&object, KH_STR("LastEvaluatedKey"))) {
            KH_TRY(kh_json_read_raw_object(&in, &query->start));
        } else {
            KH_TRY(kh_json_skip_member(&in, &object));
        }
    }
    return kh_json_object_end(&in, &object, NULL, NULL, NULL, 0);
}

/* ---- Requests ------------------------------------------------------------------------------ */

static enum kh_status write_table(const struct query *query, struct kh_json_writer *out)
{
    struct kh_str table;

    KH_TRY(kh__dynamodb_table(query->dynamodb, query->entity, query->call->arena, &table));
    return kh__dynamodb_write_text(out, KH_STR("TableName"), table);
}

static enum kh_status write_start(const struct query *query, struct kh_json_writer *out)
{
    if (query->start.text.length > 0) {
        KH_TRY(kh_json_write_name(out, KH_STR("ExclusiveStartKey")));
        return kh_json_write_raw(out, query->start);
    }
    if (query->position == NULL || query->index == NULL) {
        return KH_OK;
    }
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("ExclusiveStartKey")));
    KH_TRY(kh__dynamodb_write_key(query->entity, query->position, query->call->arena, out));
    KH_TRY(kh__dynamodb_write_index_key(query->entity, index_of(query), query->position,
                                        query->call->arena, out));
    return kh_json_write_object_end(out);
}

static enum kh_status write_query(const struct query *query, struct kh_str hash,
                                  struct kh_json_writer *out)
{
    const struct kh_dynamodb_key *key = &query->entity->dynamodb->indexes[index_of(query)].hash;

    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_table(query, out));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("IndexName"), query->index->name));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("KeyConditionExpression"), KH_STR("#h=:h")));
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("ExpressionAttributeNames")));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("#h"), key->name));
    KH_TRY(kh_json_write_object_end(out));
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("ExpressionAttributeValues")));
    KH_TRY(kh_json_write_name(out, KH_STR(":h")));
    KH_TRY(kh__dynamodb_write_typed(out, key->type, hash));
    KH_TRY(kh_json_write_object_end(out));
    KH_TRY(kh_json_write_name(out, KH_STR("Limit")));
    KH_TRY(kh_json_write_uint64(out, query->limit - query->row_count + 1));
    KH_TRY(write_start(query, out));
    return kh_json_write_object_end(out);
}

/* The key's attributes, and its members where these are others. */
static enum kh_status write_projection(const struct query *query, struct kh_json_writer *out)
{
    const struct kh_entity *entity = query->entity;
    bool two = entity->key_count > 1;

    KH_TRY(kh__dynamodb_write_text(out, KH_STR("ProjectionExpression"),
                                   two ? KH_STR("#a,#b") : KH_STR("#a")));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("FilterExpression"),
                                   KH_STR("attribute_not_exists(#r)")));
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("ExpressionAttributeNames")));
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("#a"), entity->fields[entity->key[0]].name));
    if (two) {
        KH_TRY(kh__dynamodb_write_text(out, KH_STR("#b"), entity->fields[entity->key[1]].name));
    }
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("#r"), KH__DYNAMODB_REMOVED));
    return kh_json_write_object_end(out);
}

static enum kh_status write_scan(const struct query *query, struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_table(query, out));
    KH_TRY(kh_json_write_name(out, KH_STR("ConsistentRead")));
    KH_TRY(kh_json_write_bool(out, true));
    KH_TRY(write_projection(query, out));
    KH_TRY(write_start(query, out));
    return kh_json_write_object_end(out);
}

static enum kh_status ask(struct query *query, struct kh_str hash)
{
    struct kh_aws_answer answer;
    struct kh_json_writer body;
    enum kh_status status;

    kh_json_writer_init(&body);
    status = query->index != NULL ? write_query(query, hash, &body) : write_scan(query, &body);
    if (status == KH_OK) {
        status =
            kh__dynamodb_call(query->dynamodb, query->call, query->index != NULL ? "Query" : "Scan",
                              kh_json_writer_text(&body), NULL, &answer);
    }
    kh_json_writer_clean_up(&body);
    KH_TRY(status);
    status = read_page(query, &answer);
    if (status != KH_OK && status != KH_NO_MEMORY && status != KH_BAD_ROW) {
        kh_error_clear(query->call->error);
        return kh_fail(query->call->error, KH_STORE, "an answer of DynamoDB can't be read");
    }
    return status;
}

/* ---- Rows ---------------------------------------------------------------------------------- */

static bool is_in_query(const struct query *query, const struct kh_wanted *row)
{
    if (row->state.version == 0) {
        return false;
    }
    return query->index == NULL ||
           (kh_entity_has_index(query->entity, query->index, row->value) &&
            kh_entity_compare_index(query->entity, query->index, query->index->equal_count,
                                    row->value, query->key) == 0);
}

static enum kh_status make_room(struct query *query, size_t count)
{
    if (query->row_count + count > query->row_room) {
        size_t room = (query->row_count + count) * 2;
        struct kh_wanted *grown =
            kh_arena_grow(query->call->arena, query->rows, query->row_count, room, sizeof *grown);

        if (grown == NULL) {
            return KH_NO_MEMORY;
        }
        query->rows = grown;
        query->row_room = room;
    }
    return KH_OK;
}

/* Reads the rows of so many keys, and keeps those that are of the query. */
static enum kh_status read_rows(struct query *query, const void *keys, size_t count)
{
    size_t size = size_of(query);
    struct kh_wanted *read;
    char *values = kh_arena_alloc(query->call->arena, count * size);

    KH_TRY(make_room(query, count));
    if (values == NULL) {
        return KH_NO_MEMORY;
    }
    read = query->rows + query->row_count;
    for (size_t i = 0; i < count; i++) {
        read[i] = (struct kh_wanted){ .entity = query->entity,
                                      .key = (const char *)keys + i * size,
                                      .value = values + i * size };
    }
    KH_TRY(kh__dynamodb_fetch(&query->dynamodb->head, query->call, read, count, NULL, 0, NULL));
    for (size_t i = 0; i < count; i++) {
        if (is_in_query(query, &read[i])) {
            query->rows[query->row_count++] = read[i];
        }
    }
    return KH_OK;
}

/* ---- By index ------------------------------------------------------------------------------ */

static enum kh_status by_index(struct query *query)
{
    const struct kh_dynamodb_key *key = &query->entity->dynamodb->indexes[index_of(query)].hash;
    struct kh_str hash;
    enum kh_status status = kh__dynamodb_key_text(
        query->entity, key, query->key, KH__DYNAMODB_HASH_LIMIT, query->call->arena, &hash);

    if (status == KH_INVALID || status == KH_TOO_LARGE) {
        /* No row can have that. */
        return KH_OK;
    }
    KH_TRY(status);
    do {
        query->key_count = 0;
        KH_TRY(ask(query, hash));
        KH_TRY(read_rows(query, query->keys, query->key_count));
    } while (query->start.text.length > 0 && query->row_count <= query->limit);
    return KH_OK;
}

/* ---- By key -------------------------------------------------------------------------------- */

/* Keys are moved as wholes; qsort has no context, so this heap sort has. */
static void swap(char *a, char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char kept = a[i];

        a[i] = b[i];
        b[i] = kept;
    }
}

static void sift(const struct query *query, char *keys, size_t root, size_t end)
{
    size_t size = size_of(query);

    for (size_t child = 2 * root + 1; child < end; child = 2 * root + 1) {
        if (child + 1 < end && kh_entity_compare_keys(query->entity, keys + child * size,
                                                      keys + (child + 1) * size) < 0) {
            child++;
        }
        if (kh_entity_compare_keys(query->entity, keys + root * size, keys + child * size) >= 0) {
            return;
        }
        swap(keys + root * size, keys + child * size, size);
        root = child;
    }
}

static void sort_keys(const struct query *query)
{
    char *keys = query->keys;

    for (size_t i = query->key_count / 2; i-- > 0;) {
        sift(query, keys, i, query->key_count);
    }
    for (size_t end = query->key_count; end > 1; end--) {
        swap(keys, keys + (end - 1) * size_of(query), size_of(query));
        sift(query, keys, 0, end - 1);
    }
}

/* Where the keys behind the cursor begin. */
static size_t first_after(const struct query *query)
{
    size_t at = 0;

    while (query->position != NULL && at < query->key_count &&
           kh_entity_compare_keys(query->entity, (const char *)query->keys + at * size_of(query),
                                  query->position) <= 0) {
        at++;
    }
    return at;
}

static enum kh_status by_key(struct query *query)
{
    size_t at;

    do {
        KH_TRY(ask(query, KH_STR("")));
    } while (query->start.text.length > 0);
    sort_keys(query);
    for (at = first_after(query); at < query->key_count && query->row_count <= query->limit;) {
        size_t wanted = query->limit - query->row_count + 1;
        size_t left = query->key_count - at;
        size_t count = left < wanted ? left : wanted;

        KH_TRY(read_rows(query, (const char *)query->keys + at * size_of(query), count));
        at += count;
    }
    return KH_OK;
}

/* ---- The page ------------------------------------------------------------------------------ */

/* Few rows, and nearly in order: they may have moved between index and table. */
static void sort_rows(struct query *query)
{
    for (size_t i = 1; i < query->row_count; i++) {
        struct kh_wanted row = query->rows[i];
        size_t at = i;

        while (at > 0 && kh__position_compare(query->entity, query->index,
                                              query->rows[at - 1].value, row.value) > 0) {
            query->rows[at] = query->rows[at - 1];
            at--;
        }
        query->rows[at] = row;
    }
}

static enum kh_status fill_page(struct query *query, struct kh_page *page)
{
    size_t size = size_of(query);
    size_t count = query->row_count < query->limit ? query->row_count : query->limit;

    sort_rows(query);
    page->values = kh_arena_alloc(query->call->arena, count * size);
    page->states = kh_arena_alloc(query->call->arena, count * sizeof *page->states);
    if (page->values == NULL || page->states == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        memcpy((char *)page->values + i * size, query->rows[i].value, size);
        page->states[i] = query->rows[i].state;
    }
    page->count = count;
    if (query->row_count > query->limit) {
        return kh__cursor_write(query->entity, query->index, query->rows[count - 1].value,
                                query->call->arena, &page->next);
    }
    return KH_OK;
}

enum kh_status kh__dynamodb_query(struct kh_store *store, const struct kh_call *call,
                                  const struct kh_entity *entity, const struct kh_index *index,
                                  const void *key, struct kh_str cursor, size_t limit,
                                  struct kh_page *page)
{
    struct query query = { .dynamodb = kh__dynamodb_of(store),
                           .call = call,
                           .entity = entity,
                           .index = index,
                           .key = key,
                           .limit = limit < MAX_ROWS ? limit : MAX_ROWS };
    enum kh_status status = KH_OK;

    *page = (struct kh_page){ .next = KH_STR_INIT("") };
    if (cursor.length != 0) {
        status = kh__cursor_read(entity, index, key, cursor, call->arena, &query.position);
        if (status == KH_INVALID) {
            return kh_fail(call->error, status, "the cursor is not of this query");
        }
    }
    if (status == KH_OK) {
        status = index != NULL ? by_index(&query) : by_key(&query);
    }
    if (status == KH_OK) {
        status = fill_page(&query, page);
    }
    if (status == KH_NO_MEMORY) {
        return kh_fail(call->error, status, "out of memory for rows of DynamoDB");
    }
    return status;
}
