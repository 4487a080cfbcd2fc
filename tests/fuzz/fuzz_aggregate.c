/*
 * An aggregate's message: whatever it is, with the right MD5 behind it. What is opened is written again, and
 * that is opened to the same user records.
 */
#include "fuzz_support.h"

#include "base/md5.h"
#include "kh/aggregate.h"

static struct kh_str sealed(const uint8_t *message, size_t size)
{
    static const char magic[] = "\xF3\x89\x9A\xC2";
    size_t length = sizeof magic - 1 + size + KH_MD5_SIZE;
    uint8_t *bytes = malloc(length);
    struct kh_str text;

    FUZZ_CHECK(bytes != NULL);
    memcpy(bytes, magic, sizeof magic - 1);
    if (size > 0) {
        memcpy(bytes + sizeof magic - 1, message, size);
    }
    kh_md5_of((struct kh_str){ (const char *)bytes + sizeof magic - 1, size },
              bytes + sizeof magic - 1 + size);
    text = fuzz_text(bytes, length);
    free(bytes);
    return text;
}

/* Everything that readers may look at is there. */
static void touch(struct kh_str data)
{
    static volatile char seen;

    for (size_t i = 0; i < data.length + KH_PADDING; i++) {
        seen = data.data[i];
    }
    (void)seen;
}

static void write_again(const struct kh_user_records *records, struct kh_arena *arena)
{
    struct kh_aggregate_writer writer;
    struct kh_user_records again;
    struct kh_str bytes;
    const char *reason;

    kh_aggregate_writer_init(&writer);
    for (size_t i = 0; i < records->count; i++) {
        size_t size = kh_aggregate_size_with(&writer, &records->items[i]);

        touch(records->items[i].data);
        FUZZ_CHECK(kh_aggregate_add(&writer, &records->items[i]) == KH_OK);
        FUZZ_CHECK(kh_aggregate_size(&writer) == size);
    }
    FUZZ_CHECK(kh_aggregate_finish(&writer, &bytes) == KH_OK);
    FUZZ_CHECK(kh_aggregate_is(bytes));
    FUZZ_CHECK(kh_aggregate_open(bytes, arena, &again, &reason) == KH_OK);
    FUZZ_CHECK(again.count == records->count);
    for (size_t i = 0; i < records->count; i++) {
        const struct kh_user_record *a = &records->items[i];
        const struct kh_user_record *b = &again.items[i];

        FUZZ_CHECK(kh_str_equal(a->data, b->data));
        FUZZ_CHECK(kh_str_equal(a->partition_key, b->partition_key));
        FUZZ_CHECK(kh_str_equal(a->explicit_hash_key, b->explicit_hash_key));
    }
    kh_aggregate_writer_clean_up(&writer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kh_str bytes = sealed(data, size);
    struct kh_user_records records;
    struct kh_arena arena;
    const char *reason = NULL;
    enum kh_status status;

    kh_arena_init(&arena);
    FUZZ_CHECK(kh_aggregate_is(bytes) == (size > 0));
    status = size == 0 ? KH_BAD_AGGREGATE : kh_aggregate_open(bytes, &arena, &records, &reason);
    if (status == KH_OK) {
        write_again(&records, &arena);
    } else {
        FUZZ_CHECK(status == KH_BAD_AGGREGATE && (reason != NULL || size == 0));
    }
    kh_arena_clean_up(&arena);
    fuzz_text_free(bytes);
    return 0;
}
