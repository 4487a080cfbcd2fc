/* The opener, shared by the files that open a batch, a record and its frames. */
#ifndef KH_OPENER_H
#define KH_OPENER_H

#include "kh/open.h"
#include "record/decompress.h"

/* What stands around the bytes of an event: headers and compression, from the outside to the inside. */
#define KH__FRAME_LAYERS 4

struct kh_opener {
    struct kh_open_options options;
    struct kh__decompressor decompressor;
    /* Of the batch that is being opened. */
    struct kh_arena *arena;
    size_t decompressed; /* bytes so far */
    size_t others;       /* of these, those of other records than the one being opened */
    size_t user_records; /* so far */
};

/*
 * Takes away what stands around record->data: sets data, encoding and, where there was something, wrapping
 * (of a user record: in place of the one that is there). When it can't be opened, record->status and
 * the wrapping's reason say why, and data stays. KH_NO_MEMORY.
 */
enum kh_status kh__frames_open(struct kh_opener *opener, struct kh_record *record) KH_MUST_USE;

/* The wrapping of a record that can't be opened. */
enum kh_status kh__open_failed(struct kh_opener *opener, struct kh_record *record,
                               enum kh_status status, const char *reason) KH_MUST_USE;

#endif
