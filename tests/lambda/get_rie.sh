#!/bin/sh
# Obtains AWS's Runtime Interface Emulator with the Go toolchain.
#
#   get_rie.sh CACHE_DIR
#
# Leaves CACHE_DIR/aws-lambda-rie, prints its path, and does nothing when it is there already.
# Exit codes: 0 it is there, 2 wrong usage, 3 it cannot be had (the reason is on stderr).
set -eu

# The emulator's tags are no Go module versions, so this is a commit: 2026-01-02, after v1.30.
version=v0.0.0-20260102185807-4fa215715260
module=github.com/aws/aws-lambda-runtime-interface-emulator

cannot() {
    echo "the Runtime Interface Emulator cannot be had: $1" >&2
    exit 3
}

[ $# -eq 1 ] || { echo "usage: get_rie.sh CACHE_DIR" >&2; exit 2; }
mkdir -p "$1"
cache=$(cd "$1" && pwd)
program=$cache/aws-lambda-rie

if [ -x "$program" ] && [ "$(cat "$cache/aws-lambda-rie.version" 2>/dev/null)" = "$version" ]; then
    echo "$program"
    exit 0
fi

command -v go >/dev/null 2>&1 || cannot "there is no Go toolchain (1.25 or newer is needed)"

work=$(mktemp -d "$cache/rie.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 3' HUP INT TERM

# A throw-away module that requires exactly this version: unlike `go install package@version` it asks
# the module proxy for nothing but that version. Flags of the caller's (for instance -mod=vendor) are
# of no use here. The toolchain is left as it is: one that is too old is a reason like any other.
printf 'module rie\n\ngo 1.25\n\nrequire %s %s\n' "$module" "$version" >"$work/go.mod"
if ! (cd "$work" && GOFLAGS=-mod=mod GOWORK=off CGO_ENABLED=0 \
        timeout 300 go build -trimpath -o aws-lambda-rie "$module/cmd/aws-lambda-rie") \
        >"$work/log" 2>&1; then
    cannot "$(grep -v '^go: downloading' "$work/log" | tail -n 3 | tr -s '\n\t ' ' ')"
fi
[ -x "$work/aws-lambda-rie" ] || cannot "go build made no program"

mv "$work/aws-lambda-rie" "$program"
echo "$version" >"$cache/aws-lambda-rie.version"
echo "$program"
