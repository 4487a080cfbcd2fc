/* The hash (SipHash-1-3) for every table whose keys come from event data. */
#ifndef KH_HASH_H
#define KH_HASH_H

#include <stdint.h>

#include "kh/str.h"

struct kh_hash_key {
    uint64_t words[2];
};

/* Keyed by a secret of this process, which is drawn when it is first needed. For any thread. */
uint64_t kh_hash(struct kh_str bytes);

/* With a key of the caller's. */
uint64_t kh_hash_keyed(struct kh_hash_key key, struct kh_str bytes);

#endif
