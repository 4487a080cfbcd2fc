/*
 * Generated from schema/config.schema.json.
 * To change this file, edit the schema and build.
 */
#include "settings.h"

#include <stddef.h>

/* The loader writes it as an int. */
_Static_assert(sizeof(enum db) == sizeof(int), "enums are kept as int");

static const char *const db_choices[] = { "inMemory", "sqlite", "dynamodb" };

/* The loader writes it as an int. */
_Static_assert(sizeof(enum idempotency) == sizeof(int), "enums are kept as int");

static const char *const idempotency_choices[] = { "eventId", "none" };

/* The loader writes it as an int. */
_Static_assert(sizeof(enum log_format) == sizeof(int), "enums are kept as int");

static const char *const log_format_choices[] = { "auto", "json", "text" };

/* The loader writes it as an int. */
_Static_assert(sizeof(enum log_level) == sizeof(int), "enums are kept as int");

static const char *const log_level_choices[] = { "trace", "debug", "info", "warn", "error", "fatal",
                                                 "off" };

/* The loader writes it as an int. */
_Static_assert(sizeof(enum metrics) == sizeof(int), "enums are kept as int");

static const char *const metrics_choices[] = { "off", "emf" };

/* The loader writes it as an int. */
_Static_assert(sizeof(enum on_duplicate_limit) == sizeof(int), "enums are kept as int");

static const char *const on_duplicate_limit_choices[] = { "reject", "replace" };

/* The loader writes it as an int. */
_Static_assert(sizeof(enum record_encoding) == sizeof(int), "enums are kept as int");

static const char *const record_encoding_choices[] = { "auto", "json", "protobuf" };

/* The loader writes it as an int. */
_Static_assert(sizeof(enum sqlite_synchronous) == sizeof(int), "enums are kept as int");

static const char *const sqlite_synchronous_choices[] = { "full", "normal" };

/* The loader writes it as an int. */
_Static_assert(sizeof(enum unknown_events) == sizeof(int), "enums are kept as int");

static const char *const unknown_events_choices[] = { "skip", "deadLetter" };

const struct kh_setting settings_rows[19] = {
    {
        .name = "BATCH_SIZE",
        .kind = KH_SETTING_INT,
        .offset = offsetof(struct settings, batch_size),
        .default_text = "1000",
        .minimum = 1,
        .maximum = 10000,
        .description = "How many records `run` puts into a batch.",
    },
    {
        .name = "DB",
        .kind = KH_SETTING_CHOICE,
        .offset = offsetof(struct settings, db),
        .default_text = "inMemory",
        .choices = db_choices,
        .choice_count = 3,
        .description = "Where entities are kept.",
    },
    {
        .name = "DEAD_LETTER",
        .kind = KH_SETTING_STR,
        .offset = offsetof(struct settings, dead_letter),
        .default_text = "",
        .description =
            "Where records go that can never succeed: file:PATH or PATH, a file they are added "
            "to; empty: nowhere, they are reported as failures.",
    },
    {
        .name = "DYNAMODB_TABLE_PREFIX",
        .kind = KH_SETTING_STR,
        .offset = offsetof(struct settings, dynamodb_table_prefix),
        .default_text = "",
        .max_length = 100,
        .description =
            "What the names of all tables in DynamoDB begin with. Region, endpoint and "
            "credentials come from where AWS's own tools take them, see docs/aws.md.",
    },
    {
        .name = "IDEMPOTENCY",
        .kind = KH_SETTING_CHOICE,
        .offset = offsetof(struct settings, idempotency),
        .default_text = "eventId",
        .choices = idempotency_choices,
        .choice_count = 2,
        .description =
            "How an event that comes again is told: by its id, so that it has one effect; or "
            "none, it is applied each time.",
    },
    {
        .name = "IDEMPOTENCY_TTL_S",
        .kind = KH_SETTING_INT,
        .offset = offsetof(struct settings, idempotency_ttl_s),
        .default_text = "86400",
        .minimum = 1,
        .maximum = 315360000,
        .description =
            "For how many seconds at least a database remembers which events were applied.",
    },
    {
        .name = "LOG_FORMAT",
        .kind = KH_SETTING_CHOICE,
        .offset = offsetof(struct settings, log_format),
        .default_text = "auto",
        .choices = log_format_choices,
        .choice_count = 3,
        .description = "How log lines look; auto is json unless the error output is a terminal.",
    },
    {
        .name = "LOG_LEVEL",
        .kind = KH_SETTING_CHOICE,
        .offset = offsetof(struct settings, log_level),
        .default_text = "info",
        .choices = log_level_choices,
        .choice_count = 7,
        .description = "The least level that is logged.",
    },
    {
        .name = "MARKS_IN_MEMORY",
        .kind = KH_SETTING_INT,
        .offset = offsetof(struct settings, marks_in_memory),
        .default_text = "1000000",
        .minimum = 1000,
        .maximum = 100000000,
        .description = "How many applied event ids the memory store remembers.",
    },
    {
        .name = "MAX_DECOMPRESSED_BYTES",
        .kind = KH_SETTING_INT,
        .offset = offsetof(struct settings, max_decompressed_bytes),
        .default_text = "10485760",
        .minimum = 1024,
        .maximum = 1073741824,
        .description =
            "How many bytes one compressed record may become, and an eighth of what all those "
            "of a batch may; see docs/encodings.md.",
    },
    {
        .name = "MAX_RECORD_BYTES",
        .kind = KH_SETTING_INT,
        .offset = offsetof(struct settings, max_record_bytes),
        .default_text = "10485760",
        .minimum = 1024,
        .maximum = 10485760,
        .description =
            "The size of the largest record that is looked at; larger ones are dead letters.",
    },
    {
        .name = "METRICS",
        .kind = KH_SETTING_CHOICE,
        .offset = offsetof(struct settings, metrics),
        .default_text = "off",
        .choices = metrics_choices,
        .choice_count = 2,
        .description = "Whether metrics are written, in CloudWatch's embedded metric format.",
    },
    {
        .name = "METRICS_NAMESPACE",
        .kind = KH_SETTING_STR,
        .offset = offsetof(struct settings, metrics_namespace),
        .default_text = "kinesis-handler",
        .max_length = 255,
        .description = "The namespace of the metrics.",
    },
    {
        .name = "ON_DUPLICATE_LIMIT",
        .kind = KH_SETTING_CHOICE,
        .offset = offsetof(struct settings, on_duplicate_limit),
        .default_text = "reject",
        .choices = on_duplicate_limit_choices,
        .choice_count = 2,
        .description =
            "What becomes of a USER_LIMIT_CREATED for a limit that is there already: it is "
            "refused, or replaces the limit.",
    },
    {
        .name = "RECORD_ENCODING",
        .kind = KH_SETTING_CHOICE,
        .offset = offsetof(struct settings, record_encoding),
        .default_text = "auto",
        .choices = record_encoding_choices,
        .choice_count = 3,
        .description =
            "How records are spelled: auto, each says by its first bytes what it is and what "
            "stands around it; or all are JSON or Protocol Buffers as they are, and nothing is "
            "looked for.",
    },
    {
        .name = "RESERVE_MS",
        .kind = KH_SETTING_INT,
        .offset = offsetof(struct settings, reserve_ms),
        .default_text = "250",
        .minimum = 0,
        .maximum = 60000,
        .description =
            "No further record is started when less time (in milliseconds) is left, or 5 % of "
            "the invocation's time if that is more.",
    },
    {
        .name = "SQLITE_PATH",
        .kind = KH_SETTING_STR,
        .offset = offsetof(struct settings, sqlite_path),
        .default_text = "",
        .description = "The database of DB=sqlite: a file, which is made if it is not there.",
    },
    {
        .name = "SQLITE_SYNCHRONOUS",
        .kind = KH_SETTING_CHOICE,
        .offset = offsetof(struct settings, sqlite_synchronous),
        .default_text = "full",
        .choices = sqlite_synchronous_choices,
        .choice_count = 2,
        .description =
            "Whether a commit waits until the disk has it (full), or a power failure may take "
            "the latest commits back (normal); the end of the process alone loses nothing.",
    },
    {
        .name = "UNKNOWN_EVENTS",
        .kind = KH_SETTING_CHOICE,
        .offset = offsetof(struct settings, unknown_events),
        .default_text = "skip",
        .choices = unknown_events_choices,
        .choice_count = 2,
        .description = "What becomes of events of a type that has no schema.",
    },
};
