/* Going through the members of an object, and looking ahead for one. */
#include "text/json_internal.h"

enum kh_status kh_json_object_begin(struct kh_json *in, struct kh_json_object *object)
{
    char byte = kh__json_byte(in);

    kh__json_begin_value(in);
    *object = (struct kh_json_object){ .begin = in->at, .name = KH_STR(""), .first = true };
    if (byte != '{') {
        object->wrong_type = true;
        return kh__json_wrong_type(in, "must be an object");
    }
    return kh__json_open(in);
}

/* From the place behind the brace or a value to the next member's value. */
static enum kh_status next_member(struct kh_json *in, struct kh_json_object *object)
{
    if (!object->first) {
        if (kh__json_byte(in) != ',') {
            return kh__json_unexpected(in, "a comma or a closing brace");
        }
        in->at++;
    }
    object->first = false;
    if (kh__json_byte(in) != '"') {
        return kh__json_unexpected(in, "a member's name");
    }
    object->name_begin = in->at;
    KH_TRY(kh__json_text(in, &object->name));
    return kh__json_colon(in);
}

bool kh_json_object_next(struct kh_json *in, struct kh_json_object *object)
{
    if (object->wrong_type) {
        return false;
    }
    if (kh__json_byte(in) == '}') {
        in->at++;
        in->depth--;
        return false;
    }
    object->status = next_member(in, object);
    return object->status == KH_OK;
}

enum kh_status kh_json_skip_member(struct kh_json *in, struct kh_json_object *object)
{
    KH_TRY(kh_json_once_unknown(in, object));
    return kh_json_skip(in);
}

enum kh_status kh_json_refuse_member(struct kh_json *in, struct kh_json_object *object)
{
    KH_TRY(kh_json_skip_member(in, object));
    return kh_json_violation(in, in->value, "additionalProperties",
                             "is not a member the schema knows");
}

/* Whether every member was seen, the optional ones included. */
static bool all_seen(const uint64_t *seen, size_t count)
{
    for (size_t word = 0; word < count / 64; word++) {
        if (seen[word] != UINT64_MAX) {
            return false;
        }
    }
    return count % 64 == 0 || seen[count / 64] == (UINT64_C(1) << count % 64) - 1;
}

enum kh_status kh_json_object_end(struct kh_json *in, struct kh_json_object *object,
                                  const uint64_t *seen, const struct kh_json_member *members,
                                  size_t member_count)
{
    KH_TRY(object->status);
    in->value = object->begin;
    in->wrong_type = object->wrong_type;
    if (object->wrong_type || all_seen(seen, member_count)) {
        return KH_OK;
    }
    for (size_t i = 0; i < member_count; i++) {
        if (members[i].required && !kh_json_seen(seen, (unsigned)i)) {
            KH_TRY(kh__json_missing_member(in, object->begin, members[i].name));
        }
    }
    return KH_OK;
}

enum kh_status kh_json_peek_member(struct kh_json *in, struct kh_str name, struct kh_str *value,
                                   bool *found)
{
    struct kh_json ahead = *in;
    struct kh_json_object object;

    *value = KH_STR("");
    *found = false;
    ahead.violations = NULL;
    if (kh__json_byte(&ahead) != '{') {
        return KH_OK;
    }
    KH_TRY(kh_json_object_begin(&ahead, &object));
    while (kh_json_object_next(&ahead, &object)) {
        if (!kh_json_member_is(&object, name)) {
            KH_TRY(kh_json_skip(&ahead));
        } else if (kh__json_byte(&ahead) == '"') {
            *found = true;
            return kh__json_text(&ahead, value);
        } else {
            return KH_OK;
        }
    }
    return object.status;
}
