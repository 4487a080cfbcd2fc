/*
 * What becomes of one invocation. A batch is always answered record by record; only an event of
 * which nothing can be said (it is not JSON, it came bare) fails as an invocation.
 */
#include "edge/lambda_loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edge/metrics.h"
#include "kh/response.h"
#include "kh/source.h"

/* Lambda's own default timeout: assumed when the platform names no sound deadline. */
#define DEFAULT_TIME_MS 3000

/* Why a bare event failed; copied out of the batch while it lasts. */
struct failure {
    enum kh_status status;
    char reason[sizeof((struct kh_error *)0)->reason];
};

enum kh_status kh_lambda_loop_init(struct kh_lambda_loop *loop, const struct kh_startup *startup,
                                   const char *address, const struct kh_stop *stop, bool alone,
                                   struct kh_error *error)
{
    *loop = (struct kh_lambda_loop){ .startup = startup, .alone = alone };
    kh_json_writer_init(&loop->writer);
    KH_TRY(kh_runtime_api_new(address, stop, startup->log, error, &loop->api));
    loop->opener = kh_opener_new(&startup->opening);
    loop->batch = kh_batch_new(&startup->options);
    if (loop->opener == NULL || loop->batch == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for a batch");
    }
    return KH_OK;
}

void kh_lambda_loop_clean_up(struct kh_lambda_loop *loop)
{
    kh_opener_destroy(loop->opener);
    if (loop->batch != NULL) {
        kh_batch_destroy(loop->batch);
    }
    kh_runtime_api_destroy(loop->api);
    kh_json_writer_clean_up(&loop->writer);
}

/* ---- What an invocation brings ---------------------------------------------------------- */

/* The part of the X-Ray header that names the trace: Root=1-…;Parent=… */
static struct kh_str trace_root(const char *header)
{
    static const char name[] = "Root=";
    const char *root = strstr(header, name);

    if (root == NULL) {
        return KH_STR("");
    }
    root += sizeof name - 1;
    return (struct kh_str){ root, strcspn(root, ";") };
}

/* For libraries that look there; a custom runtime has to set it. */
static void export_trace_id(const char *header)
{
    if (header[0] == '\0') {
        (void)unsetenv("_X_AMZN_TRACE_ID");
    } else {
        (void)setenv("_X_AMZN_TRACE_ID", header, 1);
    }
}

/*
 * When the batch must be over. The batch keeps RESERVE_MS of it; a twentieth of the time, if that
 * is more, is kept by an earlier deadline.
 */
static int64_t batch_deadline(const struct kh_lambda_loop *loop,
                              const struct kh_invocation *invocation, struct kh_log log)
{
    const struct kh_batch_options *options = &loop->startup->options;
    int64_t now = kh_clock_wall_ms(options->clock);
    int64_t deadline = invocation->deadline_ms;
    int64_t twentieth;

    if (deadline < 0) {
        KH_LOG(log, KH_WARN, "no sound deadline was given, 3 seconds are assumed");
        deadline = now + DEFAULT_TIME_MS;
    }
    twentieth = deadline > now ? (deadline - now) / 20 : 0;
    return twentieth > options->reserve_ms ? deadline - (twentieth - options->reserve_ms)
                                           : deadline;
}

/* ---- Answers ---------------------------------------------------------------------------- */

/* NOT_JSON becomes Function.NotJson: letters only, as the platform's pattern has it. */
static void error_type(enum kh_status status, char out[64])
{
    bool upper = true;
    size_t length =
        (size_t)snprintf(out, 64, "%s.", status == KH_NO_MEMORY ? "Runtime" : "Function");

    for (const char *at = kh_status_name(status); *at != '\0' && length < 63; at++) {
        if (*at >= 'A' && *at <= 'Z') {
            out[length++] = upper ? *at : (char)(*at - 'A' + 'a');
            upper = false;
        } else if (*at == '_') {
            upper = true;
        }
    }
    out[length] = '\0';
}

static enum kh_status answer_failed(struct kh_lambda_loop *loop,
                                    const struct kh_invocation *invocation, struct kh_log log,
                                    enum kh_status why, const char *reason, struct kh_error *error)
{
    char type[64];
    char message[512];

    error_type(why, type);
    (void)snprintf(message, sizeof message, "%s%s%s", kh_status_text(why),
                   reason[0] == '\0' ? "" : ": ", reason);
    KH_LOG(log, KH_ERROR, "the invocation failed", KH_LOG_FIELD_STR("errorType", kh_str_from(type)),
           KH_LOG_FIELD_STR("reason", kh_str_from(message)));
    return kh_runtime_api_fail(loop->api, invocation->request_id, type, message, error);
}

static enum kh_status answer_result(struct kh_lambda_loop *loop,
                                    const struct kh_invocation *invocation, struct kh_log log,
                                    const struct kh_batch_result *result, struct kh_error *error)
{
    kh_json_writer_reset(&loop->writer);
    if (kh_batch_response_write(&loop->writer, result) != KH_OK) {
        return answer_failed(loop, invocation, log, KH_NO_MEMORY, "no room for the answer", error);
    }
    return kh_runtime_api_respond(loop->api, invocation->request_id,
                                  kh_json_writer_text(&loop->writer), error);
}

/* ---- Processing ------------------------------------------------------------------------- */

static void keep_failure(void *context, const struct kh_outcome *outcome)
{
    struct failure *failure = context;

    if (outcome->verdict != KH_VERDICT_RETRY) {
        return;
    }
    failure->status = outcome->status;
    if (outcome->error != NULL) {
        memcpy(failure->reason, outcome->error->reason, sizeof failure->reason);
    }
}

/* One line, one write; what can't be written is lost, as a log line would be. */
static void write_metrics(struct kh_lambda_loop *loop, const struct kh_invocation *invocation,
                          const struct kh_batch_result *result, int64_t begin_ns)
{
    const struct kh_startup *startup = loop->startup;
    const struct kh_clock *clock = startup->options.clock;
    const struct kh_metrics metrics = {
        .name_space = startup->metrics_namespace,
        .service = startup->service->name,
        .timestamp_ms = kh_clock_wall_ms(clock),
        .batch_ms = (kh_clock_monotonic_ns(clock) - begin_ns) / 1000000,
        .request_id = kh_str_from(invocation->request_id),
        .result = result,
    };

    if (startup->metrics_namespace == NULL) {
        return;
    }
    kh_json_writer_reset(&loop->writer);
    if (kh_metrics_write(&loop->writer, &metrics) == KH_OK) {
        struct kh_str line = kh_json_writer_text(&loop->writer);
        ssize_t written = write(STDOUT_FILENO, line.data, line.length);

        (void)written;
    }
}

static enum kh_status process(struct kh_lambda_loop *loop, const struct kh_invocation *invocation,
                              struct kh_log log, struct kh_error *error)
{
    int64_t begin_ns = kh_clock_monotonic_ns(loop->startup->options.clock);
    int64_t deadline_ms = batch_deadline(loop, invocation, log);
    struct failure failure = { .status = KH_OK };
    const struct kh_batch_observer observer = { keep_failure, &failure };
    struct kh_batch_result result;
    struct kh_records records;
    struct kh_error why;
    enum kh_status status;

    kh_error_clear(&why);
    status = kh_invocation_read(invocation->body, kh_batch_arena(loop->batch), &why, &records);
    if (status == KH_OK) {
        status = kh_open(loop->opener, kh_batch_arena(loop->batch), &why, &records);
    }
    if (status != KH_OK) {
        return answer_failed(loop, invocation, log, status, why.reason, error);
    }
    status = kh_batch_run(loop->batch, records.items, records.count, deadline_ms, log, &observer,
                          &result);
    if (status != KH_OK) {
        return answer_failed(loop, invocation, log, status, "nothing was applied", error);
    }
    write_metrics(loop, invocation, &result, begin_ns);
    if (records.bare && result.retry > 0) {
        return answer_failed(loop, invocation, log, failure.status, failure.reason, error);
    }
    return answer_result(loop, invocation, log, &result, error);
}

enum kh_status kh_lambda_loop_run(struct kh_lambda_loop *loop)
{
    struct kh_log log = kh_log_named(loop->startup->log, "lambda");
    struct kh_invocation invocation;
    struct kh_error error;

    kh_error_clear(&error);
    for (;;) {
        struct kh_log_scope scope = { 0 };
        bool stopped;
        enum kh_status status = kh_runtime_api_next(loop->api, &error, &invocation, &stopped);

        if (status == KH_OK && stopped) {
            return KH_OK;
        }
        if (status == KH_OK) {
            struct kh_log bound = { log.sink, &scope, log.component };

            scope.request_id = kh_str_from(invocation.request_id);
            scope.trace_id = trace_root(invocation.trace_id);
            if (loop->alone) {
                export_trace_id(invocation.trace_id);
            }
            status = process(loop, &invocation, bound, &error);
            kh_batch_reset(loop->batch);
        }
        if (status != KH_OK) {
            KH_LOG(log, KH_FATAL, "the Lambda loop can't go on",
                   KH_LOG_FIELD_STR("reason", kh_str_from(error.reason)));
            return status;
        }
    }
}
