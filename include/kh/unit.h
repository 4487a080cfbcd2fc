/*
 * The unit of work: what handlers change goes here first and to the store in one commit.
 *
 * Reads see the changes made before them. Generated repositories (user_limit_get and so on) are thin
 * typed wrappers of these functions. Values given out live as long as the batch.
 */
#ifndef KH_UNIT_H
#define KH_UNIT_H

#include "kh/entity.h"
#include "kh/status.h"
#include "kh/store.h"

struct kh_context;

/* KH_NOT_FOUND, with an error that names entity and key member, when it is not there. */
enum kh_status kh_unit_get(struct kh_context *context, const struct kh_entity *entity,
                           const void *key, void *out) KH_MUST_USE;

/* As get, but no row is no error: *found says. */
enum kh_status kh_unit_find(struct kh_context *context, const struct kh_entity *entity,
                            const void *key, void *out, bool *found) KH_MUST_USE;

/*
 * KH_EXISTS when a row with this key is there. The value is copied. KH_OUT_OF_RANGE: a number of it is
 * infinite, or none, or an enum of it is none of its names.
 */
enum kh_status kh_unit_create(struct kh_context *context, const struct kh_entity *entity,
                              const void *value) KH_MUST_USE;

/* Creates or replaces. The value is copied. KH_OUT_OF_RANGE as above. */
enum kh_status kh_unit_put(struct kh_context *context, const struct kh_entity *entity,
                           const void *value) KH_MUST_USE;

/* KH_NOT_FOUND when there is none. */
enum kh_status kh_unit_remove(struct kh_context *context, const struct kh_entity *entity,
                              const void *key) KH_MUST_USE;

/* As kh_store_ops.query, with the changes of this unit in place. */
enum kh_status kh_unit_query(struct kh_context *context, const struct kh_entity *entity,
                             const struct kh_index *index, const void *key, struct kh_str cursor,
                             size_t limit, struct kh_page *page) KH_MUST_USE;

#endif
