/*
 * What every verb and the Lambda loop need before the first event: settings, log, store, targets.
 */
#ifndef KH_STARTUP_H
#define KH_STARTUP_H

#include "kh/arena.h"
#include "kh/batch.h"
#include "kh/error.h"
#include "kh/log.h"
#include "kh/open.h"
#include "kh/service.h"
#include "kh/status.h"

struct kh_startup {
    const struct kh_service *service;
    struct kh_arena arena; /* the settings' strings */
    void *settings;
    struct kh_log_sink sink;
    struct kh_log log;
    struct kh_batch_options options; /* reserve_ms is RESERVE_MS */
    struct kh_open_options opening;  /* of records */
    size_t batch_size;
    const char *metrics_namespace; /* NULL: no metrics are written */
};

/*
 * Reads the settings (from `env_file` too, which need not be there; "" reads none). `startup->log` can be used after a failure as well. KH_BAD_SETTING, KH_IO, KH_NO_MEMORY:
 * the error names the setting. To be cleaned up whatever this returned. The struct must stay where
 * it is.
 */
enum kh_status kh_startup_init(struct kh_startup *startup, const struct kh_service *service,
                               const char *env_file, struct kh_error *error) KH_MUST_USE;
void kh_startup_clean_up(struct kh_startup *startup);

/*
 * Opens the store that DB names, and finds out whether it can be used. KH_BAD_SETTING, KH_STORE, KH_IO,
 * KH_TIMEOUT, KH_NO_MEMORY. It is closed with the rest.
 */
enum kh_status kh_startup_store(struct kh_startup *startup, struct kh_error *error) KH_MUST_USE;

/*
 * Opens the target for dead letters as DEAD_LETTER has it (file:PATH or PATH); "" is none. *path,
 * if not NULL, becomes the file's path, borrowed from `target`.
 */
enum kh_status kh_startup_dead_letters(struct kh_startup *startup, const char *target,
                                       struct kh_error *error, const char **path) KH_MUST_USE;

/* Settings of kind integer and choice. */
int64_t kh_startup_int(const struct kh_startup *startup, const char *setting);
const char *kh_startup_choice(const struct kh_startup *startup, const char *setting);

/* A setting of kind string, with a NUL behind it; in the startup's arena. NULL: no memory. */
const char *kh_startup_text(struct kh_startup *startup, const char *setting);

#endif
