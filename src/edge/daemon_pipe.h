/*
 * The two pipes to a MultiLangDaemon: lines of JSON, one of ours at a time. What handlers or libraries print can't
 * get between them: standard output is moved away before anything else runs, and prints go to standard error.
 */
#ifndef KH_DAEMON_PIPE_H
#define KH_DAEMON_PIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/json_writer.h"
#include "record/multilang.h"

/* A longer line can't be right: GetRecords has up to 10 MiB of data. */
#define KH_DAEMON_LINE_LIMIT ((size_t)64 << 20)

struct kh_daemon_pipe {
    int in;
    int out;
    char *data; /* what was read of the lines to come */
    size_t begin;
    size_t end;
    size_t capacity;
    struct kh_json_writer writer;
};

/* KH_IO. To be cleaned up whatever this returned. */
enum kh_status kh_daemon_pipe_init(struct kh_daemon_pipe *pipe, struct kh_error *error) KH_MUST_USE;
void kh_daemon_pipe_clean_up(struct kh_daemon_pipe *pipe);

/*
 * Waits for the next line that is not empty, and reads it as a message; all of it is in the arena. *is_over: the
 * daemon has closed the pipe, there is no message. KH_IO, KH_TOO_LARGE, KH_NO_MEMORY, and as kh_multilang_read.
 */
enum kh_status kh_daemon_pipe_read(struct kh_daemon_pipe *pipe, struct kh_arena *arena,
                                   struct kh_error *error, struct kh_multilang_message *out,
                                   bool *is_over) KH_MUST_USE;

/* Says that an action is done with. KH_IO, KH_NO_MEMORY. */
enum kh_status kh_daemon_pipe_status(struct kh_daemon_pipe *pipe, struct kh_str action,
                                     struct kh_error *error) KH_MUST_USE;

/* Asks for a checkpoint at the record; NULL: at the end of the shard. */
enum kh_status kh_daemon_pipe_checkpoint(struct kh_daemon_pipe *pipe,
                                         const struct kh_record *record,
                                         struct kh_error *error) KH_MUST_USE;

/*
 * Sleeps. False when the daemon has closed the pipe, or says something though it waits for our answer: nobody
 * listens any more.
 */
bool kh_daemon_pipe_sleep(const struct kh_daemon_pipe *pipe, int64_t milliseconds);

#endif
