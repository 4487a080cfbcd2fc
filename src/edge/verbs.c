/* What the verbs have in common. */
#include "edge/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "edge/clean_text.h"

#define ENV_FILE "config/.env"

void kh_complain(const char *subject, const char *reason)
{
    (void)fprintf(stderr, "kinesis-handler: %s%s", subject == NULL ? "" : subject,
                  subject == NULL ? "" : ": ");
    kh_print_clean(kh_str_from(reason), stderr);
    (void)fputc('\n', stderr);
}

/* What is to be done, a queue, a stream: told by whom it concerns. */
static bool are_files(const struct kh_options *options)
{
    return options->verb != KH_VERB_TABLES && options->verb != KH_VERB_REPLAY;
}

/* Before anything is applied: a file that turns out to be missing half-way would be too late. */
static enum kh_status check_files(const struct kh_options *options)
{
    for (size_t i = 0; are_files(options) && i < options->file_count; i++) {
        if (strcmp(options->files[i], "-") != 0 && access(options->files[i], R_OK) != 0) {
            kh_complain(options->files[i], strerror(errno));
            return KH_IO;
        }
    }
    if (options->env_file != NULL && access(options->env_file, R_OK) != 0) {
        kh_complain(options->env_file, strerror(errno));
        return KH_IO;
    }
    return KH_OK;
}

enum kh_status kh_verb_start(struct kh_startup *startup, const struct kh_service *service,
                             const struct kh_options *options)
{
    const char *env_file = options->env_file != NULL ? options->env_file : ENV_FILE;
    struct kh_error error;
    enum kh_status status;

    kh_error_clear(&error);
    status = kh_startup_init(startup, service, env_file, &error);
    if (status != KH_OK) {
        kh_complain(NULL, error.reason);
        return status;
    }
    return check_files(options);
}

enum kh_status kh_verb_store(struct kh_startup *startup)
{
    struct kh_error error;
    enum kh_status status;

    kh_error_clear(&error);
    status = kh_startup_store(startup, &error);
    if (status != KH_OK) {
        kh_complain(NULL, error.reason);
    }
    return status;
}
