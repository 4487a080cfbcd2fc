/*
 * Logging: one line per message, one write(2) per line, to standard error.
 *
 * JSON ({"timestamp":…,"level":…,"message":…,"service":…,"component":…, then what is bound, then the
 * message's own fields) or text for people. A logger is a small value: derive one with a component's
 * name or with an event bound, and pass it on; nothing is global. Event data goes through the JSON
 * encoder; payloads and credentials are never logged.
 */
#ifndef KH_LOG_H
#define KH_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/clock.h"
#include "kh/status.h"
#include "kh/str.h"

enum kh_level { KH_TRACE, KH_DEBUG, KH_INFO, KH_WARN, KH_ERROR, KH_FATAL, KH_LEVEL_OFF };

enum kh_log_format { KH_LOG_JSON, KH_LOG_TEXT };

/* Where lines go and which; made once at start, shared by all loggers, never changed after. */
struct kh_log_sink {
    int fd;
    enum kh_level level; /* lines below it are not made */
    enum kh_log_format format;
    bool colour; /* text format on a terminal */
    const char *service;
    const struct kh_clock *clock;
};

/* What is bound while one invocation or one record is processed; empty strings are left out. */
struct kh_log_scope {
    struct kh_str request_id;
    struct kh_str trace_id;
    struct kh_str event_id;
    struct kh_str event_type;
    struct kh_str sequence_number;
};

struct kh_log {
    const struct kh_log_sink *sink;
    const struct kh_log_scope *scope; /* NULL: nothing is bound */
    const char *component;            /* "batch", "store.memory", "handlers", ... */
};

/* One field of a message. */
struct kh_log_field {
    const char *name;
    enum { KH_LOG_STR, KH_LOG_INT, KH_LOG_BOOL } kind;
    struct kh_str text;
    int64_t number;
};

#define KH_LOG_FIELD_STR(field_name, value)                                                        \
    ((struct kh_log_field){ .name = (field_name), .kind = KH_LOG_STR, .text = (value) })
#define KH_LOG_FIELD_INT(field_name, value)                                                        \
    ((struct kh_log_field){ .name = (field_name), .kind = KH_LOG_INT, .number = (int64_t)(value) })
#define KH_LOG_FIELD_BOOL(field_name, value)                                                       \
    ((struct kh_log_field){ .name = (field_name), .kind = KH_LOG_BOOL, .number = (value) ? 1 : 0 })

static inline bool kh_log_enabled(struct kh_log log, enum kh_level level)
{
    return log.sink != NULL && level >= log.sink->level;
}

static inline struct kh_log kh_log_named(struct kh_log log, const char *component)
{
    log.component = component;
    return log;
}

/*
 * Writes one line. `message` is a constant sentence; what varies goes into the fields. A line that can't be
 * written is lost silently: there is nowhere left to say so.
 */
void kh_log_write(struct kh_log log, enum kh_level level, const char *message,
                  const struct kh_log_field *fields, size_t field_count);

/* KH_LOG(log, KH_WARN, "message", KH_LOG_FIELD_INT("records", n), ...) */
#define KH_LOG(log, level, ...) KH_LOG_PICK(log, level, __VA_ARGS__, KH_LOG_END)
#define KH_LOG_END ((struct kh_log_field){ .name = NULL })
/* The list always ends with KH_LOG_END, so a message without fields is no special case. */
#define KH_LOG_PICK(log, level, message, ...)                                                      \
    do {                                                                                           \
        if (kh_log_enabled(log, level)) {                                                          \
            const struct kh_log_field kh_log_fields[] = { __VA_ARGS__ };                           \
            kh_log_write(log, level, message, kh_log_fields,                                       \
                         sizeof kh_log_fields / sizeof kh_log_fields[0] - 1);                      \
        }                                                                                          \
    } while (0)

/* "trace" … "fatal", case ignored; false if it is none. */
bool kh_level_parse(struct kh_str text, enum kh_level *out);
const char *kh_level_name(enum kh_level level);

#endif
