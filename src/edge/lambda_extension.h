/*
 * Lambda sends SIGTERM only to functions that have an extension. So the runtime registers itself as
 * one: an internal extension that wants no events and waits for ever.
 */
#ifndef KH_LAMBDA_EXTENSION_H
#define KH_LAMBDA_EXTENSION_H

#include "edge/stop.h"
#include "kh/error.h"
#include "kh/log.h"
#include "kh/status.h"

struct kh_lambda_extension;

/*
 * Registers and waits in a thread of its own; before the first `next`. *out stays NULL when the
 * platform knows no extensions: then there is no SIGTERM, and nothing else changes. Fails when a
 * registered extension can't wait, since the platform would wait for it.
 */
enum kh_status kh_lambda_extension_start(const char *address, const struct kh_stop *stop,
                                         struct kh_log log, struct kh_error *error,
                                         struct kh_lambda_extension **out) KH_MUST_USE;

/* After a stop was requested: joins the thread. NULL is allowed. */
void kh_lambda_extension_finish(struct kh_lambda_extension *extension);

#endif
