/* One attempt of a call: signed, sent, and what came back understood. */
#ifndef KH_AWS_ATTEMPT_H
#define KH_AWS_ATTEMPT_H

#include "aws/client.h"
#include "aws/connection.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/retry.h"
#include "aws/uuid.h"

/* What the attempts of a call have in common, and what each is given. */
struct kh_aws_attempt {
    const struct kh_aws_request *request;
    const char *service;
    const struct kh_aws_endpoint *endpoint;
    const struct kh_aws_credentials *credentials;
    const struct kh_clock *clock;
    long timeout_ms;
    int64_t clock_offset_ms; /* what the service's clock is ahead of ours */
    char id[KH_UUID_SIZE];   /* of the call */
    unsigned number;         /* from 1 */
    unsigned max;
};

/* What is to be done about it. */
enum kh_aws_next {
    KH_AWS_NEXT_NOTHING,     /* it succeeded, or no repetition helps */
    KH_AWS_NEXT_REPEAT,      /* after a pause */
    KH_AWS_NEXT_CREDENTIALS, /* other ones, then repeat */
    KH_AWS_NEXT_CLOCK        /* correct it, if it is wrong indeed, then repeat */
};

struct kh_aws_outcome {
    enum kh_aws_next next;
    enum kh_status status;       /* if it ends with this attempt */
    enum kh_aws_failure failure; /* for KH_AWS_NEXT_REPEAT */
    struct kh_error why;         /* unless it succeeded */
    int64_t retry_after_ms;      /* what the service asks for; -1: nothing */
    bool has_clock;              /* the answer told the service's time: */
    int64_t clock_offset_ms;     /* so far it is ahead of ours */
};

/* Sets `outcome` and `answer`, but its number of attempts; answer->maybe_applied is only ever set to true. */
void kh_aws_attempt_make(const struct kh_aws_attempt *attempt, struct kh_aws_connection *connection,
                         struct kh_arena *arena, struct kh_aws_outcome *outcome,
                         struct kh_aws_answer *answer);

#endif
