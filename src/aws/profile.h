/* The files in which AWS's tools keep profiles: ~/.aws/credentials and ~/.aws/config. */
#ifndef KH_AWS_PROFILE_H
#define KH_AWS_PROFILE_H

#include <stdbool.h>

#include "kh/str.h"

/* What a file says of one profile; slices of its text, "" where it says nothing. */
struct kh_aws_profile {
    bool found;
    struct kh_str key_id;
    struct kh_str secret;
    struct kh_str token;
    struct kh_str region;
    struct kh_str endpoint_url;
    const char
        *other_way; /* a key that tells a way to credentials that is not supported; or NULL */
};

/*
 * Adds to `out`, which is all zero at first. In a config file sections are called [profile NAME], but
 * for [default]. Later lines win; lines that are no part of this are passed over.
 */
void kh_aws_profile_parse(struct kh_str text, struct kh_str name, bool is_config,
                          struct kh_aws_profile *out);

#endif
