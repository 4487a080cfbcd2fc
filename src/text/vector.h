/*
 * What vectors wider than those of every machine make several times faster, behind one table of
 * functions for each kind of machine. All tables do the same; text/vector_portable.c is plain C and
 * says what that is. What every machine of an architecture can do is inline, in kh/scan.h.
 *
 * Loads stay within KH_PADDING bytes of the end of the text that is given, stores within KH_PADDING
 * of the end of the result.
 */
#ifndef KH_TEXT_VECTOR_H
#define KH_TEXT_VECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "kh/str.h"

struct kh__vector {
    const char *name; /* "avx2", "neon", "portable" */

    /*
     * Decodes base64 from the beginning of `text` up to the first character that is not of the
     * alphabet; returns the number of those that are. `out` gets all their bits, filled up with zero
     * bits to a whole byte.
     */
    size_t (*base64)(struct kh_str text, char *out);
};

/*
 * The table for this machine. What it can do was found out before main, by the compiler's library;
 * nothing is kept here.
 */
const struct kh__vector *kh__vector(void);

/* All tables that run on this machine, the portable one first: their number; for tests. */
#define KH__VECTOR_TABLES 2
size_t kh__vector_all(const struct kh__vector *out[KH__VECTOR_TABLES]);

#endif
