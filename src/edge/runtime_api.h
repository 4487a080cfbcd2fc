/*
 * The calls of the Lambda Runtime API (2018-06-01). One of these per loop, with its own connection.
 */
#ifndef KH_RUNTIME_API_H
#define KH_RUNTIME_API_H

#include <stdbool.h>
#include <stdint.h>

#include "base/stop.h"
#include "http/http_client.h"
#include "kh/error.h"
#include "kh/log.h"
#include "kh/status.h"
#include "kh/str.h"

/* No event in the sandbox is larger than this. */
#define KH_RUNTIME_BODY_LIMIT ((size_t)6 * 1024 * 1024 + 100)

#define KH_REQUEST_ID_LIMIT 64
#define KH_TRACE_ID_LIMIT 512

struct kh_runtime_api;

struct kh_invocation {
    char request_id[KH_REQUEST_ID_LIMIT + 1]; /* of A-Z a-z 0-9 - only: it goes into a path */
    char trace_id[KH_TRACE_ID_LIMIT + 1];     /* the X-Ray header, or "" */
    int64_t deadline_ms;                      /* wall clock; -1: none was given, or no sound one */
    struct kh_str body; /* KH_PADDING readable bytes behind; until the next call */
};

/* `address` is host:port, borrowed; so are the others. KH_BAD_SETTING, KH_NO_MEMORY. */
enum kh_status kh_runtime_api_new(const char *address, const struct kh_stop *stop,
                                  struct kh_log log, struct kh_error *error,
                                  struct kh_runtime_api **out) KH_MUST_USE;
/* NULL is allowed. */
void kh_runtime_api_destroy(struct kh_runtime_api *api);

/* The connection, for calls before the first `next`; owned by `api`. */
struct kh_http_client *kh_runtime_api_http(struct kh_runtime_api *api);

/*
 * Sends the first `next` already; kh_runtime_api_next then waits for its answer. Until then no other
 * call. Says nothing of failures: that does kh_runtime_api_next.
 */
void kh_runtime_api_ask(struct kh_runtime_api *api);

/*
 * Waits for the next event, however long it takes; *stopped: a stop was requested instead. Dropped
 * connections are tried again for about a second. A failure means that the loop can't go on.
 */
enum kh_status kh_runtime_api_next(struct kh_runtime_api *api, struct kh_error *error,
                                   struct kh_invocation *out, bool *stopped) KH_MUST_USE;

/*
 * Ends an invocation, with its result or as failed. KH_OK too when the answer was not taken (it
 * came too late, it is too large): that is logged, and concerns this invocation only. A failure
 * means that the loop can't go on. `type` is Function.Name or Runtime.Name.
 */
enum kh_status kh_runtime_api_respond(struct kh_runtime_api *api, const char *request_id,
                                      struct kh_str result, struct kh_error *error) KH_MUST_USE;
enum kh_status kh_runtime_api_fail(struct kh_runtime_api *api, const char *request_id,
                                   const char *type, const char *message,
                                   struct kh_error *error) KH_MUST_USE;

/* Before the first `next`: why there will be none. */
enum kh_status kh_runtime_api_init_error(struct kh_runtime_api *api, const char *type,
                                         const char *message, struct kh_error *error) KH_MUST_USE;

/* host:port, of bytes that can't become anything else in a URL. */
bool kh_runtime_address_is_valid(const char *address);

#endif
