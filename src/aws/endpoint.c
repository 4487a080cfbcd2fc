/* Settings of code before those of the environment before those of the profile. */
#include "aws/endpoint.h"

#include <stdio.h>
#include <string.h>

#include "aws/credential_sources.h"

/* What decides, and how it is called in an error. */
struct choice {
    const char *value; /* NULL: nothing is chosen */
    const char *name;
};

static struct choice first_of(const struct choice *choices, size_t count)
{
    size_t i = 0;

    while (i + 1 < count && (choices[i].value == NULL || choices[i].value[0] == '\0')) {
        i++;
    }
    return choices[i];
}

static enum kh_status set_region(struct choice choice, struct kh_error *error,
                                 struct kh_aws_endpoint *out)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t length;

    if (choice.value == NULL || choice.value[0] == '\0') {
        return kh_fail(error, KH_BAD_SETTING,
                       "no region: set AWS_REGION, for instance to eu-west-1");
    }
    length = strlen(choice.value);
    /* It becomes a part of a host's name. */
    if (length >= sizeof out->region || strspn(choice.value, allowed) != length ||
        choice.value[0] == '-' || choice.value[length - 1] == '-') {
        return kh_fail(error, KH_BAD_SETTING, "%s is not the name of a region, such as eu-west-1",
                       choice.name);
    }
    memcpy(out->region, choice.value, length + 1);
    return KH_OK;
}

static const char *domain_of(const char *region)
{
    return strncmp(region, "cn-", 3) == 0 ? "amazonaws.com.cn" : "amazonaws.com";
}

static enum kh_status set_endpoint(const char *service, struct choice choice,
                                   struct kh_error *error, struct kh_aws_endpoint *out)
{
    struct kh_aws_url url;

    if (choice.value == NULL || choice.value[0] == '\0') {
        (void)snprintf(out->host, sizeof out->host, "%s.%s.%s", service, out->region,
                       domain_of(out->region));
        out->in_clear = false;
    } else {
        if (!kh_aws_url_parse(choice.value, &url) ||
            (url.path[0] != '\0' && strcmp(url.path, "/") != 0)) {
            return kh_fail(error, KH_BAD_SETTING,
                           "%s has to be https:// or http://, a host, and perhaps a port",
                           choice.name);
        }
        if (url.in_clear && !kh_aws_url_is_loopback(&url)) {
            return kh_fail(error, KH_BAD_SETTING,
                           "%s: without https only loopback addresses are spoken to (localhost, "
                           "127.0.0.1, [::1])",
                           choice.name);
        }
        memcpy(out->host, url.authority, sizeof out->host);
        out->in_clear = url.in_clear;
    }
    (void)snprintf(out->url, sizeof out->url, "http%s://%s/", out->in_clear ? "" : "s", out->host);
    return KH_OK;
}

static enum kh_status find(const struct kh_aws_environment *environment, struct kh_arena *arena,
                           const char *service, const char *region, const char *endpoint,
                           struct kh_error *error, struct kh_aws_endpoint *out)
{
    bool ignore = kh_aws_environment_is_true(environment, KH_AWS_IGNORE_ENDPOINTS);
    const char *const *values = environment->values;
    struct kh_str of_profile[2];

    KH_TRY(kh_aws_profile_settings(environment, arena, error, &of_profile[0], &of_profile[1]));
    const struct choice regions[] = {
        { region, "the region" },
        { values[KH_AWS_REGION], "AWS_REGION" },
        { values[KH_AWS_DEFAULT_REGION], "AWS_DEFAULT_REGION" },
        { of_profile[0].data, "the profile's region" },
    };
    const struct choice endpoints[] = {
        { endpoint, "the endpoint" },
        { ignore ? NULL : environment->service_endpoint, environment->service_endpoint_name },
        { ignore ? NULL : values[KH_AWS_ENDPOINT], "AWS_ENDPOINT_URL" },
        { ignore ? NULL : of_profile[1].data, "the profile's endpoint_url" },
    };

    KH_TRY(set_region(first_of(regions, sizeof regions / sizeof regions[0]), error, out));
    return set_endpoint(service, first_of(endpoints, sizeof endpoints / sizeof endpoints[0]), error,
                        out);
}

enum kh_status kh_aws_endpoint_find(const struct kh_aws_environment *environment,
                                    const char *service, const char *region, const char *endpoint,
                                    struct kh_error *error, struct kh_aws_endpoint *out)
{
    struct kh_arena arena;
    enum kh_status status;

    kh_arena_init(&arena);
    status = find(environment, &arena, service, region, endpoint, error, out);
    kh_arena_clean_up(&arena);
    return status;
}
