/* Lambda events for the sample service, as large as a test wants them. */
#ifndef SAMPLE_EVENT_H
#define SAMPLE_EVENT_H

#include "kh/str.h"

enum sample_kind {
    SAMPLE_CREATED, /* of limit 0, 1, … */
    SAMPLE_RESET    /* of the same limits */
};

/*
 * An event of `count` records whose events have ids that no other `number` gives; KH_PADDING bytes
 * behind it. Memory comes from kh_malloc; to be freed with sample_event_free. Ends the test if memory
 * is short.
 */
struct kh_str sample_event_new(enum sample_kind kind, size_t count, unsigned number);
void sample_event_free(struct kh_str text);

#endif
