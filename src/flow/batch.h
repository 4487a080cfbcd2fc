/*
 * A batch while it is processed. batch.c walks the records and commits, run.c takes one record through
 * decoding and its handler, violations.c says all that is wrong with one, dead_letter.c writes it
 * down, report.c tells the end of it.
 */
#ifndef KH_FLOW_BATCH_H
#define KH_FLOW_BATCH_H

#include "flow/message.h"
#include "flow/unit.h"
#include "kh/batch.h"

/*
 * So many dead letters wait for each other at most, and so many bytes; one write of them costs a target little
 * more than one of one.
 */
#define KH__LETTERS_TOGETHER 100
#define KH__LETTER_BYTES ((size_t)1 << 20)

/* One record on its way. */
struct kh__run {
    const struct kh_record *record;
    enum kh_status status; /* KH_NOT_STARTED; KH_OK: applied, for good once it is committed */
    enum kh_verdict verdict;
    struct kh__message message;
    uint64_t id_hash;              /* of the event's id, if the event needs a mark */
    const struct kh__run *same_id; /* the last record before this one with the same event id */
    struct kh__unit_row *home; /* that the event concerns, if the store is remote; of this unit */
    bool is_read;              /* the envelope, all of the above but these three */
    bool is_linked;            /* to the records with the same event id */
    bool is_asked;             /* the store said whether the event is marked */
    bool is_marked;
    bool is_first;   /* none before this one with the same event id was applied */
    bool is_decoded; /* what fails now is not the schema's doing */

    const struct kh_error *error; /* of a failure */
    const struct kh_violations *violations;
    struct kh_str violations_text; /* what offsets count in */
    struct kh_str pointer_prefix;
};

struct kh_batch {
    struct kh_batch_options options;
    struct kh_arena arena;
    struct kh_arena rooms; /* of the structs of the messages that are prepared together */
    struct kh_json_writer
        writer; /* for dead letters; kept, so that steady state allocates nothing */
    struct kh_unit unit;

    /* Of the batch that is run now. */
    struct kh_context
        context;             /* handlers get this one; its error is `error`, its log has `scope` */
    struct kh_error error;   /* of the record being processed */
    struct kh_error failure; /* of the record that ends the batch */
    struct kh_log_scope scope; /* what is bound; the event's part changes from record to record */
    struct kh_log log;         /* the same, with the component's name */
    struct kh__run *runs;
    size_t count;
    size_t prepared;      /* so many of them are read */
    size_t fetched;       /* and for so many the store was asked what they need */
    struct kh__names ids; /* of their events: the last run of each */
    size_t next;          /* the record at hand */
    size_t first_pending; /* the first of those not committed yet, if any is */
    size_t unit_limit;    /* so many records are committed together */
    size_t careful_until; /* the limit is for records before this one */
    unsigned attempts;    /* to commit the record at hand on its own */
    size_t failed;        /* the first to be retried; `count` if there is none */

    /* Dead letters that wait to be written together; their texts are in the arena. */
    struct kh_dead_letter letters[KH__LETTERS_TOGETHER];
    size_t letter_count;
    size_t letter_bytes;
    size_t first_letter; /* the record of the first of them */
};

/* ---- run.c: one record ---- */

/* Whether the run (`value`) is of the event with this id. */
bool kh__run_is(const void *value, const void *space, struct kh_str id);

/*
 * Records that are read together, and then asked for in one fetch: so few that what was read is still in
 * the cache when the handlers come to it.
 */
#define KH__PREPARED_TOGETHER KH__FETCHED_TOGETHER

/* Reads the next records, from batch->next on. */
enum kh_status kh__runs_prepare(struct kh_batch *batch) KH_MUST_USE;

/*
 * Asks the store for the marks of the next events, from batch->next on, and for the rows they concern
 * if it is remote. Of prepared records, and no more of them than are committed together: up to
 * batch->fetched, which is set on failure too.
 */
enum kh_status kh__runs_fetch(struct kh_batch *batch) KH_MUST_USE;

/* Binds the record's event to all logging; NULL unbinds. */
void kh__run_bind(struct kh_batch *batch, const struct kh__run *run);

/*
 * Decode, check, handle; its changes are pending afterwards if KH_OK comes back, otherwise there are
 * none. batch->error tells why not.
 */
enum kh_status kh__run_process(struct kh_batch *batch, struct kh__run *run) KH_MUST_USE;

/*
 * For a record that its handler refused: KH_DUPLICATE if the event has been applied since the marks
 * were asked for, by an invocation that ran on after its time; its own changes are no reason to set
 * it aside. Nothing is pending.
 */
enum kh_status kh__run_check_again(struct kh_batch *batch, struct kh__run *run) KH_MUST_USE;

/* A cursor over the payload, whose offsets count in *text; *prefix goes before its pointers. */
void kh__run_payload(const struct kh__run *run, struct kh_arena *arena, struct kh_error *error,
                     struct kh_json *in, struct kh_str *text, struct kh_str *prefix);

/* ---- violations.c ---- */

/*
 * Keeps the error of a record that can never succeed, and lists every violation if it was refused by
 * its schema: by reading it a second time. KH_NO_MEMORY.
 */
enum kh_status kh__run_explain(struct kh_batch *batch, struct kh__run *run,
                               enum kh_status status) KH_MUST_USE;

/* The JSON pointer of a violation, or of the error itself (NULL); in the arena. KH_NO_MEMORY. */
enum kh_status kh__run_pointer(const struct kh__run *run, const struct kh_violation *violation,
                               struct kh_arena *arena, struct kh_str *pointer) KH_MUST_USE;

/* ---- dead_letter.c ---- */

/*
 * The entry as docs/dead-letters.md describes it, in place of what `out` held. One that is longer than
 * `max_length` (0: any length) comes without `data`, and if that is not enough, with nothing but reason
 * and provenance: *is_cut then. KH_TOO_LARGE if even that is too long; KH_NO_MEMORY.
 */
enum kh_status kh__dead_letter_write(struct kh_json_writer *out, const struct kh__run *run,
                                     const char *service, int64_t now_ms, size_t max_length,
                                     struct kh_arena *arena, bool *is_cut) KH_MUST_USE;

/* Logs that the entry of this record was cut. */
void kh__dead_letter_warn(const struct kh__run *run, struct kh_log log);

/* Entries of records with the same key stay in order. */
struct kh_str kh__dead_letter_key(const struct kh__run *run);

/* Whether the target is the stream that the record came from: it would come again, and again. */
bool kh__dead_letter_would_return(const struct kh_dead_letters *target,
                                  const struct kh_record *record);

/* ---- report.c ---- */

/* Counts, logs and hands out what became of each record, in order. */
void kh__batch_report(struct kh_batch *batch, const struct kh_batch_observer *observer,
                      struct kh_batch_result *result);

#endif
