/* What becomes of each record of a batch, and that what is reported is what happened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kh/batch.h"
#include "tiny_service.h"

#define OPEN(id, account)                                                                          \
    "{\"id\":\"" id "\",\"type\":\"open\",\"data\":"                                               \
    "{\"account\":\"" account "\",\"owner\":\"o\"}}"
#define DEPOSIT(id, account, amount)                                                               \
    "{\"id\":\"" id "\",\"type\":\"deposit\",\"data\":"                                            \
    "{\"account\":\"" account "\",\"amount\":" #amount "}}"
#define CLOSE(id, account)                                                                         \
    "{\"id\":\"" id "\",\"type\":\"close\",\"data\":"                                              \
    "{\"account\":\"" account "\"}}"
#define BROKEN "{\"id\":"
#define UNKNOWN(id) "{\"id\":\"" id "\",\"type\":\"other\"}"

/* ---- A store that fails when it is told to ------------------------------------------------- */

struct scripted_store {
    struct kh_store head;
    struct kh_store *inner;
    enum kh_status get_status;
    enum kh_status marks_status;
    enum kh_status commit_status[8]; /* of the next commits; KH_OK: passed on */
    size_t commits;
    size_t fetches;
    size_t marks_asked;
    size_t change_count; /* of the last commit */
    void (*before_commit)(struct scripted_store *store);
    struct kh_str refused_id; /* no commit with this mark is taken */
    struct kh_str bad_row;    /* the account with this id can't be read */
};

static struct scripted_store *scripted_of(struct kh_store *store)
{
    return (struct scripted_store *)store;
}

static enum kh_status scripted_fetch(struct kh_store *store, const struct kh_call *call,
                                     struct kh_wanted *rows, size_t row_count,
                                     const struct kh_mark *marks, size_t mark_count, bool *found)
{
    struct scripted_store *scripted = scripted_of(store);

    scripted->fetches++;
    scripted->marks_asked += mark_count > 0 ? 1 : 0;
    for (size_t i = 0; i < row_count; i++) {
        const struct account *account = rows[i].key;

        if (scripted->bad_row.length != 0 && kh_str_equal(account->id, scripted->bad_row)) {
            return kh_fail(call->error, KH_BAD_ROW, "this row is bad");
        }
    }
    if (row_count > 0 && scripted->get_status != KH_OK) {
        return scripted->get_status;
    }
    if (mark_count > 0 && scripted->marks_status != KH_OK) {
        return scripted->marks_status;
    }
    return scripted->inner->ops->fetch(scripted->inner, call, rows, row_count, marks, mark_count,
                                       found);
}

static enum kh_status scripted_commit(struct kh_store *store, const struct kh_call *call,
                                      const struct kh_commit *commit)
{
    struct scripted_store *scripted = scripted_of(store);
    enum kh_status status = KH_OK;

    if (scripted->before_commit != NULL) {
        scripted->before_commit(scripted);
    }
    if (scripted->commits < 8) {
        status = scripted->commit_status[scripted->commits];
    }
    scripted->commits++;
    scripted->change_count = commit->change_count;
    if (status == KH_OK && scripted->refused_id.length != 0) {
        for (size_t i = 0; i < commit->mark_count; i++) {
            if (kh_str_equal(commit->marks[i].id, scripted->refused_id)) {
                status = KH_TOO_LARGE;
            }
        }
    }
    if (status != KH_OK) {
        return status;
    }
    return scripted->inner->ops->commit(scripted->inner, call, commit);
}

static const struct kh_store_ops remote_ops = { .name = "remote",
                                                .is_remote = true,
                                                .max_changes = 3,
                                                .fetch = scripted_fetch,
                                                .commit = scripted_commit };

/* Keeps marks in rows, so those of a row that was read before are known only as they were then: none. */
static enum kh_status ring_fetch(struct kh_store *store, const struct kh_call *call,
                                 struct kh_wanted *rows, size_t row_count,
                                 const struct kh_mark *marks, size_t mark_count, bool *found)
{
    enum kh_status status = scripted_fetch(store, call, rows, row_count, marks, mark_count, found);

    for (size_t i = 0; i < mark_count; i++) {
        if (marks[i].home != KH_HOMELESS && rows[marks[i].home].value == NULL) {
            found[i] = false;
        }
    }
    return status;
}

static const struct kh_store_ops ring_ops = { .name = "ring",
                                              .is_remote = true,
                                              .max_changes = 3,
                                              .fetch = ring_fetch,
                                              .commit = scripted_commit };

static const struct kh_store_ops scripted_ops = {
    .name = "scripted", .max_changes = SIZE_MAX, .fetch = scripted_fetch, .commit = scripted_commit
};

/* ---- Dead letters in memory ---------------------------------------------------------------- */

struct letter_box {
    struct kh_dead_letters head;
    enum kh_status status;
    size_t count;
    size_t writes;
    char text[4][4096];
    char key[4][64];
    size_t commits_before; /* how many commits the store had seen at the last letter */
    const struct scripted_store *store;
};

static enum kh_status box_write(struct kh_dead_letters *target,
                                const struct kh_dead_letter *letters, size_t count,
                                int64_t deadline_ms, struct kh_error *error)
{
    struct letter_box *box = (struct letter_box *)target;

    (void)deadline_ms;
    box->writes++;
    if (box->status != KH_OK) {
        return kh_fail(error, box->status, "the box is full");
    }
    for (size_t i = 0; i < count; i++) {
        size_t at = (box->count + i) % 4;

        (void)snprintf(box->text[at], sizeof box->text[0], "%.*s", KH_STR_ARG(letters[i].text));
        (void)snprintf(box->key[at], sizeof box->key[0], "%.*s", KH_STR_ARG(letters[i].key));
    }
    box->count += count;
    box->commits_before = box->store->commits;
    return KH_OK;
}

static const struct kh_dead_letters_ops box_ops = { box_write, NULL };

/* ---- Set up -------------------------------------------------------------------------------- */

struct outcome {
    enum kh_status status;
    enum kh_verdict verdict;
    size_t violations;
    char reason[240];
    char id[32];
};

struct fixture {
    struct scripted_store store;
    struct letter_box box;
    struct kh_clock clock;
    int64_t now_ms;
    int64_t ms_per_look;
    struct kh_batch_options options;
    struct kh_batch *batch;
    struct kh_record records[32];
    size_t count;
    struct outcome outcomes[32];
    size_t outcome_count;
    struct kh_batch_result result;
    struct tiny_settings settings;
};

static int64_t fixture_wall_ms(void *context)
{
    struct fixture *fixture = context;

    fixture->now_ms += fixture->ms_per_look;
    return fixture->now_ms;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->store.head.ops = &scripted_ops;
    fixture->store.inner = kh_store_memory_new(1000);
    fixture->box.head.ops = &box_ops;
    fixture->box.store = &fixture->store;
    fixture->clock = (struct kh_clock){ .wall_ms = fixture_wall_ms,
                                        .coarse_wall_ms = fixture_wall_ms,
                                        .context = fixture };
    fixture->options = (struct kh_batch_options){ .service = &tiny_service,
                                                  .settings = &fixture->settings,
                                                  .store = &fixture->store.head,
                                                  .dead_letters = &fixture->box.head,
                                                  .clock = &fixture->clock,
                                                  .reserve_ms = 100,
                                                  .max_record_size = 1000 };
    fixture->batch = kh_batch_new(&fixture->options);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    kh_batch_destroy(fixture->batch);
    kh_store_destroy(fixture->store.inner);
    free(fixture);
    return 0;
}

static void observe(void *context, const struct kh_outcome *outcome)
{
    struct fixture *fixture = context;
    struct outcome *out = &fixture->outcomes[fixture->outcome_count];

    assert_ptr_equal(outcome->record, &fixture->records[fixture->outcome_count]);
    out->status = outcome->status;
    out->verdict = outcome->verdict;
    out->violations = outcome->violations == NULL ? 0 : outcome->violations->count;
    (void)snprintf(out->reason, sizeof out->reason, "%s",
                   outcome->error == NULL ? "" : outcome->error->reason);
    (void)snprintf(out->id, sizeof out->id, "%.*s", KH_STR_ARG(outcome->event.id));
    fixture->outcome_count++;
}

/* The options may have been changed by the test. */
static void apply_options(struct fixture *fixture)
{
    kh_batch_destroy(fixture->batch);
    fixture->batch = kh_batch_new(&fixture->options);
}

static void run_until(struct fixture *fixture, int64_t deadline_ms, const char *const *texts,
                      size_t count)
{
    const struct kh_batch_observer observer = { observe, fixture };

    kh_batch_reset(fixture->batch);
    fixture->count = count;
    fixture->outcome_count = 0;
    for (size_t i = 0; i < count; i++) {
        fixture->records[i] = tiny_record(kh_batch_arena(fixture->batch), i, "%s", texts[i]);
    }
    assert_int_equal(kh_batch_run(fixture->batch, fixture->records, count, deadline_ms,
                                  (struct kh_log){ 0 }, &observer, &fixture->result),
                     KH_OK);
    assert_int_equal(fixture->outcome_count, count);
    assert_int_equal(fixture->result.records, count);
    assert_int_equal(fixture->result.done + fixture->result.duplicate + fixture->result.skipped +
                         fixture->result.dead_lettered + fixture->result.retry,
                     count);
}

#define RUN_UNTIL(fixture, deadline, ...)                                                          \
    do {                                                                                           \
        const char *const texts[] = { __VA_ARGS__ };                                               \
        run_until(fixture, deadline, texts, sizeof texts / sizeof texts[0]);                       \
    } while (0)
#define RUN(fixture, ...) RUN_UNTIL(fixture, INT64_MAX, __VA_ARGS__)

/* The account as the store has it; -1: it is not there. */
static int64_t balance_of(struct fixture *fixture, const char *id)
{
    struct kh_arena arena;
    struct kh_error error;
    struct kh_call call = { .arena = &arena, .error = &error };
    struct account account = { .id = kh_str_from(id) };
    struct kh_wanted wanted = { .entity = &tiny_account, .key = &account, .value = &account };

    kh_arena_init(&arena);
    kh_error_clear(&error);
    assert_int_equal(
        fixture->store.inner->ops->fetch(fixture->store.inner, &call, &wanted, 1, NULL, 0, NULL),
        KH_OK);
    kh_arena_clean_up(&arena);
    return wanted.state.version != 0 ? account.balance : -1;
}

static void assert_counts(const struct fixture *fixture, size_t done, size_t duplicate,
                          size_t skipped, size_t dead_lettered, size_t retry)
{
    assert_int_equal(fixture->result.done, done);
    assert_int_equal(fixture->result.duplicate, duplicate);
    assert_int_equal(fixture->result.skipped, skipped);
    assert_int_equal(fixture->result.dead_lettered, dead_lettered);
    assert_int_equal(fixture->result.retry, retry);
}

static void assert_failed_at(const struct fixture *fixture, size_t index, enum kh_status status)
{
    assert_ptr_equal(fixture->result.failed, &fixture->records[index]);
    assert_int_equal(fixture->result.failed_status, status);
    for (size_t i = index; i < fixture->count; i++) {
        assert_int_equal(fixture->outcomes[i].verdict, KH_VERDICT_RETRY);
        assert_int_equal(fixture->outcomes[i].status, i == index ? status : KH_NOT_STARTED);
        assert_true(fixture->outcomes[i].reason[0] != '\0');
    }
}

/* ---- Tests --------------------------------------------------------------------------------- */

static void applies_events_in_one_commit(void **state)
{
    struct fixture *fixture = *state;

    RUN(fixture, OPEN("1", "a"), DEPOSIT("2", "a", 10), DEPOSIT("3", "a", 5), OPEN("4", "b"));
    assert_counts(fixture, 4, 0, 0, 0, 0);
    assert_null(fixture->result.failed);
    assert_int_equal(balance_of(fixture, "a"), 15);
    assert_int_equal(balance_of(fixture, "b"), 0);
    assert_int_equal(fixture->store.commits, 1);
    assert_int_equal(fixture->store.change_count, 2);
    assert_int_equal(fixture->store.marks_asked, 1);
    assert_string_equal(fixture->outcomes[2].id, "3");
}

static void does_nothing_for_an_empty_batch(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(kh_batch_run(fixture->batch, NULL, 0, INT64_MAX, (struct kh_log){ 0 }, NULL,
                                  &fixture->result),
                     KH_OK);
    assert_int_equal(fixture->result.records, 0);
    assert_null(fixture->result.failed);
    assert_int_equal(fixture->store.commits, 0);
}

static void applies_an_event_once(void **state)
{
    struct fixture *fixture = *state;

    RUN(fixture, OPEN("1", "a"), DEPOSIT("2", "a", 10), DEPOSIT("2", "a", 10));
    assert_counts(fixture, 2, 1, 0, 0, 0);
    RUN(fixture, DEPOSIT("2", "a", 10), DEPOSIT("3", "a", 1), DEPOSIT("2", "a", 10));
    assert_counts(fixture, 1, 2, 0, 0, 0);
    assert_int_equal(balance_of(fixture, "a"), 11);
}

static void tries_an_event_again_that_was_refused_before(void **state)
{
    struct fixture *fixture = *state;

    RUN(fixture, DEPOSIT("2", "a", 10), OPEN("1", "a"), DEPOSIT("2", "a", 10));
    assert_counts(fixture, 2, 0, 0, 1, 0);
    assert_int_equal(balance_of(fixture, "a"), 10);
}

static void skips_types_without_schema(void **state)
{
    struct fixture *fixture = *state;

    RUN(fixture, UNKNOWN("1"), OPEN("2", "a"), UNKNOWN("3"));
    assert_counts(fixture, 1, 0, 2, 0, 0);

    fixture->options.unknown_is_error = true;
    apply_options(fixture);
    RUN(fixture, UNKNOWN("4"), OPEN("5", "b"));
    assert_counts(fixture, 1, 0, 0, 1, 0);
    assert_int_equal(fixture->outcomes[0].status, KH_NO_ROUTE);
    assert_int_equal(fixture->box.count, 1);
}

static void sets_aside_what_can_never_succeed(void **state)
{
    struct fixture *fixture = *state;

    RUN(fixture, BROKEN, OPEN("1", "a"), OPEN("2", "a"), DEPOSIT("3", "none", 1),
        DEPOSIT("4", "a", 0), DEPOSIT("5", "a", 7), "{\"id\":\"6\",\"type\":\"open\"}");
    assert_counts(fixture, 2, 0, 0, 5, 0);
    assert_int_equal(fixture->outcomes[0].status, KH_NOT_JSON);
    assert_int_equal(fixture->outcomes[2].status, KH_EXISTS);
    assert_int_equal(fixture->outcomes[3].status, KH_NOT_FOUND);
    assert_int_equal(fixture->outcomes[4].status, KH_INVALID);
    assert_int_equal(fixture->outcomes[4].violations, 1);
    assert_int_equal(fixture->outcomes[6].status, KH_INVALID);
    assert_int_equal(fixture->outcomes[6].violations, 1);
    assert_int_equal(fixture->box.count, 5);
    assert_int_equal(balance_of(fixture, "a"), 7);
}

static cJSON *letter(struct fixture *fixture, size_t index)
{
    cJSON *json = cJSON_Parse(fixture->box.text[index]);

    assert_non_null(json);
    return json;
}

static const char *text_at(const cJSON *json, const char *a, const char *b)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, a);

    item = b == NULL ? item : cJSON_GetObjectItemCaseSensitive(item, b);
    assert_true(cJSON_IsString(item));
    return item->valuestring;
}

static void lists_all_violations_with_pointers(void **state)
{
    struct fixture *fixture = *state;
    const cJSON *violations;
    cJSON *json;

    RUN(fixture, "{\"type\":\"deposit\",\"id\":\"\",\"data\":{\"amount\":2000,\"account\":7}}",
        "{\"type\":\"deposit\",\"data\":{\"amount\":\"x\"},\"id\":\"i\"}");
    assert_counts(fixture, 0, 0, 0, 2, 0);
    assert_int_equal(fixture->outcomes[0].violations, 3);
    assert_int_equal(fixture->outcomes[1].violations, 2);
    assert_string_equal(fixture->outcomes[0].id, "");
    assert_string_equal(fixture->outcomes[1].id, "i");

    json = letter(fixture, 0);
    violations = cJSON_GetObjectItemCaseSensitive(json, "violations");
    assert_int_equal(cJSON_GetArraySize(violations), 3);
    assert_string_equal(text_at(cJSON_GetArrayItem(violations, 0), "pointer", NULL), "/id");
    assert_string_equal(text_at(cJSON_GetArrayItem(violations, 0), "keyword", NULL), "minLength");
    assert_string_equal(text_at(cJSON_GetArrayItem(violations, 1), "pointer", NULL),
                        "/data/amount");
    assert_string_equal(text_at(cJSON_GetArrayItem(violations, 2), "pointer", NULL),
                        "/data/account");
    assert_string_equal(text_at(cJSON_GetArrayItem(violations, 2), "keyword", NULL), "type");
    assert_string_equal(text_at(json, "reason", "status"), "INVALID");
    assert_string_equal(text_at(json, "reason", "pointer"), "/id");
    assert_string_equal(text_at(json, "record", "sequenceNumber"), "1000");
    cJSON_Delete(json);
}

/* What a handler refused was judged by changes before it: these must be real by then. */
static void commits_before_a_dead_letter(void **state)
{
    struct fixture *fixture = *state;

    RUN(fixture, OPEN("1", "a"), OPEN("2", "a"), DEPOSIT("3", "a", 1));
    assert_counts(fixture, 2, 0, 0, 1, 0);
    assert_int_equal(fixture->box.commits_before, 1);
    assert_int_equal(fixture->store.commits, 2);

    fixture->store.commits = 0;
    fixture->store.commit_status[0] = KH_THROTTLED;
    RUN(fixture, DEPOSIT("4", "a", 1), OPEN("5", "a"));
    assert_counts(fixture, 0, 0, 0, 0, 2);
    assert_failed_at(fixture, 0, KH_THROTTLED);
    assert_int_equal(fixture->box.count, 1);
}

static void stops_where_a_dead_letter_cannot_be_written(void **state)
{
    struct fixture *fixture = *state;

    fixture->box.status = KH_IO;
    RUN(fixture, OPEN("1", "a"), BROKEN, DEPOSIT("2", "a", 1));
    assert_counts(fixture, 1, 0, 0, 0, 2);
    assert_failed_at(fixture, 1, KH_IO);
    assert_string_equal(fixture->outcomes[1].reason, "the box is full");
    assert_int_equal(balance_of(fixture, "a"), 0);
}

static void writes_dead_letters_together_before_what_is_behind_them(void **state)
{
    struct fixture *fixture = *state;

    RUN(fixture, BROKEN, DEPOSIT("1", "none", 1), BROKEN, OPEN("2", "a"), BROKEN);
    assert_counts(fixture, 1, 0, 0, 4, 0);
    assert_int_equal(fixture->box.count, 4);
    assert_int_equal(fixture->box.writes, 2);
    assert_int_equal(fixture->box.commits_before, 1);
    /* The event's ordering key is not known of this service; that of the record is. */
    assert_string_equal(fixture->box.key[0], "p");
}

static void nothing_behind_an_unwritten_dead_letter_has_an_effect(void **state)
{
    struct fixture *fixture = *state;

    fixture->box.status = KH_THROTTLED;
    RUN(fixture, BROKEN, BROKEN, OPEN("1", "a"), OPEN("2", "b"));
    assert_counts(fixture, 0, 0, 0, 0, 4);
    assert_failed_at(fixture, 0, KH_THROTTLED);
    assert_int_equal(fixture->store.commits, 0);
    assert_int_equal(balance_of(fixture, "a"), -1);

    /* A record that has to be retried is not what the batch ends at, if a letter before it is. */
    fixture->store.get_status = KH_STORE;
    RUN(fixture, BROKEN, OPEN("3", "a"));
    assert_failed_at(fixture, 0, KH_THROTTLED);
}

static void writes_no_dead_letter_into_the_stream_it_came_from(void **state)
{
    struct fixture *fixture = *state;

    fixture->box.head.arn = KH_STR("arn:aws:kinesis:eu-west-1:1:stream/s");
    RUN(fixture, OPEN("1", "a"), BROKEN, DEPOSIT("2", "a", 1));
    assert_counts(fixture, 1, 0, 0, 0, 2);
    assert_failed_at(fixture, 1, KH_NOT_JSON);
    assert_int_equal(fixture->box.writes, 0);

    fixture->box.head.arn = KH_STR("arn:aws:kinesis:eu-west-1:1:stream/other");
    RUN(fixture, BROKEN);
    assert_int_equal(fixture->box.count, 1);
}

static void leaves_the_bytes_out_of_a_dead_letter_that_its_target_can_not_take(void **state)
{
    struct fixture *fixture = *state;

    fixture->box.head.max_length = 500;
    RUN(fixture, "{\"type\":\"deposit\",\"id\":\"1\",\"data\":"
                 "\"0123456789012345678901234567890123456789012345678901234567890123456789"
                 "0123456789012345678901234567890123456789012345678901234567890123456789\"}");
    assert_counts(fixture, 0, 0, 0, 1, 0);
    assert_int_equal(fixture->box.count, 1);
    assert_non_null(strstr(fixture->box.text[0], "\"dataOmitted\":177}"));
}

static void stops_at_a_dead_letter_without_target(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.dead_letters = NULL;
    apply_options(fixture);
    RUN(fixture, OPEN("1", "a"), DEPOSIT("2", "a", 2000), DEPOSIT("3", "a", 1));
    assert_counts(fixture, 1, 0, 0, 0, 2);
    assert_failed_at(fixture, 1, KH_INVALID);
    assert_int_equal(fixture->outcomes[1].violations, 1);
}

static void drops_the_changes_of_a_refused_event(void **state)
{
    struct fixture *fixture = *state;

    RUN(fixture, OPEN("1", "a"), DEPOSIT("2", "a", 1000), DEPOSIT("3", "a", 1000),
        DEPOSIT("4", "a", 1000), DEPOSIT("5", "a", 1000), DEPOSIT("6", "a", 1000),
        DEPOSIT("7", "a", 1000), DEPOSIT("8", "a", 1000), DEPOSIT("9", "a", 1000),
        DEPOSIT("10", "a", 1000), DEPOSIT("11", "a", 999), DEPOSIT("12", "a", 2),
        DEPOSIT("13", "a", 1));
    assert_counts(fixture, 12, 0, 0, 1, 0);
    assert_int_equal(fixture->outcomes[11].status, KH_REFUSED);
    assert_int_equal(balance_of(fixture, "a"), 10000);
}

static void stops_when_the_store_fails(void **state)
{
    struct fixture *fixture = *state;

    fixture->store.get_status = KH_THROTTLED;
    RUN(fixture, UNKNOWN("0"), OPEN("1", "a"), OPEN("2", "b"), UNKNOWN("3"));
    assert_counts(fixture, 0, 0, 1, 0, 3);
    assert_failed_at(fixture, 1, KH_THROTTLED);
    assert_int_equal(balance_of(fixture, "a"), -1);
}

static void retries_all_when_marks_cannot_be_asked(void **state)
{
    struct fixture *fixture = *state;

    fixture->store.marks_status = KH_TIMEOUT;
    RUN(fixture, UNKNOWN("0"), OPEN("1", "a"));
    assert_counts(fixture, 0, 0, 0, 0, 2);
    assert_failed_at(fixture, 0, KH_TIMEOUT);
}

static void reports_the_first_uncommitted_record(void **state)
{
    struct fixture *fixture = *state;

    fixture->store.commit_status[0] = KH_STORE;
    RUN(fixture, UNKNOWN("0"), BROKEN, OPEN("1", "a"), UNKNOWN("2"), DEPOSIT("3", "a", 1));
    assert_counts(fixture, 0, 0, 1, 1, 3);
    assert_failed_at(fixture, 2, KH_STORE);
    assert_int_equal(balance_of(fixture, "a"), -1);
}

static void takes_records_in_smaller_units_after_a_conflict(void **state)
{
    struct fixture *fixture = *state;

    fixture->store.commit_status[0] = KH_CONFLICT;
    RUN(fixture, OPEN("1", "a"), UNKNOWN("x"), DEPOSIT("2", "a", 3), DEPOSIT("2", "a", 3));
    assert_counts(fixture, 2, 1, 1, 0, 0);
    assert_int_equal(fixture->store.commits, 3);
    assert_int_equal(balance_of(fixture, "a"), 3);
}

static void a_poisoned_record_costs_its_neighbours_few_commits(void **state)
{
    struct fixture *fixture = *state;

    fixture->store.refused_id = KH_STR("poison");
    RUN(fixture, OPEN("1", "a"), OPEN("2", "b"), OPEN("3", "c"), OPEN("4", "d"), OPEN("5", "e"),
        OPEN("poison", "f"), OPEN("7", "g"), OPEN("8", "h"), OPEN("9", "i"), OPEN("10", "j"));
    assert_counts(fixture, 9, 0, 0, 1, 0);
    assert_int_equal(fixture->outcomes[5].status, KH_TOO_LARGE);
    assert_int_equal(balance_of(fixture, "f"), -1);
    assert_int_equal(balance_of(fixture, "j"), 0);
    /* 10 together; 5 of them; the other 5, then 2, then the poisoned one; and 1, 2, 1. */
    assert_in_range(fixture->store.commits, 6, 9);
}

/* ---- A store that is a round trip away ---- */

static void a_remote_store_is_asked_once_and_told_once(void **state)
{
    struct fixture *fixture = *state;

    fixture->store.head.ops = &remote_ops;
    RUN(fixture, OPEN("1", "a"), DEPOSIT("2", "a", 10), OPEN("4", "b"), DEPOSIT("5", "b", 5),
        DEPOSIT("5", "b", 5), BROKEN);
    assert_counts(fixture, 4, 1, 0, 1, 0);
    assert_int_equal(balance_of(fixture, "a"), 10);
    assert_int_equal(balance_of(fixture, "b"), 5);
    assert_int_equal(fixture->store.fetches, 1);
    assert_int_equal(fixture->store.commits, 1);
}

static void commits_before_a_remote_store_holds_no_more(void **state)
{
    struct fixture *fixture = *state;

    fixture->store.head.ops = &remote_ops;
    RUN(fixture, OPEN("1", "a"), OPEN("2", "b"), OPEN("3", "c"), DEPOSIT("4", "a", 1),
        OPEN("5", "d"), DEPOSIT("6", "c", 2));
    assert_counts(fixture, 6, 0, 0, 0, 0);
    assert_int_equal(fixture->store.commits, 2);
    assert_int_equal(fixture->store.fetches, 2);
    assert_int_equal(balance_of(fixture, "a"), 1);
    assert_int_equal(balance_of(fixture, "c"), 2);
}

static void a_remote_store_that_does_not_answer_is_retried(void **state)
{
    struct fixture *fixture = *state;

    fixture->store.head.ops = &remote_ops;
    fixture->store.get_status = KH_THROTTLED;
    RUN(fixture, UNKNOWN("x"), OPEN("1", "a"));
    assert_counts(fixture, 0, 0, 0, 0, 2);
    assert_failed_at(fixture, 0, KH_THROTTLED);
}

static void a_row_that_can_not_be_read_costs_its_own_records_only(void **state)
{
    struct fixture *fixture = *state;

    fixture->store.head.ops = &remote_ops;
    fixture->store.bad_row = KH_STR("bad");
    RUN(fixture, OPEN("1", "a"), OPEN("2", "b"), DEPOSIT("3", "bad", 1), DEPOSIT("4", "a", 2),
        DEPOSIT("5", "bad", 1), DEPOSIT("6", "b", 3));
    assert_counts(fixture, 4, 0, 0, 2, 0);
    assert_int_equal(fixture->outcomes[2].status, KH_BAD_ROW);
    assert_string_equal(fixture->outcomes[2].reason, "this row is bad");
    assert_int_equal(fixture->outcomes[4].status, KH_BAD_ROW);
    assert_int_equal(fixture->box.count, 2);
    assert_int_equal(balance_of(fixture, "a"), 2);
    assert_int_equal(balance_of(fixture, "b"), 3);
}

/* ---- */

static void applies_again_what_comes_again_if_ids_are_ignored(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.ignores_ids = true;
    apply_options(fixture);
    RUN(fixture, OPEN("1", "a"), DEPOSIT("2", "a", 3), DEPOSIT("2", "a", 3));
    RUN(fixture, DEPOSIT("2", "a", 3));
    assert_counts(fixture, 1, 0, 0, 0, 0);
    assert_int_equal(balance_of(fixture, "a"), 9);
    assert_int_equal(fixture->store.marks_asked, 0);
}

static void gives_a_conflict_up_after_three_attempts(void **state)
{
    struct fixture *fixture = *state;

    fixture->store.commit_status[0] = KH_CONFLICT;
    /* The first record alone is taken, the others together and then the second alone are not. */
    for (size_t i = 2; i < 6; i++) {
        fixture->store.commit_status[i] = KH_CONFLICT;
    }
    RUN(fixture, OPEN("1", "a"), DEPOSIT("2", "a", 3), DEPOSIT("3", "a", 4));
    assert_counts(fixture, 1, 0, 0, 0, 2);
    assert_failed_at(fixture, 1, KH_CONFLICT);
    assert_int_equal(fixture->store.commits, 6);
    assert_int_equal(balance_of(fixture, "a"), 0);
}

static void writes_no_dead_letter_twice_after_a_conflict(void **state)
{
    struct fixture *fixture = *state;

    fixture->store.commit_status[1] = KH_CONFLICT;
    RUN(fixture, OPEN("1", "a"), BROKEN, DEPOSIT("2", "a", 3), OPEN("3", "a"),
        DEPOSIT("4", "a", 4));
    assert_counts(fixture, 3, 0, 0, 2, 0);
    assert_int_equal(fixture->box.count, 2);
    assert_int_equal(balance_of(fixture, "a"), 7);
}

/* Another process applies the same event between our look at the marks and our commit. */
static void apply_elsewhere(struct scripted_store *store)
{
    struct kh_arena arena;
    struct kh_error error;
    struct kh_call call = { .arena = &arena, .error = &error };
    struct account account = { .id = KH_STR("a"), .owner = KH_STR("o"), .balance = 50 };
    struct kh_mark mark = { KH_STR("1"), kh_hash(KH_STR("1")), KH_HOMELESS };
    struct kh_change change = { KH_CHANGE_PUT, &tiny_account, &account, { 0 } };
    struct kh_commit commit = { &change, 1, &mark, 1 };

    kh_arena_init(&arena);
    kh_error_clear(&error);
    store->before_commit = NULL;
    assert_int_equal(store->inner->ops->commit(store->inner, &call, &commit), KH_OK);
    kh_arena_clean_up(&arena);
}

static void sees_what_was_applied_elsewhere_meanwhile(void **state)
{
    struct fixture *fixture = *state;

    fixture->store.before_commit = apply_elsewhere;
    RUN(fixture, OPEN("1", "a"), DEPOSIT("2", "a", 3), OPEN("3", "a"));
    assert_counts(fixture, 1, 1, 0, 1, 0);
    assert_int_equal(fixture->outcomes[0].status, KH_DUPLICATE);
    assert_int_equal(balance_of(fixture, "a"), 53);
}

/* As above, but only at the third attempt; the record after it then meets a conflict of its own. */
static void apply_elsewhere_late(struct scripted_store *store)
{
    if (store->commits == 2) {
        apply_elsewhere(store);
    }
}

static void counts_attempts_for_each_record(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < 4; i++) {
        fixture->store.commit_status[i] = KH_CONFLICT;
    }
    fixture->store.before_commit = apply_elsewhere_late;
    RUN(fixture, OPEN("1", "a"), DEPOSIT("2", "a", 3));
    assert_counts(fixture, 1, 1, 0, 0, 0);
    assert_int_equal(balance_of(fixture, "a"), 53);
}

static void apply_in_handler(struct kh_context *context, const void *envelope, void *data)
{
    (void)context;
    (void)envelope;
    apply_elsewhere(data);
}

/* The refusal of a handler that sees the event's own effect is none. */
static void sets_nothing_aside_that_was_applied_meanwhile(void **state)
{
    struct fixture *fixture = *state;

    fixture->settings.before = apply_in_handler;
    fixture->settings.data = &fixture->store;
    RUN(fixture, OPEN("1", "a"));
    assert_counts(fixture, 0, 1, 0, 0, 0);
    assert_int_equal(fixture->box.count, 0);
    assert_int_equal(balance_of(fixture, "a"), 50);
}

/* What was read before the handler does not tell. */
static void reads_marks_again_before_it_sets_aside(void **state)
{
    struct fixture *fixture = *state;

    fixture->store.head.ops = &ring_ops;
    fixture->settings.before = apply_in_handler;
    fixture->settings.data = &fixture->store;
    RUN(fixture, DEPOSIT("1", "a", 3));
    assert_counts(fixture, 0, 1, 0, 0, 0);
    assert_int_equal(fixture->box.count, 0);
    assert_int_equal(balance_of(fixture, "a"), 50);
}

static void sets_aside_what_the_store_never_takes(void **state)
{
    struct fixture *fixture = *state;

    fixture->store.commit_status[0] = KH_TOO_LARGE;
    fixture->store.commit_status[2] = KH_TOO_LARGE;
    fixture->store.commit_status[3] = KH_TOO_LARGE;
    RUN(fixture, OPEN("1", "a"), DEPOSIT("2", "a", 3), DEPOSIT("3", "a", 4));
    assert_counts(fixture, 2, 0, 0, 1, 0);
    assert_int_equal(fixture->outcomes[1].status, KH_TOO_LARGE);
    assert_int_equal(fixture->box.count, 1);
    assert_int_equal(balance_of(fixture, "a"), 4);
}

static void starts_no_record_without_time_but_always_the_first(void **state)
{
    struct fixture *fixture = *state;

    fixture->ms_per_look = 10;
    RUN_UNTIL(fixture, 130, OPEN("1", "a"), DEPOSIT("2", "a", 1), DEPOSIT("3", "a", 1),
              DEPOSIT("4", "a", 1), DEPOSIT("5", "a", 1));
    assert_counts(fixture, 3, 0, 0, 0, 2);
    assert_failed_at(fixture, 3, KH_DEADLINE);
    assert_int_equal(balance_of(fixture, "a"), 2);
    RUN_UNTIL(fixture, 0, DEPOSIT("4", "a", 1), DEPOSIT("5", "a", 1));
    assert_counts(fixture, 1, 0, 0, 0, 1);
    assert_int_equal(balance_of(fixture, "a"), 3);
}

static void refuses_records_that_are_too_large_or_not_opened(void **state)
{
    struct fixture *fixture = *state;
    const struct kh_batch_observer observer = { observe, fixture };

    fixture->options.max_record_size = 20;
    apply_options(fixture);
    fixture->records[0] = tiny_record(kh_batch_arena(fixture->batch), 0, "%s", OPEN("1", "a"));
    fixture->records[1] = tiny_record(kh_batch_arena(fixture->batch), 1, "%%%%");
    fixture->records[1].status = KH_NOT_BASE64;
    assert_int_equal(kh_batch_run(fixture->batch, fixture->records, 2, INT64_MAX,
                                  (struct kh_log){ 0 }, &observer, &fixture->result),
                     KH_OK);
    assert_counts(fixture, 0, 0, 0, 2, 0);
    assert_int_equal(fixture->outcomes[0].status, KH_TOO_LARGE);
    assert_int_equal(fixture->outcomes[1].status, KH_NOT_BASE64);
}

static void only_validates_when_asked_to(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.validate_only = true;
    fixture->options.store = NULL;
    fixture->options.dead_letters = NULL;
    apply_options(fixture);
    RUN(fixture, OPEN("1", "a"), BROKEN, DEPOSIT("1", "a", 2000), DEPOSIT("2", "none", 1),
        UNKNOWN("3"));
    assert_counts(fixture, 2, 0, 1, 2, 0);
    assert_int_equal(fixture->outcomes[2].violations, 1);
    assert_int_equal(fixture->store.marks_asked, 0);
    assert_int_equal(fixture->store.commits, 0);
}

static void gives_a_reason_for_a_bare_status(void **state)
{
    struct fixture *fixture = *state;

    fixture->settings.forced = KH_REFUSED;
    RUN(fixture, OPEN("1", "a"));
    assert_counts(fixture, 0, 0, 0, 1, 0);
    assert_string_equal(fixture->outcomes[0].reason, kh_status_text(KH_REFUSED));
    assert_int_equal(balance_of(fixture, "a"), -1);

    fixture->settings.forced = KH_NO_ROUTE;
    RUN(fixture, OPEN("2", "a"));
    assert_counts(fixture, 0, 0, 1, 0, 0);
    fixture->settings.forced = KH_DUPLICATE;
    RUN(fixture, OPEN("3", "a"));
    assert_counts(fixture, 0, 1, 0, 0, 0);
    fixture->settings.forced = (enum kh_status)1000;
    RUN(fixture, OPEN("4", "a"));
    assert_counts(fixture, 0, 0, 0, 0, 1);
    assert_int_equal(balance_of(fixture, "a"), -1);
}

static void does_not_apply_half_of_what_failed(void **state)
{
    struct fixture *fixture = *state;

    fixture->settings.ignore_failures = true;
    fixture->store.get_status = KH_THROTTLED;
    RUN(fixture, OPEN("1", "a"));
    assert_counts(fixture, 0, 0, 0, 0, 1);
    assert_failed_at(fixture, 0, KH_THROTTLED);
    fixture->store.get_status = KH_OK;
    RUN(fixture, OPEN("1", "a"));
    assert_counts(fixture, 1, 0, 0, 0, 0);
}

static void look_at_log(struct kh_context *context, const void *envelope, void *data)
{
    char *out = data;
    size_t length = strlen(out);

    (void)envelope;
    (void)snprintf(out + length, 256 - length, "%.*s %.*s %.*s %.*s;",
                   KH_STR_ARG(context->log.scope->request_id),
                   KH_STR_ARG(context->log.scope->event_id),
                   KH_STR_ARG(context->log.scope->event_type),
                   KH_STR_ARG(context->log.scope->sequence_number));
}

static void binds_the_event_to_the_log(void **state)
{
    struct fixture *fixture = *state;
    const struct kh_log_scope scope = { .request_id = KH_STR("r") };
    char seen[256] = "";

    fixture->settings.before = look_at_log;
    fixture->settings.data = seen;
    fixture->records[0] = tiny_record(kh_batch_arena(fixture->batch), 0, "%s", OPEN("1", "a"));
    fixture->records[1] = tiny_record(kh_batch_arena(fixture->batch), 1, "%s", CLOSE("2", "a"));
    assert_int_equal(kh_batch_run(fixture->batch, fixture->records, 2, INT64_MAX,
                                  (struct kh_log){ .scope = &scope }, NULL, &fixture->result),
                     KH_OK);
    assert_string_equal(seen, "r 1 open 1000;r 2 close 1001;");
}

/* Payloads never get into the log, reasons and ids do. */
static void logs_failures_without_payload(void **state)
{
    struct fixture *fixture = *state;
    int ends[2];
    char text[8192];
    ssize_t length;
    struct kh_log_sink sink = { .level = KH_DEBUG, .service = "tiny", .clock = &fixture->clock };

    assert_int_equal(pipe(ends), 0);
    sink.fd = ends[1];
    fixture->records[0] = tiny_record(kh_batch_arena(fixture->batch), 0, "%s",
                                      "{\"id\":\"1\",\"type\":\"open\",\"data\":"
                                      "{\"account\":\"canary\",\"owner\":\"canary\"}}");
    fixture->records[1] = tiny_record(kh_batch_arena(fixture->batch), 1, "%s",
                                      "{\"id\":\"2\",\"type\":\"open\",\"data\":"
                                      "{\"account\":{\"x\":\"canary\"},\"owner\":\"canary\"}}");
    assert_int_equal(kh_batch_run(fixture->batch, fixture->records, 2, INT64_MAX,
                                  (struct kh_log){ .sink = &sink }, NULL, &fixture->result),
                     KH_OK);
    close(ends[1]);
    length = read(ends[0], text, sizeof text - 1);
    close(ends[0]);
    assert_true(length > 0);
    text[length] = '\0';
    assert_null(strstr(text, "canary"));
    assert_non_null(
        strstr(text, "\"level\":\"WARN\",\"message\":\"the record was dead-lettered\""));
    assert_non_null(strstr(text, "\"eventId\":\"2\""));
    assert_non_null(strstr(text, "\"pointer\":\"/data/account\""));
    assert_non_null(strstr(text, "\"level\":\"DEBUG\",\"message\":\"the event was applied\""));
}

/* Event ids sent again and again by several threads: each has one effect. */
struct worker {
    struct kh_store *store;
    uint64_t seed;
    pthread_t thread;
    size_t done;
};

#define WORKERS 4
#define ROUNDS 200
#define IDS 300

static void *work(void *argument)
{
    struct worker *worker = argument;
    const struct kh_batch_options options = { .service = &tiny_service,
                                              .store = worker->store,
                                              .clock = kh_clock_system(),
                                              .max_record_size = 1000 };
    struct kh_batch *batch = kh_batch_new(&options);

    for (size_t round = 0; round < ROUNDS; round++) {
        struct kh_record records[8];
        struct kh_batch_result result;

        kh_batch_reset(batch);
        for (size_t i = 0; i < 8; i++) {
            worker->seed = worker->seed * 6364136223846793005U + 1442695040888963407U;
            records[i] =
                tiny_record(kh_batch_arena(batch), i,
                            "{\"id\":\"%d\",\"type\":\"deposit\",\"data\":"
                            "{\"account\":\"a%d\",\"amount\":1}}",
                            (int)(worker->seed >> 33) % IDS, (int)(worker->seed >> 33) % 3);
        }
        if (kh_batch_run(batch, records, 8, INT64_MAX, (struct kh_log){ 0 }, NULL, &result) ==
            KH_OK) {
            worker->done += result.done;
        }
    }
    kh_batch_destroy(batch);
    return NULL;
}

static void applies_an_event_once_in_several_threads(void **state)
{
    struct fixture *fixture = *state;
    struct worker workers[WORKERS];
    size_t done = 0;

    RUN(fixture, OPEN("o0", "a0"), OPEN("o1", "a1"), OPEN("o2", "a2"));
    for (size_t i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){ .store = fixture->store.inner, .seed = i + 1 };
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < WORKERS; i++) {
        pthread_join(workers[i].thread, NULL);
        done += workers[i].done;
    }
    assert_int_equal(
        balance_of(fixture, "a0") + balance_of(fixture, "a1") + balance_of(fixture, "a2"), done);
    assert_in_range(done, IDS - 20, IDS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(applies_events_in_one_commit),
        TEST(does_nothing_for_an_empty_batch),
        TEST(applies_an_event_once),
        TEST(tries_an_event_again_that_was_refused_before),
        TEST(skips_types_without_schema),
        TEST(sets_aside_what_can_never_succeed),
        TEST(lists_all_violations_with_pointers),
        TEST(commits_before_a_dead_letter),
        TEST(stops_where_a_dead_letter_cannot_be_written),
        TEST(writes_dead_letters_together_before_what_is_behind_them),
        TEST(nothing_behind_an_unwritten_dead_letter_has_an_effect),
        TEST(writes_no_dead_letter_into_the_stream_it_came_from),
        TEST(leaves_the_bytes_out_of_a_dead_letter_that_its_target_can_not_take),
        TEST(stops_at_a_dead_letter_without_target),
        TEST(drops_the_changes_of_a_refused_event),
        TEST(stops_when_the_store_fails),
        TEST(retries_all_when_marks_cannot_be_asked),
        TEST(reports_the_first_uncommitted_record),
        TEST(takes_records_in_smaller_units_after_a_conflict),
        TEST(a_poisoned_record_costs_its_neighbours_few_commits),
        TEST(a_remote_store_is_asked_once_and_told_once),
        TEST(commits_before_a_remote_store_holds_no_more),
        TEST(a_remote_store_that_does_not_answer_is_retried),
        TEST(a_row_that_can_not_be_read_costs_its_own_records_only),
        TEST(applies_again_what_comes_again_if_ids_are_ignored),
        TEST(gives_a_conflict_up_after_three_attempts),
        TEST(writes_no_dead_letter_twice_after_a_conflict),
        TEST(sees_what_was_applied_elsewhere_meanwhile),
        TEST(counts_attempts_for_each_record),
        TEST(sets_nothing_aside_that_was_applied_meanwhile),
        TEST(reads_marks_again_before_it_sets_aside),
        TEST(sets_aside_what_the_store_never_takes),
        TEST(starts_no_record_without_time_but_always_the_first),
        TEST(refuses_records_that_are_too_large_or_not_opened),
        TEST(only_validates_when_asked_to),
        TEST(gives_a_reason_for_a_bare_status),
        TEST(does_not_apply_half_of_what_failed),
        TEST(binds_the_event_to_the_log),
        TEST(logs_failures_without_payload),
        TEST(applies_an_event_once_in_several_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
