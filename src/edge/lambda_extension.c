/* An internal extension that does nothing but exist. */
#include "edge/lambda_extension.h"

#include <stdio.h>
#include <string.h>

#include "kh/alloc.h"

#define ANSWER_LIMIT ((size_t)64 * 1024)
#define REGISTER_TIMEOUT_MS 2000L
#define URL_SIZE 512
#define IDENTIFIER_LIMIT 128

struct kh_lambda_extension {
    const char *address;
    const struct kh_stop *stop;
    struct kh_log log;
    struct kh_http_client *registering;            /* on which the answer is awaited; borrowed */
    struct kh_http_client *waiting;                /* on which it waits for ever; NULL: not ready */
    char identifier_header[IDENTIFIER_LIMIT + 64]; /* "": not registered */
};

struct kh_lambda_extension *kh_lambda_extension_new(const char *address, const struct kh_stop *stop,
                                                    struct kh_log log)
{
    struct kh_lambda_extension *extension = kh_calloc(1, sizeof *extension);

    if (extension != NULL) {
        extension->address = address;
        extension->stop = stop;
        extension->log = kh_log_named(log, "lambda.extension");
    }
    return extension;
}

void kh_lambda_extension_destroy(struct kh_lambda_extension *extension)
{
    if (extension == NULL) {
        return;
    }
    kh_http_client_destroy(extension->waiting);
    kh_free(extension);
}

static void log_that_there_is_none(const struct kh_lambda_extension *extension,
                                   const struct kh_error *why)
{
    KH_LOG(extension->log, KH_DEBUG, "no extension, so no SIGTERM before the end",
           KH_LOG_FIELD_STR("reason", kh_str_from(why->reason)));
}

void kh_lambda_extension_register(struct kh_lambda_extension *extension,
                                  struct kh_http_client *http)
{
    static const char *const headers[] = { "Lambda-Extension-Name: kinesis-handler",
                                           "Content-Type: application/json" };
    char url[URL_SIZE];
    const struct kh_http_request request = { .url = url,
                                             .in_clear = true,
                                             .method = KH_HTTP_POST,
                                             .body = KH_STR("{\"events\":[]}"),
                                             .headers = headers,
                                             .header_count = 2,
                                             .timeout_ms = REGISTER_TIMEOUT_MS,
                                             .stop = extension->stop };
    struct kh_error error;

    kh_error_clear(&error);
    (void)snprintf(url, sizeof url, "http://%s/2020-01-01/extension/register", extension->address);
    if (kh_http_client_begin(http, &request, &error) == KH_OK) {
        extension->registering = http;
    } else {
        log_that_there_is_none(extension, &error);
    }
}

/* KH_IO when the platform does not want an extension. */
static enum kh_status take_answer(struct kh_lambda_extension *extension, struct kh_error *error)
{
    struct kh_http_response response;
    const char *identifier;

    KH_TRY(kh_http_client_finish(extension->registering, error, &response));
    identifier = kh_http_client_header(extension->registering, "Lambda-Extension-Identifier");
    if (response.code != 200 || identifier == NULL || strlen(identifier) > IDENTIFIER_LIMIT) {
        return kh_fail(error, KH_IO, "the answer was %ld", response.code);
    }
    (void)snprintf(extension->identifier_header, sizeof extension->identifier_header,
                   "Lambda-Extension-Identifier: %s", identifier);
    return KH_OK;
}

void kh_lambda_extension_await(struct kh_lambda_extension *extension)
{
    struct kh_error error;

    kh_error_clear(&error);
    if (extension->registering != NULL && take_answer(extension, &error) != KH_OK) {
        log_that_there_is_none(extension, &error);
    }
    extension->registering = NULL;
}

enum kh_status kh_lambda_extension_ready(struct kh_lambda_extension *extension,
                                         struct kh_error *error)
{
    const char *const headers[] = { extension->identifier_header };
    char url[URL_SIZE];
    const struct kh_http_request request = {
        .url = url, .in_clear = true, .headers = headers, .header_count = 1, .stop = extension->stop
    };

    if (extension->identifier_header[0] == '\0') {
        return KH_OK;
    }
    (void)snprintf(url, sizeof url, "http://%s/2020-01-01/extension/event/next",
                   extension->address);
    KH_TRY(kh_http_client_new(ANSWER_LIMIT, error, &extension->waiting));
    return kh_http_client_begin(extension->waiting, &request, error);
}
