/*
 * What include/kh/store.h promises, for each store: the one that is named on the command line, or all that
 * need no server.
 */
#include "contract/contract.h"

#include <stdio.h>

static const struct contract *const parts[] = {
    &contract_values, &contract_commits, &contract_marks, &contract_queries, &contract_sharing,
};

static int run(const struct store_kind *kind)
{
    int failed = 0;

    fixture_choose(kind);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char name[64];

        (void)snprintf(name, sizeof name, "%s: %s", kind->name, parts[i]->name);
        failed += _cmocka_run_group_tests(name, parts[i]->tests, parts[i]->count, NULL, NULL);
    }
    return failed;
}

int main(int argc, char **argv)
{
    return for_store_kinds(argc, argv, run);
}
