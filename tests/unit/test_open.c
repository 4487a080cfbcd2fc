/* Opening where memory is short, and where there is nothing to open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "failing_heap.h"
#include "kh/aggregate.h"
#include "kh/alloc.h"
#include "kh/open.h"
#include "padded_text.h"

/* {"a":1}, by Python's gzip and by the program zstd. */
static const char gzip[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x4a\x54\xb2\x32\xac\x05"
    "\x00\xaf\xac\x1b\x56\x07\x00\x00\x00";
static const char zstd[] =
    "\x28\xb5\x2f\xfd\x04\x58\x39\x00\x00\x7b\x22\x61\x22\x3a\x31\x7d\x48\x8b"
    "\xfc\x32";
static const struct kh_str json = KH_STR_INIT("{\"a\":1}");

/* A batch of everything: the record's data are on the heap, as are those of an aggregate. */
#define RECORD_COUNT 5

struct batch {
    struct kh_arena arena;
    struct kh_error error;
    struct kh_str data[RECORD_COUNT];
    struct kh_record items[RECORD_COUNT];
    struct kh_records records;
};

static struct kh_str new_aggregate(void)
{
    struct kh_aggregate_writer writer;
    struct kh_user_record records[] = {
        { json, KH_STR("k"), KH_STR("") },
        { { gzip, sizeof gzip - 1 }, KH_STR("l"), KH_STR("7") },
        { KH_STR("\0\0\0\0\1{}"), KH_STR("k"), KH_STR("8") },
    };
    struct kh_str bytes;

    kh_aggregate_writer_init(&writer);
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        assert_int_equal(kh_aggregate_add(&writer, &records[i]), KH_OK);
    }
    assert_int_equal(kh_aggregate_finish(&writer, &bytes), KH_OK);
    bytes = padded_text_new(bytes);
    kh_aggregate_writer_clean_up(&writer);
    return bytes;
}

static void make_batch(struct batch *batch)
{
    memset(batch, 0, sizeof *batch);
    kh_arena_init(&batch->arena);
    kh_error_clear(&batch->error);
    batch->data[0] = padded_text_new(json);
    batch->data[1] = padded_text_new((struct kh_str){ zstd, sizeof zstd - 1 });
    batch->data[2] = new_aggregate();
    batch->data[3] = padded_text_new((struct kh_str){ gzip, 9 });
    batch->data[4] = new_aggregate();
}

static void reset_batch(struct batch *batch)
{
    for (size_t i = 0; i < RECORD_COUNT; i++) {
        batch->items[i] = (struct kh_record){ .data = batch->data[i], .position = i };
    }
    batch->records = (struct kh_records){ .items = batch->items, .count = RECORD_COUNT };
    kh_arena_clean_up(&batch->arena);
    kh_error_clear(&batch->error);
}

static void clean_up_batch(struct batch *batch)
{
    for (size_t i = 0; i < RECORD_COUNT; i++) {
        padded_text_free(batch->data[i]);
    }
    kh_arena_clean_up(&batch->arena);
}

static void assert_opened(const struct kh_records *records)
{
    static const struct {
        size_t position;
        enum kh_status status;
        const char *data; /* NULL: what was delivered */
    } expected[] = {
        { 0, KH_OK, "{\"a\":1}" }, { 1, KH_OK, "{\"a\":1}" }, { 2, KH_OK, "{\"a\":1}" },
        { 2, KH_OK, "{\"a\":1}" }, { 2, KH_OK, "{}" },        { 3, KH_BAD_FRAME, NULL },
        { 4, KH_OK, "{\"a\":1}" }, { 4, KH_OK, "{\"a\":1}" }, { 4, KH_OK, "{}" },
    };

    assert_int_equal(records->count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < records->count; i++) {
        const struct kh_record *record = &records->items[i];
        struct kh_str data =
            expected[i].data == NULL ? record->wrapping->delivered : kh_str_from(expected[i].data);

        assert_int_equal(record->position, expected[i].position);
        assert_int_equal(record->status, expected[i].status);
        assert_true(kh_str_equal(record->data, data));
    }
}

static const struct kh_open_options options = { .max_decompressed = 1000 };

/* Opens with a heap that fails once, or from then on; true if it was never asked so often. */
static bool open_failing(struct batch *batch, size_t fail_at, bool persistent)
{
    struct kh_opener *opener;
    enum kh_status status = KH_NO_MEMORY;

    reset_batch(batch);
    failing_heap = (struct failing_heap){ .fail_at = fail_at, .persistent = persistent };
    failing_heap_use();
    opener = kh_opener_new(&options);
    if (opener != NULL) {
        status = kh_open(opener, &batch->arena, &batch->error, &batch->records);
        assert_int_equal(batch->error.status, status);
        if (status == KH_OK) {
            assert_opened(&batch->records);
        }
        /* The next batch does not suffer from it. */
        failing_heap.fail_at = 0;
        failing_heap.persistent = false;
        reset_batch(batch);
        assert_int_equal(kh_open(opener, &batch->arena, &batch->error, &batch->records), KH_OK);
        assert_opened(&batch->records);
    }
    kh_opener_destroy(opener);
    kh_arena_clean_up(&batch->arena);
    assert_int_equal(failing_heap.live, 0);
    kh_allocator_set(NULL);
    if (failing_heap.injected == 0) {
        assert_int_equal(status, KH_OK);
        return true;
    }
    assert_int_equal(status, KH_NO_MEMORY);
    return false;
}

static void each_allocation_that_fails_is_told(void **state)
{
    struct batch batch;

    (void)state;
    make_batch(&batch);
    for (int persistent = 0; persistent < 2; persistent++) {
        size_t fail_at = 1;

        while (!open_failing(&batch, fail_at, persistent == 1)) {
            fail_at++;
        }
        assert_true(fail_at > 4);
    }
    clean_up_batch(&batch);
}

static void nothing_is_taken_from_the_heap_once_it_has_been_used(void **state)
{
    struct kh_opener *opener;
    struct batch batch;

    (void)state;
    make_batch(&batch);
    reset_batch(&batch);
    failing_heap = (struct failing_heap){ .fail_at = 0 };
    failing_heap_use();
    opener = kh_opener_new(&options);
    for (int i = 0; i < 3; i++) {
        for (size_t k = 0; k < RECORD_COUNT; k++) {
            batch.items[k] = (struct kh_record){ .data = batch.data[k], .position = k };
        }
        batch.records = (struct kh_records){ .items = batch.items, .count = RECORD_COUNT };
        kh_arena_reset(&batch.arena);
        if (i == 2) {
            failing_heap.calls = 0;
        }
        assert_int_equal(kh_open(opener, &batch.arena, &batch.error, &batch.records), KH_OK);
        assert_opened(&batch.records);
    }
    assert_int_equal(failing_heap.calls, 0);
    kh_opener_destroy(opener);
    kh_arena_clean_up(&batch.arena);
    kh_allocator_set(NULL);
    clean_up_batch(&batch);
}

static void objects_are_not_looked_at(void **state)
{
    struct kh_opener *opener = kh_opener_new(&options);
    struct batch batch;

    (void)state;
    make_batch(&batch);
    reset_batch(&batch);
    /* Not true here, so that it shows. */
    batch.records.all_objects = true;
    assert_int_equal(kh_open(opener, &batch.arena, &batch.error, &batch.records), KH_OK);
    assert_ptr_equal(batch.records.items, batch.items);
    assert_int_equal(batch.records.count, RECORD_COUNT);
    assert_null(batch.records.items[2].wrapping);
    kh_opener_destroy(opener);
    clean_up_batch(&batch);
}

static void records_that_could_not_be_decoded_stay(void **state)
{
    struct kh_opener *opener = kh_opener_new(&options);
    struct batch batch;

    (void)state;
    make_batch(&batch);
    reset_batch(&batch);
    for (size_t i = 0; i < RECORD_COUNT; i++) {
        batch.items[i].status = KH_NOT_BASE64;
    }
    assert_int_equal(kh_open(opener, &batch.arena, &batch.error, &batch.records), KH_OK);
    assert_int_equal(batch.records.count, RECORD_COUNT);
    for (size_t i = 0; i < RECORD_COUNT; i++) {
        assert_int_equal(batch.records.items[i].status, KH_NOT_BASE64);
        assert_ptr_equal(batch.records.items[i].data.data, batch.data[i].data);
        assert_null(batch.records.items[i].wrapping);
    }
    kh_opener_destroy(opener);
    clean_up_batch(&batch);
}

/* ---- The writer where memory is short --------------------------------------------------------- */

static enum kh_status write_some(struct kh_aggregate_writer *writer, struct kh_str *bytes)
{
    char key[8];

    for (unsigned i = 0; i < 300; i++) {
        struct kh_user_record record = { json, { key, 3 }, KH_STR("1") };

        key[0] = (char)('a' + i % 26);
        key[1] = (char)('a' + i / 26 % 26);
        key[2] = 'x';
        if (i % 3 == 0) {
            record.explicit_hash_key = KH_STR("");
        }
        KH_TRY(kh_aggregate_add(writer, &record));
    }
    return kh_aggregate_finish(writer, bytes);
}

static void a_writer_without_memory_stays_what_it_was(void **state)
{
    struct kh_aggregate_writer writer;
    struct kh_str whole;
    struct kh_str bytes;
    size_t fail_at = 1;
    enum kh_status status;

    (void)state;
    kh_aggregate_writer_init(&writer);
    assert_int_equal(write_some(&writer, &bytes), KH_OK);
    whole = padded_text_new(bytes);
    kh_aggregate_writer_clean_up(&writer);
    do {
        failing_heap = (struct failing_heap){ .fail_at = fail_at++ };
        failing_heap_use();
        kh_aggregate_writer_init(&writer);
        status = write_some(&writer, &bytes);
        if (status == KH_NO_MEMORY) {
            struct kh_user_record record = { json, KH_STR("new"), KH_STR("9") };
            size_t size = kh_aggregate_size_with(&writer, &record);

            assert_int_equal(kh_aggregate_add(&writer, &record), KH_OK);
            assert_int_equal(kh_aggregate_size(&writer), size);
            assert_int_equal(kh_aggregate_finish(&writer, &bytes), KH_OK);
            assert_true(kh_aggregate_is(bytes));
            kh_aggregate_writer_reset(&writer);
            assert_int_equal(write_some(&writer, &bytes), KH_OK);
        }
        assert_true(kh_str_equal(bytes, whole));
        kh_aggregate_writer_clean_up(&writer);
        assert_int_equal(failing_heap.live, 0);
        kh_allocator_set(NULL);
    } while (status == KH_NO_MEMORY);
    assert_true(fail_at > 8);
    padded_text_free(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_that_fails_is_told),
        cmocka_unit_test(nothing_is_taken_from_the_heap_once_it_has_been_used),
        cmocka_unit_test(objects_are_not_looked_at),
        cmocka_unit_test(records_that_could_not_be_decoded_stay),
        cmocka_unit_test(a_writer_without_memory_stays_what_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
