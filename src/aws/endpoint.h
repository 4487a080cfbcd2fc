/* Which region, and where its service is. */
#ifndef KH_AWS_ENDPOINT_H
#define KH_AWS_ENDPOINT_H

#include <stdbool.h>

#include "aws/environment.h"
#include "aws/url.h"
#include "kh/error.h"
#include "kh/status.h"

#define KH_AWS_REGION_SIZE 64

struct kh_aws_endpoint {
    char region[KH_AWS_REGION_SIZE];
    char host[sizeof((struct kh_aws_url *)0)->authority]; /* the header Host */
    char url[sizeof((struct kh_aws_url *)0)->authority + 16];
    bool in_clear;
};

/*
 * `region` and `endpoint` as kh_aws_options has them. KH_BAD_SETTING: there is no region, it is none, or
 * the endpoint is not allowed; KH_IO: the config file can't be read; KH_NO_MEMORY.
 */
enum kh_status kh_aws_endpoint_find(const struct kh_aws_environment *environment,
                                    const char *service, const char *region, const char *endpoint,
                                    struct kh_error *error,
                                    struct kh_aws_endpoint *out) KH_MUST_USE;

#endif
