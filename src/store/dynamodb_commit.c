/*
 * A commit as one transaction, or as one plain write if it is one: a row and its marks are one item, which
 * costs half as much without a transaction.
 */
#include <stdio.h>

#include "aws/uuid.h"
#include "store/dynamodb_action.h"
#include "store/dynamodb_json.h"

/* DynamoDB's limits for one transaction. */
#define MAX_ACTIONS 100
#define MAX_BYTES ((size_t)4 << 20)

/* A commit on its way. */
struct work {
    struct kh__dynamodb *dynamodb;
    const struct kh_call *call;
    const struct kh_commit *commit;
    struct kh__ring_id *ids; /* of all marks, in the order of their homes */
    struct kh__action actions[MAX_ACTIONS];
    size_t count;
    size_t bytes;
};

static enum kh_status too_large(const struct work *work)
{
    return kh_fail(work->call->error, KH_TOO_LARGE,
                   "more than one transaction of DynamoDB can hold (%d writes, 4 MB)", MAX_ACTIONS);
}

static enum kh_status add_action(struct work *work, const struct kh__action *action)
{
    if (work->count == MAX_ACTIONS || work->bytes + action->body.length > MAX_BYTES) {
        return too_large(work);
    }
    work->actions[work->count++] = *action;
    work->bytes += action->body.length;
    return KH_OK;
}

static enum kh_status add_mark(struct work *work, const struct kh__ring_id *id, bool must_be_new)
{
    struct kh__action action;

    KH_TRY(kh__action_of_mark(work->dynamodb, work->call, id, must_be_new, &action));
    return add_action(work, &action);
}

static enum kh_status add_change(struct work *work, const struct kh_change *change,
                                 struct kh__new_marks marks)
{
    struct kh__new_marks spilled;
    struct kh__action action;

    KH_TRY(kh__action_of_change(work->dynamodb, work->call, change, marks, &action, &spilled));
    KH_TRY(add_action(work, &action));
    for (size_t i = 0; i < spilled.count; i++) {
        KH_TRY(add_mark(work, &spilled.ids[i], false));
    }
    return KH_OK;
}

/* The ids of the marks that are at home in this change, appended to those before. */
static enum kh_status gather_ids(struct work *work, size_t home, size_t *used,
                                 struct kh__new_marks *out)
{
    const struct kh_commit *commit = work->commit;

    *out = (struct kh__new_marks){ .ids = work->ids + *used };
    for (size_t i = 0; i < commit->mark_count; i++) {
        if (commit->marks[i].home == home) {
            KH_TRY(kh__ring_id_of(commit->marks[i].id, &work->ids[*used]));
            (*used)++;
            out->count++;
        }
    }
    return KH_OK;
}

static enum kh_status gather_actions(struct work *work)
{
    const struct kh_commit *commit = work->commit;
    struct kh__new_marks marks;
    size_t used = 0;

    work->ids = kh_arena_alloc(work->call->arena, commit->mark_count * sizeof *work->ids);
    if (work->ids == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < commit->change_count; i++) {
        KH_TRY(gather_ids(work, i, &used, &marks));
        KH_TRY(add_change(work, &commit->changes[i], marks));
    }
    KH_TRY(gather_ids(work, KH_HOMELESS, &used, &marks));
    for (size_t i = 0; i < marks.count; i++) {
        KH_TRY(add_mark(work, &marks.ids[i], true));
    }
    return KH_OK;
}

/* ---- The answer ---------------------------------------------------------------------------- */

/* What the reasons of a cancelled transaction come to. */
struct reasons {
    bool conflict;  /* a condition did not hold */
    bool contended; /* somebody else was at the same item just then */
    bool throttled;
    bool too_large;
    bool other;
};

static void count_reason(struct reasons *reasons, struct kh_str code)
{
    if (kh_str_equal(code, KH_STR("ConditionalCheckFailed"))) {
        reasons->conflict = true;
    } else if (kh_str_equal(code, KH_STR("TransactionConflict"))) {
        reasons->contended = true;
    } else if (kh_str_equal(code, KH_STR("ProvisionedThroughputExceeded")) ||
               kh_str_equal(code, KH_STR("ThrottlingError"))) {
        reasons->throttled = true;
    } else if (kh_str_equal(code, KH_STR("ValidationError")) ||
               kh_str_equal(code, KH_STR("ItemCollectionSizeLimitExceeded"))) {
        reasons->too_large = true;
    } else if (!kh_str_equal(code, KH_STR("None"))) {
        reasons->other = true;
    }
}

static enum kh_status read_reason(struct kh_json *in, struct reasons *reasons)
{
    struct kh_json_object object;
    struct kh_str code;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("Code"))) {
            KH_TRY(kh_json_read_str(in, &code));
            count_reason(reasons, code);
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static enum kh_status read_reasons(struct kh_json *in, struct reasons *reasons)
{
    struct kh_json_object object;
    struct kh_json_array array;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (!kh_json_member_is(&object, KH_STR("CancellationReasons"))) {
            KH_TRY(kh_json_skip_member(in, &object));
            continue;
        }
        KH_TRY(kh_json_array_begin(in, &array));
        while (kh_json_array_next(in, &array)) {
            KH_TRY(read_reason(in, reasons));
        }
        KH_TRY(kh_json_array_end(in, &array));
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static bool is_error(const struct kh_aws_answer *answer, const char *type)
{
    return kh_str_equal(answer->error_type, kh_str_from(type));
}

static struct reasons reasons_of(const struct kh_aws_answer *answer, struct kh_arena *arena)
{
    struct reasons reasons = { 0 };
    struct kh_error error;
    struct kh_json in;

    kh_error_clear(&error);
    kh_json_init(&in, answer->body, arena, &error);
    if (read_reasons(&in, &reasons) != KH_OK) {
        reasons.other = true;
    }
    return reasons;
}

/* A transaction that only met others at the same time is worth another attempt. */
static enum kh_aws_judgement judge(void *context, const struct kh_aws_answer *answer)
{
    struct reasons reasons;

    if (!is_error(answer, "TransactionCanceledException")) {
        return KH_AWS_FINAL;
    }
    reasons = reasons_of(answer, context);
    if (reasons.conflict || reasons.too_large || reasons.other) {
        return KH_AWS_FINAL;
    }
    return reasons.throttled ? KH_AWS_THROTTLE : KH_AWS_TRANSIENT;
}

static enum kh_status conflict(const struct work *work)
{
    kh_error_clear(work->call->error);
    return kh_fail(work->call->error, KH_CONFLICT,
                   "a row was changed, or an event applied, by somebody else meanwhile");
}

static enum kh_status cancelled(const struct work *work, const struct kh_aws_answer *answer)
{
    struct reasons reasons = reasons_of(answer, work->call->arena);

    if (reasons.conflict) {
        return conflict(work);
    }
    if (reasons.too_large) {
        kh_error_clear(work->call->error);
        return kh_fail(work->call->error, KH_TOO_LARGE,
                       "a row is more than DynamoDB takes: 400 KB, and what its keys may be");
    }
    if (reasons.throttled) {
        kh_error_clear(work->call->error);
        return kh_fail(work->call->error, KH_THROTTLED, "DynamoDB asks to slow down");
    }
    return reasons.contended && !reasons.other ? conflict(work) : KH_STORE;
}

/* The error of an answer as what it means for the commit. */
static enum kh_status failed(const struct work *work, const struct kh_aws_answer *answer)
{
    if (is_error(answer, "ConditionalCheckFailedException") ||
        is_error(answer, "TransactionConflictException")) {
        return conflict(work);
    }
    if (is_error(answer, "TransactionCanceledException")) {
        return cancelled(work, answer);
    }
    if (is_error(answer, "ValidationException") ||
        is_error(answer, "ItemCollectionSizeLimitExceededException")) {
        kh_error_clear(work->call->error);
        return kh_fail(
            work->call->error, KH_TOO_LARGE,
            "DynamoDB does not take the row: 400 KB is the most, and its keys have limits");
    }
    return KH_STORE;
}

/* ---- Sending ------------------------------------------------------------------------------- */

static struct kh_str member_of(enum kh__action_kind kind)
{
    switch (kind) {
    case KH__ACTION_PUT:
        return KH_STR("Put");
    case KH__ACTION_UPDATE:
        return KH_STR("Update");
    case KH__ACTION_DELETE:
        return KH_STR("Delete");
    default:
        return KH_STR("ConditionCheck");
    }
}

static enum kh_status write_transaction(const struct work *work, struct kh_str token,
                                        struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_object_begin(out));
    /* With it the same request, sent again because its answer was lost, has no second effect. */
    KH_TRY(kh__dynamodb_write_text(out, KH_STR("ClientRequestToken"), token));
    KH_TRY(kh__dynamodb_begin_array(out, KH_STR("TransactItems")));
    for (size_t i = 0; i < work->count; i++) {
        KH_TRY(kh_json_write_object_begin(out));
        KH_TRY(kh_json_write_name(out, member_of(work->actions[i].kind)));
        KH_TRY(kh_json_write_raw(out, (struct kh_raw){ work->actions[i].body }));
        KH_TRY(kh_json_write_object_end(out));
    }
    KH_TRY(kh_json_write_array_end(out));
    return kh_json_write_object_end(out);
}

static enum kh_status send_transaction(const struct work *work, struct kh_aws_answer *answer)
{
    char token[KH_UUID_SIZE];
    struct kh_json_writer body;
    enum kh_status status;

    KH_TRY(kh_uuid_make(work->call->error, token));
    kh_json_writer_init(&body);
    status = write_transaction(work, kh_str_from(token), &body);
    if (status == KH_OK) {
        status = kh__dynamodb_call(work->dynamodb, work->call, "TransactWriteItems",
                                   kh_json_writer_text(&body), judge, answer);
    }
    kh_json_writer_clean_up(&body);
    return status;
}

static enum kh_status send(const struct work *work, struct kh_aws_answer *answer)
{
    static const char *const operations[] = { [KH__ACTION_PUT] = "PutItem",
                                              [KH__ACTION_UPDATE] = "UpdateItem",
                                              [KH__ACTION_DELETE] = "DeleteItem" };

    /* Without marks only a transaction's token tells that a write was made whose answer got lost. */
    if (work->count > 1 || work->actions[0].kind == KH__ACTION_CHECK ||
        work->commit->mark_count == 0) {
        return send_transaction(work, answer);
    }
    return kh__dynamodb_call(work->dynamodb, work->call, operations[work->actions[0].kind],
                             work->actions[0].body, NULL, answer);
}

enum kh_status kh__dynamodb_commit(struct kh_store *store, const struct kh_call *call,
                                   const struct kh_commit *commit)
{
    struct work *work = kh_arena_alloc(call->arena, sizeof *work);
    struct kh_aws_answer answer = { .error_type = KH_STR_INIT("") };
    enum kh_status status = KH_NO_MEMORY;

    if (work != NULL) {
        *work = (struct work){ .dynamodb = kh__dynamodb_of(store), .call = call, .commit = commit };
        status = gather_actions(work);
        if (status == KH_OK && work->count > 0) {
            status = send(work, &answer);
        }
    }
    if (status == KH_NO_MEMORY) {
        return kh_fail(call->error, status, "out of memory for a commit to DynamoDB");
    }
    return status == KH_STORE && answer.error_type.length > 0 ? failed(work, &answer) : status;
}
