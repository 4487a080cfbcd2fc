/* An internal extension that does nothing but exist. */
#include "edge/lambda_extension.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "edge/http_client.h"
#include "kh/alloc.h"

#define ANSWER_LIMIT ((size_t)64 * 1024)
#define REGISTER_TIMEOUT_MS 2000L
#define URL_SIZE 512
#define IDENTIFIER_LIMIT 128

struct kh_lambda_extension {
    struct kh_http_client *http;
    const char *address;
    const struct kh_stop *stop;
    struct kh_log log;
    char identifier_header[IDENTIFIER_LIMIT + 64];
    pthread_t thread;
};

static void destroy(struct kh_lambda_extension *extension)
{
    kh_http_client_destroy(extension->http);
    kh_free(extension);
}

/* KH_IO when the platform does not want an extension. */
static enum kh_status register_extension(struct kh_lambda_extension *extension,
                                         struct kh_error *error)
{
    static const char *const headers[] = { "Lambda-Extension-Name: kinesis-handler",
                                           "Content-Type: application/json" };
    char url[URL_SIZE];
    const struct kh_http_request request = { .url = url,
                                             .post = true,
                                             .body = KH_STR("{\"events\":[]}"),
                                             .headers = headers,
                                             .header_count = 2,
                                             .timeout_ms = REGISTER_TIMEOUT_MS,
                                             .stop = extension->stop };
    struct kh_http_response response;
    const char *identifier;

    (void)snprintf(url, sizeof url, "http://%s/2020-01-01/extension/register", extension->address);
    KH_TRY(kh_http_client_send(extension->http, &request, error, &response));
    identifier = kh_http_client_header(extension->http, "Lambda-Extension-Identifier");
    if (response.code != 200 || identifier == NULL || strlen(identifier) > IDENTIFIER_LIMIT) {
        return kh_fail(error, KH_IO, "the answer was %ld", response.code);
    }
    (void)snprintf(extension->identifier_header, sizeof extension->identifier_header,
                   "Lambda-Extension-Identifier: %s", identifier);
    return KH_OK;
}

/* Waits for an event that never comes, until the process is to stop. */
static void *wait_for_ever(void *context)
{
    struct kh_lambda_extension *extension = context;
    const char *const headers[] = { extension->identifier_header };
    char url[URL_SIZE];
    const struct kh_http_request request = {
        .url = url, .headers = headers, .header_count = 1, .stop = extension->stop
    };
    struct kh_http_response response;
    struct kh_error error;

    kh_error_clear(&error);
    (void)snprintf(url, sizeof url, "http://%s/2020-01-01/extension/event/next",
                   extension->address);
    if (kh_http_client_send(extension->http, &request, &error, &response) != KH_OK) {
        KH_LOG(extension->log, KH_DEBUG, "the extension's wait ended",
               KH_LOG_FIELD_STR("reason", kh_str_from(error.reason)));
    }
    return NULL;
}

enum kh_status kh_lambda_extension_start(const char *address, const struct kh_stop *stop,
                                         struct kh_log log, struct kh_error *error,
                                         struct kh_lambda_extension **out)
{
    struct kh_lambda_extension *extension = kh_calloc(1, sizeof *extension);
    enum kh_status status;

    *out = NULL;
    if (extension == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for the extension");
    }
    extension->address = address;
    extension->stop = stop;
    extension->log = kh_log_named(log, "lambda.extension");
    status = kh_http_client_new(ANSWER_LIMIT, error, &extension->http);
    if (status == KH_OK) {
        status = register_extension(extension, error);
    }
    if (status != KH_OK) {
        KH_LOG(extension->log, KH_DEBUG, "no extension, so no SIGTERM before the end",
               KH_LOG_FIELD_STR("reason", kh_str_from(error->reason)));
        kh_error_clear(error);
        destroy(extension);
        return KH_OK;
    }
    if (pthread_create(&extension->thread, NULL, wait_for_ever, extension) != 0) {
        destroy(extension);
        return kh_fail(error, KH_NO_MEMORY, "no thread for the extension");
    }
    *out = extension;
    return KH_OK;
}

void kh_lambda_extension_finish(struct kh_lambda_extension *extension)
{
    if (extension == NULL) {
        return;
    }
    pthread_join(extension->thread, NULL);
    destroy(extension);
}
