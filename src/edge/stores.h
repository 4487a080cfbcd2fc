/* The settings of stores, as the stores want them. */
#ifndef KH_STORES_H
#define KH_STORES_H

#include "edge/startup.h"
#include "store/dynamodb.h"

/*
 * How the DynamoDB store is opened, whatever DB says; strings are of the startup's arena. KH_BAD_SETTING,
 * KH_NO_MEMORY.
 */
enum kh_status kh_dynamodb_settings(struct kh_startup *startup, struct kh_error *error,
                                    struct kh_dynamodb_options *out) KH_MUST_USE;

/* For calls that belong to no invocation: they may take so long. */
#define KH_START_TIMEOUT_MS 8000

#endif
