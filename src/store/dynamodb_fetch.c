/*
 * Rows and marks by their keys, up to a hundred in a request. Rows bring their marks along. Marks that may have
 * items of their own are asked for as well: those of events without a home together with the rows, those
 * that a row had no room for in a second request, which most batches do without.
 */
#include "kh/entity_dynamodb.h"
#include "model/field.h"
#include "store/dynamodb_json.h"
#include "store/dynamodb_key.h"
#include "store/dynamodb_store.h"

/* DynamoDB's limit for one request. */
#define MAX_KEYS 100
/* So often what was left over is asked for again, if there is time. */
#define MAX_ROUNDS 100

/* What a fetch has to do. */
struct fetch {
    struct kh__dynamodb *dynamodb;
    const struct kh_call *call;
    struct kh_wanted *rows;
    size_t row_count;
    bool *is_asked; /* of each row: it is read, and its key can be one */
    const struct kh_mark *marks;
    size_t mark_count;
    bool *found;
    struct kh__ring_id *ids; /* of the marks */
    size_t *asked;           /* positions of marks that are looked for in the marks' table */
    size_t asked_count;
    int64_t now_s;
};

/* ---- The request --------------------------------------------------------------------------- */

static bool is_read(const struct kh_wanted *wanted)
{
    return wanted->value != NULL;
}

/* An empty key, which DynamoDB knows nothing of, or one that is too long, has no row. */
static bool can_be_key(struct fetch *fetch, const struct kh_wanted *wanted)
{
    const struct kh_entity_dynamodb *keys = wanted->entity->dynamodb;
    struct kh_arena_mark mark = kh_arena_mark(fetch->call->arena);
    struct kh_str text;
    bool can =
        kh__dynamodb_key_text(wanted->entity, &keys->hash, wanted->key, KH__DYNAMODB_HASH_LIMIT,
                              fetch->call->arena, &text) == KH_OK &&
        (keys->range.field_count == 0 ||
         kh__dynamodb_key_text(wanted->entity, &keys->range, wanted->key, KH__DYNAMODB_RANGE_LIMIT,
                               fetch->call->arena, &text) == KH_OK);

    kh_arena_release(fetch->call->arena, mark);
    return can;
}

static enum kh_status begin_table(struct kh_json_writer *out, struct kh_str name)
{
    KH_TRY(kh__dynamodb_begin_object(out, name));
    KH_TRY(kh_json_write_name(out, KH_STR("ConsistentRead")));
    KH_TRY(kh_json_write_bool(out, true));
    return kh__dynamodb_begin_array(out, KH_STR("Keys"));
}

static enum kh_status end_table(struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_array_end(out));
    return kh_json_write_object_end(out);
}

/* The keys of all rows from `begin` to `end` that are of the entity. */
static enum kh_status write_rows_of(struct fetch *fetch, const struct kh_entity *entity,
                                    size_t begin, size_t end, struct kh_json_writer *out)
{
    struct kh_str table;

    KH_TRY(kh__dynamodb_table(fetch->dynamodb, entity, fetch->call->arena, &table));
    KH_TRY(begin_table(out, table));
    for (size_t i = begin; i < end; i++) {
        const struct kh_wanted *wanted = &fetch->rows[i];

        if (wanted->entity == entity && fetch->is_asked[i]) {
            KH_TRY(kh_json_write_object_begin(out));
            KH_TRY(kh__dynamodb_write_key(entity, wanted->key, fetch->call->arena, out));
            KH_TRY(kh_json_write_object_end(out));
        }
    }
    return end_table(out);
}

/* Is the row the first of its entity that is asked for? */
static bool begins_table(const struct fetch *fetch, size_t begin, size_t at)
{
    if (!fetch->is_asked[at]) {
        return false;
    }
    for (size_t i = begin; i < at; i++) {
        if (fetch->rows[i].entity == fetch->rows[at].entity && fetch->is_asked[i]) {
            return false;
        }
    }
    return true;
}

static enum kh_status write_marks(const struct fetch *fetch, size_t begin, size_t end,
                                  struct kh_json_writer *out)
{
    KH_TRY(begin_table(out, fetch->dynamodb->marks_table));
    for (size_t i = begin; i < end; i++) {
        char name[KH__RING_NAME_SIZE];

        KH_TRY(kh_json_write_object_begin(out));
        KH_TRY(kh_json_write_name(out, KH__DYNAMODB_MARK_KEY));
        KH_TRY(kh__dynamodb_write_typed(out, KH_STR("S"),
                                        kh__ring_name_of(&fetch->ids[fetch->asked[i]], name)));
        KH_TRY(kh_json_write_object_end(out));
    }
    return end_table(out);
}

/* *empty: nothing is asked for. */
static enum kh_status write_request(struct fetch *fetch, size_t row_begin, size_t row_end,
                                    size_t mark_begin, size_t mark_end, struct kh_json_writer *out,
                                    bool *empty)
{
    *empty = mark_begin == mark_end;
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh__dynamodb_begin_object(out, KH_STR("RequestItems")));
    for (size_t i = row_begin; i < row_end; i++) {
        if (begins_table(fetch, row_begin, i)) {
            *empty = false;
            KH_TRY(write_rows_of(fetch, fetch->rows[i].entity, row_begin, row_end, out));
        }
    }
    if (mark_begin < mark_end) {
        KH_TRY(write_marks(fetch, mark_begin, mark_end, out));
    }
    KH_TRY(kh_json_write_object_end(out));
    return kh_json_write_object_end(out);
}

/* ---- The answer ---------------------------------------------------------------------------- */

static void take_row(struct fetch *fetch, const struct kh_entity *entity,
                     const struct kh__dynamodb_item *item)
{
    for (size_t i = 0; i < fetch->row_count; i++) {
        struct kh_wanted *wanted = &fetch->rows[i];

        if (wanted->entity == entity && fetch->is_asked[i] &&
            kh_entity_compare_keys(entity, wanted->key, item->value) == 0) {
            wanted->state = kh__dynamodb_state(item, fetch->now_s);
            if (wanted->state.version != 0) {
                /* `key` and `value` may be one. */
                memcpy(wanted->value, item->value, entity->codec->size);
            }
            return;
        }
    }
}

static enum kh_status read_rows(struct fetch *fetch, const struct kh_entity *entity,
                                struct kh_json *in)
{
    struct kh_json_array array;

    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        struct kh__dynamodb_item item;

        KH_TRY(kh__dynamodb_read_item(in, entity, false, &item));
        take_row(fetch, entity, &item);
    }
    return kh_json_array_end(in, &array);
}

static void take_mark(struct fetch *fetch, struct kh_str name, int64_t expires_s)
{
    for (size_t i = 0; i < fetch->asked_count; i++) {
        char own[KH__RING_NAME_SIZE];

        if (kh_str_equal(name, kh__ring_name_of(&fetch->ids[fetch->asked[i]], own))) {
            fetch->found[fetch->asked[i]] = expires_s > fetch->now_s;
        }
    }
}

/* `{"S":"text"}` or `{"N":"1"}`; the text of either. */
static enum kh_status read_typed(struct kh_json *in, struct kh_str *text)
{
    struct kh_json_object wrapper;

    KH_TRY(kh_json_object_begin(in, &wrapper));
    if (!kh_json_object_next(in, &wrapper)) {
        return KH_INVALID;
    }
    KH_TRY(kh_json_read_str(in, text));
    return kh_json_object_next(in, &wrapper)
               ? KH_INVALID
               : kh_json_object_end(in, &wrapper, NULL, NULL, NULL, 0);
}

static enum kh_status read_mark(struct fetch *fetch, struct kh_json *in)
{
    static const struct kh_field number = { .kind = KH_FIELD_INT64 };
    struct kh_str name = { "", 0 };
    struct kh_str expires = KH_STR("");
    struct kh_json_object object;
    int64_t expires_s;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH__DYNAMODB_MARK_KEY)) {
            KH_TRY(read_typed(in, &name));
        } else if (kh_json_member_is(&object, KH__DYNAMODB_EXPIRES)) {
            KH_TRY(read_typed(in, &expires));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    KH_TRY(kh_json_object_end(in, &object, NULL, NULL, NULL, 0));
    /* Without a time that can be understood it holds for ever. */
    take_mark(fetch, name,
              kh__field_parse(&number, expires, &expires_s) == KH_OK ? expires_s : INT64_MAX);
    return KH_OK;
}

static enum kh_status read_marks(struct fetch *fetch, struct kh_json *in)
{
    struct kh_json_array array;

    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        KH_TRY(read_mark(fetch, in));
    }
    return kh_json_array_end(in, &array);
}

/* Whose rows a table of the answer holds; NULL: nobody's. */
static const struct kh_entity *entity_of(const struct fetch *fetch, struct kh_str table)
{
    struct kh_str prefix = fetch->dynamodb->prefix;

    for (size_t i = 0; i < fetch->row_count; i++) {
        struct kh_str own = fetch->rows[i].entity->table;

        if (table.length == prefix.length + own.length &&
            memcmp(table.data + prefix.length, own.data, own.length) == 0) {
            return fetch->rows[i].entity;
        }
    }
    return NULL;
}

static enum kh_status read_responses(struct fetch *fetch, struct kh_json *in)
{
    struct kh_json_object tables;

    KH_TRY(kh_json_object_begin(in, &tables));
    while (kh_json_object_next(in, &tables)) {
        const struct kh_entity *entity = entity_of(fetch, tables.name);

        if (kh_str_equal(tables.name, fetch->dynamodb->marks_table)) {
            KH_TRY(read_marks(fetch, in));
        } else if (entity != NULL) {
            KH_TRY(read_rows(fetch, entity, in));
        } else {
            KH_TRY(kh_json_skip_member(in, &tables));
        }
    }
    return kh_json_object_end(in, &tables, NULL, NULL, NULL, 0);
}

/* `unprocessed` is empty if everything was read. */
static enum kh_status read_answer(struct fetch *fetch, const struct kh_aws_answer *answer,
                                  struct kh_raw *unprocessed)
{
    struct kh_json_object object;
    struct kh_json in;

    *unprocessed = (struct kh_raw){ { "", 0 } };
    kh__dynamodb_open_answer(&in, answer, fetch->call);
    KH_TRY(kh_json_object_begin(&in, &object));
    while (kh_json_object_next(&in, &object)) {
        if (kh_json_member_is(&object, KH_STR("Responses"))) {
            KH_TRY(read_responses(fetch, &in));
        } else if (kh_json_member_is(&object, KH_STR("UnprocessedKeys"))) {
            KH_TRY(kh_json_read_raw_object(&in, unprocessed));
        } else {
            KH_TRY(kh_json_skip_member(&in, &object));
        }
    }
    KH_TRY(kh_json_object_end(&in, &object, NULL, NULL, NULL, 0));
    if (unprocessed->text.length == 2) {
        unprocessed->text.length = 0;
    }
    return kh_json_end(&in);
}

/* ---- To and fro ---------------------------------------------------------------------------- */

/* Sends the request, and again what was left over, until nothing is. */
static enum kh_status get_all(struct fetch *fetch, struct kh_json_writer *request)
{
    for (unsigned retry = 0;; retry++) {
        struct kh_aws_answer answer;
        struct kh_raw unprocessed;
        enum kh_status status;

        KH_TRY(kh__dynamodb_call(fetch->dynamodb, fetch->call, "BatchGetItem",
                                 kh_json_writer_text(request), NULL, &answer));
        status = read_answer(fetch, &answer, &unprocessed);
        if (status != KH_OK && status != KH_NO_MEMORY && status != KH_BAD_ROW) {
            kh_error_clear(fetch->call->error);
            return kh_fail(fetch->call->error, KH_STORE, "an answer of DynamoDB can't be read");
        }
        KH_TRY(status);
        if (unprocessed.text.length == 0) {
            return KH_OK;
        }
        if (retry == MAX_ROUNDS) {
            return kh_fail(fetch->call->error, KH_THROTTLED,
                           "DynamoDB leaves keys unread again and again");
        }
        KH_TRY(kh_aws_client_back_off(fetch->dynamodb->client, retry, fetch->call->deadline_ms,
                                      fetch->call->error));
        kh_json_writer_reset(request);
        KH_TRY(kh_json_write_object_begin(request));
        KH_TRY(kh_json_write_name(request, KH_STR("RequestItems")));
        KH_TRY(kh_json_write_raw(request, unprocessed));
        KH_TRY(kh_json_write_object_end(request));
    }
}

static enum kh_status get_part(struct fetch *fetch, size_t row_begin, size_t row_end,
                               size_t mark_begin, size_t mark_end)
{
    struct kh_json_writer request;
    enum kh_status status;
    bool empty;

    kh_json_writer_init(&request);
    status = write_request(fetch, row_begin, row_end, mark_begin, mark_end, &request, &empty);
    if (status == KH_OK && !empty) {
        status = get_all(fetch, &request);
    }
    kh_json_writer_clean_up(&request);
    return status;
}

/* Rows first, and marks with what room they leave. */
static enum kh_status get_rows_and_marks(struct fetch *fetch, size_t row_count)
{
    size_t row = 0;
    size_t mark = 0;

    while (row < row_count || mark < fetch->asked_count) {
        size_t rows_left = row_count - row;
        size_t row_end = row + (rows_left < MAX_KEYS ? rows_left : MAX_KEYS);
        size_t room = MAX_KEYS - (row_end - row);
        size_t marks_left = fetch->asked_count - mark;
        size_t mark_end = mark + (marks_left < room ? marks_left : room);

        KH_TRY(get_part(fetch, row, row_end, mark, mark_end));
        row = row_end;
        mark = mark_end;
    }
    return KH_OK;
}

/* ---- Marks --------------------------------------------------------------------------------- */

static void ask_for(struct fetch *fetch, size_t mark)
{
    for (size_t i = 0; i < fetch->asked_count; i++) {
        if (memcmp(&fetch->ids[fetch->asked[i]], &fetch->ids[mark], sizeof *fetch->ids) == 0) {
            return;
        }
    }
    fetch->asked[fetch->asked_count++] = mark;
}

static enum kh_status prepare_marks(struct fetch *fetch)
{
    struct kh_arena *arena = fetch->call->arena;

    fetch->ids = kh_arena_alloc(arena, fetch->mark_count * sizeof *fetch->ids);
    fetch->asked = kh_arena_alloc(arena, fetch->mark_count * sizeof *fetch->asked);
    if (fetch->ids == NULL || fetch->asked == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < fetch->mark_count; i++) {
        KH_TRY(kh__ring_id_of(fetch->marks[i].id, &fetch->ids[i]));
        fetch->found[i] = false;
        if (fetch->marks[i].home == KH_HOMELESS) {
            ask_for(fetch, i);
        }
    }
    return KH_OK;
}

/* Looks into the rows; asks for those that a row may have had no room for. */
static void look_at_home(struct fetch *fetch)
{
    fetch->asked_count = 0;
    for (size_t i = 0; i < fetch->mark_count; i++) {
        const struct kh__dynamodb_kept *kept;

        if (fetch->marks[i].home == KH_HOMELESS) {
            continue;
        }
        kept = fetch->rows[fetch->marks[i].home].state.kept;
        if (kept == NULL) {
            continue;
        }
        fetch->found[i] =
            kh__ring_has(kept->marks, &fetch->ids[i], fetch->now_s - fetch->dynamodb->mark_ttl_s);
        if (!fetch->found[i] && kept->spilled_until_s > fetch->now_s) {
            ask_for(fetch, i);
        }
    }
}

/* The same id may have been asked for more than once. */
static void copy_to_twins(struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->asked_count; i++) {
        size_t asked = fetch->asked[i];

        for (size_t k = asked + 1; fetch->found[asked] && k < fetch->mark_count; k++) {
            if (memcmp(&fetch->ids[asked], &fetch->ids[k], sizeof *fetch->ids) == 0) {
                fetch->found[k] = true;
            }
        }
    }
}

static enum kh_status prepare_rows(struct fetch *fetch)
{
    fetch->is_asked =
        kh_arena_alloc(fetch->call->arena, fetch->row_count * sizeof *fetch->is_asked);
    if (fetch->is_asked == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < fetch->row_count; i++) {
        fetch->is_asked[i] = is_read(&fetch->rows[i]) && can_be_key(fetch, &fetch->rows[i]);
        if (is_read(&fetch->rows[i])) {
            fetch->rows[i].state = (struct kh_row_state){ 0 };
        }
    }
    return KH_OK;
}

static enum kh_status run(struct fetch *fetch)
{
    KH_TRY(prepare_rows(fetch));
    KH_TRY(prepare_marks(fetch));
    KH_TRY(get_rows_and_marks(fetch, fetch->row_count));
    copy_to_twins(fetch);
    look_at_home(fetch);
    if (fetch->asked_count > 0) {
        KH_TRY(get_rows_and_marks(fetch, 0));
        copy_to_twins(fetch);
    }
    return KH_OK;
}

enum kh_status kh__dynamodb_fetch(struct kh_store *store, const struct kh_call *call,
                                  struct kh_wanted *rows, size_t row_count,
                                  const struct kh_mark *marks, size_t mark_count, bool *found)
{
    struct kh__dynamodb *dynamodb = kh__dynamodb_of(store);
    struct fetch fetch = { .dynamodb = dynamodb,
                           .call = call,
                           .rows = rows,
                           .row_count = row_count,
                           .marks = marks,
                           .mark_count = mark_count,
                           .found = found,
                           .now_s = kh__dynamodb_now_s(dynamodb) };
    enum kh_status status = run(&fetch);

    if (status == KH_NO_MEMORY) {
        return kh_fail(call->error, status, "out of memory for rows of DynamoDB");
    }
    return status;
}
