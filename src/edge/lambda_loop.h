/* One loop of the Lambda runtime: next, process, answer. Several may run, a thread each. */
#ifndef KH_LAMBDA_LOOP_H
#define KH_LAMBDA_LOOP_H

#include <stdbool.h>

#include "edge/runtime_api.h"
#include "edge/startup.h"
#include "kh/batch.h"
#include "kh/json_writer.h"
#include "kh/open.h"

struct kh_lambda_loop {
    const struct kh_startup *startup;
    bool alone; /* no other loop runs, so the process' environment is ours */
    struct kh_runtime_api *api;
    struct kh_opener *opener;
    struct kh_batch *batch;
    struct kh_json_writer writer;
};

/* To be cleaned up whatever this returned. KH_NO_MEMORY. */
enum kh_status kh_lambda_loop_init(struct kh_lambda_loop *loop, const struct kh_startup *startup,
                                   const char *address, const struct kh_stop *stop, bool alone,
                                   struct kh_error *error) KH_MUST_USE;
void kh_lambda_loop_clean_up(struct kh_lambda_loop *loop);

/* Until a stop is requested: KH_OK. Anything else: the process can't go on; it is logged. */
enum kh_status kh_lambda_loop_run(struct kh_lambda_loop *loop) KH_MUST_USE;

#endif
