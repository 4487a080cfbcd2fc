/*
 * Settings become a log, a store and the options of the batch. Nothing is guessed: what is wrong
 * ends it.
 */
#include "edge/startup.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kh/alloc.h"

static struct kh_str setting_str(const struct kh_startup *startup, const char *setting)
{
    return kh_settings_str(&startup->service->settings, startup->settings, setting);
}

int64_t kh_startup_int(const struct kh_startup *startup, const char *setting)
{
    return kh_settings_int(&startup->service->settings, startup->settings, setting);
}

const char *kh_startup_choice(const struct kh_startup *startup, const char *setting)
{
    return kh_settings_choice(&startup->service->settings, startup->settings, setting);
}

const char *kh_startup_text(struct kh_startup *startup, const char *setting)
{
    return kh_arena_copy(&startup->arena, setting_str(startup, setting)).data;
}

/* "off" is a level of the sink only. */
static enum kh_level parse_level(const char *text)
{
    enum kh_level level;

    return kh_level_parse(kh_str_from(text), &level) ? level : KH_LEVEL_OFF;
}

/* LOG_LEVEL, or the function's own log level on Lambda if that is stricter. */
static enum kh_level log_level(const struct kh_startup *startup)
{
    enum kh_level level = parse_level(kh_startup_choice(startup, "LOG_LEVEL"));
    enum kh_level platform;

    if (kh_level_parse(kh_str_from(getenv("AWS_LAMBDA_LOG_LEVEL")), &platform) &&
        platform > level) {
        return platform;
    }
    return level;
}

static void set_up_log(struct kh_startup *startup)
{
    const char *format = kh_startup_choice(startup, "LOG_FORMAT");
    bool terminal = isatty(startup->sink.fd) == 1;
    bool text = strcmp(format, "text") == 0 || (strcmp(format, "auto") == 0 && terminal);

    startup->sink.level = log_level(startup);
    startup->sink.format = text ? KH_LOG_TEXT : KH_LOG_JSON;
    startup->sink.colour = text && terminal && getenv("NO_COLOR") == NULL;
}

static enum kh_status set_up_metrics(struct kh_startup *startup, struct kh_error *error)
{
    if (strcmp(kh_startup_choice(startup, "METRICS"), "emf") != 0) {
        return KH_OK;
    }
    startup->metrics_namespace = kh_startup_text(startup, "METRICS_NAMESPACE");
    if (startup->metrics_namespace == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for the settings");
    }
    return KH_OK;
}

static enum kh_open_as open_as(const char *text)
{
    if (strcmp(text, "json") == 0) {
        return KH_OPEN_AS_JSON;
    }
    return strcmp(text, "protobuf") == 0 ? KH_OPEN_AS_PROTOBUF : KH_OPEN_AS_FOUND;
}

/* Enough to log with while the settings are not known. */
static void set_up_defaults(struct kh_startup *startup, const struct kh_service *service)
{
    bool terminal = isatty(STDERR_FILENO) == 1;

    *startup = (struct kh_startup){
        .service = service,
        .sink = { .fd = STDERR_FILENO,
                  .level = KH_INFO,
                  .format = terminal ? KH_LOG_TEXT : KH_LOG_JSON,
                  .service = service->name,
                  .clock = kh_clock_system() },
        .options = { .service = service, .clock = kh_clock_system() },
    };
    startup->log = (struct kh_log){ .sink = &startup->sink, .component = "edge" };
    kh_arena_init(&startup->arena);
}

enum kh_status kh_startup_init(struct kh_startup *startup, const struct kh_service *service,
                               const char *env_file, struct kh_error *error)
{
    set_up_defaults(startup, service);
    startup->settings = kh_calloc(1, service->settings.size);
    if (startup->settings == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for the settings");
    }
    KH_TRY(
        kh_settings_load(&service->settings, env_file, &startup->arena, error, startup->settings));
    set_up_log(startup);
    KH_TRY(set_up_metrics(startup, error));
    startup->options.settings = startup->settings;
    startup->options.reserve_ms = kh_startup_int(startup, "RESERVE_MS");
    startup->options.max_record_size = (size_t)kh_startup_int(startup, "MAX_RECORD_BYTES");
    startup->options.ignores_ids = strcmp(kh_startup_choice(startup, "IDEMPOTENCY"), "none") == 0;
    startup->options.unknown_is_error =
        strcmp(kh_startup_choice(startup, "UNKNOWN_EVENTS"), "deadLetter") == 0;
    startup->opening.as = open_as(kh_startup_choice(startup, "RECORD_ENCODING"));
    startup->opening.has_protobuf = startup->service->envelope_proto != NULL;
    startup->opening.max_decompressed = (size_t)kh_startup_int(startup, "MAX_DECOMPRESSED_BYTES");
    startup->batch_size = (size_t)kh_startup_int(startup, "BATCH_SIZE");
    return KH_OK;
}

void kh_startup_clean_up(struct kh_startup *startup)
{
    kh_dead_letters_destroy(startup->options.dead_letters);
    kh_store_destroy(startup->options.store);
    kh_free(startup->settings);
    kh_arena_clean_up(&startup->arena);
}

enum kh_status kh_startup_dead_letters(struct kh_startup *startup, const char *target,
                                       struct kh_error *error, const char **path)
{
    static const char file[] = "file:";

    if (strncmp(target, file, sizeof file - 1) == 0) {
        target += sizeof file - 1;
    } else if (strncmp(target, "arn:", 4) == 0 || strstr(target, "://") != NULL) {
        return kh_fail(error, KH_BAD_SETTING,
                       "DEAD_LETTER: queues and streams are not built into this version yet; "
                       "use file:PATH");
    }
    if (path != NULL) {
        *path = target;
    }
    if (target[0] == '\0') {
        return KH_OK;
    }
    return kh_dead_letters_file_new(target, error, &startup->options.dead_letters);
}
