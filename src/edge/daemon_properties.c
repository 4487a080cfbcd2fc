/* What the daemon needs to know, and the command that it is to start. */
#include "edge/daemon_properties.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edge/verbs.h"

#define MAX_COMMAND ((size_t)8192)

struct command {
    char text[MAX_COMMAND];
    size_t length;
    bool fits;
};

/* The daemon splits it at blanks, whatever is around them. */
static void add(struct command *command, const char *word)
{
    size_t length = strlen(word);

    command->fits = command->fits && length > 0 && strpbrk(word, " \t\r\n\\") == NULL &&
                    command->length + length + 2 < MAX_COMMAND;
    if (command->fits) {
        if (command->length > 0) {
            command->text[command->length++] = ' ';
        }
        memcpy(command->text + command->length, word, length + 1);
        command->length += length;
    }
}

static void add_option(struct command *command, const char *name, const char *value)
{
    if (value != NULL) {
        add(command, name);
        add(command, value);
    }
}

static enum kh_status make_command(const struct kh_options *options, struct command *command)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);

    if (length <= 0) {
        kh_complain("/proc/self/exe", strerror(errno));
        return KH_IO;
    }
    path[length] = '\0';
    command->length = 0;
    command->fits = true;
    add(command, path);
    add(command, "multilang");
    add_option(command, "--max-attempts", options->consumer.max_attempts);
    add_option(command, "--max-age", options->consumer.max_age);
    add_option(command, "--dead-letters", options->dead_letters);
    add_option(command, "--env", options->env_file);
    if (options->consumer.no_bisect) {
        add(command, "--no-bisect");
    }
    if (!command->fits) {
        kh_complain("--properties", "the daemon splits the command at blanks: neither the path of "
                                    "this executable nor an option may have any, or a backslash");
        return KH_USAGE;
    }
    return KH_OK;
}

/* arn:aws:kinesis:REGION:… */
static bool region_of_arn(const char *arn, char region[64])
{
    int end = 0;

    return sscanf(arn, "arn:%*[^:]:kinesis:%63[^:]:%n", region, &end) == 1 && end > 0;
}

static bool find_region(const char *stream, char region[64])
{
    const char *of_environment = getenv("AWS_REGION");

    if (strncmp(stream, "arn:", 4) == 0) {
        return region_of_arn(stream, region);
    }
    if (of_environment == NULL || of_environment[0] == '\0') {
        of_environment = getenv("AWS_DEFAULT_REGION");
    }
    return of_environment != NULL && sscanf(of_environment, "%63[a-z0-9-]", region) == 1;
}

static void print_position(const struct kh_consumer *consumer, const char *from)
{
    if (from != NULL && strcmp(from, "latest") == 0) {
        (void)printf("initialPositionInStream = LATEST\n");
    } else if (consumer->from_ms != 0) {
        (void)printf("initialPositionInStreamExtended = %" PRId64 "\n", consumer->from_ms / 1000);
    } else {
        (void)printf("initialPositionInStream = TRIM_HORIZON\n");
    }
}

int kh_daemon_properties(const struct kh_options *options, const struct kh_consumer *consumer)
{
    char region[64];
    struct command command;

    if (make_command(options, &command) != KH_OK) {
        return 1;
    }
    if (!find_region(options->stream, region)) {
        kh_complain("--properties", "which region? Set AWS_REGION, or give the stream's whole ARN");
        return 1;
    }
    (void)printf("# For the MultiLangDaemon of the Kinesis Client Library.\n"
                 "executableName = %s\n"
                 "%s = %s\n"
                 "# Also the name of its table of leases and checkpoints in DynamoDB.\n"
                 "applicationName = %s\n"
                 "regionName = %s\n"
                 "AwsCredentialsProvider = DefaultCredentialsProvider\n"
                 "processingLanguage = c\n",
                 command.text,
                 strncmp(options->stream, "arn:", 4) == 0 ? "streamArn" : "streamName",
                 options->stream, consumer->name, region);
    print_position(consumer, options->consumer.from);
    (void)printf(
        "# A record that fails is tried again for as long as it takes: no timeoutInSeconds.\n"
        "shutdownGraceMillis = 30000\n");
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? 0 : 1;
}
