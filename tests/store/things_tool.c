/*
 * A store for tests in other languages.
 *
 *   things_tool KIND
 *
 * makes a place with nothing in it and prints its name: the prefix of tables, or the path of a file. Then
 * answers each line with one, until there are no more; the place is cleared then.
 *
 *   put THING    puts it, whatever was there: OK, or what the store said instead
 *   get THING    the row that has the key of this one, or null; or what the store said instead
 *   dump         an array of all rows, by key
 *
 * A THING is one as JSON (schema/entities/thing.schema.json).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "padded_text.h"
#include "store_fixture.h"

static void say(struct kh_str text)
{
    (void)printf("%.*s\n", KH_STR_ARG(text));
    (void)fflush(stdout);
}

/* A status that is no success, and why. */
static void say_status(const struct fixture *fixture, enum kh_status status)
{
    if (status == KH_OK) {
        say(KH_STR("OK"));
        return;
    }
    (void)printf("%s: %s\n", kh_status_name(status), fixture->error.reason);
    (void)fflush(stdout);
}

static enum kh_status read_thing(struct fixture *fixture, struct kh_str text, struct thing *out)
{
    struct kh_json json;

    kh_json_init(&json, text, &fixture->arena, &fixture->error);
    KH_TRY(thing_read(&json, out));
    return kh_json_end(&json);
}

static enum kh_status find(struct fixture *fixture, struct kh_wanted *wanted)
{
    return fetch(fixture, wanted, 1, NULL, 0, NULL);
}

static void put(struct fixture *fixture, const struct thing *thing)
{
    struct thing unused;
    struct kh_wanted wanted = { .entity = &thing_entity, .key = thing, .value = &unused };
    enum kh_status status = find(fixture, &wanted);

    if (status == KH_OK) {
        status = commit_one(fixture, put_of(thing, wanted.state));
    }
    say_status(fixture, status);
}

static void get(struct fixture *fixture, const struct thing *key)
{
    struct thing found;
    struct kh_wanted wanted = { .entity = &thing_entity, .key = key, .value = &found };
    enum kh_status status = find(fixture, &wanted);
    struct kh_json_writer writer;

    kh_json_writer_init(&writer);
    if (status == KH_OK) {
        status =
            wanted.state.version == 0 ? kh_json_write_null(&writer) : thing_write(&writer, &found);
    }
    if (status == KH_OK) {
        say(kh_json_writer_text(&writer));
    } else {
        say_status(fixture, status);
    }
    kh_json_writer_clean_up(&writer);
}

static enum kh_status write_all(struct fixture *fixture, struct kh_json_writer *writer)
{
    struct kh_page page = { .next = KH_STR_INIT("") };

    KH_TRY(kh_json_write_array_begin(writer));
    do {
        KH_TRY(query(fixture, NULL, "", page.next, 50, &page));
        for (size_t i = 0; i < page.count; i++) {
            KH_TRY(thing_write(writer, (const struct thing *)page.values + i));
        }
    } while (page.next.length != 0);
    return kh_json_write_array_end(writer);
}

static void dump(struct fixture *fixture)
{
    struct kh_json_writer writer;
    enum kh_status status;

    kh_json_writer_init(&writer);
    status = write_all(fixture, &writer);
    if (status == KH_OK) {
        say(kh_json_writer_text(&writer));
    } else {
        say_status(fixture, status);
    }
    kh_json_writer_clean_up(&writer);
}

static void answer(struct fixture *fixture, struct kh_str line)
{
    struct kh_str word = { line.data, line.length < 4 ? line.length : 4 };
    struct kh_str padded;
    struct thing thing;
    enum kh_status status;

    if (kh_str_equal(line, KH_STR("dump"))) {
        dump(fixture);
        return;
    }
    padded = padded_text_new((struct kh_str){ line.data + word.length, line.length - word.length });
    status = read_thing(fixture, padded, &thing);
    if (status != KH_OK) {
        say_status(fixture, status);
    } else if (kh_str_equal(word, KH_STR("put "))) {
        put(fixture, &thing);
    } else if (kh_str_equal(word, KH_STR("get "))) {
        get(fixture, &thing);
    } else {
        say(KH_STR("USAGE: put, get or dump"));
    }
    padded_text_free(padded);
}

int main(int argc, char **argv)
{
    const struct store_kind *kind = argc == 2 ? store_kind_named(argv[1]) : NULL;
    struct fixture *fixture;
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    void *state;

    if (kind == NULL) {
        (void)fprintf(stderr, "usage: things_tool KIND\n");
        return 2;
    }
    fixture_choose(kind);
    (void)fixture_set_up(&state);
    fixture = state;
    say(kh_str_from(fixture->place.name));
    while ((length = getline(&line, &room, stdin)) > 0) {
        size_t end = (size_t)length - (line[length - 1] == '\n' ? 1 : 0);

        kh_error_clear(&fixture->error);
        answer(fixture, (struct kh_str){ line, end });
        kh_arena_reset(&fixture->arena);
    }
    free(line);
    return fixture_tear_down(&state);
}
