/*
 * Random sequences of operations on the store in memory, which is the model, and on the one in a file: they
 * answer the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "kh/hash.h"
#include "random_bits.h"
#include "sqlite_files.h"

enum { STEPS = 6000, KEYS = 12, TOGETHER = 3, IDS = 400, OLD_VERSIONS = 4, REOPEN_EACH = 500 };
enum { MODEL, FILE_STORE, STORES };

struct both {
    struct files *files;
    struct kh_store *stores[STORES];
    /* By key: the versions that were seen, the latest last. */
    uint64_t versions[KEYS][STORES][OLD_VERSIONS];
};

static size_t random_below(size_t bound)
{
    return (size_t)(random_u64() % bound);
}

/* ---- Values -------------------------------------------------------------------------------- */

static struct kh_str random_text(struct kh_arena *arena)
{
    static const char letters[] = { '\0', 'a', 'b', '"', '\x7F' };
    size_t length = random_below(4);
    char *text = kh_arena_alloc(arena, length + 1);

    for (size_t i = 0; i < length; i++) {
        text[i] = letters[random_below(sizeof letters)];
    }
    return (struct kh_str){ text, length };
}

static struct kh_decimal random_decimal(void)
{
    struct kh_decimal made = kh_decimal_from_int64((int64_t)random_below(41) - 20);

    made.scale = (int16_t)random_below(3);
    return made;
}

static struct kh_instant random_instant(void)
{
    return (struct kh_instant){ .seconds = (int64_t)random_below(7) - 3,
                                .nanoseconds = (int32_t)random_below(2) * 500000000,
                                .offset_minutes = (int16_t)((int)random_below(3) - 1),
                                .fraction_digits = 9 };
}

static struct thing key_of(size_t key)
{
    struct thing thing = thing_of((int32_t)(key / 3) - 2, 0);

    thing.id = (struct kh_str){ "k\0y", key % 3 + 1 };
    return thing;
}

static struct thing random_thing(size_t key, struct kh_arena *arena)
{
    struct thing thing = key_of(key);

    thing.group = random_below(2) == 0 ? KH_STR("") : KH_STR("g");
    thing.at = random_instant();
    thing.has_price = random_below(3) != 0;
    thing.price = thing.has_price ? random_decimal() : (struct kh_decimal){ 0 };
    thing.flag = random_below(2) == 0;
    thing.big = (int64_t)random_u64();
    thing.unsigned_big = random_u64();
    thing.ratio = (double)(int64_t)random_u64() / 3;
    thing.colour = (enum colour)(1 + random_below(3));
    thing.note_presence = (enum kh_presence)random_below(3);
    thing.note = thing.note_presence == KH_PRESENT ? random_text(arena) : (struct kh_str){ 0 };
    thing.has_nested = random_below(2) == 0;
    if (thing.has_nested) {
        thing.nested = (struct nested){ random_text(arena), (int64_t)random_u64() };
    }
    return thing;
}

static void assert_same_thing(const struct thing *a, const struct thing *b)
{
    struct kh_json_writer texts[2];

    for (int i = 0; i < 2; i++) {
        kh_json_writer_init(&texts[i]);
        assert_int_equal(thing_write(&texts[i], i == 0 ? a : b), KH_OK);
    }
    assert_true(kh_str_equal(kh_json_writer_text(&texts[0]), kh_json_writer_text(&texts[1])));
    for (int i = 0; i < 2; i++) {
        kh_json_writer_clean_up(&texts[i]);
    }
}

/* ---- Operations ---------------------------------------------------------------------------- */

static void remember_version(uint64_t *seen, uint64_t version)
{
    if (seen[OLD_VERSIONS - 1] != version) {
        memmove(seen, seen + 1, (OLD_VERSIONS - 1) * sizeof seen[0]);
        seen[OLD_VERSIONS - 1] = version;
    }
}

static void fetch_both(struct both *both, size_t key)
{
    struct thing wanted_key = key_of(key);
    struct thing values[STORES];
    uint64_t versions[STORES];

    for (int i = 0; i < STORES; i++) {
        struct kh_wanted wanted = { .entity = &thing_entity,
                                    .key = &wanted_key,
                                    .value = &values[i] };

        assert_int_equal(both->stores[i]->ops->fetch(both->stores[i], &both->files->call, &wanted,
                                                     1, NULL, 0, NULL),
                         KH_OK);
        versions[i] = wanted.state.version;
    }
    assert_int_equal(versions[MODEL] == 0, versions[FILE_STORE] == 0);
    if (versions[MODEL] != 0) {
        assert_same_thing(&values[MODEL], &values[FILE_STORE]);
    }
    for (int i = 0; i < STORES; i++) {
        remember_version(both->versions[key][i], versions[i]);
    }
}

static void commit_both(struct both *both)
{
    struct kh_change changes[STORES][TOGETHER];
    struct thing things[TOGETHER];
    size_t count = random_below(TOGETHER + 1);
    size_t first = random_below(KEYS);
    /* Most often none: each id can be used once only. */
    size_t mark_count = random_below(10) == 0;
    char id[16];
    struct kh_mark mark = { .home = KH_HOMELESS };
    enum kh_status statuses[STORES];

    for (size_t c = 0; c < count; c++) {
        size_t key = (first + c) % KEYS;
        /* Most often as it is now, and else as it was. */
        size_t seen = random_below(5) == 0 ? random_below(OLD_VERSIONS) : OLD_VERSIONS - 1;
        bool is_there = both->versions[key][MODEL][seen] != 0;
        enum kh_change_kind kind = (enum kh_change_kind)random_below(3);

        if (kind == KH_CHANGE_REMOVE && !is_there) {
            kind = KH_CHANGE_PUT;
        }
        things[c] = random_thing(key, &both->files->arena);
        for (int i = 0; i < STORES; i++) {
            changes[i][c] = (struct kh_change){
                kind, &thing_entity, &things[c], { .version = both->versions[key][i][seen] }
            };
        }
    }
    (void)snprintf(id, sizeof id, "event %zu", random_below(IDS));
    mark.id = kh_str_from(id);
    mark.hash = kh_hash(mark.id);
    for (int i = 0; i < STORES; i++) {
        const struct kh_commit commit = { changes[i], count, &mark, mark_count };

        kh_error_clear(&both->files->error);
        statuses[i] = both->stores[i]->ops->commit(both->stores[i], &both->files->call, &commit);
    }
    assert_true(statuses[MODEL] == KH_OK || statuses[MODEL] == KH_CONFLICT);
    assert_int_equal(statuses[MODEL], statuses[FILE_STORE]);
    for (size_t c = 0; c < count; c++) {
        fetch_both(both, (first + c) % KEYS);
    }
}

static void query_both(struct both *both)
{
    size_t number = random_below(thing_entity.index_count + 1);
    const struct kh_index *index = number == 0 ? NULL : &thing_entity.indexes[number - 1];
    struct thing key = random_thing(0, &both->files->arena);
    struct kh_str cursor = KH_STR("");
    size_t limit = 1 + random_below(5);

    do {
        struct kh_page pages[STORES];

        for (int i = 0; i < STORES; i++) {
            assert_int_equal(both->stores[i]->ops->query(both->stores[i], &both->files->call,
                                                         &thing_entity, index, &key, cursor, limit,
                                                         &pages[i]),
                             KH_OK);
        }
        assert_int_equal(pages[MODEL].count, pages[FILE_STORE].count);
        assert_true(kh_str_equal(pages[MODEL].next, pages[FILE_STORE].next));
        for (size_t i = 0; i < pages[MODEL].count; i++) {
            assert_same_thing((const struct thing *)pages[MODEL].values + i,
                              (const struct thing *)pages[FILE_STORE].values + i);
        }
        cursor = pages[MODEL].next;
    } while (cursor.length != 0);
}

static void find_marks_in_both(struct both *both)
{
    struct kh_mark marks[8];
    bool found[STORES][8];
    char ids[8][16];

    for (size_t i = 0; i < 8; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "event %zu", (random_below(IDS) + i) % IDS);
        marks[i] = (struct kh_mark){ .id = kh_str_from(ids[i]), .home = KH_HOMELESS };
        marks[i].hash = kh_hash(marks[i].id);
    }
    for (int i = 0; i < STORES; i++) {
        assert_int_equal(both->stores[i]->ops->fetch(both->stores[i], &both->files->call, NULL, 0,
                                                     marks, 8, found[i]),
                         KH_OK);
    }
    assert_memory_equal(found[MODEL], found[FILE_STORE], sizeof found[MODEL]);
}

static void answers_as_the_store_in_memory_does(void **state)
{
    struct files *files = *state;
    struct both both = { .files = files };

    both.stores[MODEL] = kh_store_memory_new(2 * IDS);
    for (int step = 0; step < STEPS; step++) {
        if (step % REOPEN_EACH == 0) {
            files_close(files);
            assert_int_equal(files_open(files), KH_OK);
            both.stores[FILE_STORE] = files->store;
        }
        switch (random_below(4)) {
        case 0:
            query_both(&both);
            break;
        case 1:
            find_marks_in_both(&both);
            break;
        default:
            commit_both(&both);
            break;
        }
        kh_arena_reset(&files->arena);
    }
    kh_store_destroy(both.stores[MODEL]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers_as_the_store_in_memory_does, files_set_up,
                                        files_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
