#include "kinesis/put.h"

#include <inttypes.h>

#include "kh/utf8.h"
#include "kinesis/put_order.h"

/* What is under way. */
struct put {
    struct kh_putter *putter;
    const struct kh_call *call;
    struct kh_put_record *records;
    struct kh__put_order order;
    size_t sent[KH_PUT_RECORDS]; /* the records of the request at hand */
    size_t sent_count;
    struct kh_str reason; /* why a record was refused last; in `reason_text` */
    char reason_text[64];
    unsigned retry;      /* rounds in a row that left something undone */
    int64_t progress_ms; /* when a record was taken last */
    bool was_refused;    /* something, in the request at hand */
    bool was_taken;
};

enum kh_status kh_put_check(const struct kh_put_record *record, size_t max_size,
                            struct kh_error *error)
{
    size_t size = record->data.length + record->partition_key.length;
    size_t length = kh_utf8_count(record->partition_key);

    if (length == 0 || length > KH_PUT_KEY_LENGTH) {
        return kh_fail(error, KH_INVALID,
                       "a partition key has 1 to %d characters, this one would have %zu",
                       KH_PUT_KEY_LENGTH, length);
    }
    if (size > max_size) {
        return kh_fail(error, KH_TOO_LARGE,
                       "the record has %zu bytes with its key, %zu are allowed", size, max_size);
    }
    return KH_OK;
}

/* ---- Time ---------------------------------------------------------------------------------- */

static int64_t now_ms(const struct put *put)
{
    return kh_clock_wall_ms(kh__kinesis_timing(put->putter->stream)->clock);
}

/* Until when it is tried, if nothing is taken any more. */
static int64_t limit_ms(const struct put *put)
{
    int64_t patience_ms = put->putter->patience_ms;

    if (patience_ms == 0 || put->progress_ms > put->call->deadline_ms - patience_ms) {
        return put->call->deadline_ms;
    }
    return put->progress_ms + patience_ms;
}

/* So many in a request: with a rate, what it allows in a tenth of a second. */
static size_t request_limit(const struct kh_putter *putter)
{
    size_t limit = putter->rate / 10;

    if (putter->rate == 0 || limit > KH_PUT_RECORDS) {
        return KH_PUT_RECORDS;
    }
    return limit == 0 ? 1 : limit;
}

/* Waits until the rate allows the next request, and books it. */
static void keep_pace(const struct put *put)
{
    struct kh_putter *putter = put->putter;
    const struct kh_aws_timing *timing = kh__kinesis_timing(putter->stream);
    int64_t now_ns = kh_clock_monotonic_ns(timing->clock);

    if (putter->rate == 0) {
        return;
    }
    if (now_ns < putter->next_ns) {
        timing->sleep_ms(timing->context, (putter->next_ns - now_ns + 999999) / 1000000);
    } else {
        putter->next_ns = now_ns;
    }
    putter->next_ns += (int64_t)(put->sent_count * UINT64_C(1000000000) / putter->rate);
}

/* ---- A request ----------------------------------------------------------------------------- */

static void choose(struct put *put)
{
    size_t limit = request_limit(put->putter);
    size_t bytes = 0;

    put->sent_count = 0;
    while (put->sent_count < limit) {
        size_t next = kh__put_order_first(&put->order);

        if (next == KH__PUT_NONE) {
            return;
        }
        bytes += put->records[next].data.length + put->records[next].partition_key.length;
        if (bytes > KH_PUT_BYTES && put->sent_count > 0) {
            return;
        }
        kh__put_order_take(&put->order);
        put->sent[put->sent_count++] = next;
    }
}

static enum kh_status write_record(const struct kh_put_record *record, struct kh_json_writer *out)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("Data")));
    KH_TRY(kh_json_write_base64(out, record->data));
    KH_TRY(kh_json_write_name(out, KH_STR("PartitionKey")));
    KH_TRY(kh_json_write_str(out, record->partition_key));
    if (record->explicit_hash_key.length > 0) {
        KH_TRY(kh_json_write_name(out, KH_STR("ExplicitHashKey")));
        KH_TRY(kh_json_write_str(out, record->explicit_hash_key));
    }
    return kh_json_write_object_end(out);
}

static enum kh_status write_request(const struct put *put, struct kh_json_writer *out)
{
    kh_json_writer_reset(out);
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh__kinesis_write_stream(put->putter->stream, out));
    KH_TRY(kh_json_write_name(out, KH_STR("Records")));
    KH_TRY(kh_json_write_array_begin(out));
    for (size_t i = 0; i < put->sent_count; i++) {
        KH_TRY(write_record(&put->records[put->sent[i]], out));
    }
    KH_TRY(kh_json_write_array_end(out));
    return kh_json_write_object_end(out);
}

/* ---- Its answer ---------------------------------------------------------------------------- */

/* What became of one record: `refusal` is empty if it was taken. */
static enum kh_status read_fate(struct kh_json *in, struct kh_str *refusal)
{
    struct kh_json_object object;

    *refusal = KH_STR("");
    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (!kh_json_member_is(&object, KH_STR("ErrorCode"))) {
            KH_TRY(kh_json_skip_member(in, &object));
        } else if (!kh_json_take_null(in)) {
            KH_TRY(kh_json_read_str(in, refusal));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

static void keep_reason(struct put *put, struct kh_str reason)
{
    size_t length =
        reason.length < sizeof put->reason_text ? reason.length : sizeof put->reason_text;

    memcpy(put->reason_text, reason.data, length);
    put->reason = (struct kh_str){ put->reason_text, length };
}

/* `taken[i]` tells of sent[i]. */
static enum kh_status read_fates(struct put *put, struct kh_json *in, bool *taken, size_t *count)
{
    struct kh_json_array array;
    struct kh_str refusal;

    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        KH_TRY(read_fate(in, &refusal));
        if (*count < put->sent_count) {
            taken[*count] = refusal.length == 0;
        }
        if (refusal.length > 0) {
            keep_reason(put, refusal);
        }
        ++*count;
    }
    return kh_json_array_end(in, &array);
}

static enum kh_status read_answer(struct put *put, struct kh_json *in, bool *taken, size_t *count)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        if (kh_json_member_is(&object, KH_STR("Records"))) {
            KH_TRY(read_fates(put, in, taken, count));
        } else {
            KH_TRY(kh_json_skip_member(in, &object));
        }
    }
    return kh_json_object_end(in, &object, NULL, NULL, NULL, 0);
}

/* Those of the request go back to where they came from, or on. */
static void settle(struct put *put, const bool *taken)
{
    put->was_refused = false;
    put->was_taken = false;
    for (size_t i = put->sent_count; i-- > 0;) {
        if (taken[i]) {
            put->was_taken = true;
        } else {
            put->was_refused = true;
            put->putter->refusals++;
            kh__put_order_refused(&put->order, put->sent[i]);
        }
    }
    for (size_t i = 0; i < put->sent_count; i++) {
        if (taken[i]) {
            put->records[put->sent[i]].is_put = true;
            kh__put_order_put(&put->order, put->sent[i]);
        }
    }
}

static enum kh_status take_answer(struct put *put, const struct kh_aws_answer *answer)
{
    struct kh_str name = kh_kinesis_stream_name(put->putter->stream);
    bool taken[KH_PUT_RECORDS] = { false };
    struct kh_error unreadable;
    size_t count = 0;
    struct kh_json in;

    kh_error_clear(&unreadable);
    kh_json_init(&in, answer->body, put->call->arena, &unreadable);
    if (read_answer(put, &in, taken, &count) != KH_OK) {
        return kh__kinesis_unreadable(put->putter->stream, put->call, "PutRecords", KH_STORE,
                                      unreadable.reason);
    }
    if (count != put->sent_count) {
        return kh_fail(put->call->error, KH_STORE,
                       "stream %.*s: PutRecords: the answer tells of %zu records, %zu were sent",
                       KH_STR_ARG(name), count, put->sent_count);
    }
    put->putter->requests++;
    settle(put, taken);
    return KH_OK;
}

/* ---- All of them --------------------------------------------------------------------------- */

/* A pause, if something is to be sent again. */
static enum kh_status back_off(struct put *put)
{
    struct kh_putter *putter = put->putter;
    struct kh_error why;
    enum kh_status status;

    if (put->was_taken) {
        put->progress_ms = now_ms(put);
    }
    if (!put->was_refused) {
        put->retry = 0;
        return KH_OK;
    }
    kh_error_clear(&why);
    status = kh_aws_client_back_off(kh__kinesis_client(putter->stream), put->retry++, limit_ms(put),
                                    &why);
    if (status == KH_OK) {
        return KH_OK;
    }
    return kh_fail(put->call->error, status,
                   "stream %.*s: PutRecords: records are refused again and again: %.*s",
                   KH_STR_ARG(kh_kinesis_stream_name(putter->stream)), KH_STR_ARG(put->reason));
}

/* The whole request was: as if each of its records had been. */
static enum kh_status refuse_all(struct put *put, const struct kh_aws_answer *answer)
{
    static const bool none[KH_PUT_RECORDS];

    keep_reason(put, answer->error_type);
    settle(put, none);
    return KH_OK;
}

static enum kh_status send(struct put *put, struct kh_json_writer *body)
{
    struct kh_arena_mark mark = kh_arena_mark(put->call->arena);
    struct kh_call call = *put->call;
    struct kh_aws_answer answer;
    struct kh_error why;
    enum kh_status status;

    kh_error_clear(&why);
    call.error = &why;
    KH_TRY(write_request(put, body));
    keep_pace(put);
    status = kh__kinesis_call(put->putter->stream, &call, "PutRecords", kh_json_writer_text(body),
                              &answer);
    put->putter->uncertain += answer.maybe_applied ? put->sent_count : 0;
    if (status == KH_OK) {
        status = take_answer(put, &answer);
    } else if (status == KH_THROTTLED) {
        status = refuse_all(put, &answer);
    } else {
        (void)kh_fail(put->call->error, status, "%s", why.reason);
    }
    kh_arena_release(put->call->arena, mark);
    return status;
}

static enum kh_status send_all(struct put *put, struct kh_json_writer *body)
{
    for (;;) {
        choose(put);
        if (put->sent_count == 0) {
            return KH_OK;
        }
        KH_TRY(send(put, body));
        KH_TRY(back_off(put));
    }
}

enum kh_status kh_put(struct kh_putter *putter, const struct kh_call *call,
                      struct kh_put_record *records, size_t count)
{
    struct kh_arena_mark mark = kh_arena_mark(call->arena);
    struct put put = { .putter = putter, .call = call, .records = records };
    struct kh_json_writer body;
    enum kh_status status;

    put.progress_ms = now_ms(&put);
    kh_json_writer_init(&body);
    status = kh__put_order_init(&put.order, records, count, call->arena);
    if (status == KH_OK) {
        status = send_all(&put, &body);
    }
    kh_json_writer_clean_up(&body);
    kh_arena_release(call->arena, mark);
    if (status == KH_NO_MEMORY) {
        return kh_fail(call->error, status, "stream %.*s: no memory for a request",
                       KH_STR_ARG(kh_kinesis_stream_name(putter->stream)));
    }
    return status;
}
