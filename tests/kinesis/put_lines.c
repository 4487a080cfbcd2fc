/*
 * put_lines STREAM [RATE [PATIENCE_MS]]: puts a record for each line of standard input, which is a partition key,
 * a blank and the data. Pauses are not slept but added to the clock. Prints a line of JSON: the status and its
 * reason, which lines are put, the putter's counts, and the pauses.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kh/alloc.h"
#include "kinesis/put.h"

#define LINES 5000

/* Time, which passes when somebody sleeps. */
struct world {
    int64_t ahead_ms;
    size_t sleep_count;
};

static int64_t wall_ms(void *context)
{
    return kh_clock_wall_ms(kh_clock_system()) + ((struct world *)context)->ahead_ms;
}

/* Nothing but sleep takes time: then the rate is kept by pauses alone. */
static int64_t monotonic_ns(void *context)
{
    return ((struct world *)context)->ahead_ms * 1000000;
}

static void sleep_ms(void *context, int64_t milliseconds)
{
    struct world *world = context;

    world->ahead_ms += milliseconds;
    world->sleep_count++;
}

static double half(void *context)
{
    (void)context;
    return 0.5;
}

static size_t read_lines(struct kh_arena *arena, struct kh_put_record *records)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    size_t count = 0;

    while (count < LINES && (length = getline(&line, &room, stdin)) > 0) {
        struct kh_str text = kh_arena_copy(arena, (struct kh_str){ line, (size_t)length - 1 });
        const char *blank = memchr(text.data, ' ', text.length);
        size_t key = (size_t)(blank - text.data);

        records[count].partition_key = (struct kh_str){ text.data, key };
        records[count].data = (struct kh_str){ blank + 1, text.length - key - 1 };
        count++;
    }
    free(line);
    return count;
}

static enum kh_status write_int(struct kh_json_writer *out, const char *name, int64_t value)
{
    KH_TRY(kh_json_write_name(out, kh_str_from(name)));
    return kh_json_write_int64(out, value);
}

static enum kh_status write_result(struct kh_json_writer *out, const struct kh_error *error,
                                   const struct kh_putter *putter, const struct world *world,
                                   const struct kh_put_record *records, size_t count)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("status")));
    KH_TRY(kh_json_write_str(out, kh_str_from(kh_status_name(error->status))));
    KH_TRY(kh_json_write_name(out, KH_STR("reason")));
    KH_TRY(kh_json_write_str(out, kh_str_from(error->reason)));
    KH_TRY(kh_json_write_name(out, KH_STR("put")));
    KH_TRY(kh_json_write_array_begin(out));
    for (size_t i = 0; i < count; i++) {
        KH_TRY(kh_json_write_bool(out, records[i].is_put));
    }
    KH_TRY(kh_json_write_array_end(out));
    KH_TRY(write_int(out, "requests", (int64_t)putter->requests));
    KH_TRY(write_int(out, "refusals", (int64_t)putter->refusals));
    KH_TRY(write_int(out, "uncertain", (int64_t)putter->uncertain));
    KH_TRY(write_int(out, "sleeps", (int64_t)world->sleep_count));
    KH_TRY(write_int(out, "sleptMs", world->ahead_ms));
    KH_TRY(kh_json_write_object_end(out));
    return kh_json_write_newline(out);
}

int main(int argc, char **argv)
{
    static struct kh_put_record records[LINES];
    struct world world = { 0 };
    struct kh_clock clock = { wall_ms, wall_ms, monotonic_ns, &world };
    struct kh_aws_timing timing = { &clock, sleep_ms, half, &world };
    struct kh_kinesis_options options = { .timing = &timing };
    struct kh_putter putter = { 0 };
    struct kh_json_writer out;
    struct kh_arena arena;
    struct kh_error error;
    struct kh_call call = { .arena = &arena, .error = &error, .deadline_ms = INT64_MAX };
    size_t count;

    if (argc < 2) {
        return 2;
    }
    options.stream = argv[1];
    putter.rate = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    putter.patience_ms = argc > 3 ? strtol(argv[3], NULL, 10) : 60000;
    kh_error_clear(&error);
    kh_arena_init(&arena);
    kh_json_writer_init(&out);
    count = read_lines(&arena, records);
    if (kh_kinesis_stream_new(&options, &error, &putter.stream) == KH_OK &&
        kh_put(&putter, &call, records, count) != error.status) {
        return 1;
    }
    if (write_result(&out, &error, &putter, &world, records, count) == KH_OK) {
        struct kh_str text = kh_json_writer_text(&out);

        (void)fwrite(text.data, 1, text.length, stdout);
    }
    kh_json_writer_clean_up(&out);
    kh_kinesis_stream_destroy(putter.stream);
    kh_arena_clean_up(&arena);
    return 0;
}
