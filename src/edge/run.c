/*
 * The events of files through the handlers, in order, batch by batch. A record that has to be
 * retried ends it: what comes after it is counted only, for its order must not be broken.
 */
#include "edge/handling.h"
#include "edge/verbs.h"

static enum kh_status run_opened(struct kh_handling *run, struct kh_file *file,
                                 struct kh_error *error)
{
    struct kh_records records;

    do {
        kh_batch_reset(run->batch);
        KH_TRY(kh_file_next(file, run->startup.batch_size, kh_batch_arena(run->batch), error,
                            &records));
        KH_TRY(kh_handling_batch(run, &records, NULL, error));
        kh_progress_show(&run->progress, kh_file_done(file), kh_file_size(file),
                         run->summary.total.records);
    } while (records.count > 0);
    return KH_OK;
}

/* False when the file could not be read to its end. */
static bool run_file(struct kh_handling *run, const char *path)
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

static void run_files(struct kh_handling *run)
{
    for (size_t i = 0; i < run->options->file_count; i++) {
        if (run->failed) {
            kh_complain(run->options->files[i], "not read, because of what came before");
        } else if (!run_file(run, run->options->files[i])) {
            run->failed = true;
        }
    }
}

int kh_run(const struct kh_service *service, const struct kh_options *options)
{
    struct kh_handling run;
    int code = 1;

    if (kh_handling_start(&run, service, options) == KH_OK &&
        kh_handling_dead_letters(&run) == KH_OK && kh_handling_batches(&run) == KH_OK) {
        run_files(&run);
        code = kh_handling_end(&run);
    }
    kh_handling_clean_up(&run);
    return code;
}
