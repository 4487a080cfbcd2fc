#include "aws/environment.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ENDPOINT_PREFIX "AWS_ENDPOINT_URL_"

static const char *const names[] = {
#define XX(name, text) text,
    KH_AWS_VARIABLE_MAP(XX)
#undef XX
};

static const enum kh_aws_variable secret_variables[] = {
    KH_AWS_SECRET_ACCESS_KEY, KH_AWS_SESSION_TOKEN, KH_AWS_SECURITY_TOKEN, KH_AWS_CONTAINER_TOKEN
};

static enum kh_status copy(struct kh_aws_environment *environment, const char *name,
                           struct kh_error *error, const char **out)
{
    const char *value = getenv(name);

    *out = NULL;
    if (value != NULL && value[0] != '\0') {
        *out = kh_arena_copy(&environment->arena, kh_str_from(value)).data;
        if (*out == NULL) {
            return kh_fail(error, KH_NO_MEMORY, "out of memory for the environment");
        }
    }
    return KH_OK;
}

static enum kh_status name_endpoint(struct kh_aws_environment *environment, const char *service,
                                    struct kh_error *error)
{
    char *name = environment->service_endpoint_name;
    size_t length = strlen(service);

    if (length == 0 ||
        sizeof ENDPOINT_PREFIX + length > sizeof environment->service_endpoint_name ||
        strspn(service, "abcdefghijklmnopqrstuvwxyz0123456789-") != length) {
        return kh_fail(error, KH_BAD_SETTING, "there is no AWS service of this name");
    }
    (void)snprintf(name, sizeof environment->service_endpoint_name, ENDPOINT_PREFIX "%s", service);
    for (char *at = name; *at != '\0'; at++) {
        if (*at >= 'a' && *at <= 'z') {
            *at = (char)(*at - ('a' - 'A'));
        } else if (*at == '-') {
            *at = '_';
        }
    }
    return KH_OK;
}

enum kh_status kh_aws_environment_init(struct kh_aws_environment *environment, const char *service,
                                       struct kh_error *error)
{
    kh_clear(environment, sizeof *environment);
    kh_arena_init(&environment->arena);
    for (size_t i = 0; i < KH_AWS_VARIABLE_COUNT; i++) {
        KH_TRY(copy(environment, names[i], error, &environment->values[i]));
    }
    KH_TRY(name_endpoint(environment, service, error));
    return copy(environment, environment->service_endpoint_name, error,
                &environment->service_endpoint);
}

void kh_aws_environment_clean_up(struct kh_aws_environment *environment)
{
    for (size_t i = 0; i < sizeof secret_variables / sizeof secret_variables[0]; i++) {
        const char *value = environment->values[secret_variables[i]];

        if (value != NULL) {
            /* The copy is ours. */
            explicit_bzero((void *)(uintptr_t)value, strlen(value));
        }
    }
    kh_arena_clean_up(&environment->arena);
}

bool kh_aws_environment_is_true(const struct kh_aws_environment *environment,
                                enum kh_aws_variable variable)
{
    const char *value = environment->values[variable];

    return value != NULL && strcasecmp(value, "true") == 0;
}
