/* The reader's ways through a value agree on what is JSON, and pointers are found everywhere. */
#include "fuzz_support.h"
#include "text/json_internal.h"

static enum kh_status skip_exactly(struct kh_str text, struct kh_arena *arena)
{
    struct kh_error error = { 0 };
    struct kh_json in;

    kh_json_init(&in, text, arena, &error);
    KH_TRY(kh__json_skip_exactly(&in));
    return kh_json_end(&in);
}

static enum kh_status skip_all(struct kh_str text, struct kh_arena *arena)
{
    struct kh_error error = { 0 };
    struct kh_json in;

    kh_json_init(&in, text, arena, &error);
    KH_TRY(kh_json_skip(&in));
    return kh_json_end(&in);
}

static enum kh_status read_all(struct kh_str text, struct kh_arena *arena)
{
    struct kh_error error = { 0 };
    struct kh_json in;
    struct kh_raw raw;

    kh_json_init(&in, text, arena, &error);
    KH_TRY(kh_json_read_raw(&in, &raw));
    FUZZ_CHECK(raw.text.length <= text.length);
    return kh_json_end(&in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kh_str text = fuzz_text(data, size);
    struct kh_str pointer;
    struct kh_arena arena;

    kh_arena_init(&arena);
    enum kh_status skipped = skip_all(text, &arena);
    FUZZ_CHECK(skipped == read_all(text, &arena));
    FUZZ_CHECK(skipped == skip_exactly(text, &arena));
    if (skipped == KH_OK) {
        for (size_t offset = 0; offset < size && offset < 64; offset++) {
            FUZZ_CHECK(kh_json_pointer_at(text, offset, &arena, &pointer) == KH_OK);
        }
    }
    kh_arena_clean_up(&arena);
    fuzz_text_free(text);
    return 0;
}
