/* The usual places differ from distribution to distribution; on Lambda it is the second. */
#include "http/ca_bundle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const variables[] = { "SSL_CERT_FILE", "AWS_CA_BUNDLE" };

#define DEBIAN "/etc/ssl/certs/ca-certificates.crt"
#define FEDORA "/etc/pki/tls/certs/ca-bundle.crt"
#define SUSE "/etc/ssl/ca-bundle.pem"
#define ALPINE "/etc/ssl/cert.pem"

static const char *const places[] = { DEBIAN, FEDORA, SUSE, ALPINE };

enum kh_status kh_ca_bundle_find(struct kh_error *error, const char **out)
{
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *path = getenv(variables[i]);

        if (path == NULL || path[0] == '\0') {
            continue;
        }
        if (access(path, R_OK) != 0) {
            return kh_fail(error, KH_BAD_SETTING, "%s: %s can't be read: %s", variables[i], path,
                           strerror(errno));
        }
        *out = path;
        return KH_OK;
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (access(places[i], R_OK) == 0) {
            *out = places[i];
            return KH_OK;
        }
    }
    return kh_fail(
        error, KH_IO,
        "no CA bundle: neither SSL_CERT_FILE nor AWS_CA_BUNDLE is set, and none of these "
        "is there: " DEBIAN ", " FEDORA ", " SUSE ", " ALPINE);
}
