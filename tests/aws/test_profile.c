/* Profile files as people and AWS's tools write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "aws/profile.h"

static void assert_profile(const char *text, const char *name, bool is_config, bool found,
                           const char *id, const char *secret, const char *token,
                           const char *region)
{
    struct kh_aws_profile profile = { 0 };

    kh_aws_profile_parse(kh_str_from(text), kh_str_from(name), is_config, &profile);
    assert_int_equal(profile.found, found);
    assert_true(kh_str_equal(profile.key_id, kh_str_from(id)));
    assert_true(kh_str_equal(profile.secret, kh_str_from(secret)));
    assert_true(kh_str_equal(profile.token, kh_str_from(token)));
    assert_true(kh_str_equal(profile.region, kh_str_from(region)));
}

#define KEYS "aws_access_key_id=ID\naws_secret_access_key=SE/CR+ET=\n"

static void keys_are_found_in_their_section(void **state)
{
    (void)state;
    assert_profile("[default]\n" KEYS, "default", false, true, "ID", "SE/CR+ET=", "", "");
    assert_profile("[a]\naws_access_key_id=X\n[b]\n" KEYS "[c]\naws_access_key_id=Y\n", "b", false,
                   true, "ID", "SE/CR+ET=", "", "");
    assert_profile("[default]\n" KEYS, "other", false, false, "", "", "", "");
    assert_profile(KEYS, "default", false, false, "", "", "", "");
    assert_profile("", "default", false, false, "", "", "", "");
    assert_profile("[default]", "default", false, true, "", "", "", "");
}

static void sections_of_the_config_file_have_another_name(void **state)
{
    (void)state;
    assert_profile("[profile a]\nregion = r1\n", "a", true, true, "", "", "", "r1");
    assert_profile("[ profile\t a ]\nregion = r1\n", "a", true, true, "", "", "", "r1");
    assert_profile("[profile \"a b\"]\nregion = r1\n", "a b", true, true, "", "", "", "r1");
    assert_profile("[a]\nregion = r1\n", "a", true, false, "", "", "", "");
    assert_profile("[profilea]\nregion = r1\n", "a", true, false, "", "", "", "");
    assert_profile("[default]\nregion = r1\n", "default", true, true, "", "", "", "r1");
    assert_profile("[profile default]\nregion = r1\n", "default", true, true, "", "", "", "r1");
    assert_profile("[profile a]\nregion = r1\n", "a", false, false, "", "", "", "");
    assert_profile("[sso-session a]\nregion = r1\n", "a", true, false, "", "", "", "");
    assert_profile("[services default]\nregion = r1\n", "default", true, false, "", "", "", "");
}

static void blanks_comments_and_line_ends_do_not_matter(void **state)
{
    (void)state;
    assert_profile("# c\r\n; c\r\n\r\n[ default ] # c\r\n  # aws_access_key_id = NO\r\n"
                   "aws_access_key_id =\tID  \r\n;aws_access_key_id=NO\r\n"
                   "AWS_SECRET_ACCESS_KEY\t= SE CR#ET;\r\naws_session_token=T==",
                   "default", false, true, "ID", "SE CR#ET;", "T==", "");
    assert_profile("  [default]\n    aws_access_key_id = ID\n    aws_secret_access_key = S\n",
                   "default", false, true, "ID", "S", "", "");
    assert_profile("[default]\naws_access_key_id\nregion\n= x\nregion=\n", "default", false, true,
                   "", "", "", "");
    assert_profile("[default\nregion=x\n", "default", false, false, "", "", "", "");
}

static void nested_blocks_are_passed_over(void **state)
{
    (void)state;
    assert_profile("[default]\nregion = r1\ns3 =\n  region = NO\n\n  # c\n   region = NO\n"
                   "aws_access_key_id = ID\n",
                   "default", true, true, "ID", "", "", "r1");
    assert_profile("[default]\ns3 =\n  [x]\n  region = NO\nregion = r1\n", "default", true, true,
                   "", "", "", "r1");
    assert_profile("[default]\ns3 =\n  region = NO\n[profile b]\nregion = NO\n", "default", true,
                   true, "", "", "", "");
}

static void the_last_word_counts(void **state)
{
    (void)state;
    assert_profile("[a]\nregion=r1\nregion=r2\n[b]\nregion=NO\n[a]\nregion=r3\n", "a", false, true,
                   "", "", "", "r3");
}

static void other_ways_to_credentials_are_noticed(void **state)
{
    static const char *const ways[] = { "credential_process", "role_arn", "web_identity_token_file",
                                        "sso_session", "sso_start_url" };

    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct kh_aws_profile profile = { 0 };
        char text[128];

        (void)snprintf(text, sizeof text, "[default]\n%s = x\nendpoint_url = u\n", ways[i]);
        kh_aws_profile_parse(kh_str_from(text), KH_STR("default"), false, &profile);
        assert_string_equal(profile.other_way, ways[i]);
        assert_true(kh_str_equal(profile.endpoint_url, KH_STR("u")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_found_in_their_section),
        cmocka_unit_test(sections_of_the_config_file_have_another_name),
        cmocka_unit_test(blanks_comments_and_line_ends_do_not_matter),
        cmocka_unit_test(nested_blocks_are_passed_over),
        cmocka_unit_test(the_last_word_counts),
        cmocka_unit_test(other_ways_to_credentials_are_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
