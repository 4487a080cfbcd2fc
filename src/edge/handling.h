/* Records of any source through the handlers, counted, and told at the end: what `run` and `replay` share. */
#ifndef KH_HANDLING_H
#define KH_HANDLING_H

#include "edge/options.h"
#include "edge/progress.h"
#include "edge/startup.h"
#include "edge/summary.h"
#include "kh/open.h"
#include "kh/source.h"

struct kh_handling {
    struct kh_startup startup;
    const struct kh_options *options;
    struct kh_opener *opener;
    struct kh_batch *batch;
    struct kh_summary summary;
    struct kh_progress progress;
    int64_t begin_ns;
    bool failed; /* a source could not be read to its end, or nothing more could be done */
};

/*
 * Settings and store. Says on standard error what is wrong. To be cleaned up whatever this
 * returned; the struct must stay where it is.
 */
enum kh_status kh_handling_start(struct kh_handling *handling, const struct kh_service *service,
                                 const struct kh_options *options) KH_MUST_USE;
void kh_handling_clean_up(struct kh_handling *handling);

/*
 * Opens the target for dead letters: of the command line, the setting, or a file in the current directory. Says on
 * standard error what is wrong: it may be none of the files that are read.
 */
enum kh_status kh_handling_dead_letters(struct kh_handling *handling) KH_MUST_USE;

/* Memory for batches, once the target is known (startup.options.dead_letters). Says when there is none. */
enum kh_status kh_handling_batches(struct kh_handling *handling) KH_MUST_USE;

/*
 * Records as a source delivered them, in the arena of the batch, are opened and handled. Once one has to be
 * retried, what comes is counted only, for the order must not be broken. `observer` may be NULL. KH_NO_MEMORY.
 */
enum kh_status kh_handling_batch(struct kh_handling *handling, struct kh_records *records,
                                 const struct kh_batch_observer *observer,
                                 struct kh_error *error) KH_MUST_USE;

/* A record has to be retried: nothing more will be handled. */
static inline bool kh_handling_is_stopped(const struct kh_handling *handling)
{
    return handling->summary.total.retry > 0;
}

/* Tells what became of them. The exit code. */
int kh_handling_end(struct kh_handling *handling);

#endif
