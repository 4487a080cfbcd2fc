#include "harness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PADDING 64
#define MOST_RUNS 100000

/* ---- The checksum: FNV-1a of every value as text, a newline after each; README.md has the order -- */

struct checksum {
    uint32_t hash;
    size_t events;
};

static void add_bytes(struct checksum *sum, struct kh_str text)
{
    for (size_t i = 0; i < text.length; i++) {
        sum->hash = (sum->hash ^ (unsigned char)text.data[i]) * UINT32_C(16777619);
    }
}

static void add_str(struct checksum *sum, struct kh_str text)
{
    add_bytes(sum, text);
    add_bytes(sum, KH_STR("\n"));
}

static void add_int(struct checksum *sum, int64_t value)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%" PRId64, value);

    add_str(sum, (struct kh_str){ text, (size_t)length });
}

static void add_decimal(struct checksum *sum, struct kh_decimal value)
{
    char text[KH_DECIMAL_TEXT_SIZE];

    add_str(sum, (struct kh_str){ text, kh_decimal_format(value, text) });
}

static void add_absent(struct checksum *sum)
{
    add_str(sum, KH_STR("-"));
}

static void add_optional_int(struct checksum *sum, bool present, int64_t value)
{
    if (present) {
        add_int(sum, value);
    } else {
        add_absent(sum);
    }
}

static void add_optional_decimal(struct checksum *sum, bool present, struct kh_decimal value)
{
    if (present) {
        add_decimal(sum, value);
    } else {
        add_absent(sum);
    }
}

static void add_created(struct checksum *sum, const struct user_limit_created *event)
{
    add_int(sum, event->active_from);
    add_optional_int(sum, event->has_active_until, event->active_until);
    add_str(sum, event->brand_id);
    add_optional_int(sum, event->has_created_at, event->created_at);
    add_str(sum, event->currency_code);
    add_optional_int(sum, event->has_next_reset_time, event->next_reset_time);
    add_str(sum, limit_period_name(event->period));
    add_optional_decimal(sum, event->has_previous_limit_value, event->previous_limit_value);
    add_optional_decimal(sum, event->has_progress, event->progress);
    add_str(sum, limit_status_name(event->status));
    add_str(sum, limit_type_name(event->type));
    add_str(sum, event->user_id);
    add_str(sum, event->user_limit_id);
    add_decimal(sum, event->value);
}

static void add_progress_changed(struct checksum *sum,
                                 const struct user_limit_progress_changed *event)
{
    add_decimal(sum, event->amount);
    add_str(sum, event->brand_id);
    add_str(sum, event->currency_code);
    add_int(sum, event->next_reset_time);
    add_decimal(sum, event->previous_progress);
    add_optional_decimal(sum, event->has_remaining_amount, event->remaining_amount);
    add_str(sum, event->user_id);
    add_str(sum, event->user_limit_id);
}

static void add_reset(struct checksum *sum, const struct user_limit_reset *event)
{
    add_str(sum, event->brand_id);
    add_str(sum, event->currency_code);
    add_int(sum, event->next_reset_time);
    add_str(sum, limit_period_name(event->period));
    add_decimal(sum, event->reset_amount);
    add_decimal(sum, event->reset_percentage);
    add_str(sum, limit_type_name(event->type));
    add_decimal(sum, event->unused_amount);
    add_str(sum, event->user_id);
    add_str(sum, event->user_limit_id);
}

static void visit_checksum(void *context, const struct bench_event *event)
{
    struct checksum *sum = context;

    sum->events++;
    add_str(sum, event->partition_key);
    add_str(sum, event->sequence_number);
    add_str(sum, event->envelope->aggregate_id);
    add_int(sum, event->envelope->created_at);
    add_str(sum, event->envelope->event_id);
    add_int(sum, event->envelope->sequence_number);
    add_str(sum, event->envelope->source);
    add_str(sum, event->envelope->type);
    switch (event->kind) {
    case BENCH_CREATED:
        add_created(sum, event->payload);
        break;
    case BENCH_PROGRESS_CHANGED:
        add_progress_changed(sum, event->payload);
        break;
    case BENCH_RESET:
        add_reset(sum, event->payload);
        break;
    }
}

/* ---- Timing ------------------------------------------------------------------------------------ */

static void visit_count(void *context, const struct bench_event *event)
{
    size_t *count = context;

    /* The compiler has to believe that the event was looked at. */
    __asm__ volatile("" : : "r"(event) : "memory");
    (*count)++;
}

static double now_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int compare_doubles(const void *a, const void *b)
{
    const double *left = a;
    const double *right = b;

    return (*left > *right) - (*left < *right);
}

/* Runs for about `seconds`; the times of all runs, sorted. 0: a run failed. */
static size_t time_runs(const struct bench_decoder *decoder, struct kh_str text, double seconds,
                        double *times)
{
    double begin = now_seconds();
    size_t runs = 0;

    do {
        size_t count = 0;
        double before = now_seconds();

        if (!decoder->decode(text, visit_count, &count) || count == 0) {
            return 0;
        }
        times[runs++] = now_seconds() - before;
    } while (runs < MOST_RUNS && (runs < 3 || now_seconds() - begin < seconds));
    qsort(times, runs, sizeof *times, compare_doubles);
    return runs;
}

static void report(const struct bench_decoder *decoder, const char *path, size_t bytes,
                   const struct checksum *sum, const double *times, size_t runs, bool json)
{
    double best = times[0];
    double median = times[runs / 2];
    double speed = (double)bytes / median / 1e6;

    if (json) {
        printf("{\"name\":\"%s\",\"validates\":%s,\"bytes\":%zu,\"events\":%zu,\"runs\":%zu,"
               "\"bestMs\":%.6f,\"medianMs\":%.6f,\"mbPerS\":%.1f,\"checksum\":\"%08" PRIx32
               "\"}\n",
               decoder->name, decoder->validates ? "true" : "false", bytes, sum->events, runs,
               best * 1e3, median * 1e3, speed, sum->hash);
        return;
    }
    printf("%s: %s, %zu bytes, %zu events\n", decoder->name, path, bytes, sum->events);
    printf("  best %.3f ms, median %.3f ms of %zu runs\n", best * 1e3, median * 1e3, runs);
    printf("  %.1f MB/s, %.0f ns an event, checksum %08" PRIx32 "\n", speed,
           median / (double)sum->events * 1e9, sum->hash);
}

/* ---- The program ------------------------------------------------------------------------------- */

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

static int usage(const char *program)
{
    fprintf(stderr,
            "usage: %s FILE [--json] [--seconds N]\n"
            "FILE is a Lambda event of a Kinesis stream, as bench/events.py makes it.\n",
            program);
    return 2;
}

int bench_main(int argc, char **argv, const struct bench_decoder *decoder)
{
    struct checksum sum = { UINT32_C(2166136261), 0 };
    const char *path = NULL;
    double seconds = 1.0;
    bool json = false;
    struct kh_str text;
    double *times;
    size_t runs;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
            seconds = strtod(argv[++i], NULL);
        } else if (argv[i][0] != '-' && path == NULL) {
            path = argv[i];
        } else {
            return usage(argv[0]);
        }
    }
    if (path == NULL) {
        return usage(argv[0]);
    }
    text = read_file(path);
    times = malloc(MOST_RUNS * sizeof *times);
    if (text.data == NULL || times == NULL) {
        free(times);
        return 1;
    }
    runs =
        decoder->decode(text, visit_checksum, &sum) ? time_runs(decoder, text, seconds, times) : 0;
    if (runs == 0) {
        fprintf(stderr, "%s: %s could not be decoded\n", decoder->name, path);
    } else {
        report(decoder, path, text.length, &sum, times, runs, json);
    }
    free(times);
    free((char *)text.data);
    return runs == 0 ? 1 : 0;
}
