/*
 * aws_call NAME=VALUE...: calls a service as the arguments say, in as many threads as they say, and
 * prints a line of JSON for each call and one for what was slept. Pauses are not slept but added to the
 * clock, and chance is always the same, so that what is printed depends on the answers only.
 *
 *   service, region, endpoint, container, attempts, timeout, limit   as in kh_aws_options
 *   target, body, deadline (ms from now), judge (an error type that is to be taken for throttling)
 *   threads, calls (of each thread), clock (ms that it is ahead), chance (in percent), log (a level),
 *   show (0: bodies are not printed)
 *
 * Exit codes: 0 all calls returned, whatever; 1 there is no client, and why; 2 wrong usage.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/client.h"
#include "kh/alloc.h"
#include "kh/json_writer.h"

#define SLEEPS 64
#define THREADS 2000

struct arguments {
    const char *service, *region, *endpoint, *container, *target, *body, *judge, *log;
    long attempts, timeout, limit, deadline, threads, calls, clock, chance, show;
};

/* The clock, with what is shared by threads. */
struct world {
    pthread_mutex_t lock;
    int64_t ahead_ms;
    double chance;
    int64_t sleeps[SLEEPS];
    size_t sleep_count;
};

struct work {
    const struct arguments *arguments;
    struct kh_aws_client *client;
    struct world *world;
};

static int64_t wall_ms(void *context)
{
    struct world *world = context;
    int64_t ahead_ms;

    pthread_mutex_lock(&world->lock);
    ahead_ms = world->ahead_ms;
    pthread_mutex_unlock(&world->lock);
    return kh_clock_wall_ms(kh_clock_system()) + ahead_ms;
}

static int64_t monotonic_ns(void *context)
{
    (void)context;
    return kh_clock_monotonic_ns(kh_clock_system());
}

static void sleep_ms(void *context, int64_t milliseconds)
{
    struct world *world = context;

    pthread_mutex_lock(&world->lock);
    world->ahead_ms += milliseconds;
    if (world->sleep_count < SLEEPS) {
        world->sleeps[world->sleep_count++] = milliseconds;
    }
    pthread_mutex_unlock(&world->lock);
}

static double chance_of(void *context)
{
    return ((struct world *)context)->chance;
}

static enum kh_aws_judgement judge(void *context, const struct kh_aws_answer *answer)
{
    return kh_str_equal(answer->error_type, kh_str_from(context)) ? KH_AWS_THROTTLE : KH_AWS_FINAL;
}

static enum kh_status write_str(struct kh_json_writer *out, const char *name, struct kh_str value)
{
    KH_TRY(kh_json_write_name(out, kh_str_from(name)));
    return kh_json_write_str(out, value);
}

static enum kh_status write_int(struct kh_json_writer *out, const char *name, int64_t value)
{
    KH_TRY(kh_json_write_name(out, kh_str_from(name)));
    return kh_json_write_int64(out, value);
}

static enum kh_status write_answer(struct kh_json_writer *out, enum kh_status status,
                                   const struct kh_aws_answer *answer, const struct kh_error *error)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_str(out, "status", kh_str_from(kh_status_name(status))));
    KH_TRY(write_int(out, "code", answer->code));
    KH_TRY(write_str(out, "body", answer->body));
    KH_TRY(write_str(out, "errorType", answer->error_type));
    KH_TRY(write_int(out, "attempts", answer->attempts));
    KH_TRY(write_int(out, "maybeApplied", answer->maybe_applied ? 1 : 0));
    KH_TRY(write_str(out, "reason", kh_str_from(error->reason)));
    KH_TRY(kh_json_write_object_end(out));
    return kh_json_write_newline(out);
}

static enum kh_status write_sleeps(struct kh_json_writer *out, const struct world *world)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("sleeps")));
    KH_TRY(kh_json_write_array_begin(out));
    for (size_t i = 0; i < world->sleep_count; i++) {
        KH_TRY(kh_json_write_int64(out, world->sleeps[i]));
    }
    KH_TRY(kh_json_write_array_end(out));
    KH_TRY(kh_json_write_object_end(out));
    return kh_json_write_newline(out);
}

/* In one piece, so that threads do not mix their lines. */
static void print(struct kh_json_writer *out)
{
    struct kh_str text = kh_json_writer_text(out);

    (void)fwrite(text.data, 1, text.length, stdout);
    kh_json_writer_clean_up(out);
}

static void call_once(const struct work *work, struct kh_arena *arena)
{
    const struct arguments *arguments = work->arguments;
    struct kh_aws_request request = { .target = arguments->target,
                                      .content_type = "application/x-amz-json-1.0",
                                      .body = kh_str_from(arguments->body),
                                      .deadline_ms = wall_ms(work->world) + arguments->deadline };
    struct kh_aws_answer answer;
    struct kh_json_writer out;
    struct kh_error error;
    enum kh_status status;

    if (arguments->judge != NULL) {
        request.judge = judge;
        request.judge_context = (void *)(uintptr_t)arguments->judge;
    }
    kh_error_clear(&error);
    status = kh_aws_call(work->client, &request, arena, &error, &answer);
    if (arguments->show == 0) {
        answer.body = KH_STR("");
    }
    kh_json_writer_init(&out);
    if (write_answer(&out, status, &answer, &error) == KH_OK) {
        print(&out);
    }
}

static void *call_all(void *context)
{
    const struct work *work = context;
    struct kh_arena arena;

    kh_arena_init(&arena);
    for (long i = 0; i < work->arguments->calls; i++) {
        call_once(work, &arena);
        kh_arena_reset(&arena);
    }
    kh_arena_clean_up(&arena);
    return NULL;
}

static void run(struct work *work)
{
    static pthread_t threads[THREADS];
    long count = 0;

    if (work->arguments->threads == 1) {
        call_all(work);
        return;
    }
    while (count < work->arguments->threads &&
           pthread_create(&threads[count], NULL, call_all, work) == 0) {
        count++;
    }
    for (long i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
}

static bool take_argument(const char *argument, struct arguments *out)
{
    const struct {
        const char *name;
        const char **text;
        long *number;
    } names[] = {
        { "service", &out->service, NULL },   { "region", &out->region, NULL },
        { "endpoint", &out->endpoint, NULL }, { "container", &out->container, NULL },
        { "target", &out->target, NULL },     { "body", &out->body, NULL },
        { "judge", &out->judge, NULL },       { "log", &out->log, NULL },
        { "attempts", NULL, &out->attempts }, { "timeout", NULL, &out->timeout },
        { "deadline", NULL, &out->deadline }, { "threads", NULL, &out->threads },
        { "calls", NULL, &out->calls },       { "clock", NULL, &out->clock },
        { "chance", NULL, &out->chance },     { "show", NULL, &out->show },
        { "limit", NULL, &out->limit },
    };
    const char *value = strchr(argument, '=');
    size_t length = value == NULL ? 0 : (size_t)(value - argument);

    for (size_t i = 0; value != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i].name) != length || strncmp(names[i].name, argument, length) != 0) {
            continue;
        }
        if (names[i].text != NULL) {
            *names[i].text = value + 1;
        } else {
            *names[i].number = strtol(value + 1, NULL, 10);
        }
        return true;
    }
    return false;
}

static int call(const struct arguments *arguments)
{
    struct world world = { .lock = PTHREAD_MUTEX_INITIALIZER,
                           .ahead_ms = arguments->clock,
                           .chance = (double)arguments->chance / 100 };
    const struct kh_clock clock = { wall_ms, wall_ms, monotonic_ns, &world };
    const struct kh_aws_timing timing = { &clock, sleep_ms, chance_of, &world };
    struct kh_log_sink sink = { .fd = 2, .level = KH_WARN, .service = "test", .clock = &clock };
    const struct kh_aws_options options = { .service = arguments->service,
                                            .region = arguments->region,
                                            .endpoint = arguments->endpoint,
                                            .max_attempts = (unsigned)arguments->attempts,
                                            .attempt_timeout_ms = arguments->timeout,
                                            .body_limit = (size_t)arguments->limit,
                                            .log = { .sink = &sink },
                                            .timing = &timing,
                                            .container_base = arguments->container };
    struct work work = { .arguments = arguments, .world = &world };
    struct kh_json_writer out;
    struct kh_error error;
    enum kh_status status;

    (void)kh_level_parse(kh_str_from(arguments->log), &sink.level);
    kh_error_clear(&error);
    status = kh_aws_client_new(&options, &error, &work.client);
    if (status != KH_OK) {
        (void)fprintf(stderr, "%s: %s\n", kh_status_name(status), error.reason);
        return 1;
    }
    run(&work);
    kh_aws_client_destroy(work.client);
    kh_json_writer_init(&out);
    if (write_sleeps(&out, &world) == KH_OK) {
        print(&out);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct arguments arguments = { .service = "dynamodb",
                                   .target = "DynamoDB_20120810.GetItem",
                                   .body = "{}",
                                   .deadline = 60000,
                                   .threads = 1,
                                   .calls = 1,
                                   .chance = 50,
                                   .show = 1 };

    for (int i = 1; i < argc; i++) {
        if (!take_argument(argv[i], &arguments)) {
            (void)fprintf(stderr, "aws_call: what is %s?\n", argv[i]);
            return 2;
        }
    }
    if (arguments.threads < 1 || arguments.threads > THREADS) {
        (void)fprintf(stderr, "aws_call: from 1 to %d threads\n", THREADS);
        return 2;
    }
    return call(&arguments);
}
