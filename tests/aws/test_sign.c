/* Signatures, hashes and checksums against known answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "aws/crc32.h"
#include "aws/sha256.h"
#include "aws/sign.h"
#include "aws/uuid.h"

#define KEY_ID "AKIDEXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define DATE "20261123T120000Z"

static void assert_digest(const unsigned char digest[KH_SHA256_SIZE], const char *hex)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < KH_SHA256_SIZE; i++) {
        assert_int_equal(digits[digest[i] >> 4], hex[2 * i]);
        assert_int_equal(digits[digest[i] & 0x0F], hex[2 * i + 1]);
    }
}

static void hashes_are_those_of_the_standards(void **state)
{
    unsigned char digest[KH_SHA256_SIZE];

    (void)state;
    assert_int_equal(kh_sha256(KH_STR(""), digest), KH_OK);
    assert_digest(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_int_equal(kh_sha256(KH_STR("abc"), digest), KH_OK);
    assert_digest(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(kh_hmac_sha256(KH_STR("Jefe"), KH_STR("what do ya want for nothing?"), digest),
                     KH_OK);
    assert_digest(digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void checksums_are_those_of_zlib(void **state)
{
    (void)state;
    assert_true(kh_crc32(KH_STR("")) == 0);
    assert_true(kh_crc32(KH_STR("{}")) == UINT32_C(2745614147));
    assert_true(kh_crc32(KH_STR("123456789")) == UINT32_C(0xCBF43926));
    assert_true(kh_crc32(KH_STR("\xff\xff\xff\xff")) == UINT32_C(0xFFFFFFFF));
}

/* One of three services, in eu-west-1. */
static void assert_signature(const char *service, const char *host, const char *target,
                             const char *content_type, const char *body, const char *token,
                             const char *signature)
{
    const struct kh_aws_header headers[] = {
        { KH_STR("X-Amz-Target"), kh_str_from(target) },
        { KH_STR("Host"), kh_str_from(host) },
        { KH_STR("Content-Type"), kh_str_from(content_type) },
        { KH_STR("X-Amz-Date"), KH_STR(DATE) },
        { KH_STR("X-Amz-Security-Token"), kh_str_from(token) },
    };
    const struct kh_aws_signing signing = { .key_id = KH_STR(KEY_ID),
                                            .secret = KH_STR(SECRET),
                                            .region = KH_STR("eu-west-1"),
                                            .service = kh_str_from(service),
                                            .date = DATE,
                                            .headers = headers,
                                            .header_count = token[0] == '\0' ? 4 : 5,
                                            .body = kh_str_from(body) };
    char expected[512];
    struct kh_arena arena;
    struct kh_str authorization;

    (void)snprintf(expected, sizeof expected,
                   "AWS4-HMAC-SHA256 Credential=" KEY_ID "/20261123/eu-west-1/%s/aws4_request, "
                   "SignedHeaders=content-type;host;x-amz-date;%sx-amz-target, Signature=%s",
                   service, token[0] == '\0' ? "" : "x-amz-security-token;", signature);
    kh_arena_init(&arena);
    assert_int_equal(kh_aws_sign(&signing, &arena, &authorization), KH_OK);
    assert_int_equal(authorization.length, strlen(expected));
    assert_memory_equal(authorization.data, expected, authorization.length);
    kh_arena_clean_up(&arena);
}

static void requests_are_signed_as_aws_does(void **state)
{
    (void)state;
    assert_signature("dynamodb", "dynamodb.eu-west-1.amazonaws.com", "DynamoDB_20120810.GetItem",
                     "application/x-amz-json-1.0",
                     "{\"TableName\":\"t\",\"Key\":{\"pk\":{\"S\":\"a\"}}}", "",
                     "908fbb68f4aa8f0f50970f1949f3d63014b2d83c7f5ae9e4e6c83bfdf677bc2c");
    assert_signature("kinesis", "kinesis.eu-west-1.amazonaws.com", "Kinesis_20131202.PutRecords",
                     "application/x-amz-json-1.1", "{}", "TOKEN/+=",
                     "918fe7ed1c72d69d67aac46fb16298ff1d6e83e2e6585ceb1bcb8ad616da5ac6");
    assert_signature("sqs", "sqs.eu-west-1.amazonaws.com", "AmazonSQS.SendMessageBatch",
                     "application/x-amz-json-1.0", "{}", "TOKEN/+=",
                     "52255c800e0873383973823bd7d33bad84b774928baa214e3f27cd3d76463c4f");
}

static void dates_are_in_the_form_of_the_header(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = { { 0, "19700101T000000Z" },
                  { INT64_C(1795435200000), "20261123T120000Z" },
                  { INT64_C(1795435200999), "20261123T120000Z" },
                  { INT64_C(951868799000), "20000229T235959Z" },
                  { INT64_C(253402300799000), "99991231T235959Z" } };
    char date[KH_AWS_DATE_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        kh_aws_format_date(cases[i].ms, date);
        assert_string_equal(date, cases[i].text);
    }
}

static void uuids_are_random_ones_and_each_is_another(void **state)
{
    char last[KH_UUID_SIZE] = "";
    char uuid[KH_UUID_SIZE];
    struct kh_error error;

    (void)state;
    kh_error_clear(&error);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(kh_uuid_make(&error, uuid), KH_OK);
        assert_int_equal(strspn(uuid, "0123456789abcdef-"), KH_UUID_SIZE - 1);
        assert_true(uuid[8] == '-' && uuid[13] == '-' && uuid[18] == '-' && uuid[23] == '-');
        assert_int_equal(uuid[14], '4');
        assert_non_null(strchr("89ab", uuid[19]));
        assert_string_not_equal(uuid, last);
        memcpy(last, uuid, sizeof last);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_of_the_standards),
        cmocka_unit_test(checksums_are_those_of_zlib),
        cmocka_unit_test(requests_are_signed_as_aws_does),
        cmocka_unit_test(dates_are_in_the_form_of_the_header),
        cmocka_unit_test(uuids_are_random_ones_and_each_is_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
