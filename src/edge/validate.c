/*
 * Every violation of every event of the files. The batch does the work, told to apply nothing; what
 * would be a dead letter is printed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "edge/clean_text.h"
#include "edge/verbs.h"
#include "kh/json_writer.h"
#include "kh/open.h"
#include "kh/source.h"

struct validation {
    struct kh_startup startup;
    const struct kh_options *options;
    struct kh_opener *opener;
    struct kh_batch *batch;
    struct kh_arena arena;      /* for pointers */
    struct kh_json_writer json; /* what is not printed yet */
    const char *path;
    size_t records;
    size_t invalid;
    size_t unknown;
    enum kh_status status;
};

/* ---- Findings --------------------------------------------------------------------------- */

/* One finding, as a line or as an object. */
struct finding {
    const struct kh_outcome *outcome;
    struct kh_str pointer;
    const char *keyword; /* of the schema, or the name of a status */
    struct kh_str reason;
};

static enum kh_status write_text(struct kh_json_writer *out, struct kh_str name,
                                 struct kh_str value)
{
    KH_TRY(kh_json_write_name(out, name));
    return kh_json_write_str(out, value);
}

static enum kh_status write_finding(struct validation *v, const struct finding *finding)
{
    struct kh_json_writer *out = &v->json;

    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_text(out, KH_STR("file"), kh_str_from(v->path)));
    KH_TRY(kh_json_write_name(out, KH_STR("record")));
    KH_TRY(kh_json_write_uint64(out, finding->outcome->record->position + 1));
    KH_TRY(write_text(out, KH_STR("eventId"), finding->outcome->event.id));
    KH_TRY(write_text(out, KH_STR("eventType"), finding->outcome->event.type));
    KH_TRY(write_text(out, KH_STR("pointer"), finding->pointer));
    KH_TRY(write_text(out, KH_STR("keyword"), kh_str_from(finding->keyword)));
    KH_TRY(write_text(out, KH_STR("reason"), finding->reason));
    return kh_json_write_object_end(out);
}

static enum kh_status report(struct validation *v, const struct finding *finding)
{
    if (v->options->json) {
        return write_finding(v, finding);
    }
    (void)printf("%s:record %zu: ", v->path, finding->outcome->record->position + 1);
    kh_print_clean(finding->pointer.length == 0 ? KH_STR("(root)") : finding->pointer, stdout);
    (void)printf(": %s: ", finding->keyword);
    kh_print_clean(finding->reason, stdout);
    (void)putchar('\n');
    return KH_OK;
}

/* A finding at byte `offset` of the text that the outcome's offsets count in. */
static enum kh_status report_at(struct validation *v, const struct kh_outcome *outcome,
                                size_t offset, const char *keyword, struct kh_str reason)
{
    struct kh_arena_mark mark = kh_arena_mark(&v->arena);
    struct finding finding = { outcome, KH_STR(""), keyword, reason };
    size_t prefix = outcome->pointer_prefix.length;
    struct kh_str pointer;
    enum kh_status status;
    char *text;

    if (outcome->violations_text.data == NULL) {
        return report(v, &finding);
    }
    KH_TRY(kh_json_pointer_at(outcome->violations_text, offset, &v->arena, &pointer));
    text = kh_arena_alloc(&v->arena, prefix + pointer.length + 1);
    if (text == NULL) {
        return KH_NO_MEMORY;
    }
    if (prefix > 0) {
        memcpy(text, outcome->pointer_prefix.data, prefix);
    }
    if (pointer.length > 0) {
        memcpy(text + prefix, pointer.data, pointer.length);
    }
    finding.pointer = (struct kh_str){ text, prefix + pointer.length };
    status = report(v, &finding);
    kh_arena_release(&v->arena, mark);
    return status;
}

static enum kh_status report_outcome(struct validation *v, const struct kh_outcome *outcome)
{
    const struct kh_violations *list = outcome->violations;
    const struct kh_error *error = outcome->error;
    const char *name = kh_status_name(outcome->status);
    size_t listed = 0;

    if (list == NULL || list->first == NULL) {
        return report_at(v, outcome, error->offset, name, kh_str_from(error->reason));
    }
    for (const struct kh_violation *at = list->first; at != NULL; at = at->next) {
        KH_TRY(report_at(v, outcome, at->offset, at->keyword, at->reason));
        listed++;
    }
    if (listed < list->count) {
        return report_at(v, outcome, 0, name, KH_STR("there are more violations than are listed"));
    }
    return KH_OK;
}

static void take_outcome(void *context, const struct kh_outcome *outcome)
{
    struct validation *v = context;

    v->records++;
    if (outcome->verdict == KH_VERDICT_SKIPPED) {
        v->unknown++;
    } else if (outcome->verdict != KH_VERDICT_DONE) {
        v->invalid++;
        if (v->status == KH_OK) {
            v->status = report_outcome(v, outcome);
        }
    }
}

/* ---- Files ------------------------------------------------------------------------------ */

static void print_written(struct validation *v)
{
    struct kh_str text = kh_json_writer_text(&v->json);

    (void)fwrite(text.data, 1, text.length, stdout);
    v->json.length = 0; /* the comma is still to come */
}

static enum kh_status validate_opened(struct validation *v, struct kh_file *file,
                                      struct kh_error *error)
{
    const struct kh_batch_observer observer = { take_outcome, v };
    struct kh_batch_result result;
    struct kh_records records;

    do {
        kh_batch_reset(v->batch);
        KH_TRY(
            kh_file_next(file, v->startup.batch_size, kh_batch_arena(v->batch), error, &records));
        KH_TRY(kh_open(v->opener, kh_batch_arena(v->batch), error, &records));
        if (kh_batch_run(v->batch, records.items, records.count, INT64_MAX, v->startup.log,
                         &observer, &result) != KH_OK ||
            v->status != KH_OK) {
            return kh_fail(error, KH_NO_MEMORY, "out of memory");
        }
        print_written(v);
    } while (records.count > 0);
    return KH_OK;
}

static bool validate_file(struct validation *v, const char *path)
{
    size_t records = v->records;
    size_t invalid = v->invalid;
    size_t unknown = v->unknown;
    struct kh_file *file = NULL;
    struct kh_error error;
    enum kh_status status;

    kh_error_clear(&error);
    v->path = path;
    status = kh_file_open(path, &error, &file);
    if (status == KH_OK) {
        status = validate_opened(v, file, &error);
    }
    kh_file_close(file);
    if (status != KH_OK) {
        kh_complain(path, error.reason);
        return false;
    }
    records = v->records - records;
    invalid = v->invalid - invalid;
    unknown = v->unknown - unknown;
    (void)fflush(stdout);
    (void)fprintf(stderr, "%s: %zu records: %zu valid, %zu invalid, %zu of unknown type\n", path,
                  records, records - invalid - unknown, invalid, unknown);
    return true;
}

static enum kh_status write_number(struct kh_json_writer *out, struct kh_str name, size_t value)
{
    KH_TRY(kh_json_write_name(out, name));
    return kh_json_write_uint64(out, value);
}

static enum kh_status begin_json(struct validation *v)
{
    KH_TRY(kh_json_write_object_begin(&v->json));
    KH_TRY(kh_json_write_name(&v->json, KH_STR("violations")));
    return kh_json_write_array_begin(&v->json);
}

static enum kh_status end_json(struct validation *v)
{
    KH_TRY(kh_json_write_array_end(&v->json));
    KH_TRY(write_number(&v->json, KH_STR("records"), v->records));
    KH_TRY(write_number(&v->json, KH_STR("valid"), v->records - v->invalid - v->unknown));
    KH_TRY(write_number(&v->json, KH_STR("invalid"), v->invalid));
    KH_TRY(write_number(&v->json, KH_STR("unknown"), v->unknown));
    KH_TRY(kh_json_write_object_end(&v->json));
    return kh_json_write_newline(&v->json);
}

static bool validate_files(struct validation *v)
{
    bool fine = true;

    if (v->options->json && begin_json(v) != KH_OK) {
        return false;
    }
    for (size_t i = 0; i < v->options->file_count; i++) {
        fine = validate_file(v, v->options->files[i]) && fine;
    }
    if (v->options->json) {
        fine = end_json(v) == KH_OK && fine;
        print_written(v);
    }
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        kh_complain("standard output", strerror(errno));
        return false;
    }
    return fine && v->invalid == 0;
}

int kh_validate(const struct kh_service *service, const struct kh_options *options)
{
    struct validation v = { .options = options };
    bool fine = false;

    kh_arena_init(&v.arena);
    kh_json_writer_init(&v.json);
    if (kh_verb_start(&v.startup, service, options) == KH_OK) {
        v.startup.options.validate_only = true;
        v.startup.options.reserve_ms = 0;
        /* The findings are the output; the log would say them a second time. */
        v.startup.sink.level = v.startup.sink.level < KH_ERROR ? KH_ERROR : v.startup.sink.level;
        v.opener = kh_opener_new(&v.startup.opening);
        v.batch = kh_batch_new(&v.startup.options);
        if (v.opener == NULL || v.batch == NULL) {
            kh_complain(NULL, "out of memory");
        } else {
            fine = validate_files(&v);
        }
    }
    kh_opener_destroy(v.opener);
    if (v.batch != NULL) {
        kh_batch_destroy(v.batch);
    }
    kh_startup_clean_up(&v.startup);
    kh_json_writer_clean_up(&v.json);
    kh_arena_clean_up(&v.arena);
    return fine ? 0 : 1;
}
