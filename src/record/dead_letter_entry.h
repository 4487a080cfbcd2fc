/* A dead letter read back: the record that it was made of. docs/dead-letters.md says what an entry looks like. */
#ifndef KH_DEAD_LETTER_ENTRY_H
#define KH_DEAD_LETTER_ENTRY_H

#include "kh/arena.h"
#include "kh/error.h"
#include "kh/record.h"
#include "kh/status.h"

/*
 * The bytes as they were delivered, and where they came from; not opened (kh/open.h). Strings are of the entry
 * (KH_PADDING readable bytes behind it) or in the arena; `id` is empty, `position` 0. KH_INVALID: it is not an entry, or one
 * without the bytes; KH_NOT_JSON and its like; KH_NO_MEMORY. `error` says what is wrong.
 */
enum kh_status kh_dead_letter_read(struct kh_str entry, struct kh_arena *arena,
                                   struct kh_error *error, struct kh_record *out) KH_MUST_USE;

#endif
