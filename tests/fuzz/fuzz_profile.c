/* Profile files and the JSON of credentials: nothing is read or told that is not in them. */
#include "aws/credential_sources.h"
#include "fuzz_support.h"

static void check_slice(struct kh_str text, struct kh_str slice)
{
    FUZZ_CHECK(slice.length == 0 ||
               (slice.data >= text.data && slice.data + slice.length <= text.data + text.length));
    FUZZ_CHECK(memchr(slice.length == 0 ? "" : slice.data, '\n', slice.length) == NULL);
}

static void parse_profile(struct kh_str text, bool is_config)
{
    struct kh_aws_profile profile = { 0 };

    kh_aws_profile_parse(text, KH_STR("default"), is_config, &profile);
    check_slice(text, profile.key_id);
    check_slice(text, profile.secret);
    check_slice(text, profile.token);
    check_slice(text, profile.region);
    check_slice(text, profile.endpoint_url);
    FUZZ_CHECK(profile.found || (profile.key_id.length == 0 && profile.other_way == NULL));
}

static void parse_credentials(struct kh_str text)
{
    struct kh_aws_credentials *credentials = NULL;
    struct kh_error error;

    kh_error_clear(&error);
    if (kh_aws_credentials_parse(text, "the fuzzer", &error, &credentials) == KH_OK) {
        FUZZ_CHECK(credentials->key_id.length > 0 && credentials->secret.length > 0);
        for (size_t i = 0; i < credentials->token.length; i++) {
            FUZZ_CHECK(credentials->token.data[i] > ' ' && credentials->token.data[i] <= '~');
        }
    } else {
        FUZZ_CHECK(credentials == NULL && error.status != KH_OK);
    }
    kh_aws_credentials_destroy(credentials);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kh_str text = fuzz_text(data, size);

    parse_profile(text, false);
    parse_profile(text, true);
    parse_credentials(text);
    fuzz_text_free(text);
    return 0;
}
