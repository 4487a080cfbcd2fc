/*
 * Putting records into a stream: PutRecords in full requests, again for what was not taken.
 *
 * Order: records with the same order key arrive in the order they are given. PutRecords promises no order
 * of its own, and may refuse a record and take a later one of the same request. So a request never holds two
 * records of one key: the next one is sent when its predecessor is in the stream. What that costs: a request is
 * full when so many different keys are waiting, and a key alone gets one record through for each round trip.
 * Who has few keys and much to say puts aggregates, which are one record with many events in their order.
 *
 * A request whose answer is lost is sent again, so its records may be in the stream twice, one after the
 * other; readers tell them by the event's id.
 */
#ifndef KH_KINESIS_PUT_H
#define KH_KINESIS_PUT_H

#include "kinesis/stream.h"

/* What streams and services of any age take. */
#define KH_PUT_RECORDS 500
#define KH_PUT_BYTES ((size_t)5 << 20)
#define KH_PUT_RECORD_BYTES ((size_t)1 << 20)
/* Of a partition key, in characters. */
#define KH_PUT_KEY_LENGTH 256

struct kh_put_record {
    struct kh_str data;
    struct kh_str partition_key;
    struct kh_str explicit_hash_key; /* decimal, takes the place of the key's hash; "": none */
    struct kh_str order_key; /* those with the same one keep their order; "": the partition key */
    bool is_put;             /* it is in the stream */
};

/* Who puts: the caller's storage, zeroed; for one thread at a time. */
struct kh_putter {
    struct kh_kinesis_stream *stream;
    size_t rate;         /* records per second at most; 0: as fast as they are taken */
    int64_t patience_ms; /* it ends when for so long no record was taken; 0: at the deadline */

    /* Counted up. */
    size_t requests;  /* that were answered */
    size_t refusals;  /* how often a record was not taken, and sent again */
    size_t uncertain; /* records of which an answer was lost: they may be there twice */

    int64_t next_ns; /* when the rate allows the next request */
};

/*
 * Whether the stream can ever take the record. KH_TOO_LARGE: more than `max_size` bytes of data and key;
 * KH_INVALID: its key is empty or too long.
 */
enum kh_status kh_put_check(const struct kh_put_record *record, size_t max_size,
                            struct kh_error *error) KH_MUST_USE;

/*
 * Puts those that are not put yet; each has passed kh_put_check. KH_OK: all are. Otherwise `is_put` tells which
 * are, the error what stopped it: as kh_aws_call, and KH_THROTTLED when some were refused until the patience or
 * the time was over. Of those that are not put one request may have arrived all the same, if its answer
 * was lost.
 */
enum kh_status kh_put(struct kh_putter *putter, const struct kh_call *call,
                      struct kh_put_record *records, size_t count) KH_MUST_USE;

#endif
