/*
 * The generated readers of the sample: the fast pass and the collecting pass agree on every text, and
 * what an entity's reader accepts survives writing and reading again.
 */
#include "fuzz_support.h"

#include "kh/json_writer.h"
#include "service.h"

typedef enum kh_status reader(struct kh_json *in, void *out);

static enum kh_status decode(reader *read, struct kh_str text, struct kh_arena *arena,
                             struct kh_violations *violations, void *out)
{
    struct kh_error error = { 0 };
    struct kh_json in;

    kh_json_init(&in, text, arena, &error);
    in.violations = violations;
    KH_TRY(read(&in, out));
    return kh_json_end(&in);
}

static void *room(struct kh_arena *arena, size_t size)
{
    void *memory = kh_arena_alloc(arena, size);

    FUZZ_CHECK(memory != NULL);
    return memset(memory, 0, size);
}

/* By the reader that knows no schema. */
static bool is_json(struct kh_str text, struct kh_arena *arena)
{
    struct kh_error error = { 0 };
    struct kh_json in;

    kh_json_init(&in, text, arena, &error);
    return kh_json_skip(&in) == KH_OK && kh_json_end(&in) == KH_OK;
}

/* True if the text is valid. */
static bool passes_agree(reader *read, size_t size, struct kh_str text, struct kh_arena *arena)
{
    struct kh_violations violations = { 0 };
    enum kh_status fast = decode(read, text, arena, NULL, room(arena, size));
    enum kh_status slow = decode(read, text, arena, &violations, room(arena, size));

    FUZZ_CHECK((fast == KH_OK) == (slow == KH_OK && violations.count == 0));
    FUZZ_CHECK(fast != KH_OK || is_json(text, arena));
    for (struct kh_violation *v = violations.first; v != NULL; v = v->next) {
        FUZZ_CHECK(v->offset <= text.length && v->keyword[0] != '\0' && v->reason.length > 0);
    }
    return fast == KH_OK;
}

static void round_trips(const struct kh_codec *codec, struct kh_str text, struct kh_arena *arena)
{
    struct kh_json_writer first, second;
    void *value = room(arena, codec->size);

    kh_json_writer_init(&first);
    kh_json_writer_init(&second);
    FUZZ_CHECK(decode(codec->read, text, arena, NULL, value) == KH_OK);
    FUZZ_CHECK(codec->write(&first, value) == KH_OK);
    struct kh_str written = kh_json_writer_text(&first);
    struct kh_str again = fuzz_text((const uint8_t *)written.data, written.length);
    FUZZ_CHECK(decode(codec->read, again, arena, NULL, value) == KH_OK);
    FUZZ_CHECK(codec->write(&second, value) == KH_OK);
    FUZZ_CHECK(kh_str_equal(again, kh_json_writer_text(&second)));
    fuzz_text_free(again);
    kh_json_writer_clean_up(&first);
    kh_json_writer_clean_up(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kh_str text = fuzz_text(data, size);
    struct kh_arena arena;

    kh_arena_init(&arena);
    for (size_t i = 0; i < service.route_count; i++) {
        passes_agree(service.routes[i].read, service.routes[i].event_size, text, &arena);
    }
    for (size_t i = 0; i < service.entity_count; i++) {
        const struct kh_codec *codec = service.entities[i]->codec;
        if (passes_agree(codec->read, codec->size, text, &arena)) {
            round_trips(codec, text, &arena);
        }
    }
    kh_arena_clean_up(&arena);
    fuzz_text_free(text);
    return 0;
}
