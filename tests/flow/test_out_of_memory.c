/*
 * Every allocation fails once, alone and with all after it; the batch's arena is filled beforehand by
 * ever more bytes, so that each allocation from it is the one that needs a new block at some point.
 * Nothing crashes or leaks, what is reported is what happened, and once there is memory again the rest
 * is applied exactly once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "failing_heap.h"
#include "kh/alloc.h"
#include "kh/batch.h"
#include "kh/response.h"
#include "tiny_service.h"

/* ---- A handler that queries as well -------------------------------------------------------- */

static void query_before(struct kh_context *context, const void *envelope, void *data)
{
    const struct account key = { .owner = KH_STR("o") };
    struct kh_page page;

    (void)envelope;
    (void)data;
    /* What fails here is noticed by the unit, even if the handler does not care. */
    (void)!kh_unit_query(context, &tiny_account, tiny_account.indexes, &key, KH_STR(""), 2, &page);
}

static const struct tiny_settings settings = { .before = query_before };

/* ---- The scenario -------------------------------------------------------------------------- */

static const struct {
    const char *text;
    enum kh_verdict verdict;
} events[] = {
    { "{\"id\":\"1\",\"type\":\"open\",\"data\":{\"account\":\"a\",\"owner\":\"o\"}}",
      KH_VERDICT_DONE },
    { "{\"id\":\"2\",\"type\":\"other\"}", KH_VERDICT_SKIPPED },
    { "{\"id\":\"3\",\"type\":\"d\\u0065posit\",\"data\":{\"account\":\"a\",\"amount\":5}}",
      KH_VERDICT_DONE },
    { "{\"id\":\"3\",\"type\":\"d\\u0065posit\",\"data\":{\"account\":\"a\",\"amount\":5}}",
      KH_VERDICT_DONE },
    { "{\"id\":\"3\",\"type\":\"d\\u0065posit\",\"data\":{\"account\":\"a\",\"amount\":5}}",
      KH_VERDICT_DONE },
    { "{\"id\":\"4\",\"type\":\"deposit\",\"data\":{\"account\":7,\"amount\":0}}",
      KH_VERDICT_DEAD_LETTERED },
    { "{\"id\":\"5\",\"type\":\"op\\u0065n\",\"data\":{\"account\":\"b\",\"owner\":\"o\"}}",
      KH_VERDICT_DONE },
    { "{\"id\":\"5\",\"type\":\"open\",\"data\":{\"account\":\"b\",\"owner\":\"o\"}}",
      KH_VERDICT_DONE },
    { "{\"id\":\"6\",\"type\":\"open\",\"data\":{\"account\":\"a\",\"owner\":\"o\"}}",
      KH_VERDICT_DEAD_LETTERED },
    { "{\"id\":", KH_VERDICT_DEAD_LETTERED },
    { "{\"id\":\"7\",\"type\":\"close\",\"data\":{\"account\":\"b\"}}", KH_VERDICT_DONE },
};

#define EVENT_COUNT (sizeof events / sizeof events[0])

struct observation {
    size_t index;
    size_t first_retry;
};

static void observe(void *context, const struct kh_outcome *outcome)
{
    struct observation *observation = context;
    size_t index = observation->index++;

    if (outcome->verdict == KH_VERDICT_RETRY) {
        if (observation->first_retry == SIZE_MAX) {
            observation->first_retry = index;
            assert_int_equal(outcome->status, KH_NO_MEMORY);
        }
    } else {
        assert_true(observation->first_retry == SIZE_MAX);
        assert_int_equal(outcome->verdict, events[outcome->record->position].verdict);
    }
}

struct scenario {
    struct kh_store *store;
    struct kh_dead_letters *letters;
    struct kh_batch *batch;
    struct kh_json_writer writer;
    struct kh_arena arena; /* of the test: for the records */
    struct kh_record records[EVENT_COUNT];
};

/* Returns the next record to deliver. */
static size_t deliver(struct scenario *scenario, size_t first, size_t prefill)
{
    struct observation observation = { 0, SIZE_MAX };
    const struct kh_batch_observer observer = { observe, &observation };
    struct kh_batch_result result;
    struct kh_arena *arena = kh_batch_arena(scenario->batch);
    enum kh_status status;

    kh_batch_reset(scenario->batch);
    if (kh_arena_alloc(arena, prefill) == NULL) {
        return first;
    }
    status = kh_batch_run(scenario->batch, scenario->records + first, EVENT_COUNT - first,
                          INT64_MAX, (struct kh_log){ 0 }, &observer, &result);
    if (status != KH_OK) {
        assert_int_equal(status, KH_NO_MEMORY);
        return first;
    }
    kh_json_writer_reset(&scenario->writer);
    if (kh_batch_response_write(&scenario->writer, &result) != KH_OK) {
        /* The invocation would be reported as failed, and all come again. */
        return first;
    }
    return result.failed == NULL ? EVENT_COUNT : result.failed->position;
}

static int64_t balance_of(struct scenario *scenario, const char *id)
{
    struct kh_error error;
    struct kh_call call = { .arena = &scenario->arena, .error = &error };
    struct account account = { .id = kh_str_from(id) };
    struct kh_wanted wanted = { .entity = &tiny_account, .key = &account, .value = &account };

    kh_error_clear(&error);
    assert_int_equal(scenario->store->ops->fetch(scenario->store, &call, &wanted, 1, NULL, 0, NULL),
                     KH_OK);
    return wanted.state.version != 0 ? account.balance : -1;
}

static void make_records(struct scenario *scenario)
{
    for (size_t i = 0; i < EVENT_COUNT; i++) {
        scenario->records[i] = tiny_record(&scenario->arena, i, "%s", events[i].text);
    }
}

/* False if something could not even be made. */
static bool open_scenario(struct scenario *scenario, const char *path)
{
    struct kh_batch_options options = { .service = &tiny_service,
                                        .settings = &settings,
                                        .clock = kh_clock_system(),
                                        .max_record_size = 1000 };
    struct kh_error error;

    kh_error_clear(&error);
    scenario->store = kh_store_memory_new(100);
    if (scenario->store == NULL) {
        return false;
    }
    if (kh_dead_letters_file_new(path, &error, &scenario->letters) != KH_OK) {
        assert_int_equal(error.status, KH_NO_MEMORY);
        return false;
    }
    options.store = scenario->store;
    options.dead_letters = scenario->letters;
    scenario->batch = kh_batch_new(&options);
    return scenario->batch != NULL;
}

static void run_scenario(size_t prefill, const char *path)
{
    struct scenario scenario = { .store = NULL };
    size_t fail_at = failing_heap.fail_at;
    size_t next = 0;

    failing_heap.fail_at = 0;
    kh_arena_init(&scenario.arena);
    make_records(&scenario);
    kh_json_writer_init(&scenario.writer);
    failing_heap.calls = 0;
    failing_heap.fail_at = fail_at;
    if (open_scenario(&scenario, path)) {
        next = deliver(&scenario, 0, prefill);
        if (next < EVENT_COUNT) {
            next = deliver(&scenario, next, 0);
        }
        failing_heap.fail_at = 0;
        /* Now that there is memory again. */
        while (next < EVENT_COUNT) {
            next = deliver(&scenario, next, 0);
        }
        assert_int_equal(balance_of(&scenario, "a"), 5);
        assert_int_equal(balance_of(&scenario, "b"), -1);
    }
    failing_heap.fail_at = 0;
    kh_batch_destroy(scenario.batch);
    kh_dead_letters_destroy(scenario.letters);
    kh_store_destroy(scenario.store);
    kh_json_writer_clean_up(&scenario.writer);
    kh_arena_clean_up(&scenario.arena);
    assert_int_equal(failing_heap.live, 0);
}

static void survives_every_failed_allocation(void **state)
{
    char path[] = "/tmp/kh-out-of-memory-XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    failing_heap_use();
    for (size_t prefill = 1; prefill < (size_t)66 * 1024; prefill += 384) {
        for (size_t mode = 0; mode < 2; mode++) {
            size_t injected;
            size_t fail_at = 1;

            failing_heap.persistent = mode == 1;
            do {
                injected = failing_heap.injected;
                failing_heap.fail_at = fail_at++;
                run_scenario(prefill, path);
            } while (failing_heap.injected != injected);
        }
        assert_int_equal(ftruncate(fd, 0), 0);
    }
    kh_allocator_set(NULL);
    assert_true(failing_heap.injected > 10000);
    close(fd);
    unlink(path);
}

/* A deposit of 5 whose id is so long, and has an escape, that reading it takes a block of its own. */
static struct kh_record long_deposit(struct kh_arena *arena, size_t position)
{
    const size_t id_length = 100000;
    char *text = kh_arena_alloc(arena, id_length + 200 + KH_PADDING);
    int length;

    assert_non_null(text);
    length = snprintf(text, id_length + 200,
                      "{\"id\":\"\\u0065%0*d\",\"type\":\"deposit\",\"data\":"
                      "{\"account\":\"a\",\"amount\":5}}",
                      (int)id_length, 3);
    return (struct kh_record){ .data = { text, (size_t)length }, .position = position };
}

/* Returns whether there was an allocation left to fail. */
static bool run_repeats(size_t fail_at)
{
    struct scenario scenario = { .store = kh_store_memory_new(100) };
    const struct kh_batch_options options = { .service = &tiny_service,
                                              .settings = &settings,
                                              .store = scenario.store,
                                              .clock = kh_clock_system(),
                                              .max_record_size = 1000000 };
    struct kh_record records[4];
    struct kh_batch_result result;
    struct kh_batch *batch = kh_batch_new(&options);
    size_t injected = failing_heap.injected;
    enum kh_status status;

    kh_arena_init(&scenario.arena);
    records[0] = tiny_record(&scenario.arena, 0, "%s", events[0].text);
    for (size_t i = 1; i < 4; i++) {
        records[i] = long_deposit(&scenario.arena, i);
    }
    failing_heap.calls = 0;
    failing_heap.fail_at = fail_at;
    status = kh_batch_run(batch, records, 4, INT64_MAX, (struct kh_log){ 0 }, NULL, &result);
    failing_heap.fail_at = 0;
    assert_true(status == KH_OK || status == KH_NO_MEMORY);
    assert_true(status != KH_OK || result.done <= 2);
    assert_true(balance_of(&scenario, "a") <= 5);
    assert_true(failing_heap.injected > injected || balance_of(&scenario, "a") == 5);
    kh_batch_destroy(batch);
    kh_store_destroy(scenario.store);
    kh_arena_clean_up(&scenario.arena);
    return failing_heap.injected > injected;
}

static void applies_repeats_once_when_memory_is_short_for_a_moment(void **state)
{
    size_t fail_at = 1;

    (void)state;
    failing_heap_use();
    failing_heap.persistent = false;
    while (run_repeats(fail_at)) {
        fail_at++;
    }
    kh_allocator_set(NULL);
    assert_true(fail_at > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_every_failed_allocation),
        cmocka_unit_test(applies_repeats_once_when_memory_is_short_for_a_moment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
