/* Lines in, lines out. */
#include "edge/daemon_pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "kh/alloc.h"

#define FIRST_CAPACITY ((size_t)64 << 10)

enum kh_status kh_daemon_pipe_init(struct kh_daemon_pipe *pipe, struct kh_error *error)
{
    *pipe = (struct kh_daemon_pipe){ .in = STDIN_FILENO };
    kh_json_writer_init(&pipe->writer);
    pipe->out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (pipe->out < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
        return kh_fail(error, KH_IO, "standard output can't be moved: %m");
    }
    return KH_OK;
}

void kh_daemon_pipe_clean_up(struct kh_daemon_pipe *pipe)
{
    if (pipe->out >= 0) {
        close(pipe->out);
    }
    kh_free(pipe->data);
    kh_json_writer_clean_up(&pipe->writer);
}

/* ---- In ------------------------------------------------------------------------------------ */

/* Room for more, behind what was read. */
static enum kh_status make_room(struct kh_daemon_pipe *pipe, struct kh_error *error)
{
    size_t capacity = pipe->capacity == 0 ? FIRST_CAPACITY : pipe->capacity * 2;
    char *data;

    if (pipe->begin > 0) {
        pipe->end -= pipe->begin;
        memmove(pipe->data, pipe->data + pipe->begin, pipe->end);
        pipe->begin = 0;
    }
    if (pipe->end < pipe->capacity) {
        return KH_OK;
    }
    data = kh_realloc(pipe->data, capacity);
    if (data == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for a line of the daemon");
    }
    pipe->data = data;
    pipe->capacity = capacity;
    return KH_OK;
}

static enum kh_status check_length(size_t length, struct kh_error *error)
{
    return length <= KH_DAEMON_LINE_LIMIT
               ? KH_OK
               : kh_fail(error, KH_TOO_LARGE, "a line of the daemon has more than %zu bytes",
                         KH_DAEMON_LINE_LIMIT);
}

static enum kh_status read_more(struct kh_daemon_pipe *pipe, struct kh_error *error, bool *is_over)
{
    ssize_t length;

    KH_TRY(make_room(pipe, error));
    do {
        length = read(pipe->in, pipe->data + pipe->end, pipe->capacity - pipe->end);
    } while (length < 0 && errno == EINTR);
    if (length < 0) {
        return kh_fail(error, KH_IO, "the daemon can't be heard: %m");
    }
    pipe->end += (size_t)length;
    *is_over = length == 0;
    return KH_OK;
}

/* The next line, without its end; what is cut off by the end of it all is none. */
static enum kh_status read_line(struct kh_daemon_pipe *pipe, struct kh_error *error,
                                struct kh_str *line, bool *is_over)
{
    size_t looked = pipe->begin;
    const char *newline = NULL;

    *is_over = false;
    for (;;) {
        size_t begin = pipe->begin;

        if (pipe->end > looked) {
            newline = memchr(pipe->data + looked, '\n', pipe->end - looked);
        }
        if (newline != NULL) {
            break;
        }
        looked = pipe->end;
        KH_TRY(check_length(pipe->end - pipe->begin, error));
        KH_TRY(read_more(pipe, error, is_over));
        if (*is_over) {
            return KH_OK;
        }
        looked -= begin - pipe->begin; /* what was read may have moved */
    }
    *line =
        (struct kh_str){ pipe->data + pipe->begin, (size_t)(newline - pipe->data) - pipe->begin };
    pipe->begin += line->length + 1;
    return check_length(line->length, error);
}

static bool is_blank(struct kh_str line)
{
    return line.length == 0 || (line.length == 1 && line.data[0] == '\r');
}

/* The line after this one may move the buffer. */
static enum kh_status copy_line(struct kh_str line, struct kh_arena *arena, struct kh_error *error,
                                struct kh_str *out)
{
    *out = kh_arena_copy_padded(arena, line);
    return out->data != NULL ? KH_OK
                             : kh_fail(error, KH_NO_MEMORY, "no memory for a line of the daemon");
}

enum kh_status kh_daemon_pipe_read(struct kh_daemon_pipe *pipe, struct kh_arena *arena,
                                   struct kh_error *error, struct kh_multilang_message *out,
                                   bool *is_over)
{
    struct kh_str line;

    do {
        KH_TRY(read_line(pipe, error, &line, is_over));
        if (*is_over) {
            return KH_OK;
        }
    } while (is_blank(line));
    KH_TRY(copy_line(line, arena, error, &line));
    return kh_multilang_read(line, arena, error, out);
}

bool kh_daemon_pipe_sleep(const struct kh_daemon_pipe *pipe, int64_t milliseconds)
{
    struct pollfd descriptor = { .fd = pipe->in, .events = POLLIN };

    return pipe->begin == pipe->end && poll(&descriptor, 1, (int)milliseconds) <= 0;
}

/* ---- Out ----------------------------------------------------------------------------------- */

static enum kh_status write_all(const struct kh_daemon_pipe *pipe, struct kh_error *error)
{
    struct kh_str text = kh_json_writer_text(&pipe->writer);

    while (text.length > 0) {
        ssize_t written = write(pipe->out, text.data, text.length);

        if (written < 0 && errno != EINTR) {
            return kh_fail(error, KH_IO, "the daemon does not listen: %m");
        }
        if (written > 0) {
            text.data += written;
            text.length -= (size_t)written;
        }
    }
    return KH_OK;
}

/* A newline before it as well: whatever was printed there by others ends with that. */
static enum kh_status begin(struct kh_json_writer *out, struct kh_str action)
{
    kh_json_writer_reset(out);
    KH_TRY(kh_json_write_newline(out));
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("action")));
    return kh_json_write_str(out, action);
}

static enum kh_status end(struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_object_end(out));
    return kh_json_write_newline(out);
}

static enum kh_status write_status(struct kh_json_writer *out, struct kh_str action)
{
    KH_TRY(begin(out, KH_STR("status")));
    KH_TRY(kh_json_write_name(out, KH_STR("responseFor")));
    KH_TRY(kh_json_write_str(out, action));
    return end(out);
}

static enum kh_status write_checkpoint(struct kh_json_writer *out, const struct kh_record *record)
{
    KH_TRY(begin(out, KH_STR("checkpoint")));
    if (record != NULL) {
        KH_TRY(kh_json_write_name(out, KH_STR("sequenceNumber")));
        KH_TRY(kh_json_write_str(out, record->sequence_number));
        KH_TRY(kh_json_write_name(out, KH_STR("subSequenceNumber")));
        KH_TRY(kh_json_write_uint64(out, kh_multilang_sub_sequence_number(record)));
    }
    return end(out);
}

enum kh_status kh_daemon_pipe_status(struct kh_daemon_pipe *pipe, struct kh_str action,
                                     struct kh_error *error)
{
    if (write_status(&pipe->writer, action) != KH_OK) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for an answer to the daemon");
    }
    return write_all(pipe, error);
}

enum kh_status kh_daemon_pipe_checkpoint(struct kh_daemon_pipe *pipe,
                                         const struct kh_record *record, struct kh_error *error)
{
    if (write_checkpoint(&pipe->writer, record) != KH_OK) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for a checkpoint");
    }
    return write_all(pipe, error);
}
