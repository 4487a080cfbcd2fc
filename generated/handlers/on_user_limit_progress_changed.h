/*
 * Generated from schema/events/user_limit_progress_changed.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef HANDLERS_ON_USER_LIMIT_PROGRESS_CHANGED_H
#define HANDLERS_ON_USER_LIMIT_PROGRESS_CHANGED_H

#include "entities/user_limit.h"
#include "events/user_limit_progress_changed.h"
#include "handlers/common.h"

/* USER_LIMIT_PROGRESS_CHANGED. A user spent something that counts towards a limit. */
enum kh_status on_user_limit_progress_changed(
    struct kh_context *ctx, const struct envelope *envelope, const struct
    user_limit_progress_changed *event) KH_MUST_USE;

#endif
