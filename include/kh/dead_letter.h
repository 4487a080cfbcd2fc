/* Where records go that can never succeed. */
#ifndef KH_DEAD_LETTER_H
#define KH_DEAD_LETTER_H

#include <stdint.h>

#include "kh/error.h"
#include "kh/status.h"
#include "kh/str.h"

struct kh_dead_letters;

/* One entry, a JSON object: see docs/dead-letters.md. */
struct kh_dead_letter {
    struct kh_str text;
    struct kh_str
        key; /* a target that has an order keeps that of entries with the same key; or "" */
};

struct kh_dead_letters_ops {
    /*
     * Writes the entries (one at least) so that they survive a crash; only then is anything behind them
     * committed. KH_IO etc.: their records are to be retried; some of the entries may be there all the same.
     * `deadline_ms` is wall clock.
     */
    enum kh_status (*write)(struct kh_dead_letters *target, const struct kh_dead_letter *letters,
                            size_t count, int64_t deadline_ms, struct kh_error *error);
    void (*destroy)(struct kh_dead_letters *target);
};

/* The head of every target's own struct. Several threads may write at once. */
struct kh_dead_letters {
    const struct kh_dead_letters_ops *ops;
    size_t
        max_length; /* of an entry; 0: any. From a longer one parts are left out, which it says */
    struct kh_str arn; /* of a stream: records that came from it are never written to it; or "" */
};

/*
 * Appends NDJSON to the file (created with mode 0600), fsynced by each write. KH_IO, with error, when it can't be
 * opened; KH_NO_MEMORY.
 */
enum kh_status kh_dead_letters_file_new(const char *path, struct kh_error *error,
                                        struct kh_dead_letters **out) KH_MUST_USE;

/* NULL is allowed. */
static inline void kh_dead_letters_destroy(struct kh_dead_letters *target)
{
    if (target != NULL) {
        target->ops->destroy(target);
    }
}

#endif
