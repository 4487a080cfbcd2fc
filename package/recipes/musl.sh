# The C library. Static only: nothing is ever loaded into a bootstrap.
# Functions in package/musl take the place of musl's own; each says why.
extra_inputs=(package/musl/*.c package/musl/x86_64/*)

build() {
    local processor=${triplet%%-*}
    cp -r "$source/." .
    # What is in a folder of the processor's name takes the place of what is beside it.
    cp "$package"/musl/*.c "src/string/$processor/"
    if [ -d "$package/musl/$processor" ]; then
        # The assembler's memmove jumps into its memcpy, so that both go; musl has a memmove in C.
        rm "src/string/$processor"/mem{cpy,move}.s
        cp "$package/musl/$processor"/* "src/string/$processor/"
    fi
    mapfile -t paths < <(path_flags)
    CC=$CC AR=$AR RANLIB=$triplet-ranlib \
        CFLAGS="${common_flags[*]} ${paths[*]}" \
        ./configure --prefix=/usr --target="$triplet" --disable-shared --disable-wrapper
    make -j "$jobs" lib/libc.a
    make -j "$jobs" install DESTDIR="$stage"
}
