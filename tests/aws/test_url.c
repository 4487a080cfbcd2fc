/* Whom a setting may send credentials to, or take them from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "aws/url.h"

/* Addresses and names of others in the spellings that have fooled programs before. */
static const char *const elsewhere[] = {
    "http://example.com/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://8.8.8.8/",
    "http://0.0.0.0/",
    "http://128.0.0.1/",
    "http://126.255.255.255/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0177.0.0.1/",
    "http://0x7f.0.0.1/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://017700000001/",
    "http://127.0.0.1.example.com/",
    "http://127.0.0.1.nip.io/",
    "http://localhost.example.com/",
    "http://localhost./",
    "http://xlocalhost/",
    "http://local-host/",
    "http://127.0.0.256/",
    "http://127.0.0.1.1/",
    "http://127.0.0./",
    "http://.127.0.0.1/",
    "http://[::2]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:aa02]/",
    "http://[2001:db8::1]/",
    "http://[fd00:ec2::1:23]/",
    "http://169.254.170.3/x",
    "http://169.254.0.1.example.com/",
    "http://instance-data/",
};

/* What is no URL at all, or one with more in it than an endpoint has. */
static const char *const refused[] = {
    "",
    "127.0.0.1",
    "127.0.0.1:80",
    "//127.0.0.1/",
    "http:/127.0.0.1/",
    "http:127.0.0.1",
    "http://",
    "http:///",
    "http://:80/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "httpx://127.0.0.1/",
    " http://127.0.0.1/",
    "http:// 127.0.0.1/",
    "http://user@127.0.0.1/",
    "http://127.0.0.1@example.com/",
    "http://user:password@127.0.0.1/",
    "http://127.0.0.1:80@example.com/",
    "http://127.0.0.1%2f@example.com/",
    "http://127.0.0.1\\@example.com/",
    "http://127.0.0.1#@example.com/",
    "http://127.0.0.1?x",
    "http://127.0.0.1:/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:65536/",
    "http://127.0.0.1:99999999999999999999/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:80x/",
    "http://127.0.0.1:80:80/",
    "http://[::1/",
    "http://::1/",
    "http://[::1]x/",
    "http://[::1%25eth0]/",
    "http://[127.0.0.1]/",
    "http://[localhost]/",
    "http://127.0.0.1/a b",
    "http://127.0.0.1/a\r\nHost: x",
    "http://127.0.0.1/a\tb",
    "http://127.0.0.1/\x7f",
    "http://127.0.0.1/\xc3\xa4",
    "http://exa mple.com/",
    "http://ex\xc3\xa4mple.com/",
    "http://127.0.0.1/#x",
    "http://127.0.0.1/a\\b",
};

static void hosts_elsewhere_are_not_trusted_in_the_clear(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
        struct kh_aws_url url;

        assert_true(kh_aws_url_parse(elsewhere[i], &url));
        assert_false(kh_aws_url_is_loopback(&url));
        assert_false(kh_aws_url_is_container_host(&url));
        if (strcmp(elsewhere[i], "http://169.254.170.3/x") != 0) {
            assert_false(kh_aws_url_is_metadata_host(&url));
        }
    }
}

static void what_is_no_plain_url_is_refused(void **state)
{
    char long_host[400] = "http://";
    struct kh_aws_url url;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (kh_aws_url_parse(refused[i], &url)) {
            fail_msg("not refused: %s", refused[i]);
        }
    }
    memset(long_host + 7, 'a', 300);
    assert_false(kh_aws_url_parse(long_host, &url));
}

static void hosts_that_give_credentials_are_known(void **state)
{
    static const struct {
        const char *url;
        bool loopback, container, metadata;
    } cases[] = {
        { "http://localhost", true, true, true },
        { "HTTP://LocalHost:8000/", true, true, true },
        { "http://127.0.0.1:8000", true, true, true },
        { "http://127.255.255.254/x?y=z", true, true, true },
        { "http://[::1]:8000/", true, true, true },
        { "http://[0:0:0:0:0:0:0:1]/", true, true, true },
        { "http://169.254.170.2/v2/credentials", false, true, true },
        { "http://169.254.170.23/v1/credentials", false, true, true },
        { "http://[fd00:ec2::23]/v1/credentials", false, true, false },
        { "http://[FD00:EC2:0::23]/", false, true, false },
        { "http://169.254.169.254", false, false, true },
        { "http://[fd00:ec2::254]", false, false, true },
        { "http://[fe80::1]", false, false, true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kh_aws_url url;

        assert_true(kh_aws_url_parse(cases[i].url, &url));
        assert_int_equal(kh_aws_url_is_loopback(&url), cases[i].loopback);
        assert_int_equal(kh_aws_url_is_container_host(&url), cases[i].container);
        assert_int_equal(kh_aws_url_is_metadata_host(&url), cases[i].metadata);
    }
}

static void the_parts_of_a_url_are_told(void **state)
{
    static const struct {
        const char *text;
        bool in_clear;
        const char *host, *authority, *path;
    } cases[] = {
        { "https://Example.COM", false, "example.com", "example.com", "" },
        { "https://example.com:443/a?b", false, "example.com", "example.com", "/a?b" },
        { "https://example.com:80/", false, "example.com", "example.com:80", "/" },
        { "http://127.0.0.1:80", true, "127.0.0.1", "127.0.0.1", "" },
        { "http://127.0.0.1:443", true, "127.0.0.1", "127.0.0.1:443", "" },
        { "http://[::1]:65535/", true, "::1", "[::1]:65535", "/" },
        { "http://a_b-c.d:008/", true, "a_b-c.d", "a_b-c.d:8", "/" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kh_aws_url url;

        assert_true(kh_aws_url_parse(cases[i].text, &url));
        assert_int_equal(url.in_clear, cases[i].in_clear);
        assert_string_equal(url.host, cases[i].host);
        assert_string_equal(url.authority, cases[i].authority);
        assert_string_equal(url.path, cases[i].path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_elsewhere_are_not_trusted_in_the_clear),
        cmocka_unit_test(what_is_no_plain_url_is_refused),
        cmocka_unit_test(hosts_that_give_credentials_are_known),
        cmocka_unit_test(the_parts_of_a_url_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
