/* Setting a record aside that nobody will try again, though it might have succeeded some day. */
#ifndef KH_FLOW_GIVE_UP_H
#define KH_FLOW_GIVE_UP_H

#include "kh/batch.h"

/*
 * Writes the dead letter of a record: `event` is what is known of it (empty strings), `why` the status it is given
 * up with and the reason. Hands it out to the observer (may be NULL) as dead-lettered. KH_BAD_SETTING: the batch
 * has no target for dead letters; KH_IO and so on from the target; KH_NO_MEMORY. Nothing was handed out then.
 */
enum kh_status kh_batch_give_up(struct kh_batch *batch, const struct kh_record *record,
                                struct kh_event event, const struct kh_error *why,
                                struct kh_log log, const struct kh_batch_observer *observer,
                                struct kh_error *error) KH_MUST_USE;

#endif
