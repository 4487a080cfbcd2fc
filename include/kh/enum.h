/* The values of a schema's enum, by which they are found in text. */
#ifndef KH_ENUM_H
#define KH_ENUM_H

#include <stddef.h>

#include "kh/str.h"

/* The names of a generated enum; its values are 1..count, so that 0 is none of them. */
struct kh_enum {
    const struct kh_str *names;
    size_t count;
};

#endif
