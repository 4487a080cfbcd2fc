/* The parts of the suite that every store passes; test_store_contract.c runs them. */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

#define STORE_TEST(function)                                                                       \
    cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

struct contract {
    const char *name;
    const struct CMUnitTest *tests;
    size_t count;
};

extern const struct contract contract_values;
extern const struct contract contract_commits;
extern const struct contract contract_marks;
extern const struct contract contract_queries;
extern const struct contract contract_sharing;

#endif
