/*
 * Generated from schema/events/user_limit_created.schema.json.
 * To change this file, edit the schema and build.
 */
#ifndef HANDLERS_ON_USER_LIMIT_CREATED_H
#define HANDLERS_ON_USER_LIMIT_CREATED_H

#include "entities/user_limit.h"
#include "events/user_limit_created.h"
#include "handlers/common.h"

/* USER_LIMIT_CREATED. A limit was set for a user. */
enum kh_status on_user_limit_created(struct kh_context *ctx, const struct envelope *envelope,
                                     const struct user_limit_created *event) KH_MUST_USE;

#endif
