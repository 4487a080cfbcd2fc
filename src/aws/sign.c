/*
 * The canonical request is written into one buffer of a size that is known before, hashed, and wiped:
 * the session token is in it.
 */
#include "aws/sign.h"

#include <stdio.h>
#include <time.h>

#include "aws/sha256.h"

#define HEX_SIZE ((size_t)2 * KH_SHA256_SIZE)
#define ALGORITHM "AWS4-HMAC-SHA256"
#define KEY_PREFIX "AWS4"
#define TERMINATION "aws4_request"
#define DAY_LENGTH 8

/* A buffer with room for all that is put into it. */
struct text {
    char *data;
    size_t length;
};

static void put(struct text *out, struct kh_str text)
{
    if (text.length > 0) {
        memcpy(out->data + out->length, text.data, text.length);
        out->length += text.length;
    }
}

static struct kh_str text_of(const struct text *text)
{
    return (struct kh_str){ text->data, text->length };
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static void put_hex(struct text *out, const unsigned char digest[KH_SHA256_SIZE])
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < KH_SHA256_SIZE; i++) {
        out->data[out->length++] = hex[digest[i] >> 4];
        out->data[out->length++] = hex[digest[i] & 0x0F];
    }
}

void kh_aws_format_date(int64_t milliseconds_since_1970, char out[KH_AWS_DATE_SIZE])
{
    time_t seconds = (time_t)(milliseconds_since_1970 / 1000);
    struct tm parts;

    if (gmtime_r(&seconds, &parts) == NULL ||
        strftime(out, KH_AWS_DATE_SIZE, "%Y%m%dT%H%M%SZ", &parts) == 0) {
        (void)snprintf(out, KH_AWS_DATE_SIZE, "19700101T000000Z");
    }
}

/* ---- Headers ---------------------------------------------------------------------------- */

static int compare_names(struct kh_str a, struct kh_str b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;

    for (size_t i = 0; i < shorter; i++) {
        if (lower(a.data[i]) != lower(b.data[i])) {
            return (unsigned char)lower(a.data[i]) < (unsigned char)lower(b.data[i]) ? -1 : 1;
        }
    }
    return a.length == b.length ? 0 : a.length < b.length ? -1 : 1;
}

/* By name, those of one name in the order given; there are few. */
static const struct kh_aws_header **sort_headers(const struct kh_aws_signing *signing,
                                                 struct kh_arena *arena)
{
    const struct kh_aws_header **sorted =
        kh_arena_alloc(arena, signing->header_count * sizeof *sorted);

    for (size_t i = 0; sorted != NULL && i < signing->header_count; i++) {
        size_t at = i;

        while (at > 0 && compare_names(signing->headers[i].name, sorted[at - 1]->name) < 0) {
            sorted[at] = sorted[at - 1];
            at--;
        }
        sorted[at] = &signing->headers[i];
    }
    return sorted;
}

static void put_name(struct text *out, struct kh_str name)
{
    for (size_t i = 0; i < name.length; i++) {
        out->data[out->length++] = lower(name.data[i]);
    }
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without blanks at its ends, and with one for each run of them. */
static void put_value(struct text *out, struct kh_str value)
{
    bool blank = false;
    bool any = false;

    for (size_t i = 0; i < value.length; i++) {
        if (is_blank(value.data[i])) {
            blank = true;
            continue;
        }
        if (blank && any) {
            out->data[out->length++] = ' ';
        }
        out->data[out->length++] = value.data[i];
        blank = false;
        any = true;
    }
}

/* "name:value\n" for each name. */
static void put_headers(struct text *out, const struct kh_aws_header **sorted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool again = i > 0 && compare_names(sorted[i - 1]->name, sorted[i]->name) == 0;

        if (again) {
            out->data[out->length - 1] = ',';
        } else {
            put_name(out, sorted[i]->name);
            put(out, KH_STR(":"));
        }
        put_value(out, sorted[i]->value);
        put(out, KH_STR("\n"));
    }
}

/* "a;b;c" */
static void put_names(struct text *out, const struct kh_aws_header **sorted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && compare_names(sorted[i - 1]->name, sorted[i]->name) == 0) {
            continue;
        }
        if (i > 0) {
            put(out, KH_STR(";"));
        }
        put_name(out, sorted[i]->name);
    }
}

static size_t size_of_headers(const struct kh_aws_signing *signing)
{
    size_t size = 0;

    for (size_t i = 0; i < signing->header_count; i++) {
        size += signing->headers[i].name.length + signing->headers[i].value.length + 2;
    }
    return size;
}

/* ---- The signature ---------------------------------------------------------------------- */

/* The hash of the canonical request; `names` are those of its headers. */
static enum kh_status hash_request(const struct kh_aws_signing *signing,
                                   const struct kh_aws_header **sorted, struct kh_str names,
                                   struct kh_arena *arena, unsigned char out[KH_SHA256_SIZE])
{
    size_t size = size_of_headers(signing) + names.length + HEX_SIZE + 16;
    struct text request = { kh_arena_alloc(arena, size), 0 };
    unsigned char digest[KH_SHA256_SIZE];
    enum kh_status status;

    if (request.data == NULL) {
        return KH_NO_MEMORY;
    }
    KH_TRY(kh_sha256(signing->body, digest));
    put(&request, KH_STR("POST\n/\n\n"));
    put_headers(&request, sorted, signing->header_count);
    put(&request, KH_STR("\n"));
    put(&request, names);
    put(&request, KH_STR("\n"));
    put_hex(&request, digest);
    status = kh_sha256(text_of(&request), out);
    explicit_bzero(request.data, size);
    return status;
}

static struct kh_str bytes_of(const unsigned char digest[KH_SHA256_SIZE])
{
    return (struct kh_str){ (const char *)digest, KH_SHA256_SIZE };
}

/* From the secret to the key of one day, region and service. */
static enum kh_status derive_key(const struct kh_aws_signing *signing, struct kh_arena *arena,
                                 unsigned char key[KH_SHA256_SIZE])
{
    const struct kh_str steps[] = { signing->region, signing->service, KH_STR(TERMINATION) };
    size_t size = sizeof KEY_PREFIX + signing->secret.length;
    struct text first = { kh_arena_alloc(arena, size), 0 };
    unsigned char next[KH_SHA256_SIZE];
    enum kh_status status;

    if (first.data == NULL) {
        return KH_NO_MEMORY;
    }
    put(&first, KH_STR(KEY_PREFIX));
    put(&first, signing->secret);
    status = kh_hmac_sha256(text_of(&first), (struct kh_str){ signing->date, DAY_LENGTH }, key);
    explicit_bzero(first.data, size);
    for (size_t i = 0; status == KH_OK && i < sizeof steps / sizeof steps[0]; i++) {
        status = kh_hmac_sha256(bytes_of(key), steps[i], next);
        memcpy(key, next, sizeof next);
    }
    explicit_bzero(next, sizeof next);
    return status;
}

/* "20261123/eu-west-1/dynamodb/aws4_request" */
static void put_scope(struct text *out, const struct kh_aws_signing *signing)
{
    put(out, (struct kh_str){ signing->date, DAY_LENGTH });
    put(out, KH_STR("/"));
    put(out, signing->region);
    put(out, KH_STR("/"));
    put(out, signing->service);
    put(out, KH_STR("/" TERMINATION));
}

static enum kh_status sign(const struct kh_aws_signing *signing, struct kh_arena *arena,
                           const unsigned char request[KH_SHA256_SIZE],
                           unsigned char signature[KH_SHA256_SIZE])
{
    size_t size = signing->region.length + signing->service.length + HEX_SIZE + 128;
    struct text to_sign = { kh_arena_alloc(arena, size), 0 };
    unsigned char key[KH_SHA256_SIZE];
    enum kh_status status;

    if (to_sign.data == NULL) {
        return KH_NO_MEMORY;
    }
    put(&to_sign, KH_STR(ALGORITHM "\n"));
    put(&to_sign, kh_str_from(signing->date));
    put(&to_sign, KH_STR("\n"));
    put_scope(&to_sign, signing);
    put(&to_sign, KH_STR("\n"));
    put_hex(&to_sign, request);
    status = derive_key(signing, arena, key);
    if (status == KH_OK) {
        status = kh_hmac_sha256(bytes_of(key), text_of(&to_sign), signature);
    }
    explicit_bzero(key, sizeof key);
    return status;
}

enum kh_status kh_aws_sign(const struct kh_aws_signing *signing, struct kh_arena *arena,
                           struct kh_str *authorization)
{
    size_t names_size = size_of_headers(signing);
    const struct kh_aws_header **sorted = sort_headers(signing, arena);
    struct text names = { kh_arena_alloc(arena, names_size), 0 };
    struct text out = { kh_arena_alloc(arena, signing->key_id.length + signing->region.length +
                                                  signing->service.length + names_size + HEX_SIZE +
                                                  128),
                        0 };
    unsigned char digest[KH_SHA256_SIZE];

    if (sorted == NULL || names.data == NULL || out.data == NULL) {
        return KH_NO_MEMORY;
    }
    put_names(&names, sorted, signing->header_count);
    KH_TRY(hash_request(signing, sorted, text_of(&names), arena, digest));
    KH_TRY(sign(signing, arena, digest, digest));
    put(&out, KH_STR(ALGORITHM " Credential="));
    put(&out, signing->key_id);
    put(&out, KH_STR("/"));
    put_scope(&out, signing);
    put(&out, KH_STR(", SignedHeaders="));
    put(&out, text_of(&names));
    put(&out, KH_STR(", Signature="));
    put_hex(&out, digest);
    *authorization = text_of(&out);
    return KH_OK;
}
