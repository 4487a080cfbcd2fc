/*
 * Lambda sends SIGTERM only to functions that have an extension. So the runtime registers itself as
 * one: an internal extension that wants no events. Its one call for events stays open as long as the
 * process lives, and is never answered, so nobody has to wait for it.
 */
#ifndef KH_LAMBDA_EXTENSION_H
#define KH_LAMBDA_EXTENSION_H

#include "base/stop.h"
#include "http/http_client.h"
#include "kh/error.h"
#include "kh/log.h"
#include "kh/status.h"

struct kh_lambda_extension;

/* NULL: no memory for one. `address` and `stop` are borrowed. */
struct kh_lambda_extension *kh_lambda_extension_new(const char *address, const struct kh_stop *stop,
                                                    struct kh_log log);

/*
 * Asks to be registered, over a connection that is borrowed until the answer has come, and does not
 * wait for it. Never fails: that there will be no SIGTERM is logged, and nothing else changes.
 */
void kh_lambda_extension_register(struct kh_lambda_extension *extension,
                                  struct kh_http_client *http);

/* Waits for the answer: before the first `next`, since later the platform takes no registration. */
void kh_lambda_extension_await(struct kh_lambda_extension *extension);

/*
 * Tells the platform that the extension is ready, if it is registered. A failure means that the
 * platform would wait for it in vain.
 */
enum kh_status kh_lambda_extension_ready(struct kh_lambda_extension *extension,
                                         struct kh_error *error) KH_MUST_USE;

/* NULL is allowed. */
void kh_lambda_extension_destroy(struct kh_lambda_extension *extension);

#endif
