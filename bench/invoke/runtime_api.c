/*
 * A Lambda Runtime API that hands out invocations as fast as it is asked, and takes the time from the
 * answer to `next` to the response. It starts the runtime itself, and with --starts does nothing but
 * that, many times.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "http.h"
#include "sorted.h"

#define CONNECTIONS 16
#define PATIENCE_MS 60000
#define TIME_LIMIT_MS 300000
/* What is compiled, grown and filled while it runs has had time to do so. */
#define WARM_UP_SHARE 5

#define NEXT "GET /2018-06-01/runtime/invocation/next "
#define RESPONSE "POST /2018-06-01/runtime/invocation/"
#define REGISTER "POST /2020-01-01/extension/register "
#define EXTENSION_NEXT "GET /2020-01-01/extension/event/next "
#define ALL_DONE "\"batchItemFailures\":[]"

struct options {
    const char *bodies; /* a file, an event on each line; NULL: none, only starts */
    long records;       /* in each event */
    long starts;
    bool answers; /* print what comes back, and take no time */
    char **command;
};

struct bodies {
    struct kh_str *items;
    size_t count;
};

/* What was measured of one process. */
struct run {
    double *invocation_us; /* of each invocation */
    size_t invocations;
    double start_ms;
    long start_kib;
    long peak_kib;
    double processor_us; /* of an invocation, without warming up */
};

struct server {
    int listener;
    int port;
    struct http_connection *connections; /* CONNECTIONS */
    struct child child;
    bool answers;
    const struct bodies *bodies; /* empty: ends with the first `next` */
    struct run *run;
    int64_t handed_out_ns;
    int64_t warm_processor_ns;
    bool answered; /* the invocation that was handed out last */
    bool done;
    bool failed;
};

/* ---- The protocol ------------------------------------------------------------------------------ */

static size_t warm_up(size_t invocations)
{
    return invocations / WARM_UP_SHARE;
}

static void fail(struct server *server, const char *what, struct kh_str detail)
{
    fprintf(stderr, "runtime_api: %s%s%.*s\n", what, detail.length == 0 ? "" : ": ",
            KH_STR_ARG(detail));
    server->failed = true;
}

static bool answer(struct server *server, int socket, const char *head, struct kh_str body)
{
    char text[1024];
    int length =
        snprintf(text, sizeof text, "%s\r\nContent-Length: %zu\r\n\r\n", head, body.length);

    if (length <= 0 || !http_write(socket, (struct kh_str){ text, (size_t)length }, body)) {
        fail(server, "the runtime closed its connection", KH_STR(""));
        return false;
    }
    return true;
}

static void end_of_run(struct server *server)
{
    struct run *run = server->run;
    size_t measured = run->invocations - warm_up(run->invocations);

    run->peak_kib = child_memory_kib(&server->child, true);
    if (measured > 0) {
        run->processor_us =
            (double)(child_processor_ns(&server->child) - server->warm_processor_ns) / 1e3 /
            (double)measured;
    }
    server->done = true;
}

static void hand_out(struct server *server, int socket)
{
    struct run *run = server->run;
    struct timespec now;
    char head[512];

    if (run->invocations == 0) {
        run->start_ms = (double)(clock_ns() - server->child.started_ns) / 1e6;
        run->start_kib = child_memory_kib(&server->child, false);
    }
    if (run->invocations == server->bodies->count) {
        end_of_run(server);
        return;
    }
    if (run->invocations == warm_up(server->bodies->count)) {
        server->warm_processor_ns = child_processor_ns(&server->child);
    }
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(head, sizeof head,
             "HTTP/1.1 200 OK\r\n"
             "Content-Type: application/json\r\n"
             "Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-%012zx\r\n"
             "Lambda-Runtime-Deadline-Ms: %" PRId64 "\r\n"
             "Lambda-Runtime-Invoked-Function-Arn: "
             "arn:aws:lambda:eu-west-1:111122223333:function:limits\r\n"
             "Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
             run->invocations, (int64_t)now.tv_sec * 1000 + TIME_LIMIT_MS);
    server->answered = false;
    server->handed_out_ns = clock_ns();
    answer(server, socket, head, server->bodies->items[run->invocations]);
}

/* On a line of its own, without what surrounds chunks. */
static void print_answer(struct kh_str body)
{
    const char *begin = memchr(body.data, '{', body.length);
    const char *end = memrchr(body.data, '}', body.length);

    if (begin != NULL && end > begin) {
        printf("%.*s\n", (int)(end + 1 - begin), begin);
    }
}

/* `path`: what follows RESPONSE. */
static void take_response(struct server *server, int socket, const char *path,
                          const struct http_request *request)
{
    struct run *run = server->run;
    int64_t now = clock_ns();
    char expected[64];

    snprintf(expected, sizeof expected, "8476a536-e9f4-11e8-9739-%012zx/response ",
             run->invocations);
    if (server->answered || strncmp(path, expected, strlen(expected)) != 0) {
        fail(server, "not the response to this invocation", request->body);
        return;
    }
    if (server->answers) {
        print_answer(request->body);
    } else if (memmem(request->body.data, request->body.length, ALL_DONE, sizeof ALL_DONE - 1) ==
               NULL) {
        fail(server, "a record of a sound stream was not done", request->body);
        return;
    }
    run->invocation_us[run->invocations++] = (double)(now - server->handed_out_ns) / 1e3;
    server->answered = true;
    answer(server, socket, "HTTP/1.1 202 Accepted\r\nContent-Type: application/json",
           KH_STR("{\"status\":\"OK\"}\n"));
}

static bool is_call(const struct http_request *request, const char *call)
{
    return strncmp(request->line.data, call, strlen(call)) == 0;
}

static void serve(struct server *server, int socket, const struct http_request *request)
{
    if (is_call(request, NEXT)) {
        hand_out(server, socket);
    } else if (is_call(request, RESPONSE)) {
        take_response(server, socket, request->line.data + sizeof RESPONSE - 1, request);
    } else if (is_call(request, REGISTER)) {
        answer(server, socket,
               "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
               "Lambda-Extension-Identifier: 3d1f3e8e-7c3c-4c5e-9a3d-2b1f0a9e8d7c",
               KH_STR("{\"functionName\":\"limits\",\"functionVersion\":\"1\"}"));
    } else if (!is_call(request, EXTENSION_NEXT)) { /* which waits for ever */
        fail(server, "an error, or a call that is not known", request->line);
        fail(server, "its body", request->body);
    }
}

/* ---- Connections ------------------------------------------------------------------------------- */

static void accept_one(struct server *server)
{
    int client = http_accept(server->listener);

    for (size_t i = 0; client >= 0 && i < CONNECTIONS; i++) {
        if (server->connections[i].socket < 0) {
            server->connections[i].socket = client;
            server->connections[i].used = 0;
            return;
        }
    }
    fail(server, "no room for another connection", KH_STR(""));
}

static void read_one(struct server *server, struct http_connection *connection)
{
    struct http_request request;

    if (http_read(connection, &request) == HTTP_COMPLETE) {
        serve(server, connection->socket, &request);
        http_next(connection);
    }
}

static void wait_for_calls(struct server *server)
{
    struct pollfd polled[CONNECTIONS + 2];

    for (size_t i = 0; i < CONNECTIONS; i++) {
        polled[i] = (struct pollfd){ .fd = server->connections[i].socket, .events = POLLIN };
    }
    polled[CONNECTIONS] = (struct pollfd){ .fd = server->listener, .events = POLLIN };
    polled[CONNECTIONS + 1] = (struct pollfd){ .fd = server->child.ended, .events = POLLIN };
    if (poll(polled, CONNECTIONS + 2, PATIENCE_MS) == 0) {
        fail(server, "the runtime makes no call", KH_STR(""));
        return;
    }
    for (size_t i = 0; i < CONNECTIONS && !server->done && !server->failed; i++) {
        if (polled[i].fd >= 0 && polled[i].revents != 0) {
            read_one(server, &server->connections[i]);
        }
    }
    if (!server->done && !server->failed && polled[CONNECTIONS].revents != 0) {
        accept_one(server);
    }
    if (!server->done && !server->failed && polled[CONNECTIONS + 1].revents != 0) {
        fail(server, "the runtime ended", KH_STR(""));
    }
}

/* Starts the runtime and serves it until all bodies are handed out, or it has asked for the first. */
static bool run_one(const struct options *options, const struct bodies *bodies, struct run *run)
{
    struct server server = {
        .answers = options->answers, .bodies = bodies, .run = run, .answered = true
    };

    run->invocations = 0;
    server.connections = calloc(CONNECTIONS, sizeof *server.connections);
    server.listener = http_listen(&server.port);
    if (server.connections == NULL || server.listener < 0 ||
        !child_start(&server.child, options->command, server.port)) {
        perror("runtime_api");
        return false;
    }
    for (size_t i = 0; i < CONNECTIONS; i++) {
        server.connections[i].socket = -1;
    }
    while (!server.done && !server.failed) {
        wait_for_calls(&server);
    }
    child_kill(&server.child);
    for (size_t i = 0; i < CONNECTIONS; i++) {
        if (server.connections[i].socket >= 0) {
            close(server.connections[i].socket);
        }
    }
    close(server.listener);
    free(server.connections);
    return !server.failed;
}

/* ---- Reports ----------------------------------------------------------------------------------- */

static void report_invocations(const struct options *options, struct run *run)
{
    size_t skipped = warm_up(run->invocations);
    double *times = run->invocation_us + skipped;
    size_t count = run->invocations - skipped;
    double median;

    bench_sort(times, count);
    median = times[count / 2];
    printf("{\"records\":%ld,\"invocations\":%zu,\"measured\":%zu,\"bestUs\":%.1f,"
           "\"medianUs\":%.1f,\"p99Us\":%.1f,\"eventsPerS\":%.0f,\"processorUs\":%.1f,"
           "\"startMs\":%.3f,\"startKib\":%ld,\"peakKib\":%ld}\n",
           options->records, run->invocations, count, times[0], median, times[count * 99 / 100],
           (double)options->records / median * 1e6, run->processor_us, run->start_ms,
           run->start_kib, run->peak_kib);
}

static bool measure_invocations(const struct options *options, const struct bodies *bodies)
{
    struct run run = { .invocation_us = calloc(bodies->count, sizeof(double)) };
    bool done = run.invocation_us != NULL && run_one(options, bodies, &run);

    if (done && !options->answers) {
        report_invocations(options, &run);
    }
    free(run.invocation_us);
    return done;
}

static bool measure_starts(const struct options *options)
{
    static const struct bodies none = { NULL, 0 };
    size_t count = (size_t)options->starts;
    double *times = calloc(count, sizeof *times);
    double *memory = calloc(count, sizeof *memory);
    bool done = times != NULL && memory != NULL;

    for (size_t i = 0; done && i < count; i++) {
        struct run run = { .invocation_us = NULL };

        done = run_one(options, &none, &run);
        times[i] = run.start_ms;
        memory[i] = (double)run.start_kib;
    }
    if (done) {
        bench_sort(times, count);
        bench_sort(memory, count);
        printf(
            "{\"starts\":%zu,\"bestMs\":%.3f,\"medianMs\":%.3f,\"p90Ms\":%.3f,\"medianKib\":%.0f}\n",
            count, times[0], times[count / 2], times[count * 9 / 10], memory[count / 2]);
    }
    free(times);
    free(memory);
    return done;
}

/* ---- The program ------------------------------------------------------------------------------- */

/* The lines of a file, which stays mapped. */
static bool read_bodies(const char *path, struct bodies *out)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat facts;
    const char *at;
    const char *end;

    *out = (struct bodies){ NULL, 0 };
    if (file < 0 || fstat(file, &facts) != 0 || facts.st_size == 0) {
        return false;
    }
    at = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    close(file);
    if (at == MAP_FAILED) {
        return false;
    }
    end = at + facts.st_size;
    for (const char *newline; at < end; at = newline + 1) {
        struct kh_str *items = realloc(out->items, (out->count + 1) * sizeof *items);

        newline = memchr(at, '\n', (size_t)(end - at));
        if (items == NULL || newline == NULL) {
            return false;
        }
        out->items = items;
        out->items[out->count++] = (struct kh_str){ at, (size_t)(newline - at) };
    }
    return true;
}

static bool read_options(int argc, char **argv, struct options *out)
{
    *out = (struct options){ .records = 1 };
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            out->command = argv + i + 1;
            break;
        }
        if (strcmp(argv[i], "--answers") == 0) {
            out->answers = true;
            continue;
        }
        if (i + 1 == argc) {
            return false;
        }
        if (strcmp(argv[i], "--bodies") == 0) {
            out->bodies = argv[++i];
        } else if (strcmp(argv[i], "--records") == 0) {
            out->records = strtol(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--starts") == 0) {
            out->starts = strtol(argv[++i], NULL, 10);
        } else {
            return false;
        }
    }
    return out->command != NULL && out->command[0] != NULL && out->records > 0 &&
           (out->bodies != NULL) != (out->starts > 0);
}

int main(int argc, char **argv)
{
    struct options options;
    struct bodies bodies;
    bool done;

    if (!read_options(argc, argv, &options)) {
        fprintf(stderr,
                "usage: %s --bodies FILE --records N [--answers] -- RUNTIME [ARGUMENT...]\n"
                "       %s --starts N -- RUNTIME [ARGUMENT...]\n"
                "FILE has an event on each line, of N records. Prints what it measured as JSON;\n"
                "with --answers prints what the runtime answers, and measures nothing.\n",
                argv[0], argv[0]);
        return 2;
    }
    if (options.bodies == NULL) {
        return measure_starts(&options) ? 0 : 1;
    }
    if (!read_bodies(options.bodies, &bodies)) {
        fprintf(stderr, "runtime_api: %s cannot be read, or does not end with a newline\n",
                options.bodies);
        return 1;
    }
    done = measure_invocations(&options, &bodies);
    free(bodies.items);
    return done ? 0 : 1;
}
