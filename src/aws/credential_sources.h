/* The places that credentials come from. Each says what it has, or that it has nothing to say. */
#ifndef KH_AWS_CREDENTIAL_SOURCES_H
#define KH_AWS_CREDENTIAL_SOURCES_H

#include "aws/credentials.h"
#include "aws/profile.h"
#include "kh/arena.h"

/* Borrowed strings, about to be wiped by whoever has them. */
struct kh_aws_keys {
    struct kh_str key_id;
    struct kh_str secret;
    struct kh_str token;
    int64_t expires_ms;
};

/*
 * Copies the keys, held once. KH_BAD_SETTING: they have bytes that no credentials have and no header may
 * have; `source` names where they come from. KH_NO_MEMORY.
 */
enum kh_status kh_aws_credentials_new(const struct kh_aws_keys *keys, const char *source,
                                      struct kh_error *error,
                                      struct kh_aws_credentials **out) KH_MUST_USE;
/* Wipes them. NULL is allowed. */
void kh_aws_credentials_destroy(struct kh_aws_credentials *credentials);

/*
 * From the JSON that the container endpoint and instance metadata answer with (padded as text that is
 * read must be). KH_IO: it is not that, or says that it has none.
 */
enum kh_status kh_aws_credentials_parse(struct kh_str json, const char *source,
                                        struct kh_error *error,
                                        struct kh_aws_credentials **out) KH_MUST_USE;

/*
 * Each sets *out, or leaves it NULL when it is not asked to give credentials by any setting. Failures
 * say which source it was.
 */
enum kh_status kh_aws_source_environment(const struct kh_aws_provider_options *options,
                                         struct kh_error *error,
                                         struct kh_aws_credentials **out) KH_MUST_USE;
enum kh_status kh_aws_source_profile(const struct kh_aws_provider_options *options,
                                     struct kh_error *error,
                                     struct kh_aws_credentials **out) KH_MUST_USE;
enum kh_status kh_aws_source_container(const struct kh_aws_provider_options *options,
                                       int64_t deadline_ms, struct kh_error *error,
                                       struct kh_aws_credentials **out) KH_MUST_USE;
enum kh_status kh_aws_source_metadata(const struct kh_aws_provider_options *options,
                                      int64_t deadline_ms, struct kh_error *error,
                                      struct kh_aws_credentials **out) KH_MUST_USE;

/* The profile that is chosen, and the region and endpoint that the config file has for it. */
const char *kh_aws_profile_name(const struct kh_aws_environment *environment);
/* Strings in the arena; "" where nothing is said. KH_IO, KH_NO_MEMORY. */
enum kh_status kh_aws_profile_settings(const struct kh_aws_environment *environment,
                                       struct kh_arena *arena, struct kh_error *error,
                                       struct kh_str *region,
                                       struct kh_str *endpoint_url) KH_MUST_USE;

#endif
