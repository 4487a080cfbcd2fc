/*
 * The walk through a batch.
 *
 * Records are applied one after the other to one unit of work, which is committed at the end. It is
 * committed earlier before a dead letter is written: what a handler refused was judged by changes that
 * must be real by then, and nothing before a dead letter is ever sent again. Dead letters are written
 * together, at the latest before anything behind them is committed. When a commit is refused,
 * the walk goes back to its first record and takes the same records in smaller units: half as many,
 * and half of that, in the end one by one; twice as many again after each that succeeds. So a record that
 * can't be committed costs its neighbours a few commits and nothing else.
 */
#include "flow/batch.h"

#include "kh/alloc.h"

#define MAX_ATTEMPTS 3

/* ---- How it ends --------------------------------------------------------------------------- */

/* The batch ends before this record: batch->error tells why. */
static void stop_at(struct kh_batch *batch, size_t index, enum kh_status status)
{
    batch->failed = index;
    batch->failure = batch->error;
    batch->runs[index].status = status;
    batch->runs[index].error = &batch->failure;
    batch->runs[index].violations = NULL; /* of a dead letter that could not be written */
}

/* The record at hand is settled without a commit; the next one has all its attempts. */
static void go_on(struct kh_batch *batch)
{
    batch->next++;
    batch->attempts = 0;
}

static bool is_stopped(const struct kh_batch *batch)
{
    return batch->failed < batch->count;
}

/* There is time for one more; the first record is always tried, or a batch might never get done. */
static bool may_start_next(struct kh_batch *batch)
{
    int64_t now = kh_clock_coarse_wall_ms(batch->options.clock);

    if (batch->next == 0 || now <= batch->context.deadline_ms - batch->options.reserve_ms) {
        return true;
    }
    kh_error_clear(&batch->error);
    (void)kh_fail(&batch->error, KH_DEADLINE, "%s", kh_status_text(KH_DEADLINE));
    return false;
}

static enum kh_verdict verdict_of(const struct kh_batch *batch, enum kh_status status)
{
    if (status == KH_NO_ROUTE && batch->options.unknown_is_error) {
        return KH_VERDICT_DEAD_LETTERED;
    }
    return kh_status_verdict(status);
}

/* ---- Dead letters -------------------------------------------------------------------------- */

static bool has_target(const struct kh_batch *batch, const struct kh__run *run)
{
    const struct kh_dead_letters *target = batch->options.dead_letters;

    if (target == NULL) {
        return false;
    }
    if (kh__dead_letter_would_return(target, run->record)) {
        KH_LOG(batch->log, KH_ERROR,
               "dead letters would go into the stream they come from, so none is written",
               KH_LOG_FIELD_STR("stream", target->arn));
        return false;
    }
    return true;
}

/*
 * Writes the dead letters that wait. False: the batch ends at the first of them, and nothing behind it has any
 * effect.
 */
static bool write_letters(struct kh_batch *batch)
{
    struct kh_dead_letters *target = batch->options.dead_letters;
    size_t count = batch->letter_count;
    enum kh_status status;

    if (count == 0) {
        return true;
    }
    batch->letter_count = 0;
    batch->letter_bytes = 0;
    kh_error_clear(&batch->error);
    status = target->ops->write(target, batch->letters, count, batch->context.deadline_ms,
                                &batch->error);
    if (status == KH_OK) {
        return true;
    }
    (void)kh_fail(&batch->error, status, "the dead letter could not be written: %s",
                  kh_status_text(status));
    kh__unit_reset(&batch->unit);
    stop_at(batch, batch->first_letter, status);
    return false;
}

/* The entry waits to be written with others. */
static enum kh_status keep_letter(struct kh_batch *batch, const struct kh__run *run)
{
    struct kh_dead_letter *letter;
    struct kh_str text;
    bool is_cut;

    KH_TRY(kh__dead_letter_write(&batch->writer, run, batch->options.service->name,
                                 kh_clock_wall_ms(batch->options.clock),
                                 batch->options.dead_letters->max_length, &batch->arena, &is_cut));
    if (is_cut) {
        kh__dead_letter_warn(run, batch->log);
    }
    text = kh_arena_copy(&batch->arena, kh_json_writer_text(&batch->writer));
    if (text.data == NULL) {
        return KH_NO_MEMORY;
    }
    if (batch->letter_count == 0) {
        batch->first_letter = batch->next;
    }
    letter = &batch->letters[batch->letter_count++];
    letter->text = text;
    letter->key = kh__dead_letter_key(run);
    batch->letter_bytes += text.length;
    return KH_OK;
}

/* The record at hand can never succeed. Nothing is pending. */
static void set_aside(struct kh_batch *batch, enum kh_status status)
{
    struct kh__run *run = &batch->runs[batch->next];
    enum kh_status written = kh__run_explain(batch, run, status);

    run->status = status;
    run->verdict = KH_VERDICT_DEAD_LETTERED;
    if (written == KH_OK && !batch->options.validate_only) {
        if (!has_target(batch, run)) {
            /* Reported as failed, with the record's own status and reason. */
            batch->failed = batch->next;
            return;
        }
        kh_error_clear(&batch->error);
        written = keep_letter(batch, run);
    }
    if (written != KH_OK) {
        (void)kh_fail(&batch->error, written, "the dead letter could not be written: %s",
                      kh_status_text(written));
        stop_at(batch, batch->next, written);
        return;
    }
    go_on(batch);
    if (batch->letter_count == KH__LETTERS_TOGETHER || batch->letter_bytes >= KH__LETTER_BYTES) {
        (void)write_letters(batch);
    }
}

/* ---- Commits ------------------------------------------------------------------------------- */

enum outcome_of_commit { COMMITTED, GONE_BACK, GIVEN_UP };

/* Back to the first record that is not committed; none of the changes since are. */
static void go_back(struct kh_batch *batch)
{
    size_t end = batch->next < batch->count ? batch->next + 1 : batch->count;

    for (size_t i = batch->first_pending; i < end; i++) {
        batch->runs[i].status = KH_NOT_STARTED;
        batch->runs[i].is_asked = false;
    }
    batch->next = batch->first_pending;
    batch->prepared = batch->next; /* their structs may be gone */
    batch->fetched = batch->next;
    batch->failed = batch->count;
}

/* The commit of one record alone failed. */
static enum outcome_of_commit retry_alone(struct kh_batch *batch, enum kh_status status)
{
    if (status != KH_CONFLICT) {
        set_aside(batch, status);
        return is_stopped(batch) ? GIVEN_UP : GONE_BACK;
    }
    batch->attempts++;
    if (batch->attempts < MAX_ATTEMPTS) {
        return GONE_BACK;
    }
    stop_at(batch, batch->next, status);
    return GIVEN_UP;
}

/* A commit succeeded. */
static void committed(struct kh_batch *batch)
{
    batch->attempts = 0;
    if (batch->next >= batch->careful_until) {
        batch->unit_limit = SIZE_MAX;
    } else if (batch->unit_limit <= SIZE_MAX / 2) {
        batch->unit_limit *= 2;
    }
    if (batch->options.store->ops->is_remote) {
        /* Rows are fetched for a unit; the next one begins. */
        batch->fetched = batch->next;
    }
}

/* A unit of `count` records, which end before `end`, could not be fetched or committed. */
static void be_careful(struct kh_batch *batch, size_t count, size_t end, enum kh_status status)
{
    KH_LOG(batch->log, KH_INFO, "a unit of work failed, its records are taken in smaller units",
           KH_LOG_FIELD_STR("status", kh_str_from(kh_status_name(status))),
           KH_LOG_FIELD_STR("reason", kh_str_from(batch->error.reason)),
           KH_LOG_FIELD_INT("records", (int64_t)count));
    batch->unit_limit = count / 2;
    if (batch->careful_until < end) {
        batch->careful_until = end;
    }
    batch->attempts = 0;
}

/*
 * Commits what is pending. GONE_BACK: the walk is to go on from batch->next, which is an earlier
 * record. GIVEN_UP: the batch ends there.
 */
static enum outcome_of_commit commit_pending(struct kh_batch *batch)
{
    size_t count = batch->unit.mark_count;
    size_t end = batch->next;
    enum kh_status status;

    if (count == 0) {
        return COMMITTED;
    }
    if (!write_letters(batch)) {
        return GIVEN_UP;
    }
    kh_error_clear(&batch->error);
    kh__run_bind(batch, NULL);
    status = kh__unit_commit(&batch->context);
    kh__unit_reset(&batch->unit);
    if (status == KH_OK) {
        committed(batch);
        return COMMITTED;
    }
    (void)kh_fail(&batch->error, status, "%s", kh_status_text(status));
    go_back(batch);
    if (status != KH_CONFLICT && verdict_of(batch, status) == KH_VERDICT_RETRY) {
        stop_at(batch, batch->next, status);
        return GIVEN_UP;
    }
    if (count == 1) {
        return retry_alone(batch, status);
    }
    be_careful(batch, count, end, status);
    return GONE_BACK;
}

/* ---- The walk ------------------------------------------------------------------------------ */

/* The record at hand was judged to be one that can never succeed. */
static void refuse(struct kh_batch *batch, enum kh_status status)
{
    struct kh__run *run = &batch->runs[batch->next];
    struct kh_error why = batch->error;
    enum kh_status again;

    if (commit_pending(batch) != COMMITTED) {
        return;
    }
    kh_error_clear(&batch->error);
    again = kh__run_check_again(batch, run);
    if (again == KH_OK) {
        batch->error = why;
        set_aside(batch, status);
    } else if (again == KH_DUPLICATE) {
        run->status = again;
        run->verdict = KH_VERDICT_DONE;
        go_on(batch);
    } else {
        (void)kh_fail(&batch->error, again, "%s", kh_status_text(again));
        stop_at(batch, batch->next, again);
    }
}

/* Takes the record at batch->next. */
static void step(struct kh_batch *batch)
{
    struct kh__run *run = &batch->runs[batch->next];
    bool nothing_pending = batch->unit.mark_count == 0;
    enum kh_status status;
    enum kh_verdict verdict;

    if (!may_start_next(batch)) {
        stop_at(batch, batch->next, KH_DEADLINE);
        return;
    }
    status = kh__run_process(batch, run);
    if (batch->unit.is_full) {
        /* Once more when the others are committed. */
        (void)commit_pending(batch);
        return;
    }
    verdict = verdict_of(batch, status);
    if (verdict == KH_VERDICT_RETRY) {
        stop_at(batch, batch->next, status);
        return;
    }
    if (verdict == KH_VERDICT_DEAD_LETTERED) {
        refuse(batch, status);
        return;
    }
    run->status = status;
    run->verdict = verdict;
    if (status == KH_OK && nothing_pending) {
        batch->first_pending = batch->next;
    }
    if (status != KH_OK) {
        go_on(batch);
        return;
    }
    batch->next++;
    if (batch->unit.mark_count >= batch->unit_limit) {
        (void)commit_pending(batch);
    }
}

/* Reads the next records. */
static void prepare(struct kh_batch *batch)
{
    enum kh_status status;

    kh_error_clear(&batch->error);
    status = kh__runs_prepare(batch);
    if (status != KH_OK) {
        (void)kh_fail(&batch->error, status, "%s", kh_status_text(status));
        stop_at(batch, batch->next, status);
    }
}

/* The row that the record at hand concerns can't be used. */
static void set_aside_unfetched(struct kh_batch *batch, enum kh_status status)
{
    struct kh_error why = batch->error;

    if (commit_pending(batch) == COMMITTED) {
        batch->error = why;
        batch->runs[batch->next].is_decoded = true; /* or it would not have been asked for */
        kh__run_bind(batch, &batch->runs[batch->next]);
        set_aside(batch, status);
    }
}

/* Asks the store what the next records need. A row that can't be used must not cost the others theirs. */
static void fetch(struct kh_batch *batch)
{
    enum kh_status status;

    kh_error_clear(&batch->error);
    status = kh__runs_fetch(batch);
    if (status == KH_OK) {
        return;
    }
    (void)kh_fail(&batch->error, status, "%s", kh_status_text(status));
    if (verdict_of(batch, status) != KH_VERDICT_DEAD_LETTERED) {
        stop_at(batch, batch->next, status);
    } else if (batch->fetched - batch->next > 1) {
        be_careful(batch, batch->fetched - batch->next, batch->fetched, status);
        batch->fetched = batch->next;
    } else {
        set_aside_unfetched(batch, status);
    }
}

static void walk(struct kh_batch *batch)
{
    do {
        while (!is_stopped(batch) && batch->next < batch->count) {
            if (batch->next >= batch->prepared) {
                prepare(batch);
            } else if (batch->next >= batch->fetched) {
                fetch(batch);
            } else {
                step(batch);
            }
        }
    } while (commit_pending(batch) == GONE_BACK);
    (void)write_letters(batch);
}

/* ---- A batch ------------------------------------------------------------------------------- */

static enum kh_status make_runs(struct kh_batch *batch, const struct kh_record *records,
                                size_t count)
{
    batch->count = count;
    batch->runs = kh_arena_alloc(&batch->arena, count * sizeof *batch->runs);
    if (batch->runs == NULL) {
        return KH_NO_MEMORY;
    }
    memset(batch->runs, 0, count * sizeof *batch->runs);
    for (size_t i = 0; i < count; i++) {
        batch->runs[i].record = &records[i];
        batch->runs[i].status = KH_NOT_STARTED;
    }
    return KH_OK;
}

static void begin(struct kh_batch *batch, int64_t deadline_ms, struct kh_log log)
{
    batch->scope = log.scope == NULL ? (struct kh_log_scope){ 0 } : *log.scope;
    log.scope = &batch->scope;
    batch->log = kh_log_named(log, "batch");
    kh_error_clear(&batch->error);
    batch->context = (struct kh_context){ .arena = &batch->arena,
                                          .error = &batch->error,
                                          .log = kh_log_named(log, "handlers"),
                                          .unit = &batch->unit,
                                          .settings = batch->options.settings,
                                          .clock = batch->options.clock,
                                          .deadline_ms = deadline_ms };
    kh__names_init(&batch->ids, &batch->arena, kh__run_is);
    batch->prepared = 0;
    batch->fetched = 0;
    batch->next = 0;
    batch->first_pending = 0;
    batch->unit_limit = SIZE_MAX;
    batch->careful_until = 0;
    batch->attempts = 0;
    batch->failed = batch->count;
    batch->letter_count = 0;
    batch->letter_bytes = 0;
    kh__run_bind(batch, NULL);
}

enum kh_status kh_batch_run(struct kh_batch *batch, const struct kh_record *records, size_t count,
                            int64_t deadline_ms, struct kh_log log,
                            const struct kh_batch_observer *observer,
                            struct kh_batch_result *result)
{
    *result = (struct kh_batch_result){ .records = count, .failed_status = KH_OK };
    if (count == 0) {
        return KH_OK;
    }
    KH_TRY(make_runs(batch, records, count));
    KH_TRY(kh__unit_init(&batch->unit, &batch->arena, batch->options.store,
                         batch->options.ignores_ids, count));
    begin(batch, deadline_ms, log);
    walk(batch);
    kh__batch_report(batch, observer, result);
    return KH_OK;
}

struct kh_batch *kh_batch_new(const struct kh_batch_options *options)
{
    struct kh_batch *batch = kh_calloc(1, sizeof *batch);

    if (batch != NULL) {
        batch->options = *options;
        kh_arena_init(&batch->arena);
        kh_arena_init(&batch->rooms);
        kh_json_writer_init(&batch->writer);
    }
    return batch;
}

void kh_batch_destroy(struct kh_batch *batch)
{
    if (batch != NULL) {
        kh_json_writer_clean_up(&batch->writer);
        kh_arena_clean_up(&batch->arena);
        kh_arena_clean_up(&batch->rooms);
        kh_free(batch);
    }
}

struct kh_arena *kh_batch_arena(struct kh_batch *batch)
{
    return &batch->arena;
}

void kh_batch_reset(struct kh_batch *batch)
{
    kh_arena_reset(&batch->arena);
}
