/* Every table of vector functions does what the portable one does. */
#include "fuzz_support.h"
#include "text/vector.h"

/* What the portable table makes of the text. */
struct expectation {
    size_t base64;
    char *bytes; /* of the base64 */
};

static char *room_for(size_t size)
{
    char *room = malloc(KH_PADDING + size / 4 * 3);

    FUZZ_CHECK(room != NULL);
    return room;
}

static void compare(const struct kh__vector *vector, struct kh_str text,
                    const struct expectation *expected)
{
    char *bytes = room_for(text.length);

    FUZZ_CHECK(vector->base64(text, bytes) == expected->base64);
    FUZZ_CHECK(memcmp(bytes, expected->bytes, (expected->base64 * 6 + 7) / 8) == 0);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct kh__vector *tables[KH__VECTOR_TABLES];
    size_t count = kh__vector_all(tables);
    struct kh_str text = fuzz_text(data, size);
    struct expectation expected = { .bytes = room_for(size) };

    expected.base64 = tables[0]->base64(text, expected.bytes);
    for (size_t i = 1; i < count; i++) {
        compare(tables[i], text, &expected);
    }
    free(expected.bytes);
    fuzz_text_free(text);
    return 0;
}
