/* The certificate authorities that servers are checked against: one PEM file of the machine. */
#ifndef KH_CA_BUNDLE_H
#define KH_CA_BUNDLE_H

#include "kh/error.h"
#include "kh/status.h"

/*
 * The file that SSL_CERT_FILE names, else AWS_CA_BUNDLE, else the first of the usual places that is
 * there; *out is borrowed. What a variable names is never replaced by something else. KH_BAD_SETTING:
 * it can't be read; KH_IO: there is none, and where it was looked for.
 */
enum kh_status kh_ca_bundle_find(struct kh_error *error, const char **out) KH_MUST_USE;

#endif
