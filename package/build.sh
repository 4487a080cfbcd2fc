#!/usr/bin/env bash
# The libraries that a static bootstrap is linked with, built with musl from Debian's source packages.
#
#   package/build.sh x86_64|arm64
#
# Leaves build/chain/ARCHITECTURE/sysroot, which cmake/static.cmake points the compiler to, and
# build/chain/ARCHITECTURE/libraries.txt: what was built from what. A library is built again when
# its recipe, its source package, the compiler or a library that it needs has changed. ./dev package
# installs what this needs. Exit codes: 0 built, 1 something failed, 2 wrong usage.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C

# Recipes, in the order of what needs what; all need musl. The lanes are built side by side.
first_lane=(mbedtls curl cjson protobuf-c)
second_lane=(sqlite3 pcre2 zlib libzstd cmocka)
libraries=(musl "${first_lane[@]}" "${second_lane[@]}")

package=$PWD/package
base=$PWD/build/chain
architecture=${1-}
case "$architecture" in
    x86_64) triplet=x86_64-linux-gnu ;;
    # Without helpers of libgcc that ask glibc what the processor has.
    arm64) triplet=aarch64-linux-gnu machine_flags=(-mno-outline-atomics) ;;
    *) echo "usage: package/build.sh x86_64|arm64" >&2; exit 2 ;;
esac
out=$base/$architecture
sysroot=$out/sysroot
jobs=$(nproc)
mkdir -p "$out/built" "$out/keys" "$out/log" "$sysroot"

say() { printf '    %s\n' "$*" >&2; }
die() { printf 'package/build.sh: %s\n' "$*" >&2; exit 1; }

# ---- What recipes use ---------------------------------------------------------------------------
# A recipe says what it needs (needs=, extra_inputs=) and has a function build, which finds Debian's
# source in $source, an empty folder in $work, and installs below $stage/usr.

CC=$triplet-gcc
AR=$triplet-ar
musl_flags=("--sysroot=$sysroot" "-specs=$package/musl.specs")
common_flags=(-O2 -fPIE -ffunction-sections -fdata-sections -fstack-protector-strong
    ${machine_flags[@]+"${machine_flags[@]}"})

# Objects do not tell where they were made.
path_flags() { printf -- '-ffile-prefix-map=%s=.\n' "$source" "$work" "$base" "$package"; }

# Compiles FILE... with the flags in the array `flags`, into an archive.
archive() { # lib%.a FILE...
    local target=$stage/usr/lib/$1 index=0 file all
    shift
    mapfile -t all < <(path_flags)
    all+=("${musl_flags[@]}" "${common_flags[@]}" "${flags[@]}")
    mkdir -p "$stage/usr/lib" "$work/objects"
    for file in "$@"; do
        # Numbered, since files of one name may come from two folders.
        printf '%s/objects/%03d-%s.o\0%s\0' "$work" $((index++)) "$(basename "$file" .c)" "$file"
    done | xargs -0 -n 2 -P "$jobs" "$CC" "${all[@]}" -c -o
    rm -f "$target"
    "$AR" rcsD "$target" "$work"/objects/*.o
}

headers() { # FOLDER-BELOW-INCLUDE FILE...
    local folder=$stage/usr/include/$1
    shift
    mkdir -p "$folder"
    cp "$@" "$folder/"
}

pkg_config() { # NAME LIBS [REQUIRES.PRIVATE [CFLAGS]]
    mkdir -p "$stage/usr/lib/pkgconfig"
    cat >"$stage/usr/lib/pkgconfig/$1.pc" <<END
prefix=/usr
Name: $1
Description: $1 for a static bootstrap
Version: ${version%%[-+]*}
Libs: -L\${prefix}/lib $2
Cflags: -I\${prefix}/include ${4-}
Requires.private: ${3-}
END
}

# ---- Building what has changed ------------------------------------------------------------------

load() { # LIBRARY
    needs=() extra_inputs=()
    # shellcheck source=/dev/null
    . "$package/recipes/$1.sh"
    source=$base/sources/$1/tree
    version=$(cat "$base/sources/$1/version")
    version=${version#*:}
    stage=$out/built/$1
    work=$out/work/$1
}

# One line that is another one when the library is to be built again.
key_of() { # LIBRARY
    (
        load "$1"
        {
            sha256sum <"$base/sources/$1/description"
            cat package/build.sh package/musl.specs "package/recipes/$1.sh" ${extra_inputs[@]+"${extra_inputs[@]}"}
            "$CC" --version
            "$AR" --version
            [ "$1" = musl ] || cat "$out/keys/musl"
            for needed in ${needs[@]+"${needs[@]}"}; do
                cat "$out/keys/$needed"
            done
        } | sha256sum | cut -d ' ' -f 1
    )
}

install_library() { # LIBRARY
    cp -al "$out/built/$1/." "$sysroot/"
}

remove_library() { # LIBRARY
    [ ! -d "$out/built/$1" ] || (cd "$out/built/$1" && find . -type f -printf '%P\0') |
        (cd "$sysroot" && xargs -0 rm -f)
    rm -rf "$out/built/$1" "$out/keys/$1"
}

build_library() { # LIBRARY
    local key
    key=$(key_of "$1")
    [ "$key" = "$(cat "$out/keys/$1" 2>/dev/null)" ] && return
    say "building $1 for $architecture"
    remove_library "$1"
    (
        load "$1"
        rm -rf "$work"
        mkdir -p "$stage/usr" "$work"
        cd "$work"
        SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l "$source/debian/changelog" -S Timestamp)
        export SOURCE_DATE_EPOCH
        set -x
        build
    ) >"$out/log/$1" 2>&1 &
    # In the background, since `set -e` has no effect in what stands before ||.
    wait "$!" || {
        tail -n 20 "$out/log/$1" >&2
        die "$1 can't be built; all that was said is in ${out#"$PWD/"}/log/$1"
    }
    rm -rf "$out/work/$1"
    install_library "$1"
    echo "$key" >"$out/keys/$1"
}

build_lane() { # LIBRARY...
    local library
    for library in "$@"; do
        build_library "$library"
    done
}

# In the manner of package/versions, but what is used indeed.
list_libraries() {
    local library folder
    for library in "${libraries[@]}"; do
        folder=$base/sources/$library
        echo "$library $(cat "$folder/version") $(sha256sum <"$folder/description" | cut -d ' ' -f 1)"
    done
}

command -v "$CC" >/dev/null || die "there is no $CC"
package/fetch.sh
build_library musl
build_lane "${first_lane[@]}" &
first=$!
build_lane "${second_lane[@]}" &
second=$!
failed=0
wait "$first" || failed=1
wait "$second" || failed=1
[ "$failed" = 0 ] || exit 1
list_libraries >"$out/libraries.txt"
