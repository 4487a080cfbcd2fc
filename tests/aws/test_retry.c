/* How many attempts, after which pauses, and for how many tokens: the figures of both retry modes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aws/retry.h"
#include "aws/service_error.h"
#include "aws/timing.h"

#define ALMOST_1 0x1.fffffffffffffp-1
#define ROUNDS 100000

/* Just below the bound of retries 0, 1, … of each mode and failure. */
static void pauses_are_bounded_as_the_modes_say(void **state)
{
    static const struct {
        const char *service;
        bool of_2026;
        enum kh_aws_failure failure;
        int64_t bounds[8];
    } cases[] = {
        { "dynamodb",
          false,
          KH_AWS_FAILED_THROTTLED,
          { 1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000 } },
        { "kinesis",
          false,
          KH_AWS_FAILED_TRANSIENT,
          { 1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000 } },
        { "kinesis",
          false,
          KH_AWS_FAILED_TIMEOUT,
          { 1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000 } },
        { "dynamodb",
          true,
          KH_AWS_FAILED_THROTTLED,
          { 1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000 } },
        { "dynamodb", true, KH_AWS_FAILED_TRANSIENT, { 25, 50, 100, 200, 400, 800, 1600, 3200 } },
        { "dynamodb", true, KH_AWS_FAILED_TIMEOUT, { 25, 50, 100, 200, 400, 800, 1600, 3200 } },
        { "sqs", true, KH_AWS_FAILED_TRANSIENT, { 50, 100, 200, 400, 800, 1600, 3200, 6400 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct kh_aws_retry_mode *mode =
            kh_aws_retry_mode(cases[i].service, cases[i].of_2026);

        for (unsigned retry = 0; retry < 8; retry++) {
            assert_int_equal(kh_aws_retry_delay_ms(mode, cases[i].failure, retry, -1, ALMOST_1),
                             cases[i].bounds[retry] - 1);
            assert_int_equal(kh_aws_retry_delay_ms(mode, cases[i].failure, retry, -1, 0.5),
                             cases[i].bounds[retry] / 2);
            assert_int_equal(kh_aws_retry_delay_ms(mode, cases[i].failure, retry, -1, 0), 0);
        }
        assert_int_equal(kh_aws_retry_delay_ms(mode, cases[i].failure, UINT32_MAX, -1, ALMOST_1),
                         19999);
    }
}

static void random_pauses_stay_in_their_bounds_and_fill_them(void **state)
{
    const struct kh_aws_timing timing = kh_aws_timing_system();
    const struct kh_aws_retry_mode *mode = kh_aws_retry_mode("dynamodb", false);
    unsigned quarters[4] = { 0 };

    (void)state;
    for (unsigned i = 0; i < ROUNDS; i++) {
        double random = timing.random(timing.context);
        int64_t delay_ms = kh_aws_retry_delay_ms(mode, KH_AWS_FAILED_TRANSIENT, i % 7, -1, random);
        int64_t bound_ms = INT64_C(1000) << i % 7;

        bound_ms = bound_ms < 20000 ? bound_ms : 20000;
        assert_true(random >= 0 && random < 1);
        assert_true(delay_ms >= 0 && delay_ms < bound_ms);
        quarters[delay_ms * 4 / bound_ms]++;
    }
    for (unsigned i = 0; i < 4; i++) {
        assert_true(quarters[i] > ROUNDS / 5);
    }
}

static void a_wish_of_the_service_makes_a_pause_longer_by_five_seconds_at_most(void **state)
{
    const struct kh_aws_retry_mode *mode = kh_aws_retry_mode("kinesis", true);
    static const struct {
        int64_t wish_ms, delay_ms;
    } cases[] = { { -1, 500 },    { 0, 500 },     { 499, 500 },     { 501, 501 },
                  { 5500, 5500 }, { 5501, 5500 }, { 1000000, 5500 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(
            kh_aws_retry_delay_ms(mode, KH_AWS_FAILED_THROTTLED, 0, cases[i].wish_ms, 0.5),
            cases[i].delay_ms);
    }
    /* The classic mode does not know it. */
    assert_int_equal(kh_aws_retry_delay_ms(kh_aws_retry_mode("kinesis", false),
                                           KH_AWS_FAILED_THROTTLED, 0, 9000, 0.5),
                     500);
}

static void attempts_and_costs_are_those_of_the_modes(void **state)
{
    const struct kh_aws_retry_mode *classic = kh_aws_retry_mode("dynamodb", false);
    const struct kh_aws_retry_mode *dynamodb = kh_aws_retry_mode("dynamodb", true);
    const struct kh_aws_retry_mode *other = kh_aws_retry_mode("kinesis", true);

    (void)state;
    assert_int_equal(classic->max_attempts, 3);
    assert_int_equal(dynamodb->max_attempts, 4);
    assert_int_equal(other->max_attempts, 3);
    assert_int_equal(classic->cost[KH_AWS_FAILED_THROTTLED], 5);
    assert_int_equal(classic->cost[KH_AWS_FAILED_TRANSIENT], 5);
    assert_int_equal(classic->cost[KH_AWS_FAILED_TIMEOUT], 10);
    assert_int_equal(other->cost[KH_AWS_FAILED_THROTTLED], 5);
    assert_int_equal(other->cost[KH_AWS_FAILED_TRANSIENT], 14);
    assert_int_equal(dynamodb->cost[KH_AWS_FAILED_TIMEOUT], 14);
}

static void the_quota_ends_and_comes_back(void **state)
{
    struct kh_aws_retry_quota quota;
    struct kh_error error;
    unsigned taken = 0;

    (void)state;
    kh_error_clear(&error);
    assert_int_equal(kh_aws_retry_quota_init(&quota, &error), KH_OK);
    while (kh_aws_retry_quota_take(&quota, 14)) {
        taken++;
    }
    assert_int_equal(taken, 500 / 14);
    assert_int_equal(quota.tokens, 500 % 14);
    kh_aws_retry_quota_give_back(&quota, 0);
    assert_int_equal(quota.tokens, 500 % 14 + 1);
    kh_aws_retry_quota_give_back(&quota, 14);
    assert_true(kh_aws_retry_quota_take(&quota, 14));
    for (int i = 0; i < 1000; i++) {
        kh_aws_retry_quota_give_back(&quota, 10);
    }
    assert_int_equal(quota.tokens, 500);
    kh_aws_retry_quota_clean_up(&quota);
}

static void errors_are_of_the_class_that_helps_against_them(void **state)
{
    static const struct {
        long code;
        const char *type;
        enum kh_aws_error_class class;
    } cases[] = {
        { 400, "ThrottlingException", KH_AWS_ERROR_THROTTLED },
        { 400, "ProvisionedThroughputExceededException", KH_AWS_ERROR_THROTTLED },
        { 400, "TransactionInProgressException", KH_AWS_ERROR_THROTTLED },
        { 503, "SlowDown", KH_AWS_ERROR_THROTTLED },
        { 429, "", KH_AWS_ERROR_THROTTLED },
        { 500, "", KH_AWS_ERROR_TRANSIENT },
        { 502, "", KH_AWS_ERROR_TRANSIENT },
        { 503, "ServiceUnavailable", KH_AWS_ERROR_TRANSIENT },
        { 504, "Anything", KH_AWS_ERROR_TRANSIENT },
        { 501, "", KH_AWS_ERROR_FINAL },
        { 400, "RequestTimeoutException", KH_AWS_ERROR_TRANSIENT },
        { 409, "ReplicatedWriteConflictException", KH_AWS_ERROR_TRANSIENT },
        { 400, "TransactionConflictException", KH_AWS_ERROR_TRANSIENT },
        { 400, "ExpiredTokenException", KH_AWS_ERROR_CREDENTIALS },
        { 400, "UnrecognizedClientException", KH_AWS_ERROR_CREDENTIALS },
        { 403, "InvalidSignatureException", KH_AWS_ERROR_CLOCK },
        { 403, "RequestTimeTooSkewed", KH_AWS_ERROR_CLOCK },
        { 400, "ConditionalCheckFailedException", KH_AWS_ERROR_FINAL },
        { 400, "TransactionCanceledException", KH_AWS_ERROR_FINAL },
        { 400, "ValidationException", KH_AWS_ERROR_FINAL },
        { 400, "Throttling ", KH_AWS_ERROR_FINAL },
        { 400, "", KH_AWS_ERROR_FINAL },
        { 403, "", KH_AWS_ERROR_FINAL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(kh_aws_error_classify(cases[i].code, kh_str_from(cases[i].type)),
                         cases[i].class);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pauses_are_bounded_as_the_modes_say),
        cmocka_unit_test(random_pauses_stay_in_their_bounds_and_fill_them),
        cmocka_unit_test(a_wish_of_the_service_makes_a_pause_longer_by_five_seconds_at_most),
        cmocka_unit_test(attempts_and_costs_are_those_of_the_modes),
        cmocka_unit_test(the_quota_ends_and_comes_back),
        cmocka_unit_test(errors_are_of_the_class_that_helps_against_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
