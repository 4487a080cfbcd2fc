/* What reading and writing an aggregate have in common. */
#ifndef KH_AGGREGATE_FORMAT_H
#define KH_AGGREGATE_FORMAT_H

#include "kh/aggregate.h"

#define KH__AGGREGATE_MAGIC "\xF3\x89\x9A\xC2"
#define KH__AGGREGATE_MAGIC_SIZE (sizeof KH__AGGREGATE_MAGIC - 1)

/* Field numbers of AggregatedRecord and Record in kpl.proto. */
enum {
    KH__AGGREGATE_PARTITION_KEY = 1,
    KH__AGGREGATE_HASH_KEY = 2,
    KH__AGGREGATE_RECORD = 3,
    KH__USER_RECORD_PARTITION_KEY = 1,
    KH__USER_RECORD_HASH_KEY = 2,
    KH__USER_RECORD_DATA = 3,
    KH__USER_RECORD_TAG = 4
};

/* Wire types. */
enum { KH__WIRE_VARINT = 0, KH__WIRE_FIXED64 = 1, KH__WIRE_BYTES = 2, KH__WIRE_FIXED32 = 5 };

/* UTF-8, and not too long. */
bool kh__is_partition_key(struct kh_str key);

/* Decimal digits, up to 2^128 - 1. */
bool kh__is_hash_key(struct kh_str key);

#endif
