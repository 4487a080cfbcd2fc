/* Signatures of requests: AWS Signature Version 4 for POST on the path "/" without a query. */
#ifndef KH_AWS_SIGN_H
#define KH_AWS_SIGN_H

#include <stdint.h>

#include "kh/arena.h"
#include "kh/status.h"
#include "kh/str.h"

struct kh_aws_header {
    struct kh_str name;
    struct kh_str value;
};

/* "20261123T120000Z" */
#define KH_AWS_DATE_SIZE 17

struct kh_aws_signing {
    struct kh_str key_id;
    struct kh_str secret;
    struct kh_str region;
    struct kh_str service;
    const char *date;                    /* that of the header x-amz-date */
    const struct kh_aws_header *headers; /* all that are to be signed, in any order and case; those
                                            of the same name count as one, as HTTP has it */
    size_t header_count;
    struct kh_str body;
};

/* The UTC time in the form of x-amz-date; years 1970 to 9999. */
void kh_aws_format_date(int64_t milliseconds_since_1970, char out[KH_AWS_DATE_SIZE]);

/* The value of the header Authorization, in the arena. KH_NO_MEMORY. */
enum kh_status kh_aws_sign(const struct kh_aws_signing *signing, struct kh_arena *arena,
                           struct kh_str *authorization) KH_MUST_USE;

#endif
