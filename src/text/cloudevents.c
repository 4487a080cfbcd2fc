/* Only the members that say that it is a CloudEvents document, and where its event is, are looked at. */
#include "kh/cloudevents.h"

#include "kh/json.h"

enum member {
    MEMBER_SPECVERSION,
    MEMBER_ID,
    MEMBER_SOURCE,
    MEMBER_TYPE,
    MEMBER_DATA,
    MEMBER_DATA_BASE64,
    MEMBER_COUNT
};

static const struct kh_str members[MEMBER_COUNT] = {
    KH_STR_INIT("specversion"), KH_STR_INIT("id"),   KH_STR_INIT("source"),
    KH_STR_INIT("type"),        KH_STR_INIT("data"), KH_STR_INIT("data_base64"),
};

/* A document while it is read. */
struct document {
    struct kh_str
        values[MEMBER_COUNT]; /* attributes without quotes, data as it stands; "": not there */
    const char *places[MEMBER_COUNT];
    bool is_base64; /* data_base64 is sound */
};

static enum kh_status read_attribute(struct kh_json *in, struct kh_str *value)
{
    return kh_json_peek(in) == '"' ? kh_json_read_str(in, value) : kh_json_skip(in);
}

static enum kh_status read_member(struct kh_json *in, enum member member, struct document *document)
{
    char first = kh_json_peek(in);
    const char *begin = in->at;

    document->places[member] = begin;
    if (member == MEMBER_DATA_BASE64 && first == '"') {
        return kh_json_read_base64(in, &document->values[member], &document->is_base64);
    }
    if (member != MEMBER_DATA && member != MEMBER_DATA_BASE64) {
        return read_attribute(in, &document->values[member]);
    }
    KH_TRY(kh_json_skip(in));
    if (first != 'n') {
        document->values[member] = (struct kh_str){ begin, (size_t)(in->at - begin) };
    } else {
        document->places[member] = NULL;
    }
    return KH_OK;
}

static unsigned find_member(const struct kh_json_object *object)
{
    unsigned member = 0;

    while (member < MEMBER_COUNT && !kh_json_member_is(object, members[member])) {
        member++;
    }
    return member;
}

static enum kh_status read_document(struct kh_json *in, struct document *document)
{
    static const uint64_t required[KH_SEEN_WORDS(MEMBER_COUNT)] = { 0 };
    uint64_t seen[KH_SEEN_WORDS(MEMBER_COUNT)] = { 0 };
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        unsigned member = find_member(&object);

        if (member == MEMBER_COUNT) {
            KH_TRY(kh_json_skip_member(in, &object));
            continue;
        }
        KH_TRY(kh_json_once(in, &object, seen, member));
        KH_TRY(read_member(in, member, document));
    }
    KH_TRY(kh_json_object_end(in, &object, seen, required, members, MEMBER_COUNT));
    return kh_json_end(in);
}

/* ---- What is required --------------------------------------------------------------------- */

static enum kh_status bad(const struct kh_json *in, const char *place, struct kh_error *error,
                          const char *reason)
{
    enum kh_status status = kh_fail(error, KH_BAD_FRAME, "the CloudEvents document %s", reason);

    error->offset = place == NULL ? 0 : (size_t)(place - in->begin);
    return status;
}

static enum kh_status check(const struct kh_json *in, const struct document *document,
                            struct kh_error *error)
{
    const char *const *places = document->places;

    if (!kh_str_equal(document->values[MEMBER_SPECVERSION], KH_STR("1.0"))) {
        return bad(in, places[MEMBER_SPECVERSION], error, "is of another version than 1.0");
    }
    for (unsigned i = MEMBER_ID; i <= MEMBER_TYPE; i++) {
        if (document->values[i].length == 0) {
            return bad(in, places[i], error,
                       "has no id, source or type, or one that is no string or empty");
        }
    }
    if (places[MEMBER_DATA] != NULL && places[MEMBER_DATA_BASE64] != NULL) {
        return bad(in, places[MEMBER_DATA_BASE64], error, "has both data and data_base64");
    }
    if (places[MEMBER_DATA] == NULL && places[MEMBER_DATA_BASE64] == NULL) {
        return bad(in, NULL, error, "has neither data nor data_base64");
    }
    if (places[MEMBER_DATA_BASE64] != NULL && !document->is_base64) {
        return bad(in, places[MEMBER_DATA_BASE64], error, "has data_base64 that is not base64");
    }
    return KH_OK;
}

enum kh_status kh_cloud_event_open(struct kh_str text, struct kh_arena *arena,
                                   struct kh_error *error, struct kh_cloud_event *out, bool *found)
{
    struct document document = { .is_base64 = false };
    struct kh_error not_json;
    struct kh_json in;
    enum kh_status status;

    *found = false;
    kh_error_clear(&not_json);
    kh_json_init(&in, text, arena, &not_json);
    if (kh_json_peek(&in) != '{') {
        return KH_OK;
    }
    status = read_document(&in, &document);
    if (status == KH_NO_MEMORY) {
        return kh_fail(error, status, "no memory for a CloudEvents document");
    }
    if (status != KH_OK || document.values[MEMBER_SPECVERSION].length == 0) {
        return KH_OK;
    }
    *found = true;
    KH_TRY(check(&in, &document, error));
    *out =
        document.places[MEMBER_DATA] != NULL
            ? (struct kh_cloud_event){ document.values[MEMBER_DATA], false, "/data" }
            : (struct kh_cloud_event){ document.values[MEMBER_DATA_BASE64], true, "/data_base64" };
    return KH_OK;
}
