/* What the runtime knows of an event, whatever its envelope calls these members. */
#ifndef KH_EVENT_H
#define KH_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/str.h"

struct kh_event {
    struct kh_str id;   /* the mark of the event; not empty */
    struct kh_str type; /* chooses the route */
    struct kh_str key;  /* events with the same key are in order; may be empty */
    int64_t sequence;   /* position among the events of its key */
    bool has_sequence;
    struct kh_str payload;       /* JSON text, or a message; KH_PADDING readable bytes follow */
    bool has_payload;            /* false: the envelope has no payload member */
    const char *payload_pointer; /* JSON pointer of the payload in the envelope, "/data"; static */
};

#endif
