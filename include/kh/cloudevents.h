/*
 * CloudEvents 1.0, JSON format, structured mode, as something around the event of a service that has an
 * envelope of its own: the whole event, that envelope included, is in the member data or data_base64.
 */
#ifndef KH_CLOUDEVENTS_H
#define KH_CLOUDEVENTS_H

#include <stdbool.h>

#include "kh/arena.h"
#include "kh/error.h"
#include "kh/status.h"
#include "kh/str.h"

struct kh_cloud_event {
    struct kh_str data;  /* what is inside; KH_PADDING readable bytes follow */
    bool is_binary;      /* it was in data_base64, so that it need not be JSON */
    const char *pointer; /* JSON pointer of where it was, "/data"; static */
};

/*
 * Finds out whether `text` is such a document: a JSON object with a string member specversion. *found is
 * false for everything else, also for text that is not JSON. `data` is a slice of the text, or decoded into the
 * arena.
 *
 * KH_BAD_FRAME, with *found true: it is one, but of another version, without an attribute that is required,
 * or without exactly one event in it. KH_NO_MEMORY. error->offset counts in `text`.
 */
enum kh_status kh_cloud_event_open(struct kh_str text, struct kh_arena *arena,
                                   struct kh_error *error, struct kh_cloud_event *out,
                                   bool *found) KH_MUST_USE;

#endif
