/*
 * Going through the members of an object, and looking ahead for one.
 *
 * Between two members the cursor is on the byte before the next name's quote, which is the brace, the
 * comma, or the last of the blanks behind them: `separator`. Generated readers compare what follows
 * with the names they know; kh_json_object_next takes any name.
 */
#include "text/json_internal.h"

/* The cursor is before a name: to the byte before its quote. */
static enum kh_status to_name(struct kh_json *in, struct kh_json_object *object)
{
    if (kh__json_byte(in) != '"') {
        return kh__json_unexpected(in, "a member's name");
    }
    in->at--;
    object->separator = *in->at;
    return KH_OK;
}

enum kh_status kh__json_object_begin_slow(struct kh_json *in, struct kh_json_object *object)
{
    char byte = kh__json_byte(in);

    kh__json_begin_value(in);
    object->begin = in->at;
    if (byte != '{') {
        object->wrong_type = true;
        return kh__json_wrong_type(in, "must be an object");
    }
    KH_TRY(kh__json_open(in));
    return kh__json_byte(in) == '}' ? KH_OK : to_name(in, object);
}

/* Behind a value: to the byte before the next name, or to the closing brace. */
static enum kh_status end_member(struct kh_json *in, struct kh_json_object *object)
{
    char byte = kh__json_byte(in);

    if (byte == '}') {
        return KH_OK;
    }
    if (byte != ',') {
        return kh__json_unexpected(in, "a comma or a closing brace");
    }
    in->at++;
    return to_name(in, object);
}

/* Reads the name behind the cursor and goes to the value. */
static enum kh_status read_name(struct kh_json *in, struct kh_json_object *object)
{
    in->at++;
    object->name_begin = in->at;
    KH_TRY(kh__json_text(in, &object->name));
    return kh__json_colon(in);
}

bool kh_json_object_next(struct kh_json *in, struct kh_json_object *object)
{
    if (object->wrong_type) {
        return false;
    }
    if (!object->first) {
        object->status = end_member(in, object);
    }
    object->first = false;
    if (object->status != KH_OK || *in->at == '}') {
        return false;
    }
    object->status = read_name(in, object);
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

/* The cursor is behind the colon. */
static bool is_plainly_spelled(const struct kh_json *in, const struct kh_json_object *object)
{
    return object->name.data == object->name_begin + 1 &&
           in->at == object->name.data + object->name.length + 2;
}

/* The member behind the cursor is none of those known in this spelling. */
static enum kh_status unknown_member(struct kh_json *in, struct kh_json_object *object, bool refuse)
{
    if (in->at == object->respelled) {
        kh__json_end_detour(in);
    } else {
        KH_TRY(read_name(in, object));
        if (!is_plainly_spelled(in, object)) {
            return kh__json_begin_detour(in, object);
        }
    }
    KH_TRY(refuse ? kh_json_refuse_member(in, object) : kh_json_skip_member(in, object));
    return end_member(in, object);
}

enum kh_status kh__json_other_member_slow(struct kh_json *in, struct kh_json_object *object,
                                          bool refuse)
{
    KH_TRY(object->status);
    if (in->at == object->pass) {
        return unknown_member(in, object, refuse);
    }
    return end_member(in, object);
}

enum kh_status kh__json_missing_members(struct kh_json *in, struct kh_json_object *object,
                                        uint64_t missing, const struct kh_str *names)
{
    for (; missing != 0; missing &= missing - 1) {
        KH_TRY(kh__json_missing_member(in, object->begin, names[__builtin_ctzll(missing)]));
    }
    return KH_OK;
}

enum kh_status kh__json_missing_of_many(struct kh_json *in, struct kh_json_object *object,
                                        const uint64_t *seen, const uint64_t *required,
                                        const struct kh_str *names, size_t count)
{
    for (size_t word = 0; word < KH_SEEN_WORDS(count); word++) {
        KH_TRY(
            kh__json_missing_members(in, object, required[word] & ~seen[word], names + word * 64));
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
