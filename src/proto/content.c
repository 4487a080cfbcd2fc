/* Where the values of a message's fields stand. */
#include "proto/content.h"

enum kh_status kh__proto_fail(const struct kh__proto_source *source, enum kh_status status,
                              const unsigned char *at, const char *reason)
{
    bool first = source->error->status == KH_OK;

    (void)kh_fail(source->error, status, "%s", reason);
    if (first) {
        source->error->offset = (size_t)(at - kh__wire_begin(source->bytes));
    }
    return status;
}

enum kh_status kh__proto_no_memory(const struct kh__proto_source *source)
{
    return kh__proto_fail(source, KH_NO_MEMORY, kh__wire_begin(source->bytes),
                          kh_status_text(KH_NO_MEMORY));
}

enum kh_status kh__proto_record(const struct kh__proto_source *source, enum kh_status status)
{
    if (status == KH_OK) {
        return KH_OK;
    }
    return kh_fail(source->error, status, "%s", kh_status_text(status));
}

enum kh_status kh__proto_check_length(const struct kh__proto_source *source)
{
    if (source->bytes.length > INT32_MAX) {
        return kh__proto_fail(source, KH_TOO_LARGE, kh__wire_begin(source->bytes),
                              "a message has more than 2 GiB");
    }
    return KH_OK;
}

const unsigned char *kh__proto_value(const struct kh__proto_source *source, uint32_t offset,
                                     unsigned *type)
{
    uint32_t tag = 0;
    const unsigned char *at =
        kh__wire_tag(kh__wire_begin(source->bytes) + offset, kh__wire_end(source->bytes), &tag);

    *type = KH__WIRE_TYPE(tag);
    return at;
}

struct kh_str kh__proto_bytes(const struct kh__proto_source *source, uint32_t offset)
{
    struct kh_str bytes = { NULL, 0 };
    unsigned type;

    /* It was found to be all right when its place was found. */
    (void)kh__wire_bytes(kh__proto_value(source, offset, &type), kh__wire_end(source->bytes),
                         &bytes);
    return bytes;
}

/* The wire type of one value. */
static unsigned own_type(enum kh_proto_kind kind)
{
    switch (kind) {
    case KH_PROTO_INSTANT:
    case KH_PROTO_INT32:
    case KH_PROTO_INT64:
    case KH_PROTO_UINT64:
    case KH_PROTO_BOOL:
    case KH_PROTO_ENUM:
        return KH_WIRE_VARINT;
    case KH_PROTO_DOUBLE:
        return KH_WIRE_FIXED64;
    default:
        return KH_WIRE_BYTES;
    }
}

bool kh__proto_is_packable(const struct kh_proto_field *field)
{
    return own_type(field->kind) != KH_WIRE_BYTES;
}

/* ---- Scanning ---- */

void kh__proto_scan_init(struct kh__proto_scan *scan, const struct kh__proto_source *source,
                         struct kh__proto_content content)
{
    *scan = (struct kh__proto_scan){ .source = source, .content = content };
}

/* To the next value that is not empty; false if there is none. */
static bool next_part(struct kh__proto_scan *scan)
{
    while (scan->at == scan->end) {
        struct kh_str bytes;

        if (scan->part == scan->content.count) {
            return false;
        }
        bytes = scan->content.tags == NULL
                    ? scan->source->bytes
                    : kh__proto_bytes(scan->source, scan->content.tags[scan->part]);
        scan->part++;
        scan->at = kh__wire_begin(bytes);
        scan->end = kh__wire_end(bytes);
    }
    return true;
}

/* What is wrong with the value of the field at the cursor. */
static enum kh_status fail_value(const struct kh__proto_scan *scan, uint32_t tag)
{
    switch (KH__WIRE_TYPE(tag)) {
    case KH_WIRE_VARINT:
        return kh__proto_fail(scan->source, KH_NOT_PROTOBUF, scan->at,
                              "a number of a field is longer than 64 bits or than its message");
    case KH_WIRE_FIXED64:
    case KH_WIRE_BYTES:
    case KH_WIRE_FIXED32:
        return kh__proto_fail(scan->source, KH_NOT_PROTOBUF, scan->at,
                              "a field ends behind the end of its message");
    default:
        return kh__proto_fail(scan->source, KH_NOT_PROTOBUF, scan->at,
                              "a field is of a wire type that proto3 does not have");
    }
}

enum kh_status kh__proto_scan_next(struct kh__proto_scan *scan, bool *found)
{
    const unsigned char *at;
    uint32_t tag;

    *found = next_part(scan);
    if (!*found) {
        return KH_OK;
    }
    at = kh__wire_tag(scan->at, scan->end, &tag);
    if (at == NULL) {
        return kh__proto_fail(scan->source, KH_NOT_PROTOBUF, scan->at,
                              "expected a field, but there is no tag with a field number");
    }
    at = kh__wire_skip(at, scan->end, tag);
    if (at == NULL) {
        return fail_value(scan, tag);
    }
    scan->offset = (uint32_t)(scan->at - kh__wire_begin(scan->source->bytes));
    scan->tag = tag;
    scan->at = at;
    return KH_OK;
}

enum kh_status kh__proto_scan_known(const struct kh__proto_scan *scan,
                                    const struct kh_proto_message *message, size_t *guess,
                                    size_t *position)
{
    uint32_t number = KH__FIELD_NUMBER(scan->tag);
    unsigned type = KH__WIRE_TYPE(scan->tag);
    const struct kh_proto_field *field;
    size_t at = *guess;
    size_t left = message->field_count;

    /* Producers write fields in order, so the next one is most often behind the last. */
    for (; left > 0; left--, at++) {
        at = at < message->field_count ? at : 0;
        if (message->fields[at].number == number) {
            break;
        }
    }
    if (left == 0) {
        *position = message->field_count;
        return KH_OK;
    }
    *position = at;
    field = &message->fields[at];
    *guess = field->is_repeated ? at : at + 1;
    if (type != own_type(field->kind) &&
        !(type == KH_WIRE_BYTES && field->is_repeated && kh__proto_is_packable(field))) {
        const unsigned char *begin = kh__wire_begin(scan->source->bytes);

        return kh__proto_fail(scan->source, KH_NOT_PROTOBUF, begin + scan->offset,
                              "a field is of another wire type than its type has");
    }
    return KH_OK;
}

/* ---- Places ---- */

static uint32_t *new_places(const struct kh__proto_source *source, size_t count)
{
    return kh_arena_alloc(source->arena, count * sizeof(uint32_t));
}

/* Counts the values of field number i in counts[i + 1]. */
static enum kh_status count_values(const struct kh__proto_source *source,
                                   const struct kh_proto_message *message,
                                   struct kh__proto_content content, uint32_t *counts)
{
    struct kh__proto_scan scan;
    size_t guess = 0;
    bool found;

    kh__proto_scan_init(&scan, source, content);
    KH_TRY(kh__proto_scan_next(&scan, &found));
    while (found) {
        size_t position;

        KH_TRY(kh__proto_scan_known(&scan, message, &guess, &position));
        if (position < message->field_count) {
            counts[position + 1]++;
        }
        KH_TRY(kh__proto_scan_next(&scan, &found));
    }
    return KH_OK;
}

/* Puts each value's place behind those of its field that are there; `next` is where. */
static enum kh_status place_values(const struct kh__proto_source *source,
                                   const struct kh_proto_message *message,
                                   struct kh__proto_content content, uint32_t *next, uint32_t *tags)
{
    struct kh__proto_scan scan;
    size_t guess = 0;
    bool found;

    kh__proto_scan_init(&scan, source, content);
    KH_TRY(kh__proto_scan_next(&scan, &found));
    while (found) {
        size_t position;

        KH_TRY(kh__proto_scan_known(&scan, message, &guess, &position));
        if (position < message->field_count) {
            tags[next[position]++] = scan.offset;
        }
        KH_TRY(kh__proto_scan_next(&scan, &found));
    }
    return KH_OK;
}

enum kh_status kh__proto_index(const struct kh__proto_source *source,
                               const struct kh_proto_message *message,
                               struct kh__proto_content content, struct kh__proto_index *index)
{
    size_t count = message->field_count;
    uint32_t *starts = new_places(source, count + 2);
    uint32_t *tags;

    if (starts == NULL) {
        return kh__proto_no_memory(source);
    }
    memset(starts, 0, (count + 2) * sizeof *starts);
    /* One further on than they belong, because filling moves each to the next one's place. */
    KH_TRY(count_values(source, message, content, starts + 1));
    for (size_t i = 1; i <= count; i++) {
        starts[i + 1] += starts[i];
    }
    tags = new_places(source, starts[count + 1]);
    if (tags == NULL) {
        return kh__proto_no_memory(source);
    }
    if (starts[count + 1] > 0) {
        KH_TRY(place_values(source, message, content, starts + 1, tags));
    }
    *index = (struct kh__proto_index){ starts, tags };
    return KH_OK;
}

/* ---- Oneofs ---- */

/* The field that is set in the end, how often since it was set anew, and how many fields came before. */
struct last_set {
    size_t position;
    size_t before;
    uint32_t count;
};

static enum kh_status find_last_set(const struct kh__proto_source *source,
                                    const struct kh_proto_message *message,
                                    struct kh__proto_content content, struct last_set *last)
{
    struct kh__proto_scan scan;
    size_t known = 0;
    size_t guess = 0;
    bool found;

    *last = (struct last_set){ .position = message->field_count };
    kh__proto_scan_init(&scan, source, content);
    KH_TRY(kh__proto_scan_next(&scan, &found));
    while (found) {
        size_t position;

        KH_TRY(kh__proto_scan_known(&scan, message, &guess, &position));
        if (position < message->field_count) {
            if (position != last->position) {
                *last = (struct last_set){ .position = position, .before = known };
            }
            last->count++;
            known++;
        }
        KH_TRY(kh__proto_scan_next(&scan, &found));
    }
    return KH_OK;
}

enum kh_status kh__proto_oneof(const struct kh__proto_source *source,
                               const struct kh_proto_message *message,
                               struct kh__proto_content content,
                               const struct kh_proto_field **field,
                               struct kh__proto_content *values)
{
    struct kh__proto_scan scan;
    struct last_set last;
    uint32_t *tags;
    size_t known = 0;
    size_t guess = 0;
    bool found;

    *field = NULL;
    *values = (struct kh__proto_content){ NULL, 0 };
    KH_TRY(find_last_set(source, message, content, &last));
    if (last.count == 0) {
        return KH_OK;
    }
    tags = new_places(source, last.count);
    if (tags == NULL) {
        return kh__proto_no_memory(source);
    }
    kh__proto_scan_init(&scan, source, content);
    KH_TRY(kh__proto_scan_next(&scan, &found));
    while (found) {
        size_t position;

        KH_TRY(kh__proto_scan_known(&scan, message, &guess, &position));
        if (position < message->field_count && known++ >= last.before) {
            tags[values->count++] = scan.offset;
        }
        KH_TRY(kh__proto_scan_next(&scan, &found));
    }
    *field = &message->fields[last.position];
    values->tags = tags;
    return KH_OK;
}
