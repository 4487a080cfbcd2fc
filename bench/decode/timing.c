#include "timing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sorted.h"

#define PADDING 64
#define MOST_RUNS 100000

struct options {
    const char *path;
    double seconds;
    bool json;
};

static bool read_options(int argc, char **argv, struct options *out)
{
    *out = (struct options){ .seconds = 1.0 };
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            out->json = true;
        } else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
            out->seconds = strtod(argv[++i], NULL);
        } else if (argv[i][0] != '-' && out->path == NULL) {
            out->path = argv[i];
        } else {
            return false;
        }
    }
    return out->path != NULL;
}

static int usage(const char *program)
{
    fprintf(stderr,
            "usage: %s FILE [--json] [--seconds N]\n"
            "FILE is what bench/README.md says of the program's benchmark.\n",
            program);
    return 2;
}

/* The file's bytes with zeros behind them; data NULL after a message. */
static struct kh_str read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct kh_str text = { NULL, 0 };
    char *data;
    long size;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0 ||
        fseek(file, 0, SEEK_SET) != 0) {
        perror(path);
        return text;
    }
    data = calloc(1, (size_t)size + PADDING);
    if (data == NULL || fread(data, 1, (size_t)size, file) != (size_t)size) {
        perror(path);
        free(data);
        data = NULL;
    }
    fclose(file);
    return (struct kh_str){ data, (size_t)size };
}

/* What is decoded: the file as it was read, or a copy of it for a decoder that changes it. */
struct input {
    struct kh_str file;
    char *copy; /* NULL: none is needed */
};

static struct kh_str fresh_text(const struct input *input)
{
    if (input->copy == NULL) {
        return input->file;
    }
    memcpy(input->copy, input->file.data, input->file.length + PADDING);
    return (struct kh_str){ input->copy, input->file.length };
}

static double seconds_of(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/*
 * Runs for about `seconds`; the times of all runs, sorted. 0: a run failed. What is measured is the time
 * that the process had the processor, so that other work on the machine does not count.
 */
static size_t time_runs(const struct bench_work *work, const struct input *input, double seconds,
                        double *times)
{
    double begin = seconds_of(CLOCK_MONOTONIC);
    size_t runs = 0;

    do {
        struct kh_str text = fresh_text(input);
        double before = seconds_of(CLOCK_PROCESS_CPUTIME_ID);

        if (!work->run(work->context, text)) {
            return 0;
        }
        times[runs++] = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - before;
    } while (runs < MOST_RUNS && (runs < 3 || seconds_of(CLOCK_MONOTONIC) - begin < seconds));
    bench_sort(times, runs);
    return runs;
}

static void report(const struct bench_work *work, const struct options *options,
                   const struct bench_facts *facts, const double *times, size_t runs)
{
    double best = times[0];
    double median = times[runs / 2];
    double speed = (double)facts->bytes / median / 1e6;

    if (options->json) {
        printf("{\"name\":\"%s\",\"validates\":%s,\"bytes\":%zu,\"events\":%zu,\"runs\":%zu,"
               "\"bestMs\":%.6f,\"medianMs\":%.6f,\"mbPerS\":%.1f,\"checksum\":\"%08" PRIx32
               "\"}\n",
               work->name, work->validates ? "true" : "false", facts->bytes, facts->events, runs,
               best * 1e3, median * 1e3, speed, facts->checksum);
        return;
    }
    printf("%s: %s, %zu bytes, %zu events\n", work->name, options->path, facts->bytes,
           facts->events);
    printf("  best %.3f ms, median %.3f ms of %zu runs\n", best * 1e3, median * 1e3, runs);
    printf("  %.1f MB/s, %.0f ns an event, checksum %08" PRIx32 "\n", speed,
           median / (double)facts->events * 1e9, facts->checksum);
}

static bool measure(const struct bench_work *work, const struct input *input,
                    const struct options *options, double *times)
{
    struct bench_facts facts = { 0 };
    size_t runs = 0;

    if (work->examine(work->context, fresh_text(input), &facts) && facts.events > 0) {
        runs = time_runs(work, input, options->seconds, times);
    }
    if (runs == 0) {
        fprintf(stderr, "%s: %s could not be decoded\n", work->name, options->path);
        return false;
    }
    report(work, options, &facts, times, runs);
    return true;
}

int bench_run(int argc, char **argv, const struct bench_work *work)
{
    struct input input = { .copy = NULL };
    struct options options;
    double *times;
    bool done = false;

    if (!read_options(argc, argv, &options)) {
        return usage(argv[0]);
    }
    input.file = read_file(options.path);
    if (input.file.data == NULL) {
        return 1;
    }
    if (work->changes_text) {
        input.copy = malloc(input.file.length + PADDING);
    }
    times = malloc(MOST_RUNS * sizeof *times);
    if (times == NULL || (work->changes_text && input.copy == NULL)) {
        fprintf(stderr, "%s: no memory\n", argv[0]);
    } else {
        done = measure(work, &input, &options, times);
    }
    free(times);
    free(input.copy);
    free((char *)input.file.data);
    return done ? 0 : 1;
}
