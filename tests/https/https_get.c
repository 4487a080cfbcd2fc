/*
 * https_get URL: asks for it with the HTTP client that the program uses, prints the body. Exit codes: 0
 * there was an answer, 1 none, and why on standard error, 2 wrong usage.
 */
#include <stdio.h>

#include "base/stop.h"
#include "http/http_client.h"

#define BODY_LIMIT 4096
#define TIMEOUT_MS 10000

static enum kh_status get(const char *url, const struct kh_stop *stop, struct kh_error *error)
{
    const struct kh_http_request request = { .url = url, .timeout_ms = TIMEOUT_MS, .stop = stop };
    struct kh_http_client *client;
    struct kh_http_response response;
    enum kh_status status;

    KH_TRY(kh_http_client_new(BODY_LIMIT, error, &client));
    status = kh_http_client_send(client, &request, error, &response);
    if (status == KH_OK) {
        (void)printf("%ld %.*s\n", response.code, (int)response.body.length, response.body.data);
    }
    kh_http_client_destroy(client);
    return status;
}

int main(int argc, char **argv)
{
    struct kh_stop stop;
    struct kh_error error;
    enum kh_status status;

    if (argc != 2) {
        (void)fprintf(stderr, "usage: https_get URL\n");
        return 2;
    }
    kh_error_clear(&error);
    status = kh_stop_init(&stop, &error);
    if (status == KH_OK) {
        status = kh_http_global_init(&error);
    }
    if (status == KH_OK) {
        status = get(argv[1], &stop, &error);
        kh_http_global_clean_up();
        kh_stop_clean_up(&stop);
    }
    if (status != KH_OK) {
        (void)fprintf(stderr, "%s: %s\n", kh_status_name(status), error.reason);
    }
    return status == KH_OK ? 0 : 1;
}
