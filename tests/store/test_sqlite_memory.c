/* Every allocation of the SQLite store, SQLite's own included, fails once, and so do it and all after it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "failing_heap.h"
#include "kh/alloc.h"
#include "kh/hash.h"
#include "sqlite_files.h"

static struct thing rich_thing(int32_t number)
{
    struct thing thing = thing_of(number, 1);

    thing.has_price = true;
    thing.price = kh_decimal_from_int64(number);
    thing.has_nested = true;
    thing.nested = (struct nested){ KH_STR("text"), number };
    return thing;
}

/* A bit of everything. */
static enum kh_status work(struct files *files)
{
    struct kh_mark mark = { .id = KH_STR("event"),
                            .hash = kh_hash(KH_STR("event")),
                            .home = KH_HOMELESS };
    struct thing things[2] = { rich_thing(1), rich_thing(2) };
    struct kh_change changes[2] = { { KH_CHANGE_PUT, &thing_entity, &things[0], { 0 } },
                                    { KH_CHANGE_PUT, &thing_entity, &things[1], { 0 } } };
    struct kh_commit commit = { changes, 2, &mark, 1 };
    struct thing value;
    struct kh_wanted wanted = { .entity = &thing_entity, .key = &things[0], .value = &value };
    struct kh_page page;
    bool found;

    KH_TRY(files->store->ops->commit(files->store, &files->call, &commit));
    KH_TRY(files->store->ops->fetch(files->store, &files->call, &wanted, 1, &mark, 1, &found));
    assert_true(found && wanted.state.version != 0);
    KH_TRY(files->store->ops->query(files->store, &files->call, &thing_entity,
                                    &thing_entity.indexes[0], &things[0], KH_STR(""), 1, &page));
    KH_TRY(files->store->ops->query(files->store, &files->call, &thing_entity,
                                    &thing_entity.indexes[0], &things[0], page.next, 1, &page));
    changes[0] = (struct kh_change){ KH_CHANGE_REMOVE, &thing_entity, &things[0], wanted.state };
    commit = (struct kh_commit){ changes, 1, NULL, 0 };
    return files->store->ops->commit(files->store, &files->call, &commit);
}

/* What is to go through with a failure in it. */
enum part { OPENING, WORKING };

static void fail_from_now_on(size_t fail_at, bool persistent)
{
    failing_heap.calls = 0;
    failing_heap.injected = 0;
    failing_heap.persistent = persistent;
    failing_heap.fail_at = fail_at;
}

/* True if nothing failed. */
static bool run_with_failure(enum part part, size_t fail_at, bool persistent)
{
    size_t live = failing_heap.live;
    enum kh_status status;
    struct files *files;
    void *state;

    (void)files_set_up(&state);
    files = state;
    if (part == OPENING) {
        fail_from_now_on(fail_at, persistent);
    }
    status = files_open(files);
    if (part == WORKING) {
        fail_from_now_on(fail_at, persistent);
        status = work(files);
    }
    failing_heap.fail_at = 0;
    /* SQLite can do without some of what it asks for. */
    if (status != KH_OK) {
        assert_int_equal(status, KH_NO_MEMORY);
        assert_int_equal(files->error.status, KH_NO_MEMORY);
    }
    files_close(files);
    if (access(files->path, F_OK) == 0) {
        assert_sound(files);
    }
    (void)files_tear_down(&state);
    assert_int_equal(failing_heap.live, live);
    return failing_heap.injected == 0;
}

/* Each allocation, or in steps that meet all kinds of them in bounded time. */
static void fail_each(enum part part, bool persistent, size_t step)
{
    size_t fail_at = 1;

    while (!run_with_failure(part, fail_at, persistent)) {
        fail_at += step;
    }
    assert_true(fail_at > 100);
}

static void any_allocation_can_fail_while_it_opens(void **state)
{
    (void)state;
    fail_each(OPENING, false, 3);
}

static void memory_can_run_out_while_it_opens(void **state)
{
    (void)state;
    fail_each(OPENING, true, 11);
}

static void any_allocation_can_fail_while_it_works(void **state)
{
    (void)state;
    fail_each(WORKING, false, 1);
}

static void memory_can_run_out_while_it_works(void **state)
{
    (void)state;
    fail_each(WORKING, true, 1);
}

static int use_failing_heap(void **state)
{
    (void)state;
    failing_heap_use();
    /* What SQLite keeps for good is allocated once. */
    (void)run_with_failure(WORKING, 0, false);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_can_fail_while_it_opens),
        cmocka_unit_test(memory_can_run_out_while_it_opens),
        cmocka_unit_test(any_allocation_can_fail_while_it_works),
        cmocka_unit_test(memory_can_run_out_while_it_works),
    };
    return cmocka_run_group_tests(tests, use_failing_heap, NULL);
}
