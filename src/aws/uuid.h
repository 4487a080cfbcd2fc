/* Random UUIDs (version 4), for ids and tokens of requests. */
#ifndef KH_AWS_UUID_H
#define KH_AWS_UUID_H

#include "kh/error.h"
#include "kh/status.h"

/* With its NUL. */
#define KH_UUID_SIZE 37

/* From the kernel's randomness. KH_IO when there is none. */
enum kh_status kh_uuid_make(struct kh_error *error, char out[KH_UUID_SIZE]) KH_MUST_USE;

#endif
