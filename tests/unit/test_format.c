/* Formats: for each, texts that are of it and texts that are nearly so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "kh/format.h"

typedef bool predicate(struct kh_str text);

/* The text is on the heap with nothing behind it, for the sanitizer. */
static bool holds(predicate *is, const char *text, size_t length)
{
    char *copy = malloc(length == 0 ? 1 : length);
    bool answer;

    assert_non_null(copy);
    memcpy(copy, text, length);
    answer = is((struct kh_str){ copy, length });
    free(copy);
    return answer;
}

static void assert_all(predicate *is, bool expected, const char *const *texts)
{
    for (; *texts != NULL; texts++) {
        if (holds(is, *texts, strlen(*texts)) != expected) {
            fail_msg("%s: \"%s\"", expected ? "refused" : "accepted", *texts);
        }
        if (expected) {
            /* A text does not end at a NUL, nor may one hang behind it. */
            assert_false(holds(is, *texts, strlen(*texts) + 1));
        }
    }
}

#define ASSERT_ACCEPTS(is, ...) assert_all(is, true, (const char *const[]){ __VA_ARGS__, NULL })
#define ASSERT_REFUSES(is, ...) assert_all(is, false, (const char *const[]){ __VA_ARGS__, NULL })

static void dates(void **state)
{
    (void)state;
    ASSERT_ACCEPTS(kh_format_is_date, "1963-06-19", "2020-01-31", "2021-02-28", "2020-02-29",
                   "2020-03-31", "2020-04-30", "2020-05-31", "2020-06-30", "2020-07-31",
                   "2020-08-31", "2020-09-30", "2020-10-31", "2020-11-30", "2020-12-31",
                   "2000-02-29", "0400-02-29", "0000-02-29", "0000-01-01", "9999-12-31");
    ASSERT_REFUSES(kh_format_is_date, "", "2020", "2020-01", "2020-01-", "2020-01-1", "2020-1-01",
                   "20-01-01", "2020-01-32", "2020-04-31", "2021-02-29", "2020-02-30", "1900-02-29",
                   "2100-02-29", "2020-06-31", "2020-09-31", "2020-11-31", "2020-00-10",
                   "2020-13-01", "2020-01-00", "20200101", "2020/01/01", "06/19/1963", "2020-350",
                   "2020-W01-1", "2020-01-01T", "2020-01-01Z", "2020-01-01T00:00:00Z",
                   "2020-01-01 ", " 2020-01-01", "2020-01-01\n", "+2020-01-01", "-2020-01-01",
                   "12020-01-01", "1963-06-1\xE0\xA7\xAA",
                   "\xEF\xBC\x92"
                   "020-01-01",
                   "2020--1-01");
}

static void times(void **state)
{
    (void)state;
    ASSERT_ACCEPTS(kh_format_is_time, "08:30:06Z", "08:30:06z", "00:00:00Z", "23:59:59Z",
                   "23:20:50.52Z", "08:30:06.283185Z", "08:30:06.0123456789012345Z",
                   "08:30:06+00:20", "08:30:06-08:00", "08:30:06-00:00", "08:30:06+23:59",
                   "08:30:06.5-23:59", "23:59:60Z", "23:59:60.5z", "23:59:60+00:00",
                   "01:29:60+01:30", "23:29:60+23:30", "15:59:60-08:00", "00:29:60-23:30",
                   "00:58:60+00:59", "00:00:60+00:01", "23:58:60-00:01");
    ASSERT_REFUSES(kh_format_is_time, "", "08:30:06", "08:30Z", "08Z", "8:30:06Z", "08:3:06Z",
                   "08:30:6Z", "008:030:006Z", "24:00:00Z", "00:60:00Z", "00:00:61Z", "22:59:60Z",
                   "23:58:60Z", "23:59:60+01:00", "23:59:60+00:30", "23:59:60-01:00",
                   "23:59:60-00:30", "08:30:06+24:00", "08:30:06-24:00", "08:30:06+00:60",
                   "08:30:06+0020", "08:30:06+00", "08:30:06+8:00", "08:30:06 Z", "08:30:06Z+00:30",
                   "08:30:06.Z", "08:30:06,5Z", "08:30:06 PST", "01:02:03Z\n", " 01:02:03Z",
                   "T01:02:03Z", "010203Z", "12:00:00.52", "1\xE0\xA7\xA8:00:00Z", "08:30:06#00:20",
                   "2020-01-01T08:30:06Z");
}

static void uuids(void **state)
{
    (void)state;
    ASSERT_ACCEPTS(kh_format_is_uuid, "2eb8aa08-aa98-11ea-b4aa-73b441d16380",
                   "2EB8AA08-AA98-11EA-B4AA-73B441D16380", "2eb8aa08-AA98-11ea-B4Aa-73B441D16380",
                   "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
                   "98d80576-482e-427f-8434-7f86890ab222", "99c17cbb-656f-564a-940f-1a4520f03487",
                   "99c17cbb-656f-664a-940f-1a4520f03487", "99c17cbb-656f-f64a-940f-1a4520f03487",
                   "01890a5d-ac96-774b-bcce-b302099a8057");
    ASSERT_REFUSES(
        kh_format_is_uuid, "", "2eb8aa08-aa98-11ea-b4aa-73b441d1638",
        "2eb8aa08-aa98-11ea-b4aa-73b441d163800", "2eb8aa08-aa98-11ea-73b441d16380",
        "2eb8aa08-aa98-11ea-b4ga-73b441d16380", "2eb8aa08aa9811eab4aa73b441d16380",
        "2eb8aa08aa98-11ea-b4aa73b441d16380-1", "2eb8aa0-8aa98-11ea-b4aa-73b441d16380",
        "2eb8aa08-aa98-11ea-b4aa73b441d16380-", "2eb8-aa08-aa98-11ea-b4aa73b44-1d16380",
        "2eb8aa08_aa98_11ea_b4aa_73b441d16380", "{2eb8aa08-aa98-11ea-b4aa-73b441d1638}",
        "{2eb8aa08-aa98-11ea-b4aa-73b441d16380}", " 2eb8aa08-aa98-11ea-b4aa-73b441d1638",
        "2eb8aa08-aa98-11ea-b4aa-73b441d16380\n", "2eb8aa08-aa98-11ea-b4aa-73b441d1638\n",
        "urn:uuid:2eb8aa08-aa98-11ea-b4aa-73b441d16380",
        "2eb8aa08-aa98-11ea-b4aa-73b441d163\xC3\xA4", "------------------------------------",
        "2eb8aa08 aa98 11ea b4aa 73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638x");
}

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X63 X50 "xxxxxxxxxxxxx"
#define LABELS_252 X63 "." X63 "." X63 "." X50 "xxxxxxxxxx"

static void email_addresses(void **state)
{
    (void)state;
    ASSERT_ACCEPTS(kh_format_is_email, "joe.bloggs@example.com", "te~st@example.com",
                   "~test@example.com", "test~@example.com", "te.s.t@example.com",
                   "a!#$%&'*+-/=?^_`{|}~b@example.com", "user+tag@example.co.uk", "1@2",
                   "u@localhost", "USER@EXAMPLE.COM", "\"joe bloggs\"@example.com",
                   "\"joe..bloggs\"@example.com", "\"joe@bloggs\"@example.com", "\"\"@example.com",
                   "\".\"@example.com", "\"a\\\"b\"@example.com", "\"a\\\\\"@example.com",
                   "\"\\ \"@example.com", "joe.bloggs@[127.0.0.1]", "joe.bloggs@[IPv6:::1]",
                   "joe@[ipv6:2001:db8::1]", "joe@[IPv6:::ffff:127.0.0.1]", "j@a-b.c--d.e",
                   "j@xn--bcher-kva.example", "j@123.456", X50 "xxxxxxxxxxxxxx@a", "a@" X63,
                   "a@" LABELS_252 ".xx");
    ASSERT_REFUSES(kh_format_is_email, "", "2962", "@", "a@", "@example.com", ".test@example.com",
                   "test.@example.com", "te..st@example.com", "joe bloggs@example.com",
                   "joe@bloggs@example.com", "joe(x)@example.com", "joe<x>@example.com",
                   "joe\"x\"@example.com", "\"joe\"x@example.com", "\"joe@example.com",
                   "\"joe\\\"@example.com", "\"a\"b\"@example.com", "\"a\\", "\"", "\"\"",
                   "\"a\tb\"@example.com", "\"a\\\tb\"@example.com", "\"\xC3\xA4\"@example.com",
                   "a@.example.com", "a@example.com.", "a@example..com", "a@-example.com",
                   "a@example-.com", "a@exa_mple.com", "a@exa mple.com", "a@invalid=domain.com",
                   "a@example.com ", " a@example.com", "a@example.com\n", "a,b@example.com",
                   "a@[127.0.0.300]", "a@[127.0.0]", "a@[127.0.0.1", "a@127.0.0.1]", "a@[]", "a@[",
                   "a@[IPv6:]", "a@[IPv6:::1", "a@[IPv6:12345::]", "a@[::1]", "a@[IPv4:127.0.0.1]",
                   "a@[127.0.0.1].com", "a@[x:y]", "\xC3\xA4@example.com", "a@\xC3\xA4.com",
                   "\"Winston Smith\" <winston.smith@recdep.minitrue>", "a@b.c, d@e.f",
                   X50 "xxxxxxxxxxxxxxx@a", "a@" X63 "x", "a@" LABELS_252 ".xxx");
}

static void uris(void **state)
{
    (void)state;
    ASSERT_ACCEPTS(kh_format_is_uri, "http://foo.bar/?baz=qux#quux", "http://foo.com/blah_(wiki)_x",
                   "http://foo.bar/?q=Test%20URL-encoded%20stuff", "http://xn--nw2a.xn--j6w193g/",
                   "http://-.~_!$&'()*+,;=:%40:80%2f::::::@example.com", "http://223.255.255.254",
                   "ftp://ftp.is.co.za/rfc/rfc1808.txt", "http://www.ietf.org/rfc/rfc2396.txt",
                   "ldap://[2001:db8::7]/c=GB?objectClass?one", "mailto:John.Doe@example.com",
                   "news:comp.infosystems.www.servers.unix", "tel:+1-816-555-1212", "a:", "a:b",
                   "urn:oasis:names:specification:docbook:dtd:xml:4.1.2", "file:///etc/passwd",
                   "telnet://192.0.2.16:80/", "http://[::1]:8080",
                   "http://[::1]:", "http://a:", "http://[v1.fe80::a+en1]/", "http://[VF.a]",
                   "http://a@[::ffff:1.2.3.4]", "x://", "x:/", "x:////a", "x:a//b", "http://a?",
                   "http://a#", "http://a?b?c/d#e?f/g", "http://a/b:c@d;e=f", "http://u:p@h:1/",
                   "a+b-c.9:x", "http://a%20b/", "http:?q", "http:#f", "http://a.b./",
                   "http://999.1.1.1/", "h:1:2:3", "http://@host/");
    ASSERT_REFUSES(
        kh_format_is_uri, "", ":", "://x", "//foo.bar/?baz=qux#quux", "/abc", "abc", "abc/d:e",
        "?q", "#f", "\\\\WINDOWS\\fileshare", "http:// shouldfail.com", ":// should fail",
        "bar,baz:foo", "1http://a", "+a:b", "-a:b", "h_p://a", "http://a b", "http://a/b c",
        "http://a/%", "http://a/%2", "http://a/%2g", "http://a/%g2", "http://a?%zz", "http://a#%",
        "http://%4/", "http://%@a", "http://a/<b>", "http://a/{b}", "http://a/\"b\"",
        "http://a/b|c", "http://a/b\\c", "http://a/b^c", "http://a/`b`", "http://a/[b]",
        "http://a?[b]", "http://a#b#c", "http://a#[b]", "http://a/\xC3\xA4", "http://\xC3\xA4/",
        "http://a/\x7F", "http://a/\t", "http://a/\n", " http://a", "http://a ", "http://a:b/",
        "http://a:80x/", "http://a:80:80/", "http://a:-1/", "http://::1/", "http://2001:db8::7/",
        "http://[::1", "http://::1]", "http://[]/", "http://[1]/", "http://[::1]x/",
        "http://[::1]:x/", "http://x[::1]/", "http://[1.2.3.4]/", "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/", "http://[v.a]/", "http://[v1.]/", "http://[v1]/",
        "http://[vg.a]/", "http://[v1.a%20]/", "http://a@b@c/", "http://u[x@a/", "http://a]/",
        "https://[@example.org/test.txt");
}

static void uri_references(void **state)
{
    (void)state;
    ASSERT_ACCEPTS(kh_format_is_uri_reference, "http://foo.bar/?baz=qux#quux",
                   "//foo.bar/?baz#quux", "/abc", "abc", "#fragment", "#", "?", "?q", ".", "..",
                   "./a:b", "../a", "a/b:c", "//", "///a", "//a:1", "//[::1]:2/x", "a?b:c", "a#b:c",
                   "?a:b", "#a:b", "a//b", "a%20b", "a;b=c,d", "*", "@a", "(a)", "/a:b", "//u:p@h",
                   "mailto:a@b", "a:");
    /* The empty reference is one: it stands for the document it is in. */
    assert_true(kh_format_is_uri_reference(KH_STR("")));
    ASSERT_REFUSES(kh_format_is_uri_reference, "\\\\WINDOWS\\filesh\xC3\xA4re", "#frag\\ment", ":",
                   ":a", "1:2", "a,b:c", "a b", " ", "a%2", "%", "<a>", "//a:b", "//[::1", "//a b",
                   "//[a]", "//a\\b", "#a#b", "?a#b#c", "a\"b", "a|b", "a^b", "{a}", "[a]", "/[",
                   "`", "\xC3\xA4", "/\xC3\xA4", "?\xC3\xA4", "a\n", "\x7F", "%zz:a", "@:a");
}

static void ipv4_addresses(void **state)
{
    (void)state;
    ASSERT_ACCEPTS(kh_format_is_ipv4, "192.168.0.1", "0.0.0.0", "255.255.255.255", "127.0.0.1",
                   "1.2.3.4", "10.20.30.40", "9.99.100.249", "87.10.0.1", "250.251.252.253");
    ASSERT_REFUSES(kh_format_is_ipv4, "", ".", "...", "127.0.0.0.1", "256.256.256.256", "1.2.3.256",
                   "1.2.3.300", "1.2.3.1000", "127.0", "127.0.0", "127.0.0.", ".127.0.0.1",
                   "127..0.1", "0x7f000001", "0x7f.0.0.1", "2130706433", "087.10.0.1", "87.010.0.1",
                   "87.10.0.01", "00.0.0.0", "000.0.0.0", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4\n",
                   "1.2.3.4/24", "1.2.3.4:80", "+1.2.3.4", "-1.2.3.4", "1.2.3.a", "1,2,3,4",
                   "1\xE0\xA7\xA8"
                   "7.0.0.1",
                   "::1", "1.2.3.4.");
}

static void ipv6_addresses(void **state)
{
    (void)state;
    ASSERT_ACCEPTS(kh_format_is_ipv6, "::", "::1", "1::", "::abef", "::42:ff:1", "d6::", "1:d6::42",
                   "1:2:3:4:5:6:7:8", "FE80::A", "2001:DB8:0:0:8:800:200C:417A", "0:0:0:0:0:0:0:0",
                   "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "1:2:3:4:5:6::8",
                   "1:2:3::8", "::ffff:192.168.0.1", "::1.2.3.4", "1::d6:192.168.0.1",
                   "1:2::192.168.0.1", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5::1.2.3.4",
                   "::2:3:4:5:6:1.2.3.4", "0001:0002:0003:0004:0005:0006:0007:0008", "::0000");
    ASSERT_REFUSES(
        kh_format_is_ipv6, "", ":", ":::", "1", "12345::", "::abcef", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1::2:3:4:5:6:7:8",
        "1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1", ":2:3:4:5:6:7:8", "1:2:3:4:5:6:7:", "1::2:", ":1::2",
        "1::d6::42", "::1::", "1:::2", "1:2:::8", "1::d6:192.168.0.256", "1::d6:192.168.ff.1",
        "::1.2.3", "::1.2.3.4.5", "::01.2.3.4", "1.2.3.4",
        "1.2.3.4::", "1:2:1.2.3.4:8::", "::1.2.3.4:1", "1:2:3:4:5:6:7:1.2.3.4",
        "1:2:3:4:5:6::1.2.3.4", "1:2:3:4:5:1.2.3.4", "127.0.0.1", "fe80::a%eth1", "fe80::a%25eth1",
        "fe80::/64", "[::1]", "::1 ", " ::1", "::1\n", "::-1", "::+1", "::laptop", "::g",
        "0x1::", "1:2:3:4:5:6:7:\xE0\xA7\xAA", "1:2::192.16\xE0\xA7\xAA.0.1", "1:2:3:4:5:6:7:8 ");
}

static void long_texts_finish_quickly(void **state)
{
    static predicate *const all[] = {
        kh_format_is_date,  kh_format_is_time, kh_format_is_uuid,          kh_format_is_ipv4,
        kh_format_is_email, kh_format_is_uri,  kh_format_is_uri_reference, kh_format_is_ipv6,
    };
    static const char bytes[] = "a0:./@[\"%\\ -";
    enum { SIZE = 300000 };
    char *text = malloc(SIZE);

    (void)state;
    assert_non_null(text);
    for (size_t byte = 0; byte < sizeof bytes - 1; byte++) {
        for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
            bool answer;

            memset(text, bytes[byte], SIZE);
            answer = all[i]((struct kh_str){ text, SIZE });
            assert_true(!answer || all[i] == kh_format_is_uri_reference);
        }
    }
    memcpy(text, "a://", 4);
    memset(text + 4, 'a', SIZE - 4);
    assert_true(kh_format_is_uri((struct kh_str){ text, SIZE }));
    memcpy(text, "08:30:06.", 9);
    memset(text + 9, '1', SIZE - 10);
    text[SIZE - 1] = 'Z';
    assert_true(kh_format_is_time((struct kh_str){ text, SIZE }));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates),
        cmocka_unit_test(times),
        cmocka_unit_test(uuids),
        cmocka_unit_test(email_addresses),
        cmocka_unit_test(uris),
        cmocka_unit_test(uri_references),
        cmocka_unit_test(ipv4_addresses),
        cmocka_unit_test(ipv6_addresses),
        cmocka_unit_test(long_texts_finish_quickly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
