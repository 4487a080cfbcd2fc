/* Small files that hold secrets: read whole, and wiped when they have been looked at. */
#ifndef KH_AWS_SECRET_FILE_H
#define KH_AWS_SECRET_FILE_H

#include "kh/error.h"
#include "kh/status.h"
#include "kh/str.h"

/* On the heap; data NULL: there is no such file. */
struct kh_secret_file {
    char *data;
    size_t length;
    size_t capacity;
};

/*
 * KH_IO: it is there but can't be read, or has more than `limit` bytes; KH_NO_MEMORY. To be cleaned up
 * in any case.
 */
enum kh_status kh_secret_file_read(const char *path, size_t limit, struct kh_error *error,
                                   struct kh_secret_file *out) KH_MUST_USE;
void kh_secret_file_clean_up(struct kh_secret_file *file);

static inline struct kh_str kh_secret_file_text(const struct kh_secret_file *file)
{
    return (struct kh_str){ file->data, file->length };
}

#endif
