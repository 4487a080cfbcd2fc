/* Any text as a message: what is written is one, and the JSON of that is written as the same bytes. */
#include "fuzz_support.h"
#include "kh/proto.h"
#include "sample_tables.h"

/* KH_TOO_DEEP when a list that the text lacks, but its type does not, is one level more. */
static bool to_json(struct kh_str bytes, struct kh_arena *arena, struct kh_str *json)
{
    struct kh_error error;
    enum kh_status status;

    kh_error_clear(&error);
    status = kh_proto_to_json(&everything_proto, bytes, NULL, arena, &error, json);
    FUZZ_CHECK(status == KH_OK || status == KH_TOO_DEEP);
    return status == KH_OK;
}

static enum kh_status from_json(struct kh_str text, struct kh_arena *arena, struct kh_str *bytes)
{
    struct kh_error error;
    enum kh_status status;

    kh_error_clear(&error);
    status = kh_proto_from_json(&everything_proto, text, NULL, arena, &error, bytes);
    FUZZ_CHECK(error.status == status);
    FUZZ_CHECK(status == KH_OK || error.offset <= text.length);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kh_str text = fuzz_text(data, size);
    struct kh_arena arena;
    struct kh_str bytes;
    struct kh_str again;
    struct kh_str json;

    kh_arena_init(&arena);
    if (from_json(text, &arena, &bytes) == KH_OK && to_json(bytes, &arena, &json)) {
        FUZZ_CHECK(kh_proto_is_message(bytes));
        FUZZ_CHECK(from_json(json, &arena, &again) == KH_OK);
        FUZZ_CHECK(kh_str_equal(bytes, again));
    }
    kh_arena_clean_up(&arena);
    fuzz_text_free(text);
    return 0;
}
