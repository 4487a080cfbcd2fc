/*
 * The Runtime API's paths, headers and status codes; what is fatal and what concerns one event
 * only.
 */
#include "edge/runtime_api.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kh/alloc.h"
#include "kh/json_writer.h"

#define ADDRESS_LIMIT 255
#define URL_SIZE 512
#define POST_TIMEOUT_MS 10000L
/* An answer on its way when SIGTERM comes: the platform gives the whole process 300 ms. */
#define POST_GRACE_MS 50
/* Pauses of 25, 50, … 400 ms between the attempts. */
#define NEXT_ATTEMPTS 6
#define FIRST_PAUSE_MS 25

struct kh_runtime_api {
    struct kh_http_client *http;
    const char *address;
    const struct kh_stop *stop;
    struct kh_log log;
    struct kh_json_writer writer;
    bool asked; /* `next` is sent and its answer is not taken */
};

bool kh_runtime_address_is_valid(const char *address)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789.-:[]";
    size_t length = strlen(address);

    return length > 0 && length <= ADDRESS_LIMIT && strspn(address, allowed) == length;
}

enum kh_status kh_runtime_api_new(const char *address, const struct kh_stop *stop,
                                  struct kh_log log, struct kh_error *error,
                                  struct kh_runtime_api **out)
{
    struct kh_runtime_api *api;
    enum kh_status status;

    if (!kh_runtime_address_is_valid(address)) {
        return kh_fail(error, KH_BAD_SETTING,
                       "AWS_LAMBDA_RUNTIME_API is not of the form host:port");
    }
    api = kh_calloc(1, sizeof *api);
    if (api == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for the Runtime API");
    }
    api->address = address;
    api->stop = stop;
    api->log = kh_log_named(log, "lambda.api");
    kh_json_writer_init(&api->writer);
    status = kh_http_client_new(KH_RUNTIME_BODY_LIMIT, error, &api->http);
    if (status != KH_OK) {
        kh_runtime_api_destroy(api);
        return status;
    }
    *out = api;
    return KH_OK;
}

void kh_runtime_api_destroy(struct kh_runtime_api *api)
{
    if (api == NULL) {
        return;
    }
    kh_http_client_destroy(api->http);
    kh_json_writer_clean_up(&api->writer);
    kh_free(api);
}

struct kh_http_client *kh_runtime_api_http(struct kh_runtime_api *api)
{
    return api->http;
}

/* ---- next ------------------------------------------------------------------------------- */

static bool is_request_id(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    size_t length = text == NULL ? 0 : strlen(text);

    return length > 0 && length <= KH_REQUEST_ID_LIMIT && strspn(text, allowed) == length;
}

/* Milliseconds since 1970 in digits and nothing else; -1 when it is not that. */
static int64_t parse_deadline(const char *text)
{
    size_t length = text == NULL ? 0 : strlen(text);
    long long value;

    if (length == 0 || length > 19 || strspn(text, "0123456789") != length) {
        return -1;
    }
    errno = 0;
    value = strtoll(text, NULL, 10);
    return errno == 0 ? value : -1;
}

/* Goes into the log and the environment: printable ASCII only, else as if there were none. */
static void copy_trace_id(const char *text, char out[KH_TRACE_ID_LIMIT + 1])
{
    size_t length = text == NULL ? 0 : strlen(text);

    out[0] = '\0';
    if (length > KH_TRACE_ID_LIMIT) {
        return;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] < 0x20 || text[i] > 0x7E) {
            return;
        }
    }
    if (length > 0) {
        memcpy(out, text, length + 1);
    }
}

static enum kh_status take_invocation(struct kh_runtime_api *api,
                                      const struct kh_http_response *response,
                                      struct kh_error *error, struct kh_invocation *out)
{
    const char *id = kh_http_client_header(api->http, "Lambda-Runtime-Aws-Request-Id");

    if (!is_request_id(id)) {
        return kh_fail(error, KH_IO, "the Runtime API sent an event without a usable request id");
    }
    (void)snprintf(out->request_id, sizeof out->request_id, "%s", id);
    copy_trace_id(kh_http_client_header(api->http, "Lambda-Runtime-Trace-Id"), out->trace_id);
    out->deadline_ms =
        parse_deadline(kh_http_client_header(api->http, "Lambda-Runtime-Deadline-Ms"));
    out->body = response->body;
    return KH_OK;
}

static bool is_fatal(long code)
{
    /* 403: we called out of order; 500: the sandbox is broken. */
    return code == 403 || code == 500;
}

static void write_next_url(const struct kh_runtime_api *api, char url[URL_SIZE])
{
    (void)snprintf(url, URL_SIZE, "http://%s/2018-06-01/runtime/invocation/next", api->address);
}

void kh_runtime_api_ask(struct kh_runtime_api *api)
{
    char url[URL_SIZE];
    const struct kh_http_request request = { .url = url, .in_clear = true, .stop = api->stop };
    struct kh_error error;

    kh_error_clear(&error);
    write_next_url(api, url);
    api->asked = kh_http_client_begin(api->http, &request, &error) == KH_OK;
}

/* The answer to what was asked before, or to what is asked now. */
static enum kh_status receive(struct kh_runtime_api *api, const struct kh_http_request *request,
                              struct kh_error *error, struct kh_http_response *response)
{
    if (api->asked) {
        api->asked = false;
        return kh_http_client_finish(api->http, error, response);
    }
    return kh_http_client_send(api->http, request, error, response);
}

enum kh_status kh_runtime_api_next(struct kh_runtime_api *api, struct kh_error *error,
                                   struct kh_invocation *out, bool *stopped)
{
    char url[URL_SIZE];
    struct kh_http_request request = { .url = url, .in_clear = true, .stop = api->stop };
    int pause_ms = FIRST_PAUSE_MS;

    write_next_url(api, url);
    *stopped = false;
    for (int attempt = 1;; attempt++) {
        struct kh_http_response response;
        enum kh_status status = receive(api, &request, error, &response);

        if (status == KH_OK && response.stopped) {
            *stopped = true;
            return KH_OK;
        }
        if (status == KH_OK && response.code == 200) {
            return take_invocation(api, &response, error, out);
        }
        if (status == KH_OK) {
            status = kh_fail(error, KH_IO, "the Runtime API answered %ld to next", response.code);
        }
        if (attempt == NEXT_ATTEMPTS || is_fatal(response.code)) {
            return status;
        }
        KH_LOG(api->log, KH_WARN, "no event from the Runtime API, trying again",
               KH_LOG_FIELD_STR("reason", kh_str_from(error->reason)),
               KH_LOG_FIELD_INT("attempt", attempt));
        kh_error_clear(error);
        *stopped = kh_stop_wait(api->stop, pause_ms);
        if (*stopped) {
            return KH_OK;
        }
        pause_ms *= 2;
        request.fresh = true;
    }
}

/* ---- Answers ---------------------------------------------------------------------------- */

/* What the code of an answer to `what` means for the loop. */
static enum kh_status judge(struct kh_runtime_api *api, const char *what, long code,
                            struct kh_error *error)
{
    if (code >= 200 && code < 300) {
        return KH_OK;
    }
    if (is_fatal(code)) {
        return kh_fail(error, KH_IO, "the Runtime API answered %ld to the %s", code, what);
    }
    KH_LOG(api->log, KH_WARN, "the Runtime API did not take the answer",
           KH_LOG_FIELD_STR("what", kh_str_from(what)), KH_LOG_FIELD_INT("status", code));
    return KH_OK;
}

/*
 * Posts, and once more on a new connection when the kept one turns out dead, as it often does after
 * a thaw. When that fails too, `next` will show whether the API is there at all.
 */
static enum kh_status post(struct kh_runtime_api *api, const char *what,
                           struct kh_http_request *request, struct kh_error *error)
{
    struct kh_http_response response;
    enum kh_status status;

    request->in_clear = true;
    request->method = KH_HTTP_POST;
    request->timeout_ms = POST_TIMEOUT_MS;
    request->stop = api->stop;
    request->grace_ms = POST_GRACE_MS;
    status = kh_http_client_send(api->http, request, error, &response);
    if (status != KH_OK && response.unheard) {
        kh_error_clear(error);
        request->fresh = true;
        status = kh_http_client_send(api->http, request, error, &response);
    }
    if (response.code != 0) {
        /* The first line says all that matters, even if the rest was cut off. */
        kh_error_clear(error);
        return judge(api, what, response.code, error);
    }
    KH_LOG(api->log, KH_ERROR, "the answer could not be sent",
           KH_LOG_FIELD_STR("what", kh_str_from(what)),
           KH_LOG_FIELD_STR("reason", status == KH_OK ? KH_STR("the process is to end")
                                                      : kh_str_from(error->reason)));
    kh_error_clear(error);
    return KH_OK;
}

enum kh_status kh_runtime_api_respond(struct kh_runtime_api *api, const char *request_id,
                                      struct kh_str result, struct kh_error *error)
{
    static const char *const headers[] = { "Content-Type: application/json" };
    char url[URL_SIZE];
    struct kh_http_request request = {
        .url = url, .body = result, .headers = headers, .header_count = 1
    };

    (void)snprintf(url, sizeof url, "http://%s/2018-06-01/runtime/invocation/%s/response",
                   api->address, request_id);
    return post(api, "response", &request, error);
}

static enum kh_status write_error(struct kh_json_writer *out, const char *type, const char *message)
{
    kh_json_writer_reset(out);
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("errorMessage")));
    KH_TRY(kh_json_write_str(out, kh_str_from(message)));
    KH_TRY(kh_json_write_name(out, KH_STR("errorType")));
    KH_TRY(kh_json_write_str(out, kh_str_from(type)));
    KH_TRY(kh_json_write_name(out, KH_STR("stackTrace")));
    KH_TRY(kh_json_write_array_begin(out));
    KH_TRY(kh_json_write_array_end(out));
    return kh_json_write_object_end(out);
}

static enum kh_status post_error(struct kh_runtime_api *api, const char *url, const char *type,
                                 const char *message, struct kh_error *error)
{
    char type_header[128];
    const char *const headers[] = { "Content-Type: application/json", type_header };
    struct kh_http_request request = { .url = url, .headers = headers, .header_count = 2 };

    (void)snprintf(type_header, sizeof type_header, "Lambda-Runtime-Function-Error-Type: %s", type);
    if (write_error(&api->writer, type, message) != KH_OK) {
        /* Saying that it failed matters more than saying why. */
        request.body = KH_STR("{\"errorMessage\":\"out of memory\","
                              "\"errorType\":\"Runtime.NoMemory\",\"stackTrace\":[]}");
    } else {
        request.body = kh_json_writer_text(&api->writer);
    }
    return post(api, "error", &request, error);
}

enum kh_status kh_runtime_api_fail(struct kh_runtime_api *api, const char *request_id,
                                   const char *type, const char *message, struct kh_error *error)
{
    char url[URL_SIZE];

    (void)snprintf(url, sizeof url, "http://%s/2018-06-01/runtime/invocation/%s/error",
                   api->address, request_id);
    return post_error(api, url, type, message, error);
}

enum kh_status kh_runtime_api_init_error(struct kh_runtime_api *api, const char *type,
                                         const char *message, struct kh_error *error)
{
    char url[URL_SIZE];

    (void)snprintf(url, sizeof url, "http://%s/2018-06-01/runtime/init/error", api->address);
    return post_error(api, url, type, message, error);
}
