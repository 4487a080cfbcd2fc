/* The edge: the whole program, given a service. */
#ifndef KH_MAIN_H
#define KH_MAIN_H

#include "kh/service.h"

/*
 * The command line of a service: the Lambda loop when AWS_LAMBDA_RUNTIME_API is set, otherwise run,
 * validate and so on. Returns the exit code: 0 fine, 1 failed, 2 usage.
 */
int kh_main(int argc, char **argv, const struct kh_service *service);

#endif
