/* One record as a source delivered it: the bytes of one event and where they come from. */
#ifndef KH_RECORD_H
#define KH_RECORD_H

#include <stdint.h>

#include "kh/status.h"
#include "kh/str.h"

struct kh_record {
    struct kh_str data;    /* the event; KH_PADDING readable bytes follow */
    enum kh_status status; /* other than KH_OK: the record could not be opened (bad base64),
                                      and `data` is what was delivered */
    struct kh_str id;      /* names the record in the answer: Kinesis sequence number; or "" */
    struct kh_str sequence_number; /* text of up to 129 digits; or "" */
    struct kh_str partition_key;   /* or "" */
    struct kh_str shard_id;        /* or "" */
    struct kh_str source_arn;      /* or "" */
    int64_t arrival_ms;            /* since 1970; 0 if not known */
    size_t position;               /* in the batch, from 0; for a file: the record's number there */
};

#endif
