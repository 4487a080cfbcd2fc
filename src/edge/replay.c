#include "edge/replay.h"

#include <stdio.h>
#include <string.h>

#include "edge/verbs.h"
#include "record/dead_letter_entry.h"

/* ---- Entries ---------------------------------------------------------------------------- */

enum kh_status kh_replay_begin(struct kh_replay *replay, size_t count, struct kh_records *records,
                               struct kh_error *error)
{
    struct kh_arena *arena = kh_batch_arena(replay->handling.batch);

    *records =
        (struct kh_records){ .items = kh_arena_alloc(arena, (count + 1) * sizeof *records->items) };
    return records->items != NULL ? KH_OK : kh_fail(error, KH_NO_MEMORY, "out of memory");
}

static void complain(struct kh_replay *replay, const char *reason)
{
    char subject[320];

    kh_progress_end(&replay->handling.progress);
    (void)snprintf(subject, sizeof subject, "%s: entry %zu", replay->source, replay->entries + 1);
    kh_complain(subject, reason);
    replay->handling.failed = true;
}

enum kh_status kh_replay_take(struct kh_replay *replay, struct kh_str entry,
                              struct kh_records *records, bool *taken, struct kh_error *error)
{
    struct kh_record *record = &records->items[records->count];
    struct kh_error why;
    enum kh_status status;

    kh_error_clear(&why);
    status = kh_dead_letter_read(entry, kh_batch_arena(replay->handling.batch), &why, record);
    if (status == KH_NO_MEMORY) {
        return kh_fail(error, status, "out of memory");
    }
    *taken = status == KH_OK;
    if (*taken) {
        record->position = replay->entries;
        records->count++;
    } else {
        complain(replay, why.reason);
    }
    replay->entries++;
    return KH_OK;
}

/* ---- Files ------------------------------------------------------------------------------ */

static enum kh_status replay_opened(struct kh_replay *replay, struct kh_file *file,
                                    struct kh_error *error)
{
    struct kh_handling *handling = &replay->handling;
    struct kh_records found;
    struct kh_records records;
    bool taken;

    do {
        kh_batch_reset(handling->batch);
        KH_TRY(kh_file_next(file, handling->startup.batch_size, kh_batch_arena(handling->batch),
                            error, &found));
        KH_TRY(kh_replay_begin(replay, found.count, &records, error));
        for (size_t i = 0; i < found.count; i++) {
            KH_TRY(kh_replay_take(replay, found.items[i].data, &records, &taken, error));
        }
        KH_TRY(kh_handling_batch(handling, &records, NULL, error));
        kh_progress_show(&handling->progress, kh_file_done(file), kh_file_size(file),
                         handling->summary.total.records);
    } while (found.count > 0);
    return KH_OK;
}

static enum kh_status replay_file(struct kh_replay *replay, const char *path,
                                  struct kh_error *error)
{
    struct kh_file *file = NULL;
    enum kh_status status = kh_file_open(path, error, &file);

    if (status == KH_OK) {
        status = replay_opened(replay, file, error);
    }
    kh_file_close(file);
    return status;
}

/* ---- Beginning and end ------------------------------------------------------------------ */

/* What stands behind "sqs:" and the like; NULL: the source is of another kind. */
static const char *behind(const char *source, const char *kind)
{
    size_t length = strlen(kind);

    return strncmp(source, kind, length) == 0 ? source + length : NULL;
}

static enum kh_status replay_source(struct kh_replay *replay, const char *url, const char *stream,
                                    struct kh_error *error)
{
    const char *file = behind(replay->source, "file:");

    if (url != NULL) {
        return kh_replay_queue(replay, url, error);
    }
    if (stream != NULL) {
        return kh_replay_stream(replay, stream, error);
    }
    return replay_file(replay, file != NULL ? file : replay->source, error);
}

/* What stays in a queue needs no other place. */
static enum kh_status set_target(struct kh_replay *replay, const char *url)
{
    if (url == NULL) {
        return kh_handling_dead_letters(&replay->handling);
    }
    if (replay->handling.options->dead_letters != NULL) {
        kh_complain("--dead-letters", "what fails again stays in the queue that it is read from");
        return KH_USAGE;
    }
    replay->handling.startup.options.dead_letters = kh_replay_stay(replay);
    replay->handling.summary.dead_letters = replay->source;
    return KH_OK;
}

static int replay_all(struct kh_replay *replay)
{
    const char *url = behind(replay->source, "sqs:");
    const char *stream = behind(replay->source, "kinesis:");
    struct kh_error error;

    if (set_target(replay, url) != KH_OK || kh_handling_batches(&replay->handling) != KH_OK) {
        return 1;
    }
    kh_error_clear(&error);
    if (replay_source(replay, url, stream, &error) != KH_OK) {
        kh_progress_end(&replay->handling.progress);
        kh_complain(replay->source, error.reason);
        replay->handling.failed = true;
    }
    return kh_handling_end(&replay->handling);
}

int kh_replay(const struct kh_service *service, const struct kh_options *options)
{
    struct kh_replay replay = { .source = options->files[0] };
    int code = 1;

    if (kh_handling_start(&replay.handling, service, options) == KH_OK) {
        code = replay_all(&replay);
    }
    kh_handling_clean_up(&replay.handling);
    return code;
}
