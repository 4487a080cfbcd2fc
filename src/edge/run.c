/*
 * The events of files through the handlers, in order, batch by batch. A record that has to be
 * retried ends it: what comes after it is counted only, for its order must not be broken.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "edge/dump.h"
#include "edge/progress.h"
#include "edge/summary.h"
#include "edge/verbs.h"
#include "kh/open.h"
#include "kh/source.h"

#define DEAD_LETTERS "dead-letters.ndjson"

struct run {
    struct kh_startup startup;
    const struct kh_options *options;
    struct kh_opener *opener;
    struct kh_batch *batch;
    struct kh_summary summary;
    struct kh_progress progress;
    bool failed; /* a file could not be read to its end, or nothing more could be done */
};

/* ---- Files ------------------------------------------------------------------------------ */

static void add_outcome(void *context, const struct kh_outcome *outcome)
{
    kh_summary_add(context, outcome);
}

static void run_batch(struct run *run, const struct kh_records *records)
{
    const struct kh_batch_observer observer = { add_outcome, &run->summary };
    struct kh_batch_result result;

    if (run->summary.total.retry > 0) {
        kh_summary_add_not_started(&run->summary, records->count);
        return;
    }
    if (kh_batch_run(run->batch, records->items, records->count, INT64_MAX,
                     kh_log_named(run->startup.log, "run"), &observer, &result) != KH_OK) {
        kh_complain(NULL, "out of memory");
        kh_summary_add_not_started(&run->summary, records->count);
        run->failed = true;
    }
}

static enum kh_status run_opened(struct run *run, struct kh_file *file, struct kh_error *error)
{
    struct kh_records records;

    do {
        kh_batch_reset(run->batch);
        KH_TRY(kh_file_next(file, run->startup.batch_size, kh_batch_arena(run->batch), error,
                            &records));
        KH_TRY(kh_open(run->opener, kh_batch_arena(run->batch), error, &records));
        run_batch(run, &records);
        kh_progress_show(&run->progress, kh_file_done(file), kh_file_size(file),
                         run->summary.total.records);
    } while (records.count > 0);
    return KH_OK;
}

/* False when the file could not be read to its end. */
static bool run_file(struct run *run, const char *path)
{
    struct kh_file *file = NULL;
    struct kh_error error;
    enum kh_status status;

    kh_error_clear(&error);
    status = kh_file_open(path, &error, &file);
    if (status == KH_OK) {
        status = run_opened(run, file, &error);
    }
    kh_file_close(file);
    if (status != KH_OK) {
        kh_progress_end(&run->progress);
        kh_complain(path, error.reason);
    }
    return status == KH_OK;
}

static void run_files(struct run *run)
{
    const struct kh_clock *clock = run->startup.options.clock;
    int64_t begin_ns = kh_clock_monotonic_ns(clock);

    for (size_t i = 0; i < run->options->file_count; i++) {
        if (run->failed) {
            kh_complain(run->options->files[i], "not read, because of what came before");
        } else if (!run_file(run, run->options->files[i])) {
            run->failed = true;
        }
    }
    kh_progress_end(&run->progress);
    run->summary.seconds = (double)(kh_clock_monotonic_ns(clock) - begin_ns) / 1e9;
}

/* ---- What is said afterwards ------------------------------------------------------------ */

static bool print_json(const struct run *run)
{
    struct kh_json_writer out;
    enum kh_status status;

    kh_json_writer_init(&out);
    status = kh_summary_write(&run->summary, &out);
    if (status == KH_OK) {
        struct kh_str text = kh_json_writer_text(&out);

        (void)fwrite(text.data, 1, text.length, stdout);
    }
    kh_json_writer_clean_up(&out);
    return status == KH_OK;
}

static bool print_entities(const struct run *run)
{
    struct kh_error error;

    kh_error_clear(&error);
    if (kh_dump(run->startup.service, run->startup.options.store, run->startup.log, stdout,
                &error) != KH_OK) {
        kh_complain("--dump", error.reason);
        return false;
    }
    return true;
}

static bool report(const struct run *run)
{
    bool fine = true;

    if (run->options->json) {
        fine = print_json(run);
    } else {
        kh_summary_print(&run->summary, run->options->dump ? stderr : stdout);
    }
    if (run->options->dump) {
        fine = print_entities(run);
    }
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        kh_complain("standard output", strerror(errno));
        return false;
    }
    return fine;
}

/* ---- Beginning and end ------------------------------------------------------------------ */

/* Events read from the file that their dead letters are added to would never come to an end. */
static enum kh_status refuse_own_dead_letters(const struct run *run)
{
    struct stat target;

    if (stat(run->summary.dead_letters, &target) != 0) {
        return KH_OK;
    }
    for (size_t i = 0; i < run->options->file_count; i++) {
        const char *path = run->options->files[i];
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

/* From the command line, the setting, or a file in the current directory. */
static enum kh_status open_dead_letters(struct run *run)
{
    const char *target = run->options->dead_letters;
    struct kh_error error;

    kh_error_clear(&error);
    if (target == NULL) {
        target = kh_startup_text(&run->startup, "DEAD_LETTER");
    }
    if (target == NULL || target[0] == '\0') {
        target = DEAD_LETTERS;
    }
    if (kh_startup_dead_letters(&run->startup, target, &error, &run->summary.dead_letters) !=
        KH_OK) {
        kh_complain(NULL, error.reason);
        return error.status;
    }
    return refuse_own_dead_letters(run);
}

static int run_all(struct run *run)
{
    bool fine;

    if (open_dead_letters(run) != KH_OK) {
        return 1;
    }
    run->opener = kh_opener_new(&run->startup.opening);
    run->batch = kh_batch_new(&run->startup.options);
    if (run->opener == NULL || run->batch == NULL) {
        kh_complain(NULL, "out of memory");
        return 1;
    }
    run_files(run);
    fine = report(run);
    return fine && !run->failed && run->summary.total.retry == 0 ? 0 : 1;
}

int kh_run(const struct kh_service *service, const struct kh_options *options)
{
    struct run run = { .options = options };
    int code = 1;

    kh_summary_init(&run.summary);
    if (kh_verb_start(&run.startup, service, options) == KH_OK &&
        kh_verb_store(&run.startup) == KH_OK) {
        run.startup.options.reserve_ms = 0;
        kh_progress_init(&run.progress, run.startup.options.clock);
        code = run_all(&run);
    }
    kh_opener_destroy(run.opener);
    if (run.batch != NULL) {
        kh_batch_destroy(run.batch);
    }
    kh_startup_clean_up(&run.startup);
    kh_summary_clean_up(&run.summary);
    return code;
}
