/* Order keys: their order is that of the values, for every kind of member. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>

#include "model/order_key.h"
#include "random_bits.h"

union value {
    struct kh_str text;
    bool flag;
    int32_t small;
    int64_t big;
    uint64_t huge;
    double ratio;
    struct kh_decimal price;
    struct kh_instant at;
    int colour;
};

/* Not in their order. */
static const struct kh_str colour_names[] = { KH_STR_INIT("RED"), KH_STR_INIT("GREEN"),
                                              KH_STR_INIT("BLUE") };
static const struct kh_enum colours = { colour_names, 3 };

static const struct kh_field fields[] = {
    { .kind = KH_FIELD_STR },
    { .kind = KH_FIELD_BOOL },
    { .kind = KH_FIELD_INT32 },
    { .kind = KH_FIELD_INT64 },
    { .kind = KH_FIELD_UINT64 },
    { .kind = KH_FIELD_DOUBLE },
    { .kind = KH_FIELD_DECIMAL },
    { .kind = KH_FIELD_INSTANT },
    { .kind = KH_FIELD_ENUM, .names = &colours },
};

#define KINDS (sizeof fields / sizeof fields[0])

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static struct kh_str key_of(const struct kh_field *field, const union value *value, char *buffer)
{
    return kh__order_key(field, value, buffer);
}

static void assert_same_order(const struct kh_field *field, const union value *a,
                              const union value *b)
{
    char buffers[2][KH_ORDER_KEY_SIZE];
    struct kh_str left = key_of(field, a, buffers[0]);
    struct kh_str right = key_of(field, b, buffers[1]);

    assert_int_equal(sign(kh_str_compare(left, right)), sign(kh__field_compare(field, a, b)));
}

/* Small numbers and neighbours of each other, so that equal and nearly equal pairs come up, too. */
static uint64_t random_bits(void)
{
    uint64_t bits = random_u64();

    return random_u64() % 2 == 0 ? bits % 4 : bits >> random_u64() % 64;
}

static struct kh_decimal random_decimal(void)
{
    struct kh_decimal made = { .scale = (int16_t)(random_u64() % 131) };
    unsigned digits = (unsigned)(random_u64() % (KH_DECIMAL_DIGITS + 1));
    bool rough = random_u64() % 2 == 0;

    for (unsigned i = 0; i < digits; i++) {
        made.coefficient = made.coefficient * 10 + (kh_uint128)(rough ? random_u64() % 10 : i == 0);
    }
    if (random_u64() % 2 == 0) {
        made.scale = (int16_t)(random_u64() % 4);
    }
    made.negative = made.coefficient != 0 && random_u64() % 2 == 0;
    return made;
}

static double random_double(void)
{
    static const double edges[] = { 0.0, -0.0, 1.0, -1.0, DBL_MAX, -DBL_MAX, DBL_MIN, -DBL_MIN };
    uint64_t bits = random_u64();
    double made;

    memcpy(&made, &bits, sizeof made);
    if (random_u64() % 4 == 0 || !(made >= -DBL_MAX && made <= DBL_MAX)) {
        return edges[random_u64() % (sizeof edges / sizeof edges[0])];
    }
    return made;
}

static struct kh_str random_text(char *room)
{
    size_t length = random_u64() % 4;

    for (size_t i = 0; i < length; i++) {
        room[i] = "\0\1a\xFF"[random_u64() % 4];
    }
    return (struct kh_str){ room, length };
}

static union value random_value(enum kh_field_kind kind, char *room)
{
    bool negative = random_u64() % 2 == 0;
    uint64_t bits = random_bits();
    union value value;

    memset(&value, 0, sizeof value);
    switch (kind) {
    case KH_FIELD_STR:
        value.text = random_text(room);
        break;
    case KH_FIELD_BOOL:
        value.flag = negative;
        break;
    case KH_FIELD_INT32:
        value.small = (int32_t)(uint32_t)(negative ? ~bits : bits);
        break;
    case KH_FIELD_INT64:
        value.big = (int64_t)(negative ? ~bits : bits);
        break;
    case KH_FIELD_UINT64:
        value.huge = negative ? ~bits : bits;
        break;
    case KH_FIELD_DOUBLE:
        value.ratio = random_double();
        break;
    case KH_FIELD_DECIMAL:
        value.price = random_decimal();
        break;
    case KH_FIELD_INSTANT:
        value.at = (struct kh_instant){ .seconds = (int64_t)(negative ? ~bits : bits),
                                        .nanoseconds = (int32_t)(random_u64() % 2000000000),
                                        .offset_minutes = (int16_t)(random_u64() % 100) };
        break;
    case KH_FIELD_ENUM:
        value.colour = 1 + (int)(random_u64() % 3);
        break;
    case KH_FIELD_JSON:
        break;
    }
    return value;
}

static void orders_random_values_as_they_compare(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < KINDS; kind++) {
        for (int i = 0; i < 50000; i++) {
            char rooms[2][4];
            union value a = random_value(fields[kind].kind, rooms[0]);
            union value b = random_value(fields[kind].kind, rooms[1]);

            assert_same_order(&fields[kind], &a, &b);
            assert_same_order(&fields[kind], &a, &a);
        }
    }
}

static struct kh_decimal decimal(const char *text)
{
    struct kh_decimal out;

    assert_int_equal(kh_decimal_parse(kh_str_from(text), &out), KH_OK);
    return out;
}

static void orders_decimals_that_are_near_each_other(void **state)
{
    static const char *const texts[] = { "-99999999999999999999999999999999999999",
                                         "-10",
                                         "-9.99",
                                         "-9.9",
                                         "-9",
                                         "-1.5",
                                         "-1",
                                         "-0.1",
                                         "-0.01",
                                         "0",
                                         "0.01",
                                         "0.1",
                                         "1",
                                         "1.05",
                                         "1.5",
                                         "9",
                                         "9.9",
                                         "9.99",
                                         "10",
                                         "99999999999999999999999999999999999999" };
    const struct kh_field field = { .kind = KH_FIELD_DECIMAL };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (size_t j = 0; j < sizeof texts / sizeof texts[0]; j++) {
            union value a = { .price = decimal(texts[i]) };
            union value b = { .price = decimal(texts[j]) };

            assert_same_order(&field, &a, &b);
        }
    }
}

static void assert_key(const struct kh_field *field, union value value, const char *expected)
{
    char buffer[KH_ORDER_KEY_SIZE];
    struct kh_str key = key_of(field, &value, buffer);

    assert_int_equal(key.length, strlen(expected));
    assert_memory_equal(key.data, expected, key.length);
}

/* What is stored stays readable. */
static void spells_keys_as_documented(void **state)
{
    const struct kh_field number = { .kind = KH_FIELD_DECIMAL };
    const struct kh_field instant = { .kind = KH_FIELD_INSTANT };
    const struct kh_field integer = { .kind = KH_FIELD_INT32 };
    const struct kh_field colour = { .kind = KH_FIELD_ENUM, .names = &colours };

    (void)state;
    assert_key(&number, (union value){ .price = decimal("98.50") }, "1502985.");
    assert_key(&number, (union value){ .price = decimal("-98.5") }, "-497014~");
    assert_key(&number, (union value){ .price = decimal("0.00") }, "0");
    assert_key(&instant, (union value){ .at = { .seconds = 1, .nanoseconds = 2 } },
               "092233720368547758090000000002");
    assert_key(&integer, (union value){ .small = -1 }, "09223372036854775807");
    assert_key(&colour, (union value){ .colour = 2 }, "GREEN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_random_values_as_they_compare),
        cmocka_unit_test(orders_decimals_that_are_near_each_other),
        cmocka_unit_test(spells_keys_as_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
