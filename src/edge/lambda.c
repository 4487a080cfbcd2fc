/* Starting and ending the Lambda runtime: as many loops as the platform asks for. */
#include "edge/lambda.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stop.h"
#include "edge/lambda_extension.h"
#include "edge/lambda_loop.h"
#include "edge/startup.h"
#include "kh/alloc.h"

#define MAX_LOOPS 1600

struct runner {
    struct kh_lambda_loop loop;
    struct kh_stop *stop;
    enum kh_status status;
    pthread_t thread;
    bool started;
};

/* AWS_LAMBDA_MAX_CONCURRENCY: managed instances only; what is no number means 1. */
static size_t loop_count(void)
{
    const char *text = getenv("AWS_LAMBDA_MAX_CONCURRENCY");
    size_t length = text == NULL ? 0 : strlen(text);
    unsigned long value;

    if (length == 0 || length > 9 || strspn(text, "0123456789") != length) {
        return 1;
    }
    value = strtoul(text, NULL, 10);
    return value < 1 ? 1 : value > MAX_LOOPS ? MAX_LOOPS : value;
}

/* A loop that fails ends the others: the platform then starts a new process. */
static void *run_loop(void *context)
{
    struct runner *runner = context;

    runner->status = kh_lambda_loop_run(&runner->loop);
    if (runner->status != KH_OK) {
        kh_stop_request(runner->stop);
    }
    return NULL;
}

/* The first loop runs in this thread. Returns whether all ended well. */
static bool run_loops(struct runner *runners, size_t count, struct kh_log log)
{
    bool fine = true;

    for (size_t i = 1; fine && i < count; i++) {
        fine = pthread_create(&runners[i].thread, NULL, run_loop, &runners[i]) == 0;
        runners[i].started = fine;
    }
    if (fine) {
        run_loop(&runners[0]);
    } else {
        KH_LOG(log, KH_FATAL, "no thread for another loop", KH_LOG_FIELD_INT("loops", count));
    }
    kh_stop_request(runners[0].stop);
    for (size_t i = 0; i < count; i++) {
        if (runners[i].started) {
            pthread_join(runners[i].thread, NULL);
        }
        fine = fine && runners[i].status == KH_OK;
    }
    return fine;
}

static enum kh_status init_loops(struct runner *runners, size_t count,
                                 const struct kh_startup *startup, const char *address,
                                 struct kh_stop *stop, bool alone, struct kh_error *error)
{
    for (size_t i = 0; i < count; i++) {
        runners[i].stop = stop;
        KH_TRY(kh_lambda_loop_init(&runners[i].loop, startup, address, stop, alone, error));
    }
    return KH_OK;
}

/* Tells the log and the platform why there will be no service. */
static void report_init_error(const struct kh_startup *startup, const char *address,
                              const struct kh_stop *stop, const struct kh_error *why)
{
    const char *type = why->status == KH_BAD_SETTING ? "Runtime.BadSettings"
                       : why->status == KH_NO_MEMORY ? "Runtime.NoMemory"
                                                     : "Runtime.InitFailed";
    struct kh_runtime_api *api;
    struct kh_error error;

    kh_error_clear(&error);
    KH_LOG(startup->log, KH_FATAL, "the runtime can't start",
           KH_LOG_FIELD_STR("errorType", kh_str_from(type)),
           KH_LOG_FIELD_STR("reason", kh_str_from(why->reason)));
    if (kh_runtime_api_new(address, stop, startup->log, &error, &api) != KH_OK) {
        return;
    }
    if (kh_runtime_api_init_error(api, type, why->reason, &error) != KH_OK) {
        KH_LOG(startup->log, KH_ERROR, "the init error could not be reported",
               KH_LOG_FIELD_STR("reason", kh_str_from(error.reason)));
    }
    kh_runtime_api_destroy(api);
}

static enum kh_status start(struct kh_startup *startup, const struct kh_service *service,
                            struct kh_error *error)
{
    const char *target;

    KH_TRY(kh_startup_init(startup, service, "", error));
    KH_TRY(kh_startup_store(startup, error));
    target = kh_startup_text(startup, "DEAD_LETTER");
    if (target == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for the settings");
    }
    return kh_startup_dead_letters(startup, target, error, NULL);
}

/*
 * What the platform waits for comes first: `next` goes out as soon as the answer to the registration
 * is there, and while that is on its way, what else is needed gets made.
 */
static enum kh_status prepare(struct runner *runners, size_t count,
                              const struct kh_startup *startup, const char *address,
                              struct kh_stop *stop, struct kh_lambda_extension *extension,
                              struct kh_error *error)
{
    if (runners == NULL || extension == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for the loops");
    }
    KH_TRY(init_loops(runners, 1, startup, address, stop, count == 1, error));
    kh_lambda_extension_register(extension, kh_runtime_api_http(runners[0].loop.api));
    KH_TRY(init_loops(runners + 1, count - 1, startup, address, stop, false, error));
    kh_lambda_extension_await(extension);
    kh_runtime_api_ask(runners[0].loop.api);
    return KH_OK;
}

/* Returns whether all ended well. */
static bool serve(const struct kh_startup *startup, struct runner *runners, size_t count,
                  struct kh_lambda_extension *extension, struct kh_error *error)
{
    if (kh_lambda_extension_ready(extension, error) != KH_OK) {
        KH_LOG(startup->log, KH_FATAL, "the extension can't get ready",
               KH_LOG_FIELD_STR("reason", kh_str_from(error->reason)));
        return false;
    }
    KH_LOG(startup->log, KH_DEBUG, "serving Lambda", KH_LOG_FIELD_INT("loops", count));
    return run_loops(runners, count, startup->log);
}

static bool start_and_serve(struct kh_startup *startup, const struct kh_service *service,
                            const char *address, struct kh_stop *stop)
{
    size_t count = loop_count();
    struct runner *runners = kh_calloc(count, sizeof *runners);
    struct kh_lambda_extension *extension = NULL;
    struct kh_error error;
    enum kh_status status;
    bool fine = false;

    kh_error_clear(&error);
    status = start(startup, service, &error);
    if (status == KH_OK) {
        extension = kh_lambda_extension_new(address, stop, startup->log);
        status = prepare(runners, count, startup, address, stop, extension, &error);
    }
    if (status == KH_OK) {
        fine = serve(startup, runners, count, extension, &error);
    } else {
        report_init_error(startup, address, stop, &error);
    }
    for (size_t i = 0; runners != NULL && i < count; i++) {
        kh_lambda_loop_clean_up(&runners[i].loop);
    }
    kh_lambda_extension_destroy(extension);
    kh_free(runners);
    return fine;
}

int kh_lambda_main(const struct kh_service *service, const char *address)
{
    struct kh_startup startup;
    struct kh_stop stop;
    struct kh_error error;
    bool fine;

    kh_error_clear(&error);
    if (kh_stop_init(&stop, &error) != KH_OK || kh_http_global_init(&error) != KH_OK) {
        (void)fprintf(stderr, "kinesis-handler: %s\n", error.reason);
        return 1;
    }
    fine = start_and_serve(&startup, service, address, &stop);
    kh_startup_clean_up(&startup);
    kh_http_global_clean_up();
    kh_stop_clean_up(&stop);
    return fine ? 0 : 1;
}
