/* The summary as a table with sentences for people, and as one JSON object for programs. */
#include <string.h>

#include "edge/clean_text.h"
#include "edge/summary.h"
#include "kh/utf8.h"

#define NAME_WIDTH_LIMIT 60

/* ---- For people ------------------------------------------------------------------------- */

static size_t name_width(const struct kh_summary *summary)
{
    size_t width = strlen("(other types)");

    for (size_t i = 0; i < summary->type_count; i++) {
        size_t length = kh_utf8_count(summary->types[i].name);

        width = length > width ? length : width;
    }
    return width < NAME_WIDTH_LIMIT ? width : NAME_WIDTH_LIMIT;
}

static void print_row(struct kh_str name, const struct kh_summary_counts *counts, size_t width,
                      FILE *out)
{
    size_t length = kh_utf8_count(name);

    kh_print_clean(name, out);
    (void)fprintf(out, "%*s %9zu %9zu %10zu %9zu %14zu %9zu\n",
                  (int)(length < width ? width - length : 0), "", counts->records, counts->done,
                  counts->duplicate, counts->skipped, counts->dead_lettered, counts->retry);
}

static void print_table(const struct kh_summary *summary, FILE *out)
{
    size_t width = name_width(summary);

    (void)fprintf(out, "%-*s %9s %9s %10s %9s %14s %9s\n", (int)width, "event type", "records",
                  "done", "duplicate", "skipped", "dead-lettered", "retry");
    for (size_t i = 0; i < summary->type_count; i++) {
        print_row(summary->types[i].name, &summary->types[i].counts, width, out);
    }
    if (summary->other_types.records > 0) {
        print_row(KH_STR("(other types)"), &summary->other_types, width, out);
    }
    print_row(KH_STR("total"), &summary->total, width, out);
}

/* USER_LIMIT_CREATED: violates the schema: /data/value: … */
static void print_reason(const struct kh_summary_reason *reason, FILE *out)
{
    kh_print_clean(reason->type, out);
    (void)fprintf(out, ": %s", kh_status_text(reason->status));
    if (reason->text.length > 0) {
        (void)fprintf(out, ": ");
        kh_print_clean(reason->text, out);
    }
    (void)fprintf(out, "\n");
}

void kh_summary_print_reasons(const struct kh_summary *summary, FILE *out)
{
    for (size_t i = 0; i < summary->reason_count; i++) {
        (void)fprintf(out, "%6zu x ", summary->reasons[i].count);
        print_reason(&summary->reasons[i], out);
    }
    if (summary->other_reasons > 0) {
        (void)fprintf(out, "%6zu x other reasons\n", summary->other_reasons);
    }
}

void kh_summary_print(const struct kh_summary *summary, FILE *out)
{
    print_table(summary, out);
    (void)fprintf(out, "\nTook %.3f s.\n", summary->seconds);
    if (summary->total.dead_lettered > 0) {
        (void)fprintf(out, "\nDead letters: %zu, written to %s:\n", summary->total.dead_lettered,
                      summary->dead_letters);
        kh_summary_print_reasons(summary, out);
    }
    if (summary->total.retry > 0) {
        (void)fprintf(out, "\nLeft to retry: %zu.\n", summary->total.retry);
    }
    if (summary->stopped) {
        (void)fprintf(out, "Stopped at record %zu: ", summary->retry_position + 1);
        print_reason(&summary->retry, out);
    }
}

/* ---- For programs ----------------------------------------------------------------------- */

static enum kh_status write_number(struct kh_json_writer *out, struct kh_str name, size_t value)
{
    KH_TRY(kh_json_write_name(out, name));
    return kh_json_write_uint64(out, value);
}

static enum kh_status write_text(struct kh_json_writer *out, struct kh_str name,
                                 struct kh_str value)
{
    KH_TRY(kh_json_write_name(out, name));
    return kh_json_write_str(out, value);
}

static enum kh_status write_counts(struct kh_json_writer *out,
                                   const struct kh_summary_counts *counts)
{
    KH_TRY(write_number(out, KH_STR("records"), counts->records));
    KH_TRY(write_number(out, KH_STR("done"), counts->done));
    KH_TRY(write_number(out, KH_STR("duplicate"), counts->duplicate));
    KH_TRY(write_number(out, KH_STR("skipped"), counts->skipped));
    KH_TRY(write_number(out, KH_STR("deadLettered"), counts->dead_lettered));
    return write_number(out, KH_STR("retry"), counts->retry);
}

static enum kh_status write_type(struct kh_json_writer *out, struct kh_str name,
                                 const struct kh_summary_counts *counts)
{
    KH_TRY(kh_json_write_name(out, name));
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_counts(out, counts));
    return kh_json_write_object_end(out);
}

static enum kh_status write_types(struct kh_json_writer *out, const struct kh_summary *summary)
{
    KH_TRY(kh_json_write_name(out, KH_STR("byType")));
    KH_TRY(kh_json_write_object_begin(out));
    for (size_t i = 0; i < summary->type_count; i++) {
        KH_TRY(write_type(out, summary->types[i].name, &summary->types[i].counts));
    }
    if (summary->other_types.records > 0) {
        KH_TRY(write_type(out, KH_STR("(other types)"), &summary->other_types));
    }
    return kh_json_write_object_end(out);
}

static enum kh_status write_reason(struct kh_json_writer *out,
                                   const struct kh_summary_reason *reason)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_text(out, KH_STR("type"), reason->type));
    KH_TRY(write_text(out, KH_STR("status"), kh_str_from(kh_status_name(reason->status))));
    KH_TRY(write_text(out, KH_STR("reason"), reason->text));
    KH_TRY(write_number(out, KH_STR("count"), reason->count));
    return kh_json_write_object_end(out);
}

enum kh_status kh_summary_write_reasons(const struct kh_summary *summary,
                                        struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_array_begin(out));
    for (size_t i = 0; i < summary->reason_count; i++) {
        KH_TRY(write_reason(out, &summary->reasons[i]));
    }
    return kh_json_write_array_end(out);
}

enum kh_status kh_summary_write(const struct kh_summary *summary, struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_counts(out, &summary->total));
    KH_TRY(write_types(out, summary));
    KH_TRY(kh_json_write_name(out, KH_STR("deadLetters")));
    KH_TRY(kh_summary_write_reasons(summary, out));
    if (summary->other_reasons > 0) {
        KH_TRY(write_number(out, KH_STR("otherDeadLetters"), summary->other_reasons));
    }
    KH_TRY(write_text(out, KH_STR("deadLetterTarget"), kh_str_from(summary->dead_letters)));
    if (summary->stopped) {
        KH_TRY(kh_json_write_name(out, KH_STR("stoppedBy")));
        KH_TRY(write_reason(out, &summary->retry));
    }
    KH_TRY(kh_json_write_name(out, KH_STR("seconds")));
    KH_TRY(kh_json_write_double(out, summary->seconds));
    KH_TRY(kh_json_write_object_end(out));
    return kh_json_write_newline(out);
}
