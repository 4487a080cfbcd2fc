#include "aws/resource.h"

#include <stdio.h>

enum kh_status kh_aws_resource_call(const struct kh_aws_resource *resource,
                                    const struct kh_call *call, const char *operation,
                                    struct kh_str body, struct kh_aws_answer *answer)
{
    char target[64];
    const struct kh_aws_request request = { .target = target,
                                            .content_type = resource->content_type,
                                            .body = body,
                                            .deadline_ms = call->deadline_ms };
    struct kh_error why;
    enum kh_status status;

    kh_error_clear(&why);
    (void)snprintf(target, sizeof target, "%s%s", resource->target, operation);
    status = kh_aws_call(resource->client, &request, call->arena, &why, answer);
    if (status == KH_OK) {
        return KH_OK;
    }
    if (status == KH_STORE && kh_str_equal(answer->error_type, kh_str_from(resource->missing))) {
        return kh_fail(call->error, status, "%s %.*s: %s: it is not there", resource->kind,
                       KH_STR_ARG(resource->name), operation);
    }
    return kh_fail(call->error, status, "%s %.*s: %s", resource->kind, KH_STR_ARG(resource->name),
                   why.reason);
}

enum kh_status kh_aws_resource_unreadable(const struct kh_aws_resource *resource,
                                          const struct kh_call *call, const char *operation,
                                          enum kh_status status, const char *reason)
{
    return kh_fail(call->error, status, "%s %.*s: %s: the answer can't be read: %s", resource->kind,
                   KH_STR_ARG(resource->name), operation, reason);
}
