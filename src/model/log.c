/*
 * One message, one line, one write(2): lines of several threads don't mix. A line is made in a buffer
 * on the stack, so logging works when memory is short. What does not fit is cut so that the line stays
 * whole (valid JSON with all its quotes and braces), and a last member "truncated" says so.
 */
#include "kh/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#include "kh/instant.h"
#include "kh/utf8.h"

/* A pipe takes so much in one piece (PIPE_BUF). */
#define LINE_SIZE 4096
/* No single value may crowd out the others. */
#define VALUE_SIZE 1024

static const char json_tail[] = ",\"truncated\":true}\n";
static const char text_tail[] = " …\n";

struct line {
    char bytes[LINE_SIZE];
    size_t length;
    size_t limit; /* room is kept for the tail */
    bool truncated;
};

static const char *const level_names[] = {
    "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "OFF"
};

const char *kh_level_name(enum kh_level level)
{
    return level_names[level];
}

bool kh_level_parse(struct kh_str text, enum kh_level *out)
{
    for (enum kh_level level = KH_TRACE; level <= KH_FATAL; level++) {
        const char *name = level_names[level];

        if (strlen(name) == text.length && strncasecmp(name, text.data, text.length) == 0) {
            *out = level;
            return true;
        }
    }
    return false;
}

/* All of it or nothing. */
static bool append(struct line *line, struct kh_str text)
{
    if (text.length > line->limit - line->length) {
        line->truncated = true;
        return false;
    }
    if (text.length != 0) {
        memcpy(line->bytes + line->length, text.data, text.length);
    }
    line->length += text.length;
    return true;
}

/*
 * The next character of `text` as it may stand in a JSON string and on a terminal: control bytes,
 * quotes, and the separators some readers take for line ends are escaped, what is not UTF-8 becomes
 * U+FFFD. Returns the number of bytes it was made of.
 */
static size_t escape_next(struct kh_str text, char buffer[8], struct kh_str *out)
{
    unsigned char byte = (unsigned char)text.data[0];
    struct kh_str head = { text.data, text.length < 4 ? text.length : 4 };
    size_t size = 1;

    if (byte == '"' || byte == '\\') {
        buffer[0] = '\\';
        buffer[1] = (char)byte;
        *out = (struct kh_str){ buffer, 2 };
    } else if (byte < 0x20 || byte == 0x7F) {
        *out = (struct kh_str){ buffer, (size_t)snprintf(buffer, 8, "\\u%04x", byte) };
    } else if (byte < 0x80) {
        *out = (struct kh_str){ text.data, 1 };
    } else {
        size = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
        head.length = head.length < size ? head.length : size;
        if (kh_utf8_valid_prefix(head) != size) {
            size = 1;
            *out = KH_STR("\xEF\xBF\xBD");
        } else if (size == 3 && (memcmp(text.data, "\xE2\x80\xA8", 3) == 0 ||
                                 memcmp(text.data, "\xE2\x80\xA9", 3) == 0)) {
            *out =
                (struct kh_str){ buffer, (size_t)snprintf(buffer, 8, "\\u%04x",
                                                          text.data[2] & 1 ? 0x2029U : 0x2028U) };
        } else if (size == 2 && byte == 0xC2 && (unsigned char)text.data[1] < 0xA0) {
            /* C1 controls: terminals obey them as well. */
            *out = (struct kh_str){ buffer, (size_t)snprintf(buffer, 8, "\\u%04x",
                                                             (unsigned char)text.data[1]) };
        } else {
            *out = (struct kh_str){ text.data, size };
        }
    }
    return size;
}

/* The inside of a string; cut where the line or the value's share of it ends. */
static void append_escaped(struct line *line, struct kh_str text)
{
    size_t end = line->length + VALUE_SIZE;

    while (text.length != 0) {
        char buffer[8];
        struct kh_str piece;
        size_t size = escape_next(text, buffer, &piece);

        if (line->length + piece.length > end || !append(line, piece)) {
            line->truncated = true;
            return;
        }
        text.data += size;
        text.length -= size;
    }
}

/* A string in both its quotes, or nothing at all. */
static void append_quoted(struct line *line, struct kh_str text)
{
    if (line->limit - line->length < 2) {
        line->truncated = true;
        return;
    }
    (void)append(line, KH_STR("\""));
    line->limit--;
    append_escaped(line, text);
    line->limit++;
    (void)append(line, KH_STR("\""));
}

static struct kh_str number_text(const struct kh_log_field *field, char buffer[32])
{
    if (field->kind == KH_LOG_BOOL) {
        return kh_str_from(field->number != 0 ? "true" : "false");
    }
    return (struct kh_str){ buffer, (size_t)snprintf(buffer, 32, "%" PRId64, field->number) };
}

static struct kh_str timestamp_text(const struct kh_log_sink *sink,
                                    char buffer[KH_INSTANT_TEXT_SIZE])
{
    struct kh_instant now = kh_instant_from_ms(kh_clock_wall_ms(sink->clock));

    now.fraction_digits = 3;
    return (struct kh_str){ buffer, kh_instant_format(now, buffer) };
}

/* What is bound, in the order of the line. */
struct binding {
    const char *name;
    struct kh_str value;
};

#define BINDING_COUNT 5

static void list_bindings(const struct kh_log_scope *scope, struct binding out[BINDING_COUNT])
{
    static const struct kh_log_scope nothing;

    if (scope == NULL) {
        scope = &nothing;
    }
    out[0] = (struct binding){ "requestId", scope->request_id };
    out[1] = (struct binding){ "traceId", scope->trace_id };
    out[2] = (struct binding){ "eventId", scope->event_id };
    out[3] = (struct binding){ "eventType", scope->event_type };
    out[4] = (struct binding){ "sequenceNumber", scope->sequence_number };
}

/* ---- JSON ---------------------------------------------------------------------------------- */

/* A message's field can't pass for one of ours, nor for the head of a metric (_aws). */
static bool is_reserved(const char *name)
{
    static const char *const reserved[] = { "timestamp", "level",          "message",  "service",
                                            "component", "requestId",      "traceId",  "eventId",
                                            "eventType", "sequenceNumber", "truncated" };

    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        if (strcmp(name, reserved[i]) == 0) {
            return true;
        }
    }
    return name[0] == '_';
}

/* `,"name":`, with room left for an empty string at least; nothing of it if there is no room. */
static bool append_json_name(struct line *line, const char *prefix, const char *name)
{
    size_t before = line->length;

    if (append(line, line->length == 1 ? KH_STR("\"") : KH_STR(",\""))) {
        append_escaped(line, kh_str_from(prefix));
        append_escaped(line, kh_str_from(name));
        if (append(line, KH_STR("\":")) && line->limit - line->length >= 2) {
            return true;
        }
    }
    line->truncated = true;
    line->length = before;
    return false;
}

static void add_json_str(struct line *line, const char *prefix, const char *name,
                         struct kh_str value)
{
    if (append_json_name(line, prefix, name)) {
        append_quoted(line, value);
    }
}

static void add_json_field(struct line *line, const struct kh_log_field *field)
{
    const char *prefix = is_reserved(field->name) ? "field_" : "";
    size_t before = line->length;
    char buffer[32];

    if (field->kind == KH_LOG_STR) {
        add_json_str(line, prefix, field->name, field->text);
    } else if (append_json_name(line, prefix, field->name) &&
               !append(line, number_text(field, buffer))) {
        line->length = before;
    }
}

static void make_json(struct line *line, struct kh_log log, enum kh_level level,
                      const char *message, const struct kh_log_field *fields, size_t field_count)
{
    struct binding bindings[BINDING_COUNT];
    char timestamp[KH_INSTANT_TEXT_SIZE];

    line->limit = LINE_SIZE - (sizeof json_tail - 1);
    (void)append(line, KH_STR("{"));
    add_json_str(line, "", "timestamp", timestamp_text(log.sink, timestamp));
    add_json_str(line, "", "level", kh_str_from(kh_level_name(level)));
    add_json_str(line, "", "message", kh_str_from(message));
    add_json_str(line, "", "service", kh_str_from(log.sink->service));
    add_json_str(line, "", "component", kh_str_from(log.component));
    list_bindings(log.scope, bindings);
    for (size_t i = 0; i < BINDING_COUNT; i++) {
        if (bindings[i].value.length != 0) {
            add_json_str(line, "", bindings[i].name, bindings[i].value);
        }
    }
    for (size_t i = 0; i < field_count; i++) {
        add_json_field(line, &fields[i]);
    }
    line->limit = LINE_SIZE;
    (void)append(line, kh_str_from(line->truncated ? json_tail : "}\n"));
}

/* ---- Text ---------------------------------------------------------------------------------- */

static bool is_plain(struct kh_str text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];

        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              (c != '\0' && strchr("-_.:/+#@", c) != NULL))) {
            return false;
        }
    }
    return text.length != 0;
}

static void add_text_pair(struct line *line, const char *name, struct kh_str value)
{
    (void)append(line, KH_STR(" "));
    append_escaped(line, kh_str_from(name));
    (void)append(line, KH_STR("="));
    if (is_plain(value)) {
        append_escaped(line, value);
    } else {
        append_quoted(line, value);
    }
}

static const char *level_colour(enum kh_level level)
{
    return level >= KH_ERROR  ? "\x1b[31m"
           : level == KH_WARN ? "\x1b[33m"
           : level == KH_INFO ? "\x1b[32m"
                              : "\x1b[90m";
}

static void make_text(struct line *line, struct kh_log log, enum kh_level level,
                      const char *message, const struct kh_log_field *fields, size_t field_count)
{
    struct binding bindings[BINDING_COUNT];
    char timestamp[KH_INSTANT_TEXT_SIZE];
    char head[32];

    line->limit = LINE_SIZE - (sizeof text_tail - 1);
    (void)append(line, timestamp_text(log.sink, timestamp));
    (void)snprintf(head, sizeof head, " %s%-5s%s ", log.sink->colour ? level_colour(level) : "",
                   kh_level_name(level), log.sink->colour ? "\x1b[0m" : "");
    (void)append(line, kh_str_from(head));
    append_escaped(line, kh_str_from(log.component));
    (void)append(line, KH_STR(": "));
    append_escaped(line, kh_str_from(message));
    for (size_t i = 0; i < field_count; i++) {
        char buffer[32];

        add_text_pair(line, fields[i].name,
                      fields[i].kind == KH_LOG_STR ? fields[i].text
                                                   : number_text(&fields[i], buffer));
    }
    list_bindings(log.scope, bindings);
    for (size_t i = 0; i < BINDING_COUNT; i++) {
        if (bindings[i].value.length != 0) {
            add_text_pair(line, bindings[i].name, bindings[i].value);
        }
    }
    line->limit = LINE_SIZE;
    (void)append(line, kh_str_from(line->truncated ? text_tail : "\n"));
}

static void write_line(int fd, const struct line *line)
{
    int saved = errno;
    size_t written = 0;

    while (written < line->length) {
        ssize_t count = write(fd, line->bytes + written, line->length - written);

        if (count > 0) {
            written += (size_t)count;
        } else if (count == 0 || errno != EINTR) {
            break;
        }
    }
    errno = saved;
}

void kh_log_write(struct kh_log log, enum kh_level level, const char *message,
                  const struct kh_log_field *fields, size_t field_count)
{
    struct line line;

    if (!kh_log_enabled(log, level)) {
        return;
    }
    line.length = 0;
    line.truncated = false;
    if (log.sink->format == KH_LOG_JSON) {
        make_json(&line, log, level, message, fields, field_count);
    } else {
        make_text(&line, log, level, message, fields, field_count);
    }
    write_line(log.sink->fd, &line);
}
