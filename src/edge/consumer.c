/* Options of consumers. The limits are those of Lambda's event source mapping. */
#include "edge/consumer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edge/verbs.h"

#define DEFAULT_BATCH_SIZE 100
#define DEFAULT_THREADS 8

struct number {
    const char *option;
    const char *text; /* NULL: not given, so it is `value` */
    int64_t value;
    int64_t least;
    int64_t most;
};

static enum kh_status refuse(const char *option, const char *reason)
{
    kh_complain(option, reason);
    return KH_USAGE;
}

static enum kh_status read_number(struct number *number)
{
    char reason[96];
    size_t length;

    if (number->text == NULL) {
        return KH_OK;
    }
    length = strlen(number->text);
    if (length >= 1 && length <= 9 && strspn(number->text, "0123456789") == length) {
        number->value = strtol(number->text, NULL, 10);
        if (number->value >= number->least && number->value <= number->most) {
            return KH_OK;
        }
    }
    (void)snprintf(reason, sizeof reason, "has to be a number from %lld to %lld",
                   (long long)number->least, (long long)number->most);
    return refuse(number->option, reason);
}

static enum kh_status read_from(const char *text, const struct kh_clock *clock, int64_t *from_ms)
{
    struct kh_instant instant;

    *from_ms = 0;
    if (text == NULL || strcmp(text, "trim-horizon") == 0) {
        return KH_OK;
    }
    if (strcmp(text, "latest") == 0) {
        *from_ms = kh_clock_wall_ms(clock);
        return KH_OK;
    }
    if (kh_instant_parse(kh_str_from(text), &instant) != KH_OK || kh_instant_to_ms(instant) <= 0) {
        return refuse("--from",
                      "has to be trim-horizon, latest, or a time as 2026-11-23T07:00:00Z");
    }
    *from_ms = kh_instant_to_ms(instant);
    return KH_OK;
}

/* It becomes part of a key, between slashes. */
static enum kh_status check_name(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_.-";
    size_t length = strlen(name);

    if (length < 1 || length > 128 || strspn(name, allowed) != length) {
        return refuse("--consumer", "has to be 1 to 128 letters, digits, and _ . -");
    }
    return KH_OK;
}

enum kh_status kh_consumer_options(const struct kh_options *options,
                                   const struct kh_service *service, const struct kh_clock *clock,
                                   struct kh_consumer *out)
{
    const struct kh_consumer_options *given = &options->consumer;
    struct number size = { "--batch-size", given->batch_size, DEFAULT_BATCH_SIZE, 1, 10000 };
    struct number window = { "--batch-window", given->batch_window, 0, 0, 300000 };
    struct number attempts = { "--max-attempts", given->max_attempts, 0, 1, 10001 };
    struct number age = { "--max-age", given->max_age, 0, 60, 604800 };
    struct number threads = { "--threads", given->threads, DEFAULT_THREADS, 1, 1000 };

    KH_TRY(read_number(&size));
    KH_TRY(read_number(&window));
    KH_TRY(read_number(&attempts));
    KH_TRY(read_number(&age));
    KH_TRY(read_number(&threads));
    *out = (struct kh_consumer){ .name = given->name != NULL ? given->name : service->name,
                                 .batch_size = (size_t)size.value,
                                 .batch_window_ms = window.value,
                                 .threads = (size_t)threads.value,
                                 .policy = { .max_attempts = (unsigned)attempts.value,
                                             .max_age_ms = age.value * 1000,
                                             .bisect = !given->no_bisect } };
    KH_TRY(check_name(out->name));
    return read_from(given->from, clock, &out->from_ms);
}

enum kh_status kh_consumer_dead_letters(struct kh_startup *startup,
                                        const struct kh_options *options,
                                        const struct kh_consumer *consumer, const char **path)
{
    const char *target = options->dead_letters;
    struct kh_error error;

    kh_error_clear(&error);
    if (target == NULL) {
        target = kh_startup_text(startup, "DEAD_LETTER");
    }
    if (target == NULL) {
        kh_complain(NULL, "out of memory");
        return KH_NO_MEMORY;
    }
    if (target[0] == '\0' &&
        (consumer->policy.max_attempts != 0 || consumer->policy.max_age_ms != 0)) {
        kh_complain(NULL, "--max-attempts and --max-age give records up, and without a target for "
                          "dead letters they would be lost; name one with --dead-letters or "
                          "DEAD_LETTER");
        return KH_USAGE;
    }
    if (kh_startup_dead_letters(startup, target, &error, path) != KH_OK) {
        kh_complain(NULL, error.reason);
        return error.status;
    }
    return KH_OK;
}
