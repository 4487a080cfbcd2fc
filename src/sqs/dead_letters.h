/* A queue as the target of dead letters. */
#ifndef KH_SQS_DEAD_LETTERS_H
#define KH_SQS_DEAD_LETTERS_H

#include "kh/dead_letter.h"
#include "sqs/queue.h"

/*
 * Asks the queue how long its messages may be, so that a wrong URL shows now. As kh_sqs_queue_new and
 * kh_sqs_max_message_size; KH_BAD_SETTING when that is too little for any entry. `call` is for that only.
 */
enum kh_status kh_dead_letters_sqs_new(const struct kh_sqs_options *options,
                                       const struct kh_call *call,
                                       struct kh_dead_letters **out) KH_MUST_USE;

#endif
