/* The unit of work: reads see the changes before them, a record's changes are kept or dropped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "flow/unit.h"
#include "tiny_service.h"

struct fixture {
    struct kh_store *store;
    struct kh_arena arena;
    struct kh_error error;
    struct kh_unit unit;
    struct kh_context context;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->store = kh_store_memory_new(1000);
    kh_arena_init(&fixture->arena);
    kh_error_clear(&fixture->error);
    assert_int_equal(kh__unit_init(&fixture->unit, &fixture->arena, fixture->store, false, 100),
                     KH_OK);
    fixture->context = (struct kh_context){ .arena = &fixture->arena,
                                            .error = &fixture->error,
                                            .unit = &fixture->unit };
    kh__unit_begin_record(&fixture->unit);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    kh_store_destroy(fixture->store);
    kh_arena_clean_up(&fixture->arena);
    free(fixture);
    return 0;
}

static struct account make_account(const char *id, const char *owner, int64_t balance)
{
    return (
        struct account){ .id = kh_str_from(id), .owner = kh_str_from(owner), .balance = balance };
}

static enum kh_status put(struct fixture *fixture, const char *id, const char *owner,
                          int64_t balance)
{
    struct account account = make_account(id, owner, balance);

    return kh_unit_put(&fixture->context, &tiny_account, &account);
}

static enum kh_status create(struct fixture *fixture, const char *id)
{
    struct account account = make_account(id, "o", 0);

    return kh_unit_create(&fixture->context, &tiny_account, &account);
}

static enum kh_status remove_account(struct fixture *fixture, const char *id)
{
    struct account key = { .id = kh_str_from(id) };

    return kh_unit_remove(&fixture->context, &tiny_account, &key);
}

/* -1: there is none. */
static int64_t balance_of(struct fixture *fixture, const char *id)
{
    struct account account = { .id = kh_str_from(id) };
    bool found;

    assert_int_equal(kh_unit_find(&fixture->context, &tiny_account, &account, &account, &found),
                     KH_OK);
    return found ? account.balance : -1;
}

static void keep(struct fixture *fixture, const char *event_id)
{
    struct kh_mark mark = { kh_str_from(event_id), 0, KH_HOMELESS };

    mark.hash = kh_hash(mark.id);
    assert_int_equal(kh__unit_keep_record(&fixture->unit, mark, NULL), KH_OK);
    kh__unit_begin_record(&fixture->unit);
}

static void commit(struct fixture *fixture)
{
    assert_int_equal(kh__unit_commit(&fixture->context), KH_OK);
    kh__unit_reset(&fixture->unit);
}

/* Another process changes a row behind our back. */
static void put_elsewhere(struct fixture *fixture, const char *id, int64_t balance)
{
    struct fixture other = { .store = fixture->store };

    kh_arena_init(&other.arena);
    kh_error_clear(&other.error);
    assert_int_equal(kh__unit_init(&other.unit, &other.arena, other.store, false, 100), KH_OK);
    other.context =
        (struct kh_context){ .arena = &other.arena, .error = &other.error, .unit = &other.unit };
    assert_int_equal(put(&other, id, "o", balance), KH_OK);
    assert_int_equal(kh__unit_commit(&other.context), KH_OK);
    kh_arena_clean_up(&other.arena);
}

static void reads_its_own_writes(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(balance_of(fixture, "a"), -1);
    assert_int_equal(put(fixture, "a", "o", 5), KH_OK);
    assert_int_equal(balance_of(fixture, "a"), 5);
    assert_int_equal(remove_account(fixture, "a"), KH_OK);
    assert_int_equal(balance_of(fixture, "a"), -1);
    assert_int_equal(remove_account(fixture, "a"), KH_NOT_FOUND);
    assert_string_equal(fixture->error.reason, "there is no account with this id");
    kh_error_clear(&fixture->error);
    assert_int_equal(create(fixture, "a"), KH_OK);
    assert_int_equal(create(fixture, "a"), KH_EXISTS);
    assert_string_equal(fixture->error.reason, "account with this id is there already");
}

static void commits_what_is_left_in_the_end(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(create(fixture, "made and removed"), KH_OK);
    keep(fixture, "1");
    assert_int_equal(remove_account(fixture, "made and removed"), KH_OK);
    assert_int_equal(put(fixture, "kept", "o", 1), KH_OK);
    keep(fixture, "2");
    assert_int_equal(put(fixture, "kept", "o", 2), KH_OK);
    keep(fixture, "3");
    commit(fixture);
    assert_int_equal(balance_of(fixture, "made and removed"), -1);
    assert_int_equal(balance_of(fixture, "kept"), 2);
    assert_int_equal(remove_account(fixture, "kept"), KH_OK);
    keep(fixture, "4");
    commit(fixture);
    assert_int_equal(balance_of(fixture, "kept"), -1);
}

static void drops_only_the_record_at_hand(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(put(fixture, "a", "o", 1), KH_OK);
    keep(fixture, "1");
    assert_int_equal(put(fixture, "a", "o", 2), KH_OK);
    assert_int_equal(put(fixture, "a", "o", 3), KH_OK);
    assert_int_equal(create(fixture, "b"), KH_OK);
    kh__unit_drop_record(&fixture->unit);
    assert_int_equal(balance_of(fixture, "a"), 1);
    assert_int_equal(balance_of(fixture, "b"), -1);
    assert_int_equal(remove_account(fixture, "a"), KH_OK);
    kh__unit_drop_record(&fixture->unit);
    commit(fixture);
    assert_int_equal(balance_of(fixture, "a"), 1);
    assert_int_equal(balance_of(fixture, "b"), -1);
}

static void conflicts_with_changes_made_elsewhere(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(balance_of(fixture, "a"), -1);
    put_elsewhere(fixture, "a", 7);
    assert_int_equal(put(fixture, "a", "o", 1), KH_OK);
    keep(fixture, "1");
    assert_int_equal(kh__unit_commit(&fixture->context), KH_CONFLICT);
}

/* A row found by a query is changed as it was seen there, not as it is by then. */
static void conflicts_with_what_changed_since_a_query(void **state)
{
    struct fixture *fixture = *state;
    struct account key = { .owner = KH_STR("o") };
    struct kh_page page;

    put_elsewhere(fixture, "a", 7);
    assert_int_equal(kh_unit_query(&fixture->context, &tiny_account, tiny_account.indexes, &key,
                                   KH_STR(""), 10, &page),
                     KH_OK);
    assert_int_equal(page.count, 1);
    put_elsewhere(fixture, "a", 8);
    assert_int_equal(put(fixture, "a", "o", 9), KH_OK);
    keep(fixture, "1");
    assert_int_equal(kh__unit_commit(&fixture->context), KH_CONFLICT);
}

static void copies_what_it_is_given(void **state)
{
    struct fixture *fixture = *state;
    char id[] = "a";
    char note[] = "note";
    struct account account = make_account(id, "o", 1);
    struct account out = { .id = KH_STR("a") };

    account.has_note = true;
    account.note = kh_str_from(note);
    assert_int_equal(kh_unit_put(&fixture->context, &tiny_account, &account), KH_OK);
    memset(id, 'x', 1);
    memset(note, 'x', 4);
    account.balance = 99;
    assert_int_equal(kh_unit_get(&fixture->context, &tiny_account, &out, &out), KH_OK);
    assert_int_equal(out.balance, 1);
    assert_memory_equal(out.note.data, "note", 4);
    out.balance = 99;
    assert_int_equal(balance_of(fixture, "a"), 1);
}

/* ---- Queries ------------------------------------------------------------------------------- */

static const char *all_ids(struct fixture *fixture, const struct kh_index *index, size_t limit)
{
    static char text[512];
    struct account key = { .owner = KH_STR("o") };
    struct kh_page page = { .next = KH_STR_INIT("") };
    size_t length = 0;

    text[0] = '\0';
    do {
        assert_int_equal(
            kh_unit_query(&fixture->context, &tiny_account, index, &key, page.next, limit, &page),
            KH_OK);
        assert_true(page.count <= limit);
        for (size_t i = 0; i < page.count; i++) {
            const struct account *account = (const struct account *)page.values + i;

            length += (size_t)snprintf(text + length, sizeof text - length, "%.*s%d ",
                                       KH_STR_ARG(account->id), (int)account->balance);
        }
    } while (page.next.length != 0);
    return text;
}

static void queries_see_pending_changes(void **state)
{
    struct fixture *fixture = *state;
    const struct kh_index *by_owner = tiny_account.indexes;

    assert_int_equal(put(fixture, "b", "o", 20), KH_OK);
    assert_int_equal(put(fixture, "d", "o", 40), KH_OK);
    assert_int_equal(put(fixture, "f", "o", 60), KH_OK);
    assert_int_equal(put(fixture, "x", "other", 10), KH_OK);
    keep(fixture, "1");
    commit(fixture);

    assert_int_equal(put(fixture, "a", "o", 50), KH_OK);
    assert_int_equal(put(fixture, "g", "o", 10), KH_OK);
    assert_int_equal(put(fixture, "b", "o", 70), KH_OK); /* moves to the end */
    assert_int_equal(remove_account(fixture, "d"), KH_OK);
    assert_int_equal(put(fixture, "x", "o", 65), KH_OK); /* comes from another owner */
    assert_int_equal(put(fixture, "y", "other", 65), KH_OK);
    for (size_t limit = 1; limit < 8; limit++) {
        assert_string_equal(all_ids(fixture, by_owner, limit), "g10 a50 f60 x65 b70 ");
        assert_string_equal(all_ids(fixture, NULL, limit), "a50 b70 f60 g10 x65 y65 ");
    }
    kh__unit_drop_record(&fixture->unit);
    assert_string_equal(all_ids(fixture, by_owner, 2), "b20 d40 f60 ");
}

/* At random, against what the store says once everything is committed. */
static void queries_agree_with_the_committed_state(void **state)
{
    struct fixture *fixture = *state;
    uint64_t random = 7;

    for (size_t round = 0; round < 200; round++) {
        char before[512];
        size_t changes;

        random = random * 6364136223846793005U + 1442695040888963407U;
        changes = (random >> 33) % 12;
        for (size_t i = 0; i < changes; i++) {
            char id[2] = { 'a', '\0' };

            random = random * 6364136223846793005U + 1442695040888963407U;
            id[0] = (char)('a' + (random >> 33) % 20);
            if ((random >> 60) < 5) {
                enum kh_status status = remove_account(fixture, id);

                assert_true(status == KH_OK || status == KH_NOT_FOUND);
                kh_error_clear(&fixture->error);
            } else {
                assert_int_equal(put(fixture, id, (random >> 59 & 1) != 0 ? "o" : "p",
                                     (int64_t)(random >> 40) % 10),
                                 KH_OK);
            }
        }
        for (size_t limit = 1; limit < 6; limit++) {
            (void)snprintf(before, sizeof before, "%s",
                           all_ids(fixture, tiny_account.indexes, limit));
            assert_string_equal(all_ids(fixture, tiny_account.indexes, 100), before);
        }
        keep(fixture, "");
        fixture->unit.mark_count = 0;
        commit(fixture);
        assert_string_equal(all_ids(fixture, tiny_account.indexes, 3), before);
    }
}

static void refuses_a_page_without_rows_and_foreign_cursors(void **state)
{
    struct fixture *fixture = *state;
    struct account key = { .owner = KH_STR("o") };
    struct kh_page page;

    assert_int_equal(
        kh_unit_query(&fixture->context, &tiny_account, NULL, &key, KH_STR(""), 0, &page),
        KH_INVALID);
    assert_int_equal(
        kh_unit_query(&fixture->context, &tiny_account, NULL, &key, KH_STR("00"), 1, &page),
        KH_INVALID);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(reads_its_own_writes),
        TEST(commits_what_is_left_in_the_end),
        TEST(drops_only_the_record_at_hand),
        TEST(conflicts_with_changes_made_elsewhere),
        TEST(conflicts_with_what_changed_since_a_query),
        TEST(copies_what_it_is_given),
        TEST(queries_see_pending_changes),
        TEST(queries_agree_with_the_committed_state),
        TEST(refuses_a_page_without_rows_and_foreign_cursors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
