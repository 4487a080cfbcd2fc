/*
 * What a batch costs beside decoding: dispatch, handlers, unit of work, the store (memory, or a SQLite file
 * that is made for it), logging at level info, and the answer, per event. The file is made by
 * bench/changes.py: its first line sets up, the others are applied in turn, again and again, by the functions
 * the runtime calls.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/message.h"
#include "handlers.h"
#include "kh/batch.h"
#include "kh/json_writer.h"
#include "kh/response.h"
#include "kh/source.h"
#include "service.h"
#include "sorted.h"
#include "store/sqlite.h"

#define MOST_BATCHES 1000

struct bench {
    struct kh_str lines[MOST_BATCHES];
    size_t line_count;
    struct settings settings;
    struct kh_log_sink sink;
    struct kh_batch_options options;
    struct kh_batch *batch;
    struct kh_json_writer answer;
    struct kh_arena decoded; /* for decoding alone */
    double *decoding;        /* nanoseconds an event, of each batch each time */
    double *whole;
    size_t count; /* of these */
};

static int64_t now_ns(void)
{
    return kh_clock_monotonic_ns(kh_clock_system());
}

static double median(double *times, size_t count)
{
    bench_sort(times, count);
    return times[count / 2];
}

static double mean(const double *times, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += times[i];
    }
    return sum / (double)count;
}

/* ---- The two things that are timed ---------------------------------------------------------- */

/* Nanoseconds an event for reading one batch into structs, all of it kept; < 0 if it fails. */
static double decode(struct bench *bench, struct kh_str text)
{
    int64_t begin = now_ns();
    struct kh_records records;
    struct kh_error error;
    bool found;

    kh_arena_reset(&bench->decoded);
    kh_error_clear(&error);
    if (kh_lambda_event_read(text, &bench->decoded, &error, &records, &found) != KH_OK || !found) {
        return -1;
    }
    for (size_t i = 0; i < records.count; i++) {
        struct kh__message message;
        struct kh_json in;

        kh_json_init(&in, records.items[i].data, &bench->decoded, &error);
        if (kh__message_read(&service, &in, &bench->decoded, &message) != KH_OK ||
            message.payload == NULL) {
            return -1;
        }
    }
    return (double)(now_ns() - begin) / (double)records.count;
}

/* Nanoseconds an event for all that an invocation does with one batch; < 0 if any is not applied. */
static double process(struct bench *bench, struct kh_str text)
{
    struct kh_log_scope scope = { .request_id = KH_STR("8476a536-e9f4-11e8-9739-2dfe598c3fcd") };
    struct kh_log log = { .sink = &bench->sink, .scope = &scope, .component = "edge" };
    int64_t begin = now_ns();
    struct kh_batch_result result;
    struct kh_records records;
    struct kh_error error;
    double nanoseconds;

    kh_error_clear(&error);
    if (kh_invocation_read(text, kh_batch_arena(bench->batch), &error, &records) != KH_OK ||
        kh_batch_run(bench->batch, records.items, records.count, INT64_MAX, log, NULL, &result) !=
            KH_OK) {
        return -1;
    }
    kh_json_writer_reset(&bench->answer);
    if (kh_batch_response_write(&bench->answer, &result) != KH_OK) {
        return -1;
    }
    nanoseconds = (double)(now_ns() - begin) / (double)records.count;
    kh_batch_reset(bench->batch);
    return result.done == records.count ? nanoseconds : -1;
}

/* ---- The store ------------------------------------------------------------------------------ */

/* NULL, and it was said, if there is none. */
static struct kh_store *open_store(const char *sqlite_path, bool full_sync, size_t events)
{
    const struct kh_sqlite_options options = { .path = sqlite_path,
                                               .migrations = service.migrations,
                                               .mark_ttl_s = 86400,
                                               .full_sync = full_sync,
                                               .clock = kh_clock_system() };
    struct kh_store *store = NULL;
    struct kh_error error;

    if (sqlite_path == NULL) {
        /* Events are forgotten before their batch comes again. */
        return kh_store_memory_new(events / 2 + 1);
    }
    kh_error_clear(&error);
    if (kh_store_sqlite_new(&options, &error, &store) != KH_OK) {
        fprintf(stderr, "%s\n", error.reason);
    }
    return store;
}

/* ---- The program ---------------------------------------------------------------------------- */

static bool read_lines(struct bench *bench, const char *path)
{
    FILE *file = fopen(path, "rb");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    if (file == NULL) {
        return false;
    }
    while (bench->line_count < MOST_BATCHES && (length = getline(&line, &room, file)) > 0) {
        char *copy = calloc(1, (size_t)length + KH_PADDING);

        if (copy == NULL) {
            break;
        }
        memcpy(copy, line, (size_t)length);
        bench->lines[bench->line_count++] = (struct kh_str){ copy, (size_t)length };
    }
    free(line);
    fclose(file);
    return bench->line_count > 1;
}

/* How many events the file has; 0 if one can't be read. */
static size_t count_events(struct bench *bench)
{
    size_t count = 0;

    for (size_t i = 0; i < bench->line_count; i++) {
        struct kh_records records;
        struct kh_error error;
        bool found;

        kh_arena_reset(&bench->decoded);
        kh_error_clear(&error);
        if (kh_lambda_event_read(bench->lines[i], &bench->decoded, &error, &records, &found) !=
                KH_OK ||
            !found) {
            return 0;
        }
        count += records.count;
    }
    return count;
}

static bool set_up(struct bench *bench, const char *sqlite_path, bool full_sync)
{
    size_t events;

    kh_arena_init(&bench->decoded);
    events = count_events(bench);
    bench->sink = (struct kh_log_sink){ .fd = open("/dev/null", O_WRONLY | O_CLOEXEC),
                                        .level = KH_INFO,
                                        .format = KH_LOG_JSON,
                                        .service = service.name,
                                        .clock = kh_clock_system() };
    bench->options = (struct kh_batch_options){ .service = &service,
                                                .settings = &bench->settings,
                                                .store = open_store(sqlite_path, full_sync, events),
                                                .clock = kh_clock_system(),
                                                .max_record_size = 1 << 20 };
    bench->settings.on_duplicate_limit = ON_DUPLICATE_LIMIT_REJECT;
    kh_json_writer_init(&bench->answer);
    if (events == 0 || bench->options.store == NULL) {
        return false;
    }
    bench->batch = kh_batch_new(&bench->options);
    return bench->batch != NULL && process(bench, bench->lines[0]) >= 0;
}

/* Applies the batches so many times; false, and it was said, if one can't be. */
static bool measure(struct bench *bench, size_t rounds, const char *path)
{
    bench->decoding = calloc(rounds * bench->line_count, sizeof *bench->decoding);
    bench->whole = calloc(rounds * bench->line_count, sizeof *bench->whole);
    if (bench->decoding == NULL || bench->whole == NULL) {
        fprintf(stderr, "no memory for so many rounds\n");
        return false;
    }
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 1; i < bench->line_count; i++, bench->count++) {
            double decoding = decode(bench, bench->lines[i]);
            double whole = process(bench, bench->lines[i]);

            if (decoding < 0 || whole < 0) {
                fprintf(stderr, "%s: line %zu could not be applied\n", path, i + 1);
                return false;
            }
            bench->decoding[bench->count] = decoding;
            bench->whole[bench->count] = whole;
        }
    }
    return true;
}

static int usage(const char *program)
{
    fprintf(
        stderr,
        "usage: %s FILE [--json] [--rounds N] [--sqlite FILE [--full]]\n"
        "FILE is made by bench/changes.py; a SQLite file remembers events, so --rounds is 1 then\n",
        program);
    return 2;
}

static void report(const struct bench *bench, bool json)
{
    double decoding = median(bench->decoding, bench->count);
    double whole = median(bench->whole, bench->count);
    double mean_whole = mean(bench->whole, bench->count);
    double rest = whole - decoding;

    if (json) {
        printf("{\"name\":\"batch\",\"batches\":%zu,\"decodeNs\":%.1f,\"wholeNs\":%.1f,"
               "\"restNs\":%.1f,\"meanNs\":%.1f}\n",
               bench->count, decoding, whole, rest, mean_whole);
        return;
    }
    printf("%zu batches, medians per event\n", bench->count);
    printf("  decoding         %7.1f ns\n", decoding);
    printf("  everything else  %7.1f ns\n", rest);
    printf("  whole            %7.1f ns\n", whole);
    printf("  whole, mean      %7.1f ns\n", mean_whole);
}

int main(int argc, char **argv)
{
    static struct bench bench;
    const char *path = NULL;
    const char *sqlite_path = NULL;
    size_t rounds = 5;
    bool full_sync = false;
    bool json = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
            rounds = strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--sqlite") == 0 && i + 1 < argc) {
            sqlite_path = argv[++i];
            rounds = 1;
        } else if (strcmp(argv[i], "--full") == 0) {
            full_sync = true;
        } else if (argv[i][0] != '-' && path == NULL) {
            path = argv[i];
        } else {
            return usage(argv[0]);
        }
    }
    if (path == NULL || rounds == 0) {
        return usage(argv[0]);
    }
    if (!read_lines(&bench, path) || !set_up(&bench, sqlite_path, full_sync)) {
        fprintf(stderr, "%s: can't be read, or its first line can't be applied\n", path);
        return 1;
    }
    if (!measure(&bench, rounds, path)) {
        return 1;
    }
    report(&bench, json);
    kh_store_destroy(bench.options.store);
    return 0;
}
