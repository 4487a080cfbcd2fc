/* The custom runtime of AWS Lambda. */
#ifndef KH_LAMBDA_H
#define KH_LAMBDA_H

#include "kh/service.h"

/*
 * Serves invocations of the Runtime API at `address` (host:port) until told to end: the exit code.
 */
int kh_lambda_main(const struct kh_service *service, const char *address);

#endif
