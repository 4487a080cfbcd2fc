/* Credentials in one block of memory, which is wiped as a whole. */
#include <stdbool.h>

#include "aws/credential_sources.h"
#include "kh/alloc.h"
#include "kh/instant.h"
#include "kh/json.h"

/* ---- Keeping them ----------------------------------------------------------------------- */

/* Printable ASCII without blanks: they go into headers. */
static bool is_clean(struct kh_str text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] <= ' ' || text.data[i] > '~') {
            return false;
        }
    }
    return true;
}

static struct kh_str move_in(char **at, struct kh_str text)
{
    struct kh_str copy = { *at, text.length };

    if (text.length > 0) {
        memcpy(*at, text.data, text.length);
    }
    *at += text.length;
    return copy;
}

static size_t size_of(struct kh_str key_id, struct kh_str secret, struct kh_str token)
{
    return sizeof(struct kh_aws_credentials) + key_id.length + secret.length + token.length;
}

enum kh_status kh_aws_credentials_new(const struct kh_aws_keys *keys, const char *source,
                                      struct kh_error *error, struct kh_aws_credentials **out)
{
    struct kh_aws_credentials *credentials;
    char *at;

    /* The key's id stands before the first slash of the signature's scope. */
    if (!is_clean(keys->key_id) || !is_clean(keys->secret) || !is_clean(keys->token) ||
        memchr(keys->key_id.data, '/', keys->key_id.length) != NULL ||
        memchr(keys->key_id.data, ',', keys->key_id.length) != NULL) {
        return kh_fail(error, KH_BAD_SETTING,
                       "the credentials from %s have bytes in them that credentials can't have",
                       source);
    }
    credentials = kh_malloc(size_of(keys->key_id, keys->secret, keys->token));
    if (credentials == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "out of memory for credentials");
    }
    at = (char *)(credentials + 1);
    credentials->key_id = move_in(&at, keys->key_id);
    credentials->secret = move_in(&at, keys->secret);
    credentials->token = move_in(&at, keys->token);
    credentials->expires_ms = keys->expires_ms;
    credentials->holders = 1;
    *out = credentials;
    return KH_OK;
}

void kh_aws_credentials_destroy(struct kh_aws_credentials *credentials)
{
    if (credentials == NULL) {
        return;
    }
    explicit_bzero(credentials,
                   size_of(credentials->key_id, credentials->secret, credentials->token));
    kh_free(credentials);
}

/* ---- Reading them ----------------------------------------------------------------------- */

enum { MEMBER_KEY_ID, MEMBER_SECRET, MEMBER_TOKEN, MEMBER_EXPIRATION, MEMBER_CODE, MEMBER_COUNT };

static const struct kh_str names[MEMBER_COUNT] = { KH_STR_INIT("AccessKeyId"),
                                                   KH_STR_INIT("SecretAccessKey"),
                                                   KH_STR_INIT("Token"), KH_STR_INIT("Expiration"),
                                                   KH_STR_INIT("Code") };

static enum kh_status read_members(struct kh_json *in, struct kh_str values[MEMBER_COUNT])
{
    static const uint64_t required[] = { 0 };
    uint64_t seen[1] = { 0 };
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        unsigned member = 0;

        while (member < MEMBER_COUNT && !kh_json_member_is(&object, names[member])) {
            member++;
        }
        if (member == MEMBER_COUNT) {
            KH_TRY(kh_json_skip_member(in, &object));
            continue;
        }
        KH_TRY(kh_json_once(in, &object, seen, member));
        if (!kh_json_take_null(in)) {
            KH_TRY(kh_json_read_str(in, &values[member]));
        }
    }
    KH_TRY(kh_json_object_end(in, &object, seen, required, names, MEMBER_COUNT));
    return kh_json_end(in);
}

static enum kh_status take_members(const struct kh_str values[MEMBER_COUNT], const char *source,
                                   struct kh_error *error, struct kh_aws_credentials **out)
{
    struct kh_aws_keys keys = { values[MEMBER_KEY_ID], values[MEMBER_SECRET], values[MEMBER_TOKEN],
                                INT64_MAX };
    struct kh_instant expiration;

    if (values[MEMBER_CODE].length > 0 && !kh_str_equal(values[MEMBER_CODE], KH_STR("Success"))) {
        return kh_fail(error, KH_IO, "%s has no credentials to give, it says", source);
    }
    if (keys.key_id.length == 0 || keys.secret.length == 0) {
        return kh_fail(error, KH_IO, "the answer of %s lacks AccessKeyId or SecretAccessKey",
                       source);
    }
    if (values[MEMBER_EXPIRATION].length > 0) {
        if (kh_instant_parse(values[MEMBER_EXPIRATION], &expiration) != KH_OK) {
            return kh_fail(error, KH_IO, "the Expiration in the answer of %s is no date-time",
                           source);
        }
        keys.expires_ms = kh_instant_to_ms(expiration);
    }
    return kh_aws_credentials_new(&keys, source, error, out);
}

/* Those with escapes are in the arena; the others in the text, which is wiped by whoever has it. */
static void wipe(const struct kh_str values[MEMBER_COUNT])
{
    for (unsigned i = 0; i < MEMBER_COUNT; i++) {
        if (values[i].length > 0) {
            explicit_bzero((void *)(uintptr_t)values[i].data, values[i].length);
        }
    }
}

enum kh_status kh_aws_credentials_parse(struct kh_str json, const char *source,
                                        struct kh_error *error, struct kh_aws_credentials **out)
{
    struct kh_str values[MEMBER_COUNT];
    struct kh_error details;
    struct kh_arena arena;
    struct kh_json in;
    enum kh_status status;

    for (unsigned i = 0; i < MEMBER_COUNT; i++) {
        values[i] = KH_STR("");
    }
    kh_error_clear(&details);
    kh_arena_init(&arena);
    kh_json_init(&in, json, &arena, &details);
    status = read_members(&in, values);
    if (status == KH_OK) {
        status = take_members(values, source, error, out);
    } else if (status == KH_NO_MEMORY) {
        status = kh_fail(error, KH_NO_MEMORY, "out of memory for credentials");
    } else {
        status = kh_fail(error, KH_IO, "the answer of %s is not the JSON of credentials", source);
    }
    wipe(values);
    kh_arena_clean_up(&arena);
    return status;
}
