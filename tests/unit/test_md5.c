/* MD5 against the vectors of RFC 1321, whole and in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/md5.h"

static void assert_digest(const unsigned char digest[KH_MD5_SIZE], const char *expected)
{
    char text[2 * KH_MD5_SIZE + 1];

    for (size_t i = 0; i < KH_MD5_SIZE; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    assert_string_equal(text, expected);
}

static const struct {
    const char *text;
    const char *digest;
} vectors[] = {
    { "", "d41d8cd98f00b204e9800998ecf8427e" },
    { "a", "0cc175b9c0f1b6a831c399e269772661" },
    { "abc", "900150983cd24fb0d6963f7d28e17f72" },
    { "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
    { "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b" },
    { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
      "d174ab98d277d9f5a5611c2c9f419d9f" },
    { "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "57edf4a22be3c955ac49da2e2107b67a" },
};

static void digests_are_those_of_rfc_1321(void **state)
{
    unsigned char digest[KH_MD5_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        kh_md5_of(kh_str_from(vectors[i].text), digest);
        assert_digest(digest, vectors[i].digest);
    }
}

/* Every place where a block may end. */
static void pieces_give_the_digest_of_the_whole(void **state)
{
    char text[200];
    unsigned char whole[KH_MD5_SIZE];
    unsigned char pieces[KH_MD5_SIZE];

    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t length = 0; length <= sizeof text; length++) {
        kh_md5_of((struct kh_str){ text, length }, whole);
        for (size_t cut = 0; cut <= length; cut++) {
            struct kh_md5 md5;

            kh_md5_init(&md5);
            kh_md5_add(&md5, (struct kh_str){ text, cut });
            kh_md5_add(&md5, (struct kh_str){ text + cut, length - cut });
            kh_md5_finish(&md5, pieces);
            assert_memory_equal(whole, pieces, sizeof whole);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_those_of_rfc_1321),
        cmocka_unit_test(pieces_give_the_digest_of_the_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
