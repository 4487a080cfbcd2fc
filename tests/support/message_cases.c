/* See message_cases.h. */
#include "message_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "kh/json.h"
#include "kh/json_writer.h"
#include "kh/proto.h"
#include "padded_text.h"

static void expect_same(struct kh_str one, struct kh_str other)
{
    assert_int_equal(one.length, other.length);
    assert_memory_equal(one.data, other.data, one.length);
}

static void *room_for(const struct kh_codec *codec, struct kh_arena *arena)
{
    void *value = kh_arena_alloc(arena, codec->size);

    assert_non_null(value);
    memset(value, 0xa5, codec->size); /* a reader must not count on zeros */
    return value;
}

/* What the struct says, on the heap of tests. */
static struct kh_str written(const struct kh_codec *codec, const struct decode_message *of,
                             void *value)
{
    struct kh_json_writer out;

    if (of->forget != NULL) {
        of->forget(value);
    }
    kh_json_writer_init(&out);
    assert_int_equal(KH_OK, codec->write(&out, value));
    struct kh_str text = padded_text_new(kh_json_writer_text(&out));
    kh_json_writer_clean_up(&out);
    return text;
}

static enum kh_status read_json(const struct kh_codec *codec, struct kh_str text,
                                struct kh_arena *arena, void *value)
{
    struct kh_error error = { 0 };
    struct kh_json in;

    kh_json_init(&in, text, arena, &error);
    KH_TRY(codec->read(&in, value));
    return kh_json_end(&in);
}

static enum kh_status to_json(const struct decode_message *of, struct kh_str bytes,
                              struct kh_arena *arena, struct kh_str *text)
{
    struct kh_error error = { 0 };

    return kh_proto_to_json(of->message, bytes, NULL, arena, &error, text);
}

static enum kh_status from_json(const struct decode_message *of, struct kh_str text,
                                struct kh_arena *arena, struct kh_str *bytes)
{
    struct kh_error error = { 0 };

    return kh_proto_from_json(of->message, text, NULL, arena, &error, bytes);
}

static enum kh_status read_message(const struct decode_message *of, struct kh_str bytes,
                                   struct kh_arena *arena, void *value)
{
    struct kh_error scratch = { 0 };
    struct kh_proto_reader in;

    kh_proto_reader_init(&in, bytes, arena, &scratch);
    return of->read(&in, value);
}

/* By way of JSON: the last word. */
static enum kh_status read_slowly(const struct kh_codec *codec, const struct decode_message *of,
                                  struct kh_str bytes, struct kh_arena *arena, void *value)
{
    struct kh_str text;

    KH_TRY(to_json(of, bytes, arena, &text));
    return read_json(codec, text, arena, value);
}

/* What the reader of messages takes is what the slow way takes, too, with the same values. */
static void expect_agreement(const struct kh_codec *codec, const struct decode_message *of,
                             struct kh_str bytes, struct kh_arena *arena)
{
    struct kh_arena_mark mark = kh_arena_mark(arena);
    struct kh_str padded = padded_text_new(bytes);
    void *fast = room_for(codec, arena), *slow = room_for(codec, arena);

    if (read_message(of, padded, arena, fast) == KH_OK) {
        assert_int_equal(KH_OK, read_slowly(codec, of, padded, arena, slow));
        struct kh_str one = written(codec, of, fast), other = written(codec, of, slow);
        expect_same(one, other);
        padded_text_free(one);
        padded_text_free(other);
    }
    padded_text_free(padded);
    kh_arena_release(arena, mark);
}

/* A long message is not damaged everywhere, but each time elsewhere. */
enum { MOST_PLACES = 100 };

/* The message cut, and with a bit of a byte turned over, at each place. */
static void expect_agreement_on_damage(const struct kh_codec *codec,
                                       const struct decode_message *of, struct kh_str bytes,
                                       struct kh_arena *arena)
{
    struct kh_str damaged = padded_text_new(bytes);
    char *data = (char *)(uintptr_t)damaged.data;
    size_t step = 1 + bytes.length / MOST_PLACES;

    for (size_t at = bytes.length % step; at < bytes.length; at += step) {
        expect_agreement(codec, of, (struct kh_str){ bytes.data, at }, arena);
        data[at] = (char)(data[at] ^ 1 << at % 8);
        expect_agreement(codec, of, damaged, arena);
        data[at] = bytes.data[at];
    }
    padded_text_free(damaged);
}

/* Date-times as a message has them: in milliseconds, and UTC. */
static void respell_instants(cJSON *item)
{
    struct kh_instant instant;
    char text[KH_INSTANT_TEXT_SIZE];

    if (cJSON_IsString(item)) {
        if (kh_instant_parse(kh_str_from(item->valuestring), &instant) == KH_OK) {
            (void)kh_instant_format(kh_instant_from_ms(kh_instant_to_ms(instant)), text);
            assert_non_null(cJSON_SetValuestring(item, text));
        }
        return;
    }
    for (cJSON *child = item->child; child != NULL; child = child->next) {
        respell_instants(child);
    }
}

/* The same values, whatever the order of members and the spelling of numbers? */
static bool are_equal(struct kh_str text, struct kh_str back)
{
    cJSON *one = cJSON_ParseWithLength(text.data, text.length);
    cJSON *other = cJSON_ParseWithLength(back.data, back.length);
    bool equal;

    assert_true(one != NULL && other != NULL);
    respell_instants(one);
    respell_instants(other);
    equal = cJSON_Compare(one, other, true);
    cJSON_Delete(one);
    cJSON_Delete(other);
    return equal;
}

void message_cases_expect_valid(const struct kh_codec *codec, const struct decode_message *of,
                                struct kh_str text, struct kh_arena *arena)
{
    void *first = room_for(codec, arena), *slow = room_for(codec, arena);
    void *fast = room_for(codec, arena);
    struct kh_str bytes, again;
    enum kh_status status;

    assert_int_equal(KH_OK, read_json(codec, text, arena, first));
    struct kh_str original = written(codec, of, first);
    status = from_json(of, original, arena, &bytes);
    if (status == KH_OUT_OF_RANGE) {
        padded_text_free(original);
        return;
    }
    assert_string_equal(kh_status_name(KH_OK), kh_status_name(status));

    assert_int_equal(KH_OK, read_slowly(codec, of, bytes, arena, slow));
    struct kh_str back = written(codec, of, slow);
    if (!of->is_respelled) {
        expect_same(original, back);
    }
    assert_true(are_equal(original, back));
    assert_int_equal(KH_OK, from_json(of, back, arena, &again));
    expect_same(bytes, again);

    struct kh_str padded = padded_text_new(bytes);
    status = read_message(of, padded, arena, fast);
    if (status != KH_OK) {
        assert_true(of->may_decline);
    } else {
        struct kh_str straight = written(codec, of, fast);
        expect_same(back, straight);
        padded_text_free(straight);
    }
    padded_text_free(padded);
    padded_text_free(back);
    padded_text_free(original);
    expect_agreement_on_damage(codec, of, bytes, arena);
}

bool message_cases_carry(const struct kh_codec *codec, const struct decode_message *of,
                         struct kh_str text, struct kh_arena *arena, struct kh_str *back)
{
    struct kh_str bytes;

    if (from_json(of, text, arena, &bytes) != KH_OK) {
        return false;
    }
    expect_agreement(codec, of, bytes, arena);
    assert_int_equal(KH_OK, to_json(of, bytes, arena, back));
    if (!are_equal(text, *back)) {
        return false;
    }
    struct kh_str padded = padded_text_new(bytes);
    assert_int_not_equal(KH_OK, read_message(of, padded, arena, room_for(codec, arena)));
    padded_text_free(padded);
    return true;
}
