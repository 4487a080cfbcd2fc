/*
 * Random streams through random batches, with a store and a dead-letter target that fail at random,
 * delivered as Lambda does: from the record that was named on, until all are acknowledged. A plain
 * model, which takes the records one after the other and knows no failures, says what must come out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "kh/batch.h"
#include "kh/hash.h"
#include "kh/response.h"
#include "tiny_service.h"

#define BATCHES 120000
#define MAX_RECORDS 24
#define ACCOUNTS 4 /* a, b, c; and z, which the store never takes */

enum kind { OPEN, DEPOSIT, CLOSE, UNKNOWN, INVALID, BROKEN, KIND_COUNT };

struct item {
    enum kind kind;
    int account;
    int amount;
    int id;
    enum kh_verdict expected; /* by the model */
    size_t letters;
    bool acknowledged;
};

struct model {
    int64_t balance[ACCOUNTS]; /* -1: there is no such account */
    bool applied[MAX_RECORDS];
};

struct trial {
    struct kh_store head; /* the store the batch is given */
    struct kh_dead_letters letters;
    struct kh_store *inner;
    struct kh_clock clock;
    uint64_t random;
    unsigned fault_rate; /* per mille */
    bool reply_lost;     /* a commit was made and reported as failed */
    struct item items[MAX_RECORDS];
    size_t count;
    size_t first; /* of the batch that runs now */
    size_t outcomes;
    size_t first_retry; /* by the outcomes */
};

static const char account_names[] = "abcz";
#define REFUSED_ACCOUNT 3

static uint64_t next_random(struct trial *trial)
{
    uint64_t z = trial->random += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static size_t below(struct trial *trial, size_t limit)
{
    return (size_t)(next_random(trial) % limit);
}

static bool fails(struct trial *trial)
{
    return below(trial, 1000) < trial->fault_rate;
}

static enum kh_status some_failure(struct trial *trial)
{
    static const enum kh_status failures[] = { KH_THROTTLED, KH_TIMEOUT, KH_STORE, KH_NO_MEMORY,
                                               KH_IO };

    return failures[below(trial, sizeof failures / sizeof failures[0])];
}

/* ---- The failing store and target ---------------------------------------------------------- */

static enum kh_status trial_fetch(struct kh_store *store, const struct kh_call *call,
                                  struct kh_wanted *rows, size_t row_count,
                                  const struct kh_mark *marks, size_t mark_count, bool *found)
{
    struct trial *trial = (struct trial *)store;

    for (size_t i = 0; i < mark_count; i++) {
        /* An event that can't be read has no home. */
        assert_true(marks[i].home == KH_HOMELESS ||
                    (store->ops->is_remote && marks[i].home < row_count));
    }
    if (fails(trial)) {
        return some_failure(trial);
    }
    return trial->inner->ops->fetch(trial->inner, call, rows, row_count, marks, mark_count, found);
}

static bool touches_refused_account(const struct kh_commit *commit)
{
    for (size_t i = 0; i < commit->change_count; i++) {
        const struct account *account = commit->changes[i].value;

        if (account->id.data[0] == account_names[REFUSED_ACCOUNT]) {
            return true;
        }
    }
    return false;
}

static enum kh_status trial_commit(struct kh_store *store, const struct kh_call *call,
                                   const struct kh_commit *commit)
{
    struct trial *trial = (struct trial *)store;
    enum kh_status status;

    assert_true(commit->change_count <= store->ops->max_changes);
    for (size_t i = 0; i < commit->mark_count; i++) {
        assert_int_equal(commit->marks[i].home != KH_HOMELESS, store->ops->is_remote);
        assert_true(!store->ops->is_remote || commit->marks[i].home < commit->change_count);
    }
    if (fails(trial)) {
        return below(trial, 2) == 0 ? KH_CONFLICT : some_failure(trial);
    }
    if (touches_refused_account(commit)) {
        return KH_TOO_LARGE;
    }
    status = trial->inner->ops->commit(trial->inner, call, commit);
    if (status == KH_OK && fails(trial)) {
        trial->reply_lost = true;
        return below(trial, 2) == 0 ? KH_CONFLICT : KH_TIMEOUT;
    }
    return status;
}

static const struct kh_store_ops near_ops = { .max_changes = SIZE_MAX,
                                              .fetch = trial_fetch,
                                              .commit = trial_commit };

/* Rows are fetched ahead, and few changes fit into one commit. */
static const struct kh_store_ops remote_ops = {
    .is_remote = true, .max_changes = 3, .fetch = trial_fetch, .commit = trial_commit
};

static enum kh_status trial_write(struct kh_dead_letters *target,
                                  const struct kh_dead_letter *letters, size_t count,
                                  int64_t deadline_ms, struct kh_error *error)
{
    struct trial *trial =
        (struct trial *)(void *)((char *)target - offsetof(struct trial, letters));

    (void)error;
    (void)deadline_ms;
    if (fails(trial)) {
        return KH_IO;
    }
    for (size_t i = 0; i < count; i++) {
        const char *position = strstr(letters[i].text.data, "\"sequenceNumber\":\"");

        assert_non_null(position);
        position += strlen("\"sequenceNumber\":\"");
        trial->items[strtoul(position, NULL, 10) - 1000].letters++;
    }
    return KH_OK;
}

static const struct kh_dead_letters_ops letters_ops = { trial_write, NULL };

static int64_t trial_wall_ms(void *context)
{
    struct trial *trial = context;

    /* Now and then time is up. */
    return fails(trial) ? 1000 : 0;
}

/* ---- The model ----------------------------------------------------------------------------- */

static enum kh_verdict model_apply(struct model *model, const struct item *item)
{
    int64_t *balance = &model->balance[item->account];

    if (item->kind == UNKNOWN) {
        return KH_VERDICT_SKIPPED;
    }
    if (item->kind == BROKEN) {
        return KH_VERDICT_DEAD_LETTERED;
    }
    if (model->applied[item->id]) {
        return KH_VERDICT_DONE;
    }
    if (item->kind == INVALID || item->account == REFUSED_ACCOUNT ||
        (item->kind == OPEN) != (*balance < 0) ||
        (item->kind == DEPOSIT && *balance + item->amount > 10000)) {
        return KH_VERDICT_DEAD_LETTERED;
    }
    model->applied[item->id] = true;
    *balance = item->kind == OPEN ? 0 : item->kind == CLOSE ? -1 : *balance + item->amount;
    return KH_VERDICT_DONE;
}

static void make_items(struct trial *trial, struct model *model)
{
    *model = (struct model){ .balance = { -1, -1, -1, -1 } };
    trial->count = 1 + below(trial, MAX_RECORDS);
    for (size_t i = 0; i < trial->count; i++) {
        struct item *item = &trial->items[i];

        *item = (struct item){ .kind = (enum kind)below(trial, KIND_COUNT + 4),
                               .account = (int)below(trial, below(trial, 4) == 0 ? 4 : 3),
                               .amount = 1 + (int)below(trial, 1000),
                               .id = (int)below(trial, trial->count) };
        if (item->kind >= KIND_COUNT) {
            item->kind = item->kind % 2 == 0 ? OPEN : DEPOSIT;
        }
        if (item->kind == CLOSE && item->account == REFUSED_ACCOUNT) {
            /* Opened and closed in one commit it would not reach the store at all. */
            item->kind = OPEN;
        }
        item->expected = model_apply(model, item);
    }
}

static struct kh_record make_record(struct kh_arena *arena, const struct item *item, size_t index)
{
    static const char *const types[] = { "open", "deposit", "close", "other", "deposit" };

    if (item->kind == BROKEN) {
        return tiny_record(arena, index, "{\"id\":\"%d\",", item->id);
    }
    return tiny_record(arena, index,
                       "{\"id\":\"%d\",\"type\":\"%s\",\"data\":{\"account\":\"%c\","
                       "\"owner\":\"o\",\"amount\":%d}}",
                       item->id, types[item->kind], account_names[item->account],
                       item->kind == INVALID ? 0 : item->amount);
}

/* ---- Delivery ------------------------------------------------------------------------------ */

static bool is_marked(struct trial *trial, struct kh_str id)
{
    struct kh_arena arena;
    struct kh_call call = { .arena = &arena };
    struct kh_mark mark = { id, kh_hash(id), KH_HOMELESS };
    bool found = false;

    kh_arena_init(&arena);
    assert_int_equal(trial->inner->ops->fetch(trial->inner, &call, NULL, 0, &mark, 1, &found),
                     KH_OK);
    kh_arena_clean_up(&arena);
    return found;
}

static void observe(void *context, const struct kh_outcome *outcome)
{
    struct trial *trial = context;
    size_t index = trial->first + trial->outcomes;
    struct item *item = &trial->items[index];

    trial->outcomes++;
    if (outcome->verdict == KH_VERDICT_RETRY) {
        if (trial->first_retry == SIZE_MAX) {
            trial->first_retry = index;
        }
        assert_non_null(outcome->error);
        return;
    }
    /* Nothing is acknowledged behind a record that failed. */
    assert_true(trial->first_retry == SIZE_MAX);
    assert_int_equal(outcome->verdict, item->expected);
    if (outcome->verdict == KH_VERDICT_DONE) {
        assert_true(is_marked(trial, outcome->event.id));
    }
    item->acknowledged = true;
}

/* Runs one batch; returns the index of the next record to deliver. */
static size_t deliver(struct trial *trial, struct kh_batch *batch, struct kh_json_writer *writer)
{
    const struct kh_batch_observer observer = { observe, trial };
    struct kh_record records[MAX_RECORDS];
    struct kh_batch_result result;
    size_t count = 1 + below(trial, trial->count - trial->first);
    char expected[96];

    kh_batch_reset(batch);
    for (size_t i = 0; i < count; i++) {
        records[i] =
            make_record(kh_batch_arena(batch), &trial->items[trial->first + i], trial->first + i);
    }
    trial->outcomes = 0;
    trial->first_retry = SIZE_MAX;
    assert_int_equal(
        kh_batch_run(batch, records, count, 500, (struct kh_log){ 0 }, &observer, &result), KH_OK);
    assert_int_equal(trial->outcomes, count);
    assert_int_equal(result.records, count);
    assert_int_equal(result.done + result.duplicate + result.skipped + result.dead_lettered +
                         result.retry,
                     count);

    kh_json_writer_reset(writer);
    assert_int_equal(kh_batch_response_write(writer, &result), KH_OK);
    if (trial->first_retry == SIZE_MAX) {
        assert_null(result.failed);
        (void)snprintf(expected, sizeof expected, "{\"batchItemFailures\":[]}");
    } else {
        assert_ptr_equal(result.failed, &records[trial->first_retry - trial->first]);
        (void)snprintf(expected, sizeof expected,
                       "{\"batchItemFailures\":[{\"itemIdentifier\":\"%zu\"}]}",
                       1000 + trial->first_retry);
    }
    assert_int_equal(kh_json_writer_text(writer).length, strlen(expected));
    assert_memory_equal(kh_json_writer_text(writer).data, expected, strlen(expected));
    return trial->first_retry == SIZE_MAX ? trial->first + count : trial->first_retry;
}

static void check_end(struct trial *trial, const struct model *model)
{
    struct kh_arena arena;
    struct kh_error error;
    struct kh_call call = { .arena = &arena, .error = &error };

    kh_arena_init(&arena);
    kh_error_clear(&error);
    for (size_t i = 0; i < trial->count; i++) {
        const struct item *item = &trial->items[i];

        assert_true(item->acknowledged);
        assert_int_equal(item->letters, item->expected == KH_VERDICT_DEAD_LETTERED ? 1 : 0);
    }
    for (size_t i = 0; i < ACCOUNTS; i++) {
        struct account account = { .id = { &account_names[i], 1 } };
        struct kh_wanted wanted = { .entity = &tiny_account, .key = &account, .value = &account };

        assert_int_equal(trial->inner->ops->fetch(trial->inner, &call, &wanted, 1, NULL, 0, NULL),
                         KH_OK);
        assert_int_equal(wanted.state.version != 0 ? account.balance : -1, model->balance[i]);
    }
    kh_arena_clean_up(&arena);
}

static void run_trials(const struct kh_store_ops *ops)
{
    static const unsigned fault_rates[] = { 0, 20, 100, 300 };
    struct trial *trial = calloc(1, sizeof *trial);
    const struct kh_batch_options options = { .service = &tiny_service,
                                              .store = &trial->head,
                                              .dead_letters = &trial->letters,
                                              .clock = &trial->clock,
                                              .reserve_ms = 10,
                                              .max_record_size = 1000 };
    struct kh_batch *batch = kh_batch_new(&options);
    struct kh_json_writer writer;
    size_t batches = 0;
    size_t lost_replies = 0;

    kh_json_writer_init(&writer);
    trial->head.ops = ops;
    trial->letters.ops = &letters_ops;
    trial->clock = (struct kh_clock){ .wall_ms = trial_wall_ms,
                                      .coarse_wall_ms = trial_wall_ms,
                                      .context = trial };
    for (uint64_t seed = 1; batches < BATCHES; seed++) {
        struct model model;

        trial->random = seed;
        trial->fault_rate = fault_rates[seed % 4];
        trial->inner = kh_store_memory_new(1000);
        make_items(trial, &model);
        for (trial->first = 0; trial->first < trial->count; batches++) {
            trial->reply_lost = false;
            trial->first = deliver(trial, batch, &writer);
            lost_replies += trial->reply_lost ? 1 : 0;
        }
        check_end(trial, &model);
        kh_store_destroy(trial->inner);
    }
    /* The generator does make what it is there for. */
    assert_true(lost_replies > 1000);
    kh_json_writer_clean_up(&writer);
    kh_batch_destroy(batch);
    free(trial);
}

static void effects_happen_exactly_once(void **state)
{
    (void)state;
    run_trials(&near_ops);
}

static void effects_happen_exactly_once_in_a_remote_store(void **state)
{
    (void)state;
    run_trials(&remote_ops);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_happen_exactly_once),
        cmocka_unit_test(effects_happen_exactly_once_in_a_remote_store),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
