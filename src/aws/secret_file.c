#include "aws/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kh/alloc.h"

static enum kh_status read_all(int fd, const char *path, size_t limit, struct kh_error *error,
                               struct kh_secret_file *out)
{
    ssize_t count = 1;

    out->data = kh_malloc(limit + 1);
    if (out->data == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "out of memory while reading %s", path);
    }
    out->capacity = limit + 1;
    while (count != 0 && out->length <= limit) {
        count = read(fd, out->data + out->length, out->capacity - out->length);
        if (count < 0 && errno != EINTR) {
            return kh_fail(error, KH_IO, "%s can't be read: %s", path, strerror(errno));
        }
        out->length += count > 0 ? (size_t)count : 0;
    }
    if (out->length > limit) {
        return kh_fail(error, KH_IO, "%s is larger than %zu bytes", path, limit);
    }
    return KH_OK;
}

enum kh_status kh_secret_file_read(const char *path, size_t limit, struct kh_error *error,
                                   struct kh_secret_file *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    enum kh_status status;

    *out = (struct kh_secret_file){ NULL, 0, 0 };
    if (fd < 0) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return KH_OK;
        }
        return kh_fail(error, KH_IO, "%s can't be read: %s", path, strerror(errno));
    }
    status = read_all(fd, path, limit, error, out);
    close(fd);
    return status;
}

void kh_secret_file_clean_up(struct kh_secret_file *file)
{
    if (file->data != NULL) {
        explicit_bzero(file->data, file->capacity);
        kh_free(file->data);
        file->data = NULL;
    }
}
