#!/usr/bin/env bash
# The release build over both samples under valgrind: no error, no leak.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

./dev build release
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for sample in events.ndjson lambda-event.json; do
    valgrind --quiet --leak-check=full --show-leak-kinds=definite,possible --error-exitcode=9 \
        build/release/kinesis-handler run "samples/$sample" --json \
        --dead-letters "$folder/dead-letters.ndjson" >"$folder/summary.json"
    grep -q '"records"' "$folder/summary.json"
done
