/*
 * Records out of bytes: what an invocation of Lambda delivers, and what a file of events holds.
 * Everything found is put into an arena, that of the batch; nothing is applied here.
 */
#ifndef KH_SOURCE_H
#define KH_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/arena.h"
#include "kh/error.h"
#include "kh/record.h"
#include "kh/status.h"
#include "kh/str.h"

struct kh_records {
    struct kh_record *items;
    size_t count;
    bool bare; /* one event that came by itself: an answer has no way to name it for a retry */
    /* Every record begins with {, so that there is nothing to open (kh/open.h). */
    bool all_objects;
};

/*
 * A Lambda event of a Kinesis stream: {"Records":[…]}. *found is false for JSON that is something
 * else, which is checked all the same. Strings of the records are slices of `text` (KH_PADDING
 * readable bytes behind it), their data is decoded into the arena.
 *
 * A record whose data is not base64 is handed out with status KH_NOT_BASE64, the others are not
 * concerned. Fails as a whole with KH_NOT_JSON and its like, or KH_INVALID when an entry is of
 * another event source or lacks what Kinesis always sends: then no answer about single records
 * would mean anything.
 */
enum kh_status kh_lambda_event_read(struct kh_str text, struct kh_arena *arena,
                                    struct kh_error *error, struct kh_records *out,
                                    bool *found) KH_MUST_USE;

/* The event of an invocation, recognised by its content: a Lambda event, or one bare event. */
enum kh_status kh_invocation_read(struct kh_str text, struct kh_arena *arena,
                                  struct kh_error *error, struct kh_records *out) KH_MUST_USE;

/* ---- Files ---------------------------------------------------------------------------------
 *
 * Recognised by content: a JSON array of events; NDJSON, where every line stands for itself; or
 * documents one after the other, over as many lines as they like. Each may be an event or a
 * captured Lambda event. A file that is no text, to judge by its first byte, is one record: a message of
 * Protocol Buffers, or something compressed. Read in pieces, so its size does not matter, only that of one document.
 */

/* The largest line, document or item of an array. */
#define KH_FILE_DOCUMENT_LIMIT ((size_t)64 * 1024 * 1024)

struct kh_file;

/* "-" is standard input. KH_IO, with error, when it can't be opened; KH_NO_MEMORY. */
enum kh_status kh_file_open(const char *path, struct kh_error *error,
                            struct kh_file **out) KH_MUST_USE;

/* NULL is allowed. */
void kh_file_close(struct kh_file *file);

/*
 * The next records: about `limit` (>= 1), more when a captured Lambda event holds more; none at the
 * end of the file. A line of NDJSON that is not JSON is a record all the same, for the dead
 * letters. Elsewhere broken text ends the file: KH_NOT_JSON and its like, error->reason begins with
 * line and column, and what stood before it was handed out by earlier calls. Not to be called after
 * a failure.
 */
enum kh_status kh_file_next(struct kh_file *file, size_t limit, struct kh_arena *arena,
                            struct kh_error *error, struct kh_records *out) KH_MUST_USE;

/* Bytes read and bytes in all; the latter is 0 when it is not known. */
uint64_t kh_file_done(const struct kh_file *file);
uint64_t kh_file_size(const struct kh_file *file);

#endif
