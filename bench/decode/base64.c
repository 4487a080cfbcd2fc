#include "base64.h"

#include <stdlib.h>
#include <string.h>

#include "timing.h"

#define PADDING 64
#define MEMBER "\"data\":\""

/* The base64 of each record, and one buffer that all are decoded into, one after the other. */
struct data {
    const struct bench_base64 *base64;
    struct kh_str *texts;
    size_t count;
    char *out;
};

/* Where the next member `data` begins in `text`, as AWS spells it. */
static const char *next_data(struct kh_str text)
{
    const char *at = memmem(text.data, text.length, MEMBER, sizeof MEMBER - 1);

    return at == NULL ? NULL : at + sizeof MEMBER - 1;
}

/* False when memory is short. */
static bool add_text(struct data *data, struct kh_str text)
{
    struct kh_str *texts = realloc(data->texts, (data->count + 1) * sizeof *texts);

    if (texts == NULL) {
        return false;
    }
    data->texts = texts;
    data->texts[data->count++] = text;
    return true;
}

static bool find_texts(struct data *data, struct kh_str text, size_t *bytes)
{
    const char *end = text.data + text.length;

    for (const char *at = next_data(text); at != NULL;) {
        const char *close = memchr(at, '"', (size_t)(end - at));

        if (close == NULL || !add_text(data, (struct kh_str){ at, (size_t)(close - at) })) {
            return false;
        }
        *bytes += (size_t)(close - at);
        at = next_data((struct kh_str){ close, (size_t)(end - close) });
    }
    return true;
}

static bool run(void *context, struct kh_str text)
{
    const struct data *data = context;
    char *out = data->out;

    (void)text;
    for (size_t i = 0; i < data->count; i++) {
        size_t length;

        if (!data->base64->decode(data->texts[i], out, &length)) {
            return false;
        }
        out += length;
    }
    __asm__ volatile("" : : "r"(data->out) : "memory");
    return true;
}

static bool examine(void *context, struct kh_str text, struct bench_facts *facts)
{
    struct data *data = context;

    data->out = malloc(text.length + PADDING);
    if (data->out == NULL || !find_texts(data, text, &facts->bytes)) {
        return false;
    }
    facts->events = data->count;
    facts->checksum = BENCH_HASH_BEGIN;
    for (size_t i = 0; i < data->count; i++) {
        size_t length;

        if (!data->base64->decode(data->texts[i], data->out, &length)) {
            return false;
        }
        facts->checksum = bench_hash(facts->checksum, (struct kh_str){ data->out, length });
    }
    return true;
}

int bench_base64_main(int argc, char **argv, const struct bench_base64 *base64)
{
    struct data data = { .base64 = base64 };
    struct bench_work work = {
        .name = base64->name, .examine = examine, .run = run, .context = &data
    };
    int code = bench_run(argc, argv, &work);

    free(data.texts);
    free(data.out);
    return code;
}
