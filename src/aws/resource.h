/*
 * What the calls about one stream, queue or the like have in common: their service's protocol, and errors that say
 * which one they are about.
 */
#ifndef KH_AWS_RESOURCE_H
#define KH_AWS_RESOURCE_H

#include "aws/client.h"
#include "kh/store.h"

/* All borrowed. */
struct kh_aws_resource {
    struct kh_aws_client *client;
    const char *kind; /* "stream": errors begin with it and the name */
    struct kh_str name;
    const char *target;       /* "Kinesis_20131202.": what X-Amz-Target begins with */
    const char *content_type; /* "application/x-amz-json-1.1" */
    const char *missing;      /* the error's type when the resource is not there */
};

/*
 * One call; `operation` as "PutRecords". As kh_aws_call, but errors begin with the resource, and one that is not
 * there is told as such.
 */
enum kh_status kh_aws_resource_call(const struct kh_aws_resource *resource,
                                    const struct kh_call *call, const char *operation,
                                    struct kh_str body, struct kh_aws_answer *answer) KH_MUST_USE;

/* Records that an answer can't be read, and the reader's reason; returns `status`. */
enum kh_status kh_aws_resource_unreadable(const struct kh_aws_resource *resource,
                                          const struct kh_call *call, const char *operation,
                                          enum kh_status status, const char *reason);

#endif
