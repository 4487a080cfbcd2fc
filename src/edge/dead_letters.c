/* Opens the target that DEAD_LETTER, or an option, names. */
#include <string.h>

#include "edge/startup.h"
#include "edge/stores.h"
#include "kinesis/dead_letters.h"
#include "sqs/dead_letters.h"

/* What stands behind `kind`, which ends with a colon; NULL: it is none of that kind. */
static const char *behind(const char *target, const char *kind)
{
    size_t length = strlen(kind);

    return strncmp(target, kind, length) == 0 ? target + length : NULL;
}

static enum kh_status open_remote(struct kh_startup *startup, const char *url, const char *stream,
                                  struct kh_error *error)
{
    struct kh_log log = kh_log_named(startup->log, "deadLetters");
    struct kh_arena arena;
    const struct kh_call call = { .arena = &arena,
                                  .error = error,
                                  .log = log,
                                  .deadline_ms =
                                      kh_clock_wall_ms(kh_clock_system()) + KH_START_TIMEOUT_MS };
    enum kh_status status;

    kh_arena_init(&arena);
    if (url != NULL) {
        status = kh_dead_letters_sqs_new(&(struct kh_sqs_options){ .url = url, .log = log }, &call,
                                         &startup->options.dead_letters);
    } else {
        status = kh_dead_letters_kinesis_new(
            &(struct kh_kinesis_options){ .stream = stream, .log = log }, &call,
            &startup->options.dead_letters);
    }
    kh_arena_clean_up(&arena);
    return status;
}

enum kh_status kh_startup_dead_letters(struct kh_startup *startup, const char *target,
                                       struct kh_error *error, const char **path)
{
    const char *file = behind(target, "file:");
    const char *url = behind(target, "sqs:");
    const char *stream = behind(target, "kinesis:");

    if (path != NULL) {
        *path = file != NULL ? file : target;
    }
    if (url != NULL || stream != NULL) {
        return open_remote(startup, url, stream, error);
    }
    if (file == NULL && (strncmp(target, "arn:", 4) == 0 || strstr(target, "://") != NULL)) {
        return kh_fail(error, KH_BAD_SETTING,
                       "DEAD_LETTER: a queue is named by sqs:URL, a stream by kinesis:NAME or "
                       "kinesis:ARN, a file by its path");
    }
    file = file != NULL ? file : target;
    if (file[0] == '\0') {
        return KH_OK;
    }
    return kh_dead_letters_file_new(file, error, &startup->options.dead_letters);
}
