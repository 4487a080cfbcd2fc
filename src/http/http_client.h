/*
 * HTTP/1.1 over one kept connection: TLS with the server's certificate checked, always, or in the
 * clear for those who ask for it, as the Runtime API must. One client per thread. No proxy, no
 * redirects, no other protocol, whatever the environment says.
 */
#ifndef KH_HTTP_CLIENT_H
#define KH_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/stop.h"
#include "kh/error.h"
#include "kh/status.h"
#include "kh/str.h"

struct kh_http_client;

enum kh_http_method { KH_HTTP_GET, KH_HTTP_POST, KH_HTTP_PUT };

struct kh_http_request {
    const char *url; /* https:// */
    bool in_clear;   /* it is http:// instead */
    enum kh_http_method method;
    struct kh_str body;         /* KH_HTTP_POST only */
    const char *const *headers; /* "Name: value" */
    size_t header_count;
    long timeout_ms;            /* 0: none, for calls that wait */
    long connect_timeout_ms;    /* 0: 1 s in the clear, 5 s with TLS, its handshake included */
    const struct kh_stop *stop; /* NULL: it can't be stopped */
    int grace_ms;               /* so long it goes on after a stop was requested */
    bool fresh;                 /* on a new connection */
};

struct kh_http_response {
    long code;
    struct kh_str body; /* KH_PADDING readable bytes behind; until the next request of the client */
    bool stopped;       /* given up because a stop was requested; nothing else is set */
    bool unheard;       /* on failure: a kept connection turned out dead, not a byte came back */
    /* How often sending was begun: 0: no connection; 2: the one that was kept was dead. */
    unsigned sendings;
};

/*
 * Before the first client, while there is one thread; memory comes from kh_malloc. May be called again by
 * others, each of whom then cleans up.
 */
enum kh_status kh_http_global_init(struct kh_error *error) KH_MUST_USE;
void kh_http_global_clean_up(void);

/* Bodies of more than `body_limit` bytes are refused. KH_NO_MEMORY. */
enum kh_status kh_http_client_new(size_t body_limit, struct kh_error *error,
                                  struct kh_http_client **out) KH_MUST_USE;
/* Wipes what the answers said. NULL is allowed. */
void kh_http_client_destroy(struct kh_http_client *client);

/*
 * KH_OK for any whole answer, whatever its code; KH_IO, KH_TIMEOUT, KH_TOO_LARGE, KH_NO_MEMORY.
 * KH_BAD_SETTING: a variable names certificates that can't be read, see ca_bundle.h. A server whose
 * certificate is not accepted is KH_IO.
 */
enum kh_status kh_http_client_send(struct kh_http_client *client,
                                   const struct kh_http_request *request, struct kh_error *error,
                                   struct kh_http_response *response) KH_MUST_USE;

/*
 * The same in two steps, so that something can be done while the answer is on its way: the first
 * returns when the request is sent, or can't be, which the second then says. Without the second the
 * request stays open until the client's next one, or its end. The strings are read until the first
 * has returned, `stop` until the second has.
 */
enum kh_status kh_http_client_begin(struct kh_http_client *client,
                                    const struct kh_http_request *request,
                                    struct kh_error *error) KH_MUST_USE;
enum kh_status kh_http_client_finish(struct kh_http_client *client, struct kh_error *error,
                                     struct kh_http_response *response) KH_MUST_USE;

/* A header of the answer received last, by any case of its name; NULL: there is none. */
const char *kh_http_client_header(struct kh_http_client *client, const char *name);

#endif
