/*
 * Looks through an aggregate's message before protobuf-c does, which takes memory for all that a message says
 * it has: ten times the message and more. So what is in it is counted first, and refused if it is too much.
 */
#ifndef KH_AGGREGATE_SCAN_H
#define KH_AGGREGATE_SCAN_H

#include "kh/status.h"
#include "kh/str.h"

struct kh__aggregate_counts {
    size_t partition_keys;
    size_t hash_keys;
    size_t records;
    size_t extra; /* tags and what is in them, unknown fields, fields that come more than once */
    size_t bytes; /* of keys and data together */
};

/* KH_BAD_AGGREGATE with *reason: it is no message, or there is too much in it. */
enum kh_status kh__aggregate_scan(struct kh_str message, struct kh__aggregate_counts *out,
                                  const char **reason) KH_MUST_USE;

#endif
