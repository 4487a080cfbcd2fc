/*
 * Generated from schema/.
 * To change this file, edit the schema and build.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include "kh/service.h"

#if KH_GENERATED_ABI != 5
#error "The generated code and the runtime are of different versions: generate it again."
#endif

/* All that the runtime is told of the service. */
extern const struct kh_service service;

#endif
