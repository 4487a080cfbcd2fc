/* The command line: one verb, its options, and the files it works on. */
#ifndef KH_OPTIONS_H
#define KH_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "kh/service.h"
#include "kh/status.h"

enum kh_verb {
    KH_VERB_RUN,
    KH_VERB_VALIDATE,
    KH_VERB_PUT,
    KH_VERB_REPLAY,
    KH_VERB_WORKER,
    KH_VERB_MULTILANG,
    KH_VERB_DUMP,
    KH_VERB_TABLES,
    KH_VERB_SETTINGS,
    KH_VERB_STATUSES,
    KH_VERB_VERSION,
    KH_VERB_HELP, /* of the program, or of `subject` */
    KH_VERB_SHORT_VERSION,
    KH_VERB_COUNT
};

/* Of the verbs that consume a stream; texts are NULL when they are not given. */
struct kh_consumer_options {
    const char *name;
    const char *from;
    const char *batch_size;
    const char *batch_window;
    const char *max_attempts;
    const char *max_age;
    const char *threads;
    bool no_bisect;
    bool until_idle;
    bool properties;
};

struct kh_options {
    enum kh_verb verb;
    enum kh_verb subject; /* KH_VERB_HELP: the verb asked about; KH_VERB_HELP: the program */
    bool json;
    bool markdown;
    bool dump;
    bool yes;
    bool unchecked;
    bool aggregate;
    const char *dead_letters;      /* NULL: not given */
    const char *env_file;          /* NULL: not given */
    const char *stream;            /* NULL: not given */
    const char *rate;              /* NULL: not given; a number from 1 to 1000000 */
    const char *explicit_hash_key; /* NULL: not given; digits */
    struct kh_consumer_options consumer;
    char *const *files; /* KH_VERB_TABLES: what is to be done; KH_VERB_REPLAY: the source */
    size_t file_count;
};

/*
 * KH_USAGE: said on standard error. The strings are those of argv, which is put in another order.
 */
enum kh_status kh_options_parse(int argc, char **argv, struct kh_options *out) KH_MUST_USE;

/* The help that `options` asks for. */
void kh_options_help(const struct kh_options *options, const struct kh_service *service, FILE *out);

#endif
