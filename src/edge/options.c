/* The verbs and their options in one table, from which parsing, checking and help come. */
#include "edge/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "kh/hash_key.h"

#define PROGRAM "kinesis-handler"

enum option_code {
    OPTION_HELP = 'h',
    OPTION_JSON = 'j',
    OPTION_MARKDOWN = 'm',
    OPTION_DUMP = 'd',
    OPTION_DEAD_LETTERS = 'l',
    OPTION_ENV = 'e',
    OPTION_YES = 'y',
    OPTION_STREAM = 's',
    OPTION_RATE = 'r',
    OPTION_HASH_KEY = 'k',
    OPTION_UNCHECKED = 'u',
    OPTION_AGGREGATE = 'o',
    OPTION_CONSUMER = 'c',
    OPTION_FROM = 'f',
    OPTION_BATCH_SIZE = 'b',
    OPTION_BATCH_WINDOW = 'w',
    OPTION_MAX_ATTEMPTS = 'a',
    OPTION_MAX_AGE = 'g',
    OPTION_NO_BISECT = 'n',
    OPTION_THREADS = 't',
    OPTION_UNTIL_IDLE = 'i',
    OPTION_PROPERTIES = 'p'
};

struct verb {
    const char *name; /* NULL: an option of the program, not a verb */
    const char *arguments;
    const char *summary;
    const char *options; /* codes of those it takes beside --help */
    bool files;
    const char *const *actions; /* one of them is to be given; NULL: takes none */
};

static const char *const table_actions[] = { "create", "describe", "delete", NULL };

static const struct verb verbs[KH_VERB_COUNT] = {
    [KH_VERB_RUN] = { "run", "FILE... [OPTIONS]", "handle the events of files; - is standard input",
                      "jdle", true, NULL },
    [KH_VERB_VALIDATE] = { "validate", "FILE... [OPTIONS]",
                           "list every violation of every event; nothing is applied", "je", true,
                           NULL },
    [KH_VERB_PUT] = { "put", "FILE... --stream STREAM [OPTIONS]",
                      "put the events of files into a stream of Kinesis", "jesrkuo", true, NULL },
    [KH_VERB_REPLAY] = { "replay", "SOURCE [OPTIONS]",
                         "handle dead letters once more; SOURCE is a file of them, sqs:URL or\n"
                         "                        kinesis:STREAM",
                         "jdle", true, NULL },
    [KH_VERB_WORKER] = { "worker", "--stream STREAM [OPTIONS]",
                         "consume a stream of Kinesis as Lambda's event source mapping would",
                         "jlescfbwagnti", false, NULL },
    [KH_VERB_MULTILANG] = { "multilang", "[--properties --stream STREAM] [OPTIONS]",
                            "a record processor of the Kinesis Client Library's MultiLangDaemon",
                            "lescfagnp", false, NULL },
    [KH_VERB_DUMP] = { "dump", "[OPTIONS]", "print the entities that the store holds", "e", false,
                       NULL },
    [KH_VERB_TABLES] = { "tables", "create|describe|delete [OPTIONS]",
                         "make, look at or delete the tables of DynamoDB", "jey", false,
                         table_actions },
    [KH_VERB_SETTINGS] = { "settings", "[OPTIONS]", "list the settings", "jm", false, NULL },
    [KH_VERB_STATUSES] = { "statuses", "[OPTIONS]", "list what can become of a record, and why",
                           "jm", false, NULL },
    [KH_VERB_VERSION] = { "version", "[OPTIONS]",
                          "tell the versions of the program and of its libraries", "jm", false,
                          NULL },
};

static const struct {
    enum option_code code;
    const char *text;
    const char *meaning;
} option_help[] = {
    { OPTION_JSON, "--json", "one JSON object on standard output, nothing else" },
    { OPTION_MARKDOWN, "--markdown", "as a Markdown table" },
    { OPTION_DUMP, "--dump",
      "print the entities afterwards, a JSON object a line;\n"
      "                        the summary goes to standard error" },
    { OPTION_DEAD_LETTERS, "--dead-letters TARGET",
      "where dead letters go: a file, sqs:URL or kinesis:STREAM\n"
      "                        (default: the setting DEAD_LETTER, or dead-letters.ndjson)" },
    { OPTION_ENV, "--env FILE", "settings, a NAME=value a line (default: config/.env)" },
    { OPTION_STREAM, "--stream STREAM", "its name, or its ARN" },
    { OPTION_RATE, "--rate N", "no more than N records in a second" },
    { OPTION_HASH_KEY, "--explicit-hash-key K",
      "a number below 2^128: all records go to the shard\n"
      "                        that it belongs to" },
    { OPTION_UNCHECKED, "--unchecked",
      "put events as well that are not valid, or of unknown type" },
    { OPTION_AGGREGATE, "--aggregate",
      "pack the events of a shard into records of 50 KB, as the\n"
      "                        Kinesis Producer Library does" },
    { OPTION_CONSUMER, "--consumer NAME",
      "whose checkpoints are kept (default: the service's\n"
      "                        name)" },
    { OPTION_FROM, "--from WHERE",
      "trim-horizon (default), latest, or a time as\n"
      "                        2026-11-23T07:00:00Z: where the consumer begins that\n"
      "                        has no checkpoints yet" },
    { OPTION_BATCH_SIZE, "--batch-size N", "up to so many records at once (default: 100)" },
    { OPTION_BATCH_WINDOW, "--batch-window MS", "wait so long for a batch to fill (default: 0)" },
    { OPTION_MAX_ATTEMPTS, "--max-attempts N",
      "then a record that fails becomes a dead letter\n"
      "                        (default: no limit)" },
    { OPTION_MAX_AGE, "--max-age SECONDS",
      "older records become dead letters (default: no\n"
      "                        limit)" },
    { OPTION_NO_BISECT, "--no-bisect",
      "records that fail are not halved before they are\n"
      "                        tried again" },
    { OPTION_THREADS, "--threads N", "so many shards at a time (default: 8)" },
    { OPTION_UNTIL_IDLE, "--until-idle", "end when all shards are read to their present end" },
    { OPTION_PROPERTIES, "--properties",
      "print a properties file for the daemon that starts\n"
      "                        this executable, with the same options" },
    { OPTION_YES, "--yes",
      "delete all rows and marks; without it `delete` only says what it would do" },
    { OPTION_HELP, "--help", "this text" },
};

static const char files_help[] =
    "\nA FILE holds a JSON array of events, an event a line (NDJSON), JSON documents one after\n"
    "the other, or a captured Lambda event; what it is shows by itself.\n";

static const char *const exit_help[KH_VERB_COUNT] = {
    [KH_VERB_RUN] =
        "\nExit status: 0 when nothing is left to retry, dead letters or not; 1 when something\n"
        "is, or a file can't be read to its end; 2 for a wrong command line.\n",
    [KH_VERB_VALIDATE] =
        "\nExit status: 0 when all events are valid (those of unknown type are left out); 1 when\n"
        "not; 2 for a wrong command line.\n",
    [KH_VERB_PUT] =
        "\nExit status: 0 when all events are in the stream; 1 when not, which is told; 2 for a wrong\n"
        "command line.\n",
    [KH_VERB_REPLAY] =
        "\nMessages of a queue are deleted when their events are done, were done before, or are of\n"
        "unknown type; those that fail again stay. From a file or a stream they are written where\n"
        "dead letters go. Exit status: 0 when nothing is left to retry, dead letters or not; 1 when\n"
        "something is, or is no dead letter; 2 for a wrong command line.\n",
    [KH_VERB_WORKER] =
        "\nSIGTERM and SIGINT let it finish the batches in hand. Exit status: 0 after that, or when\n"
        "all is read with --until-idle; 1 when it can't go on; 2 for a wrong command line.\n",
    [KH_VERB_DUMP] =
        "\nA JSON object a line, sorted by key. Exit status: 0 when all are printed; 1 when not, which\n"
        "is told; 2 for a wrong command line.\n",
    [KH_VERB_TABLES] =
        "\nExit status: 0 when all tables are (create, describe) or none is left (delete); 1 when\n"
        "not; 2 for a wrong command line.\n",
};

/* ---- Parsing ---------------------------------------------------------------------------- */

static enum kh_status refuse(const char *verb, const char *what, const char *which)
{
    (void)fprintf(
        stderr, PROGRAM ": %s%s\nusage: " PROGRAM " %s [ARGUMENTS]; more: " PROGRAM " %s%s--help\n",
        what, which, verb == NULL ? "COMMAND" : verb, verb == NULL ? "" : verb,
        verb == NULL ? "" : " ");
    return KH_USAGE;
}

static bool take_consumer_option(int code, struct kh_consumer_options *out)
{
    switch (code) {
    case OPTION_CONSUMER:
        out->name = optarg;
        return true;
    case OPTION_FROM:
        out->from = optarg;
        return true;
    case OPTION_BATCH_SIZE:
        out->batch_size = optarg;
        return true;
    case OPTION_BATCH_WINDOW:
        out->batch_window = optarg;
        return true;
    case OPTION_MAX_ATTEMPTS:
        out->max_attempts = optarg;
        return true;
    case OPTION_MAX_AGE:
        out->max_age = optarg;
        return true;
    case OPTION_THREADS:
        out->threads = optarg;
        return true;
    case OPTION_NO_BISECT:
        out->no_bisect = true;
        return true;
    case OPTION_UNTIL_IDLE:
        out->until_idle = true;
        return true;
    case OPTION_PROPERTIES:
        out->properties = true;
        return true;
    default:
        return false;
    }
}

static bool take_option(int code, struct kh_options *out)
{
    switch (code) {
    case OPTION_HELP:
        out->subject = out->verb;
        out->verb = KH_VERB_HELP;
        return true;
    case OPTION_JSON:
        out->json = true;
        return true;
    case OPTION_MARKDOWN:
        out->markdown = true;
        return true;
    case OPTION_DUMP:
        out->dump = true;
        return true;
    case OPTION_DEAD_LETTERS:
        out->dead_letters = optarg;
        return true;
    case OPTION_ENV:
        out->env_file = optarg;
        return true;
    case OPTION_YES:
        out->yes = true;
        return true;
    case OPTION_STREAM:
        out->stream = optarg;
        return true;
    case OPTION_RATE:
        out->rate = optarg;
        return true;
    case OPTION_HASH_KEY:
        out->explicit_hash_key = optarg;
        return true;
    case OPTION_AGGREGATE:
        out->aggregate = true;
        return true;
    case OPTION_UNCHECKED:
        out->unchecked = true;
        return true;
    default:
        return take_consumer_option(code, &out->consumer);
    }
}

static bool is_action(const char *const *actions, const char *word)
{
    while (*actions != NULL && strcmp(*actions, word) != 0) {
        actions++;
    }
    return *actions != NULL;
}

static bool is_rate(const char *text)
{
    size_t length = strlen(text);
    bool is_number = length <= 7 && strspn(text, "0123456789") == length;
    long rate = is_number ? strtol(text, NULL, 10) : 0;

    return rate >= 1 && rate <= 1000000;
}

/* The record processor itself is told by its parent what to read. */
static bool needs_stream(const struct verb *verb, const struct kh_options *options)
{
    return strchr(verb->options, OPTION_STREAM) != NULL &&
           (strchr(verb->options, OPTION_PROPERTIES) == NULL || options->consumer.properties);
}

static enum kh_status check(const struct verb *verb, const struct kh_options *options)
{
    struct kh_shard_hash unused;

    if (options->verb == KH_VERB_REPLAY && options->file_count != 1) {
        return refuse(verb->name, "which SOURCE? one file, sqs:URL or kinesis:STREAM", "");
    }
    if (verb->files && options->file_count == 0) {
        return refuse(verb->name, "which FILE? - is standard input", "");
    }
    if (verb->actions != NULL) {
        if (options->file_count != 1 || !is_action(verb->actions, options->files[0])) {
            return refuse(verb->name, "one of these, please: ", verb->arguments);
        }
        return KH_OK;
    }
    if (!verb->files && options->file_count > 0) {
        return refuse(verb->name, "takes no FILE: ", options->files[0]);
    }
    if (needs_stream(verb, options) && options->stream == NULL) {
        return refuse(verb->name, "which stream? --stream STREAM", "");
    }
    if (options->rate != NULL && !is_rate(options->rate)) {
        return refuse(verb->name, "a rate is a number from 1 to 1000000: ", options->rate);
    }
    if (options->explicit_hash_key != NULL &&
        kh_shard_hash_parse(kh_str_from(options->explicit_hash_key), &unused) != KH_OK) {
        return refuse(verb->name, "not a number below 2^128: ", options->explicit_hash_key);
    }
    if (options->json && options->dump) {
        return refuse(verb->name, "--json and --dump both want standard output; run twice", "");
    }
    if (options->json && options->markdown) {
        return refuse(verb->name, "either --json or --markdown", "");
    }
    return KH_OK;
}

/* The verb's own options and files; argv[0] is the verb. */
static enum kh_status parse_verb(int argc, char **argv, struct kh_options *out)
{
    static const struct option known[] = {
        { "help", no_argument, NULL, OPTION_HELP },
        { "json", no_argument, NULL, OPTION_JSON },
        { "markdown", no_argument, NULL, OPTION_MARKDOWN },
        { "dump", no_argument, NULL, OPTION_DUMP },
        { "dead-letters", required_argument, NULL, OPTION_DEAD_LETTERS },
        { "env", required_argument, NULL, OPTION_ENV },
        { "yes", no_argument, NULL, OPTION_YES },
        { "stream", required_argument, NULL, OPTION_STREAM },
        { "rate", required_argument, NULL, OPTION_RATE },
        { "explicit-hash-key", required_argument, NULL, OPTION_HASH_KEY },
        { "unchecked", no_argument, NULL, OPTION_UNCHECKED },
        { "aggregate", no_argument, NULL, OPTION_AGGREGATE },
        { "consumer", required_argument, NULL, OPTION_CONSUMER },
        { "from", required_argument, NULL, OPTION_FROM },
        { "batch-size", required_argument, NULL, OPTION_BATCH_SIZE },
        { "batch-window", required_argument, NULL, OPTION_BATCH_WINDOW },
        { "max-attempts", required_argument, NULL, OPTION_MAX_ATTEMPTS },
        { "max-age", required_argument, NULL, OPTION_MAX_AGE },
        { "no-bisect", no_argument, NULL, OPTION_NO_BISECT },
        { "threads", required_argument, NULL, OPTION_THREADS },
        { "until-idle", no_argument, NULL, OPTION_UNTIL_IDLE },
        { "properties", no_argument, NULL, OPTION_PROPERTIES },
        { 0 },
    };
    const struct verb *verb = &verbs[out->verb];
    int index;
    int code;

    optind = 0; /* from the beginning, whoever parsed before */
    opterr = 0;
    while ((code = getopt_long(argc, argv, ":h", known, &index)) != -1) {
        const char *given = argv[optind - 1];

        if (code == ':') {
            return refuse(verb->name, "needs a value: ", given);
        }
        if (code == '?') {
            return refuse(verb->name, "no such option: ", given);
        }
        if (code != OPTION_HELP && strchr(verb->options, code) == NULL) {
            return refuse(verb->name, "not an option of this command: --", known[index].name);
        }
        if (take_option(code, out) && out->verb == KH_VERB_HELP) {
            return KH_OK;
        }
    }
    out->files = argv + optind;
    out->file_count = (size_t)(argc - optind);
    return check(verb, out);
}

enum kh_status kh_options_parse(int argc, char **argv, struct kh_options *out)
{
    const char *first = argc > 1 ? argv[1] : NULL;

    *out = (struct kh_options){ .subject = KH_VERB_HELP };
    if (first == NULL) {
        return refuse(NULL, "what is to be done?", "");
    }
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 || strcmp(first, "help") == 0) {
        out->verb = KH_VERB_HELP;
        return KH_OK;
    }
    if (strcmp(first, "--version") == 0) {
        out->verb = KH_VERB_SHORT_VERSION;
        return KH_OK;
    }
    for (enum kh_verb verb = 0; verb < KH_VERB_COUNT; verb++) {
        if (verbs[verb].name != NULL && strcmp(first, verbs[verb].name) == 0) {
            out->verb = verb;
            return parse_verb(argc - 1, argv + 1, out);
        }
    }
    return refuse(NULL, "no such command: ", first);
}

/* ---- Help ------------------------------------------------------------------------------- */

static void print_default(const struct kh_setting *row, FILE *out)
{
    if (row->default_text == NULL) {
        (void)fprintf(out, "%s", row->required ? "required" : "");
    } else if (row->default_text[0] == '\0') {
        (void)fprintf(out, "not set");
    } else {
        (void)fprintf(out, "%s", row->default_text);
    }
}

static void print_settings(const struct kh_service *service, FILE *out)
{
    (void)fprintf(out, "\nSettings (environment variables, or lines of config/.env; more: " PROGRAM
                       " settings):\n");
    for (size_t i = 0; i < service->settings.count; i++) {
        const struct kh_setting *row = &service->settings.rows[i];

        (void)fprintf(out, "  %-20s  ", row->name);
        if (row->kind == KH_SETTING_CHOICE) {
            for (size_t choice = 0; choice < row->choice_count; choice++) {
                (void)fprintf(out, "%s%s", choice == 0 ? "" : "|", row->choices[choice]);
            }
            (void)fprintf(out, "; ");
        }
        print_default(row, out);
        (void)fprintf(out, "\n");
    }
}

static void print_program(const struct kh_service *service, FILE *out)
{
    (void)fprintf(out,
                  "usage: " PROGRAM " COMMAND [ARGUMENTS]\n\nThe service %s: handles events.\n\n",
                  service->name);
    for (enum kh_verb verb = 0; verb < KH_VERB_COUNT; verb++) {
        if (verbs[verb].name != NULL) {
            (void)fprintf(out, "  %-20s  %s\n", verbs[verb].name, verbs[verb].summary);
        }
    }
    (void)fprintf(
        out, "\n  COMMAND --help        more about a command\n"
             "  --help, --version\n\n"
             "With AWS_LAMBDA_RUNTIME_API set, as Lambda does, it serves invocations instead.\n");
    print_settings(service, out);
}

void kh_options_help(const struct kh_options *options, const struct kh_service *service, FILE *out)
{
    const struct verb *verb = &verbs[options->subject];

    if (verb->name == NULL) {
        print_program(service, out);
        return;
    }
    (void)fprintf(out, "usage: " PROGRAM " %s %s\n\n%s\n\n", verb->name, verb->arguments,
                  verb->summary);
    for (size_t i = 0; i < sizeof option_help / sizeof option_help[0]; i++) {
        if (option_help[i].code == OPTION_HELP ||
            strchr(verb->options, (int)option_help[i].code) != NULL) {
            (void)fprintf(out, "  %-20s  %s\n", option_help[i].text, option_help[i].meaning);
        }
    }
    if (verb->files && options->subject != KH_VERB_REPLAY) {
        (void)fprintf(out, "%s", files_help);
    }
    if (exit_help[options->subject] != NULL) {
        (void)fprintf(out, "%s", exit_help[options->subject]);
    }
}
