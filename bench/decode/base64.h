/* Programs that decode nothing but the base64 of a Lambda event: the limit of what decoding can do. */
#ifndef BENCH_BASE64_H
#define BENCH_BASE64_H

#include <stdbool.h>

#include "kh/str.h"

struct bench_base64 {
    const char *name;
    /* Decodes into `out`, which has 64 bytes more room than needed; false: not base64. */
    bool (*decode)(struct kh_str text, char *out, size_t *length);
};

/* program FILE [--json] [--seconds N]; speed is by bytes of base64. Returns the exit code. */
int bench_base64_main(int argc, char **argv, const struct bench_base64 *base64);

#endif
