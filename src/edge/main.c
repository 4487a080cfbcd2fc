/* The program: Lambda's loop where Lambda is, the command line elsewhere. */
#include "kh/main.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/version.h"
#include "edge/lambda.h"
#include "edge/options.h"
#include "edge/relro.h"
#include "edge/tables.h"
#include "edge/verbs.h"

/*
 * Standard descriptors that are closed would be given to the next file that is opened, which then
 * would be read or written as if it were they. In their place goes one that fails when it is used.
 */
static bool reserve_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
            return false;
        }
    }
    return true;
}

int kh_main(int argc, char **argv, const struct kh_service *service)
{
    const char *runtime_api = getenv("AWS_LAMBDA_RUNTIME_API");
    struct kh_options options;

    kh_protect_relocated();
    if (!reserve_standard_descriptors()) {
        return 1;
    }
    /* A reader of our output that goes away must not end us between two records. */
    (void)signal(SIGPIPE, SIG_IGN);
    if (runtime_api != NULL) {
        return kh_lambda_main(service, runtime_api);
    }
    if (kh_options_parse(argc, argv, &options) != KH_OK) {
        return 2;
    }
    switch (options.verb) {
    case KH_VERB_RUN:
        return kh_run(service, &options);
    case KH_VERB_VALIDATE:
        return kh_validate(service, &options);
    case KH_VERB_REPLAY:
        return kh_replay(service, &options);
    case KH_VERB_PUT:
        return kh_put_files(service, &options);
    case KH_VERB_WORKER:
        return kh_worker(service, &options);
    case KH_VERB_MULTILANG:
        return kh_multilang(service, &options);
    case KH_VERB_DUMP:
        return kh_dump_store(service, &options);
    case KH_VERB_TABLES:
        return kh_tables(service, &options);
    case KH_VERB_SETTINGS:
        return kh_print_settings(service, &options);
    case KH_VERB_STATUSES:
        return kh_print_statuses(&options);
    case KH_VERB_VERSION:
        return kh_print_versions(&options);
    case KH_VERB_SHORT_VERSION:
        (void)printf("kinesis-handler %s\n", KH_VERSION);
        return 0;
    case KH_VERB_HELP:
    case KH_VERB_COUNT:
        break;
    }
    kh_options_help(&options, service, stdout);
    return 0;
}
