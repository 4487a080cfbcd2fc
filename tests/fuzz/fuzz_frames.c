/*
 * A record with whatever stands around it, twice in a batch: both become the same, no larger than the limit, or
 * stay what they were, with a reason.
 */
#include "fuzz_support.h"

#include "kh/open.h"

#define LIMIT ((size_t)1 << 20)

static bool is_expected(enum kh_status status)
{
    return status == KH_OK || status == KH_BAD_FRAME || status == KH_BAD_AGGREGATE ||
           status == KH_TOO_LARGE;
}

static void check_record(const struct kh_record *record, struct kh_str delivered)
{
    static volatile char seen;

    FUZZ_CHECK(is_expected(record->status));
    for (size_t i = 0; i < record->data.length + KH_PADDING; i++) {
        seen = record->data.data[i];
    }
    (void)seen;
    if (record->wrapping == NULL) {
        FUZZ_CHECK(record->status == KH_OK && record->data.data == delivered.data);
        return;
    }
    FUZZ_CHECK((record->status == KH_OK) == (record->wrapping->reason == NULL));
    FUZZ_CHECK(record->status == KH_OK || kh_str_equal(record->data, record->wrapping->delivered));
    FUZZ_CHECK(record->data.length <= LIMIT || record->data.length <= delivered.length);
}

static void same_record(const struct kh_record *a, const struct kh_record *b)
{
    FUZZ_CHECK(a->status == b->status && a->encoding == b->encoding);
    FUZZ_CHECK(kh_str_equal(a->data, b->data));
    FUZZ_CHECK((a->wrapping == NULL) == (b->wrapping == NULL));
    if (a->wrapping != NULL) {
        FUZZ_CHECK(kh_str_equal(a->wrapping->frames, b->wrapping->frames));
        FUZZ_CHECK(kh_str_equal(a->wrapping->schema_id, b->wrapping->schema_id));
    }
}

static void open_twice(struct kh_str text, bool has_protobuf)
{
    const struct kh_open_options options = { .has_protobuf = has_protobuf,
                                             .max_decompressed = LIMIT };
    struct kh_opener *opener = kh_opener_new(&options);
    struct kh_record items[2] = { { .data = text }, { .data = text, .position = 1 } };
    struct kh_records records = { .items = items, .count = 2 };
    struct kh_error error = { 0 };
    struct kh_arena arena;

    FUZZ_CHECK(opener != NULL);
    kh_arena_init(&arena);
    FUZZ_CHECK(kh_open(opener, &arena, &error, &records) == KH_OK);
    FUZZ_CHECK(records.count >= 2 && records.count % 2 == 0);
    for (size_t i = 0; i < records.count; i++) {
        check_record(&records.items[i], text);
    }
    for (size_t i = 0; i < records.count / 2; i++) {
        same_record(&records.items[i], &records.items[i + records.count / 2]);
    }
    kh_arena_clean_up(&arena);
    kh_opener_destroy(opener);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kh_str text = fuzz_text(data, size);

    open_twice(text, false);
    open_twice(text, true);
    fuzz_text_free(text);
    return 0;
}
