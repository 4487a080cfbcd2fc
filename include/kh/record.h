/* One record as a source delivered it: the bytes of one event and where they come from. */
#ifndef KH_RECORD_H
#define KH_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/status.h"
#include "kh/str.h"

/* How the bytes of an event are spelled; the table that decides it is in docs/encodings.md. */
enum kh_encoding { KH_ENCODING_JSON, KH_ENCODING_PROTOBUF };

/*
 * What stood around an event: a schema registry's header, compression, an aggregate. In the arena of the
 * record. Most records have nothing around them.
 */
struct kh_wrapping {
    struct kh_str
        delivered; /* the bytes with everything around them; of an aggregate: the user record's */
    struct kh_str frames;    /* "glue", "gzip, confluent", from the outside to the inside; or "" */
    struct kh_str schema_id; /* the registry's: a UUID, or a number in decimal; or "" */
    bool is_user_record;     /* of an aggregate; the next two are set */
    uint64_t sub_sequence_number;    /* its place in the aggregate, from 0 */
    struct kh_str explicit_hash_key; /* decimal; or "" */
    const char *reason; /* why it could not be opened, a sentence; static; NULL: it was opened */
};

struct kh_record {
    struct kh_str data;    /* the event; KH_PADDING readable bytes follow */
    enum kh_status status; /* other than KH_OK: the record could not be opened (bad base64),
                                      and `data` is what was delivered */
    struct kh_str id;      /* names the record in the answer: Kinesis sequence number; or "" */
    struct kh_str sequence_number;      /* text of up to 129 digits; or "" */
    struct kh_str partition_key;        /* or "" */
    struct kh_str shard_id;             /* or "" */
    struct kh_str source_arn;           /* or "" */
    const struct kh_wrapping *wrapping; /* NULL: nothing stood around `data` */
    enum kh_encoding encoding;
    int64_t arrival_ms; /* since 1970; 0 if not known */
    size_t position;    /* in the batch, from 0; for a file: the record's number there */
};

#endif
