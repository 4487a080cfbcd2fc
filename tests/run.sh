#!/usr/bin/env bash
# ./dev test: every stage, then one summary. A failing stage does not hide the ones after it.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

results=build/test-results
rm -rf "$results"
mkdir -p "$results"
failed_stages=()

stage() { # NAME COMMAND...
    local name=$1
    shift
    printf '==> %s\n' "$name" >&2
    "$@" || failed_stages+=("$name")
}

# Configures, builds and runs the tests of one preset; further arguments go to ctest.
tests_of() { # PRESET CTEST-ARGUMENTS...
    local preset=$1
    shift
    ./dev build "$preset" &&
        ctest --test-dir "build/$preset" --output-on-failure -j "$(nproc)" \
            --output-junit "$PWD/$results/$preset.xml" "$@"
}

./dev setup test || exit 1
# Before anything is built, since a build refreshes generated/.
stage "generated/ is fresh" ./dev check-generated
stage "all tests, AddressSanitizer and UndefinedBehaviorSanitizer" tests_of asan
stage "threads, ThreadSanitizer" tests_of tsan -L threads
stage "builds with clang" ./dev build clang
stage "valgrind on a run of the release build" tests/valgrind.sh
stage "fuzz targets, a short run each" ./dev fuzz "${KH_FUZZ_SECONDS:-5}"
stage "layout and clang-tidy" ./dev lint

/usr/bin/env python3 tests/summarise.py "$results"/*.xml || failed_stages+=(tests)
if [ ${#failed_stages[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed_stages[@]}" >&2
    exit 1
fi
