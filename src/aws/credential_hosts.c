/*
 * Credentials from hosts that know who is asking: the container endpoint of ECS and EKS, and the instance
 * metadata of EC2, version 2. They are asked in the clear, so only fixed addresses, or loopback, are.
 */
#include <stdio.h>

#include "aws/credential_sources.h"
#include "aws/secret_file.h"
#include "aws/url.h"
#include "http/http_client.h"

#define URL_SIZE 2048
#define HEADER_SIZE 16384
#define ANSWER_LIMIT ((size_t)64 * 1024)
#define TOKEN_FILE_LIMIT ((size_t)16000)

#define CONTAINER_TIMEOUT_MS 2000
#define CONTAINER_ATTEMPTS 3
#define CONTAINER_PAUSE_MS 1000
#define METADATA_TIMEOUT_MS 1000
#define ROLE_LIMIT 128

#define CONTAINER "the container endpoint"
#define METADATA "the instance's metadata"

/* Who asks, and until when. */
struct visit {
    const struct kh_aws_provider_options *options;
    int64_t deadline_ms;
    struct kh_http_client *http;
    const char *source;
};

static enum kh_status visit_begin(struct visit *visit, struct kh_error *error)
{
    return kh_http_client_new(ANSWER_LIMIT, error, &visit->http);
}

static int64_t time_left_ms(const struct visit *visit)
{
    return visit->deadline_ms - kh_clock_wall_ms(visit->options->timing.clock);
}

/* One request; KH_OK for any whole answer. */
static enum kh_status ask(struct visit *visit, struct kh_http_request *request, long timeout_ms,
                          struct kh_error *error, struct kh_http_response *response)
{
    int64_t left_ms = time_left_ms(visit);
    struct kh_error details;
    enum kh_status status;

    if (left_ms <= 0) {
        return kh_fail(error, KH_TIMEOUT, "no time is left to ask %s for credentials",
                       visit->source);
    }
    request->timeout_ms = left_ms < timeout_ms ? (long)left_ms : timeout_ms;
    kh_error_clear(&details);
    status = kh_http_client_send(visit->http, request, &details, response);
    if (status != KH_OK) {
        return kh_fail(error, status, "no credentials from %s: %s", visit->source, details.reason);
    }
    return KH_OK;
}

static enum kh_status fail_with_code(const struct visit *visit, long code, struct kh_error *error)
{
    return kh_fail(error, KH_IO, "no credentials from %s: it answered %ld", visit->source, code);
}

/* ---- Containers ------------------------------------------------------------------------- */

static enum kh_status container_url(const struct kh_aws_provider_options *options,
                                    struct kh_error *error, char url[URL_SIZE],
                                    struct kh_aws_url *parsed)
{
    const char *relative = options->environment->values[KH_AWS_CONTAINER_RELATIVE_URI];
    const char *full = options->environment->values[KH_AWS_CONTAINER_FULL_URI];
    int length;

    if (relative != NULL) {
        /* Without the slash it could make another host of the base. */
        if (relative[0] != '/') {
            return kh_fail(error, KH_BAD_SETTING,
                           "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI has to begin with /");
        }
        length = snprintf(url, URL_SIZE, "%s%s", options->container_base, relative);
    } else {
        length = snprintf(url, URL_SIZE, "%s", full);
    }
    if (length < 0 || length >= URL_SIZE || !kh_aws_url_parse(url, parsed)) {
        return kh_fail(error, KH_BAD_SETTING, "AWS_CONTAINER_CREDENTIALS_%s_URI is not a URL",
                       relative != NULL ? "RELATIVE" : "FULL");
    }
    if (parsed->in_clear && !kh_aws_url_is_container_host(parsed)) {
        return kh_fail(error, KH_BAD_SETTING,
                       "AWS_CONTAINER_CREDENTIALS_FULL_URI: without https only loopback addresses, "
                       "169.254.170.2, 169.254.170.23 and fd00:ec2::23 are asked for credentials");
    }
    return KH_OK;
}

/* The header with `token`, which may come with the newline that ends its file. */
static enum kh_status format_authorization(struct kh_str token, const char *variable,
                                           struct kh_error *error, char header[HEADER_SIZE])
{
    if (token.length > 0 && token.data[token.length - 1] == '\n') {
        token.length--;
        token.length -= token.length > 0 && token.data[token.length - 1] == '\r' ? 1 : 0;
    }
    for (size_t i = 0; i < token.length; i++) {
        if ((unsigned char)token.data[i] < ' ' || token.data[i] == 0x7F) {
            return kh_fail(error, KH_BAD_SETTING,
                           "%s: there is a line break or another control byte in the token",
                           variable);
        }
    }
    if (token.length == 0 || token.length > TOKEN_FILE_LIMIT) {
        return kh_fail(error, KH_BAD_SETTING, "%s: the token is empty or too long", variable);
    }
    (void)snprintf(header, HEADER_SIZE, "Authorization: %.*s", KH_STR_ARG(token));
    return KH_OK;
}

/* Read each time: whoever writes the file changes the token. "" when none is to be sent. */
static enum kh_status make_authorization(const struct kh_aws_environment *environment,
                                         struct kh_error *error, char header[HEADER_SIZE])
{
    const char *path = environment->values[KH_AWS_CONTAINER_TOKEN_FILE];
    const char *token = environment->values[KH_AWS_CONTAINER_TOKEN];
    struct kh_secret_file file;
    enum kh_status status;

    header[0] = '\0';
    if (path == NULL) {
        return token == NULL
                   ? KH_OK
                   : format_authorization(kh_str_from(token), "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                                          error, header);
    }
    status = kh_secret_file_read(path, TOKEN_FILE_LIMIT, error, &file);
    if (status == KH_OK && file.data == NULL) {
        status =
            kh_fail(error, KH_IO, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: %s is not there", path);
    } else if (status == KH_OK) {
        status = format_authorization(kh_secret_file_text(&file),
                                      "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", error, header);
    }
    kh_secret_file_clean_up(&file);
    return status;
}

static enum kh_status ask_container(struct visit *visit, const char *url, bool in_clear,
                                    const char *authorization, struct kh_error *error,
                                    struct kh_aws_credentials **out)
{
    const char *const headers[] = { "Accept: application/json", authorization };
    struct kh_http_request request = { .url = url,
                                       .in_clear = in_clear,
                                       .headers = headers,
                                       .header_count = authorization[0] == '\0' ? 1 : 2 };
    struct kh_http_response response;

    KH_TRY(ask(visit, &request, CONTAINER_TIMEOUT_MS, error, &response));
    if (response.code != 200) {
        return fail_with_code(visit, response.code, error);
    }
    return kh_aws_credentials_parse(response.body, CONTAINER, error, out);
}

static enum kh_status ask_container_repeatedly(struct visit *visit, const char *url, bool in_clear,
                                               const char *authorization, struct kh_error *error,
                                               struct kh_aws_credentials **out)
{
    struct kh_error last;
    enum kh_status status;

    for (int attempt = 1;; attempt++) {
        kh_error_clear(&last);
        status = ask_container(visit, url, in_clear, authorization, &last, out);
        if (status != KH_IO && status != KH_TIMEOUT) {
            break;
        }
        if (attempt == CONTAINER_ATTEMPTS || time_left_ms(visit) <= CONTAINER_PAUSE_MS) {
            break;
        }
        visit->options->timing.sleep_ms(visit->options->timing.context, CONTAINER_PAUSE_MS);
    }
    return status == KH_OK ? KH_OK : kh_fail(error, status, "%s", last.reason);
}

enum kh_status kh_aws_source_container(const struct kh_aws_provider_options *options,
                                       int64_t deadline_ms, struct kh_error *error,
                                       struct kh_aws_credentials **out)
{
    struct visit visit = { .options = options, .deadline_ms = deadline_ms, .source = CONTAINER };
    char authorization[HEADER_SIZE];
    struct kh_aws_url parsed;
    char url[URL_SIZE];
    enum kh_status status;

    *out = NULL;
    if (options->environment->values[KH_AWS_CONTAINER_RELATIVE_URI] == NULL &&
        options->environment->values[KH_AWS_CONTAINER_FULL_URI] == NULL) {
        return KH_OK;
    }
    KH_TRY(container_url(options, error, url, &parsed));
    status = make_authorization(options->environment, error, authorization);
    if (status == KH_OK) {
        status = visit_begin(&visit, error);
    }
    if (status == KH_OK) {
        status = ask_container_repeatedly(&visit, url, parsed.in_clear, authorization, error, out);
    }
    kh_http_client_destroy(visit.http);
    explicit_bzero(authorization, sizeof authorization);
    return status;
}

/* ---- Instances -------------------------------------------------------------------------- */

static enum kh_status metadata_base(const struct kh_aws_provider_options *options,
                                    struct kh_error *error, struct kh_aws_url *out)
{
    if (!kh_aws_url_parse(options->metadata_base, out) || !kh_aws_url_is_metadata_host(out) ||
        (out->path[0] != '\0' && strcmp(out->path, "/") != 0)) {
        return kh_fail(error, KH_BAD_SETTING,
                       "AWS_EC2_METADATA_SERVICE_ENDPOINT has to be http:// and a loopback or "
                       "link-local address or fd00:ec2::254");
    }
    return KH_OK;
}

/* A text that goes into a header or a path: printable ASCII without blanks; a newline behind it is cut. */
static bool copy_word(struct kh_str text, char *out, size_t size)
{
    const char *end = memchr(text.data, '\n', text.length);
    size_t length = end == NULL ? text.length : (size_t)(end - text.data);

    if (length == 0 || length >= size) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (text.data[i] <= ' ' || text.data[i] > '~') {
            return false;
        }
    }
    memcpy(out, text.data, length);
    out[length] = '\0';
    return true;
}

static enum kh_status get_session(struct visit *visit, const struct kh_aws_url *base,
                                  struct kh_error *error, char header[HEADER_SIZE])
{
    static const char name[] = "X-aws-ec2-metadata-token: ";
    const char *const headers[] = { "X-aws-ec2-metadata-token-ttl-seconds: 21600" };
    char url[URL_SIZE];
    struct kh_http_request request = { .url = url,
                                       .in_clear = base->in_clear,
                                       .method = KH_HTTP_PUT,
                                       .headers = headers,
                                       .header_count = 1 };
    struct kh_http_response response;

    (void)snprintf(url, sizeof url, "http%s://%s/latest/api/token", base->in_clear ? "" : "s",
                   base->authority);
    KH_TRY(ask(visit, &request, METADATA_TIMEOUT_MS, error, &response));
    if (response.code == 403 || response.code == 404 || response.code == 405) {
        return kh_fail(error, KH_IO,
                       "no credentials from " METADATA ": it answered %ld to version 2, and "
                       "version 1 is not used since it is not safe",
                       response.code);
    }
    if (response.code != 200) {
        return fail_with_code(visit, response.code, error);
    }
    memcpy(header, name, sizeof name);
    if (!copy_word(response.body, header + sizeof name - 1, HEADER_SIZE - sizeof name)) {
        return kh_fail(error, KH_IO, METADATA " gave a token that is none");
    }
    return KH_OK;
}

static enum kh_status get(struct visit *visit, const struct kh_aws_url *base, const char *role,
                          const char *session, struct kh_error *error,
                          struct kh_http_response *response)
{
    char url[URL_SIZE];
    struct kh_http_request request = {
        .url = url, .in_clear = base->in_clear, .headers = &session, .header_count = 1
    };

    (void)snprintf(url, sizeof url, "http%s://%s/latest/meta-data/iam/security-credentials/%s",
                   base->in_clear ? "" : "s", base->authority, role);
    KH_TRY(ask(visit, &request, METADATA_TIMEOUT_MS, error, response));
    if (response->code == 404) {
        return kh_fail(error, KH_BAD_SETTING,
                       "no credentials: not in the environment, not in the profile files, and this "
                       "instance has no role");
    }
    return response->code == 200 ? KH_OK : fail_with_code(visit, response->code, error);
}

static enum kh_status ask_metadata(struct visit *visit, const struct kh_aws_url *base,
                                   const char *session, struct kh_error *error,
                                   struct kh_aws_credentials **out)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789+=,.@_-";
    struct kh_http_response response;
    char role[ROLE_LIMIT];

    KH_TRY(get(visit, base, "", session, error, &response));
    if (!copy_word(response.body, role, sizeof role) || strspn(role, allowed) != strlen(role)) {
        return kh_fail(error, KH_IO, METADATA " gave the name of a role that is none");
    }
    KH_TRY(get(visit, base, role, session, error, &response));
    return kh_aws_credentials_parse(response.body, METADATA, error, out);
}

enum kh_status kh_aws_source_metadata(const struct kh_aws_provider_options *options,
                                      int64_t deadline_ms, struct kh_error *error,
                                      struct kh_aws_credentials **out)
{
    struct visit visit = { .options = options, .deadline_ms = deadline_ms, .source = METADATA };
    char session[HEADER_SIZE];
    struct kh_aws_url base;
    enum kh_status status;

    *out = NULL;
    if (kh_aws_environment_is_true(options->environment, KH_AWS_METADATA_DISABLED)) {
        return KH_OK;
    }
    KH_TRY(metadata_base(options, error, &base));
    KH_TRY(visit_begin(&visit, error));
    status = get_session(&visit, &base, error, session);
    if (status == KH_OK) {
        status = ask_metadata(&visit, &base, session, error, out);
    }
    kh_http_client_destroy(visit.http);
    explicit_bzero(session, sizeof session);
    return status;
}
