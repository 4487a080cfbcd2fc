/* The URLs that settings name, and whom they lead to: before anything is sent there. */
#ifndef KH_AWS_URL_H
#define KH_AWS_URL_H

#include <stdbool.h>

#include "kh/status.h"

struct kh_aws_url {
    bool in_clear;       /* http:// */
    char host[256];      /* lower case; an IPv6 address without its brackets */
    char authority[280]; /* as the header Host has it: with a port that is not the usual one */
    const char *path;    /* with the query, borrowed from the text: "" or from the first / on */
};

/*
 * http:// or https://, a host name or address, perhaps a port and a path. Everything else is refused:
 * user names, fragments, escapes in the host, blanks and controls. False: it is not that.
 */
bool kh_aws_url_parse(const char *text, struct kh_aws_url *out);

/* localhost, 127.0.0.0/8 in its plain spelling, ::1. */
bool kh_aws_url_is_loopback(const struct kh_aws_url *url);

/* Who gives credentials to containers: loopback, or the fixed addresses of ECS and EKS. */
bool kh_aws_url_is_container_host(const struct kh_aws_url *url);

/* Who tells an instance about itself: loopback, link-local addresses, fd00:ec2::254. */
bool kh_aws_url_is_metadata_host(const struct kh_aws_url *url);

#endif
