/*
 * Generated from schema/.
 * To change this file, edit the schema and build.
 */
#ifndef HANDLERS_H
#define HANDLERS_H

#include "kh/context.h"
#include "kh/decimal.h"
#include "kh/instant.h"
#include "kh/log.h"
#include "kh/service.h"
#include "kh/unit.h"
#include "kh/value.h"

#include "entities/user_limit.h"
#include "envelope.h"
#include "events/user_limit_created.h"
#include "events/user_limit_progress_changed.h"
#include "events/user_limit_reset.h"
#include "settings.h"
#include "types/currency_code.h"
#include "types/identifier.h"
#include "types/limit_period.h"
#include "types/limit_status.h"
#include "types/limit_type.h"
#include "types/money.h"
#include "types/percentage.h"
#include "types/timestamp.h"

#if KH_GENERATED_ABI != 2
#error "The generated code and the runtime are of different versions: generate it again."
#endif

/*
 * Written by the service's author, one for each event. The event is valid by its schema. What is
 * returned decides what becomes of the record, see kh/status.h. Nothing given here outlives the
 * batch.
 */

/* USER_LIMIT_CREATED. A limit was set for a user. */
enum kh_status on_user_limit_created(struct kh_context *ctx, const struct envelope *envelope,
                                     const struct user_limit_created *event) KH_MUST_USE;

/* USER_LIMIT_PROGRESS_CHANGED. A user spent something that counts towards a limit. */
enum kh_status on_user_limit_progress_changed(
    struct kh_context *ctx, const struct envelope *envelope, const struct
    user_limit_progress_changed *event) KH_MUST_USE;

/* USER_LIMIT_RESET. A limit's period ended and its progress started over. */
enum kh_status on_user_limit_reset(struct kh_context *ctx, const struct envelope *envelope,
                                   const struct user_limit_reset *event) KH_MUST_USE;

#endif
