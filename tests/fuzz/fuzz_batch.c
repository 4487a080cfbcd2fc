/*
 * The whole path on the memory store: each line of the input is a record. The counts add up, and the
 * same records once more have no effect: all that was done is a duplicate then.
 */
#include "fuzz_support.h"

#include "kh/batch.h"
#include "service.h"
#include "settings.h"

#define MAX_RECORDS 16

static enum kh_status keep_nothing(struct kh_dead_letters *target,
                                   const struct kh_dead_letter *letters, size_t count,
                                   int64_t deadline_ms, struct kh_error *error)
{
    (void)target;
    (void)deadline_ms;
    (void)error;
    for (size_t i = 0; i < count; i++) {
        FUZZ_CHECK(letters[i].text.length > 2 && letters[i].text.data[0] == '{');
    }
    return KH_OK;
}

static size_t split(const uint8_t *data, size_t size, struct kh_record *records)
{
    size_t count = 0;

    while (size > 0 && count < MAX_RECORDS) {
        const uint8_t *newline = memchr(data, '\n', size);
        size_t length = newline == NULL ? size : (size_t)(newline - data);
        records[count] = (struct kh_record){ .data = fuzz_text(data, length), .position = count };
        count++;
        size_t used = newline == NULL ? length : length + 1;
        data += used;
        size -= used;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct kh_dead_letters_ops ops = { .write = keep_nothing };
    struct kh_dead_letters dead_letters = { .ops = &ops };
    struct settings settings = { .on_duplicate_limit = ON_DUPLICATE_LIMIT_REJECT };
    struct kh_record records[MAX_RECORDS];
    struct kh_batch_result first, second;
    struct kh_log quiet = { .component = "fuzz" };
    size_t count = split(data, size, records);
    struct kh_batch_options options = { .service = &service,
                                        .settings = &settings,
                                        .store = kh_store_memory_new(1000),
                                        .dead_letters = &dead_letters,
                                        .clock = kh_clock_system(),
                                        .max_record_size = 1 << 20 };
    struct kh_batch *batch = kh_batch_new(&options);

    FUZZ_CHECK(options.store != NULL && batch != NULL);
    FUZZ_CHECK(kh_batch_run(batch, records, count, INT64_MAX, quiet, NULL, &first) == KH_OK);
    FUZZ_CHECK(first.records == count && first.retry == 0);
    FUZZ_CHECK(first.done + first.duplicate + first.skipped + first.dead_lettered == count);
    kh_batch_reset(batch);
    FUZZ_CHECK(kh_batch_run(batch, records, count, INT64_MAX, quiet, NULL, &second) == KH_OK);
    FUZZ_CHECK(second.skipped == first.skipped && second.retry == 0);
    FUZZ_CHECK(second.duplicate >= first.done + first.duplicate);

    kh_batch_destroy(batch);
    kh_store_destroy(options.store);
    for (size_t i = 0; i < count; i++) {
        fuzz_text_free(records[i].data);
    }
    return 0;
}
