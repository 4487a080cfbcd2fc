/*
 * Keys to sign with, from the first place that has some: environment, profile files, container endpoint,
 * instance metadata. They are kept, renewed before they expire, and wiped when nobody uses them any more.
 */
#ifndef KH_AWS_CREDENTIALS_H
#define KH_AWS_CREDENTIALS_H

#include <stdint.h>

#include "aws/environment.h"
#include "aws/timing.h"
#include "kh/error.h"
#include "kh/log.h"
#include "kh/status.h"
#include "kh/str.h"

/* Never changed; shared by those who hold it. */
struct kh_aws_credentials {
    struct kh_str key_id;
    struct kh_str secret;
    struct kh_str token; /* "" for long-lived keys */
    int64_t expires_ms;  /* wall clock; INT64_MAX: never */
    unsigned holders;    /* the provider's */
};

/* All borrowed for as long as the provider lives. */
struct kh_aws_provider_options {
    const struct kh_aws_environment *environment;
    const char *container_base; /* "http://169.254.170.2" */
    const char *metadata_base;  /* "http://169.254.169.254" */
    struct kh_aws_timing timing;
    struct kh_log log;
};

struct kh_aws_provider;

/* Asks nobody yet. KH_NO_MEMORY. */
enum kh_status kh_aws_provider_new(const struct kh_aws_provider_options *options,
                                   struct kh_error *error,
                                   struct kh_aws_provider **out) KH_MUST_USE;
/* When all that it gave out has come back. NULL is allowed. */
void kh_aws_provider_destroy(struct kh_aws_provider *provider);

/*
 * Credentials that are good now, to be given back with kh_aws_provider_release. For any thread: one
 * fetches, from 15 minutes before expiry on while the others go on with the old ones, from 10 minutes
 * before it while they wait. KH_BAD_SETTING: there are none, and where they were looked for; KH_IO,
 * KH_TIMEOUT: they could not be got in time; KH_NO_MEMORY.
 */
enum kh_status kh_aws_provider_get(struct kh_aws_provider *provider, int64_t deadline_ms,
                                   struct kh_error *error,
                                   const struct kh_aws_credentials **out) KH_MUST_USE;
void kh_aws_provider_release(struct kh_aws_provider *provider,
                             const struct kh_aws_credentials *credentials);

/* The service says that these are no good: they are not given out again without being fetched anew. */
void kh_aws_provider_refuse(struct kh_aws_provider *provider,
                            const struct kh_aws_credentials *credentials);

#endif
