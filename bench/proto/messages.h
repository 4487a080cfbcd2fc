/*
 * What the programs share that decode messages: the file they read holds, for each event, four bytes that
 * tell its length, the least first, and its bytes.
 */
#ifndef BENCH_MESSAGES_H
#define BENCH_MESSAGES_H

#include "harness.h"

/* Takes the next event off `rest`. False at the end, and when an event is cut, which leaves the rest. */
static inline bool bench_next_message(struct kh_str *rest, struct kh_str *out)
{
    const unsigned char *head = (const unsigned char *)rest->data;
    size_t length;

    if (rest->length < 4) {
        return false;
    }
    length = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    if (rest->length - 4 < length) {
        return false;
    }
    *out = (struct kh_str){ rest->data + 4, length };
    rest->data += 4 + length;
    rest->length -= 4 + length;
    return true;
}

/* The kind of event that has this type; false: none of the three. */
static inline bool bench_kind_of(struct kh_str type, enum bench_kind *out)
{
    static const struct kh_str types[] = {
        [BENCH_CREATED] = KH_STR_INIT("USER_LIMIT_CREATED"),
        [BENCH_PROGRESS_CHANGED] = KH_STR_INIT("USER_LIMIT_PROGRESS_CHANGED"),
        [BENCH_RESET] = KH_STR_INIT("USER_LIMIT_RESET"),
    };

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (kh_str_equal(types[i], type)) {
            *out = (enum bench_kind)i;
            return true;
        }
    }
    return false;
}

#endif
