/* Where records go that can never succeed. */
#ifndef KH_DEAD_LETTER_H
#define KH_DEAD_LETTER_H

#include "kh/error.h"
#include "kh/status.h"
#include "kh/str.h"

struct kh_dead_letters;

struct kh_dead_letters_ops {
    /*
     * Writes one entry (a JSON object, see docs/dead-letters.md) so that it survives a crash; only then
     * does the batch go on. KH_IO etc.: the record is to be retried.
     */
    enum kh_status (*write)(struct kh_dead_letters *target, struct kh_str entry,
                            struct kh_error *error);
    void (*destroy)(struct kh_dead_letters *target);
};

/* The head of every target's own struct. Several threads may write at once. */
struct kh_dead_letters {
    const struct kh_dead_letters_ops *ops;
};

/*
 * Appends NDJSON to the file (created with mode 0600), fsynced per entry. KH_IO, with error, when it can't be
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
