/*
 * Dead letters in a file, one JSON object per line. Entries count only once they are on the disk; those
 * that could not be written whole are cut off again, so the file stays readable line by line.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kh/alloc.h"
#include "kh/dead_letter.h"

struct dead_letter_file {
    struct kh_dead_letters head;
    pthread_mutex_t lock;
    int fd;
    char *lines; /* a newline, and each entry with a newline, in one piece, for one write */
    size_t capacity;
    char path[];
};

static struct dead_letter_file *file_of(struct kh_dead_letters *target)
{
    return (struct dead_letter_file *)target;
}

static enum kh_status io_error(struct kh_error *error, const char *path, const char *what)
{
    return kh_fail(error, KH_IO, "dead letters: %s %s: %s", path, what, strerror(errno));
}

/* All of it, or an errno. */
static bool write_all(int fd, const char *data, size_t length)
{
    size_t written = 0;

    while (written < length) {
        ssize_t count = write(fd, data + written, length - written);

        if (count < 0 && errno != EINTR) {
            return false;
        }
        written += count > 0 ? (size_t)count : 0;
    }
    return true;
}

static bool reserve_lines(struct dead_letter_file *file, size_t size)
{
    char *lines;

    if (size <= file->capacity) {
        return true;
    }
    lines = kh_realloc(file->lines, size);
    if (lines == NULL) {
        return false;
    }
    file->lines = lines;
    file->capacity = size;
    return true;
}

/* Whether the file ends with a line that a crash has cut. */
static bool has_cut_line(const struct dead_letter_file *file, off_t end)
{
    char last;

    return end > 0 && pread(file->fd, &last, 1, end - 1) == 1 && last != '\n';
}

/*
 * Writes the lines of `length` bytes. The file is locked against other processes: what is cut off
 * after a failure is ours.
 */
static enum kh_status append(struct dead_letter_file *file, size_t length, struct kh_error *error)
{
    off_t end = lseek(file->fd, 0, SEEK_END);
    enum kh_status status = KH_OK;
    size_t skip;

    if (end < 0) {
        return io_error(error, file->path, "has no end");
    }
    skip = has_cut_line(file, end) ? 0 : 1;
    if (!write_all(file->fd, file->lines + skip, length - skip) || fsync(file->fd) != 0) {
        status = io_error(error, file->path, "can't be written");
        if (ftruncate(file->fd, end) != 0) {
            (void)kh_fail(error, KH_IO, "dead letters: %s has a cut line", file->path);
        }
    }
    return status;
}

static enum kh_status lock_file(struct dead_letter_file *file, short type, struct kh_error *error)
{
    struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

    while (fcntl(file->fd, F_OFD_SETLKW, &lock) != 0) {
        if (errno != EINTR) {
            return io_error(error, file->path, "can't be locked");
        }
    }
    return KH_OK;
}

static enum kh_status set_lines(struct dead_letter_file *file, const struct kh_dead_letter *letters,
                                size_t count, size_t *length)
{
    size_t size = 1;
    char *at;

    for (size_t i = 0; i < count; i++) {
        size += letters[i].text.length + 1;
    }
    if (!reserve_lines(file, size)) {
        return KH_NO_MEMORY;
    }
    at = file->lines;
    *at++ = '\n';
    for (size_t i = 0; i < count; i++) {
        memcpy(at, letters[i].text.data, letters[i].text.length);
        at += letters[i].text.length;
        *at++ = '\n';
    }
    *length = size;
    return KH_OK;
}

static enum kh_status write_lines(struct dead_letter_file *file,
                                  const struct kh_dead_letter *letters, size_t count,
                                  struct kh_error *error)
{
    struct kh_error unlocking;
    enum kh_status status;
    size_t length;

    if (set_lines(file, letters, count, &length) != KH_OK) {
        return kh_fail(error, KH_NO_MEMORY, "out of memory for a dead letter");
    }
    KH_TRY(lock_file(file, F_WRLCK, error));
    status = append(file, length, error);
    kh_error_clear(&unlocking);
    (void)lock_file(file, F_UNLCK, &unlocking);
    return status;
}

static enum kh_status file_write(struct kh_dead_letters *target,
                                 const struct kh_dead_letter *letters, size_t count,
                                 int64_t deadline_ms, struct kh_error *error)
{
    struct dead_letter_file *file = file_of(target);
    enum kh_status status;

    (void)deadline_ms; /* a disk answers when it can */
    pthread_mutex_lock(&file->lock);
    status = write_lines(file, letters, count, error);
    pthread_mutex_unlock(&file->lock);
    return status;
}

static void file_destroy(struct kh_dead_letters *target)
{
    struct dead_letter_file *file = file_of(target);

    if (file->fd >= 0) {
        close(file->fd);
    }
    pthread_mutex_destroy(&file->lock);
    kh_free(file->lines);
    kh_free(file);
}

/* A new file is only there for good once its directory is on the disk, too. */
static enum kh_status sync_directory(const char *path, struct kh_error *error)
{
    const char *slash = strrchr(path, '/');
    char directory[4096];
    size_t length = slash == NULL ? 1 : (size_t)(slash - path) + 1;
    enum kh_status status = KH_OK;
    int fd;

    if (length >= sizeof directory) {
        return kh_fail(error, KH_IO, "dead letters: the path is too long");
    }
    memcpy(directory, slash == NULL ? "." : path, length);
    directory[length] = '\0';
    fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return io_error(error, directory, "can't be opened");
    }
    if (fsync(fd) != 0) {
        status = io_error(error, directory, "can't be synced");
    }
    close(fd);
    return status;
}

static enum kh_status open_file(struct dead_letter_file *file, struct kh_error *error)
{
    struct stat info;

    file->fd = open(file->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file->fd < 0) {
        return io_error(error, file->path, "can't be opened");
    }
    if (fstat(file->fd, &info) != 0) {
        return io_error(error, file->path, "can't be looked at");
    }
    if (!S_ISREG(info.st_mode)) {
        return kh_fail(error, KH_IO, "dead letters: %s is not a regular file", file->path);
    }
    return sync_directory(file->path, error);
}

enum kh_status kh_dead_letters_file_new(const char *path, struct kh_error *error,
                                        struct kh_dead_letters **out)
{
    static const struct kh_dead_letters_ops ops = { file_write, file_destroy };
    size_t length = strlen(path);
    struct dead_letter_file *file = kh_calloc(1, sizeof *file + length + 1);
    enum kh_status status;

    if (file == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "out of memory for the dead letters");
    }
    if (pthread_mutex_init(&file->lock, NULL) != 0) {
        kh_free(file);
        return kh_fail(error, KH_NO_MEMORY, "out of memory for the dead letters");
    }
    file->head.ops = &ops;
    file->fd = -1;
    memcpy(file->path, path, length + 1);
    status = open_file(file, error);
    if (status != KH_OK) {
        file_destroy(&file->head);
        return status;
    }
    *out = &file->head;
    return KH_OK;
}
