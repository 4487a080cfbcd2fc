/*
 * Where a row stands in the order of a query, and that place as a cursor.
 *
 * All stores use these cursors, so the unit of work can lay its changes over any store's pages: a
 * cursor names the last row of a page by its members, not by a number or a pointer, and so stays good
 * when rows come and go.
 */
#ifndef KH_MODEL_POSITION_H
#define KH_MODEL_POSITION_H

#include "kh/entity.h"
#include "model/field.h"

/*
 * As kh_entity_key_text, but not copied where that can be spared: the text may be a part of `value`,
 * or stand in `buffer`. KH_NO_MEMORY.
 */
enum kh_status kh__key_text(const struct kh_entity *entity, const void *value,
                            struct kh_arena *arena, char buffer[KH_FIELD_TEXT_SIZE],
                            struct kh_str *out) KH_MUST_USE;

/* Order of a query by `index` (NULL: by key): the index's members, then the key's. */
int kh__position_compare(const struct kh_entity *entity, const struct kh_index *index,
                         const void *a, const void *b);

/* The cursor for what comes after `value`; in the arena. KH_NO_MEMORY. */
enum kh_status kh__cursor_write(const struct kh_entity *entity, const struct kh_index *index,
                                const void *value, struct kh_arena *arena,
                                struct kh_str *cursor) KH_MUST_USE;

/*
 * A value of which only the index's and the key's members are set, in the arena. KH_INVALID if the
 * cursor is not of this query: another entity, another index, or other members asked for in `key`.
 */
enum kh_status kh__cursor_read(const struct kh_entity *entity, const struct kh_index *index,
                               const void *key, struct kh_str cursor, struct kh_arena *arena,
                               const void **value) KH_MUST_USE;

#endif
