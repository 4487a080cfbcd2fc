/* What an error answer says, and what helps against it. */
#ifndef KH_AWS_SERVICE_ERROR_H
#define KH_AWS_SERVICE_ERROR_H

#include "kh/arena.h"
#include "kh/status.h"
#include "kh/str.h"

enum kh_aws_error_class {
    KH_AWS_ERROR_FINAL,       /* nothing that could be done here */
    KH_AWS_ERROR_THROTTLED,   /* to ask again later, and less often */
    KH_AWS_ERROR_TRANSIENT,   /* to ask again */
    KH_AWS_ERROR_CREDENTIALS, /* other credentials */
    KH_AWS_ERROR_CLOCK        /* the right time, if ours is wrong */
};

/* By the status of HTTP and the type of the error, which may be "". */
enum kh_aws_error_class kh_aws_error_classify(long code, struct kh_str type);

/*
 * Type and message of an error. `body` is padded as text that is read must be, `header` the value of
 * x-amzn-ErrorType or NULL; strings are in the arena or slices of both. "" where nothing is said. The
 * type has letters, digits, `_`, `.` and `-` only. KH_NO_MEMORY.
 */
enum kh_status kh_aws_error_parse(struct kh_str body, const char *header, struct kh_arena *arena,
                                  struct kh_str *type, struct kh_str *message) KH_MUST_USE;

/* Whether the message of such an error is known to repeat neither values nor credentials. */
bool kh_aws_error_is_harmless(struct kh_str type);

#endif
