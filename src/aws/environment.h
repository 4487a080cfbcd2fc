/*
 * The environment variables of AWS, as they were when the client was made: reading them later would
 * race with those who change the environment.
 */
#ifndef KH_AWS_ENVIRONMENT_H
#define KH_AWS_ENVIRONMENT_H

#include "kh/arena.h"
#include "kh/error.h"
#include "kh/status.h"

#define KH_AWS_VARIABLE_MAP(XX)                                                                    \
    XX(ACCESS_KEY_ID, "AWS_ACCESS_KEY_ID")                                                         \
    XX(SECRET_ACCESS_KEY, "AWS_SECRET_ACCESS_KEY")                                                 \
    XX(SESSION_TOKEN, "AWS_SESSION_TOKEN")                                                         \
    XX(SECURITY_TOKEN, "AWS_SECURITY_TOKEN")                                                       \
    XX(REGION, "AWS_REGION")                                                                       \
    XX(DEFAULT_REGION, "AWS_DEFAULT_REGION")                                                       \
    XX(PROFILE, "AWS_PROFILE")                                                                     \
    XX(CREDENTIALS_FILE, "AWS_SHARED_CREDENTIALS_FILE")                                            \
    XX(CONFIG_FILE, "AWS_CONFIG_FILE")                                                             \
    XX(HOME, "HOME")                                                                               \
    XX(CONTAINER_RELATIVE_URI, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")                           \
    XX(CONTAINER_FULL_URI, "AWS_CONTAINER_CREDENTIALS_FULL_URI")                                   \
    XX(CONTAINER_TOKEN, "AWS_CONTAINER_AUTHORIZATION_TOKEN")                                       \
    XX(CONTAINER_TOKEN_FILE, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")                             \
    XX(METADATA_DISABLED, "AWS_EC2_METADATA_DISABLED")                                             \
    XX(METADATA_ENDPOINT, "AWS_EC2_METADATA_SERVICE_ENDPOINT")                                     \
    XX(IGNORE_ENDPOINTS, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")                                    \
    XX(ENDPOINT, "AWS_ENDPOINT_URL")                                                               \
    XX(MAX_ATTEMPTS, "AWS_MAX_ATTEMPTS")                                                           \
    XX(NEW_RETRIES, "AWS_NEW_RETRIES_2026")

enum kh_aws_variable {
#define XX(name, text) KH_AWS_##name,
    KH_AWS_VARIABLE_MAP(XX)
#undef XX
        KH_AWS_VARIABLE_COUNT
};

struct kh_aws_environment {
    struct kh_arena arena;
    const char *values[KH_AWS_VARIABLE_COUNT]; /* NULL: not set, or empty */
    char service_endpoint_name[64];            /* "AWS_ENDPOINT_URL_DYNAMODB" */
    const char *service_endpoint;              /* its value, or NULL */
};

/* KH_BAD_SETTING: `service` has no such name; KH_NO_MEMORY. To be cleaned up in any case. */
enum kh_status kh_aws_environment_init(struct kh_aws_environment *environment, const char *service,
                                       struct kh_error *error) KH_MUST_USE;
/* Wipes what is secret. */
void kh_aws_environment_clean_up(struct kh_aws_environment *environment);

/* Whether a variable says "true", in any case. */
bool kh_aws_environment_is_true(const struct kh_aws_environment *environment,
                                enum kh_aws_variable variable);

#endif
