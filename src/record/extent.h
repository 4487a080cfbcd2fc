/* Where a JSON value ends, judged by quotes and brackets alone, piece by piece. */
#ifndef KH_EXTENT_H
#define KH_EXTENT_H

#include <stdbool.h>
#include <stddef.h>

#include "kh/str.h"

/* All zero: at the first byte of a value. */
struct kh_extent {
    size_t length; /* bytes looked at so far; when complete, those of the value */
    size_t depth;  /* brackets open */
    bool in_string;
    bool escaped; /* behind a backslash in a string */
};

/*
 * Looks at text[extent->length ..]; true when the value's last byte was found. `text` always begins
 * with the value's first byte, and may have grown between the calls. A number or word ends before a
 * blank, comma or bracket, or not at all: so `last` says that no more text will come. Whether it is
 * JSON in between is for others to say.
 */
bool kh_extent_find(struct kh_extent *extent, struct kh_str text, bool last);

#endif
