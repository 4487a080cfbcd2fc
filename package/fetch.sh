#!/usr/bin/env bash
# The source packages in package/versions, with Debian's patches applied, through an apt configuration
# of our own. Nothing of the machine's own apt is changed, and its lists need no deb-src lines.
#
#   package/fetch.sh            what is not there yet
#   package/fetch.sh --update   the newest of each, and package/versions names them from then on
#
# Leaves build/chain/sources/PACKAGE/tree, and beside it the files `version` and `description` (the
# .dsc). The archive is asked only for what is not there. A version that it has no longer, since an
# update took its place, is replaced by the newest, loudly. Exit codes: 0 all there, 1 something can't
# be had or is not what package/versions says, 2 wrong usage.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C

base=$PWD/build/chain
pins=package/versions
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

# Where the archive's lists are not older than a day they are taken as they are.
refresh_lists() {
    [ -n "$(find "$apt/refreshed" -mtime -1 2>/dev/null)" ] && return
    python3 package/debian_sources.py >"$apt/debian.sources"
    apt-get "${options[@]}" --error-on=any update >"$log" 2>&1 ||
        die "the lists of Debian's sources can't be had: $(tail -n 1 "$log")"
    touch "$apt/refreshed"
}

packages() { sed '/^#/d; s/ .*//' "$pins"; }
pinned_version() { awk -v package="$1" '$1 == package { print $2 }' "$pins"; } # PACKAGE
pinned_sum() { awk -v package="$1" '$1 == package { print $3 }' "$pins"; }     # PACKAGE
version_there() { cat "$sources/$1/version" 2>/dev/null || true; }             # PACKAGE
sum_there() { sha256sum <"$sources/$1/description" | cut -d ' ' -f 1; }        # PACKAGE

# The versions that the lists have, newest first.
versions() { # PACKAGE
    apt-cache "${options[@]}" showsrc --only-source "$1" 2>/dev/null |
        sed -n 's/^Version: //p' | sort -Vru
}

# apt checks that the files are those that Debian signed.
get() { # PACKAGE VERSION
    local target=$sources/$1 new=$sources/$1.new
    [ "$(version_there "$1")" = "$2" ] && return
    rm -rf "$new"
    mkdir "$new"
    (cd "$new" && apt-get "${options[@]}" source --only-source "$1=$2") >"$log" 2>&1 || {
        rm -rf "$new"
        return 1
    }
    mv "$new"/*.dsc "$new/description"
    mv "$(find "$new" -mindepth 1 -maxdepth 1 -type d)" "$new/tree"
    echo "$2" >"$new/version"
    rm -rf "$target"
    mv "$new" "$target"
    say "fetched $1 $2"
}

# The newest that the archive delivers: now and then it lists one that it does not have.
get_newest() { # PACKAGE
    local version newest=
    for version in $(versions "$1"); do
        newest=${newest:-$version}
        get "$1" "$version" || continue
        [ "$version" = "$newest" ] ||
            say "WARNING: $1 $version is used, since the archive does not deliver $newest: security" \
                "fixes may be missing"
        return
    done
    [ -n "$newest" ] || die "Debian's archive has no source package $1"
    die "the source package $1 can't be fetched: $(grep -v '^W:' "$log" | tail -n 1)"
}

get_pinned() { # PACKAGE
    local wanted newest
    wanted=$(pinned_version "$1")
    if [ "$(version_there "$1")" != "$wanted" ]; then
        refresh_lists
        newest=$(versions "$1" | head -n 1)
        if ! get "$1" "$wanted"; then
            say "WARNING: the archive has no $1 $wanted (package/versions), its newest version is used" \
                "instead. The executable will be another one; ./dev package --update makes that the rule"
            get_newest "$1"
            return
        fi
        [ "$newest" = "$wanted" ] ||
            say "note: of $1 there is $newest, ./dev package --update is for that; $wanted is used"
    fi
    [ "$(sum_there "$1")" = "$(pinned_sum "$1")" ] ||
        die "$1 $wanted is not what package/versions says: the SHA-256 of its .dsc is $(sum_there "$1")"
}

update() {
    local package
    rm -f "$apt/refreshed"
    refresh_lists
    for package in $(packages); do
        get_newest "$package"
    done
    {
        grep '^#' "$pins"
        for package in $(packages); do
            echo "$package $(version_there "$package") $(sum_there "$package")"
        done
    } >"$apt/versions"
    diff "$pins" "$apt/versions" >&2 && say "package/versions has the newest already"
    cp "$apt/versions" "$pins"
}

case "${1-}" in
    '') for package in $(packages); do get_pinned "$package"; done ;;
    --update) update ;;
    *) echo "usage: package/fetch.sh [--update]" >&2; exit 2 ;;
esac
