/*
 * The detail behind a status: what failed, where, and why. Fixed size, so that it can be filled in
 * when memory is short. The first error wins: it is the deepest cause.
 */
#ifndef KH_ERROR_H
#define KH_ERROR_H

#include <stdarg.h>
#include <stddef.h>

#include "kh/status.h"

struct kh_error {
    enum kh_status status; /* KH_OK while nothing has failed */
    const char *keyword;   /* the schema keyword that is violated, or "" ; static */
    size_t offset;         /* byte offset into the text being read, if it was read */
    char reason[240];      /* one sentence for people, UTF-8, without payload values */
};

/* Back to "nothing has failed". */
void kh_error_clear(struct kh_error *error);

/*
 * Records status and reason (printf format) unless an error is recorded already; returns `status`,
 * so that a caller can `return kh_fail(...)`. A reason that is too long is cut between characters.
 */
enum kh_status kh_fail(struct kh_error *error, enum kh_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for functions that take a format themselves. */
enum kh_status kh_fail_v(struct kh_error *error, enum kh_status status, const char *format,
                         va_list arguments) __attribute__((format(printf, 3, 0)));

#endif
