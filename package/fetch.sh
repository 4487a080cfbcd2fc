#!/usr/bin/env bash
# Debian's source packages, with Debian's patches applied, through an apt configuration of our own.
#
#   package/fetch.sh PACKAGE...
#
# Leaves build/chain/sources/PACKAGE/tree, and beside it the files `version`, `description` (the
# .dsc) and, if the newest version could not be had, `newest` with that one. Asks the archive at most
# once a day; when it can't be reached, what is there already will do. Nothing of the machine's own
# apt is changed. Exit codes: 0 all there, 1 something can't be had.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C

base=$PWD/build/chain
sources=$base/sources
apt=$base/apt
log=$apt/log
mkdir -p "$sources" "$apt/lists/partial"

say() { printf '    %s\n' "$*" >&2; }
die() { printf 'package/fetch.sh: %s\n' "$*" >&2; exit 1; }

options=(-qq
    -o "Dir::Etc::SourceList=$apt/debian.sources" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$apt/lists" -o Dir::Cache::PkgCache= -o Dir::Cache::SrcPkgCache=
    -o APT::Sandbox::User=root)

# The lists of the archive, not older than a day if it answers.
refresh_lists() {
    [ -n "$(find "$apt/refreshed" -mtime -1 2>/dev/null)" ] && return
    python3 package/debian_sources.py >"$apt/debian.sources"
    if apt-get "${options[@]}" --error-on=any update >"$log" 2>&1; then
        touch "$apt/refreshed"
    elif [ -f "$apt/refreshed" ]; then
        say "the lists of Debian's sources can't be refreshed, those of $(date -r "$apt/refreshed" +%F) are used"
    else
        die "the lists of Debian's sources can't be had: $(tail -n 1 "$log")"
    fi
}

# The versions that the lists have, newest first.
versions() { # PACKAGE
    apt-cache "${options[@]}" showsrc --only-source "$1" 2>/dev/null |
        sed -n 's/^Version: //p' | sort -Vru
}

unpack() { # PACKAGE VERSION FOLDER
    (cd "$3" && apt-get "${options[@]}" source --only-source "$1=$2") >"$log" 2>&1 || return 1
    mv "$3"/*.dsc "$3/description"
    mv "$(find "$3" -mindepth 1 -maxdepth 1 -type d)" "$3/tree"
    echo "$2" >"$3/version"
}

fetch() { # PACKAGE
    local target=$sources/$1 new=$sources/$1.new version newest=
    [ "$target/version" -nt "$apt/refreshed" ] && return
    for version in $(versions "$1"); do
        newest=${newest:-$version}
        if [ "$(cat "$target/version" 2>/dev/null)" != "$version" ]; then
            rm -rf "$new"
            mkdir "$new"
            unpack "$1" "$version" "$new" || continue
            rm -rf "$target"
            mv "$new" "$target"
            say "fetched $1 $version"
        fi
        rm -f "$target/newest"
        [ "$version" = "$newest" ] || echo "$newest" >"$target/newest"
        touch "$target/version"
        return
    done
    rm -rf "$new"
    [ -n "$newest" ] || die "Debian's archive has no source package $1"
    die "the source package $1 can't be fetched: $(grep -v '^W:' "$log" | tail -n 1)"
}

refresh_lists
for package in "$@"; do
    fetch "$package"
done
for package in "$@"; do
    [ ! -f "$sources/$package/newest" ] ||
        say "WARNING: $package $(cat "$sources/$package/version") is used, since the archive does not" \
            "deliver its newest version, $(cat "$sources/$package/newest"): security fixes may be missing"
done
