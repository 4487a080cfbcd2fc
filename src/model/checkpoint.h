/*
 * How far a consumer has come in a shard, as an entity: so every store keeps it as it keeps rows. Its tables are
 * written by hand, as the generator would write them.
 */
#ifndef KH_MODEL_CHECKPOINT_H
#define KH_MODEL_CHECKPOINT_H

#include "kh/entity.h"

struct kh_checkpoint {
    bool finished;    /* the shard was read to its end */
    int64_t from_ms;  /* of the consumer's own row: where it began, 0 at the oldest record */
    struct kh_str id; /* STREAM/CONSUMER/SHARD, or STREAM/CONSUMER */
    struct kh_str sequence_number; /* all records up to this one are done; "": none is */
    int64_t updated_ms;
};

extern const struct kh_entity kh_checkpoint_entity;

/* Makes its table in SQLite; a NUL behind it. */
extern const char kh_checkpoint_sql[];

#endif
