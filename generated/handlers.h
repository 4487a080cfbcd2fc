/*
 * Generated from schema/.
 * To change this file, edit the schema and build.
 */
#ifndef HANDLERS_H
#define HANDLERS_H

/*
 * Everything that any handler can see, for service.c. A handler includes its own header,
 * handlers/on_<event>.h, which is the same size however many events there are.
 */

#include "entities/user_limit.h"
#include "envelope.h"
#include "handlers/on_user_limit_created.h"
#include "handlers/on_user_limit_progress_changed.h"
#include "handlers/on_user_limit_reset.h"
#include "settings.h"
#include "types/currency_code.h"
#include "types/identifier.h"
#include "types/limit_period.h"
#include "types/limit_status.h"
#include "types/limit_type.h"
#include "types/money.h"
#include "types/percentage.h"
#include "types/timestamp.h"

#endif
