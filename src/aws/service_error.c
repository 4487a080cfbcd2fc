/* The names of errors, and the few members of their bodies that all services have. */
#include "aws/service_error.h"

#include <stdint.h>

#include "kh/json.h"

#define TYPE_LIMIT 128
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct kh_str throttling[] = {
    KH_STR_INIT("Throttling"),
    KH_STR_INIT("ThrottlingException"),
    KH_STR_INIT("ThrottledException"),
    KH_STR_INIT("RequestThrottled"),
    KH_STR_INIT("RequestThrottledException"),
    KH_STR_INIT("TooManyRequestsException"),
    KH_STR_INIT("ProvisionedThroughputExceededException"),
    KH_STR_INIT("TransactionInProgressException"),
    KH_STR_INIT("RequestLimitExceeded"),
    KH_STR_INIT("BandwidthLimitExceeded"),
    KH_STR_INIT("LimitExceededException"),
    KH_STR_INIT("SlowDown"),
    KH_STR_INIT("PriorRequestNotComplete"),
    KH_STR_INIT("EC2ThrottledException"),
    KH_STR_INIT("KMSThrottlingException"),
    KH_STR_INIT("KmsThrottled"),
};

static const struct kh_str transient[] = {
    KH_STR_INIT("RequestTimeout"),
    KH_STR_INIT("RequestTimeoutException"),
    KH_STR_INIT("InternalServerError"),
    KH_STR_INIT("InternalFailure"),
    KH_STR_INIT("ServiceUnavailable"),
    KH_STR_INIT("ReplicatedWriteConflictException"),
    KH_STR_INIT("TransactionConflictException"),
};

static const struct kh_str credentials[] = {
    KH_STR_INIT("ExpiredToken"),
    KH_STR_INIT("ExpiredTokenException"),
    KH_STR_INIT("UnrecognizedClientException"),
    KH_STR_INIT("InvalidClientTokenId"),
};

static const struct kh_str clock_skew[] = {
    KH_STR_INIT("InvalidSignatureException"), KH_STR_INIT("SignatureDoesNotMatch"),
    KH_STR_INIT("RequestTimeTooSkewed"),      KH_STR_INIT("RequestExpired"),
    KH_STR_INIT("RequestInTheFuture"),        KH_STR_INIT("AuthFailure"),
};

/*
 * Errors of signatures are not here: their messages repeat what was signed, with the session token. Nor
 * are those of validation, which repeat values.
 */
static const struct kh_str harmless[] = {
    KH_STR_INIT("AccessDeniedException"),
    KH_STR_INIT("ResourceNotFoundException"),
    KH_STR_INIT("ResourceInUseException"),
    KH_STR_INIT("TableNotFoundException"),
    KH_STR_INIT("LimitExceededException"),
    KH_STR_INIT("ThrottlingException"),
    KH_STR_INIT("ProvisionedThroughputExceededException"),
    KH_STR_INIT("RequestLimitExceeded"),
    KH_STR_INIT("UnknownOperationException"),
};

static bool is_one_of(struct kh_str type, const struct kh_str *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (kh_str_equal(type, names[i])) {
            return true;
        }
    }
    return false;
}

enum kh_aws_error_class kh_aws_error_classify(long code, struct kh_str type)
{
    if (is_one_of(type, throttling, COUNT(throttling)) || code == 429) {
        return KH_AWS_ERROR_THROTTLED;
    }
    if (is_one_of(type, transient, COUNT(transient)) || code == 500 || code == 502 || code == 503 ||
        code == 504) {
        return KH_AWS_ERROR_TRANSIENT;
    }
    if (is_one_of(type, credentials, COUNT(credentials))) {
        return KH_AWS_ERROR_CREDENTIALS;
    }
    return is_one_of(type, clock_skew, COUNT(clock_skew)) ? KH_AWS_ERROR_CLOCK : KH_AWS_ERROR_FINAL;
}

bool kh_aws_error_is_harmless(struct kh_str type)
{
    return is_one_of(type, harmless, COUNT(harmless));
}

/* The name in "namespace#Name:http://…"; "" when it is no name. */
static struct kh_str bare_type(struct kh_str type)
{
    const char *at = memchr(type.data, ':', type.length);

    type.length = at == NULL ? type.length : (size_t)(at - type.data);
    at = memrchr(type.data, '#', type.length);
    if (at != NULL) {
        type.length -= (size_t)(at + 1 - type.data);
        type.data = at + 1;
    }
    for (size_t i = 0; i < type.length; i++) {
        char c = type.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '.' || c == '-')) {
            return KH_STR("");
        }
    }
    return type.length <= TYPE_LIMIT ? type : KH_STR("");
}

enum { MEMBER_TYPE, MEMBER_MESSAGE, MEMBER_MESSAGE_UPPER, MEMBER_COUNT };

static const struct kh_str names[MEMBER_COUNT] = { KH_STR_INIT("__type"), KH_STR_INIT("message"),
                                                   KH_STR_INIT("Message") };

static enum kh_status read_members(struct kh_json *in, struct kh_str values[MEMBER_COUNT])
{
    static const uint64_t required[] = { 0 };
    uint64_t seen[1] = { 0 };
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(in, &object));
    while (kh_json_object_next(in, &object)) {
        unsigned member = 0;

        while (member < MEMBER_COUNT && !kh_json_member_is(&object, names[member])) {
            member++;
        }
        if (member == MEMBER_COUNT || kh_json_peek(in) != '"') {
            KH_TRY(kh_json_skip_member(in, &object));
            continue;
        }
        KH_TRY(kh_json_once(in, &object, seen, member));
        KH_TRY(kh_json_read_str(in, &values[member]));
    }
    return kh_json_object_end(in, &object, seen, required, names, MEMBER_COUNT);
}

enum kh_status kh_aws_error_parse(struct kh_str body, const char *header, struct kh_arena *arena,
                                  struct kh_str *type, struct kh_str *message)
{
    struct kh_str values[MEMBER_COUNT] = { KH_STR(""), KH_STR(""), KH_STR("") };
    struct kh_error details;
    struct kh_json in;

    kh_error_clear(&details);
    kh_json_init(&in, body, arena, &details);
    /* A body of somebody in between may be anything; what was read of it before that counts. */
    if (read_members(&in, values) == KH_NO_MEMORY) {
        return KH_NO_MEMORY;
    }
    *type = bare_type(kh_str_from(header));
    *type = type->length > 0 ? *type : bare_type(values[MEMBER_TYPE]);
    *message = values[values[MEMBER_MESSAGE].length > 0 ? MEMBER_MESSAGE : MEMBER_MESSAGE_UPPER];
    return KH_OK;
}
