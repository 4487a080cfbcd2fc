/* A keyed hash (SipHash-1-3) for every table whose keys come from event data. */
#ifndef KH_HASH_H
#define KH_HASH_H

#include <stdint.h>

#include "kh/str.h"

struct kh_hash_key {
    uint64_t words[2];
};

/* A key nobody can guess, from the operating system. */
struct kh_hash_key kh_hash_key_random(void);

uint64_t kh_hash(struct kh_hash_key key, struct kh_str bytes);

#endif
