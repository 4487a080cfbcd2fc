/* What became of the records of a run: counts by event type, and the reasons of dead letters. */
#ifndef KH_SUMMARY_H
#define KH_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kh/arena.h"
#include "kh/batch.h"
#include "kh/json_writer.h"
#include "kh/status.h"
#include "kh/str.h"

/* More types and reasons than this are counted together: names come from the events. */
#define KH_SUMMARY_TYPES 64
#define KH_SUMMARY_REASONS 50

struct kh_summary_counts {
    size_t records;
    size_t done;
    size_t duplicate;
    size_t skipped;
    size_t dead_lettered;
    size_t retry;
};

struct kh_summary_type {
    struct kh_str name;
    struct kh_summary_counts counts;
};

struct kh_summary_reason {
    struct kh_str type;
    enum kh_status status;
    struct kh_str text; /* "/data/value: pattern: …", or what the handler said; may be empty */
    size_t count;
};

struct kh_summary {
    struct kh_arena arena;
    struct kh_summary_counts total;
    struct kh_summary_type types[KH_SUMMARY_TYPES]; /* sorted by name */
    size_t type_count;
    struct kh_summary_counts other_types;
    struct kh_summary_reason reasons[KH_SUMMARY_REASONS]; /* in order of appearance */
    size_t reason_count;
    size_t other_reasons;
    bool stopped; /* a record has to be retried: this one */
    struct kh_summary_reason retry;
    size_t retry_position;
    const char *dead_letters; /* where they went */
    double seconds;
};

void kh_summary_init(struct kh_summary *summary);
void kh_summary_clean_up(struct kh_summary *summary);

/* One record. What there is no memory for is counted with the others. */
void kh_summary_add(struct kh_summary *summary, const struct kh_outcome *outcome);

/* Records that were not looked at, since an earlier one has to be retried first. */
void kh_summary_add_not_started(struct kh_summary *summary, size_t count);

/* The reasons of dead letters alone: a line each, and as an array. */
void kh_summary_print_reasons(const struct kh_summary *summary, FILE *out);
enum kh_status kh_summary_write_reasons(const struct kh_summary *summary,
                                        struct kh_json_writer *out) KH_MUST_USE;

/* For people. Names from events are printed without control characters. */
void kh_summary_print(const struct kh_summary *summary, FILE *out);

/* The object of `run --json`, with a newline. KH_NO_MEMORY. */
enum kh_status kh_summary_write(const struct kh_summary *summary,
                                struct kh_json_writer *out) KH_MUST_USE;

/*
 * The first violation of an outcome, or its error, as one line in the arena; empty when nothing is
 * said. Long ones are cut.
 */
struct kh_str kh_summary_reason_text(const struct kh_outcome *outcome, struct kh_arena *arena);

#endif
