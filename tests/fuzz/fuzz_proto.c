/*
 * Any bytes as messages: the text they become is JSON, and becomes a message that becomes the same
 * text; what readers accept, the way by JSON accepts with the same value. The first byte says which
 * type it is.
 */
#include "fuzz_support.h"
#include "kh/proto.h"
#include "kh/proto_reader.h"
#include "reader_model.h"
#include "sample_tables.h"

static enum kh_status to_json(const struct kh_proto_message *message, struct kh_str bytes,
                              struct kh_arena *arena, struct kh_str *text)
{
    struct kh_error error;
    enum kh_status status;

    kh_error_clear(&error);
    status = kh_proto_to_json(message, bytes, &everything_proto, arena, &error, text);
    FUZZ_CHECK(error.status == status);
    FUZZ_CHECK(status == KH_OK || error.offset <= bytes.length);
    return status;
}

static bool is_json(struct kh_str text, struct kh_arena *arena)
{
    struct kh_error error;
    struct kh_json in;

    kh_error_clear(&error);
    kh_json_init(&in, text, arena, &error);
    return kh_json_skip(&in) == KH_OK && kh_json_end(&in) == KH_OK;
}

/*
 * Once more through a message. What violates every schema is not written, but everything else is, and
 * comes back as it was.
 */
static void check_round_trip(const struct kh_proto_message *message, struct kh_str text,
                             struct kh_arena *arena)
{
    struct kh_error error;
    struct kh_str bytes;
    struct kh_str again;
    enum kh_status status;

    kh_error_clear(&error);
    status = kh_proto_from_json(message, text, &everything_proto, arena, &error, &bytes);
    FUZZ_CHECK(error.status == status);
    if (status != KH_OK) {
        FUZZ_CHECK(status == KH_INVALID);
        return;
    }
    FUZZ_CHECK(kh_proto_is_message(bytes));
    FUZZ_CHECK(to_json(message, bytes, arena, &again) == KH_OK);
    FUZZ_CHECK(kh_str_equal(text, again));
}

static void check_reader(const struct kh_proto_message *message, struct kh_str bytes,
                         struct kh_arena *arena)
{
    struct kh_proto_reader in;
    struct kh_json_writer read;
    struct kh_error scratch;
    struct kh_str text;

    kh_error_clear(&scratch);
    kh_json_writer_init(&read);
    kh_proto_reader_init(&in, bytes, arena, &scratch);
    if (reader_model_read(&in, message, &read) == KH_OK) {
        FUZZ_CHECK(to_json(message, bytes, arena, &text) == KH_OK);
        FUZZ_CHECK(kh_str_equal(kh_json_writer_text(&read), text));
    }
    kh_json_writer_clean_up(&read);
}

/* The last value of the envelope's type is that of the JSON. */
static void check_find(struct kh_str bytes, struct kh_str text, struct kh_arena *arena)
{
    struct kh_error error;
    struct kh_json in;
    struct kh_str found;
    struct kh_str value;
    bool is_there;

    kh_error_clear(&error);
    kh_json_init(&in, text, arena, &error);
    FUZZ_CHECK(kh_json_peek_member(&in, KH_STR("type"), &value, &is_there) == KH_OK);
    FUZZ_CHECK(kh_proto_find_string(&envelope_proto, bytes, KH_STR("type"), &error, &found) ==
               KH_OK);
    FUZZ_CHECK(kh_str_equal(found, value));
}

static void fuzz_message(const struct kh_proto_message *message, struct kh_str bytes,
                         struct kh_arena *arena)
{
    struct kh_str text;

    if (to_json(message, bytes, arena, &text) == KH_OK) {
        FUZZ_CHECK(kh_proto_is_message(bytes));
        FUZZ_CHECK(is_json(text, arena));
        check_round_trip(message, text, arena);
        if (message == &envelope_proto) {
            check_find(bytes, text, arena);
        }
    }
    if (message != &envelope_proto) {
        check_reader(message, bytes, arena);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct kh_proto_message *const messages[] = { &everything_proto, &shape_proto,
                                                               &envelope_proto };
    struct kh_str bytes;
    struct kh_arena arena;

    if (size == 0) {
        return 0;
    }
    bytes = fuzz_text(data + 1, size - 1);
    kh_arena_init(&arena);
    fuzz_message(messages[data[0] % 3], bytes, &arena);
    kh_arena_clean_up(&arena);
    fuzz_text_free(bytes);
    return 0;
}
