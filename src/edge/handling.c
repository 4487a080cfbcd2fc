/* The store, the target for dead letters, the batches, and what is told of them. */
#include "edge/handling.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "edge/dump.h"
#include "edge/verbs.h"

#define DEAD_LETTERS "dead-letters.ndjson"

/* ---- Batches ---------------------------------------------------------------------------- */

/* Counts, and passes on. */
struct counting {
    struct kh_handling *handling;
    const struct kh_batch_observer *observer;
};

static void add_outcome(void *context, const struct kh_outcome *outcome)
{
    const struct counting *counting = context;

    kh_summary_add(&counting->handling->summary, outcome);
    if (counting->observer != NULL) {
        counting->observer->outcome(counting->observer->context, outcome);
    }
}

enum kh_status kh_handling_batch(struct kh_handling *handling, struct kh_records *records,
                                 const struct kh_batch_observer *observer, struct kh_error *error)
{
    struct counting counting = { handling, observer };
    const struct kh_batch_observer counter = { add_outcome, &counting };
    struct kh_batch_result result;

    KH_TRY(kh_open(handling->opener, kh_batch_arena(handling->batch), error, records));
    if (kh_handling_is_stopped(handling)) {
        kh_summary_add_not_started(&handling->summary, records->count);
        return KH_OK;
    }
    if (kh_batch_run(handling->batch, records->items, records->count, INT64_MAX,
                     kh_log_named(handling->startup.log, "run"), &counter, &result) != KH_OK) {
        kh_summary_add_not_started(&handling->summary, records->count);
        return kh_fail(error, KH_NO_MEMORY, "out of memory");
    }
    return KH_OK;
}

/* ---- What is said afterwards ------------------------------------------------------------ */

static bool print_json(const struct kh_handling *handling)
{
    struct kh_json_writer out;
    enum kh_status status;

    kh_json_writer_init(&out);
    status = kh_summary_write(&handling->summary, &out);
    if (status == KH_OK) {
        struct kh_str text = kh_json_writer_text(&out);

        (void)fwrite(text.data, 1, text.length, stdout);
    }
    kh_json_writer_clean_up(&out);
    return status == KH_OK;
}

static bool print_entities(const struct kh_handling *handling)
{
    struct kh_error error;

    kh_error_clear(&error);
    if (kh_dump(handling->startup.service, handling->startup.options.store, handling->startup.log,
                stdout, &error) != KH_OK) {
        kh_complain("--dump", error.reason);
        return false;
    }
    return true;
}

static bool report(const struct kh_handling *handling)
{
    bool fine = true;

    if (handling->options->json) {
        fine = print_json(handling);
    } else {
        kh_summary_print(&handling->summary, handling->options->dump ? stderr : stdout);
    }
    if (handling->options->dump) {
        fine = print_entities(handling);
    }
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        kh_complain("standard output", strerror(errno));
        return false;
    }
    return fine;
}

int kh_handling_end(struct kh_handling *handling)
{
    const struct kh_clock *clock = handling->startup.options.clock;
    bool fine;

    kh_progress_end(&handling->progress);
    handling->summary.seconds = (double)(kh_clock_monotonic_ns(clock) - handling->begin_ns) / 1e9;
    fine = report(handling);
    return fine && !handling->failed && !kh_handling_is_stopped(handling) ? 0 : 1;
}

/* ---- Beginning and end ------------------------------------------------------------------ */

/* A source of `replay` may have its kind in front. */
static const char *path_of(const char *file)
{
    return strncmp(file, "file:", 5) == 0 ? file + 5 : file;
}

/* Events read from the file that their dead letters are added to would never come to an end. */
static enum kh_status refuse_own_dead_letters(const struct kh_handling *handling)
{
    struct stat target;

    if (stat(handling->summary.dead_letters, &target) != 0) {
        return KH_OK;
    }
    for (size_t i = 0; i < handling->options->file_count; i++) {
        const char *path = path_of(handling->options->files[i]);
        struct stat file;
        bool known =
            strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &file) == 0 : stat(path, &file) == 0;

        if (known && file.st_dev == target.st_dev && file.st_ino == target.st_ino) {
            kh_complain(path, "dead letters are written to this file, so it can't be read as well; "
                              "name another one with --dead-letters");
            return KH_USAGE;
        }
    }
    return KH_OK;
}

enum kh_status kh_handling_dead_letters(struct kh_handling *handling)
{
    const char *target = handling->options->dead_letters;
    struct kh_error error;

    kh_error_clear(&error);
    if (target == NULL) {
        target = kh_startup_text(&handling->startup, "DEAD_LETTER");
    }
    if (target == NULL || target[0] == '\0') {
        target = DEAD_LETTERS;
    }
    if (kh_startup_dead_letters(&handling->startup, target, &error,
                                &handling->summary.dead_letters) != KH_OK) {
        kh_complain(NULL, error.reason);
        return error.status;
    }
    return refuse_own_dead_letters(handling);
}

enum kh_status kh_handling_start(struct kh_handling *handling, const struct kh_service *service,
                                 const struct kh_options *options)
{
    *handling = (struct kh_handling){ .options = options };
    kh_summary_init(&handling->summary);
    KH_TRY(kh_verb_start(&handling->startup, service, options));
    KH_TRY(kh_verb_store(&handling->startup));
    handling->startup.options.reserve_ms = 0;
    kh_progress_init(&handling->progress, handling->startup.options.clock);
    handling->begin_ns = kh_clock_monotonic_ns(handling->startup.options.clock);
    return KH_OK;
}

enum kh_status kh_handling_batches(struct kh_handling *handling)
{
    handling->opener = kh_opener_new(&handling->startup.opening);
    handling->batch = kh_batch_new(&handling->startup.options);
    if (handling->opener == NULL || handling->batch == NULL) {
        kh_complain(NULL, "out of memory");
        return KH_NO_MEMORY;
    }
    return KH_OK;
}

void kh_handling_clean_up(struct kh_handling *handling)
{
    kh_opener_destroy(handling->opener);
    if (handling->batch != NULL) {
        kh_batch_destroy(handling->batch);
    }
    kh_startup_clean_up(&handling->startup);
    kh_summary_clean_up(&handling->summary);
}
