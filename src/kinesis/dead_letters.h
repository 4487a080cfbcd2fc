/* A stream as the target of dead letters. */
#ifndef KH_KINESIS_DEAD_LETTERS_H
#define KH_KINESIS_DEAD_LETTERS_H

#include "kh/dead_letter.h"
#include "kinesis/stream.h"

/*
 * Asks the stream for its ARN and for how large its records may be, so that a wrong name shows now. As
 * kh_kinesis_stream_new and kh_kinesis_describe; `call` is for that only.
 */
enum kh_status kh_dead_letters_kinesis_new(const struct kh_kinesis_options *options,
                                           const struct kh_call *call,
                                           struct kh_dead_letters **out) KH_MUST_USE;

#endif
