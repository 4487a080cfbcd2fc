/*
 * Generated from schema/.
 * To change this file, edit the schema and build.
 */
#ifndef HANDLERS_COMMON_H
#define HANDLERS_COMMON_H

#include "kh/context.h"
#include "kh/decimal.h"
#include "kh/instant.h"
#include "kh/log.h"
#include "kh/unit.h"
#include "kh/value.h"

#include "envelope.h"
#include "settings.h"

/*
 * What every handler can use. Handlers are written by the service's author, one for each event, and
 * are declared in handlers/on_<event>.h. The event is valid by its schema. What is returned decides
 * what becomes of the record, see kh/status.h. Nothing given to a handler outlives the batch.
 */

#endif
