/*
 * Generated from schema/events/user_limit_reset.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef HANDLERS_ON_USER_LIMIT_RESET_H
#define HANDLERS_ON_USER_LIMIT_RESET_H

#include "entities/user_limit.h"
#include "events/user_limit_reset.h"
#include "handlers/common.h"

/* USER_LIMIT_RESET. A limit's period ended and its progress started over. */
enum kh_status on_user_limit_reset(struct kh_context *ctx, const struct envelope *envelope,
                                   const struct user_limit_reset *event) KH_MUST_USE;

#endif
