/*
 * A batch of records through the service: decode, check, handle, commit, and say truthfully what
 * became of each record.
 */
#ifndef KH_BATCH_H
#define KH_BATCH_H

#include <stdint.h>

#include "kh/clock.h"
#include "kh/dead_letter.h"
#include "kh/log.h"
#include "kh/record.h"
#include "kh/service.h"
#include "kh/store.h"

/* What does not change between batches. All borrowed; may be shared by several threads. */
struct kh_batch_options {
    const struct kh_service *service;
    const void *settings; /* the generated struct settings, for handlers */
    struct kh_store *store;
    struct kh_dead_letters *dead_letters; /* NULL: what can never succeed is reported as failed */
    const struct kh_clock *clock;
    int64_t reserve_ms;     /* no record is started with less time left than this (but the first) */
    bool unknown_is_error;  /* an event type without schema is dead-lettered, not skipped */
    bool ignores_ids;       /* an event that comes again is applied again: no marks are kept */
    bool validate_only;     /* decode and check, call no handler, change nothing */
    size_t max_record_size; /* larger ones are KH_TOO_LARGE */
};

/* What became of one record; handed out in the batch's order. */
struct kh_outcome {
    const struct kh_record *record;
    struct kh_event event; /* empty strings where the envelope could not be read */
    enum kh_status status;
    enum kh_verdict verdict;      /* may be KH_VERDICT_RETRY for a dead letter that has no target */
    const struct kh_error *error; /* of a failure */
    const struct kh_violations *violations; /* of KH_INVALID, all of them; else NULL */
    struct kh_str violations_text;          /* the text their offsets count in */
    struct kh_str
        pointer_prefix; /* of the pointers in that text, "" or for instance "/data_base64" */
};

struct kh_batch_observer {
    void (*outcome)(void *context, const struct kh_outcome *outcome);
    void *context;
};

/* records = done + duplicate + skipped + dead_lettered + retry */
struct kh_batch_result {
    size_t records;
    size_t done;
    size_t duplicate;
    size_t skipped;
    size_t dead_lettered;
    size_t retry;                   /* the one that failed and all after it */
    const struct kh_record *failed; /* the first record to retry; NULL: none */
    enum kh_status failed_status;
};

struct kh_batch;

/* Memory for batches, used again and again; one per thread. NULL when memory is short. */
struct kh_batch *kh_batch_new(const struct kh_batch_options *options);
void kh_batch_destroy(struct kh_batch *batch);

/* The arena of the batch: sources put their records here; emptied by kh_batch_reset only. */
struct kh_arena *kh_batch_arena(struct kh_batch *batch);
void kh_batch_reset(struct kh_batch *batch);

/*
 * Processes the records in order and commits. Every effect of the records counted as done is in the
 * store when this returns; of all others there is none, but for the case that the store's answer to a
 * commit got lost: then its records are to be retried, and turn out to be duplicates. `observer` may be NULL. `log` has the
 * invocation bound. Failures of records are in the result; the return value is only ever KH_OK, or
 * KH_NO_MEMORY when not even a result could be made (then nothing was applied).
 */
enum kh_status kh_batch_run(struct kh_batch *batch, const struct kh_record *records, size_t count,
                            int64_t deadline_ms, struct kh_log log,
                            const struct kh_batch_observer *observer,
                            struct kh_batch_result *result) KH_MUST_USE;

#endif
