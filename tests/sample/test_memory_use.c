/*
 * What the sample service asks of the heap: nothing in steady state, and for one large event a bounded
 * multiple of it. From the event's text to the answer's, all but the HTTP around it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "handlers.h"
#include "kh/alloc.h"
#include "kh/batch.h"
#include "kh/response.h"
#include "kh/source.h"
#include "sample_event.h"
#include "service.h"

/* ---- An allocator that counts ---------------------------------------------------------------- */

static struct {
    size_t calls;
    size_t live; /* bytes */
    size_t peak;
} heap;

/* Before each block: its size. */
#define HEAD KH_ARENA_ALIGNMENT

static void *counting_resize(void *context, void *memory, size_t size)
{
    char *block = memory == NULL ? NULL : (char *)memory - HEAD;
    size_t old = 0;

    (void)context;
    if (block != NULL) {
        memcpy(&old, block, sizeof old);
    }
    block = realloc(block, HEAD + size);
    if (block == NULL) {
        return NULL;
    }
    memcpy(block, &size, sizeof size);
    heap.calls++;
    heap.live += size;
    /* While it is moved both are there. */
    heap.peak = heap.live > heap.peak ? heap.live : heap.peak;
    heap.live -= old;
    return block + HEAD;
}

static void *counting_allocate(void *context, size_t size)
{
    return counting_resize(context, NULL, size);
}

static void counting_release(void *context, void *memory)
{
    size_t size;

    (void)context;
    if (memory != NULL) {
        memcpy(&size, (char *)memory - HEAD, sizeof size);
        heap.live -= size;
        free((char *)memory - HEAD);
    }
}

static const struct kh_allocator counting = { counting_allocate, counting_resize, counting_release,
                                              NULL };

/* ---- The service ------------------------------------------------------------------------------ */

struct fixture {
    struct settings settings;
    struct kh_log_sink sink;
    struct kh_batch_options options;
    struct kh_batch *batch;
    struct kh_json_writer answer;
};

static void begin(struct fixture *fixture, size_t marks)
{
    kh_allocator_set(&counting);
    memset(&heap, 0, sizeof heap);
    fixture->settings.on_duplicate_limit = ON_DUPLICATE_LIMIT_REJECT;
    fixture->sink = (struct kh_log_sink){
        .fd = STDERR_FILENO, .level = KH_INFO, .service = service.name, .clock = kh_clock_system()
    };
    fixture->options = (struct kh_batch_options){ .service = &service,
                                                  .settings = &fixture->settings,
                                                  .store = kh_store_memory_new(marks),
                                                  .clock = kh_clock_system(),
                                                  .max_record_size = 1 << 20 };
    fixture->batch = kh_batch_new(&fixture->options);
    assert_non_null(fixture->options.store);
    assert_non_null(fixture->batch);
    kh_json_writer_init(&fixture->answer);
}

/* Returns how many bytes the store held. */
static size_t end(struct fixture *fixture)
{
    size_t held;

    kh_json_writer_clean_up(&fixture->answer);
    kh_batch_destroy(fixture->batch);
    held = heap.live;
    kh_store_destroy(fixture->options.store);
    assert_int_equal(heap.live, 0);
    kh_allocator_set(NULL);
    return held;
}

/* One invocation; every event of it must be applied. */
static void invoke(struct fixture *fixture, struct kh_str text, size_t count)
{
    struct kh_log log = { .sink = &fixture->sink, .component = "test" };
    struct kh_batch_result result;
    struct kh_records records;
    struct kh_error error;

    kh_error_clear(&error);
    assert_int_equal(kh_invocation_read(text, kh_batch_arena(fixture->batch), &error, &records),
                     KH_OK);
    assert_int_equal(
        kh_batch_run(fixture->batch, records.items, records.count, INT64_MAX, log, NULL, &result),
        KH_OK);
    assert_int_equal(result.done, count);
    kh_json_writer_reset(&fixture->answer);
    assert_int_equal(kh_batch_response_write(&fixture->answer, &result), KH_OK);
    kh_batch_reset(fixture->batch);
}

static size_t calls_of(struct fixture *fixture, enum sample_kind kind, size_t count,
                       unsigned number)
{
    struct kh_str text = sample_event_new(kind, count, number);
    size_t before = heap.calls;

    invoke(fixture, text, count);
    before = heap.calls - before;
    sample_event_free(text);
    return before;
}

/* ---- Tests ------------------------------------------------------------------------------------ */

static void steady_state_asks_nothing_of_the_heap(void **state)
{
    const size_t count = 500;
    struct fixture fixture;
    unsigned number = 0;

    (void)state;
    begin(&fixture, 1000);
    assert_true(calls_of(&fixture, SAMPLE_CREATED, count, number++) > 0);
    /* Until the marks are full and every size of block was needed once. */
    for (; number < 10; number++) {
        (void)calls_of(&fixture, SAMPLE_RESET, count, number);
    }
    for (; number < 50; number++) {
        assert_int_equal(calls_of(&fixture, SAMPLE_RESET, count, number), 0);
    }
    (void)end(&fixture);
}

/* With the event's own buffer; without what the store keeps of it. */
static void a_large_event_takes_at_most_two_and_a_half_times_its_size_and_four_mib(void **state)
{
    const size_t count = 5800;
    struct fixture fixture;
    struct kh_str text;
    size_t length;

    (void)state;
    begin(&fixture, 100000);
    text = sample_event_new(SAMPLE_CREATED, count, 0);
    length = text.length;
    assert_in_range(length, 5900000, 6300000);
    heap.peak = heap.live;
    invoke(&fixture, text, count);
    sample_event_free(text);
    heap.peak -= end(&fixture);
    print_message("event %zu bytes, peak %zu bytes\n", length, heap.peak);
    assert_true(heap.peak <= length * 5 / 2 + (size_t)4 * 1024 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_state_asks_nothing_of_the_heap),
        cmocka_unit_test(a_large_event_takes_at_most_two_and_a_half_times_its_size_and_four_mib),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
