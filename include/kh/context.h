/* What a handler is given beside its event. Everything in it is borrowed and dies with the batch. */
#ifndef KH_CONTEXT_H
#define KH_CONTEXT_H

#include <stdint.h>

#include "kh/arena.h"
#include "kh/clock.h"
#include "kh/error.h"
#include "kh/log.h"

struct kh_unit;

struct kh_context {
    struct kh_arena *arena; /* for what a handler has to allocate */
    struct kh_error *error; /* why the record fails; fill it with kh_fail */
    struct kh_log log;      /* the event is bound */
    struct kh_unit *unit;   /* pending changes; see kh/unit.h */
    const void *settings;   /* the generated struct settings */
    const struct kh_clock *clock;
    int64_t deadline_ms; /* wall clock: when the invocation must have answered */
};

/* Refuses the event by a business rule: `return kh_refuse(ctx, "the limit is %s", "canceled");` */
#define kh_refuse(context, ...) kh_fail((context)->error, KH_REFUSED, __VA_ARGS__)

#endif
