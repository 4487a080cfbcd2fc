/* SipHash-1-3 against published vectors, and the key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "kh/hash.h"

struct vector {
    size_t length; /* of the message 0, 1, 2, ... */
    uint64_t hash;
};

static void check_vectors(struct kh_hash_key key, const struct vector *vectors, size_t count)
{
    char message[64];

    for (size_t i = 0; i < sizeof message; i++) {
        message[i] = (char)i;
    }
    for (size_t i = 0; i < count; i++) {
        struct kh_str bytes = { message, vectors[i].length };

        assert_true(kh_hash_keyed(key, bytes) == vectors[i].hash);
    }
}

/* Key 00 01 .. 0f: the vectors of the Rust standard library's tests. */
static void hash_is_siphash_1_3(void **state)
{
    static const struct vector vectors[] = {
        { 0, 0xabac0158050fc4dc },  { 1, 0xc9f49bf37d57ca93 },  { 2, 0x82cb9b024dc7d44d },
        { 7, 0xd3927d989bb11140 },  { 8, 0x369095118d299a8e },  { 9, 0x25a48eb36c063de4 },
        { 15, 0xd320d86d2a519956 }, { 16, 0xcc4fdd1a7d908b66 }, { 63, 0x9d199062b7bbb3a8 },
    };
    struct kh_hash_key key = { { 0x0706050403020100, 0x0f0e0d0c0b0a0908 } };

    (void)state;
    check_vectors(key, vectors, sizeof vectors / sizeof vectors[0]);
}

/* Key 0: what CPython 3.11 answers with PYTHONHASHSEED=0. */
static void hash_agrees_with_cpython(void **state)
{
    static const struct vector vectors[] = {
        { 1, 0x68a914128e01e473 }, { 7, 0x2f098ab0c751325a },  { 8, 0xead411e67ebe2eea },
        { 9, 0x75927f9d95124362 }, { 63, 0x385d3e39e5f37359 },
    };

    (void)state;
    check_vectors((struct kh_hash_key){ { 0, 0 } }, vectors, sizeof vectors / sizeof vectors[0]);
}

/* What kh_hash answers in a process that never asked before. */
static uint64_t hash_of_new_process(void)
{
    uint64_t hash = 0;
    int ends[2];
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        hash = kh_hash(KH_STR("name"));
        _exit(write(ends[1], &hash, sizeof hash) == (ssize_t)sizeof hash ? 0 : 1);
    }
    assert_int_equal(read(ends[0], &hash, sizeof hash), sizeof hash);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(ends[0]);
    close(ends[1]);
    return hash;
}

/* Runs before this process has a secret for its children to inherit. */
static void every_process_has_a_secret_of_its_own(void **state)
{
    (void)state;
    assert_true(hash_of_new_process() != hash_of_new_process());
    assert_true(kh_hash(KH_STR("name")) == kh_hash(KH_STR("name")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_is_siphash_1_3),
        cmocka_unit_test(hash_agrees_with_cpython),
        cmocka_unit_test(every_process_has_a_secret_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
