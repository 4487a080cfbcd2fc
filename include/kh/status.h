/*
 * What a function came to, and what that means for the record being processed.
 *
 * One row per status. The enum, the names, the texts, the verdicts and the table in
 * docs/reference/statuses.md all come from these rows: to add a status, add a row.
 */
#ifndef KH_STATUS_H
#define KH_STATUS_H

/* name, verdict, text */
#define KH_STATUS_MAP(XX)                                                                          \
    XX(OK, DONE, "success")                                                                        \
    XX(DUPLICATE, DONE, "the event was applied before")                                            \
    XX(NO_ROUTE, SKIPPED, "no schema for this event type")                                         \
    XX(NOT_BASE64, DEAD_LETTERED, "not valid base64")                                              \
    XX(NOT_JSON, DEAD_LETTERED, "not valid JSON")                                                  \
    XX(NOT_PROTOBUF, DEAD_LETTERED, "not a valid Protocol Buffers message")                        \
    XX(WRONG_ENCODING, DEAD_LETTERED, "in an encoding that its event type does not accept")        \
    XX(BAD_FRAME, DEAD_LETTERED, "a header or compression around the event is damaged")            \
    XX(BAD_AGGREGATE, DEAD_LETTERED, "an aggregated record that can't be opened")                  \
    XX(NOT_UTF8, DEAD_LETTERED, "not valid UTF-8")                                                 \
    XX(TOO_DEEP, DEAD_LETTERED, "nested too deeply")                                               \
    XX(TOO_LARGE, DEAD_LETTERED, "too large")                                                      \
    XX(INVALID, DEAD_LETTERED, "violates the schema")                                              \
    XX(PATTERN_LIMIT, DEAD_LETTERED, "a pattern needed too many steps to match")                   \
    XX(OUT_OF_RANGE, DEAD_LETTERED, "a result has more digits than can be kept")                   \
    XX(REFUSED, DEAD_LETTERED, "refused by a business rule")                                       \
    XX(NOT_FOUND, DEAD_LETTERED, "the entity is not there")                                        \
    XX(EXISTS, DEAD_LETTERED, "the entity is there already")                                       \
    XX(BAD_ROW, DEAD_LETTERED, "the stored row is not what the schema says")                       \
    XX(CONFLICT, RETRY, "someone else changed the row meanwhile")                                  \
    XX(THROTTLED, RETRY, "the store asks to slow down")                                            \
    XX(TIMEOUT, RETRY, "no answer in time")                                                        \
    XX(STORE, RETRY, "the store failed")                                                           \
    XX(DEADLINE, RETRY, "not started, too little time was left")                                   \
    XX(NOT_STARTED, RETRY, "not started, an earlier record has to be retried first")               \
    XX(NO_ROOM, RETRY, "too much in one batch together with the records before it")                \
    XX(NO_MEMORY, RETRY, "out of memory")                                                          \
    XX(IO, RETRY, "reading or writing failed")                                                     \
    XX(BAD_PATTERN, RETRY, "a pattern of the schema could not be compiled")                        \
    XX(BAD_SETTING, RETRY, "a setting has a value that is not allowed")                            \
    XX(USAGE, RETRY, "the command line is wrong")

enum kh_status {
#define XX(name, verdict, text) KH_##name,
    KH_STATUS_MAP(XX)
#undef XX
        KH_STATUS_COUNT
};

/* What becomes of a record. */
enum kh_verdict {
    KH_VERDICT_DONE,          /* applied, now or before */
    KH_VERDICT_SKIPPED,       /* not for this service */
    KH_VERDICT_DEAD_LETTERED, /* can never succeed: set aside with its reason */
    KH_VERDICT_RETRY,         /* may succeed later: processing stops here */
    KH_VERDICT_COUNT
};

/* A result nobody looks at is a compile error. */
#define KH_MUST_USE __attribute__((warn_unused_result))

/* Tells compilers which way to lay out the code. */
#define KH__LIKELY(condition) __builtin_expect(!!(condition), 1)

/* "NOT_JSON", "not valid JSON", and so on: static strings, never NULL. */
const char *kh_status_name(enum kh_status status);
const char *kh_status_text(enum kh_status status);
enum kh_verdict kh_status_verdict(enum kh_status status);
/* "done", "skipped", "deadLettered", "retry". */
const char *kh_verdict_name(enum kh_verdict verdict);

/*
 * Returns from the calling function when the expression is not KH_OK. The only such macro. Compilers are
 * told that this is rare: without it they lay out the readers the other way round in places.
 */
#define KH_TRY(expression)                                                                         \
    do {                                                                                           \
        enum kh_status kh_try_status = (expression);                                               \
        if (!KH__LIKELY(kh_try_status == KH_OK)) {                                                 \
            return kh_try_status;                                                                  \
        }                                                                                          \
    } while (0)

#endif
