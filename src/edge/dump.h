/* What the store holds, as NDJSON. */
#ifndef KH_DUMP_H
#define KH_DUMP_H

#include <stdio.h>

#include "kh/error.h"
#include "kh/log.h"
#include "kh/service.h"
#include "kh/status.h"
#include "kh/store.h"

/* Every entity's rows, sorted by key, members as in the schema. */
enum kh_status kh_dump(const struct kh_service *service, struct kh_store *store, struct kh_log log,
                       FILE *out, struct kh_error *error) KH_MUST_USE;

#endif
