#!/usr/bin/env bash
# ./dev test: every stage, then one summary. A failing stage does not hide the ones after it. What takes longer is
# `ctest --test-dir build/asan -L long` and ./dev torture.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

results=build/test-results
rm -rf "$results"
mkdir -p "$results"
failed_stages=()
skipped_stages=()

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

# All tests but those that do not depend on how the program is built.
tests_of_package() { # ARCHITECTURE PRESET
    ./dev package --arch "$1" && tests_of "$2" -L "unit|program|package"
}

tests_of_arm64() {
    if ! ./dev setup arm64; then
        skipped_stages+=("arm64: its compiler and emulator can't be installed, see above")
        return
    fi
    tests_of_package arm64 static-arm64
}

./dev setup test || exit 1
./dev setup stack ||
    skipped_stages+=("DynamoDB Local and Kinesis: Java, Maven or npm can't be installed, see above")
# Before anything is built, since a build refreshes generated/.
stage "generated/ is fresh" ./dev check-generated
stage "all tests, AddressSanitizer and UndefinedBehaviorSanitizer" tests_of asan -LE long
stage "threads, ThreadSanitizer" tests_of tsan -L threads
stage "builds with clang" ./dev build clang
stage "the static executable with musl" tests_of_package x86_64 static
stage "the same for arm64, emulated" tests_of_arm64
stage "valgrind on a run of the release build" tests/valgrind.sh
stage "fuzz targets, a short run each" ./dev fuzz "${KH_FUZZ_SECONDS:-3}"
stage "layout and clang-tidy" ./dev lint

/usr/bin/env python3 tests/summarise.py "$results"/*.xml || failed_stages+=(tests)
[ ${#skipped_stages[@]} -eq 0 ] || printf 'SKIPPED %s\n' "${skipped_stages[@]}"
if [ ${#failed_stages[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed_stages[@]}" >&2
    exit 1
fi
