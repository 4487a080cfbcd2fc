/* Credentials from the environment and from profile files. */
#include <stdio.h>

#include "aws/credential_sources.h"
#include "aws/secret_file.h"

#define FILE_LIMIT ((size_t)1024 * 1024)
#define PATH_SIZE 4096

/* ---- Environment ------------------------------------------------------------------------ */

enum kh_status kh_aws_source_environment(const struct kh_aws_provider_options *options,
                                         struct kh_error *error, struct kh_aws_credentials **out)
{
    const char *const *values = options->environment->values;
    const char *token = values[KH_AWS_SESSION_TOKEN];
    struct kh_aws_keys keys = { kh_str_from(values[KH_AWS_ACCESS_KEY_ID]),
                                kh_str_from(values[KH_AWS_SECRET_ACCESS_KEY]),
                                kh_str_from(token != NULL ? token : values[KH_AWS_SECURITY_TOKEN]),
                                INT64_MAX };

    *out = NULL;
    if (keys.key_id.length == 0 && keys.secret.length == 0) {
        return KH_OK;
    }
    if (keys.key_id.length == 0 || keys.secret.length == 0) {
        return kh_fail(error, KH_BAD_SETTING,
                       "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: one is set and the other is "
                       "not; set both, or none to look for credentials elsewhere");
    }
    return kh_aws_credentials_new(&keys, "the environment", error, out);
}

/* ---- Profile files ---------------------------------------------------------------------- */

const char *kh_aws_profile_name(const struct kh_aws_environment *environment)
{
    const char *name = environment->values[KH_AWS_PROFILE];

    return name == NULL ? "default" : name;
}

/* Where the file is: as a variable says, with ~/ for the home directory, or below that. */
static bool find_file(const struct kh_aws_environment *environment, enum kh_aws_variable variable,
                      const char *usual, char out[PATH_SIZE])
{
    const char *path = environment->values[variable];
    const char *home = environment->values[KH_AWS_HOME];
    int length;

    if (path != NULL && strncmp(path, "~/", 2) != 0) {
        length = snprintf(out, PATH_SIZE, "%s", path);
    } else if (home != NULL) {
        length = snprintf(out, PATH_SIZE, "%s/%s", home, path != NULL ? path + 2 : usual);
    } else {
        return false;
    }
    return length > 0 && length < PATH_SIZE;
}

/* A profile in one file; `text` is what its strings are slices of. */
static enum kh_status read_profile(const struct kh_aws_environment *environment, bool is_config,
                                   struct kh_error *error, struct kh_secret_file *text,
                                   struct kh_aws_profile *out)
{
    char path[PATH_SIZE];

    kh_clear(out, sizeof *out);
    *text = (struct kh_secret_file){ NULL, 0, 0 };
    if (!find_file(environment, is_config ? KH_AWS_CONFIG_FILE : KH_AWS_CREDENTIALS_FILE,
                   is_config ? ".aws/config" : ".aws/credentials", path)) {
        return KH_OK;
    }
    KH_TRY(kh_secret_file_read(path, FILE_LIMIT, error, text));
    if (text->data != NULL) {
        kh_aws_profile_parse(kh_secret_file_text(text),
                             kh_str_from(kh_aws_profile_name(environment)), is_config, out);
    }
    return KH_OK;
}

/* The keys that this file has for the profile; *out stays NULL when it has none. */
static enum kh_status take_profile(const struct kh_aws_provider_options *options, bool is_config,
                                   struct kh_error *error, struct kh_aws_profile *profile,
                                   struct kh_aws_credentials **out)
{
    struct kh_secret_file text;
    enum kh_status status = read_profile(options->environment, is_config, error, &text, profile);

    if (status == KH_OK && (profile->key_id.length > 0 || profile->secret.length > 0)) {
        struct kh_aws_keys keys = { profile->key_id, profile->secret, profile->token, INT64_MAX };

        if (keys.key_id.length == 0 || keys.secret.length == 0) {
            status = kh_fail(error, KH_BAD_SETTING,
                             "profile %s: it has only one of aws_access_key_id and "
                             "aws_secret_access_key",
                             kh_aws_profile_name(options->environment));
        } else {
            status = kh_aws_credentials_new(&keys, "a profile file", error, out);
        }
    }
    kh_secret_file_clean_up(&text);
    return status;
}

enum kh_status kh_aws_source_profile(const struct kh_aws_provider_options *options,
                                     struct kh_error *error, struct kh_aws_credentials **out)
{
    const char *name = kh_aws_profile_name(options->environment);
    struct kh_aws_profile of_file[2];

    *out = NULL;
    for (unsigned i = 0; i < 2; i++) {
        KH_TRY(take_profile(options, i == 1, error, &of_file[i], out));
        if (*out != NULL) {
            return KH_OK;
        }
    }
    for (unsigned i = 0; i < 2; i++) {
        if (of_file[i].other_way != NULL) {
            return kh_fail(error, KH_BAD_SETTING,
                           "profile %s: %s is a way to credentials that is not supported; put "
                           "credentials into the environment, or choose another profile",
                           name, of_file[i].other_way);
        }
    }
    if (options->environment->values[KH_AWS_PROFILE] != NULL && !of_file[0].found &&
        !of_file[1].found) {
        return kh_fail(error, KH_BAD_SETTING,
                       "AWS_PROFILE: there is no profile %s in the credentials or config file",
                       name);
    }
    return KH_OK;
}

enum kh_status kh_aws_profile_settings(const struct kh_aws_environment *environment,
                                       struct kh_arena *arena, struct kh_error *error,
                                       struct kh_str *region, struct kh_str *endpoint_url)
{
    struct kh_aws_profile profile;
    struct kh_secret_file text;
    enum kh_status status = read_profile(environment, true, error, &text, &profile);

    if (status == KH_OK) {
        *region = kh_arena_copy(arena, profile.region);
        *endpoint_url = kh_arena_copy(arena, profile.endpoint_url);
        if (region->data == NULL || endpoint_url->data == NULL) {
            status = kh_fail(error, KH_NO_MEMORY, "out of memory for the settings of AWS");
        }
    }
    kh_secret_file_clean_up(&text);
    return status;
}
