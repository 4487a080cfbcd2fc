/*
 * Generated from schema/config.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/context.h"
#include "kh/decimal.h"
#include "kh/settings.h"
#include "kh/str.h"

/* The choices of DB. */
enum db {
    DB_IN_MEMORY = 1,
    DB_SQLITE,
    DB_DYNAMODB,
};

/* The choices of IDEMPOTENCY. */
enum idempotency {
    IDEMPOTENCY_EVENT_ID = 1,
    IDEMPOTENCY_NONE,
};

/* The choices of LOG_FORMAT. */
enum log_format {
    LOG_FORMAT_AUTO = 1,
    LOG_FORMAT_JSON,
    LOG_FORMAT_TEXT,
};

/* The choices of LOG_LEVEL. */
enum log_level {
    LOG_LEVEL_TRACE = 1,
    LOG_LEVEL_DEBUG,
    LOG_LEVEL_INFO,
    LOG_LEVEL_WARN,
    LOG_LEVEL_ERROR,
    LOG_LEVEL_FATAL,
    LOG_LEVEL_OFF,
};

/* The choices of METRICS. */
enum metrics {
    METRICS_OFF = 1,
    METRICS_EMF,
};

/* The choices of ON_DUPLICATE_LIMIT. */
enum on_duplicate_limit {
    ON_DUPLICATE_LIMIT_REJECT = 1,
    ON_DUPLICATE_LIMIT_REPLACE,
};

/* The choices of RECORD_ENCODING. */
enum record_encoding {
    RECORD_ENCODING_AUTO = 1,
    RECORD_ENCODING_JSON,
    RECORD_ENCODING_PROTOBUF,
};

/* The choices of SQLITE_SYNCHRONOUS. */
enum sqlite_synchronous {
    SQLITE_SYNCHRONOUS_FULL_ = 1,
    SQLITE_SYNCHRONOUS_NORMAL_,
};

/* The choices of UNKNOWN_EVENTS. */
enum unknown_events {
    UNKNOWN_EVENTS_SKIP = 1,
    UNKNOWN_EVENTS_DEAD_LETTER,
};

struct settings {
    /*
     * BATCH_SIZE: How many records `run` puts into a batch. At least 1, at most 10000. Default:
     * "1000".
     */
    int64_t batch_size;

    /* DB: Where entities are kept. Default: "inMemory". */
    enum db db;

    /*
     * DEAD_LETTER: Where records go that can never succeed: file:PATH or PATH, a file they are
     * added to; empty: nowhere, they are reported as failures. Default: "".
     */
    struct kh_str dead_letter;

    /*
     * DYNAMODB_TABLE_PREFIX: What the names of all tables in DynamoDB begin with. Region, endpoint
     * and credentials come from where AWS's own tools take them, see docs/aws.md. At most 100
     * characters. Default: "".
     */
    struct kh_str dynamodb_table_prefix;

    /*
     * IDEMPOTENCY: How an event that comes again is told: by its id, so that it has one effect; or
     * none, it is applied each time. Default: "eventId".
     */
    enum idempotency idempotency;

    /*
     * IDEMPOTENCY_TTL_S: For how many seconds at least a database remembers which events were
     * applied. At least 1, at most 315360000. Default: "86400".
     */
    int64_t idempotency_ttl_s;

    /*
     * LOG_FORMAT: How log lines look; auto is json unless the error output is a terminal. Default:
     * "auto".
     */
    enum log_format log_format;

    /* LOG_LEVEL: The least level that is logged. Default: "info". */
    enum log_level log_level;

    /*
     * MARKS_IN_MEMORY: How many applied event ids the memory store remembers. At least 1000, at
     * most 100000000. Default: "1000000".
     */
    int64_t marks_in_memory;

    /*
     * MAX_DECOMPRESSED_BYTES: How many bytes one compressed record may become, and an eighth of
     * what all those of a batch may; see docs/encodings.md. At least 1024, at most 1073741824.
     * Default: "10485760".
     */
    int64_t max_decompressed_bytes;

    /*
     * MAX_RECORD_BYTES: The size of the largest record that is looked at; larger ones are dead
     * letters. At least 1024, at most 10485760. Default: "10485760".
     */
    int64_t max_record_bytes;

    /*
     * METRICS: Whether metrics are written, in CloudWatch's embedded metric format. Default: "off".
     */
    enum metrics metrics;

    /*
     * METRICS_NAMESPACE: The namespace of the metrics. 1 to 255 characters. Default:
     * "kinesis-handler".
     */
    struct kh_str metrics_namespace;

    /*
     * ON_DUPLICATE_LIMIT: What becomes of a USER_LIMIT_CREATED for a limit that is there already:
     * it is refused, or replaces the limit. Default: "reject".
     */
    enum on_duplicate_limit on_duplicate_limit;

    /*
     * RECORD_ENCODING: How records are spelled: auto, each says by its first bytes what it is and
     * what stands around it; or all are JSON or Protocol Buffers as they are, and nothing is looked
     * for. Default: "auto".
     */
    enum record_encoding record_encoding;

    /*
     * RESERVE_MS: No further record is started when less time (in milliseconds) is left, or 5 % of
     * the invocation's time if that is more. At least 0, at most 60000. Default: "250".
     */
    int64_t reserve_ms;

    /*
     * SQLITE_PATH: The database of DB=sqlite: a file, which is made if it is not there. Default:
     * "".
     */
    struct kh_str sqlite_path;

    /*
     * SQLITE_SYNCHRONOUS: Whether a commit waits until the disk has it (full), or a power failure
     * may take the latest commits back (normal); the end of the process alone loses nothing.
     * Default: "full".
     */
    enum sqlite_synchronous sqlite_synchronous;

    /* UNKNOWN_EVENTS: What becomes of events of a type that has no schema. Default: "skip". */
    enum unknown_events unknown_events;
};

/* What the runtime's loader fills the struct by. */
extern const struct kh_setting settings_rows[19];

static inline const struct settings *settings(const struct kh_context *ctx)
{
    return ctx->settings;
}

#endif
