/*
 * libcurl, held to what the header says. Transfers run in a multi handle of their own, so that a call
 * that waits for hours ends at once when a stop is requested. Nothing of TLS is touched before the
 * first https request.
 */
#include "http/http_client.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "http/ca_bundle.h"
#include "kh/alloc.h"
#include "kh/clock.h"
#include "kh/str.h"

/* In the clear the peer is on this machine; the other goes through a network, and a handshake. */
#define CLEAR_CONNECT_TIMEOUT_MS 1000L
#define TLS_CONNECT_TIMEOUT_MS 5000L
#define FIRST_CAPACITY ((size_t)64 * 1024)

struct kh_http_client {
    CURL *easy;
    CURLM *multi;
    struct curl_slist *headers;
    char *body;
    size_t length;
    size_t capacity; /* KH_PADDING bytes of it are kept free */
    size_t limit;
    bool headers_ended; /* the blank line behind the headers came */
    bool too_large;
    bool no_memory;
    const char *ca_bundle; /* NULL before the first https request */
    const struct kh_stop *stop;
    int grace_ms;
    unsigned sendings;
    bool running; /* a request is begun and not finished */
    bool stopped;
    CURLcode code; /* how it ended */
    char message[CURL_ERROR_SIZE];
};

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = kh_malloc(size);

    return copy == NULL ? NULL : memcpy(copy, text, size);
}

enum kh_status kh_http_global_init(struct kh_error *error)
{
    if (curl_global_init_mem(CURL_GLOBAL_NOTHING, kh_malloc, kh_free, kh_realloc, copy_text,
                             kh_calloc) != CURLE_OK) {
        return kh_fail(error, KH_NO_MEMORY, "libcurl can't be initialised");
    }
    return KH_OK;
}

void kh_http_global_clean_up(void)
{
    curl_global_cleanup();
}

/* ---- The body --------------------------------------------------------------------------- */

static bool reserve(struct kh_http_client *client, size_t length)
{
    size_t capacity = client->capacity == 0 ? FIRST_CAPACITY : client->capacity;
    char *body;

    while (capacity - KH_PADDING < length) {
        capacity *= 2;
    }
    if (capacity == client->capacity) {
        return true;
    }
    body = kh_realloc(client->body, capacity);
    if (body == NULL) {
        return false;
    }
    client->body = body;
    client->capacity = capacity;
    return true;
}

/* How long the peer says that the body is, as far as that is allowed; 0: it does not say. */
static size_t announced_length(const struct kh_http_client *client)
{
    curl_off_t length = 0;

    if (curl_easy_getinfo(client->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length) != CURLE_OK ||
        length < 0) {
        return 0;
    }
    return (size_t)length < client->limit ? (size_t)length : client->limit;
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    struct kh_http_client *client = context;
    size_t length = size * count;

    client->too_large = length > client->limit - client->length;
    if (client->too_large) {
        return CURL_WRITEFUNC_ERROR;
    }
    client->no_memory = (client->length == 0 && !reserve(client, announced_length(client))) ||
                        !reserve(client, client->length + length);
    if (client->no_memory) {
        return CURL_WRITEFUNC_ERROR;
    }
    memcpy(client->body + client->length, data, length);
    client->length += length;
    return length;
}

/* ---- Whether the answer is whole -------------------------------------------------------- */

/*
 * libcurl takes headers that end with the connection for all there are; only a blank line ends
 * them. Trailers may come after it.
 */
static size_t take_header(char *data, size_t size, size_t count, void *context)
{
    struct kh_http_client *client = context;
    size_t length = size * count;

    if (length <= 2) {
        client->headers_ended = true;
    } else if (length >= 5 && memcmp(data, "HTTP/", 5) == 0) {
        client->headers_ended = false;
    }
    return length;
}

/* A length that libcurl can't make sense of is as good as none to it. */
static bool length_is_as_said(struct kh_http_client *client)
{
    const char *said = kh_http_client_header(client, "Content-Length");
    size_t digits = said == NULL ? 0 : strspn(said, "0123456789");

    if (said == NULL || kh_http_client_header(client, "Transfer-Encoding") != NULL) {
        return true;
    }
    return digits > 0 && digits < 19 && said[digits] == '\0' &&
           strtoull(said, NULL, 10) == client->length;
}

/* ---- A client --------------------------------------------------------------------------- */

/* Before a request is sent, the first time or again. */
static int count_sending(void *context, char *remote, char *local, int remote_port, int local_port)
{
    struct kh_http_client *client = context;

    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    client->sendings++;
    return CURL_PREREQFUNC_OK;
}

/* What holds for all requests. */
static bool set_up(struct kh_http_client *client)
{
    CURL *easy = client->easy;

    return curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, "kinesis-handler/" KH_VERSION) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, client->message) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, count_sending) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PREREQDATA, (void *)client) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERDATA, (void *)client) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, (void *)client) == CURLE_OK;
}

/* Takes the request, finished or not, out of the multi handle. */
static void end_transfer(struct kh_http_client *client)
{
    if (client->running) {
        (void)curl_multi_remove_handle(client->multi, client->easy);
        client->running = false;
    }
}

enum kh_status kh_http_client_new(size_t body_limit, struct kh_error *error,
                                  struct kh_http_client **out)
{
    struct kh_http_client *client = kh_calloc(1, sizeof *client);

    if (client == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for a connection");
    }
    client->limit = body_limit;
    client->easy = curl_easy_init();
    client->multi = curl_multi_init();
    if (client->easy == NULL || client->multi == NULL || !set_up(client)) {
        kh_http_client_destroy(client);
        return kh_fail(error, KH_NO_MEMORY, "no memory for a connection");
    }
    *out = client;
    return KH_OK;
}

void kh_http_client_destroy(struct kh_http_client *client)
{
    if (client == NULL) {
        return;
    }
    end_transfer(client);
    curl_easy_cleanup(client->easy);
    curl_multi_cleanup(client->multi);
    curl_slist_free_all(client->headers);
    if (client->body != NULL) {
        explicit_bzero(client->body, client->capacity);
    }
    kh_free(client->body);
    kh_free(client);
}

/* ---- A request -------------------------------------------------------------------------- */

/* No directory of certificates: libcurl may have been built with one. */
static bool set_up_tls(struct kh_http_client *client)
{
    CURL *easy = client->easy;

    return curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_bundle) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK;
}

/* With the first https request; the environment is not asked again. */
static enum kh_status need_tls(struct kh_http_client *client, struct kh_error *error)
{
    if (client->ca_bundle != NULL) {
        return KH_OK;
    }
    KH_TRY(kh_ca_bundle_find(error, &client->ca_bundle));
    return set_up_tls(client) ? KH_OK : kh_fail(error, KH_NO_MEMORY, "no memory for TLS");
}

static bool set_scheme(struct kh_http_client *client, const struct kh_http_request *request)
{
    const char *protocol = request->in_clear ? "http" : "https";
    long timeout_ms = request->in_clear ? CLEAR_CONNECT_TIMEOUT_MS : TLS_CONNECT_TIMEOUT_MS;

    timeout_ms = request->connect_timeout_ms != 0 ? request->connect_timeout_ms : timeout_ms;
    return curl_easy_setopt(client->easy, CURLOPT_PROTOCOLS_STR, protocol) == CURLE_OK &&
           curl_easy_setopt(client->easy, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms) == CURLE_OK;
}

/* NULL, and the list is given up, when memory is short. */
static struct curl_slist *append(struct curl_slist *all, const char *header)
{
    struct curl_slist *longer = curl_slist_append(all, header);

    if (longer == NULL) {
        curl_slist_free_all(all);
    }
    return longer;
}

static bool set_headers(struct kh_http_client *client, const struct kh_http_request *request)
{
    /* Never: the peer may not answer it, and the body would wait. */
    struct curl_slist *all = append(NULL, "Expect:");

    if (all != NULL && request->method == KH_HTTP_PUT) {
        /* There is no content that would have a type. */
        all = append(all, "Content-Type:");
    }
    for (size_t i = 0; all != NULL && i < request->header_count; i++) {
        all = append(all, request->headers[i]);
    }
    curl_slist_free_all(client->headers);
    client->headers = all;
    return all != NULL &&
           curl_easy_setopt(client->easy, CURLOPT_HTTPHEADER, client->headers) == CURLE_OK;
}

static bool set_request(struct kh_http_client *client, const struct kh_http_request *request)
{
    CURL *easy = client->easy;

    if (!set_headers(client, request) || !set_scheme(client, request) ||
        curl_easy_setopt(easy, CURLOPT_URL, request->url) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, request->timeout_ms) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request->fresh ? 1L : 0L) != CURLE_OK) {
        return false;
    }
    if (curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST,
                         request->method == KH_HTTP_PUT ? "PUT" : NULL) != CURLE_OK) {
        return false;
    }
    if (request->method == KH_HTTP_GET) {
        return curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L) == CURLE_OK;
    }
    return curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.data) == CURLE_OK;
}

/* How the transfer ended. */
static CURLcode result_of(struct kh_http_client *client)
{
    CURLcode code = CURLE_OK;
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            code = message->data.result;
        }
    }
    return code;
}

/* 0 when libcurl does not know. */
static long info(const struct kh_http_client *client, CURLINFO what)
{
    long value = 0;

    return curl_easy_getinfo(client->easy, what, &value) == CURLE_OK ? value : 0;
}

/* Whether the request is on its way: requests that are begun are small, so that it is all of it. */
static bool is_sent(const struct kh_http_client *client)
{
    return info(client, CURLINFO_REQUEST_SIZE) > 0;
}

/* Runs the transfer until it is sent, or to its end, or until a stop is requested and the grace is over. */
static void transfer(struct kh_http_client *client, bool until_sent)
{
    const struct kh_stop *stop = client->stop;
    struct curl_waitfd wake[2] = {
        { .fd = stop == NULL ? -1 : stop->signal_fd, .events = CURL_WAIT_POLLIN },
        { .fd = stop == NULL ? -1 : stop->event_fd, .events = CURL_WAIT_POLLIN },
    };
    int64_t give_up_ns = 0;
    int wait_ms = 60 * 1000;
    int running = 1;

    for (;;) {
        int64_t now_ns;

        client->code = CURLE_OUT_OF_MEMORY;
        if (curl_multi_perform(client->multi, &running) != CURLM_OK) {
            break;
        }
        if (running == 0) {
            client->code = result_of(client);
            break;
        }
        if (until_sent && is_sent(client)) {
            return;
        }
        if (curl_multi_poll(client->multi, wake, stop != NULL && give_up_ns == 0 ? 2 : 0, wait_ms,
                            NULL) != CURLM_OK) {
            break;
        }
        if (give_up_ns == 0 && wake[0].revents == 0 && wake[1].revents == 0) {
            continue;
        }
        now_ns = kh_clock_monotonic_ns(kh_clock_system());
        give_up_ns = give_up_ns == 0 ? now_ns + client->grace_ms * INT64_C(1000000) : give_up_ns;
        if (now_ns >= give_up_ns) {
            client->stopped = true;
            break;
        }
        wait_ms = (int)((give_up_ns - now_ns) / 1000000) + 1;
    }
    end_transfer(client);
}

/* libcurl's own words, if it had any. */
static enum kh_status fail(const struct kh_http_client *client, struct kh_error *error)
{
    const char *message =
        client->message[0] != '\0' ? client->message : curl_easy_strerror(client->code);

    switch (client->code) {
    case CURLE_OPERATION_TIMEDOUT:
        return kh_fail(error, KH_TIMEOUT, "%s", message);
    case CURLE_PEER_FAILED_VERIFICATION:
        return kh_fail(error, KH_IO, "the server's certificate is not accepted: %s (CA bundle: %s)",
                       message, client->ca_bundle);
    case CURLE_SSL_CACERT_BADFILE:
        return kh_fail(error, KH_IO, "the CA bundle %s can't be used: %s", client->ca_bundle,
                       message);
    default:
        return kh_fail(error, KH_IO, "%s", message);
    }
}

/* Why there is no answer, or no whole one. */
static enum kh_status judge(struct kh_http_client *client, struct kh_error *error)
{
    if (client->no_memory || client->code == CURLE_OUT_OF_MEMORY) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for an answer");
    }
    if (client->too_large) {
        return kh_fail(error, KH_TOO_LARGE, "the answer has more than %zu bytes", client->limit);
    }
    if (client->code != CURLE_OK) {
        return fail(client, error);
    }
    if (!client->headers_ended || !length_is_as_said(client)) {
        return kh_fail(error, KH_IO, "the answer is not whole");
    }
    return KH_OK;
}

static enum kh_status start(struct kh_http_client *client, const struct kh_http_request *request,
                            struct kh_error *error)
{
    end_transfer(client);
    client->length = 0;
    client->headers_ended = false;
    client->too_large = false;
    client->no_memory = false;
    client->stop = request->stop;
    client->grace_ms = request->grace_ms;
    client->sendings = 0;
    client->stopped = false;
    client->message[0] = '\0';
    if (!request->in_clear) {
        KH_TRY(need_tls(client, error));
    }
    if (!set_request(client, request) ||
        curl_multi_add_handle(client->multi, client->easy) != CURLM_OK) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for a request");
    }
    client->running = true;
    return KH_OK;
}

enum kh_status kh_http_client_begin(struct kh_http_client *client,
                                    const struct kh_http_request *request, struct kh_error *error)
{
    KH_TRY(start(client, request, error));
    transfer(client, true);
    return KH_OK;
}

enum kh_status kh_http_client_finish(struct kh_http_client *client, struct kh_error *error,
                                     struct kh_http_response *response)
{
    enum kh_status status;

    *response = (struct kh_http_response){ .body = KH_STR("") };
    if (client->running) {
        transfer(client, false);
    }
    if (client->stopped) {
        response->stopped = true;
        return KH_OK;
    }
    response->code = info(client, CURLINFO_RESPONSE_CODE);
    response->sendings = client->sendings;
    status = judge(client, error);
    response->unheard =
        status != KH_OK && response->code == 0 && info(client, CURLINFO_NUM_CONNECTS) == 0;
    if (!reserve(client, client->length)) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for an answer");
    }
    memset(client->body + client->length, 0, KH_PADDING);
    response->body = (struct kh_str){ client->body, client->length };
    return status;
}

enum kh_status kh_http_client_send(struct kh_http_client *client,
                                   const struct kh_http_request *request, struct kh_error *error,
                                   struct kh_http_response *response)
{
    *response = (struct kh_http_response){ .body = KH_STR("") };
    KH_TRY(start(client, request, error));
    return kh_http_client_finish(client, error, response);
}

const char *kh_http_client_header(struct kh_http_client *client, const char *name)
{
    struct curl_header *header;

    return curl_easy_header(client->easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK
               ? header->value
               : NULL;
}
