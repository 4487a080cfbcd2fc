/* The headers of a request, its signature, and the meaning of the answer. */
#include "aws/attempt.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "aws/crc32.h"
#include "aws/service_error.h"
#include "aws/sign.h"

/*
 * For name, connection and TLS together. AWS's own tools give 1.1 s within a region; a small function
 * that starts needs more than that for TLS alone.
 */
#define CONNECT_TIMEOUT_MS 3100L
#define HEADER_LIMIT 8

/* ---- The request ------------------------------------------------------------------------ */

/* "Name: value" */
static const char *format_header(struct kh_arena *arena, struct kh_aws_header header)
{
    size_t size = header.name.length + header.value.length + sizeof ": ";
    char *line = kh_arena_alloc(arena, size);

    if (line != NULL) {
        (void)snprintf(line, size, "%.*s: %.*s", KH_STR_ARG(header.name), KH_STR_ARG(header.value));
    }
    return line;
}

static size_t list_headers(const struct kh_aws_attempt *attempt, const char *date,
                           const char *progress, struct kh_aws_header out[HEADER_LIMIT])
{
    size_t count = 0;

    out[count++] = (struct kh_aws_header){ KH_STR("Host"), kh_str_from(attempt->endpoint->host) };
    out[count++] = (struct kh_aws_header){ KH_STR("Content-Type"),
                                           kh_str_from(attempt->request->content_type) };
    out[count++] = (struct kh_aws_header){ KH_STR("X-Amz-Date"), kh_str_from(date) };
    out[count++] =
        (struct kh_aws_header){ KH_STR("X-Amz-Target"), kh_str_from(attempt->request->target) };
    out[count++] =
        (struct kh_aws_header){ KH_STR("amz-sdk-invocation-id"), kh_str_from(attempt->id) };
    out[count++] = (struct kh_aws_header){ KH_STR("amz-sdk-request"), kh_str_from(progress) };
    if (attempt->credentials->token.length > 0) {
        out[count++] =
            (struct kh_aws_header){ KH_STR("X-Amz-Security-Token"), attempt->credentials->token };
    }
    return count;
}

/* The lines of all headers, Authorization the last of them. */
static enum kh_status make_lines(const struct kh_aws_attempt *attempt, struct kh_arena *arena,
                                 const char *lines[HEADER_LIMIT], size_t *count)
{
    struct kh_aws_header headers[HEADER_LIMIT];
    struct kh_aws_signing signing = { .key_id = attempt->credentials->key_id,
                                      .secret = attempt->credentials->secret,
                                      .region = kh_str_from(attempt->endpoint->region),
                                      .service = kh_str_from(attempt->service),
                                      .headers = headers,
                                      .body = attempt->request->body };
    char date[KH_AWS_DATE_SIZE];
    char progress[48];

    kh_aws_format_date(kh_clock_wall_ms(attempt->clock) + attempt->clock_offset_ms, date);
    (void)snprintf(progress, sizeof progress, "attempt=%u; max=%u", attempt->number, attempt->max);
    *count = list_headers(attempt, date, progress, headers);
    signing.date = date;
    signing.header_count = *count;
    headers[*count].name = KH_STR("Authorization");
    KH_TRY(kh_aws_sign(&signing, arena, &headers[*count].value));
    *count += 1;
    for (size_t i = 0; i < *count; i++) {
        lines[i] = format_header(arena, headers[i]);
        if (lines[i] == NULL) {
            return KH_NO_MEMORY;
        }
    }
    return KH_OK;
}

/* The line with the session token. */
static void wipe_lines(const char *const *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        explicit_bzero((void *)(uintptr_t)lines[i], strlen(lines[i]));
    }
}

/*
 * libcurl itself sends again when a kept connection turns out dead, but gives that up every fifth time
 * in the life of a client.
 */
static enum kh_status send_surely(const struct kh_aws_attempt *attempt, struct kh_http_client *http,
                                  struct kh_http_request *request, struct kh_error *error,
                                  struct kh_http_response *response)
{
    unsigned sendings;
    int64_t left_ms;
    struct kh_error first;
    enum kh_status status;

    kh_error_clear(&first);
    status = kh_http_client_send(http, request, &first, response);
    left_ms = attempt->request->deadline_ms - kh_clock_wall_ms(attempt->clock);
    if (status != KH_IO || !response->unheard || left_ms <= 0) {
        return status == KH_OK ? KH_OK : kh_fail(error, status, "%s", first.reason);
    }
    sendings = response->sendings;
    request->fresh = true;
    request->timeout_ms = left_ms < request->timeout_ms ? (long)left_ms : request->timeout_ms;
    status = kh_http_client_send(http, request, error, response);
    response->sendings += sendings;
    return status;
}

static enum kh_status send_request(const struct kh_aws_attempt *attempt,
                                   struct kh_aws_connection *connection, struct kh_error *error,
                                   struct kh_http_response *response)
{
    const char *lines[HEADER_LIMIT];
    struct kh_http_request request = { .url = attempt->endpoint->url,
                                       .in_clear = attempt->endpoint->in_clear,
                                       .method = KH_HTTP_POST,
                                       .body = attempt->request->body,
                                       .headers = lines,
                                       .timeout_ms = attempt->timeout_ms,
                                       .connect_timeout_ms = CONNECT_TIMEOUT_MS };
    enum kh_status status;

    kh_arena_reset(&connection->scratch);
    *response = (struct kh_http_response){ .body = KH_STR("") };
    if (make_lines(attempt, &connection->scratch, lines, &request.header_count) != KH_OK) {
        return kh_fail(error, KH_NO_MEMORY, "out of memory for a request");
    }
    status = send_surely(attempt, connection->http, &request, error, response);
    wipe_lines(lines, request.header_count);
    return status;
}

/* ---- The answer ------------------------------------------------------------------------- */

/* A header of digits and nothing else; -1 when there is none. */
static int64_t header_number(struct kh_http_client *http, const char *name)
{
    const char *text = kh_http_client_header(http, name);
    size_t digits = text == NULL ? 0 : strspn(text, "0123456789");

    return digits == 0 || digits > 18 || text[digits] != '\0' ? -1 : strtoll(text, NULL, 10);
}

static void read_clock(const struct kh_aws_attempt *attempt, struct kh_http_client *http,
                       struct kh_aws_outcome *outcome)
{
    const char *date = kh_http_client_header(http, "Date");
    struct tm parts = { 0 };

    outcome->has_clock =
        date != NULL && strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &parts) != NULL;
    if (outcome->has_clock) {
        outcome->clock_offset_ms =
            (int64_t)timegm(&parts) * 1000 - kh_clock_wall_ms(attempt->clock);
    }
}

static bool checksum_is_right(struct kh_http_client *http, struct kh_str body)
{
    int64_t expected = header_number(http, "x-amz-crc32");

    return expected < 0 || expected == (int64_t)kh_crc32(body);
}

static void end(struct kh_aws_outcome *outcome, enum kh_status status)
{
    outcome->next = KH_AWS_NEXT_NOTHING;
    outcome->status = status;
}

static void repeat(struct kh_aws_outcome *outcome, enum kh_status status,
                   enum kh_aws_failure failure)
{
    outcome->next = KH_AWS_NEXT_REPEAT;
    outcome->status = status;
    outcome->failure = failure;
}

/* Type and, if it is one that may be repeated, message of an error. */
static void tell_error(struct kh_http_client *http, const struct kh_aws_answer *answer,
                       struct kh_error *why)
{
    const char *id = kh_http_client_header(http, "x-amzn-RequestId");
    bool tell = kh_aws_error_is_harmless(answer->error_type) && answer->error_message.length > 0;
    size_t id_length = id == NULL ? 0 : strlen(id);

    id = id_length > 64 || id_length == 0 ? "none" : id;
    if (answer->error_type.length == 0) {
        (void)kh_fail(why, KH_STORE, "the answer was HTTP %ld (request id %s)", answer->code, id);
        return;
    }
    (void)kh_fail(why, KH_STORE, "%.*s (request id %s)%s%.*s", KH_STR_ARG(answer->error_type), id,
                  tell ? ": " : "", tell ? (int)answer->error_message.length : 0,
                  answer->error_message.data);
}

/* What is final by the rules may not be so for the caller. */
static void ask_caller(const struct kh_aws_request *request, const struct kh_aws_answer *answer,
                       struct kh_aws_outcome *outcome)
{
    enum kh_aws_judgement judgement =
        request->judge == NULL ? KH_AWS_FINAL : request->judge(request->judge_context, answer);

    if (judgement == KH_AWS_THROTTLE) {
        repeat(outcome, KH_STORE, KH_AWS_FAILED_THROTTLED);
    } else if (judgement == KH_AWS_TRANSIENT) {
        repeat(outcome, KH_STORE, KH_AWS_FAILED_TRANSIENT);
    }
}

static void judge_error(const struct kh_aws_attempt *attempt, struct kh_http_client *http,
                        struct kh_arena *arena, struct kh_aws_outcome *outcome,
                        struct kh_aws_answer *answer)
{
    if (kh_aws_error_parse(answer->body, kh_http_client_header(http, "x-amzn-ErrorType"), arena,
                           &answer->error_type, &answer->error_message) != KH_OK) {
        end(outcome, kh_fail(&outcome->why, KH_NO_MEMORY, "out of memory for an answer"));
        return;
    }
    tell_error(http, answer, &outcome->why);
    /* A server that fails may have done its work before. */
    answer->maybe_applied = answer->maybe_applied || answer->code >= 500;
    end(outcome, KH_STORE);
    switch (kh_aws_error_classify(answer->code, answer->error_type)) {
    case KH_AWS_ERROR_THROTTLED:
        repeat(outcome, KH_THROTTLED, KH_AWS_FAILED_THROTTLED);
        break;
    case KH_AWS_ERROR_TRANSIENT:
        repeat(outcome, KH_STORE, KH_AWS_FAILED_TRANSIENT);
        break;
    case KH_AWS_ERROR_CREDENTIALS:
        outcome->next = KH_AWS_NEXT_CREDENTIALS;
        break;
    case KH_AWS_ERROR_CLOCK:
        outcome->next = KH_AWS_NEXT_CLOCK;
        break;
    case KH_AWS_ERROR_FINAL:
        ask_caller(attempt->request, answer, outcome);
        break;
    }
}

/* No whole answer. */
static void judge_failure(enum kh_status status, const struct kh_http_response *response,
                          struct kh_aws_outcome *outcome, struct kh_aws_answer *answer)
{
    answer->maybe_applied = answer->maybe_applied || response->sendings > 0;
    if (status == KH_TIMEOUT) {
        repeat(outcome, status, KH_AWS_FAILED_TIMEOUT);
    } else if (status == KH_IO) {
        repeat(outcome, status, KH_AWS_FAILED_TRANSIENT);
    } else {
        /* Too large, to others, is a record. */
        end(outcome, status == KH_TOO_LARGE ? KH_STORE : status);
    }
}

void kh_aws_attempt_make(const struct kh_aws_attempt *attempt, struct kh_aws_connection *connection,
                         struct kh_arena *arena, struct kh_aws_outcome *outcome,
                         struct kh_aws_answer *answer)
{
    struct kh_http_client *http = connection->http;
    struct kh_http_response response;
    struct kh_str body;
    enum kh_status status;

    *answer = (struct kh_aws_answer){ .body = KH_STR(""),
                                      .error_type = KH_STR(""),
                                      .error_message = KH_STR(""),
                                      .maybe_applied = answer->maybe_applied };
    *outcome = (struct kh_aws_outcome){ .retry_after_ms = -1 };
    kh_error_clear(&outcome->why);
    status = send_request(attempt, connection, &outcome->why, &response);
    if (status != KH_OK) {
        judge_failure(status, &response, outcome, answer);
        return;
    }
    /* The first sending had no answer. */
    answer->maybe_applied = answer->maybe_applied || response.sendings > 1;
    read_clock(attempt, http, outcome);
    outcome->retry_after_ms = header_number(http, "x-amz-retry-after");
    if (!checksum_is_right(http, response.body)) {
        status = kh_fail(&outcome->why, KH_IO, "the checksum of the answer is wrong");
        judge_failure(status, &response, outcome, answer);
        return;
    }
    answer->code = response.code;
    body = kh_arena_copy_padded(arena, response.body);
    if (body.data == NULL) {
        status = kh_fail(&outcome->why, KH_NO_MEMORY, "out of memory for an answer");
        judge_failure(status, &response, outcome, answer);
        return;
    }
    answer->body = body;
    if (response.code >= 200 && response.code <= 299) {
        end(outcome, KH_OK);
        return;
    }
    judge_error(attempt, http, arena, outcome, answer);
}
