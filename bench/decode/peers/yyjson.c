/*
 * yyjson, reading in place, with memory that is kept from run to run, and base64 by simdutf. Members
 * of payloads, some of them optional, are walked once, since a lookup for each costs more.
 */
#include <stdlib.h>
#include <string.h>

#include "simdutf_c.h"
#include "yyjson.h"

#include "harness.h"

/* Grows and is kept. */
struct buffer {
    char *data;
    size_t size;
};

static bool make_room(struct buffer *buffer, size_t size)
{
    if (buffer->size < size) {
        free(buffer->data);
        buffer->data = malloc(size);
        buffer->size = buffer->data == NULL ? 0 : size;
    }
    return buffer->data != NULL;
}

/* With a length that is known when compiling, no call is needed. */
#define is(key, name)                                                                              \
    (yyjson_get_len(key) == sizeof(name) - 1 &&                                                    \
     memcmp(yyjson_get_str(key), name, sizeof(name) - 1) == 0)

static bool read_str(yyjson_val *value, struct kh_str *out)
{
    *out = (struct kh_str){ yyjson_get_str(value), yyjson_get_len(value) };
    return out->data != NULL;
}

static bool read_int(yyjson_val *value, int64_t *out)
{
    *out = yyjson_get_sint(value);
    return yyjson_is_sint(value) || (yyjson_is_uint(value) && yyjson_get_uint(value) <= INT64_MAX);
}

#define NODE yyjson_val
#include "tree_members.h"

static bool read_created(yyjson_val *object, struct user_limit_created *out)
{
    yyjson_obj_iter members;
    yyjson_val *key;
    bool fine = yyjson_obj_iter_init(object, &members);

    *out = (struct user_limit_created){ 0 };
    while (fine && (key = yyjson_obj_iter_next(&members)) != NULL) {
        fine = read_created_member(key, yyjson_obj_iter_get_val(key), out);
    }
    return fine;
}

static bool read_progress_changed(yyjson_val *object, struct user_limit_progress_changed *out)
{
    yyjson_obj_iter members;
    yyjson_val *key;
    bool fine = yyjson_obj_iter_init(object, &members);

    *out = (struct user_limit_progress_changed){ 0 };
    while (fine && (key = yyjson_obj_iter_next(&members)) != NULL) {
        fine = read_progress_changed_member(key, yyjson_obj_iter_get_val(key), out);
    }
    return fine;
}

static bool read_reset(yyjson_val *object, struct user_limit_reset *out)
{
    yyjson_obj_iter members;
    yyjson_val *key;
    bool fine = yyjson_obj_iter_init(object, &members);

    *out = (struct user_limit_reset){ 0 };
    while (fine && (key = yyjson_obj_iter_next(&members)) != NULL) {
        fine = read_reset_member(key, yyjson_obj_iter_get_val(key), out);
    }
    return fine;
}

/* All of these are required, so the walk can be from one to the next. */
static bool read_event(yyjson_val *event, struct message *message)
{
    struct envelope *out = &message->envelope;
    yyjson_obj_iter members;
    yyjson_val *payload;

    return yyjson_obj_iter_init(event, &members) &&
           read_str(yyjson_obj_iter_get(&members, "aggregateId"), &out->aggregate_id) &&
           read_int(yyjson_obj_iter_get(&members, "createdAt"), &out->created_at) &&
           (payload = yyjson_obj_iter_get(&members, "data")) != NULL &&
           read_str(yyjson_obj_iter_get(&members, "eventId"), &out->event_id) &&
           read_int(yyjson_obj_iter_get(&members, "sequenceNumber"), &out->sequence_number) &&
           read_str(yyjson_obj_iter_get(&members, "source"), &out->source) &&
           read_str(yyjson_obj_iter_get(&members, "type"), &out->type) &&
           read_payload(payload, message);
}

/* Reads `length` bytes of `text` in place; the tree is in `room`. */
static yyjson_val *read_tree(char *text, size_t length, struct buffer *room)
{
    yyjson_alc memory;

    if (!make_room(room, yyjson_read_max_memory_usage(length, YYJSON_READ_INSITU)) ||
        !yyjson_alc_pool_init(&memory, room->data, room->size)) {
        return NULL;
    }
    return yyjson_doc_get_root(yyjson_read_opts(text, length, YYJSON_READ_INSITU, &memory, NULL));
}

/* Decodes the record's event into `bytes`; the number of them, 0 if it is not base64. */
static size_t decode_data(struct kh_str data, struct buffer *bytes)
{
    simdutf_result result;

    if (!make_room(bytes, data.length + YYJSON_PADDING_SIZE)) {
        return 0;
    }
    result = simdutf_base64_to_binary(data.data, data.length, bytes->data, SIMDUTF_BASE64_DEFAULT,
                                      SIMDUTF_LAST_CHUNK_LOOSE);
    if (result.error != SIMDUTF_ERROR_SUCCESS) {
        return 0;
    }
    memset(bytes->data + result.count, 0, YYJSON_PADDING_SIZE);
    return result.count;
}

static bool read_record(yyjson_val *record, struct bench_event *view, struct message *message)
{
    static struct buffer bytes, room;
    yyjson_obj_iter kinesis;
    struct kh_str data;
    yyjson_val *event;
    size_t length;

    /* AWS writes these in this order. */
    if (!yyjson_obj_iter_init(yyjson_obj_get(record, "kinesis"), &kinesis) ||
        !read_str(yyjson_obj_iter_get(&kinesis, "partitionKey"), &view->partition_key) ||
        !read_str(yyjson_obj_iter_get(&kinesis, "sequenceNumber"), &view->sequence_number) ||
        !read_str(yyjson_obj_iter_get(&kinesis, "data"), &data)) {
        return false;
    }
    length = decode_data(data, &bytes);
    event = length == 0 ? NULL : read_tree(bytes.data, length, &room);
    if (event == NULL || !read_event(event, message)) {
        return false;
    }
    view->envelope = &message->envelope;
    view->kind = message->kind;
    view->payload = &message->payload;
    return true;
}

static bool decode(struct kh_str text, bench_visit *visit, void *context)
{
    static struct buffer room;
    /* The harness was told that we write to it. */
    yyjson_val *root = read_tree((char *)text.data, text.length, &room);
    yyjson_arr_iter records;
    yyjson_val *record;

    if (root == NULL || !yyjson_arr_iter_init(yyjson_obj_get(root, "Records"), &records)) {
        return false;
    }
    while ((record = yyjson_arr_iter_next(&records)) != NULL) {
        struct bench_event view;
        struct message message;

        if (!read_record(record, &view, &message)) {
            return false;
        }
        visit(context, &view);
    }
    return true;
}

int main(int argc, char **argv)
{
    static const struct bench_decoder decoder = { "yyjson", false, true, decode };

    return bench_main(argc, argv, &decoder);
}
