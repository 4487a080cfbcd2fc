/* Hash keys of Kinesis: decimal text, MD5 of partition keys, ranges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kh/hash_key.h"

#define LARGEST "340282366920938463463374607431768211455"

static struct kh_shard_hash parsed(const char *decimal)
{
    struct kh_shard_hash hash;

    assert_int_equal(kh_shard_hash_parse(kh_str_from(decimal), &hash), KH_OK);
    return hash;
}

static void assert_text(const struct kh_shard_hash *hash, const char *expected)
{
    char text[KH_SHARD_HASH_DIGITS + 1];

    assert_int_equal(kh_shard_hash_text(hash, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void decimal_text_is_read_and_written_exactly(void **state)
{
    static const char *const numbers[] = { "0",
                                           "1",
                                           "9",
                                           "255",
                                           "256",
                                           "18446744073709551616",
                                           "170141183460469231731687303715884105728",
                                           LARGEST };

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct kh_shard_hash hash = parsed(numbers[i]);

        assert_text(&hash, numbers[i]);
    }
}

static void leading_zeros_are_read(void **state)
{
    struct kh_shard_hash hash = parsed("000000000000000000000000000000000000042");

    (void)state;
    assert_text(&hash, "42");
}

static void what_is_no_number_of_128_bits_is_refused(void **state)
{
    static const char *const refused[] = { "",
                                           "-1",
                                           "+1",
                                           " 1",
                                           "1 ",
                                           "1.0",
                                           "0x10",
                                           "340282366920938463463374607431768211456",
                                           "999999999999999999999999999999999999999",
                                           "0000000000000000000000000000000000000001" };
    struct kh_shard_hash hash;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(kh_shard_hash_parse(kh_str_from(refused[i]), &hash), KH_INVALID);
    }
}

static void a_partition_key_hashes_to_its_md5(void **state)
{
    struct kh_shard_hash hash;

    (void)state;
    assert_int_equal(kh_shard_hash_find(KH_STR("a"), KH_STR(""), &hash), KH_OK);
    assert_text(&hash, "16955237001963240173058271559858726497");
    assert_int_equal(kh_shard_hash_find(KH_STR("a"), KH_STR("17"), &hash), KH_OK);
    assert_text(&hash, "17");
    assert_int_equal(kh_shard_hash_find(KH_STR("a"), KH_STR("x"), &hash), KH_INVALID);
}

static void both_ends_of_a_range_are_in_it(void **state)
{
    struct kh_shard_hash begin = parsed("256");
    struct kh_shard_hash end = parsed("170141183460469231731687303715884105727");
    static const struct {
        const char *hash;
        bool inside;
    } cases[] = {
        { "255", false },
        { "256", true },
        { "65536", true },
        { "170141183460469231731687303715884105727", true },
        { "170141183460469231731687303715884105728", false },
        { LARGEST, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kh_shard_hash hash = parsed(cases[i].hash);

        assert_int_equal(kh_shard_hash_is_in(&hash, &begin, &end), cases[i].inside);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimal_text_is_read_and_written_exactly),
        cmocka_unit_test(leading_zeros_are_read),
        cmocka_unit_test(what_is_no_number_of_128_bits_is_refused),
        cmocka_unit_test(a_partition_key_hashes_to_its_md5),
        cmocka_unit_test(both_ends_of_a_range_are_in_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
