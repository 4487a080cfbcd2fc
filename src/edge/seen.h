/* Names that were seen before: of messages that a queue hands out again. */
#ifndef KH_SEEN_H
#define KH_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kh/status.h"
#include "kh/str.h"

/* Zeroed to begin with. Of each name its hash, which two of them share once in 2^64. */
struct kh_seen {
    uint64_t *hashes; /* 0: free */
    size_t room;      /* a power of two, or 0 */
    size_t count;
};

void kh_seen_clean_up(struct kh_seen *seen);
/* Adds the name; *before tells whether it was there. KH_NO_MEMORY. */
enum kh_status kh_seen_add(struct kh_seen *seen, struct kh_str name, bool *before) KH_MUST_USE;

#endif
